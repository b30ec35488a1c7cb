/** Id or exact name. */
export type Wanted = string | number;

/** A `qualys-was` target as the configuration has it, validated there. */
export interface WasTarget {
  scanner: 'qualys-was';
  webApp?: Wanted | undefined;
  webApps?: Wanted[] | undefined;
  webAppTags?: { include: Wanted[]; exclude?: Wanted[] | undefined } | undefined;
  url?: string | undefined;
  create?: { name?: string | undefined; tags?: Wanted[] | undefined } | undefined;
  optionProfile?: Wanted | undefined;
  authRecord?: Wanted | undefined;
  scannerAppliance?: string | undefined;
  scannerTags?: Wanted[] | undefined;
  dnsOverride?: Wanted | undefined;
  type?: 'vulnerability' | 'discovery' | undefined;
  progressive?: boolean | undefined;
  cancelAfter?: string | undefined;
  name?: string | undefined;
}

/** What the vendor's own plugin takes as the longest name of a scan, in characters. */
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
 * A name that only this run has: the macros replaced, those without a value left out, and the id of the run at the end
 * unless the template holds it. What is too long is cut before the id.
 */
export function uniqueName(template: string | undefined, words: NameWords): string {
  const text = (template ?? DEFAULT_NAME)
    .replace(/\{(target|branch|build|date|runId)\}/g, (_, macro: keyof NameWords) => words[macro] ?? '')
    // Controls, and what nobody sees, would make two names that look alike.
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const whole = text.includes(words.runId) ? text : `${text} ${words.runId}`.trim();
  if (whole.length <= NAME_MAX_CHARS) return whole;
  const rest = cut(
    text.replaceAll(words.runId, '').replace(/ +/g, ' ').trim(),
    NAME_MAX_CHARS - words.runId.length - 1,
  );
  return `${rest} ${words.runId}`;
}

/** At most so many UTF-16 units, and no half character at the end. */
function cut(text: string, maxUnits: number): string {
  return text
    .slice(0, maxUnits)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
}

/** `2h` and `1d` in hours. */
export function hoursOf(duration: string): number {
  const hours = Number.parseInt(duration, 10);
  return duration.endsWith('d') ? hours * 24 : hours;
}
