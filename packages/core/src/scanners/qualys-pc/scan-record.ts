import { type ErrorCode, excerpt, ScangateError } from '../../errors.js';
import type { ScanProblem } from '../../model/scan.js';
import { QualysError } from '../../qualys/index.js';
import type { FormFields } from '../../qualys/types.js';
import { child, childrenOf, descend, textAt, type XmlElement } from '../../wire/xml.js';
import { scanProblem } from '../problem.js';
import { platformTime } from '../qualys-words.js';
import type { ScanHandle, ScanPhase, ScanPlan, ScanServices } from '../scanner.js';

export const SCAN_PATH = '/api/2.0/fo/scan/compliance/';

/** A compliance scan as the platform lists it. */
export interface ScanRecord {
  reference: string;
  title: string;
  state: string;
  subState?: string | undefined;
  /** Whether its results have gone into the posture; undefined where the platform does not say. */
  isProcessed?: boolean | undefined;
  launchedMs?: number | undefined;
  durationMs?: number | undefined;
  profile?: string | undefined;
  /** Addresses, sorted. */
  addresses: string[];
  /** Titles of asset groups, sorted. */
  groups: string[];
}

/** `FINISHED` out of `Finished`, in the vendor's spelling of cancelled. */
const constant = (word: string): string =>
  word
    .trim()
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/CANCELL(ED|ING)/, 'CANCEL$1');

/** The platform's own words: `Finished`, `Finished (No_Host)`, `Finished, not processed`. */
export const shownState = ({ state, subState, isProcessed }: ScanRecord): string =>
  [
    excerpt(state),
    subState === undefined ? '' : ` (${excerpt(subState)})`,
    isProcessed === false ? ', not processed' : '',
  ].join('');

/**
 * The phase of a scan by its state alone. What is not known has ended: waiting for it could last forever, and the
 * findings' statement then says that the state is unknown.
 */
export function phaseOf({ state, isProcessed }: ScanRecord): ScanPhase {
  switch (constant(state)) {
    case 'QUEUED':
    case 'LOADING':
      return 'queued';
    case 'RUNNING':
    case 'PAUSED':
      return 'running';
    case 'FINISHED':
      return isProcessed === false ? 'processing' : 'ended';
    default:
      return 'ended';
  }
}

const ENDINGS = new Map<string, 'complete' | Extract<ErrorCode, `SCANGATE_SCAN_${string}`>>([
  ['FINISHED', 'complete'],
  ['QUEUED', 'SCANGATE_SCAN_INCOMPLETE'],
  ['LOADING', 'SCANGATE_SCAN_INCOMPLETE'],
  ['RUNNING', 'SCANGATE_SCAN_INCOMPLETE'],
  ['PAUSED', 'SCANGATE_SCAN_INCOMPLETE'],
  ['CANCELED', 'SCANGATE_SCAN_CANCELLED'],
  ['ERROR', 'SCANGATE_SCAN_FAILED'],
]);

const SUB_STATES = new Map<string, 'complete' | Extract<ErrorCode, `SCANGATE_SCAN_${string}`>>([
  ['NO_VULN', 'complete'],
  ['NO_HOST', 'SCANGATE_SCAN_NOTHING_REACHED'],
]);

/** What the record of a scan says against it. Empty: it came to a clean end. */
export function stateProblems(scan: ScanRecord): ScanProblem[] {
  const { reference, state, subState } = scan;
  const ending = ENDINGS.get(constant(state));
  const shown = shownState(scan);
  if (ending === undefined) return [unknownState(reference, shown)];
  if (ending !== 'complete') return [scanProblem(ending, `the scan ${reference} ended as ${shown}`)];
  const sub = subState === undefined ? 'complete' : SUB_STATES.get(constant(subState));
  if (sub === undefined) return [unknownState(reference, shown)];
  if (sub !== 'complete') return [scanProblem(sub, `the scan ${reference} ended as ${shown}`)];
  return scan.isProcessed === false
    ? [scanProblem('SCANGATE_SCAN_INCOMPLETE', `the results of the scan ${reference} have not been processed yet`)]
    : [];
}

const unknownState = (reference: string, shown: string): ScanProblem =>
  scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', `the scan ${reference} is in a state that is not known: ${shown}`);

/** Whether results of this scan can be in the posture. One that reached no host has none. */
export const hasResults = ({ state, subState }: ScanRecord): boolean =>
  constant(state) === 'FINISHED' && SUB_STATES.get(constant(subState ?? '')) !== 'SCANGATE_SCAN_NOTHING_REACHED';

/** Scans that fit the filter. The platform lists those of the last 30 days where no date is given. Not paginated. */
export async function listScans(filter: FormFields, services: ScanServices): Promise<ScanRecord[]> {
  const root = await services.qualys().fo({
    path: SCAN_PATH,
    method: 'GET',
    fields: { action: 'list', show_op: true, show_ags: true, ...filter },
    safe: true,
    signal: services.signal,
  });
  if (root.name !== 'SCAN_LIST_OUTPUT' || child(root, 'RESPONSE') === undefined) {
    throw new ScangateError('SCANGATE_QUALYS_ANSWER', `the list of scans is a <${excerpt(root.name)}>`);
  }
  return childrenOf(descend(root, 'RESPONSE', 'SCAN_LIST'), 'SCAN').map(recordOf);
}

/** The scan of this reference; undefined for one that is not there any more. */
export async function getScan(reference: string, services: ScanServices): Promise<ScanRecord | undefined> {
  const scans = await listScans({ scan_ref: reference }, services);
  return scans.find((scan) => scan.reference === reference);
}

function recordOf(scan: XmlElement): ScanRecord {
  const reference = textAt(scan, 'REF');
  const state = textAt(scan, 'STATUS', 'STATE');
  if (reference === undefined || state === undefined) {
    throw new ScangateError('SCANGATE_QUALYS_ANSWER', `a scan of the list has no ${reference ? 'STATE' : 'REF'}`);
  }
  const launched = platformTime(textAt(scan, 'LAUNCH_DATETIME'));
  const groups = childrenOf(child(scan, 'ASSET_GROUP_TITLE_LIST'), 'ASSET_GROUP_TITLE');
  return {
    reference,
    title: textAt(scan, 'TITLE') ?? '',
    state,
    subState: textAt(scan, 'STATUS', 'SUB_STATE'),
    isProcessed: processedOf(textAt(scan, 'PROCESSED')),
    launchedMs: launched === undefined ? undefined : Date.parse(launched),
    durationMs: durationOf(textAt(scan, 'DURATION')),
    profile: textAt(scan, 'OPTION_PROFILE', 'TITLE'),
    addresses: (textAt(scan, 'TARGET') ?? '')
      .split(/[\s,]+/)
      .filter((address) => address !== '')
      .sort(),
    groups: groups.map(({ text }) => text.trim()).sort(),
  };
}

function processedOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  // Anything but a clear yes is waited for.
  return text === '1';
}

/** `00:12:03`, `1 day 00:12:03`. */
function durationOf(text: string | undefined): number | undefined {
  const [, days = '0', hours, minutes, seconds] = /^(?:(\d+)\s+days?\s+)?(\d+):(\d\d):(\d\d)$/.exec(text ?? '') ?? [];
  if (hours === undefined) return undefined;
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

export const handleOf = (plan: ScanPlan, reference: string, launchedAtMs: number | undefined): ScanHandle => ({
  plan,
  scanId: reference,
  reference,
  launchedAtMs,
});

/** Whether the platform does not want this request, whatever the reason. */
export const isRefusedRequest = (error: unknown): error is QualysError =>
  error instanceof QualysError && error.kind === 'request';

/** Now, by the platform's clock. */
export const platformNow = (services: ScanServices): number => services.now() + (services.qualys().clockSkewMs() ?? 0);

/** As filters take it: `2031-02-03T04:05:06Z`. */
export const platformDate = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
