import type { Clock } from './clock.js';

/** How many calls a subscription may make, for each endpoint (A.3 of the API facts). */
export interface ServiceLevel {
  readonly concurrency: number;
  readonly calls: number;
  readonly windowSeconds: number;
}

export const SERVICE_LEVELS = {
  express: { concurrency: 1, calls: 50, windowSeconds: 86_400 },
  standard: { concurrency: 2, calls: 300, windowSeconds: 3600 },
  enterprise: { concurrency: 5, calls: 750, windowSeconds: 3600 },
  premium: { concurrency: 10, calls: 2000, windowSeconds: 3600 },
} as const satisfies Record<string, ServiceLevel>;

export interface Usage {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly concurrency: number;
  /** Calls in flight beside this one: single calls were recorded with 0. */
  readonly running: number;
  /** Absent on calls that the concurrency limit blocked. */
  readonly remaining?: number;
  /** Real seconds, for a client that waits by its own clock. */
  readonly waitSeconds: number;
}

export type Admission =
  | { readonly kind: 'admitted'; readonly usage: Usage; leave(): void }
  | { readonly kind: 'concurrency' | 'rate'; readonly usage: Usage };

export interface Limits {
  enter(endpoint: string): Admission;
  /** The usage that a blocked call of this endpoint reports. */
  blocked(endpoint: string, waitSeconds: number): Usage;
}

export function createLimits(clock: Clock, level: ServiceLevel): Limits {
  const calls = new Map<string, number[]>();
  const running = new Map<string, number>();
  const base = { limit: level.calls, windowSeconds: level.windowSeconds, concurrency: level.concurrency };
  const recent = (endpoint: string): number[] => {
    const from = clock.now() - level.windowSeconds * 1000;
    const kept = (calls.get(endpoint) ?? []).filter((time) => time > from);
    calls.set(endpoint, kept);
    return kept;
  };
  return {
    blocked: (endpoint, waitSeconds) => ({ ...base, running: running.get(endpoint) ?? 0, waitSeconds }),
    enter: (endpoint) => {
      const others = running.get(endpoint) ?? 0;
      const usage = { ...base, running: others, waitSeconds: 0 };
      // Concurrency is looked at first and wins.
      if (others >= level.concurrency) return { kind: 'concurrency', usage };
      const times = recent(endpoint);
      const [oldest] = times;
      if (times.length >= level.calls && oldest !== undefined) {
        const left = level.windowSeconds - (clock.now() - oldest) / 1000;
        return { kind: 'rate', usage: { ...usage, remaining: 0, waitSeconds: Math.max(1, clock.wallSeconds(left)) } };
      }
      times.push(clock.now());
      running.set(endpoint, others + 1);
      return {
        kind: 'admitted',
        usage: { ...usage, remaining: level.calls - times.length },
        leave: () => running.set(endpoint, (running.get(endpoint) ?? 1) - 1),
      };
    },
  };
}

/** The six headers that the platform sends with counted calls, also with successes. */
export function limitHeaders(usage: Usage): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(usage.limit),
    'X-RateLimit-Window-Sec': String(usage.windowSeconds),
    'X-Concurrency-Limit-Limit': String(usage.concurrency),
    'X-Concurrency-Limit-Running': String(usage.running),
    'X-RateLimit-ToWait-Sec': String(usage.waitSeconds),
    ...(usage.remaining === undefined ? {} : { 'X-RateLimit-Remaining': String(usage.remaining) }),
  };
}
