/* Made-up answers of the WAS API, in JSON and in XML. */

export const finding = {
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
    list: [
      {
        Result: {
          payloads: {
            list: [
              {
                PayloadInstance: {
                  payload: '"><script>',
                  request: { method: 'GET', link: 'https://shop.example/search?q=1', headers: 'dGlnZXI=' },
                  response: 'dGlnZXI=',
                },
              },
            ],
          },
        },
      },
    ],
  },
};
const gathered = {
  id: 12,
  qid: 6,
  name: 'DNS Host Name',
  type: 'INFORMATION_GATHERED',
  potential: 'false',
  severity: '1',
  webApp: { url: 'https://shop.example' },
};
export const response = (data: unknown, more: object = {}): string =>
  JSON.stringify({
    ServiceResponse: {
      responseCode: 'SUCCESS',
      count: Array.isArray(data) ? data.length : undefined,
      hasMoreRecords: 'false',
      data,
      ...more,
    },
  });
export const findings = response([{ Finding: finding }, { Finding: gathered }]);
export const findingsXml = `<?xml version="1.0" encoding="UTF-8"?>
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
export const readFindings = [
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

export const vuln = (qid: number, instances = 1): object => ({
  WasScanVuln: {
    qid,
    title: `title ${qid}`,
    uri: 'https://shop.example/a',
    param: 'q',
    instances: {
      count: instances,
      list: Array.from({ length: instances }, () => ({
        WasScanVulnInstance: {
          authenticated: 'false',
          payloads: {
            count: 1,
            list: [
              {
                WasScanVulnPayload: {
                  payload: 'x=1',
                  result: { value: 'YSByZXN1bHQgdGhhdCBzaG93cyBpdA', base64: 'true' },
                },
              },
            ],
          },
        },
      })),
    },
  },
});
export const scan = {
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
  sensitiveContents: {
    count: 1,
    list: [
      {
        WasScanSensitiveContent: {
          qid: 150016,
          title: 'card',
          uri: 'https://shop.example/card',
          content: '4111111111111111',
        },
      },
    ],
  },
  igs: {
    count: 1,
    list: [{ WasScanIg: { qid: 150009, title: 'Links Crawled', data: 'MyBsaW5rcyBjcmF3bGVkIHRvZGF5' } }],
  },
};
export const clean = {
  ...scan,
  stats: { global: { nbVulnsTotal: 0 } },
  vulns: { count: 0 },
  sensitiveContents: { count: 0 },
  igs: { count: 0 },
};
export const download = (record: object): string => response([{ WasScan: record }]);
export const downloadXml = (vulns: string, status = 'FINISHED'): string => `<?xml version="1.0"?>
<WasScan><id>9001</id><reference>was/1.2</reference><type>VULNERABILITY</type><target><webApp><url>https://shop.example</url></webApp><webAppAuthRecord/></target><status>${status}</status>
<summary><resultsStatus>SUCCESSFUL</resultsStatus><authStatus>NOT_USED</authStatus></summary><stats><global><nbVulnsTotal>1</nbVulnsTotal></global></stats>
${vulns}<igs><count>1</count><list><WasScanIg><qid>150009</qid><title>Links Crawled</title><data base64="true">MyBsaW5rcyBj
cmF3bGVk</data></WasScanIg></list></igs></WasScan>
`;
export const vulnsXml =
  '<vulns><count>1</count><list><WasScanVuln><qid>150001</qid><title>t</title><uri>https://shop.example/a</uri></WasScanVuln></list></vulns>';
