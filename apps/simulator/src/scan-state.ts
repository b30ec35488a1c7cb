import type { Scan } from './model.js';

/** What the platform says of a scan at one moment: a pure function of the scan and the time. */
export interface ScanState {
  readonly status: string;
  readonly resultsStatus: string;
  readonly authStatus: string;
  /** How far the crawl and the tests are, 0 to 1. */
  readonly progress: number;
  readonly started?: number;
  readonly ended?: number;
  /** Since when the results can be read; absent while they cannot, or never will be. */
  readonly settled?: number;
  /** The part of the application whose results count. */
  readonly coverage: number;
}

const NOTHING_TESTED_SECONDS = 120;
const CANCELLING_MS = 20_000;
const AUTH_KNOWN_AT = 0.1;

interface Stop {
  readonly at: number;
  readonly status: string;
  readonly word: string;
  readonly coverage: number;
  /** Results are worked on after the stop, and become readable. */
  readonly settles: boolean;
  readonly cancelling?: boolean;
}

function naturalStop(scan: Scan, start: number): Stop | undefined {
  const run = scan.pace.runSeconds * 1000;
  const { outcome } = scan;
  switch (outcome.kind) {
    case 'stuck':
      return undefined;
    case 'good':
      return { at: start + run, status: 'FINISHED', word: '', coverage: 1, settles: true };
    case 'time-limit':
      return { at: start + run, status: 'FINISHED', word: outcome.word, coverage: 0.5, settles: true };
    case 'nothing-tested': {
      const at = start + Math.min(run, NOTHING_TESTED_SECONDS * 1000);
      return { at, status: 'FINISHED', word: outcome.word, coverage: 0, settles: true };
    }
    case 'error':
      return { at: start + run / 2, status: 'ERROR', word: outcome.word, coverage: 0, settles: false };
    case 'cancelled': {
      const withResults = outcome.word === 'CANCELED_WITH_RESULTS';
      const coverage = withResults ? 0.5 : 0;
      return { at: start + run / 2, status: 'CANCELED', word: outcome.word, coverage, settles: withResults };
    }
    case 'unknown':
      return { at: start + run, status: outcome.word, word: outcome.word, coverage: 0, settles: false };
  }
}

function cancelStop(scan: Scan, start: number, at: number, keep: boolean): Stop {
  const share = Math.min(1, Math.max(0, (at - start) / (scan.pace.runSeconds * 1000)));
  const withResults = keep && share > 0;
  return {
    at,
    status: 'CANCELED',
    word: withResults ? 'CANCELED_WITH_RESULTS' : 'CANCELED',
    coverage: withResults ? share : 0,
    settles: withResults,
    cancelling: true,
  };
}

function firstStop(scan: Scan, start: number): Stop | undefined {
  const stops: Stop[] = [];
  const natural = naturalStop(scan, start);
  if (natural) stops.push(natural);
  if (scan.cancelAfterHours !== undefined) {
    stops.push(cancelStop(scan, start, start + scan.cancelAfterHours * 3_600_000, true));
  }
  if (scan.cancelledAt !== undefined) stops.push(cancelStop(scan, start, scan.cancelledAt, scan.keepResults ?? false));
  return stops.sort((left, right) => left.at - right.at)[0];
}

function submitted(): ScanState {
  return { status: 'SUBMITTED', resultsStatus: 'SUBMITTED', authStatus: 'NONE', progress: 0, coverage: 0 };
}

/** When the scan leaves the queue; nothing while another scan of the application still runs. */
function startOf(scan: Scan, now: number): number | undefined {
  if (scan.after === undefined) return scan.launched + scan.pace.queueSeconds * 1000;
  const { ended } = scanState(scan.after, now);
  return ended === undefined ? undefined : Math.max(ended, scan.launched) + scan.pace.queueSeconds * 1000;
}

function stoppedResults(scan: Scan, stop: Stop, now: number): Pick<ScanState, 'resultsStatus' | 'settled'> {
  if (stop.cancelling && now < stop.at + CANCELLING_MS) return { resultsStatus: 'CANCELING' };
  if (!stop.settles) return { resultsStatus: stop.word };
  const settle = stop.coverage === 0 ? 0 : scan.pace.settleSeconds * 1000;
  const since = now - stop.at;
  if (since < settle) return { resultsStatus: since < settle / 4 ? 'TO_BE_PROCESSED' : 'PROCESSING' };
  return { resultsStatus: stop.word, settled: stop.at + settle };
}

export function scanState(scan: Scan, now: number, goodWord = 'SUCCESSFUL'): ScanState {
  const start = startOf(scan, now);
  const stop = firstStop(scan, start ?? Number.POSITIVE_INFINITY);
  if (stop !== undefined && now >= stop.at) {
    const run = scan.pace.runSeconds * 1000;
    const progress = start === undefined ? 0 : Math.min(1, Math.max(0, (stop.at - start) / run));
    const results = stoppedResults(scan, { ...stop, word: stop.word === '' ? goodWord : stop.word }, now);
    return {
      status: stop.status,
      ...results,
      authStatus: progress >= AUTH_KNOWN_AT ? scan.authWord : 'NONE',
      progress,
      ...(start === undefined || start > stop.at ? {} : { started: start }),
      ended: stop.at,
      coverage: stop.coverage,
    };
  }
  if (start === undefined || now < start) return submitted();
  const progress = Math.min(0.99, (now - start) / (scan.pace.runSeconds * 1000));
  const authStatus = progress >= AUTH_KNOWN_AT ? scan.authWord : 'NONE';
  return { status: 'RUNNING', resultsStatus: 'RUNNING', authStatus, progress, started: start, coverage: 0 };
}

export function isUnfinished(state: ScanState): boolean {
  return state.ended === undefined;
}
