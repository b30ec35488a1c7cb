import type { Finding } from './finding.js';
import type { Verdict } from './verdict.js';

/** A finding with what the policy made of it. */
export interface JudgedFinding {
  finding: Finding;
  /** Why the default population leaves it out: `information`, `potential`, `ignored`, `fixed`, `excluded` ... */
  leftOut: string | undefined;
  /** Indexes of the rules that count it. */
  rules: readonly number[];
  /** Indexes of the rules that cannot tell, because the source did not give a field. */
  undecided: readonly number[];
}

/** The findings of one rule that a person should see first: most severe first, then in order of arrival. */
export interface RuleHighlights {
  /** Findings that the rule counts, at most {@link MAX_HIGHLIGHTS}. */
  counted: readonly Finding[];
  /** Findings that the rule could not decide on, at most {@link MAX_HIGHLIGHTS}. */
  undecided: readonly Finding[];
}

export const MAX_HIGHLIGHTS = 100;

/** What reporters render: the verdict and, for each rule in order, the findings to show. */
export interface Judgement {
  verdict: Verdict;
  highlights: readonly RuleHighlights[];
}
