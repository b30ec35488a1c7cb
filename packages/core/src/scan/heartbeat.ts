import { showDuration } from './duration.js';

/** CircleCI ends a step that was silent for 10 minutes; half of it is promised, and this leaves room for a slow call. */
const SILENCE_MS = 240_000;

export interface ScanFacts {
  /** The vendor's words. */
  state: string;
  elapsedMs: number;
  linksCrawled?: number | undefined;
  /** How far the scan is, 0 to 1. */
  part?: number | undefined;
  /** What it does at this moment, in its own words. */
  note?: string | undefined;
  /** Until it is asked for again. */
  nextMs?: number | undefined;
}

/** `RUNNING, 12m 30s elapsed, 148 links crawled, 40%, next look in 2m`. */
export function heartbeatText({ state, elapsedMs, linksCrawled, part, note, nextMs }: ScanFacts): string {
  // A platform with two states often has the same word in both.
  const words = [...new Set(state.split(', '))].join(', ');
  const parts = [`${words}, ${showDuration(elapsedMs)} elapsed`];
  if (linksCrawled !== undefined) parts.push(`${linksCrawled} link${linksCrawled === 1 ? '' : 's'} crawled`);
  if (part !== undefined) parts.push(`${Math.round(part * 100)}%`);
  if (note !== undefined) parts.push(`now: ${note}`);
  if (nextMs !== undefined) parts.push(`next look in ${showDuration(nextMs)}`);
  return parts.join(', ');
}

/** Decides when a line is due: at each change, and before the silence grows too long. */
export class Heartbeat {
  private readonly last = new Map<string, { state: string; atMs: number }>();

  /** Whether to print; remembers that it was. */
  isDue(target: string, state: string, nowMs: number): boolean {
    const last = this.last.get(target);
    if (last?.state === state && nowMs - last.atMs < SILENCE_MS) return false;
    this.last.set(target, { state, atMs: nowMs });
    return true;
  }

  /** When the next line of any of these targets is due, if nothing changes. */
  nextMs(targets: Iterable<string>, nowMs: number): number {
    let next = nowMs + SILENCE_MS;
    for (const target of targets) next = Math.min(next, (this.last.get(target)?.atMs ?? nowMs) + SILENCE_MS);
    return next;
  }
}
