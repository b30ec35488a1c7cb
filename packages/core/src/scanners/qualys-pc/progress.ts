import type { ScanHandle, ScanProgress, ScanServices } from '../scanner.js';
import { detailsOf } from './details.js';
import { type Policy, policiesOf } from './resolve.js';
import {
  getScan,
  listScans,
  phaseOf,
  platformDate,
  type ScanRecord,
  shownState,
  stateProblems,
} from './scan-record.js';

/** The two dates come from different parts of the platform. */
const CLOCK_MARGIN_MS = 60_000;
const DAY_MS = 86_400_000;

/** How far the scans are, with one call for all of them and one more for the policies of those that are done. */
export async function progressOf(
  handles: readonly ScanHandle[],
  services: ScanServices,
): Promise<Map<string, ScanProgress>> {
  const known = handles.map((handle) => ({ handle, details: detailsOf(handle.plan) }));
  const scans = await scansByReference(
    known.filter(({ details }) => details.scan).map(({ handle }) => handle),
    services,
  );
  const done = known.filter(({ handle }) => isClean(scans.get(handle.scanId)));
  const policyIds = [...new Set(done.flatMap(({ details }) => details.policies.map(({ id }) => id)))];
  const policies = policyIds.length === 0 ? [] : await policiesOf(services, policyIds);
  return new Map(
    known.map(({ handle, details }) => [
      handle.plan.scanName,
      details.scan
        ? progressFor(
            scans.get(handle.scanId),
            details.policies.map(({ id }) => id),
            policies,
          )
        : { phase: 'ended' as const, state: 'current posture' },
    ]),
  );
}

/** Ended well, so that the posture is going to show it. */
const isClean = (scan: ScanRecord | undefined): scan is ScanRecord =>
  scan !== undefined && phaseOf(scan) === 'ended' && stateProblems(scan).length === 0;

function progressFor(
  scan: ScanRecord | undefined,
  policyIds: readonly string[],
  policies: readonly Policy[],
): ScanProgress {
  if (!scan) return { phase: 'ended', state: 'DELETED' };
  const state = shownState(scan);
  if (!isClean(scan)) return { phase: phaseOf(scan), state };
  const waiting = policyIds.filter(
    (id) =>
      !isEvaluated(
        policies.find((policy) => policy.id === id),
        scan,
      ),
  );
  if (waiting.length === 0) return { phase: 'ended', state };
  return { phase: 'processing', state: `${state}, posture not evaluated yet (policy ${waiting.join(', ')})` };
}

/**
 * Whether the posture was worked out since the end of the scan. A policy that is gone, or not active, never will be; the
 * reading of its posture then says so.
 */
function isEvaluated(policy: Policy | undefined, { launchedMs, durationMs = 0 }: ScanRecord): boolean {
  if (!policy?.isActive || launchedMs === undefined) return true;
  return policy.evaluatedMs !== undefined && policy.evaluatedMs >= launchedMs + durationMs - CLOCK_MARGIN_MS;
}

/** Scans by reference; those that are not there any more are absent. */
async function scansByReference(
  handles: readonly ScanHandle[],
  services: ScanServices,
): Promise<Map<string, ScanRecord>> {
  const found = new Map<string, ScanRecord>();
  if (handles.length === 0) return found;
  const oldest = Math.min(...handles.map(({ launchedAtMs, plan }) => launchedAtMs ?? detailsOf(plan).plannedAtMs));
  const filter = { launched_after_datetime: platformDate(oldest - DAY_MS) };
  for (const scan of await listScans(filter, services)) found.set(scan.reference, scan);
  for (const { scanId } of handles) {
    const scan = found.has(scanId) ? undefined : await getScan(scanId, services);
    if (scan) found.set(scanId, scan);
  }
  return found;
}
