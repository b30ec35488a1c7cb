/** A `qualys-agent` target as the configuration has it, validated there: one of the first four is given. */
export interface AgentTarget {
  scanner: 'qualys-agent';
  host?: string | undefined;
  ip?: string | undefined;
  instanceId?: string | undefined;
  agentId?: string | undefined;
  /** Longest time since the agent's last scan, such as `24h`. Default 24 hours. */
  maxAge?: string | undefined;
  requireAgent?: boolean | undefined;
  onDemand?: boolean | 'vulnerability' | undefined;
  overrideCpuLimit?: boolean | undefined;
}

/** How a machine is looked for. */
export type SearchKey = 'host' | 'ip' | 'instanceId' | 'agentId';

export interface Sought {
  by: SearchKey;
  value: string;
}

const KEYS: readonly SearchKey[] = ['host', 'ip', 'instanceId', 'agentId'];

/** What the target looks for. The configuration has made sure that there is one. */
export function soughtBy(target: AgentTarget): Sought {
  for (const by of KEYS) {
    const value = target[by];
    if (value !== undefined) return { by, value };
  }
  throw new Error('an agent target without a machine');
}

const WORDS: Readonly<Record<SearchKey, string>> = {
  host: 'host',
  ip: 'address',
  instanceId: 'instance',
  agentId: 'agent',
};

/** For people: `host build-17.example`. */
export const soughtWords = ({ by, value }: Sought): string => `${WORDS[by]} ${value}`;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const DEFAULT_MAX_AGE_MS = 24 * 3_600_000;

/** `24h` in milliseconds. */
export function maxAgeOf({ maxAge }: AgentTarget): number {
  const [, digits, unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(maxAge ?? '') ?? [];
  return digits === undefined ? DEFAULT_MAX_AGE_MS : Number(digits) * (UNIT_MS[unit] ?? 1);
}
