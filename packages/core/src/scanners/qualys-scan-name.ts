import type { PlanContext, ScanServices } from './scanner.js';

/** What the vendor's own plugin takes as the longest name of a scan, in characters. */
const NAME_MAX_CHARS = 256;

const DEFAULT_NAME = 'scangate {target} {branch} {build}';

interface NameWords {
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

/** The macros of a scan's name, out of what is known of the run. */
export function nameWords(
  { targetName, runId, branch, build }: PlanContext,
  services: Pick<ScanServices, 'now'>,
): NameWords {
  return { target: targetName, runId, branch, build, date: new Date(services.now()).toISOString().slice(0, 10) };
}
