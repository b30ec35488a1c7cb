/** Time of the simulated platform: runs `speed` times as fast as the wall, and can be pushed forward. */
export interface Clock {
  readonly speed: number;
  now(): number;
  advance(seconds: number): void;
  /** Real seconds until this many simulated ones have passed: what a waiting client has to be told. */
  wallSeconds(simulatedSeconds: number): number;
}

export function createClock(options: {
  readonly speed: number;
  readonly start: number;
  readonly wall?: () => number;
}): Clock {
  const wall = options.wall ?? Date.now;
  const begun = wall();
  let pushed = 0;
  return {
    speed: options.speed,
    now: () => Math.floor(options.start + pushed + (wall() - begun) * options.speed),
    advance: (seconds) => {
      pushed += seconds * 1000;
    },
    wallSeconds: (simulatedSeconds) => Math.ceil(simulatedSeconds / options.speed),
  };
}

const MOST_REMEMBERED = 1000;
const remembered = new Map<number, string>();

/**
 * `2026-11-02T09:15:00Z`: the platform's dates carry no fraction.
 *
 * The dates of a big page are few, so they are remembered: writing them is a good part of writing the page.
 */
export function isoSeconds(milliseconds: number): string {
  const known = remembered.get(milliseconds);
  if (known !== undefined) return known;
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  const text = `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
  remembered.set(milliseconds, text);
  return text;
}
