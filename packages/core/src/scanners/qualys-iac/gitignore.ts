import ignore, { type Ignore } from 'ignore';
import type { Machine } from '../machine.js';

/** A `.gitignore` is some lines; one that is larger is none. */
const MAX_BYTES = 1024 * 1024;
export const GITIGNORE = '.gitignore';

interface Rules {
  /** Folder of the file, relative to where the search begins, with a slash at the end; empty for the first folder. */
  folder: string;
  rules: Ignore;
}

/** What Git ignores, by the `.gitignore` files in a tree: the deepest one that speaks of a path has the last word. */
export class IgnoredPaths {
  private readonly files: Rules[] = [];
  private readonly folders = new Map<string, boolean>();

  /** Files are added before the first question. `folder` as `a/b/`, or empty. */
  add(folder: string, text: string): void {
    this.files.push({ folder, rules: ignore().add(text) });
    this.files.sort((a, b) => a.folder.length - b.folder.length);
  }

  /** Whether a path, or a folder that it lies in, is ignored. What lies in an ignored folder cannot be taken back. */
  has(path: string): boolean {
    const slash = path.lastIndexOf('/', path.length - 2);
    const folder = path.slice(0, slash + 1);
    return (folder !== '' && this.hasFolder(folder)) || this.isNamed(path);
  }

  private hasFolder(folder: string): boolean {
    const known = this.folders.get(folder);
    if (known !== undefined) return known;
    const isIgnored = this.has(folder);
    this.folders.set(folder, isIgnored);
    return isIgnored;
  }

  private isNamed(path: string): boolean {
    let isIgnored = false;
    for (const { folder, rules } of this.files) {
      if (!path.startsWith(folder) || path === folder) continue;
      const { ignored, unignored } = rules.test(path.slice(folder.length));
      if (ignored) isIgnored = true;
      else if (unignored) isIgnored = false;
    }
    return isIgnored;
  }
}

/**
 * The folders from the working directory down to a relative path, without the path itself: `a/b/c` gives the empty text,
 * `a/` and `a/b/`. None for a path that leads elsewhere: nobody knows where its repository begins.
 */
export function foldersAbove(path: string): string[] {
  if (/^([/\\]|[A-Za-z]:)/.test(path)) return [];
  const parts = path.split(/[/\\]+/).filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return [];
  return parts.map((_, index) =>
    parts
      .slice(0, index)
      .map((part) => `${part}/`)
      .join(''),
  );
}

/** A `.gitignore` of the tree, or of a folder above it. */
export async function readIgnoreFile(machine: Machine, path: string): Promise<string> {
  return new TextDecoder().decode(await machine.read(path, MAX_BYTES));
}
