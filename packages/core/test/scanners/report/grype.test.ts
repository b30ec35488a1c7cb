import { describe, expect, it } from 'vitest';
import { grype } from '../../../src/scanners/report/grype/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const cvss31 = {
  source: 'nvd@nist.gov',
  type: 'Primary',
  version: '3.1',
  vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  metrics: { baseScore: 9.8, exploitabilityScore: 3.9, impactScore: 5.9 },
};
const advisory = {
  id: 'GHSA-aaaa-bbbb-cccc',
  dataSource: 'https://advisories.example/GHSA-aaaa-bbbb-cccc',
  namespace: 'github:language:java',
  severity: 'Critical',
  urls: [],
  description: 'Remote code by a log line.',
  cvss: [],
  epss: [{ cve: 'CVE-2099-1', epss: 0.9, percentile: 0.99, date: '2026-01-01' }],
  knownExploited: [{ cve: 'CVE-2099-10001', dateAdded: '2026-01-01' }],
  cwes: [{ cve: 'CVE-2099-10001', cwe: 'CWE-502', source: 'nvd@nist.gov', type: 'Primary' }],
  fix: { versions: ['2.15.0'], state: 'fixed' },
  advisories: [{ id: 'ADV-1', link: 'https://advisories.example/ADV-1' }],
  risk: 88.2,
};
const match = {
  vulnerability: advisory,
  relatedVulnerabilities: [
    {
      id: 'CVE-2099-10001',
      namespace: 'nvd:cpe',
      severity: 'Critical',
      cvss: [cvss31],
      epss: [{ cve: 'CVE-2099-10001', epss: 0.95 }],
    },
  ],
  matchDetails: [
    { type: 'exact-direct-match', matcher: 'java-matcher', found: { versionConstraint: '<2.15.0 (maven)' } },
  ],
  artifact: {
    id: '1',
    name: 'log4demo',
    version: '2.13.2',
    type: 'java-archive',
    locations: [{ path: '/app/demo.jar', layerID: 'sha256:01' }],
    purl: 'pkg:maven/org.demo/log4demo@2.13.2',
  },
};
const plain = {
  vulnerability: {
    id: 'CVE-2099-20002',
    dataSource: 'https://tracker.example/CVE-2099-20002',
    namespace: 'debian:distro:debian:12',
    severity: 'Negligible',
    fix: { versions: [], state: 'wont-fix' },
  },
  relatedVulnerabilities: [],
  matchDetails: [],
  artifact: { name: 'libdemo', version: '1.0', type: 'deb', locations: [] },
};
const database = {
  status: { schemaVersion: 'v6.0.2', built: '2026-01-01T00:00:00Z', valid: true },
  providers: { kev: {}, nvd: {} },
};
const report = {
  matches: [match, plain],
  source: { type: 'image', target: { userInput: 'demo:1', imageID: 'sha256:02' } },
  distro: { name: 'debian', version: '12', idLike: [] },
  descriptor: {
    name: 'grype',
    version: '0.94.0',
    configuration: {},
    db: database,
    timestamp: '2026-01-02T03:04:05.5Z',
  },
};
const ignored = {
  ...report,
  ignoredMatches: [
    {
      ...plain,
      appliedIgnoreRules: [{ vulnerability: 'CVE-2099-20002', reason: 'not reachable', namespace: '', package: {} }],
    },
    {
      ...plain,
      appliedIgnoreRules: [
        { vulnerability: '', reason: '', 'vex-status': 'not_affected', 'vex-justification': 'component_not_present' },
      ],
    },
    { ...plain, appliedIgnoreRules: [{ 'fix-state': 'not-fixed', package: { name: 'libdemo', type: 'deb' } }] },
    plain,
  ],
};
const clean = { ...report, matches: [] };

describeReader(grype, {
  samples: [
    {
      name: 'an image, with the fields of new versions',
      report: JSON.stringify(report),
      count: 2,
      findings: [
        {
          vulnerability: {
            source: 'github:language:java',
            id: 'GHSA-aaaa-bbbb-cccc',
            title: 'GHSA-aaaa-bbbb-cccc',
            aliases: ['CVE-2099-10001'],
            cwe: [502],
            links: ['https://advisories.example/GHSA-aaaa-bbbb-cccc', 'https://advisories.example/ADV-1'],
          },
          kind: 'confirmed',
          severity: 'critical',
          vendorSeverity: 'Critical',
          cvss: [
            {
              version: '3.1',
              score: 9.8,
              vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
              source: 'nvd@nist.gov',
            },
          ],
          epss: 0.95,
          knownExploited: true,
          fix: { available: true, version: '2.15.0' },
          state: 'fixed',
          location: {
            kind: 'package',
            name: 'log4demo',
            version: '2.13.2',
            ecosystem: 'java-archive',
            purl: 'pkg:maven/org.demo/log4demo@2.13.2',
            path: '/app/demo.jar',
            layer: 'sha256:01',
          },
          description: 'Remote code by a log line.',
          remediation: 'Update log4demo to 2.15.0.',
          evidence: 'exact-direct-match; affected versions: <2.15.0 (maven)',
        },
        {
          vulnerability: {
            source: 'debian:distro:debian:12',
            id: 'CVE-2099-20002',
            title: 'CVE-2099-20002',
            aliases: [],
            links: ['https://tracker.example/CVE-2099-20002'],
          },
          kind: 'confirmed',
          severity: 'info',
          vendorSeverity: 'Negligible',
          fix: { available: false },
          state: 'wont-fix',
          location: { kind: 'package', name: 'libdemo', version: '1.0', ecosystem: 'deb' },
          remediation: 'The vendor will not fix this in libdemo: replace or remove the package.',
        },
      ],
    },
    { name: 'matches that a rule set aside', report: JSON.stringify(ignored), count: 6 },
    {
      name: 'members sorted by name',
      report: JSON.stringify({
        descriptor: report.descriptor,
        distro: report.distro,
        matches: [match],
        source: report.source,
      }),
      count: 1,
    },
    {
      name: 'a clean directory',
      report: JSON.stringify({ ...clean, source: { type: 'directory', target: '/src' } }),
      count: 0,
    },
    {
      name: 'a clean image in the form of 0.7',
      report: JSON.stringify({
        ...clean,
        distro: { name: 'busybox', version: '1', idLike: '' },
        descriptor: { name: 'grype', version: '0.7.0' },
      }),
      count: 0,
    },
    {
      name: 'nothing found in an unknown source',
      report: JSON.stringify({ ...clean, source: { type: 'unknown', target: 'unknown' } }),
      count: 0,
      hasEvidence: false,
    },
    {
      name: 'nothing found and no source',
      report: JSON.stringify({ ...clean, source: null }),
      count: 0,
      hasEvidence: false,
    },
    { name: 'a null list', report: JSON.stringify({ ...clean, matches: null }), count: 0 },
    {
      name: 'a distribution past its end',
      report: JSON.stringify({
        ...clean,
        alertsByPackage: [
          { package: { name: 'libdemo' }, alerts: [{ type: 'distro-eol', message: 'debian 9 is past its end' }] },
        ],
      }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'a database that was not valid',
      report: JSON.stringify({
        ...clean,
        descriptor: { ...report.descriptor, db: { status: { valid: false, error: 'too old' } } },
      }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
  ],
  unknownSeverity: JSON.stringify(report).replace('"Negligible"', '"SHOUTING"'),
  wrongTypes: [
    { name: 'matches is an object', report: JSON.stringify({ ...report, matches: { a: 1 } }) },
    { name: 'no matches at all', report: JSON.stringify({ ...report, matches: undefined, ignoredMatches: [plain] }) },
    { name: 'a match is text', report: JSON.stringify({ ...report, matches: ['x'] }) },
    {
      name: 'a match without a vulnerability',
      report: JSON.stringify({ ...report, matches: [{ artifact: match.artifact }] }),
    },
    {
      name: 'a package without a name',
      report: JSON.stringify(report).replaceAll('"name":"libdemo"', '"nome":"libdemo"'),
    },
    { name: 'a score of 11', report: JSON.stringify(report).replace('9.8', '11') },
    { name: 'an epss that is a list', report: JSON.stringify(report).replace('"epss":0.95', '"epss":[0.95]') },
  ],
});

const readMatch = async (vulnerability: object, descriptor: object = report.descriptor) =>
  readAll(
    grype,
    JSON.stringify({
      ...report,
      descriptor,
      matches: [{ ...plain, vulnerability: { ...plain.vulnerability, ...vulnerability } }],
    }),
  );

describe('grype', () => {
  it('says why a match was ignored', async () => {
    const { findings } = await readAll(grype, JSON.stringify(ignored));
    expect(findings.map(({ ignored: aside }) => aside?.reason)).toEqual([
      undefined,
      undefined,
      'not reachable',
      'VEX: not_affected, component_not_present',
      'ignore rule: fix-state not-fixed, package name libdemo, package type deb',
      'ignored by Grype',
    ]);
  });

  it('takes silence about exploitation for "no" only from versions that would speak', async () => {
    expect((await readMatch({})).findings[0]?.knownExploited).toBeUndefined();
    const told = await readMatch({ risk: 0 });
    expect(told.findings[0]?.knownExploited).toBe(false);
    expect(told.statement.problems).toEqual([]);
  });

  it('does not trust that silence when the database had no catalogue', async () => {
    const { statement } = await readMatch(
      { risk: 0 },
      { ...report.descriptor, db: { ...database, providers: { nvd: {} } } },
    );
    expect(statement.problems.map(({ code }) => code)).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });

  it('does not say that there is no CVE when the list of related records is missing', async () => {
    const { findings } = await readAll(
      grype,
      JSON.stringify({
        ...report,
        matches: [
          { ...match, relatedVulnerabilities: undefined },
          { ...match, relatedVulnerabilities: [] },
        ],
      }),
    );
    expect(findings.map(({ vulnerability }) => vulnerability.aliases)).toEqual([undefined, []]);
  });

  it('computes the score of a vector that comes alone, and keeps no number of an unknown scale', async () => {
    const vector = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';
    const { findings } = await readMatch({
      cvss: [{ vector }, { version: '9', vector: '', metrics: { baseScore: 5 } }],
    });
    expect(findings[0]?.cvss).toEqual([{ version: '4.0', score: 9.3, vector, source: 'debian:distro:debian:12' }]);
  });

  it('says of a fix only what the report says', async () => {
    const fixes = [
      { state: 'unknown', versions: [] },
      { state: 'not-fixed', versions: [] },
      { state: 'fixed', versions: [] },
      { state: '' },
    ];
    const read = await Promise.all(fixes.map((fix) => readMatch({ fix })));
    expect(read.map(({ findings }) => findings[0]?.fix)).toEqual([
      undefined,
      { available: false },
      { available: true },
      undefined,
    ]);
  });
});
