import { ScangateError } from '@scangate/core';
import type { StateStore } from '@scangate/core/scan';
import type { Context } from '../context.js';
import { reasonOf } from '../disk.js';

/** One file for each target, so that a pipeline can carry them on. */
export function createStateFiles({ disk }: Pick<Context, 'disk'>, folder: string): StateStore {
  const pathOf = (target: string): string => disk.resolve(folder, `${target}.json`);
  return {
    read: async (target) => {
      const path = pathOf(target);
      try {
        return disk.readState(path);
      } catch (cause) {
        const message = `${disk.shown(path)} cannot be read: ${reasonOf(cause)}`;
        throw new ScangateError('SCANGATE_STATE_UNREADABLE', message, { cause });
      }
    },
    write: async (target, text) => changed(disk, pathOf(target), (path) => disk.replaceText(path, text)),
    remove: async (target) => changed(disk, pathOf(target), (path) => disk.remove(path)),
  };
}

function changed(disk: Context['disk'], path: string, change: (path: string) => void): void {
  try {
    change(path);
  } catch (cause) {
    const message = `${disk.shown(path)} cannot be written: ${reasonOf(cause)}`;
    throw new ScangateError('SCANGATE_STATE_UNWRITABLE', message, { cause });
  }
}
