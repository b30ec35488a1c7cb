import { ERRORS, type ErrorCode } from '../errors.js';
import type { ScanProblem } from '../model/scan.js';

/** A problem of a scan, with the mend of the table of errors unless a more exact one is known. */
export const scanProblem = (code: ErrorCode, message: string, mend: string = ERRORS[code].mend): ScanProblem => ({
  code,
  message,
  mend,
});

/** Names shown in a message; who collects them need not keep more. */
export const MAX_NAMES = 5;

/** The first names of a list, and how many there are beyond them: `a, b and 3 more`. `total` where not all were kept. */
export function listNames(names: readonly string[], total: number = names.length): string {
  const shown = names.slice(0, MAX_NAMES);
  const beyond = total - shown.length;
  return beyond > 0 ? `${shown.join(', ')} and ${beyond} more` : shown.join(', ');
}

/** `1 rule`, `2 rules`. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;
