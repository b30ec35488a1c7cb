import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScangateError } from '@scangate/core';
import { createHttpClient, type HttpClient } from '@scangate/core/http';
import type { ProgramSpec, ProgramState } from '@scangate/core/scanners';
import type { Context } from '../../src/context.js';
import { createDisk } from '../../src/disk.js';
import { createMachine, type MachineParts, type OpenMachine } from '../../src/machine/index.js';
import { sleep } from '../../src/sleep.js';

const CERTIFICATES = new URL('../../../simulator/certs/', import.meta.url);
export const certificate = (name: string): string => readFileSync(new URL(name, CERTIFICATES), 'utf8');

export interface MachineSketch {
  env?: Record<string, string>;
  http?: Partial<Parameters<typeof createHttpClient>[0]>;
  parts?: Partial<MachineParts>;
}

export interface MachineOfTest {
  machine: OpenMachine;
  http: HttpClient;
  log: string[];
}

/** The machine that a run in this folder has. */
export function machineIn(folder: string, { env, http: network, parts }: MachineSketch = {}): MachineOfTest {
  const given = env ?? { PATH: process.env.PATH ?? '' };
  const http = createHttpClient({ now: Date.now, sleep, env: given, caTexts: [certificate('ca.pem')], ...network });
  const log: string[] = [];
  const context = {
    env: given,
    disk: createDisk(folder, (async function* () {})()),
    now: () => new Date(),
    sleep,
    newId: () => String(Math.random()).slice(2, 10),
  } as unknown as Context;
  const machine = createMachine(context, {
    http,
    state: '.scangate',
    cache: '.cache',
    signal: new AbortController().signal,
    redact: (text) => text.replaceAll('correct-horse-battery', '[redacted]'),
    log: (line) => log.push(line),
    ...parts,
  });
  return { machine, http, log };
}

/** A script for node, as the program of the test. */
export function script(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

export const node = (text: string, more: Partial<ProgramSpec> = {}): ProgramSpec => ({
  command: process.execPath,
  args: ['-e', text],
  timeoutMs: 30_000,
  ...more,
});

export async function until<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await sleep(25);
  }
  throw new Error('it never came');
}

export const ended = (machine: OpenMachine, scanName: string) =>
  until(async () => {
    const state: ProgramState = await machine.state(scanName);
    return state.kind === 'ended' && state.end;
  });

export const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // One that waits to be fetched by its parent is gone.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

export async function errorOf(work: Promise<unknown> | (() => Promise<unknown>)): Promise<unknown> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof ScangateError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it went well');
}

export async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

/** Every file below a folder, by path. */
export const treeOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
