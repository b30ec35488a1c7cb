/** Id or exact title. */
export type Wanted = string | number;

/** A `qualys-pc` target as the configuration has it, validated there. */
export interface PcTarget {
  scanner: 'qualys-pc';
  policies: Wanted[];
  host?: string | undefined;
  hosts?: string[] | undefined;
  assetGroups?: Wanted[] | undefined;
  hostTags?: { include: Wanted[]; exclude?: Wanted[] | undefined } | undefined;
  mode?: 'posture' | 'scan' | undefined;
  maxAge?: string | undefined;
  controls?: { include?: Wanted[] | undefined; exclude?: Wanted[] | undefined } | undefined;
  optionProfile?: Wanted | undefined;
  scannerAppliance?: string | undefined;
  name?: string | undefined;
  changes?: { addHosts?: boolean | undefined; assignAssetGroups?: boolean | undefined } | undefined;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `24h` and `7d` in milliseconds, as the configuration has checked them. */
export function durationMs(text: string): number {
  const [, count = '', unit = ''] = /^(\d+)([a-z]+)$/.exec(text) ?? [];
  return Number(count) * (UNITS_MS[unit] ?? Number.NaN);
}

export const isIp = (host: string): boolean => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || host.includes(':');

/** Longest name of a scan that the vendor's own plugins send, in UTF-16 units. */
const NAME_MAX_CHARS = 256;

const DEFAULT_NAME = 'scangate {target} {branch} {build}';

export interface NameWords {
  target: string;
  runId: string;
  branch?: string | undefined;
  build?: string | undefined;
  /** `2031-02-03` */
  date: string;
}

/**
 * A title that only this run has: the macros replaced, the id of the run at the end unless the template holds it. What
 * is too long is cut before the id.
 */
export function uniqueTitle(template: string | undefined, words: NameWords): string {
  const { runId } = words;
  const text = (template ?? DEFAULT_NAME)
    .replace(/\{(target|branch|build|date|runId)\}/g, (_, macro: keyof NameWords) => words[macro] ?? '')
    // Controls, and what nobody sees, would make two titles that look alike.
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  if (text.includes(runId) && text.length <= NAME_MAX_CHARS) return text;
  const rest = text.replaceAll(runId, '').replace(/ +/g, ' ');
  // A character of two units is not cut in half.
  const cut = rest.slice(0, NAME_MAX_CHARS - runId.length - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${cut.trim()} ${runId}`.trim();
}
