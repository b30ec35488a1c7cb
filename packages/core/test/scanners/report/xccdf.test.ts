import { describe, expect, it } from 'vitest';
import { xccdf } from '../../../src/scanners/report/xccdf/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const rule = `<Rule id="rule_aide" severity="medium" role="full">
        <title xml:lang="de">AIDE einrichten</title>
        <title xml:lang="en-US">Install <h:b>AIDE</h:b></title>
        <description>The <h:code>aide</h:code> package is installed with:<h:pre>$ apt-get install aide</h:pre></description>
        <rationale>Changes to files go <h:i>unseen</h:i> otherwise.</rationale>
        <ident system="https://ncp.nist.gov/cce">CCE-80001-1</ident>
        <fix system="urn:xccdf:fix:script:ansible">- package: aide</fix>
        <fix system="urn:xccdf:fix:script:sh">apt-get install -y "<sub idref="value_package"/>"</fix>
      </Rule>`;
const results = (
  inner: string,
): string => `<TestResult id="result-1" start-time="2026-11-02T10:00:00+01:00" end-time="2026-11-02T10:05:00+01:00" test-system="cpe:/a:redhat:openscap:1.3.7">
    <benchmark href="#content" id="benchmark-1"/>
    <profile idref="profile_standard"/>
    <target>web-1.example</target>
    ${inner}
    <score system="urn:xccdf:scoring:default" maximum="100.000000">50.0</score>
  </TestResult>`;
const result = (id: string, word: string, more = '', attributes = 'severity="medium"'): string =>
  `<rule-result idref="${id}" ${attributes}><result>${word}</result>${more}</rule-result>`;
const benchmark = (inner: string, version = '1.2'): string => `<?xml version="1.0" encoding="UTF-8"?>
<Benchmark xmlns="http://checklists.nist.gov/xccdf/${version}" xmlns:h="http://www.w3.org/1999/xhtml" id="benchmark-1">
  <title>Guide</title>
  <Group id="g1"><title>Group</title><Group id="g2">
    ${rule}
    <Rule id="rule_flaw" severity="low"><title>DSA-1-1</title><fixtext>Update it.</fixtext><fix>never mind</fix></Rule>
  </Group></Group>
  ${inner}
</Benchmark>`;
const failed = result('rule_aide', 'fail', '<message severity="info">aide: not installed</message>');
const first = benchmark(
  results(`${failed}${result('rule_ok', 'pass')}${result('rule_mended', 'fixed')}${result('rule_off', 'notselected')}
    ${result('rule_flaw', 'fail', '<ident system="http://cve.mitre.org">CVE-2099-0001</ident><ident>CWE-79</ident><instance context="mount">/home</instance>', '')}`),
);
const collection = `<arf:asset-report-collection xmlns:arf="http://scap.nist.gov/schema/asset-reporting-format/1.1">
  <arf:report-requests><arf:report-request id="c1"><arf:content><ds:data-stream-collection>
    <ds:component>${benchmark('').replace(/^<\?xml.*\n/, '')}</ds:component>
    <ds:component><oval><definitions><definition id="d1"/></definitions></oval></ds:component>
  </ds:data-stream-collection></arf:content></arf:report-request></arf:report-requests>
  <arf:reports>
    <arf:report id="x1"><arf:content>${results(failed)}</arf:content></arf:report>
    <arf:report id="x2"><arf:content>${results(failed).replace('web-1.example', 'web-2.example').replace('result-1', 'result-2')}</arf:content></arf:report>
  </arf:reports>
</arf:asset-report-collection>`;
const bare = results(failed).replace('<TestResult ', '<TestResult xmlns="http://checklists.nist.gov/xccdf/1.1" ');
const waived = (from: string, to: string, word = to): string =>
  result(
    'rule_aide',
    word,
    `<override time="2026-11-01T00:00:00" authority="jo"><old-result>${from}</old-result><new-result>${to}</new-result><remark>tripwire is used</remark></override>`,
  );

describeReader(xccdf, {
  samples: [
    {
      name: 'a benchmark with its results',
      report: first,
      count: 2,
      findings: [
        {
          vulnerability: { source: 'xccdf', id: 'rule_aide', title: 'Install AIDE', aliases: ['CCE-80001-1'] },
          kind: 'control',
          severity: 'medium',
          vendorSeverity: 'medium',
          state: 'fail',
          location: { kind: 'control', control: 'rule_aide', subject: 'web-1.example' },
          description: 'The aide package is installed with:\n$ apt-get install aide',
          impact: 'Changes to files go unseen otherwise.',
          remediation: 'apt-get install -y "[value_package]"',
          evidence: 'aide: not installed',
        },
        {
          vulnerability: { source: 'xccdf', id: 'rule_flaw', title: 'DSA-1-1', aliases: ['CVE-2099-0001'], cwe: [79] },
          kind: 'control',
          severity: 'low',
          vendorSeverity: 'low',
          state: 'fail',
          location: { kind: 'control', control: 'rule_flaw', subject: 'web-1.example', instance: 'mount /home' },
          remediation: 'Update it.',
        },
      ],
    },
    { name: 'version 1.1', report: benchmark(results(failed), '1.1'), count: 1 },
    { name: 'a TestResult alone', report: bare, count: 1 },
    { name: 'an ARF collection of two hosts', report: collection, count: 2 },
    { name: 'all rules met', report: benchmark(results(result('rule_ok', 'pass'))), count: 0 },
    {
      name: 'a rule that ended with an error',
      report: benchmark(
        results(result('rule_aide', 'error') + result('rule_flaw', 'unknown') + result('rule_ok', 'pass')),
      ),
      count: 2,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'rules that nothing could check',
      report: benchmark(results(result('rule_ok', 'pass') + result('rule_aide', 'notchecked'))),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'a rule that is not meant to be checked',
      report: benchmark(
        results(result('rule_ok', 'pass') + result('rule_by_hand', 'notchecked', '', 'role="unchecked"')),
      ),
      count: 0,
    },
    {
      name: 'content made for another host',
      report: benchmark(
        results(
          result('rule_ok', 'notapplicable') + result('rule_off', 'notselected') + result('rule_aide', 'notchecked'),
        ),
      ),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    {
      name: 'results without rules',
      report: benchmark(results('')),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    { name: 'content without results', report: benchmark(''), count: 0, hasEvidence: false },
    {
      name: 'a test that does not say when it ended',
      report: benchmark(results(failed).replace(/ end-time="[^"]*"/, '')),
      count: 1,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    { name: 'a failure overridden by hand', report: benchmark(results(waived('fail', 'pass'))), count: 1 },
  ],
  unknownSeverity: first.replace('idref="rule_aide" severity="medium"', 'idref="rule_aide" severity="shouting"'),
  wrongTypes: [
    { name: 'a result nobody knows', report: first.replace('<result>fail</result>', '<result>maybe</result>') },
    { name: 'a result without a word', report: first.replace('<result>fail</result>', '') },
    { name: 'a result without a rule', report: first.replace('idref="rule_aide" ', '') },
    { name: 'an override that is not the result', report: benchmark(results(waived('fail', 'pass', 'fixed'))) },
    { name: 'an override from a word nobody knows', report: benchmark(results(waived('meh', 'pass'))) },
    { name: 'a version of the future', report: benchmark(results(failed), '1.3') },
  ],
});

describe('xccdf', () => {
  it('says what was examined, with what and when', async () => {
    const { statement } = await readAll(xccdf, first);
    expect(statement).toEqual({
      tool: { name: 'openscap', version: '1.3.7' },
      subject: 'web-1.example',
      reference: 'result-1',
      startedAt: '2026-11-02T09:00:00Z',
      finishedAt: '2026-11-02T09:05:00Z',
      evidence:
        'the results of benchmark benchmark-1, profile profile_standard: 1 pass, 1 fixed, 2 fail, 1 notselected; score 50.0 of 100.000000',
      problems: [],
    });
  });

  it('takes the tool from the facts where they name it, and no time without a zone', async () => {
    const facts =
      '<target-facts><fact name="urn:xccdf:fact:scanner:name">OpenSCAP</fact><fact name="urn:xccdf:fact:scanner:version">1.2.17</fact></target-facts>';
    const report = benchmark(results(facts + failed)).replaceAll('+01:00', '');
    const { statement } = await readAll(xccdf, report);
    expect(statement.tool).toEqual({ name: 'OpenSCAP', version: '1.2.17' });
    expect([statement.startedAt, statement.finishedAt]).toEqual([undefined, undefined]);
  });

  it('names the hosts of a collection and finds the rule texts in its request', async () => {
    const { findings, statement } = await readAll(xccdf, collection);
    expect(findings.map(({ location, vulnerability }) => [location, vulnerability.title])).toEqual([
      [{ kind: 'control', control: 'rule_aide', subject: 'web-1.example' }, 'Install AIDE'],
      [{ kind: 'control', control: 'rule_aide', subject: 'web-2.example' }, 'Install AIDE'],
    ]);
    expect(statement).toMatchObject({ subject: 'web-1.example, web-2.example', reference: undefined });
  });

  it('keeps the rule texts of two benchmarks apart', async () => {
    const other = benchmark('')
      .replace(/^<\?xml.*\n/, '')
      .replace('id="benchmark-1"', 'id="benchmark-2"')
      .replaceAll('AIDE', 'OTHER');
    const { findings } = await readAll(xccdf, collection.replace('<oval>', `${other}<oval>`));
    expect(findings.map(({ vulnerability }) => vulnerability.title)).toEqual(['Install AIDE', 'Install AIDE']);
  });

  it('sets an overridden failure aside with who and why, and keeps one overridden to a failure', async () => {
    const { findings } = await readAll(xccdf, benchmark(results(waived('fail', 'pass') + waived('pass', 'fail'))));
    expect(findings.map(({ state, ignored }) => [state, ignored?.reason])).toEqual([
      ['fail', 'tripwire is used (overridden from fail to pass by jo)'],
      ['fail', undefined],
    ]);
  });

  it('falls back to the severity of the rule, then to unknown', async () => {
    const report = benchmark(results(result('rule_aide', 'fail', '', '') + result('rule_nowhere', 'fail', '', '')));
    const { findings } = await readAll(xccdf, report);
    expect(
      findings.map(({ severity, vendorSeverity, vulnerability }) => [severity, vendorSeverity, vulnerability.title]),
    ).toEqual([
      ['medium', 'medium', 'Install AIDE'],
      ['unknown', undefined, 'rule_nowhere'],
    ]);
  });

  it('takes the discussion out of a STIG description', async () => {
    const report = first.replace(
      /<description>.*?<\/description>/s,
      '<description>&lt;VulnDiscussion&gt;Why &amp; how.&lt;/VulnDiscussion&gt;&lt;Mitigations&gt;&lt;/Mitigations&gt;</description>',
    );
    expect((await readAll(xccdf, report)).findings[0]?.description).toBe('Why & how.');
  });

  it('names the rules that could not be decided or checked', async () => {
    const many = Array.from({ length: 7 }, (_, index) => result(`manual_${index}`, 'notchecked')).join('');
    const { statement } = await readAll(xccdf, benchmark(results(result('rule_flaw', 'error') + many)));
    expect(statement.problems.map(({ message }) => message)).toEqual([
      '7 rules not checked on web-1.example, no check engine could evaluate them: manual_0, manual_1, manual_2, manual_3, manual_4 and 2 more',
      '1 rule ended with error or unknown on web-1.example: rule_flaw',
    ]);
  });
});
