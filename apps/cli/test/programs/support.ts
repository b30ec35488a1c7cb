import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Verdict } from '@scangate/core/model';
import { BIN, type CliResult, collector, exitName } from '../support/cli.js';

const FAKES = {
  trivy: new URL('./fakes/trivy.cjs', import.meta.url),
  wapiti: new URL('./fakes/wapiti.cjs', import.meta.url),
};
export type FakeName = keyof typeof FAKES;

/** What the fake programs do, by the variables that they know. */
export interface Behaviour {
  /** Text of `--version`. */
  FAKE_VERSION?: string;
  /** What a scan does: see the program. */
  FAKE_MODE?: string;
  /** A file for the number of its process, and of the one that it starts. */
  FAKE_PIDS?: string;
  /** An address to call while it runs. */
  FAKE_CALL?: string;
}

/** Puts these programs into a folder that is the whole PATH of the run. */
export function install(folder: string, ...names: readonly FakeName[]): void {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const name of names) {
    const path = join(bin, name);
    writeFileSync(path, `#!${process.execPath}\n${readFileSync(FAKES[name], 'utf8')}`);
    chmodSync(path, 0o755);
  }
}

const POLICY = `policy:
  rules:
    - { name: nothing high, select: { severity: { atLeast: high } }, max: 0 }
`;

export function writeConfig(folder: string, targets: Record<string, object>): void {
  const lines = Object.entries(targets).map(([name, target]) => `  ${name}: ${JSON.stringify(target)}`);
  writeFileSync(join(folder, 'scangate.yml'), ['version: 1', 'targets:', ...lines, POLICY].join('\n'));
}

export interface GateProcess {
  child: ChildProcess;
  done: Promise<CliResult>;
  stdout(): string;
}

/** The built program with no more than the fake programs in its PATH, and no account anywhere. */
export function startGate(args: readonly string[], cwd: string, behaviour: Behaviour = {}): GateProcess {
  const env = { PATH: join(cwd, 'bin'), HOME: cwd, ...behaviour };
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env, timeout: 60_000, killSignal: 'SIGKILL' });
  const stdout = collector();
  const stderr = collector();
  child.stdout.setEncoding('utf8').on('data', stdout.write);
  child.stderr.setEncoding('utf8').on('data', stderr.write);
  const done = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ exit: exitName(code), stdout: stdout.text(), stderr: stderr.text() }));
  });
  return { child, done, stdout: stdout.text };
}

export const gate = (args: readonly string[], cwd: string, behaviour?: Behaviour): Promise<CliResult> =>
  startGate(args, cwd, behaviour).done;

export const verdictIn = (folder: string): Verdict =>
  JSON.parse(readFileSync(join(folder, 'scangate-out/verdict.json'), 'utf8')) as Verdict;

/** What every verdict over one target is compared with. */
export function outcomeIn(folder: string) {
  const { outcome, exitCode, targets, reasons } = verdictIn(folder);
  const codes = [...new Set(reasons.map(({ code }) => code))];
  return { outcome, exitCode, total: targets[0]?.counts.total, codes };
}

/** A web application that answers everything; it can be switched off. */
export async function withApp<T>(work: (app: { url: string; stop(): void }) => Promise<T>): Promise<T> {
  const server = createServer(({ url }, response) => {
    response.end('<a href="/search?q=x">search</a>');
    if (url === '/stop') stop();
  });
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop });
  } finally {
    stop();
  }
}

export const pidsIn = (path: string): number[] => readFileSync(path, 'utf8').trim().split('\n').map(Number);
