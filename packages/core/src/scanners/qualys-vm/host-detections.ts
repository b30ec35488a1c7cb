import { excerpt, ScangateError } from '../../errors.js';
import { sameOrigin } from '../../http/index.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanProblem } from '../../model/scan.js';
import type { FormFields } from '../../qualys/types.js';
import { counted, listNames, scanProblem } from '../problem.js';
import { platformDate } from '../qualys-clock.js';
import type { Enricher } from '../qualys-enrich.js';
import {
  DETECTIONS_ROOT,
  type DetectedHost,
  type DetectionPage,
  detectionProblems,
  nextDetectionPage,
  readDetections,
} from '../qualys-vm-detections.js';
import type { ScanServices } from '../scanner.js';
import { spansOf, textOf, without } from './addresses.js';
import { enriching, readWhole } from './reading.js';

const PATH = '/api/5.0/fo/asset/host/vm/detection/';
/** Hosts on one page: as many as a run can hold the detections of while their QIDs are new. */
const PAGE_HOSTS = 100;
/** Addresses and ranges in one question. */
const ASKED_AT_ONCE = 500;

export interface HostQuestion {
  /** Addresses and ranges of the hosts. */
  addresses: readonly string[];
  /** Those of them that must have detections. */
  required: readonly string[];
  /** Only hosts that were scanned since; by the platform's clock, milliseconds. */
  sinceMs: number;
  networkId?: string | undefined;
}

export interface HostsAnswer {
  hosts: number;
  detections: number;
  problems: ScanProblem[];
}

/**
 * What the platform has on record of these hosts: every detection with status, dates and scores, whether it is open,
 * fixed, ignored or information. https://docs.qualys.com/en/vm/api/assets/host_lists/host_detection.htm (read 2026-11-23).
 */
export async function* hostDetections(
  { addresses, required, sinceMs, networkId }: HostQuestion,
  enricher: Enricher,
  services: ScanServices,
): AsyncGenerator<RawFinding[], HostsAnswer, undefined> {
  const seen = new Set<string>();
  const total: HostsAnswer = { hosts: 0, detections: 0, problems: [] };
  for (let start = 0; start < addresses.length; start += ASKED_AT_ONCE) {
    const fields: FormFields = {
      action: 'list',
      ips: addresses.slice(start, start + ASKED_AT_ONCE).join(','),
      ...(networkId === undefined ? {} : { network_ids: networkId }),
      vm_scan_since: platformDate(sinceMs),
      truncation_limit: PAGE_HOSTS,
      status: 'New,Active,Re-Opened,Fixed',
      show_igs: true,
      show_results: true,
      show_qds: true,
      show_qds_factors: true,
      include_ignored: true,
      include_disabled: true,
    };
    const answer = yield* pagesOf(fields, seen, enricher, services);
    total.hosts += answer.hosts;
    total.detections += answer.detections;
    total.problems.push(...answer.problems);
  }
  total.problems.push(...lacking(required, seen));
  return total;
}

/** The records of hosts follow the scan with a delay, although it says that it is processed. */
function lacking(addresses: readonly string[], seen: ReadonlySet<string>): ScanProblem[] {
  const spans = without(spansOf(addresses), spansOf([...seen]));
  const others = addresses.filter((address) => address.includes(':') && !seen.has(address.toLowerCase()));
  const left = [...spans.map(textOf), ...others];
  if (left.length === 0) return [];
  return [
    scanProblem(
      'SCANGATE_SCAN_INCOMPLETE',
      `hosts were scanned and have no detections on record since: ${listNames(left)}`,
      'collect again: the platform may still be working on the results',
    ),
  ];
}

async function* pagesOf(
  first: FormFields,
  seen: Set<string>,
  enricher: Enricher,
  services: ScanServices,
): AsyncGenerator<RawFinding[], HostsAnswer, undefined> {
  const total: HostsAnswer = { hosts: 0, detections: 0, problems: [] };
  const order = new Order();
  let fields = first;
  for (;;) {
    const hosts = new Map<string, DetectedHost>();
    const page = yield* enriching(readWhole(pageSource(fields, hosts, services), services), enricher);
    for (const { id, ip } of hosts.values()) {
      order.take(id);
      if (ip !== undefined) seen.add(ip.toLowerCase());
    }
    total.hosts += page.hosts;
    total.detections += page.detections;
    total.problems.push(...detectionProblems(page, true));
    if (page.hosts === 0 && fields !== first) total.problems.push(missingPage());
    const next = nextDetectionPage(page);
    if (next === undefined) return total;
    fields = { ...fields, ...nextFields(next, order, services) };
  }
}

const missingPage = (): ScanProblem =>
  scanProblem('SCANGATE_SCAN_INCOMPLETE', 'a page of host detections was announced and came without a host');

function pageSource(fields: FormFields, hosts: Map<string, DetectedHost>, services: ScanServices) {
  const { signal } = services;
  const from = fields.id_min === undefined ? '' : ` from host ${fields.id_min}`;
  return {
    what: `the host detections${from}`,
    syntax: 'xml' as const,
    open: () => services.qualys().foOpen({ path: PATH, fields, safe: true, signal }),
    read: (body: AsyncIterable<Uint8Array>) => readPage(body, (host) => hosts.set(host.id ?? '', host)),
  };
}

async function* readPage(
  body: AsyncIterable<Uint8Array>,
  onHost: (host: DetectedHost) => void,
): AsyncGenerator<RawFinding[], DetectionPage, undefined> {
  const page = yield* readDetections(body, onHost);
  if (page.root === DETECTIONS_ROOT && page.response) return page;
  const got = page.response ? `<${excerpt(page.root ?? '')}>` : 'an answer without RESPONSE';
  throw new ScangateError('SCANGATE_QUALYS_ANSWER', `${got} came instead of host detections`);
}

/** Hosts come by ascending id: one that comes again is on a page that was repeated. */
class Order {
  private last = -1;
  private asked = -1;

  take(id: string | undefined): void {
    const number = id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : undefined;
    if (number === undefined) throw new ScangateError('SCANGATE_QUALYS_ANSWER', 'a host with detections has no id');
    if (number <= this.last) {
      const what = `host detections are repeated or not in order: host ${number} comes after ${this.last}`;
      throw new ScangateError('SCANGATE_QUALYS_ANSWER', what);
    }
    this.last = number;
  }

  /** The first host of the next page, which must lead further. */
  leadsTo(id: number): boolean {
    if (!(id > this.last && id > this.asked)) return false;
    this.asked = id;
    return true;
  }
}

/** The address of the next page is followed on the API server and for the same call only, and must lead further. */
function nextFields(address: string, order: Order, services: ScanServices): FormFields {
  const url = sameOrigin(address, services.qualys().urls.api);
  const idMin = Number(url.searchParams.get('id_min') ?? Number.NaN);
  if (url.pathname !== PATH || !order.leadsTo(idMin)) {
    throw new ScangateError(
      'SCANGATE_QUALYS_ANSWER',
      `the next page of host detections leads elsewhere: ${excerpt(address, 120)}`,
    );
  }
  return Object.fromEntries(url.searchParams);
}

/** For people. */
export const hostsSummary = ({ hosts, detections }: HostsAnswer): string =>
  `the platform has ${counted(detections, 'detection')} of ${counted(hosts, 'host')} on record`;
