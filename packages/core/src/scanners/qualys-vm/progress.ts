import { platformDate } from '../qualys-clock.js';
import { vmStateKey } from '../qualys-vm-state.js';
import type { ScanHandle, ScanPhase, ScanProgress, ScanServices } from '../scanner.js';
import { getScan, type ListedScan, launchedByRef, listScans } from './scan-list.js';

/** The list is asked from so long before the first launch. */
const MARGIN_MS = 10 * 60_000;

type State = Pick<ListedScan, 'state' | 'subState' | 'processed'>;

/**
 * The phase of a scan. It has ended when it is finished and processed: before that the records of the hosts are those of
 * an earlier scan. Where nothing was reached there is nothing to process. A paused scan waits for somebody to resume it.
 * What is not known has ended: waiting for it could last forever, and the findings' statement says that it is unknown.
 */
export function phaseOf({ state, subState, processed }: State): ScanPhase {
  switch (vmStateKey(state)) {
    case 'queued':
    case 'loading':
      return 'queued';
    case 'running':
    case 'paused':
      return 'running';
    case 'finished':
      return processed === false && !vmStateKey(subState).startsWith('nohost') ? 'processing' : 'ended';
    default:
      return 'ended';
  }
}

/** For people: `Finished, No_Vuln`. */
export function shownState({ state, subState, processed }: State): string {
  const words = [state ?? '(no state)', subState].filter((word) => word !== undefined);
  if (phaseOf({ state, subState, processed }) === 'processing') words.push('not processed');
  return words.join(', ');
}

/** How far the scans are, with one call for all of them, and one each for those that the list does not show. */
export async function progressOf(
  handles: readonly ScanHandle[],
  services: ScanServices,
): Promise<Map<string, ScanProgress>> {
  const refs = [...new Set(handles.map(({ scanId }) => scanId))];
  const scans = await scansByRef(refs, handles, services);
  return new Map(
    handles.map((handle) => {
      const scan = scans.get(handle.scanId);
      const progress: ScanProgress = scan
        ? { phase: phaseOf(scan), state: shownState(scan) }
        : { phase: 'ended', state: 'Deleted' };
      return [handle.plan.scanName, progress] as const;
    }),
  );
}

async function scansByRef(
  refs: readonly string[],
  handles: readonly ScanHandle[],
  services: ScanServices,
): Promise<Map<string, ListedScan>> {
  const found = new Map<string, ListedScan>();
  const times = handles.map(({ scanId, launchedAtMs }) => launchedAtMs ?? launchedByRef(scanId));
  const known = times.filter((time) => time !== undefined);
  if (refs.length > 1 && known.length === times.length) {
    const since = platformDate(Math.min(...known) - MARGIN_MS);
    for (const scan of await listScans({ launched_after_datetime: since }, services)) found.set(scan.ref, scan);
  }
  for (const ref of refs) {
    if (found.has(ref)) continue;
    const scan = await getScan(ref, services);
    if (scan) found.set(ref, scan);
  }
  return found;
}
