import { terminalText } from '@scangate/core/reporters';

const MAX_PATH_CHARS = 500;

/**
 * A path as GitLab compares it with files of the repository: relative, without `./`. Undefined for what is no path
 * inside it: a URL, a way out of it, nothing at all.
 */
export function repositoryPath(path: string): string | undefined {
  if (path.length > MAX_PATH_CHARS || /^[a-z][a-z0-9+.-]+:/i.test(path)) return undefined;
  const parts = terminalText(path)
    .replace(/^[a-z]:(?=[\\/])/i, '')
    .replaceAll('\\', '/')
    .split('/')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/');
}
