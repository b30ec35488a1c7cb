import type { ScanPhase } from '../scanners/scanner.js';

/** No pause is longer: a verdict is late by one pause at most. */
export const MAX_POLL_MS = 300_000;
const FIRST_POLL_MS = 30_000;
const MIN_PROCESSING_POLL_MS = 60_000;
const MIN_DENSE_POLL_MS = 45_000;
const MAX_DENSE_POLL_MS = 120_000;
/** Pauses are shortened by up to this part, so that pipelines that started together part. */
const JITTER = 0.05;
/** Without a history a pause is this part of the age. */
const GROWTH = 1.5;
/** Earlier scans of a target that are looked at. */
const HISTORY = 5;

export interface PollQuestion {
  phase: Exclude<ScanPhase, 'ended'>;
  /** Since the scan was launched. */
  ageMs: number;
  /** Since it was first seen in this phase. */
  phaseAgeMs: number;
  /** As in a plan: how long earlier scans took, newest first. */
  historyMs: readonly number[];
}

/**
 * How long to wait before the scan is asked for again. Pauses grow with its age; where earlier scans tell when it may
 * end, they are long before that and short around it. A scan of 40 minutes costs about 12 questions. `random` is 0 to 1.
 */
export function nextPollMs(question: PollQuestion, random: number): number {
  return Math.round(pauseOf(question) * (1 - JITTER * random));
}

function pauseOf({ phase, ageMs, phaseAgeMs, historyMs }: PollQuestion): number {
  if (phase === 'processing') return between(phaseAgeMs, MIN_PROCESSING_POLL_MS, MAX_POLL_MS);
  const expected = phase === 'running' ? expectedMs(historyMs) : undefined;
  if (expected === undefined || ageMs < FIRST_POLL_MS) return between(ageMs * GROWTH, FIRST_POLL_MS, MAX_POLL_MS);
  const margin = between(expected * 0.05, 60_000, 600_000);
  const dense = between(expected * 0.08, MIN_DENSE_POLL_MS, MAX_DENSE_POLL_MS);
  const ahead = expected - margin - ageMs;
  if (ahead > dense) return Math.min(ahead, MAX_POLL_MS);
  const overdue = ageMs - expected - margin;
  return overdue <= 0 ? dense : between(Math.max(overdue, ageMs / 2), dense, MAX_POLL_MS);
}

/** The middle one of the newest: one scan that was cut short or dragged on does not count. */
function expectedMs(historyMs: readonly number[]): number | undefined {
  const known = historyMs.filter((ms) => Number.isFinite(ms) && ms > 0).slice(0, HISTORY);
  return known.toSorted((a, b) => a - b)[Math.floor(known.length / 2)];
}

const between = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
