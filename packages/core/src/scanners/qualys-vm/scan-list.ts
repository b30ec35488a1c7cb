import { excerpt, ScangateError } from '../../errors.js';
import type { FormFields } from '../../qualys/types.js';
import { child, childrenOf, textAt, type XmlElement } from '../../wire/xml.js';
import { platformTime } from '../qualys-words.js';
import type { ScanHandle, ScanPlan, ScanServices } from '../scanner.js';

/** The calls of VM scans. No other version is described anywhere (read 2026-11-23). */
export const SCAN_PATH = '/api/2.0/fo/scan/';

const SCAN = 'SCAN_LIST_OUTPUT/RESPONSE/SCAN_LIST/SCAN';

/** A scan of the list. */
export interface ListedScan {
  /** `scan/1793600000.10001` */
  ref: string;
  title: string;
  state: string | undefined;
  subState: string | undefined;
  /** Whether the results have reached the records of the hosts. Undefined: the list does not say. */
  processed: boolean | undefined;
  launchedMs: number | undefined;
  durationMs: number | undefined;
  /** As the list writes it: addresses, ranges and names with commas. */
  target: string;
  assetGroups: string[];
  /** Title of the option profile, where it was asked for. */
  profile: string | undefined;
}

/**
 * Scans by these filters. Neither several references nor a title can be asked for, so what is found is compared here.
 * https://docs.qualys.com/en/vm/qweb-all-api/mergedProjects/qapi-scan/vm_scans/list_vm_scans.htm (read 2026-11-23).
 */
export async function listScans(filters: FormFields, services: ScanServices): Promise<ListedScan[]> {
  const found: ListedScan[] = [];
  const pages = services.qualys().foPages({
    path: SCAN_PATH,
    fields: { action: 'list', ...filters },
    method: 'GET',
    safe: true,
    records: [SCAN],
    signal: services.signal,
  });
  for await (const { records, response } of pages) {
    // A scan under another name would be taken for none, and launched again.
    const [stray] = child(response, 'SCAN_LIST')?.children ?? [];
    if (stray) throw answerError(`the list of scans holds <${excerpt(stray.name)}>`);
    for (const { element } of records) found.push(scanOf(element));
  }
  return found;
}

/** One scan by its reference; undefined for one that is not there any more. */
export async function getScan(ref: string, services: ScanServices): Promise<ListedScan | undefined> {
  const found = await listScans({ scan_ref: ref }, services);
  return found.find((scan) => scan.ref === ref);
}

const answerError = (what: string): ScangateError => new ScangateError('SCANGATE_QUALYS_ANSWER', what);

function scanOf(element: XmlElement): ListedScan {
  const ref = textAt(element, 'REF');
  if (ref === undefined) throw answerError('a scan of the list has no reference');
  const time = platformTime(textAt(element, 'LAUNCH_DATETIME'));
  const processed = textAt(element, 'PROCESSED');
  return {
    ref,
    title: textAt(element, 'TITLE') ?? '',
    state: textAt(element, 'STATUS', 'STATE'),
    subState: textAt(element, 'STATUS', 'SUB_STATE'),
    processed: processed === '1' ? true : processed === '0' ? false : undefined,
    launchedMs: time === undefined ? undefined : Date.parse(time),
    durationMs: durationOf(textAt(element, 'DURATION')),
    target: textAt(element, 'TARGET') ?? '',
    assetGroups: childrenOf(child(element, 'ASSET_GROUP_TITLE_LIST'), 'ASSET_GROUP_TITLE').map(({ text }) =>
      text.trim(),
    ),
    profile: textAt(element, 'OPTION_PROFILE', 'TITLE'),
  };
}

/** `00:12:03` or `2 days 00:12:03` in milliseconds. */
export function durationOf(text: string | undefined): number | undefined {
  const [, days = '0', hours, minutes, seconds] = /^(?:(\d+) days? )?(\d+):(\d\d):(\d\d)$/.exec(text ?? '') ?? [];
  if (hours === undefined) return undefined;
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

export const handleOf = (plan: ScanPlan, { ref, launchedMs }: ListedScan): ScanHandle => ({
  plan,
  scanId: ref,
  reference: ref,
  launchedAtMs: launchedMs,
});

/** When a scan was launched by its reference, `scan/<seconds>.<number>`; undefined for another form. */
export function launchedByRef(ref: string): number | undefined {
  const seconds = /^scan\/(\d{9,11})\./.exec(ref)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
