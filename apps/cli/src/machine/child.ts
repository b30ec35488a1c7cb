import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ScangateError } from '@scangate/core';
import type { ProgramEnd, ProgramSpec } from '@scangate/core/scanners';
import { reasonOf } from '../disk.js';
import { signalGroup } from './identity.js';
import { Tail } from './tail.js';

/** Between being asked to end and being ended. */
const GRACE_MS = 5_000;
/** What a program left behind may hold its output open. */
const DRAIN_MS = 2_000;

export interface ChildWorld {
  cwd: string;
  /** Of the run, without the gate's own variables. */
  env: Readonly<Record<string, string>>;
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  redact(text: string): string;
}

const living = new Set<Child>();

/** A second signal ends this process at once, and would leave them running. */
function killAll(): void {
  for (const child of living) child.kill();
}

/** A program that runs, in a process group of its own. */
export class Child {
  readonly startedAtMs: number;
  /** What it printed last, on either stream. */
  lastLine: string | undefined;
  /** Never rejects for how the program ends. */
  readonly end: Promise<ProgramEnd>;
  private stopped: ProgramEnd['stopped'];
  private readonly over = new AbortController();

  private constructor(
    readonly pid: number,
    private readonly spawned: ChildProcess,
    private readonly world: ChildWorld,
    timeoutMs: number,
  ) {
    this.startedAtMs = world.now();
    if (!process.listeners('exit').includes(killAll)) process.on('exit', killAll);
    living.add(this);
    this.end = this.follow();
    // Its sleep is rejected when the program has ended before.
    world.sleep(timeoutMs, this.over.signal).then(
      () => this.stop('time'),
      () => undefined,
    );
  }

  /** Throws `SCANGATE_PROGRAM_MISSING` for what cannot be started; then nothing runs. */
  static async start({ command, args, env, timeoutMs }: ProgramSpec, world: ChildWorld): Promise<Child> {
    try {
      const started = spawn(command, [...args], {
        cwd: world.cwd,
        env: { ...world.env, ...env },
        // Never a shell; a group of its own, so that what it starts can be ended with it.
        detached: process.platform !== 'win32',
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
      });
      await once(started, 'spawn');
      if (started.pid === undefined) throw new Error('the system gave it no number');
      return new Child(started.pid, started, world, timeoutMs);
    } catch (cause) {
      const message = `${command} cannot be started: ${reasonOf(cause)}`;
      throw new ScangateError('SCANGATE_PROGRAM_MISSING', message, { cause });
    }
  }

  /** Ends it and everything in its group; resolves when it is gone. The first reason is kept. */
  async stop(why: NonNullable<ProgramEnd['stopped']>): Promise<void> {
    if (!this.over.signal.aborted) {
      this.stopped ??= why;
      signalGroup(this.pid, 'SIGTERM');
      this.world.sleep(GRACE_MS, this.over.signal).then(
        () => this.kill(),
        () => undefined,
      );
    }
    await this.end;
  }

  /** At once, for a process that has no time left. */
  kill(): void {
    if (!this.over.signal.aborted) signalGroup(this.pid, 'SIGKILL');
  }

  private async follow(): Promise<ProgramEnd> {
    const { spawned: child, world } = this;
    const onLine = (line: string): void => {
      this.lastLine = line;
    };
    const stdout = new Tail(world.redact, onLine);
    const stderr = new Tail(world.redact, onLine);
    child.stdout?.on('data', (chunk: Uint8Array) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Uint8Array) => stderr.push(chunk));
    // A signal that did not arrive, and a pipe that breaks: the end tells more.
    child.on('error', () => undefined);
    child.stdout?.on('error', () => undefined);
    child.stderr?.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.once('exit', (...how) => resolve(how)),
    );
    this.over.abort(new Error('the program has ended'));
    living.delete(this);
    // Nothing that it left behind may go on writing into its report.
    signalGroup(this.pid, 'SIGKILL');
    await this.drained(closed);
    stdout.end();
    stderr.end();
    return {
      ...(status === null ? {} : { status }),
      ...(signal === null ? {} : { signal }),
      ...(this.stopped === undefined ? {} : { stopped: this.stopped }),
      stdout: stdout.text(),
      stderr: stderr.text(),
      startedAtMs: this.startedAtMs,
      endedAtMs: world.now(),
    };
  }

  /** Until both streams have ended; for a short time where something outside the group holds them. */
  private async drained(closed: Promise<void>): Promise<void> {
    const early = new AbortController();
    const late = this.world.sleep(DRAIN_MS, early.signal).catch(() => undefined);
    await Promise.race([closed, late]);
    early.abort(new Error('the streams have ended'));
    this.spawned.stdout?.destroy();
    this.spawned.stderr?.destroy();
  }
}
