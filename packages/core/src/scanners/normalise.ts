/*
 * Words that several vendors share, turned into ours. What only one vendor says is in that scanner's own normalise.ts.
 */
import type { CvssScore } from '../model/finding.js';

export { plainText } from '../wire/plain-text.js';

/** CWE numbers out of texts such as `CWE-79`, `79` or `CWE-79: Cross-site Scripting`. Undefined for an empty list. */
export function cweNumbers(values: readonly (string | number)[]): number[] | undefined {
  const numbers = new Set<number>();
  for (const value of values) {
    const digits = /^\s*(?:cwe[-_: ]*)?(\d{1,6})\b/i.exec(String(value))?.[1];
    if (digits !== undefined && Number(digits) > 0) numbers.add(Number(digits));
  }
  return numbers.size > 0 ? [...numbers] : undefined;
}

const CVE = /\bCVE-\d{4}-\d{4,}\b/gi;

/** CVE names in the texts, upper case, each once. */
export function cveNames(...texts: (string | undefined)[]): string[] {
  const names = new Set<string>();
  for (const text of texts) for (const [name] of text?.matchAll(CVE) ?? []) names.add(name.toUpperCase());
  return [...names];
}

/** Unique texts, CVE names first, without the id itself. */
export function aliasList(id: string, names: readonly string[]): string[] {
  const unique = [...new Set(names.map((name) => name.trim()).filter((name) => name !== '' && name !== id))];
  const isCve = (name: string): number => (/^CVE-/i.test(name) ? 0 : 1);
  return unique.sort((a, b) => isCve(a) - isCve(b));
}

/** ISO 8601 in UTC without parts of a second that say nothing; undefined for a date that cannot be read. */
export function isoTime(value: string | number | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  const date = new Date(typeof value === 'number' || !/^\d{12,13}$/.test(value) ? value : Number(value));
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1971) return undefined;
  return date.toISOString().replace('.000Z', 'Z');
}

/** {@link isoTime} of a text that names its zone or counts milliseconds; undefined for a local time, which only its own machine could place. */
export function zonedTime(value: string | undefined): string | undefined {
  const text = value?.trim() ?? '';
  const isPlaced = /^\d{12,13}$|\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:z|[+-]\d\d:?\d\d)$/i.test(text);
  return isPlaced ? isoTime(text) : undefined;
}

/** CVSS version of a vector: `CVSS:3.1/...`, or the bare `AV:.../AC:.../Au:...` of version 2. */
export function cvssVersion(vector: string | undefined): CvssScore['version'] | undefined {
  const named = /^\s*CVSS:(4\.0|3\.1|3\.0|2\.0)\//i.exec(vector ?? '')?.[1];
  if (named) return named as CvssScore['version'];
  return /(^|\/)\(?AV:[LAN]\/AC:[HML]\/Au:[MSN]/.test(vector ?? '') ? '2.0' : undefined;
}

/** Keeps the first characters of a secret so that a person can find it, and no more. */
export function maskSecret(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  return text.length <= 8 ? '****' : `${text.slice(0, 4)}****`;
}

/** Text of a report kept to a length that a person reads; attackers and response bodies know no limit. */
export function shorten(text: string | undefined, maxChars = 2000): string | undefined {
  return text === undefined || text.length <= maxChars ? text : `${text.slice(0, maxChars)}...`;
}
