/** Reads `--seed demo,key=value,...` into the subscription it stands for. */
import { SERVICE_LEVELS } from './limits.js';
import type { Seed } from './model.js';
import { type DemoOptions, demoSeed } from './seed/demo.js';

export class UnknownSeed extends Error {}

const KEYS = 'findings, minutes, busy, service, password, account, agents';

function whole(key: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most) {
    throw new UnknownSeed(`Seed: ${key} is a whole number from ${least} to ${most}.`);
  }
  return number;
}

function oneOf<T extends string>(key: string, value: string, values: readonly T[]): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new UnknownSeed(`Seed: ${key} is one of ${values.join(', ')}.`);
  return found;
}

function serviceNames(): readonly (keyof typeof SERVICE_LEVELS)[] {
  return Object.keys(SERVICE_LEVELS) as (keyof typeof SERVICE_LEVELS)[];
}

function readOption(key: string, value: string): Partial<DemoOptions> {
  switch (key) {
    case 'findings':
      return { bigFindings: whole(key, value, 1, 900_000) };
    case 'minutes':
      return { scanMinutes: whole(key, value, 1, 24 * 60) };
    case 'busy':
      return { whenBusy: oneOf(key, value, ['refuse', 'queue']) };
    case 'service':
      return { service: SERVICE_LEVELS[oneOf(key, value, serviceNames())] };
    case 'password':
      return { password: oneOf(key, value, ['ascii', 'unicode']) };
    case 'account':
      return { account: oneOf(key, value, ['active', 'expired', 'inactive']) };
    case 'agents':
      return { agents: oneOf(key, value, ['on', 'off']) === 'on' };
    default:
      throw new UnknownSeed(`Seed: unknown key ${key}. Known keys: ${KEYS}.`);
  }
}

/** Throws UnknownSeed. `start` is the simulated time at which the subscription begins to be looked at. */
export function readSeed(text: string, start: number): Seed {
  const [name = '', ...pairs] = text.split(',');
  if (name !== 'demo') throw new UnknownSeed(`Unknown seed ${name}. Known seeds: demo.`);
  const options: Partial<DemoOptions>[] = pairs.map((pair) => {
    const [key = '', ...value] = pair.split('=');
    return readOption(key, value.join('='));
  });
  return demoSeed(start, Object.assign({}, ...options));
}
