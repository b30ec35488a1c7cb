import type { Reuse, ScanHandle, ScanPlan, ScanServices } from '../scanner.js';
import { detailsOf, type PcDetails, type ScanRequest } from './details.js';
import {
  handleOf,
  hasResults,
  isRefusedRequest,
  listScans,
  phaseOf,
  platformDate,
  platformNow,
  type ScanRecord,
  stateProblems,
} from './scan-record.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A scan that ended after an instant began at most this long before. */
const LONGEST_SCAN_MS = DAY_MS;
/** Older scans say little about the next one. */
const HISTORY_MS = 60 * DAY_MS;

/** The scan with the title of the plan. */
export async function findByTitle(plan: ScanPlan, services: ScanServices): Promise<ScanHandle | undefined> {
  const { scan, plannedAtMs } = detailsOf(plan);
  // Reading a posture leaves nothing behind that could be found.
  if (!scan) return undefined;
  const scans = await listScans({ launched_after_datetime: platformDate(plannedAtMs - HOUR_MS) }, services);
  const found = scans.find(({ title }) => title === plan.scanName);
  return found && handleOf(plan, found.reference, found.launchedMs);
}

/** A scan of the same hosts with the same profile. One that has ended counts only when it came to a clean end. */
export async function findReusable(
  plan: ScanPlan,
  reuse: Reuse,
  services: ScanServices,
): Promise<ScanHandle | undefined> {
  const details = detailsOf(plan);
  if (!details.scan) return undefined;
  const maxAgeMs = reuse.kind === 'finished' ? reuse.maxAgeMs : 0;
  const since = platformNow(services) - maxAgeMs;
  const scans = await alikeSince(details, details.scan, since - LONGEST_SCAN_MS, services);
  const isUnderWay = (scan: ScanRecord): boolean => phaseOf(scan) !== 'ended';
  const finished = scans.find((scan) => {
    const ended = endOf(scan);
    return !isUnderWay(scan) && ended !== undefined && ended >= since && stateProblems(scan).length === 0;
  });
  const found = (reuse.kind === 'finished' ? finished : undefined) ?? scans.find(isUnderWay);
  return found && handleOf(plan, found.reference, found.launchedMs);
}

const endOf = ({ launchedMs, durationMs }: ScanRecord): number | undefined =>
  launchedMs === undefined ? undefined : launchedMs + (durationMs ?? 0);

/** How long finished scans of the same hosts took, in milliseconds, newest first. One call; none for new ones. */
export async function durationsOf(details: PcDetails, services: ScanServices): Promise<number[]> {
  const { scan } = details;
  if (!scan) return [];
  try {
    const scans = await alikeSince(details, scan, platformNow(services) - HISTORY_MS, services);
    return scans
      .filter((one) => hasResults(one) && stateProblems(one).length === 0)
      .map(({ durationMs }) => durationMs ?? 0)
      .filter((ms) => ms > 0);
  } catch (error) {
    if (!isRefusedRequest(error)) throw error;
    services.log(`how long earlier scans took is not known: ${error.message}`);
    return [];
  }
}

/** Newest first. Scans by tags cannot be told apart: the list does not name the tags. */
async function alikeSince(
  { hosts }: PcDetails,
  { profile }: ScanRequest,
  sinceMs: number,
  services: ScanServices,
): Promise<ScanRecord[]> {
  if (hosts.kind === 'tags') return [];
  const wanted = hosts.kind === 'hosts' ? hosts.hosts : hosts.groups.map(({ name }) => name);
  const scans = await listScans({ launched_after_datetime: platformDate(sinceMs) }, services);
  return scans
    .filter((scan) => {
      const own = hosts.kind === 'hosts' ? scan.addresses : scan.groups;
      const isSameKind = hosts.kind === 'groups' || scan.groups.length === 0;
      return scan.profile === profile.name && isSameKind && own.join('\n') === wanted.toSorted().join('\n');
    })
    .sort((a, b) => (b.launchedMs ?? 0) - (a.launchedMs ?? 0));
}
