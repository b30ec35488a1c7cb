import { type Answer, header } from '../http/call.js';
import { BadFilter, type Fields, readFilter } from '../qql.js';
import type { Context, Route } from '../router.js';

const BASE = '/csapi/v1.3';
const MOST_RECORDS = 10_000;
const JSON_TYPE = { 'Content-Type': 'application/json' };

export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: JSON_TYPE,
  body: JSON.stringify(value),
});

/** The errors of Container Security have a form of their own. */
export function csError({ world }: Context, status: number, word: string, message: string): Answer {
  return json({ errorCode: `${status} ${word}`, message, timestamp: world.clock.now() }, status);
}

export const notKnown = (context: Context, what: string): Answer =>
  csError(context, 404, 'NOT_FOUND', `${what} was not found`);

/** Times are milliseconds in a text. */
export const stamp = (ms: number | undefined): string | null => (ms === undefined ? null : String(Math.floor(ms)));

export function csRoute(method: string, path: string, answer: (context: Context) => Answer): Route {
  return {
    name: `${method} ${BASE}${path}`,
    family: 'gateway',
    hosts: ['gateway'],
    methods: [method],
    pattern: `${BASE}${path}`,
    answer: (context) => {
      const accept = header(context.call, 'accept') ?? '*/*';
      if (!/\*\/\*|application\/json/.test(accept)) return csError(context, 406, 'NOT_ACCEPTABLE', accept);
      return answer(context);
    },
  };
}

function whole(text: string | null, fallback: number, most: number): number | undefined {
  if (text === null) return fallback;
  const number = Number(text);
  return Number.isInteger(number) && number >= 1 && number <= most ? number : undefined;
}

/** A page of `{data, count}`; 204 where nothing matches. */
export function listed<T>(
  context: Context,
  all: readonly T[],
  fields: Fields<T>,
  render: (record: T) => object,
): Answer {
  const { world, call } = context;
  const pageNumber = whole(call.query.get('pageNumber'), 1, Number.MAX_SAFE_INTEGER);
  const pageSize = whole(call.query.get('pageSize'), 50, 1000);
  if (pageNumber === undefined) return csError(context, 400, 'BAD_REQUEST', 'pageNumber starts at 1');
  if (pageSize === undefined) return csError(context, 400, 'BAD_REQUEST', 'pageSize is 1 to 1000');
  try {
    const filter = call.query.get('filter') ?? '';
    const matching = filter.trim() === '' ? all : all.filter(readFilter(filter, fields, world.clock.now()));
    if (matching.length === 0) return { status: 204, headers: {}, body: '' };
    return page(context, matching, { pageNumber, pageSize }, render);
  } catch (error) {
    if (error instanceof BadFilter) return csError(context, 400, 'BAD_REQUEST', error.message);
    throw error;
  }
}

function page<T>(
  { world, route }: Context,
  matching: readonly T[],
  { pageNumber, pageSize }: { readonly pageNumber: number; readonly pageSize: number },
  render: (record: T) => object,
): Answer {
  const { faults } = world;
  // Pages are small while a fault about pages is on, so that there are several.
  const isSplit = faults.isActive('repeated-page', route.name) || faults.isActive('missing-page', route.name);
  const size = isSplit ? 1 : pageSize;
  const number = pageNumber > 1 && faults.strikes('repeated-page', route.name) ? 1 : pageNumber;
  const isLost = number > 1 && faults.strikes('missing-page', route.name);
  const start = (number - 1) * size;
  const records = isLost ? [] : matching.slice(start, Math.min(start + size, MOST_RECORDS));
  const data = records.map(render);
  const isBare = data.length === 1 && faults.isActive('single-object-list', route.name);
  return json({ data: isBare ? data[0] : data, count: matching.length });
}
