import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.js';
import { FINDING_KINDS, FINDING_STATUSES } from '../../src/model/kinds.js';
import { SEVERITIES } from '../../src/model/severity.js';
import type { Outcome } from '../../src/model/verdict.js';
import { judge } from './helpers.js';

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const cveName = fc.integer({ min: 1, max: 6 }).map((number) => `CVE-2099-000${number}`);

const anyFinding: fc.Arbitrary<Finding> = fc.record({
  fingerprint: fc.stringMatching(/^[0-9a-f]{32}$/),
  scanner: fc.constantFrom('trivy', 'qualys'),
  target: fc.constant('shop'),
  vulnerability: fc.record({
    source: fc.constantFrom('qualys', 'debian'),
    id: fc.integer({ min: 1, max: 20 }).map(String),
    title: fc.constant('a flaw'),
    aliases: optional(fc.array(cveName, { maxLength: 3 })),
  }),
  kind: fc.constantFrom(...FINDING_KINDS),
  severity: fc.constantFrom(...SEVERITIES, 'unknown' as const),
  pci: optional(fc.boolean()),
  qds: optional(fc.integer({ min: 1, max: 100 })),
  cvss: optional(
    fc.array(
      fc.record({
        version: fc.constantFrom('3.1' as const, '2.0' as const),
        score: fc.integer({ min: 0, max: 100 }).map((n) => n / 10),
      }),
      { maxLength: 2 },
    ),
  ),
  status: optional(fc.constantFrom(...FINDING_STATUSES)),
  ignored: optional(fc.constant({ reason: 'accepted' })),
  location: fc.constant({ kind: 'none' as const }),
});
const findings = fc.array(anyFinding, { maxLength: 12 });

const leaf = fc.oneof(
  fc.record({ severity: fc.constantFrom(...SEVERITIES).map((atLeast) => ({ atLeast })) }),
  fc.record({ pci: fc.boolean() }),
  fc.record({
    qid: fc.tuple(fc.integer({ min: 1, max: 20 }), fc.nat(5)).map(([from, width]) => [`${from}-${from + width}`]),
  }),
  fc.record({ cve: fc.array(cveName, { minLength: 1, maxLength: 2 }) }),
  fc.record({ cvss: fc.record({ atLeast: fc.integer({ min: 1, max: 100 }).map((n) => n / 10) }) }),
  fc.record({ kind: fc.constantFrom(...FINDING_KINDS) }),
);
const select = fc.oneof(
  leaf,
  fc.record({ anyOf: fc.array(leaf, { minLength: 1, maxLength: 3 }) }),
  fc.record({ allOf: fc.array(leaf, { minLength: 1, maxLength: 3 }) }),
  leaf.map((not) => ({ not })),
);
const policy = fc
  .record({
    rules: fc.array(
      fc.record({
        select,
        max: fc.nat(3),
        action: fc.constantFrom('fail', 'warn'),
        missing: fc.constantFrom('inconclusive', 'ignore', 'fail'),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    include: fc.subarray(['default', 'potential', 'information', 'ignored', 'fixed'], { minLength: 1 }),
  })
  .map(({ rules, include }) => ({ include, rules: rules.map((rule, index) => ({ name: `rule ${index}`, ...rule })) }));

const exclusion = fc.oneof(
  fc.record({ qid: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }) }),
  fc.record({ cve: fc.array(cveName, { minLength: 1, maxLength: 3 }) }),
  fc.record({ rule: fc.array(fc.integer({ min: 1, max: 20 }).map(String), { minLength: 1, maxLength: 5 }) }),
);

const RANK: Record<Outcome, number> = { pass: 0, warn: 1, inconclusive: 2, fail: 3 };

describe('laws of judging', () => {
  it('adding a finding never makes the outcome better', async () => {
    await fc.assert(
      fc.asyncProperty(policy, findings, anyFinding, async (rules, before, added) => {
        const [without, withIt] = [await judge(rules, before), await judge(rules, [...before, added])];
        expect(RANK[withIt.outcome]).toBeGreaterThanOrEqual(RANK[without.outcome]);
      }),
      { numRuns: 300 },
    );
  });

  it('an exclusion never raises a count and never makes the outcome worse', async () => {
    await fc.assert(
      fc.asyncProperty(policy, findings, exclusion, async (rules, seen, exclude) => {
        const [whole, less] = [await judge(rules, seen), await judge({ ...rules, exclude }, seen)];
        less.rules.forEach((rule, index) => {
          expect(rule.observed).toBeLessThanOrEqual(whole.rules[index]?.observed ?? -1);
          expect(rule.missing.count).toBeLessThanOrEqual(whole.rules[index]?.missing.count ?? -1);
        });
        expect(RANK[less.outcome]).toBeLessThanOrEqual(RANK[whole.outcome]);
      }),
      { numRuns: 300 },
    );
  });

  it('the order of findings never matters', async () => {
    await fc.assert(
      fc.asyncProperty(
        policy,
        findings.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        async (rules, [one, other]) => {
          const [a, b] = [await judge(rules, one), await judge(rules, other)];
          const sortedRules = (judged: typeof a) =>
            judged.rules.map((rule) => ({ ...rule, fingerprints: rule.fingerprints.toSorted() }));
          expect(b.outcome).toBe(a.outcome);
          expect(b.reasons).toEqual(a.reasons);
          expect(sortedRules(b)).toEqual(sortedRules(a));
          expect(b.targets).toEqual(a.targets);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('nothing is lost: what is counted and what is left out add up to what came in', async () => {
    await fc.assert(
      fc.asyncProperty(policy, findings, async (rules, seen) => {
        const [target] = (await judge(rules, seen)).targets;
        const leftOut = target?.counts.leftOut.reduce((sum, { count }) => sum + count, 0) ?? 0;
        expect((target?.counts.counted ?? 0) + leftOut).toBe(seen.length);
      }),
      { numRuns: 200 },
    );
  });

  it('a stricter max never makes the outcome better', async () => {
    await fc.assert(
      fc.asyncProperty(policy, findings, async (rules, seen) => {
        const stricter = { ...rules, rules: rules.rules.map((rule) => ({ ...rule, max: Math.max(0, rule.max - 1) })) };
        expect(RANK[(await judge(stricter, seen)).outcome]).toBeGreaterThanOrEqual(
          RANK[(await judge(rules, seen)).outcome],
        );
      }),
      { numRuns: 200 },
    );
  });
});
