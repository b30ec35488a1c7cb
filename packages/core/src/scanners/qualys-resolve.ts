import { didYouMean } from '../did-you-mean.js';
import { excerpt, ScangateError } from '../errors.js';
import type { QpsCriterion, QpsRecord, QpsSearch, QualysClient } from '../qualys/types.js';
import type { JsonMembers } from '../wire/json.js';
import { requiredTextIn, wordsIn } from '../wire/take.js';
import { listNames } from './problem.js';

/** Id or exact name. */
export type Wanted = string | number;

export interface Looker {
  client: QualysClient;
  signal: AbortSignal;
}

/** A kind of thing on the platform that has an id and a name. */
export interface Kind {
  product: QpsSearch['product'];
  object: string;
  /** For people: `web application`. */
  word: string;
  /** Whether the whole record is wanted. */
  verbose?: boolean;
}

export const TAG: Kind = { product: 'am', object: 'tag', word: 'tag' };

interface IdAndName {
  id: string;
  name: string;
}

export interface Named extends IdAndName {
  value: JsonMembers;
}

const MAX_CANDIDATES = 100;

export const isId = (wanted: Wanted): boolean => /^[1-9]\d{0,17}$/.test(String(wanted));

export function namedOf({ type, value }: QpsRecord): Named {
  const id = requiredTextIn(value, 'id', type);
  return { id, name: wordsIn(value, 'name', type) ?? id, value };
}

/** The first page of a search. */
async function firstPage({ client, signal }: Looker, kind: Kind, criteria: QpsCriterion[]): Promise<Named[]> {
  const { product, object, verbose = false } = kind;
  const search = { product, object, criteria, pageSize: MAX_CANDIDATES, verbose, compareTotal: false, signal };
  for await (const page of client.qpsSearch(search)) return page.map(namedOf);
  return [];
}

/** All records. */
export async function searchAll({ client, signal }: Looker, kind: Kind, criteria: QpsCriterion[]): Promise<Named[]> {
  const { product, object, verbose = false } = kind;
  const found: Named[] = [];
  for await (const page of client.qpsSearch({ product, object, criteria, pageSize: 1000, verbose, signal })) {
    found.push(...page.map(namedOf));
  }
  return found;
}

/**
 * The one thing with this id or exact name. Digits are an id first, and a name where no such id exists. Throws
 * `SCANGATE_QUALYS_NOT_FOUND` and `SCANGATE_QUALYS_AMBIGUOUS`, both with what there is.
 */
export async function resolveOne(looker: Looker, kind: Kind, wanted: Wanted): Promise<Named> {
  if (isId(wanted)) {
    const byId = await firstPage(looker, kind, [{ field: 'id', operator: 'EQUALS', value: wanted }]);
    const [found] = byId.filter(({ id }) => id === String(wanted));
    if (found) return found;
  }
  const name = String(wanted);
  const alike = await firstPage(looker, kind, [{ field: 'name', operator: 'EQUALS', value: name }]);
  // The platform ignores the case of letters.
  return onlyOne(kind.word, name, alike) ?? (await notFound(looker, kind, name, alike));
}

/** The one of them with this exact name; undefined when there is none. Throws `SCANGATE_QUALYS_AMBIGUOUS`. */
function onlyOne<T extends IdAndName>(word: string, name: string, all: readonly T[]): T | undefined {
  const exact = all.filter((one) => one.name === name);
  if (exact.length < 2) return exact[0];
  throw new ScangateError(
    'SCANGATE_QUALYS_AMBIGUOUS',
    `${exact.length} times there is a ${word} named "${excerpt(name)}": ids ${listNames(exact.map(({ id }) => id))}`,
  );
}

/** The one of a whole list with this id or exact name; see {@link resolveOne}. `word` is for people. */
export function chooseOne<T extends IdAndName>(word: string, all: readonly T[], wanted: Wanted): T {
  const byId = isId(wanted) ? all.find(({ id }) => id === String(wanted)) : undefined;
  const name = String(wanted);
  const found = byId ?? onlyOne(word, name, all);
  if (found) return found;
  throw unknownName(word, name, all);
}

function unknownName(word: string, name: string, candidates: readonly IdAndName[]): ScangateError {
  const names = candidates.map((one) => one.name);
  const shown = candidates.map((one) => `"${excerpt(one.name)}" (${one.id})`);
  const there = candidates.length === 0 ? 'the user sees none' : `there is ${listNames(shown)}`;
  return new ScangateError(
    'SCANGATE_QUALYS_NOT_FOUND',
    `there is no ${word} with the id or name "${excerpt(name)}"${didYouMean(name, names)}; ${there}`,
  );
}

async function notFound(looker: Looker, kind: Kind, name: string, alike: readonly Named[]): Promise<never> {
  const [longest = name] = name.split(/[^\p{L}\p{N}]+/u).sort((a, b) => b.length - a.length);
  let candidates = [...alike];
  if (candidates.length === 0 && longest.length > 2) {
    candidates = await firstPage(looker, kind, [{ field: 'name', operator: 'CONTAINS', value: longest }]);
  }
  if (candidates.length === 0) candidates = await firstPage(looker, kind, []);
  throw unknownName(kind.word, name, candidates);
}

/** Several, in the order they are wanted, each once. */
export async function resolveEach(looker: Looker, kind: Kind, wanted: readonly Wanted[]): Promise<Named[]> {
  const found = new Map<string, Named>();
  for (const one of wanted) {
    const named = await resolveOne(looker, kind, one);
    found.set(named.id, named);
  }
  return [...found.values()];
}
