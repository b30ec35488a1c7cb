import { ERRORS, type ErrorCode } from '../errors.js';
import type { Finding } from '../model/finding.js';
import type { JudgedFinding, RuleHighlights } from '../model/judged.js';
import { FINDING_KINDS } from '../model/kinds.js';
import type { ScanProblem, ScanStatement } from '../model/scan.js';
import { SEVERITIES } from '../model/severity.js';
import type { LeftOut, Outcome, Reason, VerdictRule, VerdictTarget } from '../model/verdict.js';
import type { Policy, Population, Rule } from './compile.js';
import type { SelectContext } from './selector.js';
import { Tally } from './tally.js';

export interface JudgeTarget {
  name: string;
  scanner: string;
  format?: string | undefined;
  source?: string | undefined;
  tags: readonly string[];
}

export interface Judged {
  outcome: Outcome;
  targets: VerdictTarget[];
  rules: VerdictRule[];
  reasons: Reason[];
  highlights: RuleHighlights[];
}

const leftOutOf = (population: Population, finding: Finding, excluded: boolean): string | undefined => {
  if (excluded) return 'excluded by the policy';
  if (finding.ignored && !population.ignored) return 'ignored in the source';
  if (finding.status === 'fixed' && !population.fixed) return 'fixed';
  return population.kinds.has(finding.kind) ? undefined : finding.kind;
};

/**
 * Judges findings one by one as they arrive, in memory that does not grow with their number. Pure: the same findings,
 * policy and time give the same verdict, whatever the order.
 */
export class Judge {
  private readonly totals: Tally[];
  private readonly targets: VerdictTarget[] = [];

  constructor(
    private readonly policy: Policy,
    private readonly nowMs: number,
  ) {
    this.totals = policy.rules.map(() => new Tally());
  }

  /** Begins a target. Its findings count only when {@link TargetJudge.end} is called, never after `unreadable`. */
  target(target: JudgeTarget): TargetJudge {
    return new TargetJudge(this.policy, this.nowMs, target, (verdict, tallies) => {
      this.targets.push(verdict);
      for (const [index, tally] of (tallies ?? []).entries()) this.totals[index]?.merge(tally);
    });
  }

  end(): Judged {
    const unseen = this.targets.flatMap((target) => targetReasons(target, this.policy.onIncomplete));
    const isBlind = unseen.some(({ code, outcome }) => outcome !== 'warn' && ownOutcome(code) === undefined);
    const rules = this.policy.rules.map((rule, index) => ruleVerdict(rule, this.totals[index] as Tally, isBlind));
    const reasons = [
      ...this.policy.rules.flatMap((rule, index) => ruleReasons(rule, rules[index] as VerdictRule)),
      ...unseen,
    ];
    const highlights = this.totals.map(({ counted, open }) => ({ counted: counted.list(), undecided: open.list() }));
    return { outcome: worst(reasons), targets: this.targets, rules, reasons: sorted(reasons), highlights };
  }
}

export class TargetJudge {
  private readonly tallies: Tally[];
  private readonly context: SelectContext;
  private total = 0;
  private counted = 0;
  private partlyExcluded = 0;
  private readonly byKind = new Map<string, number>();
  private readonly bySeverity = new Map<string, number>();
  private readonly leftOut = new Map<string, number>();

  constructor(
    private readonly policy: Policy,
    nowMs: number,
    private readonly target: JudgeTarget,
    private readonly done: (verdict: VerdictTarget, tallies: Tally[] | undefined) => void,
  ) {
    this.tallies = policy.rules.map(() => new Tally());
    this.context = { nowMs, tags: target.tags, missing: [] };
  }

  judge(finding: Finding): JudgedFinding {
    const { policy } = this;
    const exclusion = policy.exclusionOf(finding);
    const leftOut = leftOutOf(policy.population, finding, exclusion === 'excluded');
    this.total++;
    add(this.byKind, finding.kind);
    if (exclusion === 'partly-excluded') this.partlyExcluded++;
    if (leftOut === undefined) {
      this.counted++;
      add(this.bySeverity, finding.severity);
    } else add(this.leftOut, leftOut);
    const rules: number[] = [];
    const undecided: number[] = [];
    policy.rules.forEach((rule, index) => {
      if (leftOutOf(rule.population, finding, exclusion === 'excluded') !== undefined) return;
      this.context.missing.length = 0;
      const selected = rule.selector ? rule.selector(finding, this.context) : true;
      if (selected === false) return;
      const tally = this.tallies[index] as Tally;
      if (selected === undefined) {
        tally.miss(finding, this.context.missing);
        if (rule.missing === 'inconclusive') undecided.push(index);
        if (rule.missing !== 'fail') return;
      }
      tally.count(finding);
      rules.push(index);
    });
    return { finding, leftOut, rules, undecided };
  }

  /** The report was read to its end. */
  end(statement: ScanStatement): void {
    const problems = [...statement.problems];
    if (this.total === 0 && statement.evidence === undefined && problems.length === 0)
      problems.push(problemOf('SCANGATE_SCAN_NO_EVIDENCE'));
    const { tool, subject, reference, link, startedAt, finishedAt, state, evidence } = statement;
    this.done(
      {
        ...this.described(),
        tool,
        subject,
        scan: { reference, link, startedAt, finishedAt, state },
        state: problems.some(({ code }) => ownOutcome(code) === undefined) ? 'incomplete' : 'complete',
        evidence,
        problems,
      },
      this.tallies,
    );
  }

  /** The report could not be read to its end: nothing of it is judged. */
  unreadable(problem: ScanProblem): void {
    this.done({ ...this.described(), scan: {}, state: 'unreadable', problems: [problem] }, undefined);
  }

  private described(): Pick<VerdictTarget, 'name' | 'scanner' | 'format' | 'source' | 'counts'> {
    const { name, scanner, format, source } = this.target;
    const leftOut: LeftOut[] = [...this.leftOut]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([reason, count]) => ({ reason, count }));
    return {
      name,
      scanner,
      format,
      source,
      counts: {
        total: this.total,
        counted: this.counted,
        byKind: ordered(this.byKind, FINDING_KINDS),
        bySeverity: ordered(this.bySeverity, [...SEVERITIES.toReversed(), 'unknown']),
        leftOut,
        partlyExcluded: this.partlyExcluded,
      },
    };
  }
}

export const problemOf = (
  code: ErrorCode,
  message: string = ERRORS[code].when,
  mend: string = ERRORS[code].mend,
): ScanProblem => ({
  code,
  message,
  mend,
});

const add = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const ordered = (counts: ReadonlyMap<string, number>, order: readonly string[]): Record<string, number> =>
  Object.fromEntries(order.filter((key) => counts.has(key)).map((key) => [key, counts.get(key) as number]));

/** A rule holds only over what was seen: beside a target that was not, it is inconclusive unless it is violated already. */
function ruleVerdict(rule: Rule, tally: Tally, isBlind: boolean): VerdictRule {
  const violated = tally.observed > rule.max;
  const open = isBlind || (tally.undecided > 0 && rule.missing === 'inconclusive');
  return {
    name: rule.name,
    action: rule.action,
    select: rule.select,
    operator: 'at most',
    limit: rule.max,
    observed: tally.observed,
    missing: {
      count: tally.undecided,
      fields: Object.fromEntries([...tally.missingFields].sort(([a], [b]) => (a < b ? -1 : 1))),
      treatedAs: rule.missing,
    },
    outcome: violated ? rule.action : open ? 'inconclusive' : 'pass',
    fingerprints: tally.fingerprints,
    fingerprintsOmitted: tally.observed - tally.fingerprints.length,
  };
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function ruleReasons(rule: Rule, verdict: VerdictRule): Reason[] {
  const reasons: Reason[] = [];
  if (verdict.observed > rule.max) {
    reasons.push({
      outcome: rule.action,
      code: 'SCANGATE_RULE_VIOLATED',
      message: `rule "${rule.name}": at most ${rule.max}, observed ${verdict.observed}`,
      rule: rule.name,
    });
  }
  if (verdict.missing.count > 0 && rule.missing === 'inconclusive') {
    const fields = Object.entries(verdict.missing.fields).map(
      ([field, count]) => `${field} (${plural(count, 'finding')})`,
    );
    reasons.push({
      outcome: 'inconclusive',
      code: 'SCANGATE_RULE_MISSING_FIELD',
      message: `rule "${rule.name}": ${plural(verdict.missing.count, 'finding')} cannot be decided, the source gives no ${fields.join(', no ')}`,
      mend: `add to the rule "missing: ignore" to leave them out, or "missing: fail" to count them`,
      rule: rule.name,
    });
  }
  return reasons;
}

/** A scan that saw a part may count as a warning when the policy says so; one that saw nothing never. */
function targetReasons(target: VerdictTarget, onIncomplete: Policy['onIncomplete']): Reason[] {
  return target.problems.map(({ code, message, mend }) => {
    const partial = target.state === 'incomplete' && PARTIAL_VIEW.has(code);
    const outcome = ownOutcome(code) ?? (onIncomplete === 'warn' && !partial ? 'inconclusive' : onIncomplete);
    return { outcome, code, message: `${target.name}: ${message}`, mend, target: target.name };
  });
}

/** What is no lack of sight but a verdict of somebody else: it stands as the table of errors has it. */
function ownOutcome(code: string): 'fail' | 'warn' | undefined {
  const exit = Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].exit : undefined;
  return exit === 'fail' || exit === 'warn' ? exit : undefined;
}

const PARTIAL_VIEW: ReadonlySet<string> = new Set<ErrorCode>([
  'SCANGATE_SCAN_INCOMPLETE',
  'SCANGATE_SCAN_AUTH_FAILED',
  'SCANGATE_SCAN_COUNT_MISMATCH',
  'SCANGATE_SCAN_PARSING_ERRORS',
]);

const ORDER: readonly Outcome[] = ['pass', 'warn', 'inconclusive', 'fail'];

const worst = (reasons: readonly Reason[]): Outcome =>
  reasons.reduce<Outcome>(
    (outcome, reason) => (ORDER.indexOf(reason.outcome) > ORDER.indexOf(outcome) ? reason.outcome : outcome),
    'pass',
  );

const sorted = (reasons: readonly Reason[]): Reason[] =>
  reasons.toSorted((a, b) => ORDER.indexOf(b.outcome) - ORDER.indexOf(a.outcome));
