import type { QpsCriterion } from '../../qualys/types.js';
import type { JsonMembers } from '../../wire/json.js';
import { asObject, wordsIn } from '../../wire/take.js';
import { platformDate } from '../qualys-clock.js';
import { sectionIn, unwrap } from '../qualys-was-members.js';
import { platformTime } from '../qualys-words.js';
import { timeIn, webAppIdOf } from './scan-record.js';

/** The two dates come from different parts of the platform. */
const CLOCK_MARGIN_MS = 60_000;

/** A scan, as far as it decides which findings are its own. */
export interface ScanWindow {
  id: string;
  launchedMs?: number | undefined;
  endedMs?: number | undefined;
  /** A record that stands for several scans: the history of a finding names those, and not this one. */
  isMulti: boolean;
}

export const windowOf = (id: string, scan: JsonMembers): ScanWindow => ({
  id,
  launchedMs: timeIn(scan, 'launchedDate'),
  endedMs: timeIn(scan, 'endScanDate'),
  isMulti: webAppIdOf(scan) === undefined,
});

/** Findings that were detected since the launch. */
export function sinceLaunch({ launchedMs }: Pick<ScanWindow, 'launchedMs'>): QpsCriterion[] {
  if (launchedMs === undefined) return [];
  return [{ field: 'lastDetectedDate', operator: 'GREATER', value: platformDate(launchedMs - CLOCK_MARGIN_MS) }];
}

/**
 * Whether this scan saw the finding. The API has no such criterion, so:
 *
 * 1. The search asks for findings of the scan's web application that were detected since its launch. What was fixed
 *    before, and what this scan no longer saw, does not come.
 * 2. The history of a finding names the scans that detected it. Where there is one, it decides: this keeps out what
 *    only a later scan saw, or another one that ended just before the launch.
 * 3. Without a history the dates decide, to the side of seen: first detected no later than the end of this scan, and
 *    last detected no earlier than its launch.
 */
export function isSeenBy(scan: ScanWindow, finding: JsonMembers): boolean {
  const history = scan.isMulti ? [] : historyIds(finding);
  if (history.length > 0) return history.includes(scan.id);
  const first = dateIn(finding, 'firstDetectedDate');
  const last = dateIn(finding, 'lastDetectedDate');
  const isTooNew = first !== undefined && scan.endedMs !== undefined && first > scan.endedMs;
  const isTooOld = last !== undefined && scan.launchedMs !== undefined && last < scan.launchedMs;
  return !isTooNew && !isTooOld;
}

function dateIn(finding: JsonMembers, key: string): number | undefined {
  const text = platformTime(wordsIn(finding, key, 'Finding'));
  return text === undefined ? undefined : Date.parse(text);
}

/** `{"set":[{"WebAppFindingHistory":{"scanData":{"id":...}}}]}`, or one element in place of the list. */
function historyIds(finding: JsonMembers): string[] {
  const at = 'Finding.history';
  const history = sectionIn(finding, 'history', 'Finding');
  const entries = history?.set ?? history?.list;
  if (entries === undefined || entries === null || entries === '') return [];
  return (Array.isArray(entries) ? entries : [entries])
    .flatMap((entry: unknown) => unwrap(entry, 'WebAppFindingHistory'))
    .map((entry) => sectionIn(asObject(entry, at), 'scanData', at))
    .map((scanData) => scanData && wordsIn(scanData, 'id', `${at}.scanData`))
    .filter((id) => id !== undefined);
}
