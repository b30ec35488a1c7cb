import { setTimeout as wait } from 'node:timers/promises';

/** The longest that a timer can be set to; longer waits take several. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Rejects with the reason of the signal when it is aborted. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    for (let left = ms; left > 0; left -= MAX_TIMER_MS) {
      await wait(Math.min(left, MAX_TIMER_MS), undefined, signal === undefined ? {} : { signal });
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
