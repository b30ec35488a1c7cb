import { createHash } from 'node:crypto';
import type { Finding, FindingKind } from '../model/finding.js';
import { DEFAULT_KINDS, FINDING_KINDS } from '../model/kinds.js';
import type { PolicyInput, RuleInput, SelectInput } from './schema.js';
import { compileSelect, cveSet, cvesOf, qidTest } from './select.js';
import type { Selector } from './selector.js';

/** Which findings are looked at before any selector. */
export interface Population {
  kinds: ReadonlySet<FindingKind>;
  ignored: boolean;
  fixed: boolean;
}

export interface Rule {
  name: string;
  action: 'fail' | 'warn';
  max: number;
  missing: 'inconclusive' | 'ignore' | 'fail';
  population: Population;
  /** As written, for the verdict. */
  select: SelectInput | undefined;
  selector: Selector | undefined;
}

export type Exclusion = 'excluded' | 'partly-excluded' | undefined;

export interface Policy {
  source: string;
  digest: string;
  include: readonly string[];
  population: Population;
  onIncomplete: PolicyInput['onIncomplete'];
  rules: readonly Rule[];
  /** Whether the policy's exclusions take the finding out, or only some of its CVEs. */
  exclusionOf(finding: Finding): Exclusion;
}

/** Turns a validated policy into functions. Throws a ScangateError for an expression or range that cannot be read. */
export async function compilePolicy(input: PolicyInput, source: string): Promise<Policy> {
  return {
    source,
    digest: createHash('sha256').update(canonicalJson(input)).digest('hex'),
    include: input.include,
    population: populationOf(input.include),
    onIncomplete: input.onIncomplete,
    rules: await Promise.all(input.rules.map((rule) => compileRule(rule, input.include))),
    exclusionOf: compileExclusion(input.exclude),
  };
}

async function compileRule(rule: RuleInput, include: readonly string[]): Promise<Rule> {
  const { name, action, max, missing, select } = rule;
  return {
    name,
    action,
    max,
    missing,
    select,
    population: populationOf(rule.include ?? include),
    selector: select && (await compileSelect(select)),
  };
}

function populationOf(include: readonly string[]): Population {
  const kinds = new Set<FindingKind>(FINDING_KINDS.filter((kind) => include.includes(kind)));
  if (include.includes('default')) for (const kind of DEFAULT_KINDS) kinds.add(kind);
  return { kinds, ignored: include.includes('ignored'), fixed: include.includes('fixed') };
}

function compileExclusion(exclude: PolicyInput['exclude']): Policy['exclusionOf'] {
  if (!exclude) return () => undefined;
  const isQid = exclude.qid === undefined ? () => false : qidTest(exclude.qid);
  const cves = exclude.cve === undefined ? new Set<string>() : cveSet(exclude.cve);
  const ids = new Set([exclude.rule ?? []].flat().map((id) => id.trim()));
  return (finding) => {
    if (isQid(finding) || ids.has(finding.vulnerability.id)) return 'excluded';
    const names = cves.size > 0 ? (cvesOf(finding) ?? []) : [];
    const named = names.filter((name) => cves.has(name)).length;
    if (named === 0) return undefined;
    return named === names.length ? 'excluded' : 'partly-excluded';
  };
}

/** JSON with sorted keys, so that the digest does not depend on the order a policy was written in. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : member,
  );
}
