import { describe, expect, it } from 'vitest';
import { errorOf } from '../support/local-server.js';
import { collect, inTurn, json, platform, qps, text } from './support.js';

const finding = (id: number) => ({ Finding: { id, name: `finding ${id}` } });

const page = (ids: number[], more: boolean | string, lastId: unknown = ids.at(-1)) =>
  qps({
    count: ids.length,
    hasMoreRecords: more,
    ...(lastId === undefined ? {} : { lastId }),
    data: ids.map(finding),
  });

const total = (count: number) => qps({ count });

const SEARCH = {
  product: 'was',
  object: 'finding',
  criteria: [{ field: 'webApp.id', operator: 'EQUALS', value: 501 }],
  pageSize: 2,
} as const;

const idsOf = (records: { value: Record<string, unknown> }[]) => records.map(({ value }) => value.id);

describe('qpsSearch', () => {
  it('reads all pages and compares the total', async () => {
    const { client, sent } = await platform(
      inTurn(page([1, 2], 'true'), page([3, 7], true), page([9], 'false'), total(5)),
    );
    const pages = client.qpsSearch({ ...SEARCH, verbose: true, preferences: { limitHistories: 1 } });
    const batches: unknown[] = [];
    let next = await pages.next();
    for (; next.done !== true; next = await pages.next()) batches.push(idsOf(next.value));
    expect(batches).toEqual([[1, 2], [3, 7], [9]]);
    expect(next.value).toEqual({ pages: 3, records: 5, total: 5 });
    const criterion = { field: 'webApp.id', operator: 'EQUALS', value: '501' };
    const preferences = { limitHistories: 1, limitResults: 2, verbose: true };
    const beyond = (value: string) => ({ field: 'id', operator: 'GREATER', value });
    expect(
      sent.map(({ url, body }) => [url, (JSON.parse(body) as { ServiceRequest: unknown }).ServiceRequest]),
    ).toEqual([
      ['/qps/rest/3.0/search/was/finding', { preferences, filters: { Criteria: [criterion] } }],
      ['/qps/rest/3.0/search/was/finding', { preferences, filters: { Criteria: [criterion, beyond('2')] } }],
      ['/qps/rest/3.0/search/was/finding', { preferences, filters: { Criteria: [criterion, beyond('7')] } }],
      ['/qps/rest/3.0/count/was/finding', { filters: { Criteria: [criterion] } }],
    ]);
  });

  it('one page costs one call', async () => {
    const { client, sent } = await platform(page([1, 2], false));
    expect(idsOf(await collect(client.qpsSearch(SEARCH)))).toEqual([1, 2]);
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['with everything', { count: 0, hasMoreRecords: false, data: [] }],
    ['without data', { count: 0 }],
    ['with nothing', {}],
  ])('an empty result %s', async (_, members) => {
    const { client } = await platform(qps(members));
    expect(await collect(client.qpsSearch(SEARCH))).toEqual([]);
  });

  it('without criteria the total is asked for with a GET', async () => {
    const { client, sent } = await platform(inTurn(page([1], false), total(1)));
    await collect(client.qpsSearch({ product: 'was', object: 'webapp', compareTotal: true }));
    expect(sent.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"ServiceRequest":{"preferences":{"limitResults":100}}}'],
      ['GET', ''],
    ]);
  });

  it('a page that breaks off is asked for again, and no record comes twice', async () => {
    const cut = '{"ServiceResponse":{"responseCode":"SUCCESS","data":[{"Finding":{"id":3}},{"Find';
    const { client, sent } = await platform(inTurn(page([1, 2], true), text(cut), page([3, 4], false), total(4)));
    expect(idsOf(await collect(client.qpsSearch(SEARCH)))).toEqual([1, 2, 3, 4]);
    expect(sent).toHaveLength(4);
  });

  it('the place in the budget is free while a page is worked on', async () => {
    const { client } = await platform(inTurn(page([1, 2], true), total(0), page([3], false), total(3)));
    for await (const records of client.qpsSearch(SEARCH)) {
      expect(client.budget.report().inFlight).toBe(0);
      if (idsOf(records)[0] === 1) await client.qps({ product: 'was', verb: 'count', object: 'webapp' });
    }
  });

  it('leaving early is no error', async () => {
    const { client, sent } = await platform(page([1, 2], true));
    for await (const _ of client.qpsSearch(SEARCH)) break;
    expect(sent).toHaveLength(1);
  });

  it.each([
    [
      'the first page again',
      [page([1, 2], true), page([1, 2], true)],
      'a page is repeated or not in order: id 1 comes after 2',
    ],
    ['a record twice', [page([1, 1], true)], 'a page is repeated or not in order: id 1 comes after 1'],
    [
      'an empty page that promises more',
      [page([], true, 5)],
      'the page says that there are more records and holds none',
    ],
    ['a missing page', [page([1, 2], true), page([], false)], 'a page is missing: there should be more after id 2'],
    [
      'a missing page in the total',
      [page([1, 2], true), page([5], false), total(5)],
      '3 records came on 2 pages, but the platform counts 5',
    ],
    [
      'records that nobody counts',
      [page([1, 2], true), page([5], false), total(2)],
      '3 records came on 2 pages, but the platform counts 2',
    ],
    ['no total', [page([1, 2], true), page([5], false), qps({})], 'the answer holds no count'],
    [
      'more without an id to go on from',
      [qps({ hasMoreRecords: true, data: [finding(1)] })],
      'the page names no id as its last id, and it ends with 1',
    ],
    ['a last id that skips records', [page([1, 2], true, 9)], 'the page names 9 as its last id, and it ends with 2'],
    ['a counter that disagrees', [qps({ count: 3, data: [finding(1)] })], 'the page counts 3 records and holds 1'],
    ['a record without an id', [qps({ data: [{ Finding: { name: 'x' } }] })], 'a record of type Finding has no id'],
    ['a flag that is none', [qps({ hasMoreRecords: 'perhaps', data: [finding(1)] })], 'the answer cannot be read'],
    ['an id that is none', [qps({ data: [{ Finding: { id: 'one' } }] })], ''],
    ['an error on the second page', [page([1, 2], true), json({ ServiceResponse: { responseCode: 'NEW' } })], 'NEW'],
  ])('%s is an error', async (_, answers, message) => {
    const { client } = await platform(inTurn(...answers));
    const error = await errorOf(collect(client.qpsSearch(SEARCH)));
    expect(error).toMatchObject({ code: 'SCANGATE_QUALYS_ANSWER' });
    expect(error.message).toContain(message);
  });
});
