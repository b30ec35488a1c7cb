import { platformNow } from '../qualys-clock.js';
import type { Reuse, ScanHandle, ScanPlan, ScanServices } from '../scanner.js';
import { detailsOf } from './details.js';
import { allScans, type ListedScan, phaseOf } from './scan-list.js';

const handleOf = (plan: ScanPlan, { id, startedMs }: ListedScan): ScanHandle => ({
  plan,
  scanId: id,
  launchedAtMs: startedMs,
});

/** The scan with the name of the plan. The list is read whole: no filter by name is documented. */
export async function findByName(plan: ScanPlan, services: ScanServices): Promise<ScanHandle | undefined> {
  const scan = (await allScans(services)).find(({ name }) => name === plan.scanName);
  return scan && handleOf(plan, scan);
}

/** A scan of the very same templates, by the digest in its tags: one that has finished, else one that still runs. */
export async function findReusable(
  plan: ScanPlan,
  reuse: Reuse,
  services: ScanServices,
): Promise<ScanHandle | undefined> {
  const { sha256 } = detailsOf(plan);
  const alike = (await allScans(services))
    .filter((scan) => scan.sha256 === sha256)
    .sort((a, b) => (b.startedMs ?? 0) - (a.startedMs ?? 0));
  const finished =
    reuse.kind === 'finished'
      ? alike.find((scan) => scan.status === 'FINISHED' && isSince(scan, platformNow(services) - reuse.maxAgeMs))
      : undefined;
  const scan = finished ?? alike.find(({ status }) => phaseOf(status) !== 'ended');
  return scan && handleOf(plan, scan);
}

const isSince = ({ startedMs }: ListedScan, sinceMs: number): boolean =>
  startedMs !== undefined && startedMs >= sinceMs;
