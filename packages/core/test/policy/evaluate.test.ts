import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { Judge } from '../../src/policy/evaluate.js';
import { PolicyInput } from '../../src/policy/schema.js';
import { complete, finding, judge, NOW_MS, ruleOf } from './helpers.js';

const qualys = (id: string, aliases: string[]): Finding =>
  finding({ vulnerability: { source: 'qualys', id, title: 'x', aliases } });
const all = { rules: [{ name: 'all', max: 0 }] };

describe('evaluate', () => {
  it('fails when the count is greater than max, not when it is equal', async () => {
    const two = [finding(), finding()];
    expect((await judge(ruleOf({ severity: 'high' }, { max: 2 }), two)).outcome).toBe('pass');
    expect((await judge(ruleOf({ severity: 'high' }, { max: 1 }), two)).outcome).toBe('fail');
  });

  it('words the reason with operator, limit and observed', async () => {
    const { reasons } = await judge(ruleOf({ severity: 'high' }, { max: 1 }), [finding(), finding()]);
    expect(reasons).toEqual([
      { outcome: 'fail', code: 'SCANGATE_RULE_VIOLATED', message: 'rule "rule": at most 1, observed 2', rule: 'rule' },
    ]);
  });

  it('warns, and the worse outcome wins', async () => {
    const warn = { name: 'warn', max: 0, action: 'warn' };
    const fail = { name: 'fail', max: 0, select: { severity: 'critical' } };
    expect((await judge({ rules: [warn, fail] }, [finding()])).outcome).toBe('warn');
    expect((await judge({ rules: [warn, fail] }, [finding({ severity: 'critical' })])).outcome).toBe('fail');
    expect((await judge({ rules: [warn, fail] }, [finding({ severity: 'unknown' })])).outcome).toBe('inconclusive');
    expect(
      (await judge({ rules: [warn, fail] }, [finding({ severity: 'unknown' }), finding({ severity: 'critical' })]))
        .outcome,
    ).toBe('fail');
  });

  it('counts only kinds that are a problem in themselves, unless told', async () => {
    const kinds = [
      'confirmed',
      'potential',
      'information',
      'sensitive-content',
      'misconfiguration',
      'secret',
      'control',
    ] as const;
    const findings = kinds.map((kind) => finding({ kind }));
    const byDefault = await judge(all, findings);
    expect(byDefault.rules[0]?.observed).toBe(4);
    expect(byDefault.targets[0]?.counts).toEqual({
      total: 7,
      counted: 4,
      byKind: {
        confirmed: 1,
        potential: 1,
        information: 1,
        'sensitive-content': 1,
        misconfiguration: 1,
        secret: 1,
        control: 1,
      },
      bySeverity: { high: 4 },
      leftOut: [
        { reason: 'information', count: 1 },
        { reason: 'potential', count: 1 },
        { reason: 'sensitive-content', count: 1 },
      ],
      partlyExcluded: 0,
    });
    expect((await judge({ ...all, include: ['default', 'potential'] }, findings)).rules[0]?.observed).toBe(5);
    expect((await judge({ ...all, include: ['information'] }, findings)).rules[0]?.observed).toBe(1);
    expect(
      (await judge({ rules: [{ name: 'all', max: 0, include: ['potential'] }] }, findings)).rules[0]?.observed,
    ).toBe(1);
  });

  it('leaves out what the source ignores or calls fixed, unless told', async () => {
    const findings = [finding({ ignored: { reason: 'accepted' } }), finding({ status: 'fixed' }), finding()];
    const judged = await judge(all, findings);
    expect(judged.rules[0]?.observed).toBe(1);
    expect(judged.targets[0]?.counts.leftOut).toEqual([
      { reason: 'fixed', count: 1 },
      { reason: 'ignored in the source', count: 1 },
    ]);
    expect((await judge({ ...all, include: ['default', 'ignored', 'fixed'] }, findings)).rules[0]?.observed).toBe(3);
  });

  it('excludes by QID, by rule id, and by CVE only when all CVEs of the finding are named', async () => {
    const findings = [
      qualys('179203', []),
      qualys('233149', []),
      qualys('1', ['CVE-2099-0001', 'CVE-2099-0002']),
      qualys('2', ['CVE-2099-0001']),
      finding({ vulnerability: { source: 'trivy', id: 'DS002', title: 'x', aliases: [] } }),
      finding({ vulnerability: { source: 'trivy', id: 'DS0021', title: 'x', aliases: [] } }),
    ];
    const judged = await judge(
      { ...all, exclude: { qid: '179203, 233149', cve: ['cve-2099-0001'], rule: 'DS002' } },
      findings,
    );
    expect(judged.rules[0]?.observed).toBe(2);
    expect(judged.targets[0]?.counts.leftOut).toEqual([{ reason: 'excluded by the policy', count: 4 }]);
    expect(judged.targets[0]?.counts.partlyExcluded).toBe(1);
  });

  it('names the field, the number of findings and the line to add', async () => {
    const { reasons, rules } = await judge(ruleOf({ cvss: { atLeast: 7 } }), [finding(), finding()]);
    expect(reasons).toEqual([
      {
        outcome: 'inconclusive',
        code: 'SCANGATE_RULE_MISSING_FIELD',
        message: 'rule "rule": 2 findings cannot be decided, the source gives no cvss (2 findings)',
        mend: 'add to the rule "missing: ignore" to leave them out, or "missing: fail" to count them',
        rule: 'rule',
      },
    ]);
    expect(rules[0]).toMatchObject({
      outcome: 'inconclusive',
      observed: 0,
      missing: { count: 2, fields: { cvss: 2 }, treatedAs: 'inconclusive' },
    });
  });

  it('a scan without findings passes only with evidence', async () => {
    expect((await judge(all, [])).outcome).toBe('pass');
    const { outcome, reasons } = await judge(all, [], { statement: { tool: { name: 'demo' }, problems: [] } });
    expect(outcome).toBe('inconclusive');
    expect(reasons[0]?.code).toBe('SCANGATE_SCAN_NO_EVIDENCE');
  });

  it('an incomplete scan is what onIncomplete says, and its findings are judged all the same', async () => {
    const statement = {
      ...complete,
      problems: [{ code: 'SCANGATE_SCAN_INCOMPLETE', message: 'time limit', mend: 'longer' }],
    };
    expect((await judge(all, [], { statement })).outcome).toBe('inconclusive');
    expect((await judge({ ...all, onIncomplete: 'warn' }, [], { statement })).outcome).toBe('warn');
    expect((await judge({ ...all, onIncomplete: 'fail' }, [], { statement })).outcome).toBe('fail');
    expect((await judge({ ...all, onIncomplete: 'warn' }, [finding()], { statement })).outcome).toBe('fail');
  });

  it.each([
    'SCANGATE_SCAN_NOTHING_REACHED',
    'SCANGATE_SCAN_FAILED',
    'SCANGATE_SCAN_CANCELLED',
    'SCANGATE_SCAN_UNKNOWN_STATE',
    'SCANGATE_SCAN_NO_EVIDENCE',
  ])('%s is never less than inconclusive', async (code) => {
    const statement = { ...complete, problems: [{ code, message: 'm', mend: 'm' }] };
    expect((await judge({ ...all, onIncomplete: 'warn' }, [], { statement })).outcome).toBe('inconclusive');
  });

  it('judges nothing of an unreadable report, and is never less than inconclusive', async () => {
    const judging = new Judge(await compilePolicy(PolicyInput.parse({ ...all, onIncomplete: 'warn' }), 'test'), NOW_MS);
    const target = judging.target({ name: 'cut', scanner: 'demo', tags: [] });
    target.judge(finding());
    target.unreadable({ code: 'SCANGATE_REPORT_TRUNCATED', message: 'ends in the middle', mend: 'wait' });
    const { outcome, rules, targets } = judging.end();
    expect(outcome).toBe('inconclusive');
    expect(rules[0]).toMatchObject({ observed: 0, fingerprints: [], outcome: 'inconclusive' });
    expect(targets[0]).toMatchObject({ state: 'unreadable', counts: { total: 1 } });
  });

  it('a failing target wins over an inconclusive one, and both stay visible', async () => {
    const judging = new Judge(await compilePolicy(PolicyInput.parse(all), 'test'), NOW_MS);
    const good = judging.target({ name: 'good', scanner: 'demo', tags: [] });
    good.judge(finding());
    good.end(complete);
    judging
      .target({ name: 'bad', scanner: 'demo', tags: [] })
      .unreadable({ code: 'SCANGATE_REPORT_EMPTY', message: 'empty', mend: 'm' });
    const { outcome, reasons } = judging.end();
    expect(outcome).toBe('fail');
    expect(reasons.map((reason) => reason.outcome)).toEqual(['fail', 'inconclusive']);
  });

  it('caps the fingerprints in the verdict and says how many it left out', async () => {
    const many = Array.from({ length: 10_050 }, () => finding());
    const { rules } = await judge(all, many);
    expect(rules[0]).toMatchObject({ observed: 10_050, fingerprintsOmitted: 50 });
    expect(rules[0]?.fingerprints).toHaveLength(10_000);
  });
});
