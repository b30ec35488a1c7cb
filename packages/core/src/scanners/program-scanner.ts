import * as z from 'zod';
import { excerpt, ScangateError } from '../errors.js';
import type { ScanProblem, ScanStatement } from '../model/scan.js';
import type { ProgramEnd, ProgramSpec, ProgramState } from './machine.js';
import { scanProblem } from './problem.js';
import { howItEnded, linesOf } from './program.js';
import type {
  FindingStream,
  Json,
  PlanContext,
  ScanHandle,
  Scanner,
  ScanPlan,
  ScanProgress,
  ScanServices,
} from './scanner.js';

/** What the plan of every program holds. It goes through a state file. */
export const programDetails = {
  /** For people: `Trivy`. */
  title: z.string().min(1),
  /** Full path of the program. */
  path: z.string().min(1),
  version: z.string().min(1),
  timeoutMs: z.number().int().positive(),
};
export type ProgramDetails = z.infer<z.ZodObject<typeof programDetails>>;

/** A program that has ended as it should: by itself, and with a status that is no failure. */
export interface EndedProgram<D> {
  plan: ScanPlan;
  details: D;
  end: ProgramEnd;
}

export interface ProgramScannerParts<T, D extends ProgramDetails> {
  name: string;
  details: z.ZodType<D>;
  /** Resolves the program, its version and the target. Reads only. */
  plan(target: T, services: ScanServices): Promise<{ subject: string; details: D }>;
  /** Asked right before the start. Throws what makes it useless. */
  beforeStart?(details: D, services: ScanServices): Promise<void>;
  /** The call; `folder` is the new and empty folder of this run. */
  call(details: D, folder: string): Pick<ProgramSpec, 'args' | 'env' | 'files' | 'witness'>;
  /** What the report says, with the problems of a status that is no failure. */
  findings(ended: EndedProgram<D>, services: ScanServices): FindingStream;
  /** A failure that has a better name than `SCANGATE_PROGRAM_FAILED`. */
  failure?(details: D, end: ProgramEnd): ScangateError | undefined;
  /** Whether a status other than 0 is a failure. Default: it is. */
  isFailure?(status: number, details: D): boolean;
}

/** A scanner that is a program on this machine: started, watched and stopped through the machine alone. */
export function programScanner<T, D extends ProgramDetails>(parts: ProgramScannerParts<T, D>): Scanner<T> {
  return {
    name: parts.name,
    needsPlatform: false,
    plan: async (target, context, services) => {
      const { subject, details } = await parts.plan(target, services);
      return planOf(parts.name, subject, details, context);
    },
    find: async (plan, { machine }) => {
      const { kind } = await machine.state(plan.scanName);
      return kind === 'running' || kind === 'ended' ? handleOf(plan) : undefined;
    },
    // What a program found in something else, or before the last change, says nothing of the target now.
    findReusable: async () => undefined,
    launch: async (plan, services) => {
      const { machine, now } = services;
      const details = detailsOf(parts, plan);
      await parts.beforeStart?.(details, services);
      await machine.start(plan.scanName, (folder) => {
        const { args, env, files, witness } = parts.call(details, folder);
        return { command: details.path, args, env, files, witness, timeoutMs: details.timeoutMs };
      });
      return { ...handleOf(plan), launchedAtMs: now() };
    },
    progress: async (handles, { machine }) => {
      const found = new Map<string, ScanProgress>();
      for (const { plan } of handles) found.set(plan.scanName, progressOf(await machine.state(plan.scanName)));
      return found;
    },
    cancel: ({ plan }, { machine }) => machine.stop(plan.scanName),
    findings: (handle, services) => collect(parts, handle, services),
  };
}

const handleOf = (plan: ScanPlan): ScanHandle => ({ plan, scanId: plan.scanName });

function planOf(scanner: string, subject: string, details: ProgramDetails, context: PlanContext): ScanPlan {
  const { targetName, branch, build, runId } = context;
  const words = ['scangate', targetName, branch, build, runId].filter((word) => word !== undefined);
  return {
    target: context.targetName,
    scanner,
    subject,
    scanName: words.join(' ').replace(/\s+/g, ' '),
    details: JSON.parse(JSON.stringify(details)) as Json,
    isLocal: true,
    historyMs: [],
  };
}

function detailsOf<T, D extends ProgramDetails>({ details, name }: ProgramScannerParts<T, D>, plan: ScanPlan): D {
  const read = details.safeParse(plan.details);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const what = `the plan of the ${name} scan ${plan.scanName} cannot be used: ${issue?.path.join('.')}: ${issue?.message}`;
  throw new ScangateError('SCANGATE_STATE_UNREADABLE', what);
}

function progressOf(state: ProgramState): ScanProgress {
  if (state.kind === 'running') {
    const [line] = linesOf(state.lastLine ?? '');
    const note = line === undefined ? undefined : excerpt(line, 100);
    return { phase: 'running', state: 'running', note };
  }
  if (state.kind === 'none') return { phase: 'ended', state: 'unknown here' };
  return { phase: 'ended', state: state.kind === 'lost' ? 'lost' : endState(state.end) };
}

const endState = ({ stopped, signal, status }: ProgramEnd): string =>
  stopped === undefined
    ? (signal ?? `status ${status}`)
    : { time: 'ended: its time was over', cancelled: 'cancelled' }[stopped];

async function* collect<T, D extends ProgramDetails>(
  parts: ProgramScannerParts<T, D>,
  { plan }: ScanHandle,
  services: ScanServices,
): FindingStream {
  const details = detailsOf(parts, plan);
  const end = endOf(plan, details, await services.machine.state(plan.scanName));
  const { status } = end;
  const isFailure = status === undefined || (status !== 0 && (parts.isFailure?.(status, details) ?? true));
  if (isFailure) throw parts.failure?.(details, end) ?? failed(plan, details, end);
  const statement = yield* parts.findings({ plan, details, end }, services);
  return completed(statement, plan, details, end);
}

function failed({ subject }: ScanPlan, { title }: ProgramDetails, end: ProgramEnd): ScangateError {
  return new ScangateError('SCANGATE_PROGRAM_FAILED', `${title} ended with ${howItEnded(end)} (${subject})`);
}

/** The end of a program that was left to end by itself. Throws for any other. */
function endOf({ scanName, subject }: ScanPlan, { title }: ProgramDetails, state: ProgramState): ProgramEnd {
  if (state.kind === 'none') {
    const message = `nothing of the scan ${scanName} is in the state folder`;
    const mend = 'bring the whole state folder along, with programs/ below it, or scan again';
    throw new ScangateError('SCANGATE_PROGRAM_NO_REPORT', message, { mend });
  }
  if (state.kind === 'lost') {
    const message = `nobody knows how ${title} ended: the process that had started it is gone (${subject})`;
    throw new ScangateError('SCANGATE_PROGRAM_FAILED', message, { mend: 'run the step again' });
  }
  if (state.kind === 'running') {
    throw new ScangateError('SCANGATE_SCAN_INCOMPLETE', `${title} is still running (${subject})`);
  }
  const { end } = state;
  if (end.stopped === 'time') {
    const message = `${title} did not end within its time and was ended (${subject})`;
    throw new ScangateError('SCANGATE_SCAN_TIMEOUT', message, { mend: 'allow a longer wait, or scan less' });
  }
  if (end.stopped === 'cancelled') {
    throw new ScangateError('SCANGATE_SCAN_CANCELLED', `${title} was cancelled (${subject})`);
  }
  return end;
}

/** The report's own words first; what it does not say, the run knows. */
function completed(statement: ScanStatement, plan: ScanPlan, details: ProgramDetails, end: ProgramEnd): ScanStatement {
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    ...statement,
    tool: { name: statement.tool.name, version: statement.tool.version ?? details.version },
    reference: statement.reference ?? plan.scanName,
    startedAt: statement.startedAt ?? iso(end.startedAtMs),
    finishedAt: statement.finishedAt ?? iso(end.endedAtMs),
    state: statement.state ?? endState(end),
  };
}

/** Reads the report that a program left in its folder. Throws `SCANGATE_PROGRAM_NO_REPORT` when there is none. */
export async function* readProgramReport(
  { plan, details, end }: EndedProgram<ProgramDetails>,
  file: string,
  format: string,
  { machine, readReport }: ScanServices,
): FindingStream {
  const report = (await machine.files(plan.scanName)).find(({ path }) => path === file);
  if (!report || report.bytes === 0) {
    const what = report ? 'an empty report' : 'no report';
    const message = `${details.title} ended with ${howItEnded(end)}, and left ${what} (${plan.subject})`;
    throw new ScangateError('SCANGATE_PROGRAM_NO_REPORT', message);
  }
  return yield* readReport(format, machine.open(plan.scanName, file));
}

/** Dates in reports may be cut to the second. */
const ROUNDING_MS = 2_000;

export interface OwnReport {
  title: string;
  /** What the report says that it is about. */
  subject: string | undefined;
  /** Whether that is what was to be scanned. */
  isSubject(subject: string): boolean;
  expected: string;
  /** When it says that it was made, ISO 8601. */
  at: string | undefined;
  startedAtMs: number;
}

/** What shows that a report is about something else, or of an earlier run. */
export function foreignProblems({ title, subject, isSubject, expected, at, startedAtMs }: OwnReport): ScanProblem[] {
  const problems: ScanProblem[] = [];
  if (subject === undefined || !isSubject(subject)) {
    const told = subject === undefined ? 'does not say what it is about' : `is about ${excerpt(subject, 100)}`;
    const mend = 'look for what else writes into the state folder, and scan again';
    problems.push(
      scanProblem('SCANGATE_REPORT_FOREIGN', `the report of ${title} ${told}; expected was ${expected}`, mend),
    );
  }
  if (at !== undefined && Date.parse(at) < startedAtMs - ROUNDING_MS) {
    const message = `the report of ${title} was made at ${at}, before this scan began at ${new Date(startedAtMs).toISOString()}`;
    const mend = 'look for what else writes into the state folder, and compare the clocks of scanner and gate';
    problems.push(scanProblem('SCANGATE_SCAN_STALE', message, mend));
  }
  return problems;
}
