import type { Finding } from '../../src/model/finding.js';
import type { ScanStatement } from '../../src/model/scan.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { Judge, type Judged } from '../../src/policy/evaluate.js';
import { PolicyInput } from '../../src/policy/schema.js';

export const NOW_MS = Date.UTC(2026, 10, 1);

let serial = 0;

/** A confirmed high vulnerability with no optional field, unless told. */
export const finding = (fields: Partial<Finding> = {}): Finding => ({
  fingerprint: (++serial).toString(16).padStart(32, '0'),
  scanner: 'demo',
  target: 'shop',
  vulnerability: { source: 'demo', id: 'D-1', title: 'a flaw' },
  kind: 'confirmed',
  severity: 'high',
  location: { kind: 'none' },
  ...fields,
});

export const complete: ScanStatement = { tool: { name: 'demo' }, evidence: 'the sample says so', problems: [] };

/** Judges findings of one target by a policy as a user writes it. */
export async function judge(
  policy: unknown,
  findings: readonly Finding[],
  { tags = [], statement = complete }: { tags?: string[]; statement?: ScanStatement } = {},
): Promise<Judged> {
  const judging = new Judge(await compilePolicy(PolicyInput.parse(policy), 'test'), NOW_MS);
  const target = judging.target({ name: 'shop', scanner: 'demo', tags });
  for (const one of findings) target.judge(one);
  target.end(statement);
  return judging.end();
}

/** The policy of one rule over one selector, allowing none. */
export const ruleOf = (select: unknown, more: Record<string, unknown> = {}) => ({
  rules: [{ name: 'rule', select, max: 0, ...more }],
});

/** How many of the findings the selector counts, and how many it cannot decide on. */
export async function countOf(
  select: unknown,
  findings: readonly Finding[],
  more: Record<string, unknown> = {},
  options: { tags?: string[] } = {},
): Promise<[counted: number, undecided: number]> {
  const { rules } = await judge(ruleOf(select, more), findings, options);
  return [rules[0]?.observed ?? -1, rules[0]?.missing.count ?? -1];
}
