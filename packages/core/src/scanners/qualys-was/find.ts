import type { QpsCriterion } from '../../qualys/types.js';
import type { JsonMembers } from '../../wire/json.js';
import { wordsIn } from '../../wire/take.js';
import { platformDate, platformNow } from '../qualys-clock.js';
import { sectionIn } from '../qualys-was-members.js';
import { stateOf, stateProblems } from '../qualys-was-statement.js';
import type { Reuse, ScanHandle, ScanPlan, ScanServices } from '../scanner.js';
import { detailsOf, type WasDetails } from './details.js';
import { webAppCriterion } from './history.js';
import { phaseOf } from './progress.js';
import { handleOfRecords, scansOf, timeIn, webAppIdOf } from './scan-record.js';

const HOUR_MS = 3_600_000;
/** The platform lets no scan run longer by default: one that ended after an instant began at most this long before. */
const LONGEST_SCAN_MS = 24 * HOUR_MS;

async function search(criteria: QpsCriterion[], services: ScanServices): Promise<JsonMembers[]> {
  const found: JsonMembers[] = [];
  const asked = { product: 'was', object: 'wasscan', criteria, verbose: true, pageSize: 1000 } as const;
  for await (const page of services.qualys().qpsSearch({ ...asked, signal: services.signal })) {
    found.push(...scansOf(page));
  }
  return found;
}

/** The scan with the name of the plan; several where the platform made one for each web application. */
export async function findByName(plan: ScanPlan, services: ScanServices): Promise<ScanHandle | undefined> {
  const alike = await search([{ field: 'name', operator: 'EQUALS', value: plan.scanName }], services);
  const scans = alike.filter((scan) => wordsIn(scan, 'name', 'WasScan') === plan.scanName);
  return scans.length === 0 ? undefined : handleOfRecords(plan, scans, services.qualys());
}

/**
 * A scan of the same web applications that was started with the same settings: the same type, option profile and way
 * to log in. One that has ended counts only when it is complete; it is taken before one that still runs.
 */
export async function findReusable(
  plan: ScanPlan,
  reuse: Reuse,
  services: ScanServices,
): Promise<ScanHandle | undefined> {
  const details = detailsOf(plan);
  if (details.webApps.length === 0) return undefined;
  const now = platformNow(services);
  const maxAgeMs = reuse.kind === 'finished' ? reuse.maxAgeMs : 0;
  const statuses = reuse.kind === 'finished' ? 'SUBMITTED,RUNNING,PROCESSING,FINISHED' : 'SUBMITTED,RUNNING,PROCESSING';
  const scans = await search(
    [
      webAppCriterion(details.webApps.map(({ id }) => id)),
      { field: 'type', operator: 'EQUALS', value: details.type },
      { field: 'status', operator: 'IN', value: statuses },
      { field: 'launchedDate', operator: 'GREATER', value: platformDate(now - maxAgeMs - LONGEST_SCAN_MS) },
    ],
    services,
  );
  const chosen = details.webApps.map(({ id }) => {
    const own = scans.filter((scan) => webAppIdOf(scan) === id && isAlike(scan, details)).reverse();
    const finished = own.find(
      (scan) => isFresh(scan, now - maxAgeMs) && stateProblems(scan, details.needsLogin).length === 0,
    );
    return reuse.kind === 'finished' && finished ? finished : own.find(isUnderWay);
  });
  const found = chosen.filter((scan) => scan !== undefined);
  return found.length < chosen.length ? undefined : handleOfRecords(plan, found, services.qualys());
}

function isUnderWay(scan: JsonMembers): boolean {
  const { status, resultsStatus } = stateOf(scan);
  return phaseOf(status, resultsStatus) !== 'ended';
}

function isFresh(scan: JsonMembers, since: number): boolean {
  const ended = timeIn(scan, 'endScanDate') ?? timeIn(scan, 'launchedDate');
  return !isUnderWay(scan) && ended !== undefined && ended >= since;
}

/** Where no profile or record was named, the scan must name none that the web application would not give it. */
function isAlike(scan: JsonMembers, { profileId, needsLogin, authRecordId }: WasDetails): boolean {
  const target = sectionIn(scan, 'target', 'WasScan') ?? {};
  const record = sectionIn(target, 'webAppAuthRecord', 'WasScan.target');
  const recordId = record && wordsIn(record, 'id', 'WasScan.target.webAppAuthRecord');
  const profile = sectionIn(scan, 'profile', 'WasScan');
  if (profileId !== undefined && (profile && wordsIn(profile, 'id', 'WasScan.profile')) !== profileId) return false;
  if (authRecordId !== undefined) return recordId === authRecordId;
  return needsLogin === (recordId !== undefined);
}
