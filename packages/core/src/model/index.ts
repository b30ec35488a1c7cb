export { CvssScore, Finding, FindingKind, Location, type RawFinding, Vulnerability } from './finding.js';
export { type JudgedFinding, type Judgement, MAX_HIGHLIGHTS, type RuleHighlights } from './judged.js';
export { CVSS_VERSIONS, DEFAULT_KINDS, FINDING_KINDS, FINDING_STATUSES } from './kinds.js';
export { ScanProblem, type ScanStatement } from './scan.js';
export {
  type KnownSeverity,
  SEVERITIES,
  type Severity,
  severityOfLevel,
  severityOfScore,
  severityOfWord,
  severityRank,
} from './severity.js';
export { CiContext, LeftOut, OUTCOMES, Outcome, Reason, Verdict, VerdictRule, VerdictTarget } from './verdict.js';
export { countBySeverity } from './verdict-counts.js';
