import type { RawFinding } from '../model/finding.js';
import type { ScanStatement } from '../model/scan.js';
import type { QualysClient, TextCache } from '../qualys/types.js';
import type { Machine } from './machine.js';

/** What a scanner gets of the world. Nothing below reads a clock, a disk or an environment by itself. */
export interface ScanServices {
  /** The platform. Made at the first call, so that a run without a Qualys target needs no credentials. */
  qualys(): QualysClient;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the reason of the signal when it is aborted. Absent: what has to wait is refused. */
  sleep?(ms: number, signal: AbortSignal): Promise<void>;
  /** Programs and files of the machine that the gate runs on. */
  machine: Machine;
  /** Reads a report that a program wrote, with the reader of that format; {@link RawFinding} by batches. */
  readReport(format: string, chunks: AsyncIterable<Uint8Array>, options?: ReadReportOptions): FindingStream;
  cache: TextCache;
  signal: AbortSignal;
  /** A line for people who asked for details. */
  log(line: string): void;
}

/** Findings in batches, and at the end what is said of the scan as a whole. */
export type FindingStream = AsyncGenerator<RawFinding[], ScanStatement, undefined>;

export interface ReadReportOptions {
  /** Which severity gates where a subscription re-rated its own. Default `vendor`. */
  severitySource?: 'vendor' | 'customer' | undefined;
}

/** JSON that survives a state file. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * What is going to be scanned: every name resolved, nothing changed on the platform yet. Kept in the state file before
 * the launch, so that a run that dies can be taken up by another one on another machine.
 */
export interface ScanPlan {
  /** Name of the target in the configuration. */
  target: string;
  scanner: string;
  /** For people: `web application Shop (staging)`. */
  subject: string;
  /** Unique on the platform: the only way to find a scan whose launch was never answered. */
  scanName: string;
  /** The scanner's own, such as resolved ids and the launch request. */
  details: Json;
  /**
   * The scan is a program on this machine, which ends with this process: `start` waits for it, and it is never left
   * running.
   */
  isLocal?: boolean | undefined;
  /** How long earlier scans of the same target took, milliseconds, newest first; empty when unknown. */
  historyMs: number[];
}

/** A scan that exists on the platform. */
export interface ScanHandle {
  plan: ScanPlan;
  /** Id on the platform. */
  scanId: string;
  /** The platform's reference, such as `was/1584255766232.2279850`. */
  reference?: string | undefined;
  /** Page of the scan in the platform's portal. */
  link?: string | undefined;
  /** By the platform's clock, milliseconds since the epoch. */
  launchedAtMs?: number | undefined;
}

/**
 * `queued`: accepted, not begun. `running`: looks at the target. `processing`: has ended, its results are not there yet.
 * `ended`: nothing changes any more, for better or worse; what it was worth is said by the findings' statement.
 */
export type ScanPhase = 'queued' | 'running' | 'processing' | 'ended';

export interface ScanProgress {
  phase: ScanPhase;
  /** The vendor's own words: `RUNNING`, `FINISHED, PROCESSING`. */
  state: string;
  linksCrawled?: number | undefined;
  /** What it does at this moment, in its own words; for people. */
  note?: string | undefined;
  /** How far the scan is, 0 to 1, where the platform tells. */
  part?: number | undefined;
}

export type Reuse =
  | { kind: 'running' }
  /** A finished scan that is younger than this, or a running one. */
  | { kind: 'finished'; maxAgeMs: number };

export interface PlanContext {
  targetName: string;
  /** Makes the scan's name unique. */
  runId: string;
  /** For names of scans, where a CI tool gives them. */
  branch?: string | undefined;
  build?: string | undefined;
}

/**
 * A client able to start and read scans of one product. One instance for each run. Every method may throw a
 * ScangateError; none repeats a launch. `T` is the target as the configuration has it.
 */
export interface Scanner<T> {
  /** Equal to the folder and to `scanner:` in the configuration. */
  readonly name: string;
  /** Whether it needs an account on the Qualys platform. Where no target does, nobody is asked for credentials. */
  readonly needsPlatform: boolean;
  /** Resolves every name. Reads only. */
  plan(target: T, context: PlanContext, services: ScanServices): Promise<ScanPlan>;
  /** The scan of this plan by its unique name, if the platform has one. */
  find(plan: ScanPlan, services: ScanServices): Promise<ScanHandle | undefined>;
  /** Another scan of the same subject that may serve instead. */
  findReusable(plan: ScanPlan, reuse: Reuse, services: ScanServices): Promise<ScanHandle | undefined>;
  /** Starts the scan. Called at most once for a plan, and only after {@link Scanner.find} found none. */
  launch(plan: ScanPlan, services: ScanServices): Promise<ScanHandle>;
  /** How far these scans are, by scan name; with one call for all of them where the API allows it. */
  progress(handles: readonly ScanHandle[], services: ScanServices): Promise<Map<string, ScanProgress>>;
  /** Stops the scan on the platform. A scan that has ended already is no error. */
  cancel(handle: ScanHandle, services: ScanServices): Promise<void>;
  /** The findings of a scan that has ended, in batches, and what the platform says of the scan as a whole. */
  findings(handle: ScanHandle, services: ScanServices): FindingStream;
  /** Takes back what the plan made for this scan alone, such as a web application for a review environment. */
  cleanUp?(handle: ScanHandle | ScanPlan, services: ScanServices): Promise<void>;
}
