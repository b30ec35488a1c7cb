/*
 * How a VM scan ended, by the words of the scan list and of the scan's own results: STATE and SUB_STATE.
 * https://docs.qualys.com/en/vm/qweb-all-api/mergedProjects/qapi-scan/vm_scans/list_vm_scans.htm (read 2026-11-23).
 */
import { type ErrorCode, excerpt } from '../errors.js';
import type { ScanProblem } from '../model/scan.js';
import { scanProblem } from './problem.js';

/** Undefined: a complete scan. */
const ENDINGS = new Map<string, ErrorCode | undefined>([
  ['finished', undefined],
  ['novuln', undefined],
  ['novulns', undefined],
  ['canceled', 'SCANGATE_SCAN_CANCELLED'],
  ['error', 'SCANGATE_SCAN_FAILED'],
  ['running', 'SCANGATE_SCAN_INCOMPLETE'],
  ['queued', 'SCANGATE_SCAN_INCOMPLETE'],
  ['loading', 'SCANGATE_SCAN_INCOMPLETE'],
  ['paused', 'SCANGATE_SCAN_INCOMPLETE'],
  ['stopped', 'SCANGATE_SCAN_INCOMPLETE'],
  ['interrupted', 'SCANGATE_SCAN_INCOMPLETE'],
  ['nohost', 'SCANGATE_SCAN_NOTHING_REACHED'],
  ['nohosts', 'SCANGATE_SCAN_NOTHING_REACHED'],
  ['nohostalive', 'SCANGATE_SCAN_NOTHING_REACHED'],
]);

/** `No_Host` as `nohost`, in the vendor's spelling of cancelled. */
export const vmStateKey = (word: string | undefined): string =>
  (word ?? '')
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .replace('cancelled', 'canceled');

/** What a state makes of the scan; undefined for a good end. `what` is `status`, `sub-state`. */
export function vmStateProblem(word: string | undefined, what: string): ScanProblem | undefined {
  if (word === undefined) {
    return scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', `the result does not give the ${what} of the scan`);
  }
  const key = vmStateKey(word);
  const shown = `the ${what} of the scan is "${excerpt(word)}"`;
  if (!ENDINGS.has(key)) return scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', `${shown}, which is not known`);
  const code = ENDINGS.get(key);
  return code && scanProblem(code, shown);
}

/** Several words may say the same thing: one problem of each code. */
export const uniqueCodes = (problems: readonly ScanProblem[]): ScanProblem[] =>
  problems.filter(({ code }, index) => problems.findIndex((other) => other.code === code) === index);
