import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ExitName } from '@scangate/core/exit-code';

/** A situation in which a weaker gate would be green. The manual page is made from this table. */
export interface Case {
  group: string;
  name: string;
  /** Files to lay out: content by path. */
  files?: Record<string, string | Uint8Array>;
  arrange?(folder: string): void;
  args: string[];
  stdin?: string;
  /** Run as a user without rights: root may read everything. */
  asNobody?: boolean;
  exit: Extract<ExitName, 'inconclusive' | 'usage' | 'fail' | 'pass'>;
  /** Code of the cause, where there is one. */
  code?: string;
}

export const trivyReport = (results: unknown, more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    SchemaVersion: 2,
    ArtifactName: 'shop:1',
    ArtifactType: 'container_image',
    Results: results,
    ...more,
  });
const vulnerability = (severity: string): unknown => ({
  VulnerabilityID: 'CVE-2099-0001',
  PkgName: 'libdemo',
  InstalledVersion: '1',
  Severity: severity,
});
export const red = trivyReport([
  { Target: 'shop:1', Class: 'os-pkgs', Type: 'debian', Vulnerabilities: [vulnerability('CRITICAL')] },
]);
export const clean = trivyReport([{ Target: 'shop:1', Class: 'os-pkgs', Type: 'debian' }]);

const wapiti = (more: Record<string, unknown>): string =>
  JSON.stringify({
    classifications: {},
    vulnerabilities: {},
    anomalies: {},
    additionals: {},
    infos: {
      target: 'http://127.0.0.1:9/',
      date: 'Mon, 02 Nov 2026 10:00:00 +0000',
      version: 'Wapiti 3.0.4',
      scope: 'domain',
    },
    ...more,
  });

const xccdf = (results: string[]): string => `<?xml version="1.0"?>
<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="demo">
<Rule id="r1" severity="high"><title>one</title></Rule>
<TestResult id="t" start-time="2026-11-02T10:00:00" end-time="2026-11-02T10:01:00"><target>host</target>
${results.map((result, index) => `<rule-result idref="r${index + 1}" severity="high"><result>${result}</result></rule-result>`).join('\n')}
</TestResult></Benchmark>`;

const wasScan = (fields: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<WasScan><id>4711</id><name><![CDATA[shop]]></name><type>VULNERABILITY</type>${fields}</WasScan>`;
const wasSummary = (resultsStatus: string, authStatus = 'NONE'): string =>
  `<status>FINISHED</status><summary><crawlDuration>10</crawlDuration><linksCrawled>3</linksCrawled><resultsStatus>${resultsStatus}</resultsStatus><authStatus>${authStatus}</authStatus></summary><stats><global><nbVulnsTotal>0</nbVulnsTotal></global></stats><vulns><count>0</count></vulns>`;

const vmJson = (summary: Record<string, unknown>, ...rows: unknown[]): string =>
  JSON.stringify([
    { scan_report_template_title: 'Scan Results' },
    {
      launch_date: '11/02/2026 10:00:00',
      active_hosts: '1',
      total_hosts: '1',
      type: 'API',
      status: 'Finished',
      reference: 'scan/1.1',
      ...summary,
    },
    ...rows,
  ]);

const failOn = ['--fail-on', 'critical'];
const policy = (rule: string): Record<string, string> => ({ 'policy.yml': rule, 'clean.json': clean });
const byPolicy = ['clean.json', '--policy', 'policy.yml'];

export const CASES: readonly Case[] = [
  // The report as a file
  {
    group: 'The report file',
    name: 'does not exist',
    args: ['nowhere.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_MISSING',
  },
  {
    group: 'The report file',
    name: 'is empty',
    files: { 'r.json': '' },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_EMPTY',
  },
  {
    group: 'The report file',
    name: 'holds nothing but white space',
    files: { 'r.json': ' \n\n' },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_EMPTY',
  },
  {
    group: 'The report file',
    name: 'is a directory',
    arrange: (folder) => mkdirSync(join(folder, 'r.json')),
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_DIRECTORY',
  },
  {
    group: 'The report file',
    name: 'may not be read by the user that runs the build',
    files: { 'r.json': clean },
    arrange: (folder) => chmodSync(join(folder, 'r.json'), 0o000),
    args: ['r.json', ...failOn],
    asNobody: true,
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_UNREADABLE',
  },
  {
    group: 'The report file',
    name: 'is a symbolic link to nothing',
    arrange: (folder) => symlinkSync('gone', join(folder, 'r.json')),
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_MISSING',
  },
  {
    group: 'The report file',
    name: 'is cut in the middle (JSON)',
    files: { 'r.json': red.slice(0, -20) },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_TRUNCATED',
  },
  {
    group: 'The report file',
    name: 'lacks only its last brace',
    files: { 'r.json': clean.slice(0, -1) },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_TRUNCATED',
  },
  {
    group: 'The report file',
    name: 'is cut in the middle (XML)',
    files: { 'r.xml': xccdf(['pass', 'fail']).slice(0, -30) },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_TRUNCATED',
  },
  {
    group: 'The report file',
    name: 'is a half-written file after a whole one',
    files: { 'r.json': `${clean}\n${red.slice(0, 50)}` },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_MALFORMED',
  },
  {
    group: 'The report file',
    name: 'has log lines mixed in',
    files: { 'r.json': `2026-11-02 INFO scanning\n${clean}` },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_FOREIGN',
  },
  {
    group: 'The report file',
    name: 'is binary',
    files: { 'r.json': new Uint8Array([1, 0, 2, 255, 254, 0, 9]) },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_BINARY',
  },
  {
    group: 'The report file',
    name: 'is compressed',
    files: { 'r.json': new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]) },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_BINARY',
  },
  {
    group: 'The report file',
    name: 'is JSON of a foreign kind',
    files: { 'r.json': '{"hello":"world"}' },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_FOREIGN',
  },
  {
    group: 'The report file',
    name: 'is an empty JSON object',
    files: { 'r.json': '{}' },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_FOREIGN',
  },
  {
    group: 'The report file',
    name: 'is an empty JSON list',
    files: { 'r.json': '[]' },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_FOREIGN',
  },
  {
    group: 'The report file',
    name: 'is an HTML error page',
    files: { 'r.xml': '<!DOCTYPE html><html><body>502 Bad Gateway</body></html>' },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_FOREIGN',
  },
  {
    group: 'The report file',
    name: 'is of another format than the one named',
    files: { 'r.json': clean },
    args: ['grype=r.json', ...failOn],
    exit: 'inconclusive',
  },
  {
    group: 'The report file',
    name: 'declares XML entities (billion laughs)',
    files: {
      'r.xml':
        '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><NessusClientData_v2><Report name="&b;"/></NessusClientData_v2>',
    },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_MALFORMED',
  },
  {
    group: 'The report file',
    name: 'has a member twice, the second one empty',
    files: { 'r.json': `${red.slice(0, -1)},"Results":[]}` },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_MALFORMED',
  },
  {
    group: 'The report file',
    name: 'has an element of a wrong type where a finding belongs',
    files: { 'r.json': trivyReport([{ Target: 't', Vulnerabilities: ['x'] }]) },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_SHAPE',
  },
  {
    group: 'The report file',
    name: 'is of a newer schema version',
    files: { 'r.json': trivyReport([], { SchemaVersion: 9 }) },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_VERSION',
  },
  {
    group: 'The report file',
    name: 'is one of two, and the other is clean',
    files: { 'a.json': clean, 'b.json': '' },
    args: ['a.json', 'b.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_EMPTY',
  },
  {
    group: 'The report file',
    name: 'comes on standard input and nothing comes',
    args: ['-', ...failOn],
    stdin: '',
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_EMPTY',
  },

  {
    group: 'The report file',
    name: 'has its findings under a name in another case (Trivy)',
    files: { 'r.json': red.replace('"Vulnerabilities"', '"vulnerabilities"') },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_SHAPE',
  },
  {
    group: 'The report file',
    name: 'has its findings under a name in another case (Nessus)',
    files: {
      'r.xml':
        '<NessusClientData_v2><Report name="x"><ReportHost name="h"><HostProperties><tag name="HOST_END">Mon</tag></HostProperties><reportitem severity="4"/></ReportHost></Report></NessusClientData_v2>',
    },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_SHAPE',
  },
  {
    group: 'The report file',
    name: 'has an alert outside of its list (ZAP)',
    files: {
      'r.xml':
        '<OWASPZAPReport version="2.9"><site name="s" host="h" port="1" ssl="false"><alerts/><alertitem><pluginid>1</pluginid><alert>a</alert><riskcode>3</riskcode></alertitem></site></OWASPZAPReport>',
    },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_SHAPE',
  },

  // The scan behind it
  {
    group: 'The scan',
    name: 'Trivy looked at nothing: no result at all',
    files: { 'r.json': trivyReport(undefined) },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_NO_EVIDENCE',
  },
  {
    group: 'The scan',
    name: 'Trivy scanned a distribution whose data is no longer kept',
    files: {
      'r.json': trivyReport([{ Target: 't', Class: 'os-pkgs' }], {
        Metadata: { OS: { Family: 'debian', Name: '9', EOSL: true } },
      }),
    },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_INCOMPLETE',
  },
  {
    group: 'The scan',
    name: 'SARIF without a run',
    files: { 'r.sarif': '{"version":"2.1.0","runs":[]}' },
    args: ['r.sarif', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_NO_EVIDENCE',
  },
  {
    group: 'The scan',
    name: 'SARIF of a run that failed',
    files: {
      'r.sarif':
        '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"invocations":[{"executionSuccessful":false}],"results":[]}]}',
    },
    args: ['r.sarif', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_FAILED',
  },
  {
    group: 'The scan',
    name: 'SARIF run without results: none were computed',
    files: { 'r.sarif': '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}}}]}' },
    args: ['r.sarif', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_NO_EVIDENCE',
  },
  {
    group: 'The scan',
    name: 'Wapiti on a dead target: a complete, empty report',
    files: { 'r.json': wapiti({}) },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_NOTHING_REACHED',
  },
  {
    group: 'The scan',
    name: 'ZAP that accessed no site',
    files: {
      'r.xml':
        '<?xml version="1.0"?><OWASPZAPReport version="2.9.0" generated="Tue, 12 May 2020 20:59:12"></OWASPZAPReport>',
    },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_NOTHING_REACHED',
  },
  {
    group: 'The scan',
    name: 'XCCDF in which every rule is not applicable',
    files: { 'r.xml': xccdf(['notapplicable', 'notapplicable']) },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_NOTHING_REACHED',
  },
  {
    group: 'The scan',
    name: 'XCCDF in which a check ended with an error',
    files: { 'r.xml': xccdf(['pass', 'error']) },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_INCOMPLETE',
  },
  {
    group: 'The scan',
    name: 'XCCDF content without a result',
    files: {
      'r.xml':
        '<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="d"><Rule id="r1"><title>one</title></Rule></Benchmark>',
    },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_NO_EVIDENCE',
  },
  {
    group: 'The scan',
    name: 'Qualys WAS found no host alive',
    files: { 'r.xml': wasScan(wasSummary('NO_HOST_ALIVE')) },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_NOTHING_REACHED',
  },
  {
    group: 'The scan',
    name: 'Qualys WAS found no web service',
    files: { 'r.xml': wasScan(wasSummary('NO_WEB_SERVICE')) },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_NOTHING_REACHED',
  },
  {
    group: 'The scan',
    name: 'Qualys WAS reached its time limit',
    files: { 'r.xml': wasScan(wasSummary('TIME_LIMIT_REACHED')) },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_INCOMPLETE',
  },
  {
    group: 'The scan',
    name: 'Qualys WAS was cancelled with results',
    files: { 'r.xml': wasScan(wasSummary('CANCELED_WITH_RESULTS')) },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_INCOMPLETE',
  },
  {
    group: 'The scan',
    name: 'Qualys WAS has not processed its results yet',
    files: { 'r.xml': wasScan(wasSummary('PROCESSING')) },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_INCOMPLETE',
  },
  {
    group: 'The scan',
    name: 'Qualys WAS is in a state that nobody knows',
    files: { 'r.xml': wasScan(wasSummary('SLEEPING')) },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_UNKNOWN_STATE',
  },
  {
    group: 'The scan',
    name: 'Qualys WAS could not log in',
    files: { 'r.xml': wasScan(wasSummary('FINISHED', 'FAILED')) },
    args: ['r.xml', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_AUTH_FAILED',
  },
  {
    group: 'The scan',
    name: 'Qualys VM scan that was cancelled',
    files: { 'r.json': vmJson({ status: 'Canceled' }) },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_CANCELLED',
  },
  {
    group: 'The scan',
    name: 'Qualys VM scan still running (the state that a failed poll leaves behind)',
    files: { 'r.json': vmJson({ status: 'Running' }) },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_INCOMPLETE',
  },
  {
    group: 'The scan',
    name: 'Qualys VM scan without a host alive',
    files: { 'r.json': vmJson({ active_hosts: '0' }) },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_NOTHING_REACHED',
  },
  {
    group: 'The scan',
    name: 'GitLab report without a scan section',
    files: { 'r.json': '{"vulnerabilities":[]}' },
    args: ['gitlab=r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_NO_EVIDENCE',
  },
  {
    group: 'The scan',
    name: 'Checkov that checked nothing',
    files: {
      'r.json':
        '{"check_type":"terraform","results":{"passed_checks":[],"failed_checks":[],"skipped_checks":[],"parsing_errors":[]},"summary":{"passed":0,"failed":0,"skipped":0,"parsing_errors":0,"checkov_version":"3.0.0"}}',
    },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_NO_EVIDENCE',
  },
  {
    group: 'The scan',
    name: 'Checkov that could not parse a file',
    files: {
      'r.json':
        '{"check_type":"terraform","results":{"passed_checks":[{"check_id":"CKV_1","check_name":"n","check_result":{"result":"PASSED"},"file_path":"/a.tf","resource":"r","file_line_range":[1,2]}],"failed_checks":[],"skipped_checks":[],"parsing_errors":["/b.tf"]},"summary":{"passed":1,"failed":0,"skipped":0,"parsing_errors":1,"checkov_version":"3.0.0"}}',
    },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_SCAN_PARSING_ERRORS',
  },

  // What the findings lack
  {
    group: 'The findings',
    name: 'a severity that nobody knows',
    files: { 'r.json': red.replace('CRITICAL', 'SHOUTING') },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_RULE_MISSING_FIELD',
  },
  {
    group: 'The findings',
    name: 'no severity at all',
    files: { 'r.json': red.replace('"Severity":"CRITICAL"', '"Severity":null') },
    args: ['r.json', ...failOn],
    exit: 'inconclusive',
    code: 'SCANGATE_RULE_MISSING_FIELD',
  },
  {
    group: 'The findings',
    name: 'no CVSS score, and a rule that asks for one',
    files: { 'r.json': red, 'policy.yml': 'rules: [{ name: cvss, select: { cvss: { atLeast: 7.0 } }, max: 0 }]' },
    args: ['r.json', '--policy', 'policy.yml'],
    exit: 'inconclusive',
    code: 'SCANGATE_RULE_MISSING_FIELD',
  },
  {
    group: 'The findings',
    name: 'no PCI flag, and a rule that asks for it',
    files: { 'r.json': red, 'policy.yml': 'rules: [{ name: pci, select: { pci: true }, max: 0 }]' },
    args: ['r.json', '--policy', 'policy.yml'],
    exit: 'inconclusive',
    code: 'SCANGATE_RULE_MISSING_FIELD',
  },
  {
    group: 'The findings',
    name: 'one target is red, the other cannot be read: red, and both are named',
    files: { 'a.json': red, 'b.json': '' },
    args: ['a.json', 'b.json', ...failOn],
    exit: 'fail',
    code: 'SCANGATE_REPORT_EMPTY',
  },

  // The policy
  {
    group: 'The policy',
    name: 'is not there',
    files: { 'clean.json': clean },
    args: ['clean.json'],
    exit: 'usage',
    code: 'SCANGATE_POLICY_MISSING',
  },
  {
    group: 'The policy',
    name: 'is a file that does not exist',
    files: { 'clean.json': clean },
    args: ['clean.json', '--policy', 'gone.yml'],
    exit: 'usage',
    code: 'SCANGATE_CONFIG_MISSING',
  },
  {
    group: 'The policy',
    name: 'is empty',
    files: policy(''),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_CONFIG_INVALID',
  },
  {
    group: 'The policy',
    name: 'has no rule',
    files: policy('rules: []'),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_CONFIG_INVALID',
  },
  {
    group: 'The policy',
    name: 'has an unknown key',
    files: policy('rules: [{ name: a, max: 0, severity: high }]'),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_CONFIG_INVALID',
  },
  {
    group: 'The policy',
    name: 'has an empty list of QIDs',
    files: policy('rules: [{ name: a, max: 0, select: { qid: [] } }]'),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_CONFIG_INVALID',
  },
  {
    group: 'The policy',
    name: 'has an empty list of CVEs',
    files: policy('rules: [{ name: a, max: 0, select: { cve: [] } }]'),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_CONFIG_INVALID',
  },
  {
    group: 'The policy',
    name: 'has an empty selector',
    files: policy('rules: [{ name: a, max: 0, select: {} }]'),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_CONFIG_INVALID',
  },
  {
    group: 'The policy',
    name: 'has a QID range that runs backwards',
    files: policy('rules: [{ name: a, max: 0, select: { qid: [20-10] } }]'),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_CONFIG_INVALID',
  },
  {
    group: 'The policy',
    name: 'has a severity that nobody knows',
    files: policy('rules: [{ name: a, max: 0, select: { severity: urgent } }]'),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_CONFIG_INVALID',
  },
  {
    group: 'The policy',
    name: 'has a CVSS floor of 0',
    files: policy('rules: [{ name: a, max: 0, select: { cvss: { atLeast: 0 } } }]'),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_CONFIG_INVALID',
  },
  {
    group: 'The policy',
    name: 'has no limit',
    files: policy('rules: [{ name: a, select: { severity: high } }]'),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_CONFIG_INVALID',
  },
  {
    group: 'The policy',
    name: 'has an expression that cannot be compiled',
    files: policy('rules: [{ name: a, max: 0, select: { expression: "finding.severity ==" } }]'),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_POLICY_EXPRESSION',
  },
  {
    group: 'The policy',
    name: 'has an expression that is no condition',
    files: policy('rules: [{ name: a, max: 0, select: { expression: "1 + 1" } }]'),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_POLICY_EXPRESSION',
  },
  {
    group: 'The policy',
    name: 'has an expression over a field that no finding has',
    files: { 'r.json': red, 'policy.yml': 'rules: [{ name: a, max: 0, select: { expression: "finding.qdss > 70" } }]' },
    args: ['r.json', '--policy', 'policy.yml'],
    exit: 'inconclusive',
    code: 'SCANGATE_RULE_MISSING_FIELD',
  },
  {
    group: 'The policy',
    name: 'has the same key twice',
    files: policy('rules: [{ name: a, max: 0 }]\nrules: [{ name: a, max: 99 }]'),
    args: byPolicy,
    exit: 'usage',
    code: 'SCANGATE_CONFIG_SYNTAX',
  },
  {
    group: 'The policy',
    name: 'says that an incomplete scan only warns, and the report cannot be read',
    files: { 'policy.yml': 'onIncomplete: warn\nrules: [{ name: a, max: 0 }]' },
    args: ['gone.json', '--policy', 'policy.yml'],
    exit: 'inconclusive',
    code: 'SCANGATE_REPORT_MISSING',
  },

  // The command line
  { group: 'The command line', name: 'names no report', args: [...failOn], exit: 'usage', code: 'SCANGATE_CLI_USAGE' },
  {
    group: 'The command line',
    name: 'has an unknown flag',
    files: { 'clean.json': clean },
    args: ['clean.json', ...failOn, '--fail-over', 'x'],
    exit: 'usage',
  },
  {
    group: 'The command line',
    name: 'has an unknown severity',
    files: { 'clean.json': clean },
    args: ['clean.json', '--fail-on', 'severe'],
    exit: 'usage',
    code: 'SCANGATE_CLI_USAGE',
  },
  {
    group: 'The command line',
    name: 'has a limit that is no number',
    files: { 'clean.json': clean },
    args: ['clean.json', '--fail-on', 'high=none'],
    exit: 'usage',
    code: 'SCANGATE_CLI_USAGE',
  },
  {
    group: 'The command line',
    name: 'has an unknown report format',
    files: { 'clean.json': clean },
    args: ['nosuch=clean.json', ...failOn],
    exit: 'usage',
    code: 'SCANGATE_CLI_USAGE',
  },
  {
    group: 'The command line',
    name: 'has an output folder that cannot be written',
    files: { 'clean.json': clean, out: 'a file' },
    args: ['clean.json', ...failOn, '--out', 'out'],
    exit: 'usage',
    code: 'SCANGATE_OUTPUT_UNWRITABLE',
  },

  // And what is green, so that the table shows both sides
  {
    group: 'Green',
    name: 'a report that says what it looked at and found nothing',
    files: { 'clean.json': clean },
    args: ['clean.json', ...failOn],
    exit: 'pass',
  },
  {
    group: 'Green',
    name: 'findings below the floor',
    files: { 'r.json': red.replace('CRITICAL', 'HIGH') },
    args: ['r.json', ...failOn],
    exit: 'pass',
  },
];
