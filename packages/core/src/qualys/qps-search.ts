import type { JsonMembers } from '../wire/json.js';
import { numberIn } from '../wire/take.js';
import { type AnswerContext, answerFault, badAnswer } from './errors.js';
import type { QpsPage } from './qps.js';
import type { QpsCall, QpsCriterion, QpsRecord, QpsSearch, QpsSearchSummary } from './types.js';

/** What the platform takes by default, and at most. */
const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;

type Send = (call: QpsCall) => Promise<QpsPage>;

/**
 * All records of a search. The platform sorts them by id and gives, with each page, the id after which the next one
 * begins. So every id must be greater than the one before: a page that is repeated, or that forgets the criteria, shows
 * at its first record. A page that is lost shows as an empty one that was promised records, or in the total.
 *
 * A page is read whole before its records are handed out: one that breaks off is asked for again, and no call of the
 * budget is occupied while the records are worked on.
 */
export async function* searchPages(
  search: QpsSearch,
  send: Send,
): AsyncGenerator<QpsRecord[], QpsSearchSummary, undefined> {
  const { criteria = [], product, object, signal, deadlineMs } = search;
  const call = { product, object, signal, deadlineMs } as const;
  let afterId: number | undefined;
  let pages = 0;
  let records = 0;
  for (;;) {
    const page = await send({ ...call, verb: 'search', request: requestOf(search, afterId) });
    const lastId = checkPage(page, afterId);
    pages++;
    records += page.records.length;
    if (page.records.length > 0) yield page.records;
    if (!page.hasMore) {
      if (!(search.compareTotal ?? pages > 1)) return { pages, records };
      const total = await countOf({ ...call, verb: 'count', ...filtersOf(criteria) }, send);
      if (total !== records) {
        throw badAnswer(page.context, `${records} records came on ${pages} pages, but the platform counts ${total}`);
      }
      return { pages, records, total };
    }
    afterId = lastId;
  }
}

function requestOf(search: QpsSearch, afterId: number | undefined): Record<string, unknown> {
  const { criteria = [], pageSize = DEFAULT_PAGE_SIZE, verbose, preferences } = search;
  const limitResults = Math.min(Math.max(1, Math.trunc(pageSize)), MAX_PAGE_SIZE);
  const after: QpsCriterion[] = afterId === undefined ? [] : [{ field: 'id', operator: 'GREATER', value: afterId }];
  return {
    preferences: { ...preferences, limitResults, ...(verbose === undefined ? {} : { verbose }) },
    ...filtersOf([...criteria, ...after]).request,
  };
}

/** Values are texts in this dialect. */
function filtersOf(criteria: readonly QpsCriterion[]): { request?: Record<string, unknown> } {
  if (criteria.length === 0) return {};
  const Criteria = criteria.map(({ field, operator, value }) => ({ field, operator, value: String(value) }));
  return { request: { filters: { Criteria } } };
}

/** Throws for a page that contradicts itself or the ones before. Returns the last id. */
function checkPage(page: QpsPage, afterId: number | undefined): number | undefined {
  const { context, records, count, hasMore } = page;
  if (count !== undefined && count !== records.length) {
    throw badAnswer(context, `the page counts ${count} records and holds ${records.length}`);
  }
  if (records.length === 0) {
    if (hasMore) throw badAnswer(context, 'the page says that there are more records and holds none');
    if (afterId !== undefined) throw badAnswer(context, `a page is missing: there should be more after id ${afterId}`);
  }
  let last = afterId;
  for (const { type, value } of records) {
    const id = idOf(value, type, context);
    if (last !== undefined && id <= last) {
      throw badAnswer(context, `a page is repeated or not in order: id ${id} comes after ${last}`);
    }
    last = id;
  }
  if (hasMore && page.lastId !== last) {
    throw badAnswer(context, `the page names ${page.lastId ?? 'no id'} as its last id, and it ends with ${last}`);
  }
  return last;
}

function idOf(value: JsonMembers, type: string, context: AnswerContext): number {
  try {
    const id = numberIn(value, 'id', type);
    if (id !== undefined) return id;
  } catch (error) {
    throw answerFault(error, context);
  }
  throw badAnswer(context, `a record of type ${type} has no id`);
}

/** How many records there are in all. */
async function countOf(call: QpsCall, send: Send): Promise<number> {
  const { count, context } = await send(call);
  if (count === undefined) throw badAnswer(context, 'the answer holds no count');
  return count;
}
