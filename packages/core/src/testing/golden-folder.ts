// biome-ignore lint/style/noRestrictedImports: golden files lie on the disk, and this room is for tests alone
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: as above
import { dirname, join } from 'node:path';
// biome-ignore lint/style/noRestrictedImports: a person says by a variable that golden files are to be written anew
import { env } from 'node:process';

/** Expected files under one folder. */
export interface GoldenFolder {
  read(path: string): string | undefined;
  /** Names of all files, with forward slashes, in order. */
  list(): string[];
  /** Present with `SCANGATE_UPDATE_GOLDEN=1` only. */
  write?: ((path: string, text: string) => void) | undefined;
  /** Takes all files away. Present with `SCANGATE_UPDATE_GOLDEN=1` only. */
  clear?: (() => void) | undefined;
}

export function openGoldenFolder(folder: string): GoldenFolder {
  const place = (path: string): string => join(folder, path);
  const isUpdate = env.SCANGATE_UPDATE_GOLDEN === '1';
  return {
    read: (path) => (existsSync(place(path)) ? readFileSync(place(path), 'utf8') : undefined),
    list: () =>
      existsSync(folder)
        ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
            .filter((name) => statSync(place(name)).isFile())
            .map((name) => name.replaceAll('\\', '/'))
            .toSorted()
        : [],
    write: isUpdate
      ? (path, text) => {
          mkdirSync(dirname(place(path)), { recursive: true });
          writeFileSync(place(path), text);
        }
      : undefined,
    clear: isUpdate ? () => rmSync(folder, { recursive: true, force: true }) : undefined,
  };
}
