/* Made-up WAS reports, put together from parts. */

export const vulnerability = `<VULNERABILITY>
  <UNIQUE_ID>00000000-0000-4000-8000-000000000001</UNIQUE_ID><ID>1</ID><DETECTION_ID>2</DETECTION_ID>
  <QID>150001</QID><URL>https://shop.example/search?q=a&amp;b=1</URL><PARAM>q</PARAM>
  <ACCESS_PATH><URL>https://shop.example/</URL><URL>https://shop.example/search</URL></ACCESS_PATH>
  <AJAX>false</AJAX><AUTHENTICATION>Not Required</AUTHENTICATION>
  <DETECTION_DATE>12 Mar 2031 12:42PM GMT-0400</DETECTION_DATE>
  <STATUS>REOPENED</STATUS>
  <PAYLOADS>
    <PAYLOAD><NUM>1</NUM><PAYLOAD><![CDATA["><script>]]></PAYLOAD>
      <REQUEST><METHOD>GET</METHOD><URL>https://shop.example/search</URL>
        <HEADERS><HEADER><key>Cookie</key><value>session=tiger</value></HEADER></HEADERS><BODY>secret=tiger</BODY></REQUEST>
      <RESPONSE><CONTENTS base64="true">dGlnZXI=</CONTENTS></RESPONSE></PAYLOAD>
    <PAYLOAD><NUM>2</NUM><PAYLOAD>x</PAYLOAD></PAYLOAD>
  </PAYLOADS>
  <IGNORED>false</IGNORED>
</VULNERABILITY>`;
const gathered = `<INFORMATION_GATHERED><UNIQUE_ID>00000000-0000-4000-8000-000000000002</UNIQUE_ID><QID>150009</QID>
  <LAST_TIME_DETECTED>12 Mar 2031 12:05AM GMT</LAST_TIME_DETECTED><DATA base64="true">MyBsaW5rcyBjcmF3bGVk</DATA></INFORMATION_GATHERED>`;
const sensitive = `<SENSITIVE_CONTENT><QID>150016</QID><URL>https://shop.example/card</URL><CONTENT>4111111111111111</CONTENT></SENSITIVE_CONTENT>`;
export const entry = (qid: number, category: string, more = '') =>
  `<QID><QID>${qid}</QID><CATEGORY>${category}</CATEGORY><SEVERITY>5</SEVERITY><TITLE>title ${qid}</TITLE>${more}</QID>`;
const details = `<GROUP>XSS</GROUP><OWASP>A7</OWASP><WASC>WASC-8</WASC><CWE>CWE-79</CWE><CVSS_BASE>4.3</CVSS_BASE><CVSS_V3><BASE>6.1</BASE></CVSS_V3>
  <DESCRIPTION><![CDATA[A <B>flaw</B>.]]></DESCRIPTION><IMPACT>N/A</IMPACT><SOLUTION>Encode&lt;P&gt;it.</SOLUTION>`;
const glossary = [
  entry(150001, 'Confirmed Vulnerability', details),
  entry(150009, 'Information Gathered'),
  entry(150016, 'Sensitive Content'),
].join('');

export interface Parts {
  vulnerabilities?: string;
  sensitives?: string;
  gathereds?: string;
  glossary?: string;
  counters?: [number, number, number];
  filters?: string;
  scan?: string;
  authentication?: string;
  record?: string;
  mode?: string;
  appendix?: string;
}

export function report(parts: Parts = {}): string {
  const { vulnerabilities = vulnerability, sensitives = sensitive, gathereds = gathered, counters = [1, 1, 1] } = parts;
  const { scan = 'Finished', authentication = 'Successful', record = 'shop login', mode = 'Vulnerability' } = parts;
  const appendix =
    parts.appendix ??
    `<APPENDIX><SCAN_LIST><SCAN><NAME>nightly</NAME><REFERENCE>was/1.2</REFERENCE>
      <START_DATE>12 Mar 2031 12:00PM GMT-0400</START_DATE><END_DATE>12 Mar 2031 01:00PM GMT-0400</END_DATE><MODE>${mode}</MODE>
      <AUTHENTICATION_RECORD>${record}</AUTHENTICATION_RECORD><SCANNER>External (Scanner: 1.2.3-4, WAS: 7.6.34-1, Signatures: 2)</SCANNER>
      <STATUS>${scan}</STATUS><AUTHENTICATION_STATUS>${authentication}</AUTHENTICATION_STATUS></SCAN></SCAN_LIST>
      <WEBAPP><ID>7</ID><NAME>Shop</NAME><URL>https://shop.example</URL></WEBAPP></APPENDIX>`;
  return `<?xml version='1.0' encoding='UTF-8'?>
<WAS_SCAN_REPORT><HEADER><NAME>Scan Report</NAME></HEADER><FILTERS>${parts.filters ?? ''}</FILTERS>
<SUMMARY><GLOBAL_SUMMARY><VULNERABILITY>${counters[0]}</VULNERABILITY><SENSITIVE_CONTENT>${counters[1]}</SENSITIVE_CONTENT>
<INFORMATION_GATHERED>${counters[2]}</INFORMATION_GATHERED></GLOBAL_SUMMARY></SUMMARY>
<RESULTS><VULNERABILITY_LIST>${vulnerabilities}</VULNERABILITY_LIST><SENSITIVE_CONTENT_LIST>${sensitives}</SENSITIVE_CONTENT_LIST>
<INFORMATION_GATHERED_LIST>${gathereds}</INFORMATION_GATHERED_LIST></RESULTS>
<GLOSSARY><QID_LIST>${parts.glossary ?? glossary}</QID_LIST></GLOSSARY>${appendix}</WAS_SCAN_REPORT>
`;
}

export const webAppReport = `<WAS_WEBAPP_REPORT><RESULTS>
<WEB_APPLICATION><ID>7</ID><NAME>Shop</NAME><VULNERABILITY_LIST>${vulnerability
  .replace(
    '<DETECTION_DATE>12 Mar 2031 12:42PM GMT-0400</DETECTION_DATE>',
    '<FIRST_TIME_DETECTED>01 Jan 2031 01:00PM GMT</FIRST_TIME_DETECTED><LAST_TIME_DETECTED>02 Jan 2031 01:00PM GMT</LAST_TIME_DETECTED>',
  )
  .replace(
    'REOPENED',
    'FIXED',
  )}</VULNERABILITY_LIST><INFORMATION_GATHERED_LIST>${gathered}</INFORMATION_GATHERED_LIST></WEB_APPLICATION>
<WEB_APPLICATION><ID>8</ID><NAME>Blog</NAME><VULNERABILITY_LIST/><INFORMATION_GATHERED_LIST>${gathered}</INFORMATION_GATHERED_LIST></WEB_APPLICATION>
</RESULTS><GLOSSARY><QID_LIST>${glossary}</QID_LIST></GLOSSARY></WAS_WEBAPP_REPORT>`;
