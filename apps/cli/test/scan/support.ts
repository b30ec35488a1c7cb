import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Verdict } from '@scangate/core/model';
import { BIN, type CliResult, collector, exitName, SIMULATOR } from '../support/cli.js';

const FAST_CLOCK = fileURLToPath(new URL('./fast-clock.mjs', import.meta.url));

/** Simulated seconds in a second, for the simulator and for the program alike. */
const SPEED = 1_200;

export interface SimulatorState {
  scans: { id: number; name: string; status: string; unfinished: boolean; launchedHere: boolean }[];
  running: number[];
  launches: { name: string; scanId: number }[];
  launchesByName: Record<string, number>;
  calls: Record<string, number>;
  callsTotal: number;
  webApps: { id: number; name: string }[];
}

export interface SimulatorChoice {
  faults?: readonly string[];
  seed?: string;
  speed?: number;
  tls?: boolean;
}

type Said = Record<'api' | 'gateway' | 'portal' | 'username' | 'password' | 'clientId' | 'clientSecret', string> & {
  caFile?: string;
};

/** The simulator as a process of its own, and how to reach it. */
export class Simulator {
  private constructor(
    private readonly child: ChildProcess,
    readonly said: Said,
    private readonly speed: number,
    private readonly anchorMs: number,
  ) {}

  static async start(options: SimulatorChoice = {}): Promise<Simulator> {
    const { faults = [], seed = 'demo', speed = SPEED, tls = false } = options;
    const anchorMs = Date.now();
    const args = ['--port', '0', '--seed', seed, '--speed', String(speed), '--exit-with-parent'];
    args.push('--start', new Date(anchorMs).toISOString(), ...faults.flatMap((fault) => ['--fault', fault]));
    if (tls) args.push('--tls');
    const child = spawn(process.execPath, [SIMULATOR, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('close', (code) => reject(new Error(`the simulator ended with ${code}`)));
    });
    return new Simulator(child, JSON.parse(line), speed, anchorMs);
  }

  /** Variables for a pipeline that has a user name and password. */
  get env(): Record<string, string> {
    return {
      ...this.addresses,
      SCANGATE_QUALYS_USERNAME: this.said.username,
      SCANGATE_QUALYS_PASSWORD: this.said.password,
    };
  }

  /** Variables for a pipeline that signs in as an OAuth client. */
  get clientEnv(): Record<string, string> {
    return {
      ...this.addresses,
      SCANGATE_QUALYS_CLIENT_ID: this.said.clientId,
      SCANGATE_QUALYS_CLIENT_SECRET: this.said.clientSecret,
    };
  }

  get clock(): Record<string, string> {
    return { TEST_CLOCK_SPEED: String(this.speed), TEST_CLOCK_ANCHOR: String(this.anchorMs) };
  }

  private get addresses(): Record<string, string> {
    return {
      SCANGATE_QUALYS_API_URL: this.said.api,
      SCANGATE_QUALYS_GATEWAY_URL: this.said.gateway,
      SCANGATE_QUALYS_PORTAL_URL: this.said.portal,
    };
  }

  async state(): Promise<SimulatorState> {
    const answer = await fetch(`${this.said.api}/__simulator/state`);
    return (await answer.json()) as SimulatorState;
  }

  stop(): void {
    this.child.kill();
  }
}

export async function withSimulator<T>(
  options: SimulatorChoice,
  work: (simulator: Simulator) => Promise<T>,
): Promise<T> {
  const simulator = await Simulator.start(options);
  try {
    return await work(simulator);
  } finally {
    simulator.stop();
  }
}

export interface FastProcess {
  child: ChildProcess;
  done: Promise<CliResult & { ms: number }>;
  stdout(): string;
  /** Resolves when standard output holds this text. */
  says(text: string): Promise<void>;
}

/** The built program as a process, with the simulator's clock. */
export function startFast(
  simulator: Simulator,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = simulator.env,
): FastProcess {
  const begun = Date.now();
  const child = spawn(process.execPath, ['--import', FAST_CLOCK, BIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env, ...simulator.clock },
    timeout: 60_000,
  });
  const stdout = collector();
  const stderr = collector();
  const waiting: { text: string; resolve(): void }[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout.write(text);
    for (const one of waiting) if (stdout.text().includes(one.text)) one.resolve();
  });
  child.stderr.setEncoding('utf8').on('data', stderr.write);
  const done = new Promise<CliResult & { ms: number }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ exit: exitName(code), stdout: stdout.text(), stderr: stderr.text(), ms: Date.now() - begun }),
    );
  });
  const says = (text: string): Promise<void> =>
    Promise.race([
      new Promise<void>((resolve) => {
        if (stdout.text().includes(text)) resolve();
        else waiting.push({ text, resolve });
      }),
      done.then(({ stdout, stderr }) => {
        throw new Error(`ended without saying "${text}":\n${stdout}\n${stderr}`);
      }),
    ]);
  return { child, done, stdout: stdout.text, says };
}

export const runFast = (
  simulator: Simulator,
  args: readonly string[],
  cwd: string,
  env?: Record<string, string>,
): Promise<CliResult & { ms: number }> => startFast(simulator, args, cwd, env).done;

export const NOTHING_CRITICAL =
  'rules: [{ name: nothing critical, select: { severity: { atLeast: critical } }, max: 0 }]';

/** Writes scangate.yml with these targets, each a flow mapping as in the manual. */
export function writeConfig(folder: string, targets: Record<string, string>, policy = NOTHING_CRITICAL): void {
  const lines = Object.entries(targets).map(([name, settings]) => `  ${name}: ${settings}`);
  writeFileSync(
    join(folder, 'scangate.yml'),
    `version: 1\ntargets:\n${lines.join('\n')}\npolicy:\n  ${policy.replaceAll('\n', '\n  ')}\n`,
  );
}

export const SHOP = '{ scanner: qualys-was, webApp: "Shop (staging)" }';
export const HANDBOOK = '{ scanner: qualys-was, webApp: Handbook }';

const REPORTS = [
  'verdict.json',
  'findings.ndjson',
  'junit.xml',
  'scangate.sarif',
  'summary.md',
  'report/index.html',
  'report/report.css',
];

export const missingReports = (folder: string): string[] =>
  REPORTS.filter((name) => !existsSync(join(folder, 'scangate-out', name)));

export const verdictIn = (folder: string): Verdict =>
  JSON.parse(readFileSync(join(folder, 'scangate-out/verdict.json'), 'utf8')) as Verdict;

/** What two runs must agree on: everything but times and the names of scans. */
export const judgedIn = (folder: string): unknown => {
  const { outcome, exitCode, rules, targets, reasons } = verdictIn(folder);
  const fingerprints = readFileSync(join(folder, 'scangate-out/findings.ndjson'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { fingerprint: string }).fingerprint)
    .sort();
  const counts = targets.map(({ name, state, counts }) => ({ name, state, counts }));
  return { outcome, exitCode, rules, counts, reasons: reasons.map(({ code, rule }) => ({ code, rule })), fingerprints };
};

/** Every file under a folder with its text. */
export function textsUnder(folder: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (statSync(path).isFile()) texts.set(name, readFileSync(path, 'utf8'));
  }
  return texts;
}
