import { describe, expect, it } from 'vitest';
import { gitlab } from '../../../src/scanners/report/gitlab/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const scanOf = (type: string, more: object = {}): object => ({
  analyzer: { id: 'demo-analyzer', name: 'Demo analyzer', version: '1.0', vendor: { name: 'Demo' } },
  scanner: { id: 'demo', name: 'Demo', version: '2.0', vendor: { name: 'Demo' } },
  type,
  start_time: '2026-01-02T03:04:05',
  end_time: '2026-01-02T03:05:05',
  status: 'success',
  ...more,
});
const reportOf = (type: string, vulnerabilities: unknown[], scan: object = {}): object => ({
  version: '15.2.1',
  vulnerabilities,
  remediations: [{ fixes: [{ id: 'x' }], summary: 's', diff: 'ZGlmZg==' }],
  scan: scanOf(type, scan),
});
const identifier = (type: string, value: string, name = value, url?: string): object => ({ type, name, value, url });

const inPackage = {
  id: '00000000-0000-4000-8000-000000000001',
  name: 'demo: overflow',
  description: 'An overflow.',
  severity: 'High',
  solution: 'Upgrade libdemo to 1.1',
  identifiers: [
    identifier('demo_id', 'DEMO-1'),
    identifier('ghsa', 'GHSA-1'),
    identifier('cve', 'CVE-2099-10001', 'CVE-2099-10001', 'https://cve.example/1'),
  ],
  links: [{ url: 'https://advisory.example/1' }],
  cvss_vectors: [{ vendor: 'NVD', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  location: {
    dependency: { package: { name: 'libdemo' }, version: '1.0' },
    operating_system: 'debian 12',
    image: 'demo:1',
  },
};
const inWeb = {
  id: '2',
  severity: 'Unknown',
  identifiers: [
    identifier('ZAProxy_PluginId', '10062', 'PII Disclosure'),
    identifier('CWE', '359', 'CWE-359'),
    identifier('owasp', 'A3', 'A3 - Sensitive Data Exposure'),
  ],
  location: { hostname: 'http://shop.example', path: '/v1/trees', method: 'GET', param: 'q' },
  evidence: { summary: 'a card number', request: { headers: [], method: 'GET', url: 'http://shop.example/v1/trees' } },
};
const inCode = {
  id: '3',
  message: 'Injection',
  severity: 'Low',
  identifiers: [identifier('rule', 'R1'), identifier('cwe', 'rule_name', 'CWE-89')],
  location: { file: 'a.js', start_line: 3, end_line: 5, class: 'Login', method: 'find' },
  flags: [{ type: 'flagged-as-likely-false-positive', origin: 'post-analyzer', description: 'not reachable' }],
  raw_source_code_extract: 'sql("hunter2")',
};
const leaked = {
  id: '4',
  name: 'AWS key',
  severity: 'Critical',
  cve: 'deploy.env:hunter2hash:AWS',
  identifiers: [identifier('gitleaks_rule_id', 'AWS')],
  location: { file: 'deploy.env', start_line: 2, commit: { sha: 'abc123', author: 'a' } },
  raw_source_code_extract: 'AKIAhunter2',
};
const inCluster = (container: string): object => ({
  ...inPackage,
  location: {
    ...inPackage.location,
    kubernetes_resource: { namespace: 'default', kind: 'Pod', name: 'web', container_name: container },
  },
});
const inLockFile = {
  ...inPackage,
  location: { file: 'package-lock.json', dependency: { package: { name: 'demo' }, version: '1.0', direct: true } },
};
const crash = {
  ...inWeb,
  location: { crash_address: '0x1', crash_type: 'Heap-buffer-overflow', crash_state: 'f1 f2', stacktrace_snippet: 's' },
};
const old = {
  vulnerabilities: [
    { category: 'dast', severity: 'Medium', name: 'Cookie', cve: 'CVE-2099-30003', location: { path: '/' } },
  ],
};

describeReader(gitlab, {
  samples: [
    {
      name: 'a container scan',
      report: JSON.stringify(reportOf('container_scanning', [inPackage])),
      count: 1,
      findings: [
        {
          vulnerability: {
            source: 'demo_id',
            id: 'DEMO-1',
            title: 'demo: overflow',
            aliases: ['CVE-2099-10001', 'GHSA-1'],
            links: ['https://cve.example/1', 'https://advisory.example/1'],
          },
          kind: 'confirmed',
          severity: 'high',
          vendorSeverity: 'High',
          cvss: [{ version: '3.1', score: 9.8, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', source: 'NVD' }],
          location: { kind: 'package', name: 'libdemo', version: '1.0', artifact: 'demo:1' },
          description: 'An overflow.',
          remediation: 'Upgrade libdemo to 1.1',
          evidence: 'operating system debian 12',
        },
      ],
    },
    {
      name: 'a web scan',
      report: JSON.stringify(
        reportOf('dast', [inWeb], { scanned_resources: [{ method: 'GET', url: 'http://shop.example/', type: 'url' }] }),
      ),
      count: 1,
      findings: [
        {
          vulnerability: {
            source: 'ZAProxy_PluginId',
            id: '10062',
            title: 'PII Disclosure',
            aliases: [],
            cwe: [359],
            owasp: ['A3'],
          },
          kind: 'confirmed',
          severity: 'unknown',
          vendorSeverity: 'Unknown',
          location: { kind: 'web', url: 'http://shop.example/v1/trees', method: 'GET', parameter: 'q' },
          evidence: 'a card number',
        },
      ],
    },
    {
      name: 'a code scan',
      report: JSON.stringify(reportOf('sast', [inCode])),
      count: 1,
      findings: [
        {
          vulnerability: { source: 'rule', id: 'R1', title: 'Injection', aliases: [], cwe: [89] },
          kind: 'confirmed',
          severity: 'low',
          vendorSeverity: 'Low',
          location: { kind: 'file', path: 'a.js', line: 3, endLine: 5, resource: 'Login.find' },
          evidence: 'flagged-as-likely-false-positive (post-analyzer: not reachable)',
        },
      ],
    },
    {
      name: 'secrets',
      report: JSON.stringify(reportOf('secret_detection', [leaked])),
      count: 1,
      findings: [
        {
          vulnerability: { source: 'gitleaks_rule_id', id: 'AWS', title: 'AWS key', aliases: [] },
          kind: 'secret',
          severity: 'critical',
          vendorSeverity: 'Critical',
          location: { kind: 'file', path: 'deploy.env', line: 2 },
          remediation: 'Revoke the secret, then remove it from the file and its history.',
          evidence: 'commit abc123',
        },
      ],
    },
    { name: 'dependencies', report: JSON.stringify(reportOf('dependency_scanning', [inLockFile])), count: 1 },
    {
      name: 'a cluster',
      report: JSON.stringify(reportOf('cluster_image_scanning', [inCluster('a'), inCluster('b')])),
      count: 2,
    },
    { name: 'crashes', report: JSON.stringify(reportOf('coverage_fuzzing', [crash])), count: 1 },
    {
      name: 'the scan before the vulnerabilities',
      report: JSON.stringify({ scan: scanOf('secret_detection'), version: '14.0.0', vulnerabilities: [leaked] }),
      count: 1,
    },
    { name: 'a clean scan', report: JSON.stringify(reportOf('sast', [])), count: 0 },
    {
      name: 'an old report without a scan',
      report: JSON.stringify({ vulnerabilities: [inWeb] }),
      count: 1,
      hasEvidence: false,
    },
    {
      name: 'an old clean report without a scan',
      report: '{"__comment__": "cut", "vulnerabilities": []}',
      count: 0,
      hasEvidence: false,
    },
    {
      name: 'a failed scan',
      report: JSON.stringify(reportOf('sast', [], { status: 'failure' })),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_FAILED'],
    },
    {
      name: 'a state nobody knows',
      report: JSON.stringify(reportOf('sast', [], { status: 'paused' })),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_UNKNOWN_STATE'],
    },
    {
      name: 'a web scan of nothing',
      report: JSON.stringify(reportOf('dast', [], { scanned_resources: [] })),
      count: 0,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    {
      name: 'a fatal message',
      report: JSON.stringify(
        reportOf('sast', [], {
          messages: [
            { level: 'info', value: 'hello' },
            { level: 'fatal', value: 'out of memory' },
          ],
        }),
      ),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
  ],
  unknownSeverity: JSON.stringify(reportOf('container_scanning', [inPackage])).replace('"High"', '"SHOUTING"'),
  wrongTypes: [
    { name: 'vulnerabilities is an object', report: JSON.stringify({ ...reportOf('sast', []), vulnerabilities: {} }) },
    { name: 'no vulnerabilities', report: JSON.stringify({ ...reportOf('sast', []), vulnerabilities: undefined }) },
    { name: 'a vulnerability is text', report: JSON.stringify(reportOf('sast', ['x'])) },
    {
      name: 'a vulnerability without any name',
      report: JSON.stringify(reportOf('sast', [{ id: '1', location: { file: 'a' } }])),
    },
    { name: 'scan is text', report: JSON.stringify({ ...reportOf('sast', [inCode]), scan: 'yes' }) },
    { name: 'a type nobody knows', report: JSON.stringify(reportOf('astrology', [])) },
    { name: 'schema 16', report: JSON.stringify({ ...reportOf('sast', []), version: '16.0.0' }) },
    {
      name: 'a broken vector',
      report: JSON.stringify(reportOf('container_scanning', [inPackage])).replace('AV:N', 'AV:Q'),
    },
    {
      name: 'a vector that is not whole',
      report: JSON.stringify(reportOf('container_scanning', [inPackage])).replace('/A:H', ''),
    },
    {
      name: 'a package without a name',
      report: JSON.stringify(reportOf('container_scanning', [inPackage])).replace('{"name":"libdemo"}', '{}'),
    },
  ],
});

describe('gitlab', () => {
  it('never carries the secret, wherever the type of the scan stands', async () => {
    for (const text of [
      JSON.stringify(reportOf('secret_detection', [leaked])),
      JSON.stringify({ scan: scanOf('secret_detection'), vulnerabilities: [leaked] }),
      JSON.stringify({ vulnerabilities: [{ ...leaked, category: 'secret_detection' }] }),
    ]) {
      const { findings } = await readAll(gitlab, text);
      expect(findings[0]?.kind).toBe('secret');
      expect(JSON.stringify(findings)).not.toContain('hunter2');
    }
  });

  it('gives one order whatever the size of the chunks, also where only some wait for the type', async () => {
    const text = JSON.stringify(
      reportOf('secret_detection', [inCode, leaked, inLockFile, { ...leaked, location: { file: 'b.env' } }]),
    );
    const whole = await readAll(gitlab, text);
    for (const chunkSize of [1, 50, 500]) expect(await readAll(gitlab, text, { chunkSize })).toEqual(whole);
    expect(whole.findings.map(({ kind }) => kind)).toEqual(['secret', 'confirmed', 'secret', 'secret']);
  });

  it('tells workloads of a cluster apart', async () => {
    const { findings } = await readAll(
      gitlab,
      JSON.stringify(reportOf('cluster_image_scanning', [inCluster('a'), inCluster('b')])),
    );
    expect(findings.map(({ identity }) => identity)).toEqual([
      '["default","Pod","web","a","libdemo"]',
      '["default","Pod","web","b","libdemo"]',
    ]);
  });

  it('reads the times as UTC and names what ran', async () => {
    const { statement } = await readAll(gitlab, JSON.stringify(reportOf('sast', [])));
    expect(statement).toEqual({
      tool: { name: 'Demo', version: '2.0' },
      startedAt: '2026-01-02T03:04:05Z',
      finishedAt: '2026-01-02T03:05:05Z',
      state: 'success',
      evidence: 'the sast scan by Demo 2.0 ended with the status success',
      problems: [],
    });
  });

  it('keeps a crash and a place that it does not know', async () => {
    const { findings } = await readAll(
      gitlab,
      JSON.stringify(reportOf('coverage_fuzzing', [crash, { ...inWeb, location: {} }])),
    );
    expect(findings.map(({ location }) => location)).toEqual([{ kind: 'none' }, { kind: 'none' }]);
    expect(findings[0]?.evidence).toBe('a card number\nHeap-buffer-overflow: f1 f2');
  });

  it('names a vulnerability of old reports by its CVE', async () => {
    const { findings } = await readAll(gitlab, JSON.stringify(old));
    expect(findings[0]).toMatchObject({
      vulnerability: { source: 'cve', id: 'CVE-2099-30003', title: 'Cookie', aliases: [] },
      location: { kind: 'web', url: '/' },
    });
    const [nameless] = (await readAll(gitlab, JSON.stringify(old).replace('CVE-2099-30003', 'a:b:c'))).findings;
    expect(nameless?.vulnerability).toMatchObject({ source: 'gitlab', id: 'Cookie', aliases: undefined });
  });

  it('refuses rather than to hold any number of vulnerabilities until the type of the scan comes', async () => {
    const many = Array.from({ length: 100_001 }, () => ({ name: 'x', location: { file: 'a' } }));
    await expect(readAll(gitlab, JSON.stringify(reportOf('sast', many)))).rejects.toThrow(
      'more than 100000 vulnerabilities',
    );
  });

  it('knows the lock file of a dependency', async () => {
    const { findings } = await readAll(gitlab, JSON.stringify(reportOf('dependency_scanning', [inLockFile])));
    expect(findings[0]?.location).toEqual({ kind: 'package', name: 'demo', version: '1.0', path: 'package-lock.json' });
  });
});
