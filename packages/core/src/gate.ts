import { ERRORS, type ErrorCode, ScangateError } from './errors.js';
import { EXIT_CODES, type ExitName } from './exit-code.js';
import { toFinding } from './fingerprint.js';
import type { RawFinding } from './model/finding.js';
import type { JudgedFinding, Judgement } from './model/judged.js';
import type { ScanStatement } from './model/scan.js';
import type { CiContext, Outcome, Reason, Verdict } from './model/verdict.js';
import type { Policy } from './policy/compile.js';
import { Judge, problemOf, type TargetJudge } from './policy/evaluate.js';
import { peekHead, readerOf, recogniseReport } from './scanners/report/index.js';
import type { ReportInput, ReportReader } from './scanners/report/reader.js';

/** A report to judge. */
export interface ReportTarget {
  name: string;
  /** As the user wrote it; shown in the verdict. */
  source: string;
  /** Where it lies on disk, if it does: nothing may be written there. */
  file?: string | undefined;
  /** Format, when the user named it; otherwise it is recognised by content. */
  format?: string | undefined;
  tags?: readonly string[] | undefined;
  severitySource?: ReportInput['severitySource'];
  /**
   * The bytes, once. After the first `HEAD_BYTES` a chunk may be overwritten as soon as the next one is asked for.
   * Whatever keeps them from being read must be thrown as a ScangateError with a `SCANGATE_REPORT_` code; anything else
   * counts as a bug.
   */
  open(): AsyncIterable<Uint8Array>;
}

/** A scan to judge, wherever its findings come from. */
export interface ScanTarget {
  name: string;
  /** Name of the scanner: part of every fingerprint. */
  scanner: string;
  tags?: readonly string[] | undefined;
  /**
   * The findings, once, in batches; waits for the scan. What keeps it from being seen to its end must be thrown as a
   * ScangateError; anything else counts as a bug.
   */
  findings(): AsyncGenerator<RawFinding[], ScanStatement, undefined>;
}

export type GateTarget = ReportTarget | ScanTarget;

export interface GateInput {
  targets: readonly GateTarget[];
  policy: Policy;
  toolVersion: string;
  ci: CiContext | null;
  exitOnWarn: boolean;
  /** The clock: asked at the start and at the end. Ages of findings are counted from the start. */
  now(): Date;
  /**
   * Takes secrets of the run out of a plain value. Asked before anything is judged or shown: what a reporter escapes in
   * its own way can no longer be found by value.
   */
  redact?: (<T>(value: T) => T) | undefined;
  /** Takes every judged finding, in order of arrival. */
  onFinding?(judged: JudgedFinding): void;
  /** Asked at the end: the exit of a process that was told to end, which stands for itself. */
  interruption?(): Extract<ExitName, 'interrupted' | 'terminated'> | undefined;
  /** Awaited after each batch, so that whoever writes can slow the reading down. */
  drain?(): Promise<void>;
}

/** Reads, normalises, judges. The only place that knows the order. */
export async function runGate(input: GateInput): Promise<Judgement> {
  const startedAt = input.now();
  const judge = new Judge(input.policy, startedAt.getTime());
  for (const target of input.targets) {
    if ('open' in target) await judgeReport(target, judge, input);
    else await judgeScan(target, judge, input);
  }
  const { outcome, targets, rules, reasons, highlights } = judge.end();
  const { source, digest, include, onIncomplete } = input.policy;
  const verdict: Verdict = {
    schema: 'scangate.verdict/1',
    tool: { name: 'scangate', version: input.toolVersion },
    startedAt: startedAt.toISOString(),
    finishedAt: input.now().toISOString(),
    ci: redacted(input.ci, input),
    policy: { source, digest, include: [...include], onIncomplete },
    outcome,
    exitCode: EXIT_CODES[input.interruption?.() ?? exitName(outcome, reasons, input.exitOnWarn)],
    targets,
    rules,
    waivers: { used: [], expired: [], unused: [] },
    baseline: null,
    reasons,
  };
  return { verdict, highlights };
}

/** Exits that say more than inconclusive. */
const SPECIFIC: ReadonlySet<ExitName> = new Set(['refused', 'timeout', 'temporary', 'usage'] satisfies ExitName[]);

function exitName(outcome: Outcome, reasons: readonly Reason[], exitOnWarn: boolean): ExitName {
  if (outcome === 'warn' && !exitOnWarn) return 'pass';
  if (outcome !== 'inconclusive') return outcome;
  return soleExit(reasons.filter((reason) => reason.outcome === 'inconclusive').map(({ code }) => code));
}

/** The exit for what kept the gate from seeing: the specific one when it is the same for all, else inconclusive. */
export function soleExit(codes: readonly string[]): ExitName {
  const exits = new Set(
    codes.map((code) => (Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].exit : undefined)),
  );
  const [exit] = exits;
  return exits.size === 1 && exit !== undefined && SPECIFIC.has(exit) ? exit : 'inconclusive';
}

async function judgeScan(target: ScanTarget, judge: Judge, input: GateInput): Promise<void> {
  const { name, scanner, tags = [] } = target;
  const current = judge.target({ name, scanner, tags });
  try {
    current.end(await judgeAll(target.findings(), scanner, name, current, input));
  } catch (error) {
    if (!(error instanceof ScangateError)) throw error;
    current.unreadable(redacted(problemOf(error.code, error.message, error.mend), input));
  }
}

async function judgeReport(target: ReportTarget, judge: Judge, input: GateInput): Promise<void> {
  const describe = (format: string | undefined) => ({
    name: target.name,
    scanner: format ?? 'report',
    format,
    source: target.source,
    tags: target.tags ?? [],
  });
  let current: TargetJudge | undefined;
  try {
    const { reader, report } = await openReport(target);
    current = judge.target(describe(reader.format));
    current.end(await judgeAll(reader.read(report), reader.format, target.name, current, input));
  } catch (error) {
    if (!(error instanceof ScangateError)) throw error;
    current ??= judge.target(describe(target.format));
    current.unreadable(redacted(problemOf(error.code, `${target.source}: ${error.message}`, error.mend), input));
  }
}

async function openReport(target: ReportTarget): Promise<{ reader: ReportReader; report: ReportInput }> {
  const { head, chunks } = await peekHead(target.open());
  const named = target.format === undefined ? undefined : readerOf(target.format);
  if (target.format !== undefined && named === undefined) {
    throw new ScangateError('SCANGATE_CLI_USAGE', `"${target.format}" is no report format`);
  }
  return { reader: named ?? recogniseReport(head), report: { head, chunks, severitySource: target.severitySource } };
}

const redacted = <T>(value: T, { redact = same }: GateInput): T => redact(value);

const same = <T>(value: T): T => value;

async function judgeAll(
  run: AsyncGenerator<RawFinding[], ScanStatement, undefined>,
  scanner: string,
  name: string,
  current: TargetJudge,
  { onFinding, drain, redact = same }: GateInput,
): Promise<ScanStatement> {
  for (;;) {
    const step = await run.next();
    if (step.done) return redact(step.value);
    for (const raw of step.value) {
      const judged = current.judge(redact(toFinding(raw, scanner, name)));
      onFinding?.(judged);
    }
    if (drain) await drain();
  }
}
