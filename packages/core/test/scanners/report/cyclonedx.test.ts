import { describe, expect, it } from 'vitest';
import { cyclonedx } from '../../../src/scanners/report/cyclonedx/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const V31 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const purl = 'pkg:maven/org.demo/core@2.13.2';
const component = { 'bom-ref': 'a', type: 'library', group: 'org.demo', name: 'core', version: '2.13.2', purl };
const second = {
  'bom-ref': 'b',
  type: 'library',
  name: 'libdemo',
  version: '1.0',
  purl: 'pkg:deb/debian/libdemo@1.0',
  properties: [{ name: 'syft:location:0:path', value: '/var/lib/dpkg/status' }],
};
const vulnerability = {
  id: 'CVE-2099-10001',
  source: { name: 'NVD', url: 'https://nvd.example/CVE-2099-10001' },
  references: [{ id: 'GHSA-1', source: { name: 'GitHub' } }],
  ratings: [
    { source: { name: 'NVD' }, score: 9.8, severity: 'critical', method: 'CVSSv31', vector: V31 },
    { source: { name: 'other' }, score: 5, severity: 'medium', method: 'OWASP' },
  ],
  cwes: [502],
  description: 'Remote code by a log line.',
  recommendation: 'Upgrade core to 2.15.0',
  workaround: 'Switch lookups off',
  advisories: [{ title: 'x', url: 'https://advisory.example/1' }],
  affects: [{ ref: 'a' }],
};
const grypeTools = [{ vendor: 'anchore', name: 'grype', version: '0.94.0' }];
const bomOf = (vulnerabilities: unknown, more: object = {}): Record<string, unknown> => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.4',
  serialNumber: 'urn:uuid:1',
  version: 1,
  metadata: {
    timestamp: '2026-01-02T03:04:05Z',
    tools: grypeTools,
    component: { 'bom-ref': 'root', type: 'container', name: 'demo', version: '1' },
  },
  components: [component, second],
  vulnerabilities,
  ...more,
});
const bom = bomOf([vulnerability]);
const trivy = {
  metadata: { tools: { components: [{ type: 'application', name: 'trivy', version: '0.69.1' }] } },
  specVersion: '1.6',
};
const analysed = (state: string, more: object = {}): object => ({ ...vulnerability, analysis: { state, ...more } });

const extension = `<v:vulnerability ref="a">
  <v:id>CVE-2099-10001</v:id>
  <v:source name="NVD"><v:url>https://nvd.example/1</v:url></v:source>
  <v:ratings><v:rating>
    <v:score><v:base>9.8</v:base><v:impact>5.9</v:impact></v:score>
    <v:severity>Critical</v:severity><v:method>CVSSv3</v:method><v:vector>AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H</v:vector>
  </v:rating></v:ratings>
  <v:cwes><v:cwe>502</v:cwe></v:cwes>
  <v:description>Remote &lt;code&gt;.</v:description>
  <v:recommendations><v:recommendation>Upgrade</v:recommendation></v:recommendations>
  <v:advisories><v:advisory>https://advisory.example/1</v:advisory></v:advisories>
</v:vulnerability>`;
const xml12 = (inside: string, outside = ''): string => `<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.2" xmlns:v="http://cyclonedx.org/schema/ext/vulnerability/1.0" serialNumber="urn:uuid:1" version="1">
  <metadata><tools><tool><vendor>demo</vendor><name>matcher</name><version>1</version></tool></tools></metadata>
  ${outside}<components><component type="library" bom-ref="a">
    <group>org.demo</group><name>core</name><version>2.13.2</version><purl>${purl}</purl>
    <components><component type="library" bom-ref="n"><name>nested</name></component></components>${inside}
  </component></components>
</bom>`;
const extensionFinding = {
  vulnerability: {
    source: 'NVD',
    id: 'CVE-2099-10001',
    title: 'CVE-2099-10001',
    aliases: [],
    cwe: [502],
    links: ['https://nvd.example/1', 'https://advisory.example/1'],
  },
  kind: 'confirmed' as const,
  severity: 'critical' as const,
  vendorSeverity: 'Critical',
  cvss: [{ version: '3.0' as const, score: 9.8, vector: 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  location: { kind: 'package' as const, name: 'org.demo:core', version: '2.13.2', ecosystem: 'maven', purl },
  description: 'Remote <code>.',
  remediation: 'Upgrade',
};
const xml16 = `<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" serialNumber="urn:uuid:1">
  <metadata><timestamp>2026-01-02T03:04:05Z</timestamp><tools><components><component type="application"><name>grype</name></component></components></tools>
    <component type="container" bom-ref="root"><name>demo</name></component></metadata>
  <vulnerabilities><vulnerability bom-ref="v1">
    <id>GHSA-1</id><source><name>GitHub</name><url>https://gh.example/1</url></source>
    <references><reference><id>CVE-2099-10001</id></reference></references>
    <ratings><rating><source><name>GitHub</name></source><score>9.8</score><severity>high</severity><method>CVSSv31</method><vector>${V31}</vector></rating></ratings>
    <cwes><cwe>502</cwe></cwes><detail>Long.</detail><recommendation>Upgrade</recommendation>
    <advisories><advisory><title>x</title><url>https://advisory.example/1</url></advisory></advisories>
    <analysis><state>not_affected</state><justification>code_not_reachable</justification><responses><response>update</response></responses><detail>dead code</detail></analysis>
    <affects><target><ref>a</ref></target><target><ref>b</ref><versions><version><version>1.0</version><status>affected</status></version></versions></target></affects>
  </vulnerability></vulnerabilities>
  <services><service bom-ref="b"><name>login</name></service></services>
  <components><component type="library" bom-ref="a"><name>core</name><evidence><occurrences><occurrence><location>/app/a.jar</location></occurrence></occurrences></evidence></component></components>
</bom>`;

describeReader(cyclonedx, {
  samples: [
    {
      name: 'JSON 1.4',
      report: JSON.stringify(bom),
      count: 1,
      findings: [
        {
          vulnerability: {
            source: 'NVD',
            id: 'CVE-2099-10001',
            title: 'CVE-2099-10001',
            aliases: ['GHSA-1'],
            cwe: [502],
            links: ['https://nvd.example/CVE-2099-10001', 'https://advisory.example/1'],
          },
          kind: 'confirmed',
          severity: 'critical',
          vendorSeverity: 'critical',
          cvss: [{ version: '3.1', score: 9.8, vector: V31, source: 'NVD' }],
          location: { kind: 'package', name: 'org.demo:core', version: '2.13.2', ecosystem: 'maven', purl },
          description: 'Remote code by a log line.',
          remediation: 'Upgrade core to 2.15.0\nWorkaround: Switch lookups off',
        },
      ],
    },
    {
      name: 'one finding for each affected component',
      report: JSON.stringify(bomOf([{ ...vulnerability, affects: [{ ref: 'a' }, { ref: 'b' }, { ref: 'root' }] }])),
      count: 3,
    },
    {
      name: 'a vulnerability without a component',
      report: JSON.stringify(bomOf([{ id: 'CVE-2099-10001' }])),
      count: 1,
    },
    { name: 'tools of 1.5 and later', report: JSON.stringify(bomOf([vulnerability], trivy)), count: 1 },
    { name: 'nothing found by a tool that always matches', report: JSON.stringify(bomOf([])), count: 0 },
    {
      name: 'nothing found by a tool that also writes inventories',
      report: JSON.stringify(bomOf([], trivy)),
      count: 0,
      hasEvidence: false,
    },
    { name: 'an inventory', report: JSON.stringify(bomOf(undefined)), count: 0, hasEvidence: false },
    {
      name: 'null for empty lists',
      report: JSON.stringify(bomOf(null, { components: null, dependencies: null })),
      count: 0,
      hasEvidence: false,
    },
    {
      name: 'no tool',
      report: JSON.stringify(bomOf([vulnerability], { metadata: undefined })),
      count: 1,
      hasEvidence: false,
    },
    {
      name: 'a VEX document',
      report: JSON.stringify(bomOf([analysed('not_affected')], { components: undefined })),
      count: 1,
      hasEvidence: false,
    },
    {
      name: 'nothing found in nothing',
      report: JSON.stringify(bomOf([], { components: [] })),
      count: 0,
      hasEvidence: false,
    },
    {
      name: 'the extension, inside a component',
      report: xml12(`<v:vulnerabilities>${extension}</v:vulnerabilities>`),
      count: 1,
      findings: [extensionFinding],
    },
    {
      name: 'the extension, inside the bom',
      report: xml12('', `<v:vulnerabilities>${extension}</v:vulnerabilities>`),
      count: 1,
      findings: [extensionFinding],
    },
    { name: 'an empty list of the extension', report: xml12('<v:vulnerabilities/>'), count: 0, hasEvidence: false },
    { name: 'an inventory in XML', report: xml12(''), count: 0, hasEvidence: false },
    {
      name: 'XML 1.6, the vulnerabilities first',
      report: xml16,
      count: 2,
      findings: [
        { location: { kind: 'package' as const, name: 'core', path: '/app/a.jar' } },
        { location: { kind: 'package' as const, name: 'login' } },
      ].map(({ location }) => ({
        vulnerability: {
          source: 'GitHub',
          id: 'GHSA-1',
          title: 'GHSA-1',
          aliases: ['CVE-2099-10001'],
          cwe: [502],
          links: ['https://gh.example/1', 'https://advisory.example/1'],
        },
        kind: 'confirmed' as const,
        severity: 'high' as const,
        vendorSeverity: 'high',
        cvss: [{ version: '3.1' as const, score: 9.8, vector: V31, source: 'GitHub' }],
        ignored: { reason: 'not_affected (code_not_reachable): dead code' },
        state: 'not_affected',
        location,
        description: 'Long.',
        remediation: 'Upgrade',
        evidence: 'dead code',
      })),
    },
  ],
  unknownSeverity: JSON.stringify(bom).replace('"critical"', '"SHOUTING"'),
  wrongTypes: [
    { name: 'vulnerabilities is an object', report: JSON.stringify(bomOf({ a: 1 })) },
    { name: 'a vulnerability is text', report: JSON.stringify(bomOf(['x'])) },
    { name: 'a vulnerability without any name', report: JSON.stringify(bomOf([{ affects: [{ ref: 'a' }] }])) },
    { name: 'affects without a reference', report: JSON.stringify(bomOf([{ ...vulnerability, affects: [{}] }])) },
    { name: 'components is text', report: JSON.stringify(bomOf([vulnerability], { components: 'x' })) },
    { name: 'a component is a number', report: JSON.stringify(bomOf([vulnerability], { components: [1] })) },
    { name: 'tools is text', report: JSON.stringify(bomOf([], { metadata: { tools: 'x' } })) },
    { name: 'version 1.8', report: JSON.stringify(bomOf([], { specVersion: '1.8' })) },
    { name: 'no version', report: JSON.stringify(bomOf([], { specVersion: undefined })) },
    { name: 'another format', report: JSON.stringify(bomOf([], { bomFormat: 'SPDX' })) },
    { name: 'XML 1.1', report: xml12('').replace('bom/1.2', 'bom/1.1') },
    { name: 'a score of 11', report: JSON.stringify(bom).replace('9.8', '11') },
  ],
});

const readVulnerabilities = async (vulnerabilities: unknown[], more: object = {}) => {
  const result = await readAll(cyclonedx, JSON.stringify(bomOf(vulnerabilities, more)));
  return result.findings;
};
const severityOf = async (ratings: object[]): Promise<unknown[]> => {
  const [finding] = await readVulnerabilities([{ ...vulnerability, ratings }]);
  return [finding?.severity, finding?.vendorSeverity];
};

describe('cyclonedx', () => {
  it('finds the same whatever the order of the members', async () => {
    const nested = {
      ...second,
      components: [{ 'bom-ref': 'deep', name: 'deep', components: [{ 'bom-ref': 'deeper', name: 'deeper' }] }],
    };
    const whole = bomOf(
      [{ ...vulnerability, affects: ['a', 'deep', 'deeper', 'root', 'service'].map((ref) => ({ ref })) }],
      {
        components: [component, nested],
        services: [{ 'bom-ref': 'service', name: 'login' }],
      },
    );
    const turned = Object.fromEntries(Object.entries(whole).reverse());
    const forward = await readAll(cyclonedx, JSON.stringify(whole));
    expect(await readAll(cyclonedx, JSON.stringify(turned))).toEqual(forward);
    expect(forward.findings.map(({ location }) => (location.kind === 'package' ? location.name : ''))).toEqual([
      'org.demo:core',
      'deep',
      'deeper',
      'demo',
      'login',
    ]);
  });

  it('keeps a finding whose component is not in the bom', async () => {
    const refs = [
      'pkg:npm/%40demo/left@1.2.3',
      `urn:cdx:1/1#${purl}`,
      'urn:cdx:1/1#pkg%3Adeb%2Fdebian%2Ftar%401.30',
      'pkg:%zz',
      'gone',
    ];
    const findings = await readVulnerabilities([{ ...vulnerability, affects: refs.map((ref) => ({ ref })) }]);
    expect(findings.map(({ location }) => location)).toEqual([
      { kind: 'package', name: '@demo/left', version: '1.2.3', ecosystem: 'npm', purl: 'pkg:npm/%40demo/left@1.2.3' },
      { kind: 'package', name: 'org.demo:core', version: '2.13.2', ecosystem: 'maven', purl },
      { kind: 'package', name: 'tar', version: '1.30', ecosystem: 'deb', purl: 'pkg:deb/debian/tar@1.30' },
      { kind: 'package', name: 'pkg:%zz' },
      { kind: 'package', name: 'gone' },
    ]);
  });

  it('sets aside what its analysis settled, and nothing else', async () => {
    const states = [
      'not_affected',
      'false_positive',
      'resolved',
      'resolved_with_pedigree',
      'exploitable',
      'in_triage',
      'a new word',
    ];
    const findings = await readVulnerabilities(states.map((state) => analysed(state)));
    expect(findings.map(({ ignored, state }) => [ignored?.reason, state])).toEqual([
      ['not_affected', 'not_affected'],
      ['false_positive', 'false_positive'],
      ['resolved', 'resolved'],
      ['resolved_with_pedigree', 'resolved_with_pedigree'],
      [undefined, 'exploitable'],
      [undefined, 'in_triage'],
      [undefined, 'a new word'],
    ]);
  });

  it('sets aside a version that the report calls unaffected', async () => {
    const versions = [
      [
        { version: '2.13.2', status: 'unaffected' },
        { version: '1.0', status: 'affected' },
      ],
      [
        { version: '2.13.2', status: 'affected' },
        { version: '3.0', status: 'unaffected' },
      ],
      [{ range: 'vers:maven/<2', status: 'unaffected' }],
      [{ range: 'vers:maven/<2', status: 'unaffected' }, { range: 'vers:maven/>=2' }],
      [],
    ];
    const findings = await readVulnerabilities(
      versions.map((list) => ({ ...vulnerability, affects: [{ ref: 'a', versions: list }] })),
    );
    expect(findings.map(({ ignored }) => ignored !== undefined)).toEqual([true, false, true, false, false]);
  });

  it('takes the severity of the own source, then the highest word, then the score', async () => {
    const low = { source: { name: 'NVD' }, severity: 'low' };
    const high = { source: { name: 'other' }, severity: 'high' };
    const scored = { score: 9.8, method: 'CVSSv31', vector: V31 };
    expect(await severityOf([high, low])).toEqual(['low', 'low']);
    expect(await severityOf([{ severity: 'medium' }, high, { severity: 'none' }])).toEqual(['high', 'high']);
    expect(await severityOf([{ severity: 'unknown' }, high])).toEqual(['high', 'high']);
    expect(await severityOf([{ severity: 'loud' }, { severity: 'low' }])).toEqual(['unknown', 'loud']);
    expect(await severityOf([scored])).toEqual(['critical', undefined]);
    expect(await severityOf([{ severity: 'unknown' }])).toEqual(['unknown', 'unknown']);
    expect(await severityOf([{ score: 9.8, method: 'OWASP' }])).toEqual(['unknown', undefined]);
    expect(await severityOf([])).toEqual(['unknown', undefined]);
  });

  it('reads every version of CVSS, from the vector first', async () => {
    const v4 = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';
    const [finding] = await readVulnerabilities([
      {
        ...vulnerability,
        ratings: [
          { score: 7.5, method: 'CVSSv2', vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' },
          { score: 9.8, method: 'CVSSv3', vector: V31 },
          { score: 9.1, method: 'CVSSv3' },
          { method: 'CVSSv4', vector: v4 },
          { method: 'SSVC', vector: 'SSVC/1' },
        ],
      },
    ]);
    expect(finding?.cvss).toEqual([
      { version: '2.0', score: 7.5, vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' },
      { version: '3.1', score: 9.8, vector: V31 },
      { version: '3.0', score: 9.1 },
      { version: '4.0', score: 9.3, vector: v4 },
    ]);
  });

  it('does not say that there is no CVE where the report names no equivalent', async () => {
    const findings = await readVulnerabilities([
      { id: 'GHSA-1' },
      { id: 'CVE-2099-1' },
      { 'bom-ref': 'v', references: [{ id: 'CVE-2099-2' }] },
      { 'bom-ref': 'v' },
    ]);
    expect(findings.map(({ vulnerability: { id, aliases } }) => [id, aliases])).toEqual([
      ['GHSA-1', undefined],
      ['CVE-2099-1', []],
      ['CVE-2099-2', []],
      ['v', undefined],
    ]);
  });

  it('refuses rather than to hold any number of vulnerabilities until their components come', async () => {
    const many = Array.from({ length: 50_001 }, () => ({ id: 'CVE-2099-1', affects: [{ ref: 'late' }] }));
    await expect(readVulnerabilities(many)).rejects.toThrow('more than 50000 vulnerabilities');
  });

  it('does not fall over components nested a thousand deep', async () => {
    let deep: object = { 'bom-ref': 'end', name: 'end' };
    for (let depth = 0; depth < 1000; depth++) deep = { name: 'box', components: [deep] };
    const findings = await readVulnerabilities([{ ...vulnerability, affects: [{ ref: 'end' }] }], {
      components: [deep],
    });
    expect(findings[0]?.location).toEqual({ kind: 'package', name: 'end' });
  });

  it('names tool, subject and evidence', async () => {
    const { statement } = await readAll(cyclonedx, JSON.stringify(bom));
    expect(statement).toEqual({
      tool: { name: 'grype', version: '0.94.0' },
      subject: 'demo 1',
      reference: 'urn:uuid:1',
      finishedAt: '2026-01-02T03:04:05Z',
      evidence: 'grype lists 1 vulnerability in 2 components',
      problems: [],
    });
  });
});
