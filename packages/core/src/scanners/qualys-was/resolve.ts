import { didYouMean } from '../../did-you-mean.js';
import { excerpt, ScangateError } from '../../errors.js';
import type { QpsCriterion, QpsRecord, QpsSearch, QualysClient } from '../../qualys/types.js';
import type { JsonMembers } from '../../wire/json.js';
import { requiredTextIn, wordsIn } from '../../wire/take.js';
import { listNames } from '../problem.js';
import type { Wanted } from './target.js';

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

export const WEB_APP: Kind = { product: 'was', object: 'webapp', word: 'web application', verbose: true };
export const OPTION_PROFILE: Kind = { product: 'was', object: 'optionprofile', word: 'option profile' };
export const AUTH_RECORD: Kind = { product: 'was', object: 'webappauthrecord', word: 'authentication record' };
export const DNS_OVERRIDE: Kind = { product: 'was', object: 'dnsoverride', word: 'DNS override' };
export const TAG: Kind = { product: 'am', object: 'tag', word: 'tag' };

export interface Named {
  id: string;
  name: string;
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
  const exact = alike.filter((one) => one.name === name);
  const [found, ...others] = exact;
  if (found && others.length === 0) return found;
  if (found) {
    throw new ScangateError(
      'SCANGATE_QUALYS_AMBIGUOUS',
      `${exact.length} times there is a ${kind.word} named "${excerpt(name)}": ids ${listNames(exact.map(({ id }) => id))}`,
    );
  }
  throw await notFound(looker, kind, name, alike);
}

async function notFound(looker: Looker, kind: Kind, name: string, alike: readonly Named[]): Promise<ScangateError> {
  const [longest = name] = name.split(/[^\p{L}\p{N}]+/u).sort((a, b) => b.length - a.length);
  let candidates = [...alike];
  if (candidates.length === 0 && longest.length > 2) {
    candidates = await firstPage(looker, kind, [{ field: 'name', operator: 'CONTAINS', value: longest }]);
  }
  if (candidates.length === 0) candidates = await firstPage(looker, kind, []);
  const names = candidates.map((one) => one.name);
  const shown = candidates.map((one) => `"${excerpt(one.name)}" (${one.id})`);
  const there = candidates.length === 0 ? 'the user sees none' : `there is ${listNames(shown)}`;
  return new ScangateError(
    'SCANGATE_QUALYS_NOT_FOUND',
    `there is no ${kind.word} with the id or name "${excerpt(name)}"${didYouMean(name, names)}; ${there}`,
  );
}

/** Web applications with any of the tags: one call for all that are given by id, one for each that is given by name. */
export async function webAppsWithAnyTag(looker: Looker, tags: readonly Wanted[]): Promise<Named[]> {
  const ids = tags.filter(isId).map(String);
  const criteria: QpsCriterion[] = tags
    .filter((tag) => !isId(tag))
    .map((tag) => ({ field: 'tags.name', operator: 'EQUALS', value: tag }));
  if (ids.length > 0) criteria.push({ field: 'tags.id', operator: 'IN', value: ids.join(',') });
  const found = new Map<string, Named>();
  for (const criterion of criteria) {
    const webApps = await searchAll(looker, WEB_APP, [criterion]);
    if (webApps.length === 0) {
      throw new ScangateError(
        'SCANGATE_QUALYS_NOT_FOUND',
        `no web application has the tag ${excerpt(String(criterion.value))}`,
      );
    }
    for (const webApp of webApps) found.set(webApp.id, webApp);
  }
  return [...found.values()];
}
