import { expect, it } from 'vitest';
import { createRetry } from '../../src/http/index.js';
import { errorOf } from '../support/local-server.js';

function setUp(random = 1) {
  const pauses: number[] = [];
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    pauses.push(ms);
  };
  const isPassing = (error: unknown): boolean => (error as Error).message === 'passing';
  const options = { retries: 4, initialDelayMs: 100, maxDelayMs: 500, isPassing };
  return { pauses, retry: createRetry({ sleep, random: () => random }, options) };
}

it('gives the first result, with the number of the try', async () => {
  const { retry, pauses } = setUp();
  expect(await retry(async (attempt) => attempt)).toBe(1);
  expect(pauses).toEqual([]);
});

it.each([
  [1, [100, 200, 400, 500]],
  [0, [50, 100, 200, 250]],
])('pauses double up to the longest one, and chance %d takes up to half of each', async (random, expected) => {
  const { retry, pauses } = setUp(random);
  let tries = 0;
  const error = await errorOf(
    retry(async () => {
      tries++;
      throw new Error('passing');
    }),
  );
  expect(error.message).toBe('passing');
  expect(tries).toBe(5);
  expect(pauses).toEqual(expected);
});

it('ends with the first success', async () => {
  const { retry } = setUp();
  const work = async (attempt: number): Promise<number> => {
    if (attempt < 3) throw new Error('passing');
    return attempt;
  };
  expect(await retry(work)).toBe(3);
});

it('does not repeat what will not pass', async () => {
  const { retry, pauses } = setUp();
  expect((await errorOf(retry(() => Promise.reject(new Error('lasting'))))).message).toBe('lasting');
  expect(pauses).toEqual([]);
});

it('a signal ends the pause', async () => {
  const stop = new AbortController();
  const { retry } = setUp();
  const work = retry(async () => {
    stop.abort(new Error('stopped'));
    throw new Error('passing');
  }, stop.signal);
  expect(['stopped', 'passing']).toContain((await errorOf(work)).message);
});
