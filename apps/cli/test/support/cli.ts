import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES, type ExitName } from '@scangate/core/exit-code';
import { createInterruption } from '../../src/interruption.js';
import { startProgram } from '../../src/program.js';
import { runCli } from '../../src/run.js';
import { sleep } from '../../src/sleep.js';

export const BIN = fileURLToPath(new URL('../../bin/scangate.mjs', import.meta.url));
const DEMO = fileURLToPath(new URL('../../../../demo', import.meta.url));

export const SIMULATOR = fileURLToPath(new URL('../../../simulator/bin/qualys-simulator.mjs', import.meta.url));

export interface CliResult {
  /** The exit by its name, so that a failing test reads as a sentence. */
  exit: ExitName | number;
  stdout: string;
  stderr: string;
}

export const exitName = (code: number | null): ExitName | number =>
  (Object.entries(EXIT_CODES).find(([, value]) => value === code)?.[0] as ExitName | undefined) ?? code ?? -1;

async function* bytes(text: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof text === 'string' ? Buffer.from(text) : text;
}

export function collector(): { write(text: string): void; text(): string } {
  const parts: string[] = [];
  return {
    write: (text) => {
      parts.push(text);
    },
    text: () => parts.join(''),
  };
}

/** Runs a command line in this process, on the real disk. */
export async function runHere(
  args: readonly string[],
  cwd: string,
  options: { env?: Record<string, string>; stdin?: string | Uint8Array; now?: Date } = {},
): Promise<CliResult> {
  const stdout = collector();
  const stderr = collector();
  const code = await runCli(args, {
    env: options.env ?? {},
    stdin: bytes(options.stdin ?? ''),
    stdout,
    stderr,
    cwd,
    now: () => options.now ?? new Date('2026-11-01T00:00:00Z'),
    sleep,
    random: () => 0.5,
    newId: () => 'test',
    interruption: createInterruption({ on: () => undefined, exit: () => undefined }),
    demoFolder: DEMO,
    simulatorProgram: () => SIMULATOR,
    startProgram,
  });
  return { exit: exitName(code), stdout: stdout.text(), stderr: stderr.text() };
}

/**
 * Runs the built program as a user who owns nothing here, where the tests run as root; otherwise as the user who runs
 * them. From a copy, since the folder of the project may be closed to others.
 */
export async function runAsNobody(args: readonly string[], cwd: string): Promise<CliResult> {
  const app = join(cwd, 'app');
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(fileURLToPath(new URL(`../../${part}`, import.meta.url)), join(app, part), { recursive: true });
  }
  chmodSync(cwd, 0o777);
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const bin = join(app, 'bin/scangate.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd, encoding: 'utf8', ...user });
  return { exit: exitName(status), stdout, stderr };
}

/** Runs the built program as a pipeline would: a process of its own. */
export function runProcess(
  args: readonly string[],
  cwd: string,
  options: { env?: Record<string, string>; stdin?: string } = {},
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd,
      env: { PATH: process.env.PATH ?? '', ...options.env },
      timeout: 60_000,
    });
    const stdout = collector();
    const stderr = collector();
    child.stdout.setEncoding('utf8').on('data', stdout.write);
    child.stderr.setEncoding('utf8').on('data', stderr.write);
    child.on('error', reject);
    child.on('close', (code) => resolve({ exit: exitName(code), stdout: stdout.text(), stderr: stderr.text() }));
    child.stdin.end(options.stdin ?? '');
  });
}

/** A folder that is gone after the work. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'scangate-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
