import { describe, expect, it } from 'vitest';
import { readDuration } from '../../src/model/duration.js';
import { showDuration } from '../../src/scan/duration.js';
import { Heartbeat, heartbeatText } from '../../src/scan/heartbeat.js';
import { MINUTE_MS } from './support.js';

describe('heartbeatText', () => {
  it('says state, time, links and what is next', () => {
    expect(heartbeatText({ state: 'RUNNING', elapsedMs: 750_000, linksCrawled: 148, part: 0.4, nextMs: 120_000 })).toBe(
      'RUNNING, 12m 30s elapsed, 148 links crawled, 40%, next look in 2m',
    );
    expect(heartbeatText({ state: 'SUBMITTED', elapsedMs: 0 })).toBe('SUBMITTED, 0s elapsed');
  });
});

describe('Heartbeat', () => {
  it('is due at each change of state and before 5 minutes are over', () => {
    const heartbeat = new Heartbeat();
    expect([
      heartbeat.isDue('shop', 'RUNNING', 0),
      heartbeat.isDue('shop', 'RUNNING', MINUTE_MS),
      heartbeat.isDue('shop', 'FINISHED', 2 * MINUTE_MS),
      heartbeat.isDue('shop', 'FINISHED', 5 * MINUTE_MS),
      heartbeat.isDue('shop', 'FINISHED', 6 * MINUTE_MS),
    ]).toEqual([true, false, true, false, true]);
    expect(heartbeat.nextMs(['shop'], 7 * MINUTE_MS)).toBe(10 * MINUTE_MS);
  });
});

describe('durations', () => {
  it.each([
    [45_000, '45s'],
    [750_000, '12m 30s'],
    [7_500_000, '2h 5m'],
    [3_600_000, '1h'],
  ])('%d ms is %s', (ms, shown) => {
    expect(showDuration(ms)).toBe(shown);
  });

  it('reads what the configuration has', () => {
    expect(['90s', '15m', '2h', '7d', '250ms', '0s', '2', 'x'].map(readDuration)).toEqual([
      90_000,
      900_000,
      7_200_000,
      604_800_000,
      250,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
