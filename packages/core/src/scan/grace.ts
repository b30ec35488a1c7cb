import type { ScanWorld } from './types.js';

/** A signal that is aborted some time after another, or at once after `ms` when that one is aborted already. */
export interface Grace {
  signal: AbortSignal;
  /** Must be called; ends the waiting. */
  end(): void;
}

/** For a call that must not be cut off in the middle, and must not go on for long either. */
export function graceAfter(outer: AbortSignal, ms: number, sleep: ScanWorld['sleep']): Grace {
  const inner = new AbortController();
  const over = new AbortController();
  const begin = (): void => {
    sleep(ms, over.signal).then(
      () => inner.abort(outer.reason),
      () => undefined,
    );
  };
  if (outer.aborted) begin();
  else outer.addEventListener('abort', begin, { once: true });
  return {
    signal: inner.signal,
    end: () => {
      outer.removeEventListener('abort', begin);
      over.abort(new Error('the wait is over'));
    },
  };
}

/** A signal that is aborted after `ms`, whatever else happens. */
export function graceOf(ms: number, sleep: ScanWorld['sleep'], reason: unknown): Grace {
  const inner = new AbortController();
  const over = new AbortController();
  sleep(ms, over.signal).then(
    () => inner.abort(reason),
    () => undefined,
  );
  return { signal: inner.signal, end: () => over.abort(new Error('the wait is over')) };
}
