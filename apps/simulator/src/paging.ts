/** One page of a QPS search: records in ascending order of ids, a limit, an offset, and the id to go on from. */
import { compileFilter, type FieldRules } from './criteria.js';
import { type ServicePage, servicePage } from './envelopes/qps.js';
import type { Value } from './envelopes/record.js';
import type { Answer } from './http/call.js';
import type { Context } from './router.js';
import { readServiceRequest, type ServiceRequest } from './service-request.js';

export interface Searched<T> {
  /** `was/webapp`: names the schema and the rules. */
  readonly schema: string;
  readonly name: string;
  readonly rules: FieldRules<T>;
  id(record: T): number;
  /** All records in ascending order of ids; ids up to `afterId` may be left out. */
  all(request: ServiceRequest, afterId: number): Iterable<T>;
  render(record: T, request: ServiceRequest): Value;
}

/** With pages this small a handful of findings makes several pages for the page faults. */
const FAULT_PAGE_SIZE = 10;

function afterIdOf(request: ServiceRequest): number {
  const ids = request.criteria.filter(({ field, operator }) => field === 'id' && operator === 'GREATER');
  return Math.max(0, ...ids.map(({ value }) => Number(value)).filter(Number.isInteger));
}

interface Window<T> {
  readonly records: readonly T[];
  readonly hasMore: boolean;
}

function take<T>(records: Iterable<T>, matches: (record: T) => boolean, offset: number, limit: number): Window<T> {
  const taken: T[] = [];
  let skipped = 0;
  for (const record of records) {
    if (!matches(record)) continue;
    if (skipped < offset) {
      skipped += 1;
      continue;
    }
    if (taken.length === limit) return { records: taken, hasMore: true };
    taken.push(record);
  }
  return { records: taken, hasMore: false };
}

function withoutPaging(request: ServiceRequest): ServiceRequest {
  return {
    ...request,
    criteria: request.criteria.filter(({ field, operator }) => field !== 'id' || operator !== 'GREATER'),
    preferences: { ...request.preferences, startFromOffset: 1 },
  };
}

function isLaterPage(request: ServiceRequest): boolean {
  return afterIdOf(request) > 0 || request.preferences.startFromOffset > 1;
}

function pageLimit({ world, route }: Context, request: ServiceRequest): number {
  const { faults } = world;
  const pages = faults.isActive('repeated-page', route.name) || faults.isActive('missing-page', route.name);
  return pages ? Math.min(FAULT_PAGE_SIZE, request.preferences.limitResults) : request.preferences.limitResults;
}

/** Answers a search. Throws InvalidRequest. */
export function answerSearch<T>(context: Context, searched: Searched<T>): Answer {
  const asked = readServiceRequest(context.call);
  const { faults } = context.world;
  const limit = pageLimit(context, asked);
  const later = isLaterPage(asked);
  if (later && faults.strikes('missing-page', context.route.name)) {
    return servicePage(context, { schema: searched.schema, count: 0 });
  }
  const repeated = later && faults.strikes('repeated-page', context.route.name);
  const request = repeated ? withoutPaging(asked) : asked;
  const filter = compileFilter(searched.rules, request.criteria);
  if (filter.namesNothing) return servicePage(context, { schema: searched.schema, count: 0 });
  const offset = request.preferences.startFromOffset - 1;
  const page = take(searched.all(request, afterIdOf(request)), (record) => filter.matches(record), offset, limit);
  const last = page.records.at(-1);
  const full = page.records.length === limit && last !== undefined;
  const answered: ServicePage = {
    schema: searched.schema,
    count: page.records.length,
    hasMore: page.hasMore,
    ...(full ? { lastId: searched.id(last) } : {}),
    records: renderAll(page.records, searched, request),
  };
  return servicePage(context, answered);
}

function* renderAll<T>(
  records: readonly T[],
  searched: Searched<T>,
  request: ServiceRequest,
): Iterable<readonly [string, Value]> {
  for (const record of records) yield [searched.name, searched.render(record, request)];
}

/** Answers a count: the total of a filter, without records. */
export function answerCount<T>(context: Context, searched: Searched<T>, extra = 0): Answer {
  const request = readServiceRequest(context.call);
  const filter = compileFilter(searched.rules, request.criteria);
  let count = extra;
  if (!filter.namesNothing) {
    for (const record of searched.all(request, afterIdOf(request))) if (filter.matches(record)) count += 1;
  }
  return servicePage(context, { schema: searched.schema, count });
}
