/*
 * How a WAS scan ended, and what that means for a gate. Its API, its reports and its portal write the same states as
 * constants (`NO_WEB_SERVICE`) or as words (`No Web Service`).
 * https://docs.qualys.com/en/was/api/scans/search_scan.htm and scan_status.htm (read 2026-11-23).
 */
import { type ErrorCode, excerpt } from '../errors.js';
import type { ScanProblem } from '../model/scan.js';
import { scanProblem } from './problem.js';

type Ending = 'complete' | Extract<ErrorCode, `SCANGATE_SCAN_${string}`>;

const ENDINGS = new Map<string, Ending>([
  ['FINISHED', 'complete'],
  ['SUCCESSFUL', 'complete'],
  ['SUBMITTED', 'SCANGATE_SCAN_INCOMPLETE'],
  ['RUNNING', 'SCANGATE_SCAN_INCOMPLETE'],
  ['TO_BE_PROCESSED', 'SCANGATE_SCAN_INCOMPLETE'],
  ['PROCESSING', 'SCANGATE_SCAN_INCOMPLETE'],
  ['TIME_LIMIT_REACHED', 'SCANGATE_SCAN_INCOMPLETE'],
  ['TIME_LIMIT_EXCEEDED', 'SCANGATE_SCAN_INCOMPLETE'],
  ['CANCELED_WITH_RESULTS', 'SCANGATE_SCAN_INCOMPLETE'],
  ['CANCELED', 'SCANGATE_SCAN_CANCELLED'],
  ['CANCELING', 'SCANGATE_SCAN_CANCELLED'],
  ['NO_HOST_ALIVE', 'SCANGATE_SCAN_NOTHING_REACHED'],
  ['NO_WEB_SERVICE', 'SCANGATE_SCAN_NOTHING_REACHED'],
  ['ERROR', 'SCANGATE_SCAN_FAILED'],
  ['SERVICE_ERROR', 'SCANGATE_SCAN_FAILED'],
  ['SERVICE_ERRORS_DETECTED', 'SCANGATE_SCAN_FAILED'],
  ['SCAN_INTERNAL_ERROR', 'SCANGATE_SCAN_FAILED'],
  ['SCAN_RESULTS_INVALID', 'SCANGATE_SCAN_FAILED'],
  ['SCAN_NOT_LAUNCHED', 'SCANGATE_SCAN_FAILED'],
  ['SCANNER_NOT_AVAILABLE', 'SCANGATE_SCAN_FAILED'],
  ['DELETED', 'SCANGATE_SCAN_FAILED'],
]);

const AUTHENTICATION = new Map<string, 'logged in' | 'failed' | 'not tried'>([
  ['SUCCESSFUL', 'logged in'],
  ['SUCCESS', 'logged in'],
  ['FAILED', 'failed'],
  ['FAILURE', 'failed'],
  ['PARTIAL', 'failed'],
  ['NONE', 'not tried'],
  ['NOT_USED', 'not tried'],
  ['NO_AUTHENTICATION_SPECIFIED', 'not tried'],
]);

/** `No Web Service` as `NO_WEB_SERVICE`, in the vendor's spelling of cancelled. */
const constant = (word: string): string =>
  word
    .trim()
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/CANCELL(ED|ING)/, 'CANCEL$1');

export interface WasScanState {
  /** How the scan is called in messages: its reference, name or id. */
  name: string;
  /**
   * The states that the source gives, the one that says most first: `summary.resultsStatus` before `status`
   * (FINISHED with NO_HOST_ALIVE is a sample of the vendor's own). Undefined stands for one that is missing.
   */
  states: readonly (string | undefined)[];
  authStatus: string | undefined;
  /** Whether the scan was given an authentication record. */
  hasAuthRecord: boolean;
  /** `VULNERABILITY` or `DISCOVERY`. */
  type: string | undefined;
}

/** Everything that makes a WAS scan less than a complete look at the web application. Empty: complete. */
export function wasScanProblems(scan: WasScanState): ScanProblem[] {
  return [endingProblem(scan), authenticationProblem(scan), typeProblem(scan)].filter(
    (problem) => problem !== undefined,
  );
}

/** Whether the scan came to an end that can leave results: what it lists was seen, even where it is not all. */
export const hasWasResults = (status: string | undefined): boolean =>
  status !== undefined &&
  ['FINISHED', 'CANCELED', 'CANCELED_WITH_RESULTS', 'TIME_LIMIT_REACHED', 'TIME_LIMIT_EXCEEDED'].includes(
    constant(status),
  );

function endingProblem({ name, states }: WasScanState): ScanProblem | undefined {
  const endings = states.map((state) => (state === undefined ? undefined : ENDINGS.get(constant(state))));
  for (const [index, ending] of endings.entries()) {
    if (ending === undefined || ending === 'complete') continue;
    return scanProblem(ending, `the scan ${name} ended as ${excerpt(states[index] ?? '')}`);
  }
  if (endings.every((ending) => ending === 'complete')) return undefined;
  const shown = states.map((state) => (state === undefined ? '(missing)' : excerpt(state))).join(', ');
  return scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', `the scan ${name} is in a state that is not known: ${shown}`);
}

function authenticationProblem({ name, authStatus, hasAuthRecord }: WasScanState): ScanProblem | undefined {
  const outcome = authStatus === undefined ? undefined : AUTHENTICATION.get(constant(authStatus));
  if (outcome === 'failed') {
    return scanProblem(
      'SCANGATE_SCAN_AUTH_FAILED',
      `the scan ${name} could not log in to the web application: ${excerpt(authStatus ?? '')}`,
    );
  }
  if (outcome === 'not tried' && hasAuthRecord) {
    return scanProblem(
      'SCANGATE_SCAN_AUTH_FAILED',
      `the scan ${name} had an authentication record and did not use it: ${excerpt(authStatus ?? '')}`,
    );
  }
  if (outcome !== undefined || (authStatus === undefined && !hasAuthRecord)) return undefined;
  const said = authStatus === undefined ? 'is missing' : `"${excerpt(authStatus)}" is not known`;
  return scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', `the authentication status of the scan ${name} ${said}`);
}

function typeProblem({ name, type }: WasScanState): ScanProblem | undefined {
  if (type === undefined || constant(type) === 'VULNERABILITY') return undefined;
  const isDiscovery = constant(type) === 'DISCOVERY';
  return isDiscovery
    ? scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `the scan ${name} is a discovery scan: it did not look for vulnerabilities`,
        'start a scan of the type VULNERABILITY',
      )
    : scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', `the scan ${name} is of a type that is not known: ${excerpt(type)}`);
}
