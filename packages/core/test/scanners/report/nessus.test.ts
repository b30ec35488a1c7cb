import { describe, expect, it } from 'vitest';
import { nessus } from '../../../src/scanners/report/nessus/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const flaw = `<ReportItem port="443" svc_name="www" protocol="tcp" severity="4" pluginID="90001" pluginName="Demo Server &lt; 2.0 Overflow" pluginFamily="Web Servers">
  <cve>CVE-2099-0001</cve><cve>CVE-2099-0002</cve><cwe>787</cwe>
  <xref>CWE:20</xref><xref>OWASP:A06:2021</xref><xref>RHSA:2099:0001</xref><xref>CISA-KNOWN-EXPLOITED:2099/05/03</xref>
  <cvss4_base_score>9.3</cvss4_base_score><cvss4_vector>CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N</cvss4_vector>
  <cvss3_base_score>9.8</cvss3_base_score><cvss3_vector>CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H</cvss3_vector>
  <cvss_base_score>10.0</cvss_base_score><cvss_vector>CVSS2#AV:N/AC:L/Au:N/C:C/I:C/A:C</cvss_vector>
  <epss_score>0.91</epss_score><vpr_score>9.0</vpr_score><exploit_available>true</exploit_available>
  <synopsis>The server overflows.</synopsis><description>An overflow.</description><solution>Upgrade to 2.0.</solution>
  <see_also>https://demo.example/a
https://demo.example/b</see_also>
  <patch_publication_date>2099/01/01</patch_publication_date>
  <plugin_type>remote</plugin_type><risk_factor>Critical</risk_factor><plugin_output>Installed : 1.0</plugin_output>
</ReportItem>`;
const information = `<ReportItem port="0" svc_name="general" protocol="tcp" severity="0" pluginID="19506" pluginName="Nessus Scan Information">
  <solution>n/a</solution><risk_factor>None</risk_factor><plugin_output>Information:

Nessus version : 10.8.1
Credentialed checks : no
</plugin_output></ReportItem>`;
const check = (
  result: string,
  name = '1.1 SELinux is enforcing',
): string => `<ReportItem port="0" svc_name="general" protocol="tcp" severity="3" pluginID="21157" pluginName="Unix Compliance Checks">
  <compliance>true</compliance><cm:compliance-check-name>${name}</cm:compliance-check-name><cm:compliance-result>${result}</cm:compliance-result>
  <cm:compliance-actual-value>permissive</cm:compliance-actual-value><cm:compliance-policy-value>enforcing</cm:compliance-policy-value>
  <cm:compliance-info>Why.</cm:compliance-info><cm:compliance-solution>Set it.</cm:compliance-solution>
  <cm:compliance-audit-file>CIS_Demo.audit</cm:compliance-audit-file><risk_factor>None</risk_factor></ReportItem>`;
const host = (
  items: string,
  name = '192.0.2.10',
  end = '<tag name="HOST_END">Mon Nov 2 10:10:00 2026</tag><tag name="HOST_END_TIMESTAMP">1793614200</tag>',
): string => `<ReportHost name="${name}"><HostProperties>
  ${end}<tag name="host-ip">${name}</tag><tag name="host-fqdn">web-1.example</tag><tag name="Credentialed_Scan">false</tag>
  <tag name="HOST_START">Mon Nov 2 10:00:00 2026</tag><tag name="HOST_START_TIMESTAMP">1793613600</tag></HostProperties>${items}</ReportHost>`;
const report = (hosts: string): string => `<?xml version="1.0" ?>
<NessusClientData_v2><Policy><policyName>Basic</policyName><Preferences><ServerPreferences><preference><name>TARGET</name><value>192.0.2.10</value></preference></ServerPreferences></Preferences></Policy>
<Report name="Nightly" xmlns:cm="http://www.nessus.org/cm">${hosts}</Report></NessusClientData_v2>`;
const first = report(host(information + flaw));

describeReader(nessus, {
  samples: [
    {
      name: 'a host with a flaw',
      report: report(host(flaw)),
      count: 1,
      findings: [
        {
          vulnerability: {
            source: 'nessus',
            id: '90001',
            title: 'Demo Server < 2.0 Overflow',
            aliases: ['CVE-2099-0001', 'CVE-2099-0002', 'RHSA:2099:0001'],
            cwe: [787, 20],
            owasp: ['A06:2021'],
            links: ['https://demo.example/a', 'https://demo.example/b'],
          },
          kind: 'confirmed',
          severity: 'critical',
          vendorSeverity: '4',
          cvss: [
            { version: '4.0', score: 9.3, vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N' },
            { version: '3.1', score: 9.8, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
            { version: '2.0', score: 10, vector: 'AV:N/AC:L/Au:N/C:C/I:C/A:C' },
          ],
          epss: 0.91,
          knownExploited: true,
          fix: { available: true },
          location: { kind: 'host', host: 'web-1.example', ip: '192.0.2.10', port: 443, protocol: 'tcp' },
          description: 'An overflow.',
          remediation: 'Upgrade to 2.0.',
          evidence: 'Installed : 1.0',
        },
      ],
    },
    { name: 'two hosts', report: report(host(information + flaw) + host(information + flaw, '192.0.2.11')), count: 4 },
    { name: 'a host with nothing on it', report: report(host('')), count: 0 },
    {
      name: 'compliance checks',
      report: report(host(check('PASSED') + check('FAILED') + check('WARNING') + check('ERROR', '1.2 Audit runs'))),
      count: 3,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'no host at all',
      report: report(''),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    {
      name: 'a policy without a report',
      report: first.replace(/<Report .*<\/Report>/s, ''),
      count: 0,
      hasEvidence: false,
    },
    {
      name: 'a host that was not finished',
      report: report(host(flaw, '192.0.2.10', '') + host('', '192.0.2.11')),
      count: 1,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'a host that is dead',
      report: report(
        host(
          '<ReportItem port="0" protocol="tcp" severity="0" pluginID="10180" pluginName="Ping the remote host"><plugin_output>The remote host (192.0.2.10) is considered as dead - not scanning</plugin_output></ReportItem>',
        ),
      ),
      count: 1,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'credentials that were refused',
      report: report(
        host(
          '<ReportItem port="22" protocol="tcp" severity="0" pluginID="104410" pluginName="Credential Status"><plugin_output>no</plugin_output></ReportItem>',
        ),
      ),
      count: 1,
      problems: ['SCANGATE_SCAN_AUTH_FAILED'],
    },
  ],
  unknownSeverity: report(host(flaw)).replace('severity="4"', 'severity="9"'),
  wrongTypes: [
    { name: 'a score of 11', report: first.replace('>9.8<', '>11<') },
    { name: 'a score in words', report: first.replace('>9.8<', '>high<') },
    { name: 'an item without plugin', report: first.replace('pluginID="90001" ', '') },
    { name: 'a port in words', report: first.replace('port="443"', 'port="https"') },
    { name: 'a compliance result nobody knows', report: report(host(check('PERHAPS'))) },
    { name: 'a compliance check without a name', report: report(host(check('FAILED', ' '))) },
    { name: 'a host without a name', report: report(host(flaw, '')).replace(/<tag name="host-fqdn">[^<]*<\/tag>/, '') },
  ],
});

describe('nessus', () => {
  it('says what was examined, with what and when', async () => {
    const { statement } = await readAll(nessus, first);
    expect(statement).toEqual({
      tool: { name: 'Nessus', version: '10.8.1' },
      subject: 'Nightly: web-1.example',
      startedAt: '2026-11-02T10:00:00Z',
      finishedAt: '2026-11-02T10:10:00Z',
      evidence: 'Nessus finished 1 host with the policy "Basic", 1 without credentials',
      problems: [],
    });
  });

  it('takes level 0 as information, but not where a user lowered a risk to it', async () => {
    const { findings } = await readAll(nessus, first.replace('severity="4"', 'severity="0"'));
    expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual([
      ['information', 'info'],
      ['confirmed', 'info'],
    ]);
  });

  it('takes the risk factor where an item has no level', async () => {
    const { findings } = await readAll(nessus, report(host(flaw)).replace('severity="4" ', ''));
    expect(findings.map(({ severity, vendorSeverity }) => [severity, vendorSeverity])).toEqual([
      ['critical', 'Critical'],
    ]);
  });

  it('tells compliance checks by their result', async () => {
    const { findings, statement } = await readAll(
      nessus,
      report(host(check('PASSED') + check('FAILED') + check('WARNING') + check('ERROR', '1.2 Audit runs'))),
    );
    expect(findings.map(({ kind, state }) => [kind, state])).toEqual([
      ['control', 'FAILED'],
      ['potential', 'WARNING'],
      ['control', 'ERROR'],
    ]);
    expect(findings[0]).toEqual({
      vulnerability: {
        source: 'nessus-compliance',
        id: '1.1 SELinux is enforcing',
        title: '1.1 SELinux is enforcing',
        aliases: [],
      },
      kind: 'control',
      severity: 'high',
      vendorSeverity: '3',
      state: 'FAILED',
      location: {
        kind: 'control',
        control: '1.1 SELinux is enforcing',
        subject: 'web-1.example',
        instance: 'CIS_Demo.audit',
      },
      description: 'Why.',
      remediation: 'Set it.',
      evidence: 'expected: enforcing\nfound: permissive',
    });
    expect(statement.evidence).toContain('1 compliance check passed');
    expect(statement.problems[0]?.message).toBe('1 compliance check ended with an error: 1.2 Audit runs');
  });

  it('takes the known-exploited element as well as the cross reference, and says nothing where there is neither', async () => {
    const without = flaw.replace('<xref>CISA-KNOWN-EXPLOITED:2099/05/03</xref>', '');
    const element = without.replace(
      '<epss_score>',
      '<cisa-known-exploited>2099/05/03</cisa-known-exploited><epss_score>',
    );
    const { findings } = await readAll(nessus, report(host(without + element)));
    expect(findings.map(({ knownExploited }) => knownExploited)).toEqual([undefined, true]);
  });
});
