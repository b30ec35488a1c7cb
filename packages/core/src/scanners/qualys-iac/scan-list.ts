import { excerpt, ScangateError } from '../../errors.js';
import type { FormFields } from '../../qualys/types.js';
import type { JsonMembers } from '../../wire/json.js';
import { asObject, numberIn, requiredTextIn, wordsIn } from '../../wire/take.js';
import { isoTime } from '../normalise.js';
import type { ScanPhase, ScanServices } from '../scanner.js';

/*
 * The list of IaC scans. Source: the vendor's plugin for Jenkins and its program for the command line, and
 * https://docs.qualys.com/en/tc/api/get_started/get_started.htm (read 2026-11-23).
 */

const LIST = '/cloudview-api/rest/v1/iac/getScanList';
const PAGE_SIZE = 100;
/** A list that does not end is a fault of the platform. */
const MAX_PAGES = 1_000;

/** Name of the tag that holds the digest of the templates. */
export const DIGEST_TAG = 'SCANGATE_TEMPLATES';

export interface ListedScan {
  id: string;
  name: string | undefined;
  /** In the platform's word, upper case. */
  status: string;
  /** By the platform's clock, milliseconds since the epoch. */
  startedMs: number | undefined;
  /** Digest of the templates, where this program started the scan. */
  sha256: string | undefined;
}

/** The scan with this id; undefined while the list does not show it. */
export async function listedScan(id: string, services: ScanServices): Promise<ListedScan | undefined> {
  const { scans } = await readPage({ filter: `scanUuid:${id}` }, services);
  return scans.find((scan) => scan.id === id);
}

/** The first page of the list; also the cheapest test of the credentials and of the entitlement. */
export async function firstScans(services: ScanServices): Promise<ListedScan[]> {
  return (await readPage({ pageNo: 0, pageSize: PAGE_SIZE }, services)).scans;
}

/** Every scan of the list. Throws `SCANGATE_QUALYS_ANSWER` when the pages are not the whole of it. */
export async function allScans(services: ScanServices): Promise<ListedScan[]> {
  const found = new Map<string, ListedScan>();
  for (let pageNo = 0; pageNo < MAX_PAGES; pageNo++) {
    const { scans, total, isLast } = await readPage({ pageNo, pageSize: PAGE_SIZE }, services);
    const before = found.size;
    for (const scan of scans) found.set(scan.id, scan);
    // A page that brings nothing new is the end, or the platform takes no notice of the number.
    if (!isLast && found.size > before) continue;
    if (total !== undefined && found.size < total) {
      throw badList(`the list counts ${total} scans, and its pages hold ${found.size}`);
    }
    return [...found.values()];
  }
  throw badList(`the list does not end after ${MAX_PAGES} pages`);
}

interface Page {
  scans: ListedScan[];
  total: number | undefined;
  isLast: boolean;
}

async function readPage(query: FormFields, services: ScanServices): Promise<Page> {
  const { value } = await services.qualys().gateway({
    method: 'GET',
    path: LIST,
    query,
    safe: true,
    signal: services.signal,
  });
  return asAnswer('the list of scans', () => {
    const page = asObject(value, 'the list');
    const { content, last } = page;
    if (content === undefined || content === null) throw badList('it has no content');
    // A list of one is at times the element itself.
    const records: unknown[] = Array.isArray(content) ? content : [content];
    return {
      scans: records.map((record) => scanOf(asObject(record, 'content[]'))),
      total: numberIn(page, 'totalElements', 'the list'),
      isLast: last === true || records.length === 0,
    };
  });
}

function scanOf(record: JsonMembers): ListedScan {
  const at = 'content[]';
  const started = isoTime(wordsIn(record, 'scanDate', at));
  return {
    id: requiredTextIn(record, 'scanUuid', at),
    name: wordsIn(record, 'name', at),
    status: requiredTextIn(record, 'status', at).toUpperCase(),
    startedMs: started === undefined ? undefined : Date.parse(started),
    sha256: digestIn(record.tags),
  };
}

/** `[{"BRANCH_NAME":"main"}]`. Tags are only read for our own one: what else stands there is nobody's evidence. */
function digestIn(tags: unknown): string | undefined {
  for (const tag of Array.isArray(tags) ? tags : [tags]) {
    const value: unknown = typeof tag === 'object' && tag !== null ? (tag as JsonMembers)[DIGEST_TAG] : undefined;
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** The readers of records speak of reports; here it is an answer of the platform. */
export function asAnswer<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw answerError(what, error);
  }
}

export function answerError(what: string, error: unknown): unknown {
  if (!(error instanceof ScangateError) || !error.code.startsWith('SCANGATE_REPORT_')) return error;
  return new ScangateError('SCANGATE_QUALYS_ANSWER', `${what} cannot be read: ${error.message}`);
}

const badList = (why: string): ScangateError =>
  new ScangateError('SCANGATE_QUALYS_ANSWER', `the list of scans cannot be used: ${excerpt(why, 200)}`);

/**
 * The phase of a scan by the list. What is not known has ended: waiting for it could last forever, and the findings'
 * statement then says that the state is unknown.
 */
export function phaseOf(status: string): ScanPhase {
  if (status === 'SUBMITTED') return 'queued';
  return status === 'PROCESSING' ? 'running' : 'ended';
}
