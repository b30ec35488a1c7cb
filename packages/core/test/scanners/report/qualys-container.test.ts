import { describe, expect, it } from 'vitest';
import { qualysContainer } from '../../../src/scanners/report/qualys-container/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const vulnerability = {
  qid: 90001,
  title: 'Demo library overflow',
  severity: 5,
  customerSeverity: 3,
  typeDetected: 'CONFIRMED',
  cveids: ['CVE-2099-0001'],
  cvssInfo: { baseScore: '7.5', temporalScore: '', accessVector: 'Network' },
  cvss3Info: { baseScore: '9.8', temporalScore: '8.5' },
  patchAvailable: true,
  qdsScore: 95,
  category: 'Debian',
  firstFound: '1717026901000',
  lastFound: '1717113301000',
  fixed: null,
  status: 'ACTIVE',
  threatIntel: { cisaKnownExploitedVulns: true, malware: null },
  software: [
    { name: 'libdemo', version: '1.0', fixVersion: '1.1', scanType: 'OS', packagePath: null },
    { name: 'libdemo-java', version: '1.0', fixVersion: '', packagePath: '/app/demo.jar' },
  ],
  layerSha: ['sha256:01', 'sha256:02'],
  result: '#table libdemo 1.0',
};
const image = {
  created: '1717000000000',
  sha: 'ab'.repeat(32),
  imageId: 'abababababab',
  uuid: '00000000-0000-4000-8000-000000000001',
  repo: [{ registry: 'registry.example', repository: 'shop', tag: '1.4' }],
  lastScanned: '1717113301000',
  scanStatus: 'SUCCESS',
  scanErrorCode: null,
  layers: [{ size: '1', createdBy: 'ADD file' }],
  vulnerabilities: [vulnerability],
  softwares: [{ name: 'libdemo', version: '1.0' }],
};
const report = (change: object = {}): string => JSON.stringify({ ...image, ...change });
const withFlaw = (change: object): string => report({ vulnerabilities: [{ ...vulnerability, ...change }] });

describeReader(qualysContainer, {
  samples: [
    {
      name: 'an image with a flaw in two packages',
      report: report(),
      count: 2,
      findings: [
        {
          vulnerability: { source: 'qualys', id: '90001', title: 'Demo library overflow', aliases: ['CVE-2099-0001'] },
          kind: 'confirmed',
          severity: 'critical',
          vendorSeverity: '5',
          cvss: [
            { version: '3.1', score: 9.8 },
            { version: '2.0', score: 7.5 },
          ],
          qds: 95,
          knownExploited: true,
          status: 'active',
          state: 'ACTIVE',
          firstSeen: '2024-05-29T23:55:01Z',
          lastSeen: '2024-05-30T23:55:01Z',
          fix: { available: true, version: '1.1' },
          location: { kind: 'package', name: 'libdemo', version: '1.0', layer: 'sha256:01, sha256:02' },
          remediation: 'Update libdemo to 1.1.',
          evidence: '#table libdemo 1.0',
        },
        {
          vulnerability: { source: 'qualys', id: '90001', title: 'Demo library overflow', aliases: ['CVE-2099-0001'] },
          kind: 'confirmed',
          severity: 'critical',
          vendorSeverity: '5',
          cvss: [
            { version: '3.1', score: 9.8 },
            { version: '2.0', score: 7.5 },
          ],
          qds: 95,
          knownExploited: true,
          status: 'active',
          state: 'ACTIVE',
          firstSeen: '2024-05-29T23:55:01Z',
          lastSeen: '2024-05-30T23:55:01Z',
          fix: { available: true },
          location: {
            kind: 'package',
            name: 'libdemo-java',
            version: '1.0',
            path: '/app/demo.jar',
            layer: 'sha256:01, sha256:02',
          },
          evidence: '#table libdemo 1.0',
        },
      ],
    },
    { name: 'the vulnerabilities alone', report: JSON.stringify({ details: [vulnerability], summary: {} }), count: 2 },
    { name: 'a flaw without software', report: withFlaw({ software: null }), count: 1 },
    { name: 'a clean image', report: report({ vulnerabilities: [] }), count: 0 },
    { name: 'a clean image by its status', report: report({ vulnerabilities: [], lastScanned: null }), count: 0 },
    {
      name: 'an empty list without a scan',
      report: report({ vulnerabilities: [], lastScanned: null, scanStatus: null }),
      count: 0,
      hasEvidence: false,
    },
    { name: 'an image without the list', report: report({ vulnerabilities: undefined }), count: 0, hasEvidence: false },
    {
      name: 'an image that is not processed yet',
      report: report({ vulnerabilities: null }),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'a scan that failed',
      report: report({ scanStatus: 'FAILED', scanErrorCode: 'E7' }),
      count: 2,
      problems: ['SCANGATE_SCAN_FAILED'],
    },
    {
      name: 'an error beside success',
      report: report({ scanErrorCode: 'E7' }),
      count: 2,
      problems: ['SCANGATE_SCAN_FAILED'],
    },
    {
      name: 'a status nobody knows',
      report: report({ scanStatus: 'HOVERING' }),
      count: 2,
      problems: ['SCANGATE_SCAN_UNKNOWN_STATE'],
    },
    {
      name: 'secrets and malware',
      report: report({
        vulnerabilities: [],
        secrets: [
          {
            ruleId: 'aws-key',
            title: 'AWS key',
            severity: 'HIGH',
            filePath: '/app/.env',
            startLine: 3,
            match: 'AKIA-not-for-reports',
          },
        ],
        malware: [{ name: 'Demo.Trojan', filePath: '/bin/x', severity: 5 }],
      }),
      count: 2,
    },
    {
      name: 'failed controls that are only counted',
      report: report({ compliance: { failCount: 2, passCount: 5, errorCount: 1 } }),
      count: 2,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'controls that all passed',
      report: report({ compliance: { failCount: 0, passCount: 5, errorCount: 0 } }),
      count: 2,
    },
  ],
  unknownSeverity: withFlaw({ severity: 9 }),
  wrongTypes: [
    { name: 'a type nobody knows', report: withFlaw({ typeDetected: 'HUNCH' }) },
    { name: 'a flaw without type', report: withFlaw({ typeDetected: null }) },
    { name: 'a flaw without QID', report: withFlaw({ qid: null }) },
    { name: 'a flaw that is text', report: report({ vulnerabilities: ['x'] }) },
    { name: 'counters in place of the list', report: report({ vulnerabilities: { severity5Count: 1 } }) },
    { name: 'software that is an object', report: withFlaw({ software: {} }) },
    { name: 'software without a name', report: withFlaw({ software: [{ version: '1' }] }) },
    { name: 'CVE names in one text', report: withFlaw({ cveids: 'CVE-2099-0001' }) },
    { name: 'a score of 11', report: withFlaw({ cvss3Info: { baseScore: '11' } }) },
    { name: 'a score in words', report: withFlaw({ cvssInfo: { baseScore: 'high' } }) },
    { name: 'secrets that are an object', report: report({ secrets: { count: 1 } }) },
    { name: 'controls of an unknown form', report: report({ compliance: [{ control: 1 }] }) },
  ],
});

describe('qualys-container', () => {
  it('says what was examined and when', async () => {
    expect((await readAll(qualysContainer, report())).statement).toEqual({
      tool: { name: 'Qualys Container Security' },
      subject: 'registry.example/shop:1.4',
      reference: '00000000-0000-4000-8000-000000000001',
      finishedAt: '2024-05-30T23:55:01Z',
      state: 'SUCCESS',
      evidence: 'the image lists 1 vulnerability (scanned 2024-05-30T23:55:01Z, scan status SUCCESS)',
      problems: [],
    });
  });

  it("rates by the subscription's own level where asked to, and keeps the vendor's beside it", async () => {
    const severitiesOf = async (text: string, severitySource: 'vendor' | 'customer'): Promise<unknown> =>
      (await readAll(qualysContainer, text, { severitySource })).findings.map(({ severity, vendorSeverity }) => [
        severity,
        vendorSeverity,
      ])[0];
    expect(await severitiesOf(report(), 'customer')).toEqual(['medium', '5']);
    expect(await severitiesOf(report(), 'vendor')).toEqual(['critical', '5']);
    expect(await severitiesOf(withFlaw({ customerSeverity: null }), 'customer')).toEqual(['critical', '5']);
  });

  it('takes what is missing, null or empty as absent, one score without the other (C-3, C-4)', async () => {
    const bare = {
      severity: null,
      cveids: null,
      cvssInfo: { baseScore: '' },
      cvss3Info: null,
      patchAvailable: null,
      software: [],
    };
    const { findings } = await readAll(
      qualysContainer,
      withFlaw({ ...bare, layerSha: null, qdsScore: null, threatIntel: null }),
    );
    expect(findings[0]).toMatchObject({
      severity: 'unknown',
      vulnerability: { aliases: undefined },
      cvss: undefined,
      fix: undefined,
      qds: undefined,
      knownExploited: undefined,
      location: { kind: 'none' },
    });
    const one = await readAll(qualysContainer, withFlaw({ cvssInfo: null }));
    expect(one.findings[0]?.cvss).toEqual([{ version: '3.1', score: 9.8 }]);
  });

  it('keeps exempted and fixed findings, marked', async () => {
    const { findings } = await readAll(
      qualysContainer,
      withFlaw({ isExempted: true, reason: 'accepted', status: 'FIXED' }),
    );
    expect(findings[0]).toMatchObject({ ignored: { reason: 'exempted in Qualys: accepted' }, status: 'fixed' });
  });

  it('never carries a secret', async () => {
    const secret = {
      ruleId: 'aws-key',
      filePath: '/app/.env',
      match: 'AKIA-not-for-reports',
      severity: 'HIGH',
      startLine: 3,
    };
    const { findings } = await readAll(qualysContainer, report({ vulnerabilities: [], secrets: [secret] }));
    expect(JSON.stringify(findings)).not.toContain('AKIA');
    expect(findings[0]).toMatchObject({
      kind: 'secret',
      severity: 'high',
      location: { kind: 'file', path: '/app/.env', line: 3 },
    });
  });
});
