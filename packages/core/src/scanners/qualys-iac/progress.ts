import type { ScanHandle, ScanProgress, ScanServices } from '../scanner.js';
import { readResult } from './result.js';
import { listedScan, phaseOf } from './scan-list.js';

/** How far the scans are. The API has a filter for one id only, so each is asked for. */
export async function progressOf(
  handles: readonly ScanHandle[],
  services: ScanServices,
): Promise<Map<string, ScanProgress>> {
  const found = new Map<string, ScanProgress>();
  for (const { plan, scanId } of handles) {
    const progress = await progressOfOne(scanId, services);
    if (progress) found.set(plan.scanName, progress);
  }
  return found;
}

async function progressOfOne(id: string, services: ScanServices): Promise<ScanProgress | undefined> {
  const scan = await listedScan(id, services);
  if (!scan) return undefined;
  const { status } = scan;
  if (status !== 'FINISHED') return { phase: phaseOf(status), state: status };
  // The result has a state of its own, and is not ready until that says so as well.
  const { state = status } = (await readResult(id, services)).statement;
  const isLate = phaseOf(state.toUpperCase()) !== 'ended';
  return isLate ? { phase: 'processing', state: `${status}, result ${state}` } : { phase: 'ended', state: status };
}
