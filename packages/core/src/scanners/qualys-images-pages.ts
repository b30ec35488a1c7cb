import { ScangateError } from '../errors.js';
import type { FormFields } from '../qualys/types.js';
import type { JsonMembers } from '../wire/json.js';
import { asObject, numberIn, wordsIn } from '../wire/take.js';
import { asAnswer, membersIn } from './qualys-images-members.js';
import type { ScanServices } from './scanner.js';

/** At most 1000. Small enough that one page is read in a moment, large enough that one is nearly always all. */
const PAGE_SIZE = 200;
/** Records beyond these are not given by the paged lists, whatever is asked. */
const MAX_RECORDS = 10_000;
/** What is listed may change while it is read. */
const TRIES = 3;

interface ListQuestion {
  /** Below `/csapi/v1.3/`. */
  path: string;
  filter?: string | undefined;
  sort?: string | undefined;
  /** Members of which the first that is there tells records apart. */
  keys: readonly string[];
}

/**
 * All records of a paged list, `{"data":[...],"count":N}` with the count over all pages; 204 for none. A page that is
 * repeated, lost or cut is an error, never an end. Throws QualysError, and `SCANGATE_SCAN_INCOMPLETE` for lists that
 * the platform does not give to their end.
 * https://docs.qualys.com/en/cs/api/images/fetch_a_list_of_images_in_your_account.htm (read 2026-11-23).
 */
export async function listAll(question: ListQuestion, services: ScanServices): Promise<JsonMembers[]> {
  for (let attempt = 1; ; attempt++) {
    const { records, count, twice } = await readPages(question, services);
    if (records.length === count && twice === undefined) return records;
    const what =
      twice === undefined
        ? `lists ${records.length} of the ${count} records that it counts`
        : `gives the record ${twice} twice`;
    if (attempt === TRIES) {
      throw new ScangateError('SCANGATE_QUALYS_ANSWER', `GET /csapi/v1.3/${question.path} ${what}`);
    }
    services.log(`/csapi/v1.3/${question.path} ${what}, and is read again`);
  }
}

interface Pages {
  records: JsonMembers[];
  count: number;
  twice?: string | undefined;
}

async function readPages(question: ListQuestion, services: ScanServices): Promise<Pages> {
  const records: JsonMembers[] = [];
  const seen = new Set<string>();
  for (let pageNumber = 1; ; pageNumber++) {
    const page = await readPage(question, pageNumber, services);
    if (page.count > MAX_RECORDS) {
      throw new ScangateError(
        'SCANGATE_SCAN_INCOMPLETE',
        `the platform counts ${page.count} records in ${question.path} and lists ${MAX_RECORDS} at most`,
        { mend: 'name less: an image with its tag or digest in place of a repository' },
      );
    }
    for (const record of page.records) {
      const key = question.keys.map((name) => wordsIn(record, name, 'record')).find((word) => word !== undefined);
      if (key === undefined) {
        throw new ScangateError('SCANGATE_QUALYS_ANSWER', `a record of ${question.path} has no ${question.keys[0]}`);
      }
      if (seen.has(key)) return { records, count: page.count, twice: key };
      seen.add(key);
      records.push(record);
    }
    if (page.records.length === 0 || records.length >= page.count) return { records, count: page.count };
  }
}

async function readPage(
  { path, filter, sort }: ListQuestion,
  pageNumber: number,
  services: ScanServices,
): Promise<{ records: JsonMembers[]; count: number }> {
  const value = await getJson(path, { filter, pageNumber, pageSize: PAGE_SIZE, sort }, services);
  if (value === undefined) return { records: [], count: 0 };
  try {
    const answer = asObject(value, path);
    const count = numberIn(answer, 'count', path);
    if (count === undefined) {
      throw new ScangateError('SCANGATE_QUALYS_ANSWER', `${path} does not say how many there are`);
    }
    return { records: membersIn(answer, 'data', path), count };
  } catch (error) {
    throw asAnswer(error, `GET /csapi/v1.3/${path}`);
  }
}

/** The JSON of a read; undefined for 204, and an error for a 200 without a body. */
export async function getJson(path: string, query: FormFields, services: ScanServices): Promise<unknown> {
  const { status, value } = await services.qualys().gateway({
    method: 'GET',
    path: `/csapi/v1.3/${path}`,
    query,
    safe: true,
    signal: services.signal,
  });
  if (value === undefined && status !== 204) {
    throw new ScangateError('SCANGATE_QUALYS_ANSWER', `GET /csapi/v1.3/${path}: the answer is empty (HTTP ${status})`);
  }
  return value;
}

/** {@link getJson} of an object, which has to be there. */
export async function getObject(path: string, query: FormFields, services: ScanServices): Promise<JsonMembers> {
  const value = await getJson(path, query, services);
  try {
    return asObject(value, path);
  } catch (error) {
    throw asAnswer(error, `GET /csapi/v1.3/${path}`);
  }
}
