import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Context } from '../context.js';

const ENDINGS = process.platform === 'win32' ? ['', '.exe'] : [''];

/** Full path of a program: one that is named by its path, or the first of this name in PATH. */
export function locate(command: string, { env, disk }: Pick<Context, 'env' | 'disk'>): string | undefined {
  const isPath = command.includes('/') || (process.platform === 'win32' && command.includes('\\'));
  // Relative folders in PATH would run what lies in the checkout.
  const folders = (env.PATH ?? '').split(delimiter).filter(isAbsolute);
  const places = isPath ? [disk.resolve(command)] : folders.map((folder) => join(folder, command));
  return places.flatMap((place) => ENDINGS.map((ending) => place + ending)).find(canRun);
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not for us: both mean that it is not this one.
    return false;
  }
}
