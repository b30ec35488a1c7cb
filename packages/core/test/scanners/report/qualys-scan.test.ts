import { describe, expect, it } from 'vitest';
import { qualysScan } from '../../../src/scanners/report/qualys-scan/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const header = (status: string, alive = '1', total = '1'): string => `<HEADER>
  <KEY value="USERNAME">demo</KEY><KEY value="DATE">2031-04-02T10:14:53Z</KEY><KEY value="TARGET"><![CDATA[192.0.2.10]]></KEY>
  <KEY value="SCAN_HOST">External (Scanner 9.9.1-1, Vulnerability Signatures 2.1)</KEY>
  <KEY value="NBHOST_ALIVE">${alive}</KEY><KEY value="NBHOST_TOTAL">${total}</KEY>${status === '' ? '' : `<KEY value="STATUS">${status}</KEY>`}
  <OPTION_PROFILE><OPTION_PROFILE_TITLE>Initial Options</OPTION_PROFILE_TITLE></OPTION_PROFILE></HEADER>`;
const vuln = `<VULN number="38173" severity="4" cveid="CVE-2099-0001,CVE-2099-0002"><TITLE><![CDATA[A flaw]]></TITLE>
  <CVSS_BASE>7.5 (AV:N/AC:L/Au:N/C:P/I:P/A:P)</CVSS_BASE><CVSS3_BASE>9.8</CVSS3_BASE><PCI_FLAG>1</PCI_FLAG>
  <VENDOR_REFERENCE_LIST><VENDOR_REFERENCE><ID>x</ID><URL>https://vendor.example/1</URL></VENDOR_REFERENCE></VENDOR_REFERENCE_LIST>
  <CVE_ID_LIST><CVE_ID><ID>CVE-2099-0001</ID></CVE_ID></CVE_ID_LIST>
  <DIAGNOSIS><![CDATA[Bad <P>code]]></DIAGNOSIS><CONSEQUENCE>Loss</CONSEQUENCE><SOLUTION>N/A</SOLUTION><RESULT format="table">a	b</RESULT></VULN>`;
const host = (groups: string): string =>
  `<IP value="192.0.2.10" name="shop.example"><OS><![CDATA[Debian 12]]></OS>${groups}</IP>`;
const vulns = `<VULNS><CAT value="Local" port="443" protocol="tcp" misc="over ssl">${vuln}</CAT></VULNS>`;
const others = `<INFOS><CAT value="Information gathering"><INFO number="45038" severity="1"><TITLE>Host Scan Time</TITLE></INFO></CAT></INFOS>
  <SERVICES><CAT value="TCP/IP"><SERVICE number="82023" severity="1"><TITLE>Open TCP Services List</TITLE></SERVICE></CAT></SERVICES>
  <PRACTICES><CAT value="Web server" fqdn="www.shop.example"><PRACTICE number="86729" severity="2"><TITLE>AutoComplete</TITLE><CVSS_BASE source="service">0.0</CVSS_BASE></PRACTICE></CAT></PRACTICES>`;
const scan = (body: string, value = 'scan/1222134912.63524'): string =>
  `<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE SCAN SYSTEM "https://qualysguard.example/scan-1.dtd">\n<SCAN value="${value}">\n${body}\n</SCAN>\n`;
const whole = scan(header('FINISHED') + host(vulns + others));

describeReader(qualysScan, {
  samples: [
    {
      name: 'a host',
      report: whole,
      count: 4,
      findings: [
        {
          vulnerability: {
            source: 'qualys',
            id: '38173',
            title: 'A flaw',
            aliases: ['CVE-2099-0001', 'CVE-2099-0002'],
            links: ['https://vendor.example/1'],
          },
          kind: 'confirmed',
          severity: 'high',
          vendorSeverity: '4',
          cvss: [
            { version: '3.1', score: 9.8 },
            { version: '2.0', score: 7.5, vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' },
          ],
          pci: true,
          location: {
            kind: 'host',
            host: 'shop.example',
            ip: '192.0.2.10',
            port: 443,
            protocol: 'tcp',
            instance: 'over ssl',
          },
          description: 'Bad\ncode',
          impact: 'Loss',
          evidence: 'a\tb',
        },
        {
          vulnerability: { source: 'qualys', id: '45038', title: 'Host Scan Time', aliases: [] },
          kind: 'information',
          severity: 'info',
          vendorSeverity: '1',
          location: { kind: 'host', host: 'shop.example', ip: '192.0.2.10' },
        },
        {
          vulnerability: { source: 'qualys', id: '82023', title: 'Open TCP Services List', aliases: [] },
          kind: 'information',
          severity: 'info',
          vendorSeverity: '1',
          location: { kind: 'host', host: 'shop.example', ip: '192.0.2.10' },
        },
        {
          vulnerability: { source: 'qualys', id: '86729', title: 'AutoComplete', aliases: [] },
          kind: 'potential',
          severity: 'low',
          vendorSeverity: '2',
          location: { kind: 'host', host: 'www.shop.example', ip: '192.0.2.10' },
        },
      ],
    },
    { name: 'a clean host', report: scan(header('FINISHED') + host('<VULNS>\n</VULNS>')), count: 0 },
    { name: 'the header last', report: scan(host(vulns) + header('FINISHED')), count: 1 },
    {
      name: 'no host alive',
      report: scan(
        `<IP value="192.0.2.10" status="down" /><ERROR number="3509">\n  No host alive...\n</ERROR>${header('NOHOSTALIVE', '0')}`,
      ),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    {
      name: 'a refused scan',
      report: scan('<ERROR number="5000">Invalid IP</ERROR>', 'None'),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_FAILED'],
    },
    {
      name: 'one host of two down',
      report: scan(`${header('FINISHED', '1', '2')}${host(vulns)}<IP value="192.0.2.11" status="down"/>`),
      count: 1,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'a host that is counted and not listed',
      report: scan(header('FINISHED', '2', '2') + host(vulns)),
      count: 1,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    { name: 'nothing at all', report: scan(header('FINISHED', '', '')), count: 0, hasEvidence: false },
  ],
  unknownSeverity: whole.replace('severity="4"', 'severity="9"'),
  wrongTypes: [
    { name: 'a detection without a number', report: whole.replace('number="38173"', '') },
    {
      name: 'a detection of another name',
      report: whole.replaceAll('VULN number', 'FLAW number').replaceAll('</VULN>', '</FLAW>'),
    },
    {
      name: 'a practice among the vulnerabilities',
      report: whole.replace('<VULN number', '<PRACTICE number').replace('</VULN>', '</PRACTICE>'),
    },
    { name: 'a group that is not known', report: whole.replaceAll('VULNS>', 'FLAWS>') },
    { name: 'a detection outside a category', report: scan(header('FINISHED') + host(`<VULNS>${vuln}</VULNS>`)) },
    { name: 'text in a category', report: whole.replace('<VULN number', 'none<VULN number') },
    { name: 'a host of another name', report: whole.replaceAll('<IP ', '<HOST ').replaceAll('</IP>', '</HOST>') },
    { name: 'a port that is none', report: whole.replace('port="443"', 'port="443-445"') },
    { name: 'a PCI flag that is none', report: whole.replace('<PCI_FLAG>1', '<PCI_FLAG>maybe') },
    { name: 'a score of 11', report: whole.replace('9.8', '11') },
    { name: 'a number of hosts that is none', report: whole.replace('NBHOST_ALIVE">1', 'NBHOST_ALIVE">one') },
  ],
});

describe('qualys-scan', () => {
  it('says what was scanned, when, and how it ended', async () => {
    expect((await readAll(qualysScan, whole)).statement).toEqual({
      tool: { name: 'Qualys VM', version: '9.9.1-1' },
      subject: '192.0.2.10',
      reference: 'scan/1222134912.63524',
      startedAt: '2031-04-02T10:14:53Z',
      state: 'FINISHED',
      evidence: 'The scan lists 1 host that it looked at, with the status FINISHED',
      problems: [],
    });
  });

  it.each([
    ['CANCELED', 'SCANGATE_SCAN_CANCELLED'],
    ['RUNNING', 'SCANGATE_SCAN_INCOMPLETE'],
    ['INTERRUPTED', 'SCANGATE_SCAN_INCOMPLETE'],
    ['ERROR', 'SCANGATE_SCAN_FAILED'],
    ['DREAMING', 'SCANGATE_SCAN_UNKNOWN_STATE'],
    ['', 'SCANGATE_SCAN_UNKNOWN_STATE'],
  ])('takes the status "%s" for %s', async (status, code) => {
    const { statement } = await readAll(qualysScan, scan(header(status) + host(vulns)));
    expect(statement.problems.map((problem) => problem.code)).toEqual([code]);
  });

  it('takes a login that failed for a view from outside', async () => {
    const { statement } = await readAll(qualysScan, whole.replace('Host Scan Time', 'Unix Authentication Failed'));
    expect(statement.problems.map(({ code, message }) => [code, message])).toEqual([
      ['SCANGATE_SCAN_AUTH_FAILED', '1 login failed on 192.0.2.10'],
    ]);
  });
});
