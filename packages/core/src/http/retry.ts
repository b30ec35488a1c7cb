import { ConstantBackoff, ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { Sleep } from './types.js';

export interface RetryServices {
  sleep: Sleep;
  random: () => number;
}

export interface RetryOptions {
  /** Tries after the first. */
  retries: number;
  initialDelayMs: number;
  maxDelayMs: number;
  /** Whether the same may succeed a moment later. */
  isPassing: (error: unknown) => boolean;
}

/** Runs `work` again after faults that pass. `attempt` counts from 1. For work that may be done twice only. */
export type Retry = <T>(work: (attempt: number) => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Pauses double from try to try; half of each is left to chance, so that pipelines that failed together part. */
export function createRetry({ sleep, random }: RetryServices, options: RetryOptions): Retry {
  const { retries, initialDelayMs: initialDelay, maxDelayMs: maxDelay, isPassing } = options;
  const backoff = new ExponentialBackoff<number>({
    initialDelay,
    maxDelay,
    generator: (step = 0, { exponent }) => {
      const whole = Math.min(maxDelay, initialDelay * exponent ** step);
      return [whole * (0.5 + random() / 2), step + 1];
    },
  });
  return async (work, signal) => {
    // The library's own pause cannot be ended by a signal, so it is none, and ours stands before each further try.
    const policy = retry(handleWhen(isPassing), { maxAttempts: retries, backoff: new ConstantBackoff(0) });
    let pause = backoff.next();
    return await policy.execute(async ({ attempt }) => {
      if (attempt > 0) {
        await sleep(pause.duration, signal);
        pause = pause.next(undefined);
      }
      return await work(attempt + 1);
    }, signal);
  };
}
