import { describe, expect, it } from 'vitest';
import { qualysWas } from '../../../src/scanners/report/qualys-was/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const finding = {
  id: 11,
  uniqueId: '00000000-0000-4000-8000-000000000001',
  qid: 150001,
  detectionScore: 71,
  name: 'Reflected XSS',
  type: 'VULNERABILITY',
  potential: 'false',
  findingType: 'QUALYS',
  severity: '5',
  url: 'https://shop.example/search',
  param: 'q',
  status: 'REOPENED',
  firstDetectedDate: '2031-01-01T00:00:00Z',
  lastDetectedDate: '2031-02-01T00:00:00Z',
  lastTestedDate: '2031-02-02T00:00:00Z',
  isIgnored: 'false',
  webApp: { id: 7, name: 'Shop', url: 'https://shop.example' },
  cwe: { count: 1, list: [79] },
  owasp: { count: 1, list: [{ OWASP: { name: 'Injection', code: 'A3' } }] },
  cvssV3: { base: 6.1, temporal: 5.8, attackVector: 'Network' },
  resultList: {
    list: [{ Result: { payloads: { list: [{ PayloadInstance: { payload: '"><script>', request: { method: 'GET', link: 'https://shop.example/search?q=1', headers: 'dGlnZXI=' }, response: 'dGlnZXI=' } }] } } }],
  },
};
const gathered = { id: 12, qid: 6, name: 'DNS Host Name', type: 'INFORMATION_GATHERED', potential: 'false', severity: '1', webApp: { url: 'https://shop.example' } };
const response = (data: unknown, more: object = {}): string =>
  JSON.stringify({ ServiceResponse: { responseCode: 'SUCCESS', count: Array.isArray(data) ? data.length : undefined, hasMoreRecords: 'false', data, ...more } });
const findings = response([{ Finding: finding }, { Finding: gathered }]);
const findingsXml = `<?xml version="1.0" encoding="UTF-8"?>
<ServiceResponse xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><responseCode>SUCCESS</responseCode><count>2</count><hasMoreRecords>false</hasMoreRecords><data>
<Finding><id>11</id><uniqueId>00000000-0000-4000-8000-000000000001</uniqueId><qid>150001</qid><detectionScore>71</detectionScore><name><![CDATA[Reflected XSS]]></name>
<type>VULNERABILITY</type><potential>false</potential><findingType>QUALYS</findingType><severity>5</severity><url><![CDATA[https://shop.example/search]]></url><param>q</param><status>REOPENED</status>
<firstDetectedDate>2031-01-01T00:00:00Z</firstDetectedDate><lastDetectedDate>2031-02-01T00:00:00Z</lastDetectedDate><lastTestedDate>2031-02-02T00:00:00Z</lastTestedDate><isIgnored>false</isIgnored>
<webApp><id>7</id><name>Shop</name><url>https://shop.example</url><tags><count>0</count></tags></webApp><cwe><count>1</count><list><long>79</long></list></cwe>
<owasp><count>1</count><list><OWASP><name>Injection</name><code>A3</code></OWASP></list></owasp><wasc/><cvssV3><base>6.1</base></cvssV3>
<resultList><list><Result><payloads><list><PayloadInstance><payload><![CDATA["><script>]]></payload><request><method>GET</method><link>https://shop.example/search?q=1</link><headers>dGlnZXI=</headers></request><response>dGlnZXI=</response></PayloadInstance></list></payloads></Result></list></resultList></Finding>
<Finding><id>12</id><qid>6</qid><name>DNS Host Name</name><type>INFORMATION_GATHERED</type><potential>false</potential><severity>1</severity><webApp><url>https://shop.example</url></webApp></Finding>
</data></ServiceResponse>
`;
const readFindings = [
  {
    vulnerability: { source: 'qualys', id: '150001', title: 'Reflected XSS', cwe: [79], owasp: ['A3'] },
    kind: 'confirmed' as const,
    severity: 'critical' as const,
    vendorSeverity: '5',
    cvss: [{ version: '3.1' as const, score: 6.1 }],
    qds: 71,
    status: 'reopened' as const,
    firstSeen: '2031-01-01T00:00:00Z',
    lastSeen: '2031-02-01T00:00:00Z',
    identity: '00000000-0000-4000-8000-000000000001',
    location: { kind: 'web' as const, url: 'https://shop.example/search', method: 'GET', parameter: 'q' },
    evidence: 'GET https://shop.example/search?q=1\npayload: "><script>',
  },
  {
    vulnerability: { source: 'qualys', id: '6', title: 'DNS Host Name' },
    kind: 'information' as const,
    severity: 'info' as const,
    vendorSeverity: '1',
    location: { kind: 'web' as const, url: 'https://shop.example' },
  },
];

const vuln = (qid: number, instances = 1): object => ({
  WasScanVuln: {
    qid,
    title: `title ${qid}`,
    uri: 'https://shop.example/a',
    param: 'q',
    instances: {
      count: instances,
      list: Array.from({ length: instances }, () => ({
        WasScanVulnInstance: { authenticated: 'false', payloads: { count: 1, list: [{ WasScanVulnPayload: { payload: 'x=1', result: { value: 'YSByZXN1bHQgdGhhdCBzaG93cyBpdA', base64: 'true' } } }] } },
      })),
    },
  },
});
const scan = {
  id: 9001,
  name: 'nightly',
  reference: 'was/1.2',
  type: 'VULNERABILITY',
  target: { webApp: { id: 7, url: 'https://shop.example' } },
  launchedDate: '2031-01-01T00:00:00Z',
  status: 'FINISHED',
  endScanDate: '2031-01-01T01:00:00Z',
  summary: { linksCrawled: 12, nbRequests: '900', resultsStatus: 'SUCCESSFUL', authStatus: 'NONE' },
  stats: { global: { nbVulnsTotal: '2', nbScsTotal: 1, nbIgsTotal: 1 } },
  vulns: { count: 2, list: [vuln(150001), vuln(150002, 2)] },
  sensitiveContents: { count: 1, list: [{ WasScanSensitiveContent: { qid: 150016, title: 'card', uri: 'https://shop.example/card', content: '4111111111111111' } }] },
  igs: { count: 1, list: [{ WasScanIg: { qid: 150009, title: 'Links Crawled', data: 'MyBsaW5rcyBjcmF3bGVkIHRvZGF5' } }] },
};
const clean = { ...scan, stats: { global: { nbVulnsTotal: 0 } }, vulns: { count: 0 }, sensitiveContents: { count: 0 }, igs: { count: 0 } };
const download = (record: object): string => response([{ WasScan: record }]);
const downloadXml = (vulns: string, status = 'FINISHED'): string => `<?xml version="1.0"?>
<WasScan><id>9001</id><reference>was/1.2</reference><type>VULNERABILITY</type><target><webApp><url>https://shop.example</url></webApp><webAppAuthRecord/></target><status>${status}</status>
<summary><resultsStatus>SUCCESSFUL</resultsStatus><authStatus>NOT_USED</authStatus></summary><stats><global><nbVulnsTotal>1</nbVulnsTotal></global></stats>
${vulns}<igs><count>1</count><list><WasScanIg><qid>150009</qid><title>Links Crawled</title><data base64="true">MyBsaW5rcyBj
cmF3bGVk</data></WasScanIg></list></igs></WasScan>
`;
const vulnsXml = '<vulns><count>1</count><list><WasScanVuln><qid>150001</qid><title>t</title><uri>https://shop.example/a</uri></WasScanVuln></list></vulns>';

describeReader(qualysWas, {
  samples: [
    { name: 'findings in JSON', report: findings, count: 2, findings: readFindings },
    { name: 'findings in XML', report: findingsXml, count: 2, findings: readFindings },
    {
      name: 'a scan download in JSON',
      report: download(scan),
      count: 4,
      findings: [
        {
          vulnerability: { source: 'qualys', id: '150001', title: 'title 150001' },
          kind: 'confirmed',
          severity: 'unknown',
          location: { kind: 'web', url: 'https://shop.example/a', parameter: 'q' },
          evidence: 'payload: x=1\nauthenticated: false\na result that shows it',
        },
        {
          vulnerability: { source: 'qualys', id: '150002', title: 'title 150002' },
          kind: 'confirmed',
          severity: 'unknown',
          location: { kind: 'web', url: 'https://shop.example/a', parameter: 'q' },
          evidence: 'payload: x=1\nauthenticated: false\ninstances: 2\na result that shows it',
        },
        {
          vulnerability: { source: 'qualys', id: '150016', title: 'card' },
          kind: 'sensitive-content',
          severity: 'unknown',
          location: { kind: 'web', url: 'https://shop.example/card' },
          evidence: 'content: 4111****',
        },
        {
          vulnerability: { source: 'qualys', id: '150009', title: 'Links Crawled' },
          kind: 'information',
          severity: 'unknown',
          location: { kind: 'web', url: 'https://shop.example' },
          evidence: '3 links crawled today',
        },
      ],
    },
    { name: 'a scan download in XML, without an envelope', report: downloadXml(vulnsXml), count: 2 },
    { name: 'a scan in an envelope in XML', report: `<ServiceResponse><responseCode>SUCCESS</responseCode><count>1</count><data>${downloadXml(vulnsXml).replace(/<\?.*\?>/, '')}</data></ServiceResponse>`, count: 2 },
    { name: 'a scan without an envelope in JSON', report: JSON.stringify({ WasScan: scan }), count: 4 },
    { name: 'a clean scan', report: download(clean), count: 0 },
    { name: 'lists that collapsed to one element', report: response({ WasScan: { ...scan, stats: undefined, vulns: { count: 1, list: vuln(150001) }, sensitiveContents: { count: 0, list: '' }, igs: undefined } }, { count: 1 }), count: 1 },
    { name: 'findings that collapsed to one element', report: response({ Finding: finding }, { count: 1 }), count: 1 },
    { name: 'an empty answer', report: '<ServiceResponse><responseCode>SUCCESS</responseCode><count>0</count></ServiceResponse>', count: 0, hasEvidence: false },
    { name: 'an empty answer with data', report: '{"ServiceResponse":{"responseCode":"SUCCESS","count":0,"hasMoreRecords":"false","data":[]}}', count: 0, hasEvidence: false },
    {
      name: 'a refused call',
      report: '<ServiceResponse><responseCode>INVALID_REQUEST</responseCode><responseErrorDetails><errorMessage>bad</errorMessage></responseErrorDetails></ServiceResponse>',
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_FAILED'],
    },
    { name: 'one page of several', report: response([{ Finding: finding }], { hasMoreRecords: 'true', lastId: 11 }), count: 1, problems: ['SCANGATE_SCAN_INCOMPLETE'] },
    { name: 'a count above the records', report: response([{ Finding: finding }], { count: 2 }), count: 1, problems: ['SCANGATE_SCAN_COUNT_MISMATCH'] },
    { name: 'a scan record without results', report: download({ ...scan, vulns: undefined, sensitiveContents: undefined, igs: undefined, stats: undefined }), count: 0, hasEvidence: false, problems: ['SCANGATE_SCAN_INCOMPLETE'] },
    { name: 'a count without a list', report: download({ ...scan, vulns: { count: 2 } }), count: 2, problems: ['SCANGATE_SCAN_COUNT_MISMATCH'] },
    { name: 'statistics above the list', report: download({ ...scan, stats: { global: { nbVulnsTotal: 7 } } }), count: 4, problems: ['SCANGATE_SCAN_COUNT_MISMATCH'] },
    { name: 'statistics that count instances', report: download({ ...scan, stats: { global: { nbVulnsTotal: 3 } } }), count: 4 },
    { name: 'information that somebody took out', report: download({ ...scan, igs: undefined }), count: 3, problems: ['SCANGATE_SCAN_COUNT_MISMATCH'] },
  ],
  unknownSeverity: findings.replace('"severity":"5"', '"severity":"urgent"'),
  wrongTypes: [
    { name: 'data is text', report: response('none') },
    { name: 'data of another product', report: `{"ServiceResponse":{"responseCode":"SUCCESS","data":[{"Finding":{"id":1,"type":"VULNERABILITY","qid":1}},{"WebApp":{"id":1}}]}}` },
    { name: 'a finding is a list', report: response([{ Finding: [[]] }]) },
    { name: 'a finding without a QID', report: response([{ Finding: { ...finding, qid: undefined } }]) },
    { name: 'a finding without a type', report: response([{ Finding: { ...finding, type: undefined } }]) },
    { name: 'a type that is not known', report: findings.replace('"VULNERABILITY"', '"WEAKNESS"') },
    { name: 'a potential flag that is none', report: findings.replace('"potential":"false"', '"potential":"perhaps"') },
    { name: 'a detection score of 400', report: findings.replace('"detectionScore":71', '"detectionScore":400') },
    { name: 'a CVSS score of 61', report: findings.replace('6.1', '61') },
    { name: 'a scan is text', report: response([{ Finding: finding }, { WasScan: 'none' }]) },
    { name: 'vulns is text', report: download({ ...scan, vulns: 'none' }) },
    { name: 'a vulnerability is text', report: download({ ...scan, vulns: { count: 1, list: ['none'] } }) },
    { name: 'a count that is none', report: download({ ...scan, vulns: { count: 'few', list: [] } }) },
    { name: 'an element of another name in XML', report: downloadXml(vulnsXml.replaceAll('WasScanVuln>', 'Flaw>')) },
    { name: 'data of another product in XML', report: findingsXml.replace('</data>', '<WebApp><id>1</id></WebApp></data>') },
  ],
});

const scanCodes = async (record: object): Promise<string[]> => (await readAll(qualysWas, download({ ...scan, ...record }))).statement.problems.map(({ code }) => code);

describe('qualys-was', () => {
  it('says what was scanned, when, and how it ended', async () => {
    expect((await readAll(qualysWas, download(scan))).statement).toEqual({
      tool: { name: 'Qualys WAS' },
      subject: 'https://shop.example',
      reference: 'was/1.2',
      startedAt: '2031-01-01T00:00:00Z',
      finishedAt: '2031-01-01T01:00:00Z',
      state: 'FINISHED, SUCCESSFUL',
      evidence: 'The answer holds the results of 1 scan: was/1.2 (FINISHED, SUCCESSFUL)',
      problems: [],
    });
    expect((await readAll(qualysWas, findings)).statement.evidence).toBe('The platform lists 2 findings of scans, the last of them 2031-02-02T00:00:00Z');
  });

  it.each([
    ['FINISHED', 'FINISHED', []],
    ['FINISHED', 'NO_HOST_ALIVE', ['SCANGATE_SCAN_NOTHING_REACHED']],
    ['FINISHED', 'NO_WEB_SERVICE', ['SCANGATE_SCAN_NOTHING_REACHED']],
    ['FINISHED', 'TIME_LIMIT_REACHED', ['SCANGATE_SCAN_INCOMPLETE']],
    ['FINISHED', 'TIME_LIMIT_EXCEEDED', ['SCANGATE_SCAN_INCOMPLETE']],
    ['FINISHED', 'TO_BE_PROCESSED', ['SCANGATE_SCAN_INCOMPLETE']],
    ['FINISHED', 'PROCESSING', ['SCANGATE_SCAN_INCOMPLETE']],
    ['FINISHED', 'SCAN_RESULTS_INVALID', ['SCANGATE_SCAN_FAILED']],
    ['FINISHED', 'NOT_USED', ['SCANGATE_SCAN_UNKNOWN_STATE']],
    ['FINISHED', undefined, ['SCANGATE_SCAN_UNKNOWN_STATE']],
    [undefined, 'SUCCESSFUL', ['SCANGATE_SCAN_UNKNOWN_STATE']],
    ['CANCELED', 'CANCELED', ['SCANGATE_SCAN_CANCELLED']],
    ['CANCELED', 'SUCCESSFUL', ['SCANGATE_SCAN_CANCELLED']],
    ['CANCELED', 'CANCELED_WITH_RESULTS', ['SCANGATE_SCAN_INCOMPLETE']],
    ['ERROR', 'SERVICE_ERROR', ['SCANGATE_SCAN_FAILED']],
    ['RUNNING', 'NOT_USED', ['SCANGATE_SCAN_INCOMPLETE']],
    ['SLEEPING', 'SUCCESSFUL', ['SCANGATE_SCAN_UNKNOWN_STATE']],
  ])('judges the state %s with the results %s', async (status, resultsStatus, codes) => {
    expect(await scanCodes({ status, summary: { ...scan.summary, resultsStatus } })).toEqual(codes);
  });

  it('looks at the consolidated state, where there is one', async () => {
    expect(await scanCodes({ consolidatedStatus: 'FINISHED' })).toEqual([]);
    expect(await scanCodes({ consolidatedStatus: 'TIME_LIMIT_REACHED' })).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });

  it.each([
    ['SUCCESSFUL', []],
    ['FAILED', ['SCANGATE_SCAN_AUTH_FAILED']],
    ['PARTIAL', ['SCANGATE_SCAN_AUTH_FAILED']],
    ['NOT_USED', ['SCANGATE_SCAN_AUTH_FAILED']],
    ['HALF', ['SCANGATE_SCAN_UNKNOWN_STATE']],
    [undefined, ['SCANGATE_SCAN_UNKNOWN_STATE']],
  ])('judges the login %s of a scan with an authentication record', async (authStatus, codes) => {
    const target = { ...scan.target, webAppAuthRecord: { id: 3 } };
    expect(await scanCodes({ target, summary: { ...scan.summary, authStatus } })).toEqual(codes);
  });

  it('takes a discovery scan, and a scan that crawled nothing, for no look at vulnerabilities', async () => {
    expect(await scanCodes({ type: 'DISCOVERY' })).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
    expect(await scanCodes({ summary: { ...scan.summary, linksCrawled: 0, nbRequests: 0 } })).toEqual(['SCANGATE_SCAN_NOTHING_REACHED']);
  });

  it('keeps kinds, states and what was ignored', async () => {
    const variants = [
      { potential: 'true' },
      { type: 'SENSITIVE_CONTENT' },
      { status: 'PROTECTED' },
      { status: 'FIXED', isIgnored: 'true', ignoredReason: 'FALSE_POSITIVE', ignoredComment: 'seen by Ann' },
      { status: undefined, isIgnored: true },
    ];
    const report = response(variants.map((variant) => ({ Finding: { ...finding, ...variant } })));
    const read = (await readAll(qualysWas, report)).findings;
    expect(read.map(({ kind, status, state, ignored }) => [kind, status, state, ignored?.reason])).toEqual([
      ['potential', 'reopened', undefined, undefined],
      ['sensitive-content', 'reopened', undefined, undefined],
      ['confirmed', 'active', 'PROTECTED', undefined],
      ['confirmed', 'fixed', undefined, 'ignored in Qualys WAS: FALSE_POSITIVE: seen by Ann'],
      ['confirmed', undefined, undefined, 'ignored in Qualys WAS'],
    ]);
    expect(read[1]?.evidence).toBeUndefined();
  });

  it('keeps findings that were imported from other tools, by their name', async () => {
    const report = response([{ Finding: { ...finding, qid: undefined, findingType: 'BURP', name: 'Cross-site scripting' } }]);
    const [imported] = (await readAll(qualysWas, report)).findings;
    expect(imported?.vulnerability).toMatchObject({ source: 'burp', id: 'Cross-site scripting', title: 'Cross-site scripting' });
  });

  it('takes a severity that a CI plugin added to a scan result', async () => {
    const added = { ...scan, stats: undefined, sensitiveContents: undefined, igs: undefined, vulns: { count: 1, list: [{ WasScanVuln: { qid: 1, title: 't', uri: 'u', severity: 4 } }] } };
    const [read] = (await readAll(qualysWas, download(added))).findings;
    expect(read).toMatchObject({ severity: 'high', vendorSeverity: '4' });
  });

  it('carries no raw base64 and no sensitive content', async () => {
    const text = JSON.stringify([(await readAll(qualysWas, download(scan))).findings, (await readAll(qualysWas, findings)).findings]);
    expect(text).not.toMatch(/dGlnZXI|YSByZXN1|MyBsaW5r|4111111111111111/);
  });
});
