import type { VmScan } from './model.js';

/** What the scan list says of a scan of machines at one moment: a pure function of the scan and the time. */
export interface VmState {
  readonly state: string;
  readonly subState?: string;
  /** Whether its results have reached the records of the hosts. */
  readonly processed: boolean;
  readonly unfinished: boolean;
  readonly ended?: number;
  /** When its results reached the records of the hosts. */
  readonly settled?: number;
  /** In milliseconds; absent while it has not begun. */
  readonly duration?: number;
}

const NOTHING_REACHED_SECONDS = 120;

interface Stop {
  readonly at: number;
  readonly state: string;
  readonly subState?: string;
  readonly settles: boolean;
}

function naturalStop(scan: VmScan, start: number): Stop | undefined {
  const run = scan.pace.runSeconds * 1000;
  const { outcome } = scan;
  switch (outcome.kind) {
    case 'stuck':
      return undefined;
    case 'good':
    case 'time-limit': {
      if (scan.machines.every(({ alive }) => !alive)) {
        const at = start + Math.min(run, NOTHING_REACHED_SECONDS * 1000);
        return { at, state: 'Finished', subState: 'No_Host', settles: false };
      }
      const clean = scan.machines.every(({ flaws }) => flaws.every(({ type }) => type === 'Info'));
      return { at: start + run, state: 'Finished', ...(clean ? { subState: 'No_Vuln' } : {}), settles: true };
    }
    case 'nothing-tested': {
      const at = start + Math.min(run, NOTHING_REACHED_SECONDS * 1000);
      return { at, state: 'Finished', subState: 'No_Host', settles: false };
    }
    case 'error':
      return { at: start + run / 2, state: 'Error', settles: false };
    case 'cancelled':
      return { at: start + run / 2, state: 'Canceled', settles: false };
    case 'unknown':
      return { at: start + run, state: outcome.word, settles: false };
  }
}

/** The word of a scan that has begun and has not ended. */
function runningWord(scan: VmScan, start: number, now: number): string {
  if (scan.pausedAt !== undefined) return 'Paused';
  const isHalf = now >= start + (scan.pace.runSeconds * 1000) / 2;
  return scan.outcome.kind === 'stuck' && scan.outcome.word && isHalf ? scan.outcome.word : 'Running';
}

export function vmState(scan: VmScan, now: number): VmState {
  const queue = scan.pace.queueSeconds * 1000;
  const start = scan.launched + queue + (scan.pausedMs ?? 0);
  const natural = scan.pausedAt === undefined ? naturalStop(scan, start) : undefined;
  const cancelled: Stop | undefined =
    scan.cancelledAt === undefined ? undefined : { at: scan.cancelledAt, state: 'Canceled', settles: false };
  const stop = [natural, cancelled].filter((one) => one !== undefined).sort((a, b) => a.at - b.at)[0];
  if (stop !== undefined && now >= stop.at) {
    const settled = stop.at + scan.pace.settleSeconds * 1000;
    return {
      state: stop.state,
      ...(stop.subState === undefined ? {} : { subState: stop.subState }),
      processed: stop.settles && now >= settled,
      unfinished: false,
      ended: stop.at,
      ...(stop.settles ? { settled } : {}),
      duration: Math.max(0, stop.at - start),
    };
  }
  if (now < start) {
    return { state: now < scan.launched + queue / 2 ? 'Queued' : 'Loading', processed: false, unfinished: true };
  }
  return { state: runningWord(scan, start, now), processed: false, unfinished: true, duration: now - start };
}
