import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { HEAD_BYTES, ScangateError } from '@scangate/core';
import type { Disk, Output } from './context.js';

const CHUNK_BYTES = 1 << 18;

export function createDisk(cwd: string, stdin: AsyncIterable<Uint8Array>): Disk {
  const full = (path: string): string => resolve(cwd, path);
  return {
    openReport: (path) => (path === '-' ? readInput(stdin) : readReport(full(path))),
    readText: (path) => {
      try {
        return readFileSync(full(path), 'utf8');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw new ScangateError('SCANGATE_CONFIG_MISSING', `${path} cannot be read: ${reasonOf(error)}`, {
          cause: error,
        });
      }
    },
    readState: (path) => {
      try {
        return readFileSync(full(path), 'utf8');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      }
    },
    replaceText: (path, text, isLasting = true) => {
      const target = full(path);
      const temporary = `${target}.${process.pid}.tmp`;
      mkdirSync(dirname(target), { recursive: true });
      try {
        writeFileSync(temporary, text, { mode: 0o600, flush: isLasting });
        renameSync(temporary, target);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
      }
    },
    appendText: (path, text) => appendFileSync(full(path), text),
    remove: (path) => rmSync(full(path), { force: true }),
    exists: (path) => existsSync(full(path)),
    resolve: (...parts) => resolve(cwd, ...parts),
    shown: (path) => {
      const inside = relative(cwd, full(path));
      return (inside === '' || inside.startsWith('..') || isAbsolute(inside) ? full(path) : inside)
        .split(sep)
        .join('/');
    },
    openOutput: (folder) => new OutputFiles(full(folder)),
  };
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? '';

const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'no such file',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  ENOSPC: 'no space left on the device',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many open files',
  ELOOP: 'too many symbolic links',
};

export const reasonOf = (error: unknown): string => REASONS[codeOf(error)] ?? (codeOf(error) || String(error));

async function* readInput(stdin: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* stdin;
}

/** Files are read with plain calls: nothing else waits in this process, and a thread pool only adds its own time. */
async function* readReport(path: string): AsyncGenerator<Uint8Array> {
  const descriptor = openFile(path);
  try {
    if (fstatSync(descriptor).isDirectory()) {
      throw new ScangateError('SCANGATE_REPORT_DIRECTORY', 'the path is a directory, not a report file');
    }
    // The head of a report is looked at before it is read, so its chunks are kept; later ones are gone when the next is
    // asked for, and share one buffer: a fresh one each time would be garbage outside the heap, which is collected late.
    let shared: Buffer | undefined;
    for (let yielded = 0; ; ) {
      if (yielded >= HEAD_BYTES) shared ??= Buffer.allocUnsafeSlow(CHUNK_BYTES);
      const chunk = shared ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
      const length = readChunk(descriptor, chunk);
      if (length === 0) return;
      yielded += length;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

function readChunk(descriptor: number, chunk: Uint8Array): number {
  try {
    return readSync(descriptor, chunk);
  } catch (error) {
    throw new ScangateError('SCANGATE_REPORT_UNREADABLE', `reading stopped: ${reasonOf(error)}`, { cause: error });
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new ScangateError('SCANGATE_REPORT_MISSING', 'the report does not exist', { cause: error });
    if (code === 'EISDIR')
      throw new ScangateError('SCANGATE_REPORT_DIRECTORY', 'the path is a directory, not a report file', {
        cause: error,
      });
    throw new ScangateError('SCANGATE_REPORT_UNREADABLE', `the report cannot be opened: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** Small pieces are gathered, so that a million findings do not cost a million system calls. */
const BUFFER_CHARS = 1 << 18;

class OutputFiles implements Output {
  private readonly open = new Map<
    string,
    { path: string; temporary: string; descriptor: number; waiting: string[]; chars: number }
  >();

  constructor(private readonly folder: string) {}

  clear(names: readonly string[]): void {
    for (const name of names) this.guard(name, () => rmSync(resolve(this.folder, name), { force: true }));
  }

  append(name: string, text: string): void {
    const file = this.open.get(name) ?? this.create(name);
    file.waiting.push(text);
    file.chars += text.length;
    if (file.chars >= BUFFER_CHARS) this.flush(name);
  }

  commit(): void {
    for (const name of this.open.keys()) {
      this.flush(name);
      const { descriptor, temporary, path } = this.open.get(name) as {
        descriptor: number;
        temporary: string;
        path: string;
      };
      this.guard(name, () => {
        closeSync(descriptor);
        renameSync(temporary, path);
      });
      this.open.delete(name);
    }
  }

  discard(): void {
    for (const { descriptor, temporary } of this.open.values()) {
      closeSync(descriptor);
      rmSync(temporary, { force: true });
    }
    this.open.clear();
  }

  private create(name: string) {
    const path = resolve(this.folder, name);
    const temporary = `${path}.${process.pid}.tmp`;
    const descriptor = this.guard(name, () => {
      mkdirSync(dirname(path), { recursive: true });
      return openSync(temporary, 'w');
    });
    const file = { path, temporary, descriptor, waiting: [], chars: 0 };
    this.open.set(name, file);
    return file as { path: string; temporary: string; descriptor: number; waiting: string[]; chars: number };
  }

  private flush(name: string): void {
    const file = this.open.get(name);
    if (!file || file.chars === 0) return;
    const bytes = Buffer.from(file.waiting.join(''), 'utf8');
    this.guard(name, () => {
      for (let written = 0; written < bytes.length; ) written += writeSync(file.descriptor, bytes, written);
    });
    file.waiting = [];
    file.chars = 0;
  }

  private guard<T>(name: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new ScangateError(
        'SCANGATE_OUTPUT_UNWRITABLE',
        `${resolve(this.folder, name)} cannot be written: ${reasonOf(error)}`,
        { cause: error },
      );
    }
  }
}
