import type { HttpHeaders } from '../http/index.js';

/** What to wait when the platform blocks a call and does not say for how long: one window of the standard service. */
const DEFAULT_RATE_WAIT_MS = 3_600_000;

/** A whole number of seconds, with its milliseconds; undefined for anything else. */
function secondsOf(text: string | undefined): number | undefined {
  const digits = /^\s*(\d{1,9})(?:\.\d+)?\s*$/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits) * 1000;
}

/** `Retry-After` in milliseconds: seconds, or a date compared with the platform's own clock. */
export function retryAfterMs(headers: HttpHeaders): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  const seconds = secondsOf(text);
  if (seconds !== undefined) return seconds;
  const then = Date.parse(text);
  const now = Date.parse(headers.date ?? '');
  return Number.isNaN(then) || Number.isNaN(now) ? undefined : Math.max(0, then - now);
}

/** The first wait above zero: header, body, `Retry-After`. Zero stands in headers of calls that were not blocked. */
export function statedWaitMs(headers: HttpHeaders, secondsToWait?: string): number | undefined {
  const stated = [secondsOf(headers['x-ratelimit-towait-sec']), secondsOf(secondsToWait), retryAfterMs(headers)];
  return stated.find((ms) => ms !== undefined && ms > 0);
}

export const rateWaitMs = (headers: HttpHeaders, secondsToWait?: string): number =>
  statedWaitMs(headers, secondsToWait) ?? DEFAULT_RATE_WAIT_MS;

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined;

export interface LimitHeaders {
  limit?: number;
  remaining?: number;
  windowSeconds?: number;
}

/** What the platform says about the window of an endpoint; only what it does say. */
export function limitHeaders(headers: HttpHeaders): LimitHeaders {
  const limit = numberOf(headers['x-ratelimit-limit']);
  const remaining = numberOf(headers['x-ratelimit-remaining']);
  const windowSeconds = numberOf(headers['x-ratelimit-window-sec']);
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(windowSeconds === undefined ? {} : { windowSeconds }),
  };
}
