// Large reports for the benchmarks, written piece by piece. Deterministic: no clock, no randomness.
import { closeSync, openSync, writeSync } from 'node:fs';

const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];
const LOREM =
  'A flaw was found in the way the library handles input of unexpected length. An attacker who can send a request to an affected service may read memory, stop the service or run code with its rights. ';

function vulnerability(index) {
  const name = `package-${index % 5000}`;
  return {
    VulnerabilityID: `CVE-${2000 + (index % 26)}-${10000 + (index % 30000)}`,
    PkgID: `${name}@1.${index % 50}.0`,
    PkgName: name,
    PkgIdentifier: {
      PURL: `pkg:deb/debian/${name}@1.${index % 50}.0?arch=amd64`,
      UID: index.toString(16).padStart(16, '0'),
    },
    InstalledVersion: `1.${index % 50}.0`,
    FixedVersion: index % 3 === 0 ? undefined : `1.${(index % 50) + 1}.0`,
    Status: index % 3 === 0 ? 'affected' : 'fixed',
    Layer: { Digest: `sha256:${'0123456789abcdef'.repeat(4)}`, DiffID: `sha256:${'fedcba9876543210'.repeat(4)}` },
    SeveritySource: 'nvd',
    PrimaryURL: `https://avd.example/nvd/cve-${index}`,
    DataSource: {
      ID: 'debian',
      Name: 'Debian Security Tracker',
      URL: 'https://salsa.example/security-tracker-team/security-tracker',
    },
    Title: `${name}: unexpected length leads to memory corruption number ${index}`,
    Description: LOREM,
    Severity: SEVERITIES[index % 4],
    CweIDs: [`CWE-${20 + (index % 900)}`],
    CVSS: {
      nvd: {
        V2Vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P',
        V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
        V2Score: 7.5,
        V3Score: 9.8,
      },
    },
    References: [`https://nvd.example/${index}`],
    PublishedDate: '2024-01-15T08:58:29.827Z',
    LastModifiedDate: '2024-06-15T08:58:29.827Z',
  };
}

function writer(path) {
  const descriptor = openSync(path, 'w');
  let waiting = [];
  let length = 0;
  const flush = () => {
    writeSync(descriptor, waiting.join(''));
    waiting = [];
    length = 0;
  };
  return {
    write(text) {
      waiting.push(text);
      length += text.length;
      if (length > 1 << 20) flush();
    },
    close() {
      flush();
      closeSync(descriptor);
    },
  };
}

/** A Trivy report of an image with so many findings, indented as Trivy indents. */
export function trivyReport(path, count) {
  const out = writer(path);
  out.write(
    '{\n  "SchemaVersion": 2,\n  "CreatedAt": "2024-01-15T08:58:29.827Z",\n  "ArtifactName": "bench:1",\n  "ArtifactType": "container_image",\n',
  );
  out.write(
    '  "Results": [\n    {\n      "Target": "bench:1 (debian 12)",\n      "Class": "os-pkgs",\n      "Type": "debian",\n      "Vulnerabilities": [\n',
  );
  for (let index = 0; index < count; index++) {
    out.write(`${index === 0 ? '' : ',\n'}${JSON.stringify(vulnerability(index), null, 2)}`);
  }
  out.write('\n      ]\n    }\n  ]\n}\n');
  out.close();
}

/** One vulnerability as the platform writes it: indented, four request headers, a base64 response. Some 2.4 kB. */
function wasVulnerability(index, body) {
  const hex = index.toString(16).padStart(12, '0');
  const header = (key, value) => `
                                <HEADER>
                                    <key>${key}</key>
                                    <value><![CDATA[ ${value}
]]></value>
                                </HEADER>`;
  return `            <VULNERABILITY>
                <UNIQUE_ID>00000000-0000-4000-8000-${hex}</UNIQUE_ID>
                <ID>${101588229 + index}</ID>
                <DETECTION_ID>${6074202 + index}</DETECTION_ID>
                <QID>${150000 + (index % 300)}</QID>
                <URL>https://shop.example/page/${index}</URL>
                <PARAM>q${index % 10}</PARAM>
                <AJAX>false</AJAX>
                <AUTHENTICATION>Not Required</AUTHENTICATION>
                <DETECTION_DATE>12 Mar 2024 04:42PM GMT-0400</DETECTION_DATE>
                <PAYLOADS>
                    <PAYLOAD>
                        <NUM>1</NUM>
                        <PAYLOAD>q=%22%3E%3Cscript%3E${index}%3C%2Fscript%3E</PAYLOAD>
                        <REQUEST>
                            <METHOD>GET</METHOD>
                            <URL>https://shop.example/page/${index}</URL>
                            <HEADERS>${header('Host', 'shop.example')}${header('User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/601.4.4 (KHTML, like Gecko) Version/9.0.3 Safari/601.4.4')}${header('Accept', '*/*')}${header('Content-Type', 'application/x-www-form-urlencoded')}
                            </HEADERS>
                        </REQUEST>
                        <RESPONSE>
                            <CONTENTS base64="true">${body}</CONTENTS>
                        </RESPONSE>
                    </PAYLOAD>
                </PAYLOADS>
                <IGNORED>false</IGNORED>
            </VULNERABILITY>
`;
}

/** Lengths of base64 data as a real report has them. */
const DATA_CHARS = [172, 516, 1452, 2304];

/** What a scan gathered beside vulnerabilities. Real reports hold more of these than of anything else. */
function wasInformation(index, data) {
  const hex = index.toString(16).padStart(12, '0');
  return `            <INFORMATION_GATHERED>
                <UNIQUE_ID>00000000-0000-4000-9000-${hex}</UNIQUE_ID>
                <ID>${201588229 + index}</ID>
                <DETECTION_ID>${8074202 + index}</DETECTION_ID>
                <QID>${150300 + (index % 100)}</QID>
                <LAST_TIME_DETECTED>12 Mar 2024 04:42PM GMT-0400</LAST_TIME_DETECTED>
                <DATA base64="true">${data.slice(0, DATA_CHARS[index % DATA_CHARS.length])}</DATA>
            </INFORMATION_GATHERED>
`;
}

/** A WAS report with so many vulnerabilities and as many information elements, the glossary after them, as the platform writes it. */
export function wasReport(path, count) {
  const out = writer(path);
  const body = Buffer.from(LOREM.slice(0, 180)).toString('base64');
  out.write(`<?xml version='1.0' encoding='UTF-8'?>
<WAS_SCAN_REPORT>
    <HEADER>
        <NAME>Scan Report</NAME>
        <GENERATION_DATETIME>01 Apr 2024 01:15PM GMT-0400</GENERATION_DATETIME>
    </HEADER>
    <TARGET>
        <SCAN>bench</SCAN>
    </TARGET>
    <SUMMARY>
        <GLOBAL_SUMMARY>
            <SECURITY_RISK>High</SECURITY_RISK>
            <VULNERABILITY>${count}</VULNERABILITY>
            <SENSITIVE_CONTENT>0</SENSITIVE_CONTENT>
            <INFORMATION_GATHERED>${count}</INFORMATION_GATHERED>
        </GLOBAL_SUMMARY>
    </SUMMARY>
    <RESULTS>
        <VULNERABILITY_LIST>
`);
  for (let index = 0; index < count; index++) out.write(wasVulnerability(index, body));
  const data = Buffer.from(LOREM.repeat(9)).toString('base64');
  out.write('        </VULNERABILITY_LIST>\n        <INFORMATION_GATHERED_LIST>\n');
  for (let index = 0; index < count; index++) out.write(wasInformation(index, data));
  out.write('        </INFORMATION_GATHERED_LIST>\n    </RESULTS>\n    <GLOSSARY>\n        <QID_LIST>\n');
  for (let index = 0; index < 400; index++) {
    out.write(
      `            <QID>
                <QID>${150000 + index}</QID>
                <CATEGORY>${index < 300 ? 'Confirmed Vulnerability' : 'Information Gathered'}</CATEGORY>
                <SEVERITY>${1 + (index % 5)}</SEVERITY>
                <TITLE>Made-up flaw ${index}</TITLE>
                <GROUP>XSS</GROUP>
                <OWASP>A3</OWASP>
                <CWE>CWE-79</CWE>
                <CVSS_BASE>4.3</CVSS_BASE>
                <DESCRIPTION>${LOREM}</DESCRIPTION>
                <IMPACT>${LOREM}</IMPACT>
                <SOLUTION>${LOREM}</SOLUTION>
            </QID>
`,
    );
  }
  out.write(`        </QID_LIST>
    </GLOSSARY>
    <APPENDIX>
        <SCAN_LIST>
            <SCAN>
                <ID>1</ID>
                <NAME>bench</NAME>
                <REFERENCE>was/1.1</REFERENCE>
                <DATE>12 Mar 2024 04:42PM GMT-0400</DATE>
                <MODE>On-Demand</MODE>
                <TYPE>Vulnerability</TYPE>
                <STATUS>Finished</STATUS>
            </SCAN>
        </SCAN_LIST>
    </APPENDIX>
</WAS_SCAN_REPORT>
`);
  out.close();
}
