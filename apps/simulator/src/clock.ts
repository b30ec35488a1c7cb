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

/** `2026-11-02T09:15:00Z`: the platform's dates carry no fraction. */
export function isoSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
