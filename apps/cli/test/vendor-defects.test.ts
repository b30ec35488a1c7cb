import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CliResult, inTemporaryFolder, runHere } from './support/cli.js';

/*
 * Situations in which the vendor's own CI plugins stay green without having judged. The ids are those of a study of their
 * sources; each test puts the situation in and expects a verdict other than pass, or the right count.
 */

interface Outcome extends CliResult {
  /** Observed count by rule. */
  observed: Record<string, number>;
  /** Stable codes of the reasons. */
  codes: string[];
}

async function judge(
  files: Record<string, string>,
  rules: string,
  args: string[] = Object.keys(files),
): Promise<Outcome> {
  return inTemporaryFolder(async (folder) => {
    for (const [name, content] of Object.entries({ ...files, 'policy.yml': rules })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const result = await runHere(['evaluate', ...args, '--policy', 'policy.yml'], folder);
    if (result.exit === 'usage') return { ...result, observed: {}, codes: [] };
    const verdict = JSON.parse(readFileSync(join(folder, 'scangate-out/verdict.json'), 'utf8'));
    return {
      ...result,
      observed: Object.fromEntries(
        verdict.rules.map((rule: { name: string; observed: number }) => [rule.name, rule.observed]),
      ),
      codes: verdict.reasons.map((reason: { code: string }) => reason.code),
    };
  });
}

const rule = (name: string, select: string, more = ''): string =>
  `  - { name: ${name}, select: ${select}, max: 0${more} }\n`;
const policy = (...rules: string[]): string => `rules:\n${rules.join('')}`;

/** A WAS scan with one vulnerability of severity 5, ended as told. */
const was = (resultsStatus: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<WasScan><id>1</id><name><![CDATA[shop]]></name><type>VULNERABILITY</type><status>FINISHED</status>
<summary><linksCrawled>3</linksCrawled><resultsStatus>${resultsStatus}</resultsStatus><authStatus>NONE</authStatus></summary>
<stats><global><nbVulnsTotal>1</nbVulnsTotal><nbVulnsLevel5>1</nbVulnsLevel5></global></stats>
<vulns><count>1</count><list><WasScanVuln><qid>150001</qid><title><![CDATA[XSS]]></title><uri><![CDATA[https://shop.example/]]></uri></WasScanVuln></list></vulns></WasScan>`;

const vm = (...findings: Record<string, unknown>[]): string =>
  JSON.stringify([
    {
      launch_date: '11/02/2026 10:00:00',
      active_hosts: '1',
      total_hosts: '1',
      type: 'API',
      status: 'Finished',
      reference: 'scan/1.1',
    },
    ...findings.map((finding) => ({
      ip: '192.0.2.10',
      title: 'a flaw',
      type: 'Vuln',
      severity: '5',
      port: '443',
      protocol: 'tcp',
      ...finding,
    })),
  ]);

const image = (...vulnerabilities: Record<string, unknown>[]): string =>
  JSON.stringify({
    imageId: '0123456789ab',
    sha: 'ab'.repeat(32),
    repo: [{ registry: 'registry.example', repository: 'shop', tag: '1' }],
    scanStatus: 'SUCCESS',
    lastScanned: '1717026901000',
    vulnerabilities: vulnerabilities.map((vulnerability) => ({
      qid: 990001,
      severity: 5,
      typeDetected: 'CONFIRMED',
      title: 'a flaw',
      cveids: ['CVE-2099-0001'],
      ...vulnerability,
    })),
  });

const qscanner = (...rules: Record<string, unknown>[]): string =>
  JSON.stringify({
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'QScanner',
            rules: rules.map((properties, index) => ({ id: String(990001 + index), properties })),
          },
        },
        results: rules.map((_, index) => ({
          ruleId: String(990001 + index),
          level: 'error',
          message: { text: 'a flaw' },
          properties: { QID: 990001 + index },
        })),
      },
    ],
  });

const sarif = (...ids: string[]): string =>
  JSON.stringify({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'controls' } },
        results: ids.map((ruleId) => ({ ruleId, level: 'error', message: { text: 'a control failed' } })),
      },
    ],
  });

const xccdf = (...results: [id: string, instance: string, result: string][]): string => `<?xml version="1.0"?>
<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="demo"><Rule id="r1" severity="high"><title>one</title></Rule>
<TestResult id="t" start-time="2026-11-02T10:00:00Z" end-time="2026-11-02T10:01:00Z"><target>host</target>
${results.map(([id, instance, result]) => `<rule-result idref="${id}" severity="high"><result>${result}</result><instance>${instance}</instance></rule-result>`).join('\n')}
</TestResult></Benchmark>`;

const critical = rule('critical', '{ severity: { atLeast: critical } }');

describe('web applications', () => {
  it('W-1: a scan that did not end cleanly is judged all the same, and never green without evidence', async () => {
    const rules = `onIncomplete: warn\n${policy(rule('banned', '{ qid: [150001] }'))}`;
    const limited = await judge({ 'was.xml': was('TIME_LIMIT_REACHED') }, rules);
    expect([limited.exit, limited.observed]).toEqual(['fail', { banned: 1 }]);
    expect((await judge({ 'was.xml': was('CANCELED_WITH_RESULTS') }, rules)).observed).toEqual({ banned: 1 });
    const dead = await judge(
      {
        'was.xml': was('NO_HOST_ALIVE')
          .replace(/<vulns>.*<\/vulns>/, '<vulns><count>0</count></vulns>')
          .replace(/>1<\/nbVulns/g, '>0</nbVulns'),
      },
      rules,
    );
    expect(dead.exit).toBe('inconclusive');
    expect(dead.codes).toContain('SCANGATE_SCAN_NOTHING_REACHED');
  });

  it('W-2: a QID rule with an empty list is refused', async () => {
    expect((await judge({ 'was.xml': was('FINISHED') }, policy(rule('banned', '{ qid: [] }')))).exit).toBe('usage');
  });
});

describe('hosts', () => {
  it('V-2: blanks in an exclusion list switch nothing off', async () => {
    const report = vm({ qid: 179203 }, { qid: 233149 }, { qid: 100 });
    const { exit, observed } = await judge(
      { 'vm.json': report },
      `exclude: { qid: "179203, 233149" }\n${policy(critical)}`,
    );
    expect([exit, observed]).toEqual(['fail', { critical: 1 }]);
  });

  it('V-6: empty QID and CVE lists are refused', async () => {
    for (const select of ['{ qid: [] }', '{ cve: [] }', '{ qid: "" }', '{ cve: "" }']) {
      expect((await judge({ 'vm.json': vm({ qid: 1 }) }, policy(rule('list', select)))).exit).toBe('usage');
    }
  });

  it('V-11: a finding that is scored in another version is seen, or the verdict is inconclusive', async () => {
    const report = vm(
      { qid: 1, cvss_base: '9.3 (AV:N/AC:M/Au:N/C:C/I:C/A:C)' },
      { qid: 2, cvss3_base: '9.8 (AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H)' },
    );
    expect((await judge({ 'vm.json': report }, policy(rule('cvss', '{ cvss: { atLeast: 7.0 } }')))).observed).toEqual({
      cvss: 2,
    });
    const onlySecond = await judge(
      { 'vm.json': vm({ qid: 2, cvss3_base: '9.8 (AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H)' }) },
      policy(rule('cvss', '{ cvss: { atLeast: 7.0, prefer: ["2.0"] } }')),
    );
    expect([onlySecond.exit, onlySecond.codes]).toEqual(['inconclusive', ['SCANGATE_RULE_MISSING_FIELD']]);
  });
});

describe('container images', () => {
  it('C-1: what breaks while judging is never passed', async () => {
    expect((await judge({ 'image.json': image({ severity: { level: 5 } }) }, policy(critical))).exit).toBe(
      'inconclusive',
    );
    expect(
      (await judge({ 'image.json': image({}) }, policy(rule('odd', '{ expression: "finding.severity > 3" }')))).exit,
    ).toBe('inconclusive');
  });

  it('C-2: blanks in QID lists and exclusions do not switch the gate off', async () => {
    const report = image({ qid: 990001 }, { qid: 990002 });
    expect(
      (await judge({ 'image.json': report }, policy(rule('banned', '{ qid: "990005 , 990002" }')))).observed,
    ).toEqual({ banned: 1 });
    expect(
      (await judge({ 'image.json': report }, `exclude: { qid: " 990001 , 5" }\n${policy(critical)}`)).observed,
    ).toEqual({ critical: 1 });
  });

  it('C-3: a finding with one of two CVSS scores is judged by the one it has', async () => {
    const report = image({ cvssInfo: { baseScore: '9.3' } }, { qid: 990002, cvss3Info: { baseScore: '9.8' } });
    expect(
      (await judge({ 'image.json': report }, policy(rule('cvss', '{ cvss: { atLeast: 9.0 } }')))).observed,
    ).toEqual({ cvss: 2 });
  });

  it('C-4: no severity is unknown, no CVE list is no crash', async () => {
    const { exit, observed } = await judge({ 'image.json': image({ severity: null, cveids: null }) }, policy(critical));
    expect([exit, observed]).toEqual(['inconclusive', { critical: 0 }]);
    expect((await judge({ 'image.json': image({ cveids: null }) }, policy(critical))).exit).toBe('fail');
  });

  it('C-5: every version operator is evaluated', async () => {
    const report = image({ software: [{ name: 'log4j-core', version: '2.14.1', fixVersion: '2.17.1' }] });
    const rules = ['<2.17.1', '<=2.14.1', '>=2.0', '>2.14.0', '=2.14.1'].map((range, index) =>
      rule(`r${index}`, `{ package: { name: log4j-core, version: "${range}" } }`),
    );
    expect((await judge({ 'image.json': report }, policy(...rules))).observed).toEqual({
      r0: 1,
      r1: 1,
      r2: 1,
      r3: 1,
      r4: 1,
    });
  });

  it('C-6: blanks and case in CVE lists do not hide an entry', async () => {
    const report = image({ cveids: ['CVE-2099-0002'] });
    expect(
      (await judge({ 'image.json': report }, policy(rule('cves', '{ cve: "CVE-2099-0009, cve-2099-0002" }')))).observed,
    ).toEqual({ cves: 1 });
    expect(
      (
        await judge(
          { 'image.json': report },
          `exclude: { cve: ["CVE-2099-0009 , CVE-2099-0002"] }\n${policy(critical)}`,
        )
      ).observed,
    ).toEqual({ critical: 0 });
  });
});

describe('compliance', () => {
  it('P-1: excluding control 11410 excludes 11410 alone', async () => {
    const { observed } = await judge(
      { 'controls.sarif': sarif('1141', '114', '410', '11410') },
      'exclude: { rule: "11410" }\nrules:\n  - { name: all, max: 0 }\n',
    );
    expect(observed).toEqual({ all: 3 });
  });

  it('P-3: several instances of one control are kept apart, the last one does not decide', async () => {
    const { exit, observed } = await judge(
      { 'pc.xml': xccdf(['r1', 'first', 'fail'], ['r1', 'second', 'fail'], ['r1', 'third', 'pass']) },
      'rules:\n  - { name: all, max: 0 }\n',
    );
    expect([exit, observed]).toEqual(['fail', { all: 2 }]);
  });
});

describe('QScanner', () => {
  it('Q-1: severity 4 is high and severity 5 is critical, each counted for itself', async () => {
    const report = qscanner({ severity: 4 }, { severity: 4 }, { severity: 5 });
    expect(
      (
        await judge(
          { 'q.sarif': report },
          policy(rule('critical', '{ severity: critical }'), rule('high', '{ severity: high }')),
        )
      ).observed,
    ).toEqual({ critical: 1, high: 2 });
  });

  it('Q-2: an unreadable or missing report is never a count of zero', async () => {
    const cut = await judge({ 'q.sarif': qscanner({ severity: 5 }).slice(0, -9) }, policy(critical));
    expect([cut.exit, cut.codes]).toEqual(['inconclusive', ['SCANGATE_REPORT_TRUNCATED']]);
    expect((await judge({}, policy(critical), ['q.sarif'])).exit).toBe('inconclusive');
  });

  it('Q-11: a scanner that ends with 0 and writes no report, or an empty one', async () => {
    expect((await judge({}, policy(critical), ['image-Report.sarif.json'])).codes).toEqual(['SCANGATE_REPORT_MISSING']);
    expect((await judge({ 'q.sarif': '' }, policy(critical))).codes).toEqual(['SCANGATE_REPORT_EMPTY']);
    expect((await judge({ 'q.sarif': '{"version":"2.1.0","runs":[]}' }, policy(critical))).codes).toEqual([
      'SCANGATE_SCAN_NO_EVIDENCE',
    ]);
  });

  it('Q-14: a missing severity is not guessed from the level', async () => {
    const { exit, observed, codes } = await judge({ 'q.sarif': qscanner({}) }, policy(critical));
    expect([exit, observed, codes]).toEqual(['inconclusive', { critical: 0 }, ['SCANGATE_RULE_MISSING_FIELD']]);
  });
});

describe('infrastructure templates', () => {
  it('I-2: templates that could not be parsed are not green', async () => {
    const report = JSON.stringify({
      scanUuid: '00000000-0000-4000-8000-000000000001',
      status: 'FINISHED',
      result: [
        {
          checkType: 'Terraform',
          results: {
            failedChecks: [],
            passedChecks: [
              {
                checkId: '1',
                checkName: 'n',
                criticality: 'LOW',
                checkResult: { result: 'PASSED' },
                filePath: '/a.tf',
                resource: 'r',
              },
            ],
            parsingErrors: ['/broken.tf'],
          },
          summary: { passed: 1, failed: 0, failedStats: { high: 0, medium: 0, low: 0 }, skipped: 0, parsingErrors: 1 },
        },
      ],
    });
    const { exit, codes } = await judge({ 'iac.json': report }, policy(critical));
    expect([exit, codes]).toEqual(['inconclusive', ['SCANGATE_SCAN_PARSING_ERRORS']]);
  });
});
