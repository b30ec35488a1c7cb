import { createHash } from 'node:crypto';
import type { TextCache } from '@scangate/core/qualys';
import type { Context } from '../context.js';

/** Files named by the digest of their key. What cannot be read or written is not cached, which costs calls alone. */
export function createCacheFiles(
  { disk }: Pick<Context, 'disk'>,
  folder: string,
  log: (line: string) => void,
): TextCache {
  const pathOf = (key: string): string => {
    const digest = createHash('sha256').update(key).digest('hex');
    return disk.resolve(folder, digest.slice(0, 2), digest.slice(2));
  };
  return {
    get: async (key) => {
      try {
        return disk.readState(pathOf(key));
      } catch (error) {
        log(`the cache cannot be read: ${String(error)}`);
        return undefined;
      }
    },
    put: async (key, text) => {
      try {
        // A file that a power failure tore is not read, which costs a call.
        disk.replaceText(pathOf(key), text, false);
      } catch (error) {
        log(`the cache cannot be written: ${String(error)}`);
      }
    },
  };
}

/** `--cache`, else the user's folder for caches, else beside the state. */
export function cacheFolder(given: string | undefined, env: Context['env'], disk: Context['disk']): string {
  if (given !== undefined) return given;
  const base = env.XDG_CACHE_HOME || (env.HOME ? disk.resolve(env.HOME, '.cache') : undefined);
  return base === undefined ? '.scangate/cache' : disk.resolve(base, 'scangate');
}
