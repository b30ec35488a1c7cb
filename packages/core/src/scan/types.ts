import type { Reuse, ScanHandle, Scanner, ScanServices } from '../scanners/scanner.js';
import type { ScanFacts } from './heartbeat.js';
import type { StateStore } from './state.js';

/** Longest waits, each counted from when this process first sees the scan in that phase. Absent: no limit. */
export interface WaitLimits {
  /** Until the scan begins. */
  queueMs?: number | undefined;
  /** From its begin to its end. */
  runMs?: number | undefined;
  /** From its end until its results are there. */
  resultsMs?: number | undefined;
  /** All together. */
  totalMs?: number | undefined;
}

/** What becomes of a running scan when nobody waits for it any longer. */
export type Leaving = 'cancel' | 'keep';

/** One target that is to be scanned. */
export interface ScanJob {
  /** Name of the target in the configuration. */
  name: string;
  scanner: Scanner<unknown>;
  /** As the configuration has it; handed to the scanner. */
  target: unknown;
  /** Changes when what is scanned changes, so that the scan of something else is never taken for this one. */
  digest: string;
  limits: WaitLimits;
  onTimeout: Leaving;
  onAbort: Leaving;
  reuse?: Reuse | undefined;
}

/** `run`: start or take up, and wait. `start`: without waiting. `collect`: wait for what was started earlier. */
export type ScanMode = 'run' | 'start' | 'collect';

export interface ScanWorld {
  mode: ScanMode;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the reason of the signal when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** 0 to 1. */
  random(): number;
  /** What scanners get, with the signal that ends their calls. */
  services(signal: AbortSignal): ScanServices;
  store: StateStore;
  /** Makes the names of scans unique. */
  runId: string;
  /** For names of scans, where a CI tool gives them. */
  branch?: string | undefined;
  build?: string | undefined;
  /** Aborted, with a ScangateError as its reason, when the process is told to end. */
  signal: AbortSignal;
  /** Whether a failed call may have been acted upon; unknown failures may. */
  mayHaveActed(error: unknown): boolean;
  /** Scans that are alive at the same time. Default 20. */
  parallel?: number | undefined;
  onEvent(event: ScanEvent): void;
}

export type ScanEventKind =
  | 'planned'
  | 'launched'
  | 'resumed'
  | 'adopted'
  | 'progress'
  | 'heartbeat'
  | 'ended'
  | 'cancelled'
  | 'kept'
  | 'trouble';

export interface ScanEvent {
  kind: ScanEventKind;
  target: string;
  /** One sentence for people, without the name of the target. */
  text: string;
  handle?: ScanHandle | undefined;
  /** Of `progress` and `heartbeat`. */
  facts?: ScanFacts | undefined;
  /** Whether the text is worth a line in a log; a live display shows the others too. */
  isNews: boolean;
}
