import { ScangateError } from '../../errors.js';
import type { QpsRecord, QualysClient } from '../../qualys/types.js';
import type { JsonMembers } from '../../wire/json.js';
import { requiredTextIn, wordsIn } from '../../wire/take.js';
import { isNotFound } from '../qualys-refusal.js';
import { sectionIn } from '../qualys-was-members.js';
import { platformTime } from '../qualys-words.js';
import type { ScanHandle, ScanPlan, ScanServices } from '../scanner.js';

/** What the platform calls a scan of several web applications is several scans at times: their ids stand in one text. */
const SEPARATOR = ',';

export const idsOf = (handle: ScanHandle): string[] => handle.scanId.split(SEPARATOR);

export function handleOf(
  plan: ScanPlan,
  ids: readonly string[],
  client: QualysClient,
  more: Pick<ScanHandle, 'reference' | 'launchedAtMs'> = {},
): ScanHandle {
  return { plan, scanId: ids.join(SEPARATOR), link: linkOf(client, ids[0] ?? ''), ...more };
}

/** Page of the portal that the vendor's own plugin links to. */
export const linkOf = ({ urls }: QualysClient, id: string): string =>
  `${urls.portal}/was/#/reports/online-reports/email-report/scan/${encodeURIComponent(id)}`;

/** The handle for scans that the platform has listed. */
export function handleOfRecords(plan: ScanPlan, records: readonly JsonMembers[], client: QualysClient): ScanHandle {
  const times = records.map((scan) => timeIn(scan, 'launchedDate')).filter((time) => time !== undefined);
  const [first = {}] = records;
  return handleOf(
    plan,
    records.map((scan) => requiredTextIn(scan, 'id', 'WasScan')),
    client,
    {
      reference: records.length === 1 ? wordsIn(first, 'reference', 'WasScan') : undefined,
      launchedAtMs: times.length === 0 ? undefined : Math.min(...times),
    },
  );
}

/** A time of a scan, in milliseconds by the platform's clock. */
export function timeIn(scan: JsonMembers, key: string): number | undefined {
  const text = platformTime(wordsIn(scan, key, 'WasScan'));
  return text === undefined ? undefined : Date.parse(text);
}

/** Id of the web application that this scan looked at. Absent on a record that stands for several. */
export function webAppIdOf(scan: JsonMembers): string | undefined {
  const webApp = sectionIn(sectionIn(scan, 'target', 'WasScan') ?? {}, 'webApp', 'WasScan.target');
  return webApp && wordsIn(webApp, 'id', 'WasScan.target.webApp');
}

export const scansOf = (records: readonly QpsRecord[]): JsonMembers[] =>
  records.filter(({ type }) => type === 'WasScan').map(({ value }) => value);

/** The whole record of a scan; undefined for one that is not there any more. */
export async function getScan(id: string, services: ScanServices): Promise<JsonMembers | undefined> {
  try {
    const { records } = await services
      .qualys()
      .qps({ product: 'was', verb: 'get', object: 'wasscan', id, signal: services.signal });
    const [scan] = scansOf(records);
    if (scan) return scan;
    throw new ScangateError(
      'SCANGATE_QUALYS_ANSWER',
      `the platform was asked for the scan ${id} and answered without it`,
    );
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * Whether a record that a search gave holds what the whole record is asked for: both states, whether it could log in,
 * how far it came, its times and its one web application. Which members a search leaves out is not documented.
 */
export function isWholeRecord(scan: JsonMembers): boolean {
  const summary = sectionIn(scan, 'summary', 'WasScan') ?? {};
  const has = (members: JsonMembers, key: string): boolean => wordsIn(members, key, 'WasScan') !== undefined;
  return (
    ['id', 'name', 'reference', 'type', 'status'].every((key) => has(scan, key)) &&
    ['resultsStatus', 'authStatus', 'linksCrawled', 'nbRequests'].every((key) => has(summary, key)) &&
    ['launchedDate', 'endScanDate'].every((key) => timeIn(scan, key) !== undefined) &&
    webAppIdOf(scan) !== undefined
  );
}

const MAX_SCANS_PER_CALL = 500;

/** The whole records of scans by id, with one call. Those that are gone are absent. */
export async function searchScans(ids: readonly string[], services: ScanServices): Promise<Map<string, JsonMembers>> {
  const found = new Map<string, JsonMembers>();
  for (let start = 0; start < ids.length; start += MAX_SCANS_PER_CALL) {
    const value = ids.slice(start, start + MAX_SCANS_PER_CALL).join(',');
    const search = {
      product: 'was',
      object: 'wasscan',
      criteria: [{ field: 'id', operator: 'IN', value }],
      pageSize: MAX_SCANS_PER_CALL,
      verbose: true,
      compareTotal: false,
      signal: services.signal,
    } as const;
    for await (const page of services.qualys().qpsSearch(search)) {
      for (const scan of scansOf(page)) found.set(requiredTextIn(scan, 'id', 'WasScan'), scan);
    }
  }
  return found;
}
