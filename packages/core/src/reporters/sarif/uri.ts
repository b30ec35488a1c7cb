import { wellFormed } from '../escape/controls.js';

const MAX_URI_CHARS = 1000;

/**
 * A path as a relative URI reference, as viewers match it with files of the repository. Undefined for what is no path
 * inside it: a URL, a way out of it, nothing at all.
 */
export function relativeUri(path: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) return undefined;
  const parts = path
    .replace(/^[a-z]:(?=[\\/])/i, '')
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..')) return undefined;
  const uri = parts.map((part) => encodeURIComponent(wellFormed(part))).join('/');
  return uri.length > MAX_URI_CHARS ? undefined : uri;
}
