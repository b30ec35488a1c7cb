import { isId, type Kind, type Looker, type Named, namedOf, searchAll, type Wanted } from '../qualys-resolve.js';
import { PAGE_SIZE, searchAtMost } from './search-at-most.js';

/** Fewer names are asked for one by one: the list of all names costs up to two calls. */
const NAMES_FOR_A_LIST = 4;
const MAX_LISTED = 10_000;
const MAX_IDS_PER_CALL = 500;

/**
 * Things by id or exact name, with few calls. Undefined for what is not found exactly once: whoever asks for that alone
 * is told what there is. Ids go into one criterion. Names cannot, since texts know no IN (https://docs.qualys.com/en/was/api/,
 * operators of search, read 2026-11-23), so the names of all there are listed, unless there are too many.
 */
export async function findTogether(
  looker: Looker,
  kind: Kind,
  wanted: readonly Wanted[],
): Promise<(Named | undefined)[]> {
  const texts = wanted.map(String);
  const names = new Set(texts.filter((text) => !isId(text)));
  const listed = names.size < NAMES_FOR_A_LIST ? new Map<string, string>() : await idsByName(looker, kind, names);
  const ids = new Set([...texts.filter(isId), ...listed.values()]);
  const found = await byIds(looker, kind, [...ids]);
  return texts.map((text) => {
    if (isId(text)) return found.get(text);
    const named = found.get(listed.get(text) ?? '');
    return named?.name === text ? named : undefined;
  });
}

/** Ids of the names that exactly one thing has. */
async function idsByName(looker: Looker, kind: Kind, names: ReadonlySet<string>): Promise<Map<string, string>> {
  const { product, object } = kind;
  const ids = new Map<string, string[]>();
  // Less than one call for each name, the counts and the search by id included.
  const maxRecords = Math.min(MAX_LISTED, PAGE_SIZE * (names.size - NAMES_FOR_A_LIST + 1));
  const isWhole = await searchAtMost(looker, { product, object, criteria: [], verbose: false }, maxRecords, (page) => {
    for (const { id, name } of page.map(namedOf)) {
      if (names.has(name)) ids.set(name, [...(ids.get(name) ?? []), id]);
    }
  });
  const only = [...ids].filter(([, { length }]) => length === 1);
  return new Map(isWhole ? only.map(([name, [id = '']]) => [name, id] as const) : []);
}

async function byIds(looker: Looker, kind: Kind, ids: readonly string[]): Promise<Map<string, Named>> {
  const found = new Map<string, Named>();
  for (let start = 0; start < ids.length; start += MAX_IDS_PER_CALL) {
    const value = ids.slice(start, start + MAX_IDS_PER_CALL).join(',');
    for (const named of await searchAll(looker, kind, [{ field: 'id', operator: 'IN', value }])) {
      found.set(named.id, named);
    }
  }
  return found;
}
