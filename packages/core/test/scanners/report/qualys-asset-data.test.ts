import { describe, expect, it } from 'vitest';
import { qualysAssetData } from '../../../src/scanners/report/qualys-asset-data/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const detection = (qid: number, type: string, more = ''): string =>
  `<VULN_INFO><QID id="qid_${qid}">${qid}</QID><TYPE>${type}</TYPE>${more}<FIRST_FOUND>2031-07-31T21:57:48Z</FIRST_FOUND>
  <LAST_FOUND>2031-08-01T21:57:48Z</LAST_FOUND><TIMES_FOUND>1</TIMES_FOUND></VULN_INFO>`;
const vulnerability = detection(
  38173,
  'Vuln',
  '<PORT>443</PORT><SERVICE>http over ssl</SERVICE><FQDN>www.shop.example</FQDN><PROTOCOL>tcp</PROTOCOL><SSL>true</SSL><RESULT format="table"><![CDATA[a	b]]></RESULT><VULN_STATUS>Re-Opened</VULN_STATUS>',
);
const host = (detections: string, more = ''): string =>
  `<HOST><IP>192.0.2.10</IP><TRACKING_METHOD>DNS</TRACKING_METHOD><DNS><![CDATA[shop.example]]></DNS>${more}<VULN_INFO_LIST>${detections}</VULN_INFO_LIST></HOST>`;
const details = (qid: number, severity = '4', more = ''): string =>
  `<VULN_DETAILS id="qid_${qid}"><QID id="qid_${qid}">${qid}</QID><TITLE>title ${qid}</TITLE><SEVERITY>${severity}</SEVERITY>${more}</VULN_DETAILS>`;
const whole38173 = `<CATEGORY>Web server</CATEGORY><THREAT><![CDATA[A <B>flaw</B>]]></THREAT><IMPACT>N/A</IMPACT><SOLUTION>Update</SOLUTION><PCI_FLAG>1</PCI_FLAG>
  <CORRELATION><EXPLOITABILITY><EXPLT_SRC><EXPLT_LIST><EXPLT><REF>CVE-2099-9999</REF></EXPLT></EXPLT_LIST></EXPLT_SRC></EXPLOITABILITY></CORRELATION>
  <CVSS_SCORE><CVSS_BASE>9.3 (AV:N/AC:M/Au:N/C:C/I:C/A:C)</CVSS_BASE></CVSS_SCORE><CVSS3_SCORE><CVSS3_BASE>-</CVSS3_BASE></CVSS3_SCORE>
  <VENDOR_REFERENCE_LIST><VENDOR_REFERENCE><ID>v</ID><URL>https://vendor.example/1</URL></VENDOR_REFERENCE></VENDOR_REFERENCE_LIST>
  <CVE_ID_LIST><CVE_ID><ID>CVE-2099-0001</ID></CVE_ID></CVE_ID_LIST>`;
const glossary = `<GLOSSARY><VULN_DETAILS_LIST>${details(38173, '4', whole38173)}${details(45038, '1')}${details(86729, '2')}</VULN_DETAILS_LIST></GLOSSARY>`;
const appendices = (template: string, more = ''): string =>
  `<APPENDICES>${more}<TEMPLATE_DETAILS>${template}</TEMPLATE_DETAILS></APPENDICES>`;
const FILTERS = `Status:New, Active, Re-Opened
  Display non-running kernels:
  Off
  Exclude non-running kernels:
  On
  Vulnerabilities:
  State:Active
  Included Operating Systems:
  All Operating Systems`;
const report = (
  hosts: string,
  rest = glossary + appendices(`<FILTER_SUMMARY>${FILTERS}</FILTER_SUMMARY>`),
  total = 3,
): string =>
  `<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE ASSET_DATA_REPORT SYSTEM "https://qualysguard.example/asset_data_report.dtd">
<ASSET_DATA_REPORT><HEADER><GENERATION_DATETIME>2031-08-01T20:03:10Z</GENERATION_DATETIME>
<TARGET><USER_ASSET_GROUPS><ASSET_GROUP_TITLE>Shops</ASSET_GROUP_TITLE></USER_ASSET_GROUPS><COMBINED_IP_LIST><RANGE><START>192.0.2.10</START><END>192.0.2.12</END></RANGE></COMBINED_IP_LIST></TARGET>
<RISK_SCORE_SUMMARY><TOTAL_VULNERABILITIES>${total}</TOTAL_VULNERABILITIES></RISK_SCORE_SUMMARY></HEADER>
<RISK_SCORE_PER_HOST><HOSTS><IP_ADDRESS>192.0.2.10</IP_ADDRESS></HOSTS></RISK_SCORE_PER_HOST>
${hosts === '' ? '' : `<HOST_LIST>${hosts}</HOST_LIST>`}${rest}</ASSET_DATA_REPORT>\n`;
const whole = report(host(vulnerability + detection(45038, 'Ig') + detection(86729, 'Practice')));

describeReader(qualysAssetData, {
  samples: [
    {
      name: 'a host',
      report: whole,
      count: 3,
      findings: [
        {
          vulnerability: {
            source: 'qualys',
            id: '38173',
            title: 'title 38173',
            aliases: ['CVE-2099-0001'],
            links: ['https://vendor.example/1'],
          },
          kind: 'confirmed',
          severity: 'high',
          vendorSeverity: '4',
          cvss: [{ version: '2.0', score: 9.3, vector: 'AV:N/AC:M/Au:N/C:C/I:C/A:C' }],
          pci: true,
          status: 'reopened',
          firstSeen: '2031-07-31T21:57:48Z',
          lastSeen: '2031-08-01T21:57:48Z',
          location: {
            kind: 'host',
            host: 'www.shop.example',
            ip: '192.0.2.10',
            port: 443,
            protocol: 'tcp',
            service: 'http over ssl',
          },
          description: 'A flaw',
          remediation: 'Update',
          evidence: 'a\tb',
        },
        {
          vulnerability: { source: 'qualys', id: '45038', title: 'title 45038', aliases: [] },
          kind: 'information',
          severity: 'info',
          vendorSeverity: '1',
          firstSeen: '2031-07-31T21:57:48Z',
          lastSeen: '2031-08-01T21:57:48Z',
          location: { kind: 'host', host: 'shop.example', ip: '192.0.2.10' },
        },
        {
          vulnerability: { source: 'qualys', id: '86729', title: 'title 86729', aliases: [] },
          kind: 'potential',
          severity: 'low',
          vendorSeverity: '2',
          firstSeen: '2031-07-31T21:57:48Z',
          lastSeen: '2031-08-01T21:57:48Z',
          location: { kind: 'host', host: 'shop.example', ip: '192.0.2.10' },
        },
      ],
    },
    {
      name: 'the glossary first',
      report: whole.replace(/(<HOST_LIST>.*<\/HOST_LIST>)(<GLOSSARY>.*<\/GLOSSARY>)/s, '$2$1'),
      count: 3,
    },
    { name: 'a clean host', report: report(host(''), '', 0), count: 0 },
    { name: 'no hosts', report: report('', '', 0), count: 0, hasEvidence: false },
    {
      name: 'a summary above the list',
      report: report(host(vulnerability), glossary, 2),
      count: 1,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    {
      name: 'hosts without results',
      report: report(
        host(''),
        appendices(
          '',
          '<NO_RESULTS><IP_LIST><RANGE><START>192.0.2.11</START><END>192.0.2.11</END></RANGE></IP_LIST></NO_RESULTS>',
        ),
        0,
      ),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'selected vulnerabilities only',
      report: report(host(''), appendices('<SELECTIVE_VULNS>11, 1000</SELECTIVE_VULNS>'), 0),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'new vulnerabilities only',
      report: report(host(''), appendices('<FILTER_SUMMARY>Status:New</FILTER_SUMMARY>'), 0),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'an error',
      report: '<ASSET_DATA_REPORT><ERROR number="1">no template</ERROR></ASSET_DATA_REPORT>',
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_FAILED'],
    },
  ],
  unknownSeverity: whole.replace('<SEVERITY>4', '<SEVERITY>high'),
  wrongTypes: [
    { name: 'a detection without a QID', report: report(host('<VULN_INFO><TYPE>Vuln</TYPE></VULN_INFO>')) },
    { name: 'a detection without a type', report: whole.replace('<TYPE>Vuln</TYPE>', '') },
    { name: 'a type that is not known', report: whole.replace('<TYPE>Vuln<', '<TYPE>Weakness<') },
    { name: 'a detection of another name', report: whole.replaceAll('VULN_INFO>', 'FLAW>') },
    {
      name: 'a detection outside the list',
      report: whole.replaceAll('VULN_INFO_LIST', 'FLAW_LIST').replace('<FLAW_LIST>', '').replace('</FLAW_LIST>', ''),
    },
    {
      name: 'a host named after its detections',
      report: whole
        .replace('<IP>192.0.2.10</IP>', '')
        .replace('</VULN_INFO_LIST>', '</VULN_INFO_LIST><IP>192.0.2.10</IP>'),
    },
    { name: 'a list of another name', report: whole.replaceAll('VULN_INFO_LIST', 'FLAW_LIST') },
    { name: 'a host of another name', report: whole.replaceAll('HOST>', 'ASSET>') },
    { name: 'a port that is none', report: whole.replace('<PORT>443', '<PORT>70000') },
    { name: 'an SSL flag that is none', report: whole.replace('<SSL>true', '<SSL>sometimes') },
    { name: 'a PCI flag that is none', report: whole.replace('<PCI_FLAG>1', '<PCI_FLAG>2') },
    { name: 'a score that is none', report: whole.replace('9.3 (', 'x (') },
    {
      name: 'a summary that counts nothing',
      report: whole.replace('<TOTAL_VULNERABILITIES>3', '<TOTAL_VULNERABILITIES>few'),
    },
  ],
});

describe('qualys-asset-data', () => {
  it('says what was reported, and what its template leaves out', async () => {
    expect((await readAll(qualysAssetData, whole)).statement).toEqual({
      tool: { name: 'Qualys VM' },
      subject: 'Shops, 192.0.2.10-192.0.2.12',
      evidence: 'The report lists 1 scanned host; left out by its template: Exclude non-running kernels: On',
      problems: [],
    });
  });

  it('keeps a detection whose QID the glossary does not have', async () => {
    const { findings } = await readAll(qualysAssetData, report(host(vulnerability), '', 0));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      severity: 'unknown',
      kind: 'confirmed',
      vulnerability: { title: 'QID 38173' },
    });
  });

  it('keeps what was set aside, with the reason', async () => {
    const aside = [
      detection(1, 'Vuln', '<VULN_STATUS>Active, Ignored</VULN_STATUS>'),
      detection(
        2,
        'Vuln',
        '<VULN_STATUS>Fixed</VULN_STATUS><TICKET_NUMBER>77</TICKET_NUMBER><TICKET_STATE>CLOSED/IGNORED</TICKET_STATE>',
      ),
      detection(3, 'Vuln', '<VULN_STATUS>Sleeping</VULN_STATUS><TICKET_STATE>OPEN</TICKET_STATE>'),
    ];
    const { findings } = await readAll(qualysAssetData, report(host(aside.join(''))));
    expect(findings.map(({ status, state, ignored }) => [status, state, ignored?.reason])).toEqual([
      ['active', undefined, 'ignored in Qualys VM'],
      ['fixed', undefined, 'remediation ticket 77 is CLOSED/IGNORED'],
      [undefined, 'Sleeping', undefined],
    ]);
  });

  it('reports hosts with errors and logins that failed', async () => {
    const failed = '<HOST><IP>192.0.2.12</IP><ERROR>no data</ERROR></HOST>';
    const refused = glossary.replace('title 45038', 'Windows Authentication Failed');
    const { statement } = await readAll(qualysAssetData, report(failed + host(detection(45038, 'Ig')), refused, 1));
    expect(statement.problems.map(({ code, message }) => [code, message])).toEqual([
      ['SCANGATE_SCAN_INCOMPLETE', 'hosts could not be reported: 192.0.2.12 (no data)'],
      ['SCANGATE_SCAN_AUTH_FAILED', '1 login failed on 192.0.2.10'],
    ]);
  });
});
