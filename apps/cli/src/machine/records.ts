import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScangateError } from '@scangate/core';
import type { ProgramEnd } from '@scangate/core/scanners';
import { reasonOf } from '../disk.js';
import type { ProcessIdentity } from './identity.js';

/*
 * What is kept of a program: <state>/programs/<scan>/<attempt>/ with start.json, end.json and the folder files/, which
 * is the program's own. Whoever has the same state folder knows from it how the program ended.
 */

const SCHEMA = 'scangate.program/1';
/** What nobody collected after this time is taken away. */
const KEPT_MS = 7 * 86_400_000;
const PRIVATE = 0o700;

export interface StartRecord {
  startedAtMs: number;
  /** The process of the gate. */
  starter: ProcessIdentity;
  /** Absent: the starter died, or was about to start it. */
  program?: ProcessIdentity | undefined;
}

export interface Attempt {
  folder: string;
  /** The program's own. */
  files: string;
}

/** Folder names for people and for every file system; the digest keeps them apart. */
function safeName(scanName: string): string {
  const shown = scanName
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 60);
  return `${shown}-${createHash('sha256').update(scanName).digest('hex').slice(0, 12)}`;
}

/** Throws `SCANGATE_STATE_UNREADABLE` and `SCANGATE_STATE_UNWRITABLE`. */
export class ProgramRecords {
  constructor(
    private readonly root: string,
    private readonly shown: (path: string) => string,
  ) {}

  /** A folder that is new, with an empty one for the program in it. */
  create(scanName: string): Attempt {
    const base = this.baseOf(scanName);
    return this.written(base, () => {
      mkdirSync(base, { recursive: true, mode: PRIVATE });
      for (let number = (numbersIn(base)[0] ?? 0) + 1; ; number++) {
        const folder = join(base, String(number));
        // Another process may have taken the number.
        if (!madeFolder(folder)) continue;
        const files = join(folder, 'files');
        mkdirSync(files, { mode: PRIVATE });
        return { folder, files };
      }
    });
  }

  /** Texts for the program to read. */
  give({ files }: Attempt, texts: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(texts)) {
      if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name)) throw new Error(`${name} is no name of a file`);
      this.written(files, () => writeFileSync(join(files, name), text, { flag: 'wx', mode: 0o600 }));
    }
  }

  remove({ folder }: Attempt): void {
    this.written(folder, () => rmSync(folder, { recursive: true, force: true }));
  }

  /** All attempts of a scan, newest first. */
  attempts(scanName: string): Attempt[] {
    const base = this.baseOf(scanName);
    return this.read(base, () => numbersIn(base)).map((number) => {
      const folder = join(base, String(number));
      return { folder, files: join(folder, 'files') };
    });
  }

  writeStart(attempt: Attempt, record: StartRecord): void {
    this.write(join(attempt.folder, 'start.json'), record);
  }

  writeEnd(attempt: Attempt, end: ProgramEnd): void {
    this.write(join(attempt.folder, 'end.json'), end);
  }

  /** Undefined: the process that made the folder died before it wrote. */
  readStart({ folder }: Attempt): StartRecord | undefined {
    return this.parse(join(folder, 'start.json'), startOf);
  }

  /** Undefined: it runs, or nobody saw its end. */
  readEnd({ folder }: Attempt): ProgramEnd | undefined {
    return this.parse(join(folder, 'end.json'), endOf);
  }

  /** Takes away what is older than anybody may want, unless it is still needed. */
  prune(nowMs: number, isNeeded: (attempts: readonly Attempt[]) => boolean): void {
    this.written(this.root, () => {
      for (const name of namesIn(this.root)) {
        const base = join(this.root, name);
        const attempts = numbersIn(base).map((number) => ({
          folder: join(base, String(number)),
          files: join(base, String(number), 'files'),
        }));
        if (nowMs - lstatSync(base).mtimeMs < KEPT_MS || isNeeded(attempts)) continue;
        rmSync(base, { recursive: true, force: true });
      }
    });
  }

  private baseOf(scanName: string): string {
    return join(this.root, safeName(scanName));
  }

  /** At once or not at all. */
  private write(path: string, value: object): void {
    const temporary = `${path}.${process.pid}.tmp`;
    this.written(path, () => {
      writeFileSync(temporary, `${JSON.stringify({ schema: SCHEMA, ...value }, null, 2)}\n`, {
        mode: 0o600,
        flush: true,
      });
      renameSync(temporary, path);
    });
  }

  private parse<T>(path: string, form: (value: Record<string, unknown>) => T | undefined): T | undefined {
    const text = this.read(path, () => textOf(path));
    if (text === undefined) return undefined;
    const value = jsonOf(text);
    const record = value?.schema === SCHEMA ? form(value) : undefined;
    if (record === undefined) {
      const message = `${this.shown(path)} is no record of a program, or of another version`;
      const mend = 'remove the folder that it lies in, and scan again';
      throw new ScangateError('SCANGATE_STATE_UNREADABLE', message, { mend });
    }
    return record;
  }

  private read<T>(path: string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      const message = `${this.shown(path)} cannot be read: ${reasonOf(cause)}`;
      throw new ScangateError('SCANGATE_STATE_UNREADABLE', message, { cause });
    }
  }

  private written<T>(path: string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      const message = `${this.shown(path)} cannot be written: ${reasonOf(cause)}`;
      throw new ScangateError('SCANGATE_STATE_UNWRITABLE', message, { cause });
    }
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

function madeFolder(path: string): boolean {
  try {
    mkdirSync(path, { mode: PRIVATE });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Folders below this one; none when it is not there. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

const numbersIn = (base: string): number[] =>
  namesIn(base)
    .filter((name) => /^[1-9]\d{0,8}$/.test(name))
    .map(Number)
    .toSorted((a, b) => b - a);

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isMs = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isMaybeText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string';

function identityOf(value: unknown): ProcessIdentity | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, beganTicks, place } = value as Partial<Record<keyof ProcessIdentity, unknown>>;
  if (!Number.isSafeInteger(pid) || !isMaybeText(beganTicks) || typeof place !== 'string') return undefined;
  return (pid as number) > 1 ? { pid: pid as number, beganTicks, place } : undefined;
}

function startOf({ startedAtMs, starter, program }: Record<string, unknown>): StartRecord | undefined {
  const by = identityOf(starter);
  const started = identityOf(program);
  if (!isMs(startedAtMs) || !by || (program !== undefined && !started)) return undefined;
  return { startedAtMs, starter: by, program: started };
}

function endOf(value: Record<string, unknown>): ProgramEnd | undefined {
  const { status, signal, stopped, stdout, stderr, startedAtMs, endedAtMs } = value;
  const witness = witnessOf(value.witness);
  const isStatus = status === undefined || Number.isSafeInteger(status);
  const isStopped = stopped === undefined || stopped === 'time' || stopped === 'cancelled';
  if (!isStatus || !isMaybeText(signal) || !isStopped || witness === null) return undefined;
  if (typeof stdout !== 'string' || typeof stderr !== 'string' || !isMs(startedAtMs) || !isMs(endedAtMs)) {
    return undefined;
  }
  return { status: status as number | undefined, signal, stopped, stdout, stderr, witness, startedAtMs, endedAtMs };
}

/** `null`: not of the form. */
function witnessOf(value: unknown): ProgramEnd['witness'] | null {
  if (value === undefined) return undefined;
  const { answers, status, reason } = value as Record<string, unknown>;
  if (answers === true && isMs(status)) return { answers, status };
  if (answers === false && typeof reason === 'string') return { answers, reason };
  return null;
}
