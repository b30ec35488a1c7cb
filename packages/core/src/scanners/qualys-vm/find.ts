import { platformDate, platformNow } from '../qualys-clock.js';
import { vmStateKey } from '../qualys-vm-state.js';
import type { Reuse, ScanHandle, ScanPlan, ScanServices } from '../scanner.js';
import { detailsOf, type VmDetails } from './details.js';
import { isSameTarget } from './history.js';
import { phaseOf } from './progress.js';
import { handleOf, type ListedScan, listScans } from './scan-list.js';

/** Clocks differ, and a plan may be a little older than what it says. */
const MARGIN_MS = 15 * 60_000;
const DAY_MS = 24 * 3_600_000;

/** The scan with the title of the plan. The list cannot be asked for a title, so all that were launched since are compared. */
export async function findByTitle(plan: ScanPlan, services: ScanServices): Promise<ScanHandle | undefined> {
  const { plannedAtMs } = detailsOf(plan);
  const since = platformDate(plannedAtMs - MARGIN_MS);
  const scans = await listScans({ launched_after_datetime: since }, services);
  const [first] = scans.filter(({ title }) => title === plan.scanName).toSorted(byLaunch);
  return first && handleOf(plan, first);
}

const byLaunch = (a: ListedScan, b: ListedScan): number => (a.launchedMs ?? 0) - (b.launchedMs ?? 0);

/**
 * A scan of the same addresses, names and asset groups with the same option profile. One that has ended counts only
 * when it is complete; the newest is taken. The list does not tell from where a scan looked.
 */
export async function findReusable(
  plan: ScanPlan,
  reuse: Reuse,
  services: ScanServices,
): Promise<ScanHandle | undefined> {
  const details = detailsOf(plan);
  const now = platformNow(services);
  const maxAgeMs = reuse.kind === 'finished' ? reuse.maxAgeMs : 0;
  const since = platformDate(now - maxAgeMs - DAY_MS);
  const filters = { launched_after_datetime: since, show_ags: true, show_op: true };
  const scans = (await listScans(filters, services)).filter((scan) => isAlike(scan, details)).toSorted(byLaunch);
  const finished = scans.filter((scan) => isFreshAndWhole(scan, now - maxAgeMs));
  const found = (reuse.kind === 'finished' ? finished.at(-1) : undefined) ?? scans.filter(isUnderWay).at(-1);
  return found && handleOf(plan, found);
}

const isUnderWay = (scan: ListedScan): boolean => phaseOf(scan) !== 'ended' && vmStateKey(scan.state) !== 'paused';

function isFreshAndWhole(scan: ListedScan, since: number): boolean {
  const ended = scan.launchedMs === undefined ? undefined : scan.launchedMs + (scan.durationMs ?? 0);
  const isWhole =
    vmStateKey(scan.state) === 'finished' && ['', 'novuln', 'novulns'].includes(vmStateKey(scan.subState));
  return isWhole && scan.processed === true && ended !== undefined && ended >= since;
}

const isAlike = (scan: ListedScan, details: VmDetails): boolean =>
  scan.profile === details.profile && isSameTarget(scan, details);
