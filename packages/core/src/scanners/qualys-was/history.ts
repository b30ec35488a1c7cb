import type { QpsCriterion } from '../../qualys/types.js';
import type { JsonMembers } from '../../wire/json.js';
import { numberIn } from '../../wire/take.js';
import { platformDate, platformNow } from '../qualys-clock.js';
import { isRefusedRequest } from '../qualys-refusal.js';
import { stateProblems } from '../qualys-was-statement.js';
import type { ScanServices } from '../scanner.js';
import type { WasDetails } from './details.js';
import { scansOf, timeIn, webAppIdOf } from './scan-record.js';

const DAY_MS = 86_400_000;
/** Older scans say little about the next one. */
const WINDOW_DAYS = 60;
const PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1000;

/** How long finished scans of the same web applications took, in milliseconds, newest first. One call; none for a new one. */
export async function durationsOf({ webApps, type }: WasDetails, services: ScanServices): Promise<number[]> {
  try {
    const ids = webApps.map(({ id }) => id);
    return durationsIn(await finishedScans(ids, type, PAGE_SIZE, services));
  } catch (error) {
    if (!isRefusedRequest(error)) throw error;
    services.log(`how long earlier scans took is not known: ${error.message}`);
    return [];
  }
}

/** The same for many, with one call. Undefined for those of which a page that is full may lack the scans. */
export async function durationsTogether(
  all: readonly Pick<WasDetails, 'webApps'>[],
  type: WasDetails['type'],
  services: ScanServices,
): Promise<(number[] | undefined)[]> {
  const ids = new Set(all.flatMap(({ webApps }) => webApps.map(({ id }) => id)));
  const pageSize = Math.min(MAX_PAGE_SIZE, ids.size * PAGE_SIZE);
  const scans = await finishedScans([...ids], type, pageSize, services);
  return all.map(({ webApps }) => {
    const own = scans.filter((scan) => webApps.some(({ id }) => id === webAppIdOf(scan)));
    return own.length === 0 && scans.length >= pageSize ? undefined : durationsIn(own);
  });
}

async function finishedScans(
  webAppIds: readonly string[],
  type: WasDetails['type'],
  pageSize: number,
  services: ScanServices,
): Promise<JsonMembers[]> {
  const since = platformDate(platformNow(services) - WINDOW_DAYS * DAY_MS);
  const criteria: QpsCriterion[] = [
    webAppCriterion(webAppIds),
    { field: 'type', operator: 'EQUALS', value: type },
    { field: 'status', operator: 'EQUALS', value: 'FINISHED' },
    { field: 'launchedDate', operator: 'GREATER', value: since },
  ];
  const search = { product: 'was', object: 'wasscan', criteria, pageSize, verbose: true, compareTotal: false } as const;
  const { signal } = services;
  // One page is enough for a guess.
  for await (const page of services.qualys().qpsSearch({ ...search, signal })) return scansOf(page);
  return [];
}

const durationsIn = (scans: readonly JsonMembers[]): number[] =>
  scans
    .filter((scan) => stateProblems(scan).length === 0)
    .map(durationOf)
    .filter((duration) => duration !== undefined)
    .reverse();

/** From the launch, so that the time in the queue counts. */
function durationOf(scan: JsonMembers): number | undefined {
  const launched = timeIn(scan, 'launchedDate');
  const ended = timeIn(scan, 'endScanDate');
  if (launched !== undefined && ended !== undefined && ended > launched) return ended - launched;
  const seconds = numberIn(scan, 'scanDuration', 'WasScan');
  return seconds === undefined || seconds <= 0 ? undefined : seconds * 1000;
}

export function webAppCriterion(ids: readonly string[]): QpsCriterion {
  const [only = '', ...others] = ids;
  return others.length === 0
    ? { field: 'webApp.id', operator: 'EQUALS', value: only }
    : { field: 'webApp.id', operator: 'IN', value: ids.join(',') };
}
