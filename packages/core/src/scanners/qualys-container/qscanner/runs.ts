import { excerpt, ScangateError } from '../../../errors.js';
import type { Machine, ProgramEnd, ProgramState } from '../../machine.js';
import { linesOf } from '../../program.js';
import type { ScanHandle, ScanPlan, ScanProgress, ScanServices } from '../../scanner.js';
import { detailsOf } from './details.js';
import { isPassing, reasonOf } from './exit-status.js';

/*
 * A scan is at most three runs of the program: a platform that was not ready, or an upload that broke, is tried again,
 * each time in a folder of its own. The next run is started by whoever asks for the progress, from what the machine
 * keeps of the last one, so that another process may go on with it.
 */

/** Pauses before the second and the third run, milliseconds, from the end of the run before. */
const PAUSES_MS: readonly number[] = [30_000, 90_000];
const MAX_RUNS = PAUSES_MS.length + 1;

/** One run of the program. */
interface Run {
  /** 1 for the first. */
  number: number;
  /** Under which the machine keeps it. */
  name: string;
  state: Exclude<ProgramState, { kind: 'none' }>;
}

const runName = ({ scanName }: ScanPlan, number: number): string =>
  number === 1 ? scanName : `${scanName} run ${number}`;

/** The last run that there is. */
async function lastRun(plan: ScanPlan, machine: Machine): Promise<Run | undefined> {
  let last: Run | undefined;
  for (let number = 1; number <= MAX_RUNS; number++) {
    const name = runName(plan, number);
    const state = await machine.state(name);
    if (state.kind === 'none') break;
    last = { number, name, state };
  }
  return last;
}

/** Starts the program with a token of the gateway, which goes by the environment and nowhere else. */
async function startRun(plan: ScanPlan, number: number, { machine, qualys, signal }: ScanServices): Promise<void> {
  const details = detailsOf(plan);
  const token = await qualys().accessToken({ signal });
  await machine.start(runName(plan, number), (folder) => ({
    command: details.program,
    args: [...details.arguments, '--output-dir', folder],
    env: { QUALYS_ACCESS_TOKEN: token },
    timeoutMs: details.limitMs,
  }));
}

const handleOf = (plan: ScanPlan): ScanHandle => ({ plan, scanId: plan.scanName });

export async function launchScan(plan: ScanPlan, services: ScanServices): Promise<ScanHandle> {
  await startRun(plan, 1, services);
  return { ...handleOf(plan), launchedAtMs: services.now() };
}

/** What nobody saw the end of is of no use: it may be started once more. */
export async function findByName(plan: ScanPlan, { machine }: ScanServices): Promise<ScanHandle | undefined> {
  const run = await lastRun(plan, machine);
  return run === undefined || run.state.kind === 'lost' ? undefined : handleOf(plan);
}

export async function progressOf(
  handles: readonly ScanHandle[],
  services: ScanServices,
): Promise<Map<string, ScanProgress>> {
  const all = new Map<string, ScanProgress>();
  for (const { plan } of handles) {
    const run = await lastRun(plan, services.machine);
    all.set(plan.scanName, run ? await progressOfRun(plan, run, services) : { phase: 'ended', state: 'unknown here' });
  }
  return all;
}

async function progressOfRun(plan: ScanPlan, { number, state }: Run, services: ScanServices): Promise<ScanProgress> {
  if (state.kind === 'running') return running(number, state.lastLine);
  if (state.kind === 'lost') return { phase: 'ended', state: 'lost' };
  const pauseMs = pauseAfter(number, state.end);
  if (pauseMs === undefined) return { phase: 'ended', state: shortly(state.end) };
  const next = number + 1;
  if (services.now() < state.end.endedAtMs + pauseMs) {
    return { phase: 'running', state: `waiting for run ${next} of ${MAX_RUNS} after ${shortly(state.end)}` };
  }
  services.log(`QScanner failed${reasonOf(state.end)} (${shortly(state.end)}); run ${next} of ${MAX_RUNS}`);
  await startRun(plan, next, services);
  return running(next);
}

/** How long to wait before the program is run again; undefined when it is not. */
function pauseAfter(number: number, end: ProgramEnd): number | undefined {
  return end.stopped === undefined && isPassing(end) ? PAUSES_MS[number - 1] : undefined;
}

function running(number: number, lastLine = ''): ScanProgress {
  const [line] = linesOf(lastLine);
  return {
    phase: 'running',
    state: number === 1 ? 'running' : `running, run ${number} of ${MAX_RUNS}`,
    note: line === undefined ? undefined : excerpt(line, 100),
  };
}

const shortly = ({ status, signal }: ProgramEnd): string =>
  status === undefined ? `signal ${signal ?? 'of an unknown name'}` : `exit ${status}`;

export async function cancelScan({ plan }: ScanHandle, { machine }: ScanServices): Promise<void> {
  const run = await lastRun(plan, machine);
  if (run) await machine.stop(run.name);
}

/** A run that has ended, of which nobody expects another one. */
export interface EndedRun {
  number: number;
  name: string;
  end: ProgramEnd;
}

/** Throws for a run that nobody saw the end of, or that goes on. */
export async function endedRun(plan: ScanPlan, machine: Machine): Promise<EndedRun> {
  const run = await lastRun(plan, machine);
  if (run === undefined) {
    const message = `nothing of the scan ${plan.scanName} is in the state folder`;
    const mend = 'bring the whole state folder along, with programs/ below it, or scan again';
    throw new ScangateError('SCANGATE_PROGRAM_NO_REPORT', message, { mend });
  }
  const { number, name, state } = run;
  if (state.kind === 'ended') return { number, name, end: state.end };
  if (state.kind === 'running') {
    throw new ScangateError('SCANGATE_SCAN_INCOMPLETE', `QScanner is still running (${plan.subject})`);
  }
  const message = `nobody knows how QScanner ended: the process that had started it is gone (${plan.subject})`;
  throw new ScangateError('SCANGATE_PROGRAM_FAILED', message, { mend: 'run the step again' });
}
