import { ipVersion } from '../../ip-version.js';
import { platformDate, platformNow } from '../qualys-clock.js';
import { isRefusedRequest } from '../qualys-refusal.js';
import { vmStateKey } from '../qualys-vm-state.js';
import type { ScanServices } from '../scanner.js';
import { spansOf, textOf } from './addresses.js';
import type { VmDetails } from './details.js';
import { type ListedScan, listScans } from './scan-list.js';

const DAY_MS = 86_400_000;
/** Older scans say little about the next one. */
const WINDOW_DAYS = 60;

/** How long finished scans of the same target took, in milliseconds, newest first. One call at most. */
export async function durationsOf(details: VmDetails, services: ScanServices): Promise<number[]> {
  const { ip, fqdn } = details.request;
  if (ip === undefined && fqdn === undefined) return [];
  const since = platformDate(platformNow(services) - WINDOW_DAYS * DAY_MS);
  const filters = { state: 'Finished', launched_after_datetime: since, ...(ip === undefined ? {} : { target: ip }) };
  try {
    const scans = await listScans({ ...filters, show_ags: true }, services);
    const durations = scans
      .filter((scan) => isSameTarget(scan, details) && !vmStateKey(scan.subState).startsWith('nohost'))
      .toSorted((a, b) => (b.launchedMs ?? 0) - (a.launchedMs ?? 0))
      .map(({ durationMs }) => durationMs);
    return durations.filter((duration) => duration !== undefined).filter((duration) => duration > 0);
  } catch (error) {
    if (!isRefusedRequest(error)) throw error;
    services.log(`how long earlier scans took is not known: ${error.message}`);
    return [];
  }
}

const setOf = (texts: readonly string[]): string => [...new Set(texts)].sort().join('\n');

function partsOf(target: string): string {
  const parts = target
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '');
  const isAddress = (part: string): boolean => ipVersion(part.split('-')[0]?.trim() ?? '') === 4;
  return setOf([...spansOf(parts.filter(isAddress)).map(textOf), ...parts.filter((part) => !isAddress(part))]);
}

/** Whether a scan of the list was asked for the same addresses, names and asset groups. */
export function isSameTarget({ target, assetGroups }: ListedScan, details: VmDetails): boolean {
  const { ip = '', fqdn = '', target_from: from, connector_name: connector } = details.request;
  if (from !== undefined || connector !== undefined) return false;
  if (setOf(assetGroups) !== setOf(details.assetGroups)) return false;
  // Of asset groups the list shows the addresses that were in them then, so single hosts beside them cannot be told.
  return details.assetGroups.length > 0 ? ip === '' && fqdn === '' : partsOf(target) === partsOf(`${ip},${fqdn}`);
}
