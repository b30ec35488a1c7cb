import type { JsonMembers } from '../../wire/json.js';
import { numberIn } from '../../wire/take.js';
import { counted, listNames } from '../problem.js';
import { isRefusedRequest } from '../qualys-refusal.js';
import { sectionIn } from '../qualys-was-members.js';
import { stateOf } from '../qualys-was-statement.js';
import type { ScanHandle, ScanPhase, ScanProgress, ScanServices } from '../scanner.js';
import { Harvest } from './harvest.js';
import { getScan, idsOf, searchScans } from './scan-record.js';

const BEFORE_RESULTS = new Set(['TO_BE_PROCESSED', 'PROCESSING', 'CANCELING', 'SUBMITTED', 'RUNNING']);

const word = (state: string | undefined): string =>
  (state ?? '')
    .trim()
    .toUpperCase()
    .replace(/[^A-Z]+/g, '_')
    .replace(/CANCELL(ED|ING)/, 'CANCEL$1');

/**
 * The phase of a scan by its two states. What is not known has ended: waiting for it could last forever, and the
 * findings' statement then says that the state is unknown.
 * https://docs.qualys.com/en/was/api/scans/scan_status.htm (read 2026-11-23).
 */
export function phaseOf(status: string | undefined, resultsStatus: string | undefined): ScanPhase {
  switch (word(status)) {
    case 'SUBMITTED':
      return 'queued';
    case 'RUNNING':
      return 'running';
    case 'PROCESSING':
    case 'CANCELING':
      return 'processing';
    case 'FINISHED':
    case 'CANCELED':
      return BEFORE_RESULTS.has(word(resultsStatus)) ? 'processing' : 'ended';
    default:
      return 'ended';
  }
}

/** How far the scans are, with one call for all of them; one call each where the platform refuses that. */
export async function progressOf(
  handles: readonly ScanHandle[],
  services: ScanServices,
): Promise<Map<string, ScanProgress>> {
  const scans = await scansById([...new Set(handles.flatMap(idsOf))], services);
  const harvest = Harvest.of(services);
  for (const [id, scan] of scans) harvest.note(id, together([scan]).phase === 'ended' ? scan : undefined);
  return new Map(
    handles.map((handle) => [handle.plan.scanName, together(idsOf(handle).map((id) => scans.get(id)))] as const),
  );
}

/** Scans by id; those that are not there any more are absent. */
export async function scansById(ids: readonly string[], services: ScanServices): Promise<Map<string, JsonMembers>> {
  let found = new Map<string, JsonMembers>();
  try {
    found = await searchScans(ids, services);
  } catch (error) {
    if (!isRefusedRequest(error)) throw error;
    services.log(`the platform does not search scans by id, so each is asked for: ${error.message}`);
  }
  for (const id of ids) {
    if (found.has(id)) continue;
    const scan = await getScan(id, services);
    if (scan) found.set(id, scan);
  }
  return found;
}

/** Several scans that stand for one: it has ended when all have. */
function together(scans: readonly (JsonMembers | undefined)[]): ScanProgress {
  const parts = scans.map((scan) => {
    if (!scan) return { phase: 'ended' as const, state: 'DELETED' };
    const { status, resultsStatus, shown } = stateOf(scan);
    return { phase: phaseOf(status, resultsStatus), state: shown, linksCrawled: linksOf(scan) };
  });
  const links = parts.map(({ linksCrawled }) => linksCrawled).filter((count) => count !== undefined);
  const ended = parts.filter(({ phase }) => phase === 'ended').length;
  const states = listNames([...new Set(parts.map(({ state }) => state))]);
  return {
    phase: phaseOfAll(parts.map(({ phase }) => phase)),
    state: parts.length === 1 ? states : `${states} (${ended} of ${counted(parts.length, 'scan')} ended)`,
    ...(links.length === 0 ? {} : { linksCrawled: links.reduce((sum, count) => sum + count, 0) }),
  };
}

function phaseOfAll(phases: readonly ScanPhase[]): ScanPhase {
  if (phases.includes('running')) return 'running';
  if (phases.includes('queued')) return phases.every((phase) => phase === 'queued') ? 'queued' : 'running';
  return phases.includes('processing') ? 'processing' : 'ended';
}

function linksOf(scan: JsonMembers): number | undefined {
  return numberIn(sectionIn(scan, 'summary', 'WasScan') ?? {}, 'linksCrawled', 'WasScan.summary');
}
