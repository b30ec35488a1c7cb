import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_POLL_MS, nextPollMs } from '../../src/scan/poll-plan.js';
import { MINUTE_MS } from './support.js';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** Asks until the results are ready; the instants of the questions, from the launch. */
function pollsOf(times: { runMs: number; historyMs: number[]; random: () => number }): number[] {
  const queueMs = 30_000;
  const resultsMs = 90_000;
  const readyMs = queueMs + times.runMs + resultsMs;
  const polls: number[] = [];
  let phase: 'queued' | 'running' | 'processing' = 'queued';
  let phaseSinceMs = 0;
  for (let ageMs = 0; ageMs < readyMs; ) {
    ageMs += nextPollMs({ phase, ageMs, phaseAgeMs: ageMs - phaseSinceMs, historyMs: times.historyMs }, times.random());
    polls.push(ageMs);
    const seen = ageMs < queueMs ? 'queued' : ageMs < queueMs + times.runMs ? 'running' : 'processing';
    if (seen !== phase) phaseSinceMs = ageMs;
    phase = seen;
  }
  return polls;
}

describe('nextPollMs', () => {
  it('never waits for more than 5 minutes, and never hurries', () => {
    const ms = fc.integer({ min: 0, max: 48 * 60 * MINUTE_MS });
    fc.assert(
      fc.property(
        fc.constantFrom('queued', 'running', 'processing'),
        ms,
        ms,
        fc.array(ms, { maxLength: 8 }),
        random,
        (phase, ageMs, phaseAgeMs, historyMs, chance) => {
          const pause = nextPollMs({ phase, ageMs, phaseAgeMs, historyMs }, chance);
          expect(pause).toBeGreaterThanOrEqual(28_000);
          expect(pause).toBeLessThanOrEqual(MAX_POLL_MS);
        },
      ),
    );
  });

  it.each([
    ['no history', [], 13],
    ['one that is right', [38, 40, 42, 44, 46], 13],
    ['one that is far off', Array.from({ length: 120 }, (_, index) => index + 1), 16],
  ])('asks about a scan of 40 minutes often enough and no more, with %s', (_, histories, most) => {
    const history = fc.constantFrom(...(histories.length === 0 ? [undefined] : histories));
    fc.assert(
      fc.property(history, fc.infiniteStream(random), (minutes, chances) => {
        const historyMs = minutes === undefined ? [] : [minutes * MINUTE_MS];
        const chance = (): number => chances.next().value as number;
        const polls = pollsOf({ runMs: 40 * MINUTE_MS, historyMs, random: chance });
        expect(polls.length).toBeLessThanOrEqual(most);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is late by one pause of at most 2 minutes where the history is right', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 600 }), random, (count, chance) => {
        const runMs = count * MINUTE_MS;
        const readyMs = 30_000 + runMs + 90_000;
        const last = pollsOf({ runMs, historyMs: [readyMs, readyMs, readyMs], random: () => chance }).at(-1) ?? 0;
        expect(last - readyMs).toBeLessThanOrEqual(2 * MINUTE_MS);
      }),
    );
  });

  it('is quick at first without a history', () => {
    const polls = pollsOf({ runMs: 5 * MINUTE_MS, historyMs: [], random: () => 0 });
    expect(polls.map((ms) => ms / 1000)).toEqual([30, 75, 187.5, 468.75]);
  });
});
