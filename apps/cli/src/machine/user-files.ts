import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { ScangateError } from '@scangate/core';
import type { FolderFile, TreeEntry } from '@scangate/core/scanners';
import { reasonOf } from '../disk.js';

const CHUNK_BYTES = 1 << 18;

const unusable = (path: string, why: string, cause?: unknown): ScangateError =>
  new ScangateError('SCANGATE_TARGET_FILES', `${path} ${why}`, { cause });

function usable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof ScangateError) throw cause;
    throw unusable(path, `cannot be read: ${reasonOf(cause)}`, cause);
  }
}

/** Everything below a folder, by name; or the one file or link. `shown` is the path as the user wrote it. */
export function* listTree(full: string, shown: string): Generator<TreeEntry> {
  const stat = usable(shown, () => lstatSync(full));
  if (!stat.isDirectory()) {
    yield { path: '', bytes: stat.isFile() ? stat.size : 0, kind: kindOf(stat) };
    return;
  }
  yield* below(full, '', shown);
}

type Kinds = Pick<ReturnType<typeof lstatSync> & object, 'isFile' | 'isDirectory' | 'isSymbolicLink'>;

const kindOf = (stat: Kinds): TreeEntry['kind'] =>
  stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'other';

function* below(folder: string, inside: string, shown: string): Generator<TreeEntry> {
  const names = usable(`${shown}/${inside}`, () => readdirSync(folder)).toSorted();
  for (const name of names) {
    const full = join(folder, name);
    const path = inside === '' ? name : `${inside}/${name}`;
    const stat = usable(`${shown}/${path}`, () => lstatSync(full));
    const kind = kindOf(stat);
    yield { path, bytes: kind === 'file' ? stat.size : 0, kind };
    if (kind === 'folder') yield* below(full, path, shown);
  }
}

/** The files among them: what a program left in its folder. */
export function filesBelow(folder: string): FolderFile[] {
  const files: FolderFile[] = [];
  for (const { path, bytes, kind } of listTree(folder, folder)) if (kind === 'file') files.push({ path, bytes });
  return files;
}

/** Opens a file that is no link, for reading; the caller closes it. */
function openPlain(full: string): number {
  const descriptor = openSync(full, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw Object.assign(new Error('this is no file'), { code: 'EISDIR' });
}

export function readWhole(full: string, shown: string, maxBytes: number): Uint8Array {
  return usable(shown, () => {
    if (lstatSync(full).isSymbolicLink()) throw unusable(shown, 'is a link, which is not followed');
    const descriptor = openPlain(full);
    try {
      const { size } = fstatSync(descriptor);
      if (size > maxBytes) throw unusable(shown, `is larger than ${maxBytes} bytes`);
      // One more, to see a file that grows.
      const buffer = Buffer.allocUnsafe(size + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length < buffer.length; length += read) {
        read = readSync(descriptor, buffer, length, buffer.length - length, null);
      }
      if (length !== size) throw unusable(shown, 'changed while it was read');
      return buffer.subarray(0, length);
    } finally {
      closeSync(descriptor);
    }
  });
}

/** A file below a program's folder, and nowhere else. Throws `SCANGATE_REPORT_MISSING`. */
export async function* readInside(folder: string | undefined, path: string): AsyncGenerator<Uint8Array> {
  const descriptor = openInside(folder, path);
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const length = readSync(descriptor, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } catch (cause) {
    if (cause instanceof ScangateError || (cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    const message = `${path} cannot be read: ${reasonOf(cause)}`;
    throw new ScangateError('SCANGATE_REPORT_UNREADABLE', message, { cause });
  } finally {
    closeSync(descriptor);
  }
}

function openInside(folder: string | undefined, path: string): number {
  const missing = (why: string, cause?: unknown): ScangateError =>
    new ScangateError('SCANGATE_REPORT_MISSING', `${path} ${why}`, { cause });
  const parts = path.split('/');
  const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\\0]/.test(part));
  if (folder === undefined || !isPlain) throw missing('is no file of the scan');
  try {
    const root = realpathSync(folder);
    const full = join(root, ...parts);
    // A link on the way leads somewhere else.
    if (realpathSync(full) !== full || !full.startsWith(root + sep)) throw missing('is a link, which is not followed');
    return openPlain(full);
  } catch (cause) {
    if (cause instanceof ScangateError) throw cause;
    throw missing(`cannot be opened: ${reasonOf(cause)}`, cause);
  }
}
