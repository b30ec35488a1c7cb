import { ScangateError } from '../errors.js';
import type { QualysError } from './errors.js';
import type { CallOptions, QualysServices } from './types.js';

/** Longest time that a call without a deadline waits for the limits of the platform. */
const DEFAULT_MAX_WAIT_MS = 10 * 60_000;

/** First and longest pause when the platform does not say how long calls that run at the same time will take. */
const FIRST_PAUSE_MS = 3_000;
const LONGEST_PAUSE_MS = 60_000;

/** A platform that blocks again and again right after the wait that it named is not obeyed forever. */
const MAX_WAITS = 20;

/** The waits of one call for limits of the platform, within its deadline. */
export class LimitWaits {
  private waits = 0;
  private readonly deadlineMs: number;

  constructor(
    private readonly services: Pick<QualysServices, 'now' | 'sleep' | 'random' | 'maxLimitWaitMs'>,
    private readonly call: CallOptions,
  ) {
    this.deadlineMs = call.deadlineMs ?? services.now() + (services.maxLimitWaitMs ?? DEFAULT_MAX_WAIT_MS);
  }

  /**
   * Waits as long as the platform says. Throws `SCANGATE_QUALYS_LIMITED` at once when that is beyond the deadline:
   * an agent of the pipeline is not kept for nothing.
   */
  async wait(fault: QualysError): Promise<void> {
    const { now, sleep, random } = this.services;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.waits);
    // A little more, different each time, so that pipelines that were blocked together do not come back together.
    const ms = Math.ceil(fault.waitMs === undefined ? pause * (0.5 + random() / 2) : fault.waitMs + random() * 1_000);
    const left = this.deadlineMs - now();
    if (ms > left || this.waits >= MAX_WAITS) {
      const why =
        this.waits >= MAX_WAITS
          ? `it still blocks after ${MAX_WAITS} waits`
          : `it asks to wait ${inWords(fault.waitMs ?? ms)}, and ${inWords(Math.max(0, left))} are left`;
      const code = fault.kind === 'pending' ? 'SCANGATE_QUALYS_UNAVAILABLE' : 'SCANGATE_QUALYS_LIMITED';
      throw new ScangateError(code, `${fault.message}; ${why}`, { cause: fault });
    }
    this.waits++;
    await sleep(ms, this.call.signal);
  }
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
