import type { Finding } from '../model/finding.js';
import type { Judgement } from '../model/judged.js';
import type { Reason, Verdict } from '../model/verdict.js';

const NO_REASON: Reason = {
  outcome: 'inconclusive',
  code: 'SCANGATE_NO_REASON',
  message: 'The gate is not green and names no reason.',
};

/** Why the verdict is not green, worst first as the verdict has them; never empty for one that is not. */
export function causesOf({ outcome, reasons }: Verdict): Reason[] {
  const causes = reasons.filter((reason) => reason.outcome !== 'pass');
  return causes.length === 0 && outcome !== 'pass' ? [NO_REASON] : causes;
}

/** The findings behind a cause that a person should see first: those its rule counts, or cannot decide on. */
export function findingsBehind(reason: Reason, { verdict, highlights }: Judgement): readonly Finding[] {
  const shown = highlights[verdict.rules.findIndex(({ name }) => name === reason.rule)];
  return (reason.outcome === 'inconclusive' ? shown?.undecided : shown?.counted) ?? [];
}
