import { describe, expect, it } from 'vitest';
import type { RawFinding } from '../../../src/model/finding.js';
import { qscanner } from '../../../src/scanners/report/qscanner/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const scan = (type: string, status: string | undefined = 'SUCCESS', partial: unknown = ''): object => ({
  ScanType: type,
  ScanDuration: '1s',
  Status: status,
  PartialScanInfo: partial,
});
const secret = {
  RuleID: 'aws-key',
  Category: 'AWS',
  Severity: 'CRITICAL',
  Title: 'AWS key',
  StartLine: 3,
  EndLine: 4,
  Match: 'KEY=AKIA-not-for-reports',
};
const secrets = {
  SchemaVersion: 1,
  QScannerVersion: '5.0.0',
  ScansPerformed: [scan('secret')],
  Metadata: {
    ScanStartTime: '2026-11-02T10:00:00Z',
    ScanEndTime: '2026-11-02T10:00:09Z',
    Target: { OS: 'debian', ImageID: 'sha256:01', RepoTags: ['shop:1.4'] },
  },
  OSResults: null,
  SecretResults: [{ Secrets: [secret], Target: 'app/.env' }],
  FileInsightResults: [{ Path: 'app/.env' }],
};
const report = (change: object = {}): string => JSON.stringify({ ...secrets, ...change });
const clean = { SecretResults: [] };
const named = (id: string) => ({ source: 'qscanner', id, title: `malware: ${id}`, aliases: [] });
const malware = (id: string, path: string, more: Partial<RawFinding>): RawFinding => ({
  vulnerability: named(id),
  kind: 'confirmed',
  severity: 'unknown',
  location: { kind: 'file', path },
  remediation: 'Remove the file, and find out which layer and which source brought it.',
  ...more,
});
const packages = {
  OSResults: [{ Target: 'debian 12', Packages: [{ Name: 'libdemo', Version: '1.0' }] }],
  SCAResults: [],
};

describeReader(qscanner, {
  samples: [
    {
      name: 'a secret in an image',
      report: report(),
      count: 1,
      findings: [
        {
          vulnerability: { source: 'qscanner', id: 'aws-key', title: 'AWS key', aliases: [] },
          kind: 'secret',
          severity: 'critical',
          vendorSeverity: 'CRITICAL',
          location: { kind: 'file', path: 'app/.env', line: 3, endLine: 4 },
          description: 'AWS',
          remediation: 'Revoke the secret, then remove it from the file, its history and every image layer.',
        },
      ],
    },
    { name: 'no secret', report: report(clean), count: 0 },
    {
      name: 'packages, without a word on their vulnerabilities',
      report: report({ ...clean, ...packages, ScansPerformed: [scan('os'), scan('secret')] }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'a package scan that found no package',
      report: report({ ...clean, ScansPerformed: [scan('SCA')] }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'packages of a scan that is not named',
      report: report({ ...clean, ...packages }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'a scan that failed',
      report: report({ ...clean, ScansPerformed: [scan('secret', 'FAILED')] }),
      count: 0,
      problems: ['SCANGATE_SCAN_FAILED'],
    },
    {
      name: 'a scan in a state nobody knows',
      report: report({ ...clean, ScansPerformed: [scan('secret', 'HOVERING')] }),
      count: 0,
      problems: ['SCANGATE_SCAN_UNKNOWN_STATE'],
    },
    {
      name: 'scans that were partial',
      report: report({
        ...clean,
        ScansPerformed: [scan('secret', 'SUCCESS', 'timeout'), scan('fileinsight', 'SUCCESS', { skipped: 2 })],
      }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE', 'SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'scans whose results stand elsewhere',
      report: report({ ...clean, ScansPerformed: [scan('malware'), scan('compliance', 'SUCCESS', {})] }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'malware, as a list for each file or by itself',
      report: report({
        ...clean,
        ScansPerformed: [scan('malware')],
        MalwareResults: [
          {
            Target: 'bin/a',
            Malware: [
              { MalwareName: 'Demo.A', Severity: 4 },
              { RuleID: 'B-1', Title: 'demo B' },
            ],
          },
          { FilePath: 'bin/c', Signature: 'Demo.C', Category: 'worm' },
          { Target: 'bin/clean', Detections: [] },
          { Target: 'bin/clean too', Findings: null },
        ],
      }),
      count: 3,
      findings: [
        malware('Demo.A', 'bin/a', { severity: 'high', vendorSeverity: '4' }),
        malware('B-1', 'bin/a', { vulnerability: { ...named('B-1'), title: 'malware: demo B' } }),
        malware('Demo.C', 'bin/c', { description: 'worm' }),
      ],
    },
    {
      name: 'malware, of which there is none',
      report: report({ ...clean, ScansPerformed: [scan('malware')], MalwareResults: [] }),
      count: 0,
    },
    { name: 'no scan at all', report: report({ ...clean, ScansPerformed: [] }), count: 0, hasEvidence: false },
    {
      name: 'not a word on scans',
      report: report({ ...clean, ScansPerformed: undefined }),
      count: 0,
      hasEvidence: false,
    },
  ],
  unknownSeverity: report().replace('"CRITICAL"', '"SHOUTING"'),
  wrongTypes: [
    { name: 'malware in a form that is not known', report: report({ MalwareResults: [{ File: '/bin/x' }] }) },
    { name: 'malware that is text', report: report({ MalwareResults: ['Demo.A'] }) },
    { name: 'malware that is an object', report: report({ MalwareResults: { File: '/bin/x' } }) },
    {
      name: 'malware without a name',
      report: report({ MalwareResults: [{ Target: 'a', Malware: [{ Severity: 5 }] }] }),
    },
    { name: 'compliance in a form that is not known', report: report({ ComplianceResults: { failed: 1 } }) },
    {
      name: 'vulnerabilities beside the packages',
      report: report({ OSResults: [{ Target: 'x', Packages: [], Vulnerabilities: [{ QID: 1 }] }] }),
    },
    { name: 'secret results that are an object', report: report({ SecretResults: { a: 1 } }) },
    { name: 'secrets that are an object', report: report({ SecretResults: [{ Target: 'a', Secrets: { a: 1 } }] }) },
    { name: 'a secret that is text', report: report({ SecretResults: [{ Target: 'a', Secrets: ['x'] }] }) },
    { name: 'a secret without a rule', report: report().replace('"RuleID"', '"Rule"') },
    { name: 'secrets without a file', report: report().replace('"Target":"app/.env"', '"Target":""') },
    { name: 'a performed scan that is text', report: report({ ScansPerformed: ['secret'] }) },
    { name: 'packages that are an object', report: report({ OSResults: [{ Packages: {} }] }) },
  ],
});

describe('qscanner', () => {
  it('says what was scanned and when', async () => {
    expect((await readAll(qscanner, report())).statement).toEqual({
      tool: { name: 'QScanner', version: '5.0.0' },
      subject: 'shop:1.4',
      startedAt: '2026-11-02T10:00:00Z',
      finishedAt: '2026-11-02T10:00:09Z',
      evidence: 'QScanner performed secret (SUCCESS); packages are listed, not judged',
      problems: [],
    });
  });

  it('points to the report that holds the vulnerabilities', async () => {
    const { statement } = await readAll(qscanner, report({ ...clean, ...packages }));
    expect(statement.problems).toEqual([
      {
        code: 'SCANGATE_SCAN_INCOMPLETE',
        message: 'this file lists packages, not their vulnerabilities',
        mend: 'judge the SARIF report instead (qscanner --mode get-report --report-format sarif)',
      },
    ]);
  });

  it('never carries a secret', async () => {
    expect(JSON.stringify(await readAll(qscanner, report()))).not.toContain('AKIA');
  });

  it('takes a level in numbers as well', async () => {
    const { findings } = await readAll(qscanner, report().replace('"CRITICAL"', '4'));
    expect(findings.map(({ severity, vendorSeverity }) => [severity, vendorSeverity])).toEqual([['high', '4']]);
  });

  it('lets results of an unknown name pass when there are none', async () => {
    const { findings } = await readAll(
      qscanner,
      report({ MalwareResults: [], ComplianceResults: null, ChangeList: { a: 1 } }),
    );
    expect(findings).toHaveLength(1);
  });
});
