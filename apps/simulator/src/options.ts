/** The command line. */
import { parseArgs } from 'node:util';
import { FAULTS, parseFault } from './faults.js';
import { readSeed } from './seed.js';
import type { SimulatorOptions } from './server.js';

export class UsageError extends Error {}

export interface CommandLine {
  readonly help: boolean;
  readonly exitWithParent: boolean;
  readonly simulator: SimulatorOptions;
}

const DEFAULT_SPEED = 60;

export const HELP = `Usage: qualys-simulator [--port N] [--host ADDRESS] [--seed demo[,KEY=VALUE]...] [--tls]
                        [--speed N] [--start DATE] [--fault NAME[=...]]... [--exit-with-parent]

An imitation of the Qualys platform's API for tests, on loopback only. The first line it prints is one JSON object:
api, gateway, portal, username, password, clientId, clientSecret, and caFile with --tls.

  --port N             port of the API host; gateway and portal take the next two. 0 (default): free ports
  --host ADDRESS       127.0.0.1 (default), ::1 or localhost
  --seed demo          the subscription. Keys: findings=N (of the big application), minutes=N (of every scan),
                       busy=refuse|queue, service=express|standard|enterprise|premium, password=ascii|unicode,
                       account=active|expired|inactive, agents=on|off
  --tls                HTTPS with the test certificate of this package
  --speed N            simulated seconds in one real second (default ${DEFAULT_SPEED})
  --start DATE         simulated time at the beginning (default: now)
  --fault NAME[=...]   what goes wrong; repeatable. NAME=3 strikes three times, NAME=key:value,... sets more
  --exit-with-parent   end when standard input closes

Tests look inside with GET /__simulator/state, POST /__simulator/advance?seconds=N and POST /__simulator/faults.

Faults:
${Object.entries(FAULTS)
  .map(([name, { about }]) => `  ${name.padEnd(20)} ${about}`)
  .join('\n')}
`;

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      seed: { type: 'string', default: 'demo' },
      tls: { type: 'boolean', default: false },
      speed: { type: 'string', default: String(DEFAULT_SPEED) },
      start: { type: 'string' },
      fault: { type: 'string', multiple: true, default: [] },
      'exit-with-parent': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;
}

function numberOption(name: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < least || number > most) {
    throw new UsageError(`--${name} is a number from ${least} to ${most}, not ${value}.`);
  }
  return number;
}

function startOption(value: string | undefined, now: number): number {
  const time = value === undefined ? now : Date.parse(value);
  if (Number.isNaN(time)) throw new UsageError(`--start is a date such as 2026-11-02T09:00:00Z, not ${value}.`);
  return Math.floor(time / 1000) * 1000;
}

/** Throws UsageError, UnknownFault or UnknownSeed: nothing unknown is passed over. */
export function readCommandLine(args: readonly string[], now: number): CommandLine {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  for (const fault of values.fault) parseFault(fault);
  const start = startOption(values.start, now);
  readSeed(values.seed, start);
  const port = numberOption('port', values.port, 0, 65_533);
  if (!Number.isInteger(port)) throw new UsageError(`--port is a whole number, not ${values.port}.`);
  return {
    help: values.help,
    exitWithParent: values['exit-with-parent'],
    simulator: {
      port,
      host: values.host,
      tls: values.tls,
      speed: numberOption('speed', values.speed, 0.001, 1_000_000),
      faults: values.fault,
      seed: (time) => readSeed(values.seed, time),
      start,
    },
  };
}
