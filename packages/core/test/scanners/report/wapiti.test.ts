import { describe, expect, it } from 'vitest';
import { wapiti } from '../../../src/scanners/report/wapiti/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

type Json = Record<string, unknown>;

const classifications = {
  'SQL Injection': {
    desc: 'Queries can be changed.',
    sol: 'Use parameters.',
    ref: {
      'OWASP: SQL Injection': 'https://owasp.example/sql',
      'CWE-89: Improper Neutralization': 'https://cwe.example/89',
    },
    wstg: ['WSTG-INPV-05'],
  },
  'HTTP Secure Headers': {
    desc: 'Headers help.',
    sol: 'Set them.',
    ref: { 'About 79 headers': 'https://headers.example' },
    wstg: null,
  },
};
const entry = {
  method: 'POST',
  path: '/login',
  info: 'SQL Injection via injection in the parameter user',
  level: 4,
  parameter: 'user',
  module: 'sql',
  http_request: 'POST /login HTTP/1.1\nHost: shop.example\nCookie: session=s3cret\n\nuser=%27',
  curl_command: 'curl "https://shop.example/login" -d "user=%27"',
};
const header = (name: string): Json => ({
  method: 'GET',
  path: '/',
  info: `${name} is not set`,
  level: 1,
  parameter: '',
  http_request: 'GET / HTTP/1.1',
  curl_command: 'curl "https://shop.example/"',
});
const lists = {
  vulnerabilities: { 'SQL Injection': [entry], 'HTTP Secure Headers': [] },
  anomalies: { 'Internal Server Error': [] },
  additionals: { 'Fingerprint web technology': [] },
};
const infos = {
  target: 'https://shop.example/',
  date: 'Sat, 27 Mar 2026 20:08:34 +0000',
  version: 'Wapiti 3.0.4',
  scope: 'folder',
};
const report = (more: Json = {}, moreInfos: Json = {}): string =>
  JSON.stringify({ classifications, ...lists, ...more, infos: { ...infos, ...moreInfos } });
const empty = { vulnerabilities: { 'SQL Injection': [], 'HTTP Secure Headers': [] } };

const xmlInfos = `<report_infos><info name="generatorName">wapiti</info><info name="generatorVersion">Wapiti 3.0.4</info><info name="scope">folder</info>
  <info name="dateOfScan">Sat, 27 Mar 2026 20:08:34 +0000</info><info name="target">https://shop.example/</info></report_infos>`;
const xmlEntry = `<entry><method>POST</method><path>/login</path><level>4</level><parameter>user</parameter>
  <info>SQL Injection via injection in the parameter user</info><http_request><![CDATA[POST /login HTTP/1.1
Host: shop.example
Cookie: session=s3cret

user=%27]]></http_request><curl_command><![CDATA[curl "https://shop.example/login" -d "user=%27"]]></curl_command>
  <detail><response><body>secret page</body></response></detail></entry>`;
const xmlType = (
  entries: string,
  attributes = '',
): string => `<vulnerability name="SQL Injection"${attributes}><description><![CDATA[Queries can be changed.]]></description>
  <solution><![CDATA[Use parameters.]]></solution><references><reference><title>OWASP: SQL Injection</title><url>https://owasp.example/sql</url><wstg><code>WSTG-INPV-05</code></wstg></reference>
  <reference><title>CWE-89: Improper Neutralization</title><url>https://cwe.example/89</url><wstg><code>WSTG-INPV-05</code></wstg></reference></references>
  <entries>${entries}</entries></vulnerability>`;
const xml = (types: string, reportInfos = xmlInfos): string =>
  `<?xml version="1.0" ?>\n<report type="security">${reportInfos}<vulnerabilities>${types}</vulnerabilities><anomalies/><additionals/></report>`;

describeReader(wapiti, {
  samples: [
    {
      name: 'JSON with one entry',
      report: report(),
      count: 1,
      findings: [
        {
          vulnerability: {
            source: 'wapiti',
            id: 'SQL Injection',
            title: 'SQL Injection: SQL Injection via injection in the parameter user',
            aliases: [],
            cwe: [89],
            owasp: ['WSTG-INPV-05'],
            links: ['https://owasp.example/sql', 'https://cwe.example/89'],
          },
          kind: 'confirmed',
          severity: 'critical',
          vendorSeverity: '4',
          location: { kind: 'web', url: 'https://shop.example/login', method: 'POST', parameter: 'user' },
          description: 'Queries can be changed.',
          remediation: 'Use parameters.',
          evidence: 'SQL Injection via injection in the parameter user\nPOST /login HTTP/1.1',
        },
      ],
    },
    { name: 'XML with one entry', report: xml(xmlType(xmlEntry)), count: 1 },
    { name: 'members in another order', report: JSON.stringify({ infos, ...lists, classifications }), count: 1 },
    {
      name: 'all three lists',
      report: report({
        anomalies: { 'Internal Server Error': [{ ...entry, level: 3 }] },
        additionals: { 'Fingerprint web technology': [{ ...entry, level: 0 }] },
      }),
      count: 3,
    },
    {
      name: 'an additional alone',
      report: report({ ...empty, additionals: { Fingerprint: [header('x')] } }),
      count: 1,
    },
    {
      name: 'a target that was down, as 3.0.4 reports it',
      report: report(empty),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    {
      name: 'a target that was down, as 3.2 reports it',
      report: report(empty, { crawled_pages_nbr: 0, auth: null, detailed_report_level: 0 }),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    { name: 'a clean target', report: report(empty, { version: 'Wapiti 3.2.4', crawled_pages_nbr: 7 }), count: 0 },
    {
      name: 'a clean target with its pages',
      report: report(empty, { crawled_pages: [{ request: {}, response: { body: 'secret page' } }] }),
      count: 0,
    },
    {
      name: 'XML of a target that was down',
      report: xml(xmlType('')),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    {
      name: 'XML of a clean target',
      report: xml(
        xmlType(''),
        xmlInfos.replace('</report_infos>', '<info name="crawledPages">7</info><info name="auth"/></report_infos>'),
      ),
      count: 0,
    },
    {
      name: 'XML of no page',
      report: xml(
        xmlType(''),
        xmlInfos.replace('</report_infos>', '<info name="crawledPages">0</info></report_infos>'),
      ),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    {
      name: 'a login that failed',
      report: report({}, { auth: { logged_in: false, url: 'https://shop.example/login' } }),
      count: 1,
      problems: ['SCANGATE_SCAN_AUTH_FAILED'],
    },
    {
      name: 'XML of a login that failed',
      report: xml(
        xmlType(xmlEntry),
        xmlInfos.replace(
          '</report_infos>',
          '<info name="auth"><url>u</url><logged_in>false</logged_in></info></report_infos>',
        ),
      ),
      count: 1,
      problems: ['SCANGATE_SCAN_AUTH_FAILED'],
    },
    {
      name: 'repeats left out',
      report: report({ suppressed_findings: { 'SQL Injection': 12, Other: 0 } }),
      count: 1,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    {
      name: 'XML with repeats left out',
      report: xml(xmlType(xmlEntry, ' suppressed="12"')),
      count: 1,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
  ],
  unknownSeverity: report().replace('"level":4', '"level":9'),
  wrongTypes: [
    { name: 'vulnerabilities is a list', report: report({ vulnerabilities: [entry] }) },
    { name: 'vulnerabilities is null', report: report({ vulnerabilities: null }) },
    { name: 'a category is an object', report: report({ vulnerabilities: { XSS: { a: entry } } }) },
    { name: 'a category is text', report: report({ vulnerabilities: { XSS: 'none' } }) },
    { name: 'an entry is text', report: report({ vulnerabilities: { XSS: ['x'] } }) },
    { name: 'an entry without path and method', report: report({ vulnerabilities: { XSS: [{ level: 1 }] } }) },
    { name: 'a path is a list', report: report({ vulnerabilities: { XSS: [{ ...entry, path: ['/'] }] } }) },
    { name: 'a level is an object', report: report({ vulnerabilities: { XSS: [{ ...entry, level: {} }] } }) },
    { name: 'anomalies is text', report: report({ anomalies: 'x' }) },
    { name: 'classifications is a list', report: report({ classifications: [] }) },
    { name: 'no infos', report: JSON.stringify({ classifications, ...lists }) },
    { name: 'a number of pages that is a word', report: report(empty, { crawled_pages_nbr: 'many' }) },
    { name: 'crawled pages is an object', report: report(empty, { crawled_pages: {} }) },
    { name: 'a login that is perhaps', report: report({}, { auth: { logged_in: 'perhaps' } }) },
    { name: 'XML without infos', report: xml(xmlType(xmlEntry), '<!-- wapiti -->') },
    { name: 'XML without vulnerabilities', report: `<report type="security">${xmlInfos}</report>` },
    { name: 'XML with a category without a name', report: xml(xmlType(xmlEntry).replace(' name="SQL Injection"', '')) },
  ],
});

describe('wapiti', () => {
  it('reads XML and JSON into the same', async () => {
    const json = await readAll(wapiti, report());
    expect(await readAll(wapiti, xml(xmlType(xmlEntry)))).toEqual(json);
    expect(json.statement).toEqual({
      tool: { name: 'Wapiti', version: '3.0.4' },
      subject: 'https://shop.example/',
      startedAt: '2026-03-27T20:08:34Z',
      evidence: 'Wapiti reached https://shop.example/: 1 entry in its lists',
      problems: [],
    });
  });

  it('tells the lists and the levels', async () => {
    const levels = [0, 1, 2, 3, 4, 5, undefined].map((level) => ({ ...entry, level }));
    const { findings } = await readAll(
      wapiti,
      report({
        vulnerabilities: { 'SQL Injection': levels },
        anomalies: { 'Internal Server Error': [entry] },
        additionals: { Facts: [entry] },
      }),
    );
    expect(findings.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual([
      'confirmed info',
      'confirmed low',
      'confirmed medium',
      'confirmed high',
      'confirmed critical',
      'confirmed unknown',
      'confirmed unknown',
      'potential critical',
      'information critical',
    ]);
  });

  it('tells apart what has no parameter', async () => {
    const { findings } = await readAll(
      wapiti,
      report({
        vulnerabilities: { 'HTTP Secure Headers': [header('X-Frame-Options'), header('Strict-Transport-Security')] },
      }),
    );
    expect(findings.map(({ identity }) => identity)).toEqual([
      '["GET","https://shop.example/","X-Frame-Options is not set"]',
      '["GET","https://shop.example/","Strict-Transport-Security is not set"]',
    ]);
    expect(findings[0]?.vulnerability.cwe).toBeUndefined();
  });

  it('carries no cookie, body or response, and survives hostile names', async () => {
    const hostile = report().replaceAll('"SQL Injection":', '"__proto__":');
    const { findings } = await readAll(wapiti, hostile);
    expect(findings[0]).toMatchObject({ vulnerability: { id: '__proto__' }, remediation: 'Use parameters.' });
    const all = JSON.stringify([findings, await readAll(wapiti, xml(xmlType(xmlEntry)))]);
    for (const secret of ['s3cret', 'user=%27', 'secret page']) expect(all).not.toContain(secret);
  });

  it('names the CVE that an entry names, and a category that nothing explains', async () => {
    const { findings } = await readAll(
      wapiti,
      report({
        vulnerabilities: {
          'Vulnerable software': [{ ...entry, info: 'demo 1.0: CVE-2099-0001', curl_command: undefined }],
        },
      }),
    );
    expect(findings[0]).toMatchObject({
      vulnerability: { id: 'Vulnerable software', aliases: ['CVE-2099-0001'] },
      location: { url: '/login' },
    });
    expect(findings[0]?.description).toBeUndefined();
  });
});
