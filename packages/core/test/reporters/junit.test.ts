import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { OUTCOMES, type Verdict } from '../../src/model/verdict.js';
import { junit } from '../../src/reporters/junit.js';
import {
  type BuiltJudgement,
  buildJudgement,
  buildRawFinding,
  type JudgementSketch,
} from '../../src/testing/builders.js';
import { renderReport } from '../../src/testing/describe-reporter.js';
import { SITUATIONS } from '../../src/testing/situations.js';

interface SeenCase {
  suite: string;
  className: string;
  name: string;
  result: string;
  message: string | undefined;
  text: string;
  output: string;
}

interface SeenReport {
  root: Record<string, string>;
  suites: Record<string, string>[];
  cases: SeenCase[];
}

const RESULTS = ['failure', 'error', 'skipped'];

/** Reads as the five CI tools do: suites, cases, one child. */
function readJunit(xml: string): SeenReport {
  const seen: SeenReport = { root: {}, suites: [], cases: [] };
  let element = '';
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    element = name;
    const values = attributes as Record<string, string>;
    if (name === 'testsuites') seen.root = values;
    else if (name === 'testsuite') seen.suites.push(values);
    else if (name === 'testcase') {
      const suite = seen.suites.at(-1)?.name ?? '';
      seen.cases.push({
        suite,
        className: values.classname ?? '',
        name: values.name ?? '',
        result: 'passed',
        message: undefined,
        text: '',
        output: '',
      });
    } else if (RESULTS.includes(name))
      Object.assign(seen.cases.at(-1) ?? {}, { result: name, message: values.message });
  });
  parser.on('closetag', () => {
    element = '';
  });
  parser.on('text', (text) => {
    const last = seen.cases.at(-1);
    if (last && element === 'system-out') last.output += text;
    else if (last && RESULTS.includes(element)) last.text += text;
  });
  parser.write(xml).close();
  return seen;
}

const read = async (sketch: JudgementSketch): Promise<SeenReport> =>
  readJunit(renderReport(junit, await buildJudgement(sketch)));
const ofResult = ({ cases }: SeenReport, result: string): SeenCase[] =>
  cases.filter((testCase) => testCase.result === result);

const URGENT = { name: 'nothing urgent', select: { severity: { atLeast: 'critical' } }, max: 0 };
const critical = buildRawFinding({ severity: 'critical', remediation: 'Update.' });

describe('junit', () => {
  it.each(SITUATIONS)('shows the verdict in the colours of its cases: $name', async ({ build }) => {
    const built = await build();
    const { root, suites, cases } = readJunit(renderReport(junit, built));
    const { outcome } = built.judgement.verdict;
    const count = (result: string): number => cases.filter((testCase) => testCase.result === result).length;
    expect({ failures: count('failure') > 0, errors: count('error') > 0 && outcome !== 'fail' }).toEqual({
      failures: outcome === 'fail',
      errors: outcome === 'inconclusive',
    });
    expect(root).toMatchObject({
      tests: `${cases.length}`,
      failures: `${count('failure')}`,
      errors: `${count('error')}`,
    });
    expect(root).not.toHaveProperty('skipped');
    expect(suites.reduce((sum, suite) => sum + Number(suite.tests), 0)).toBe(cases.length);
  });

  it.each(SITUATIONS)('suits all five readers: $name', async ({ build }) => {
    const { suites, cases } = readJunit(renderReport(junit, await build()));
    for (const { name, tests, time } of suites) {
      expect(name).not.toContain('.');
      expect(Number(tests)).toBeGreaterThan(0);
      expect(time).toMatch(/^\d+(\.\d{1,3})?$/);
    }
    for (const { className, name, result, message, text } of cases) {
      expect(className).toMatch(/^scangate\.[a-z]+$/);
      expect(name).not.toMatch(/\.|^$/);
      if (result === 'passed') continue;
      expect(message?.length).toBeGreaterThan(0);
      expect(text.split('\n', 1)[0]).toBe(message);
    }
    const keys = cases.map(({ className, name }) => `${className} ${name}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('makes names that do not change with the counts', async () => {
    const names = async (...findings: (typeof critical)[]) =>
      (await read({ policy: { rules: [URGENT] }, targets: [{ name: 'shop', findings }] })).cases.map(
        ({ name }) => name,
      );
    expect(await names()).toEqual(await names(critical, critical));
    expect(await names()).toEqual(['the policy was judged', 'nothing urgent', 'scan of shop is complete']);
  });

  it('tells what broke a rule, one finding a line, each with its fix', async () => {
    const report = await read({
      policy: { rules: [URGENT] },
      targets: [{ name: 'shop', findings: [critical, critical] }],
    });
    const line = 'CRITICAL CVE-2099-0001 libexample: heap overflow; where: shop: libexample 1.0 (debian); fix: Update.';
    expect(ofResult(report, 'failure')).toEqual([
      {
        suite: 'policy',
        className: 'scangate.policy',
        name: 'nothing urgent',
        result: 'failure',
        message: 'rule "nothing urgent": at most 0, observed 2',
        text: ['rule "nothing urgent": at most 0, observed 2', line, line].join('\n'),
        output: '',
      },
    ]);
  });

  it('does not fail for a warning: the case is skipped and says why, both ways', async () => {
    const warn = { ...URGENT, action: 'warn' };
    const report = await read({ policy: { rules: [warn] }, targets: [{ name: 'shop', findings: [critical] }] });
    expect(report.root).toMatchObject({ failures: '0', errors: '0' });
    const [skipped] = ofResult(report, 'skipped');
    expect(skipped?.message).toBe('warning: rule "nothing urgent": at most 0, observed 1');
    expect(skipped?.text).toContain('fix: Update.');
  });

  it('shows a rule that is violated as a warning and not decided as an error', async () => {
    const scored = { name: 'scored', select: { cvss: { atLeast: 7 } }, max: 0, action: 'warn' };
    const high = buildRawFinding({ cvss: [{ version: '3.1', score: 9 }] });
    const report = await read({ policy: { rules: [scored] }, targets: [{ name: 'shop', findings: [high, critical] }] });
    expect(ofResult(report, 'error').map(({ name }) => name)).toEqual(['scored']);
    expect(ofResult(report, 'error')[0]?.text).toContain('missing: ignore');
  });

  it.each([
    ['inconclusive', 'error'],
    ['fail', 'failure'],
    ['warn', 'skipped'],
  ])('treats an incomplete scan as the policy says: %s', async (onIncomplete, result) => {
    const problems = [{ code: 'SCANGATE_SCAN_INCOMPLETE', message: 'half of it', mend: 'scan again' }];
    const report = await read({
      policy: { onIncomplete, rules: [URGENT] },
      targets: [{ name: 'a.b', statement: { problems } }],
    });
    const seen = ofResult(report, result).find(({ className }) => className === 'scangate.scan');
    expect(seen).toMatchObject({
      suite: 'target a_b',
      className: 'scangate.scan',
      name: 'scan of a_b is complete',
      output: '0 counted',
    });
    expect(seen?.text).toContain('SCANGATE_SCAN_INCOMPLETE');
    expect(seen?.text).toContain('mend: scan again');
  });

  it('never takes an unreadable report for a warning', async () => {
    const unreadable = { code: 'SCANGATE_REPORT_TRUNCATED', message: 'cut', mend: 'wait' };
    const policy = { onIncomplete: 'warn', rules: [URGENT] };
    const built = await buildJudgement({ policy, targets: [{ name: 'shop', unreadable }] });
    const without: BuiltJudgement = {
      ...built,
      judgement: { ...built.judgement, verdict: { ...built.judgement.verdict, reasons: [] } },
    };
    for (const each of [built, without]) {
      expect(ofResult(readJunit(renderReport(junit, each)), 'error').map(({ name }) => name)).toContain(
        'scan of shop is complete',
      );
    }
  });

  it('keeps apart names that become equal', async () => {
    const rules = ['a.b', 'a_b', 'a_b (2)'].map((name) => ({ ...URGENT, name }));
    const report = await read({ policy: { rules }, targets: [] });
    expect(report.cases.map(({ name }) => name)).toEqual(['the policy was judged', 'a_b', 'a_b (2)', 'a_b (2) (2)']);
  });

  it('shows a verdict that no rule and no target explains', async () => {
    const { judgement, ...rest } = await buildJudgement({ policy: { rules: [URGENT] }, targets: [] });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...OUTCOMES), fc.boolean(), async (outcome, hasReason) => {
        const reasons: Verdict['reasons'] = hasReason
          ? [{ outcome, code: 'SCANGATE_OTHER', message: 'why', mend: 'so' }]
          : [];
        const verdict = { ...judgement.verdict, outcome, reasons };
        const report = readJunit(renderReport(junit, { ...rest, judgement: { ...judgement, verdict } }));
        const results = { pass: 'passed', warn: 'skipped', fail: 'failure', inconclusive: 'error' };
        expect(report.cases[0]?.result).toBe(results[outcome]);
      }),
    );
  });

  it('stays below the size that GitLab reads, and says what it left out', async () => {
    const text = '<'.repeat(1000);
    const findings = Array.from({ length: 100 }, () => ({
      ...critical,
      remediation: text,
      vulnerability: { source: 'x', id: text, title: text },
    }));
    const rules = Array.from({ length: 100 }, (_, index) => ({ ...URGENT, name: `rule ${index}` }));
    const xml = renderReport(junit, await buildJudgement({ policy: { rules }, targets: [{ name: 'shop', findings }] }));
    expect(Buffer.byteLength(xml)).toBeLessThan(30_000_000);
    expect(ofResult(readJunit(xml), 'failure')).toHaveLength(100);
    expect(ofResult(readJunit(xml), 'failure').at(-1)?.text).toContain('and 100 more; all are in findings.ndjson');
  });
});
