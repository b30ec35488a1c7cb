import * as z from 'zod';
import { ScanProblem } from './scan.js';

const text = z.string();
const count = z.number().int().min(0);
const Counts = z.record(text, count);

export const OUTCOMES = ['pass', 'warn', 'fail', 'inconclusive'] as const;
export const Outcome = z.enum(OUTCOMES);
export type Outcome = z.infer<typeof Outcome>;

/** Why a finding was not counted, and how many were left out for that reason. */
export const LeftOut = z.strictObject({ reason: text, count });
export type LeftOut = z.infer<typeof LeftOut>;

export const VerdictTarget = z.strictObject({
  name: text,
  scanner: text,
  /** Report format, where a report was read. */
  format: text.optional(),
  /** Where the report came from, as the user wrote it. */
  source: text.optional(),
  tool: z.strictObject({ name: text, version: text.optional() }).optional(),
  subject: text.optional(),
  scan: z.strictObject({
    reference: text.optional(),
    link: text.optional(),
    startedAt: text.optional(),
    finishedAt: text.optional(),
    /** The vendor's own word for the final state. */
    state: text.optional(),
  }),
  /**
   * `complete`: everything was seen. `incomplete`: judged, but not everything was seen.
   * `unreadable`: nothing of it is judged.
   */
  state: z.enum(['complete', 'incomplete', 'unreadable']),
  evidence: text.optional(),
  problems: z.array(ScanProblem),
  counts: z.strictObject({
    /** Findings in the report, every kind. */
    total: count,
    /** Findings that the default population of the policy looks at. */
    counted: count,
    byKind: Counts,
    /** Of the counted ones. */
    bySeverity: Counts,
    leftOut: z.array(LeftOut),
    /** Findings some but not all of whose CVEs are excluded by the policy; they stay counted. */
    partlyExcluded: count,
  }),
});
export type VerdictTarget = z.infer<typeof VerdictTarget>;

export const VerdictRule = z.strictObject({
  name: text,
  action: z.enum(['fail', 'warn']),
  /** The selector as the policy has it; absent for a rule over the whole population. */
  select: z.unknown().optional(),
  operator: z.literal('at most'),
  limit: count,
  observed: count,
  /** Findings that lack a field the rule looks at. */
  missing: z.strictObject({ count, fields: Counts, treatedAs: z.enum(['inconclusive', 'ignore', 'fail']) }),
  outcome: Outcome,
  /** Fingerprints of the observed findings, at most 10,000. */
  fingerprints: z.array(text),
  fingerprintsOmitted: count,
});
export type VerdictRule = z.infer<typeof VerdictRule>;

export const Reason = z.strictObject({
  outcome: Outcome,
  /** Stable code: `SCANGATE_RULE_VIOLATED`, `SCANGATE_RULE_MISSING_FIELD` or one of the table of errors. */
  code: text,
  message: text,
  mend: text.optional(),
  rule: text.optional(),
  target: text.optional(),
});
export type Reason = z.infer<typeof Reason>;

export const CiContext = z.strictObject({
  /** Machine name of the CI tool, such as `gitlab`. */
  tool: text,
  name: text,
  buildUrl: text.optional(),
  buildNumber: text.optional(),
  branch: text.optional(),
  commit: text.optional(),
  /** Branch a merge request would go into. */
  targetBranch: text.optional(),
  mergeRequest: text.optional(),
});
export type CiContext = z.infer<typeof CiContext>;

const WaiverUse = z.strictObject({ id: text, count });

/** `verdict.json` (design section 6). */
export const Verdict = z.strictObject({
  schema: z.literal('scangate.verdict/1'),
  tool: z.strictObject({ name: z.literal('scangate'), version: text }),
  startedAt: text,
  finishedAt: text,
  ci: CiContext.nullable(),
  policy: z.strictObject({
    /** File name, or `--fail-on` for a policy from flags. */
    source: text,
    /** SHA-256 of the policy in canonical form, hex. */
    digest: text,
    include: z.array(text),
    onIncomplete: z.enum(['inconclusive', 'fail', 'warn']),
  }),
  outcome: Outcome,
  exitCode: z.number().int(),
  targets: z.array(VerdictTarget),
  rules: z.array(VerdictRule),
  waivers: z.strictObject({ used: z.array(WaiverUse), expired: z.array(WaiverUse), unused: z.array(WaiverUse) }),
  baseline: z.strictObject({ source: text, digest: text, count }).nullable(),
  reasons: z.array(Reason),
});
export type Verdict = z.infer<typeof Verdict>;
