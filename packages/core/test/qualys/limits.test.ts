import { describe, expect, it } from 'vitest';
import { mayHaveActed } from '../../src/qualys/index.js';
import { errorOf } from '../support/local-server.js';
import { benchFor, inTurn, platform, qps, simpleReturn, text } from './support.js';

const LAUNCH = { product: 'was', verb: 'launch', object: 'wasscan', request: { data: {} } } as const;
const GET_SCAN = { product: 'was', verb: 'get', object: 'wasscan', id: 5 } as const;
const OK = qps({ count: 1, data: [{ WasScan: { id: 5 } }] });
const ANSWER = { count: 1, records: [{ type: 'WasScan', value: { id: 5 } }] };

const limited = (wait: number) => text(simpleReturn('1965', 'wait', { SECONDS_TO_WAIT: String(wait) }), 409);

describe('limits', () => {
  it('are waited for, as long as the platform says and a little more', async () => {
    const { client, sent, sleeps, events } = await platform(inTurn(limited(95), limited(5), OK));
    expect(await client.qps(GET_SCAN)).toEqual(ANSWER);
    expect(sent).toHaveLength(3);
    expect(sleeps).toEqual([95_500, 5_500]);
    expect(events.map(({ status, error, waitMs }) => ({ status, error, waitMs }))).toEqual([
      { status: 409, error: 'SCANGATE_QUALYS_LIMITED', waitMs: 95_000 },
      { status: 409, error: 'SCANGATE_QUALYS_LIMITED', waitMs: 5_000 },
      { status: 200, error: undefined, waitMs: undefined },
    ]);
  });

  it('a launch that was blocked has not begun, and is sent after the wait', async () => {
    const { client, sent } = await platform(inTurn(limited(5), OK));
    expect(await client.qps(LAUNCH)).toEqual(ANSWER);
    expect(sent).toHaveLength(2);
  });

  it('the place in the budget is free during the wait', async () => {
    const bench = await platform(inTurn(limited(5), OK));
    const inFlight: number[] = [];
    const { client } = benchFor(bench.client.urls, {
      sleep: async () => void inFlight.push(bench.client.budget.report().inFlight),
      budget: bench.client.budget,
    });
    await client.qps(GET_SCAN);
    expect(inFlight).toEqual([0]);
  });

  it('calls that run at the same time: short pauses that grow', async () => {
    const busy = text(simpleReturn('1960', 'busy', { CALLS_TO_FINISH: '2' }), 409);
    const { client, sleeps } = await platform(inTurn(busy, busy, busy, OK));
    await client.qps(GET_SCAN);
    expect(sleeps).toEqual([2_250, 4_500, 9_000]);
  });

  it.each([
    ['a deadline', { deadlineMs: Date.now() + 60 * 60_000 }, 7200, '2 h'],
    ['no deadline', {}, 601, '11 min'],
  ])('longer than %s are not waited for', async (_, options, wait, words) => {
    const { client, sent, sleeps } = await platform(limited(wait));
    const error = await errorOf(client.qps({ ...LAUNCH, ...options }));
    expect(error).toMatchObject({ code: 'SCANGATE_QUALYS_LIMITED' });
    expect(error.message).toContain(`it asks to wait ${words}, and `);
    expect(mayHaveActed(error)).toBe(false);
    expect([sent.length, sleeps]).toEqual([1, []]);
  });

  it('that never end are given up', async () => {
    const { client, sent } = await platform(limited(1));
    expect(await errorOf(client.qps(GET_SCAN))).toMatchObject({
      code: 'SCANGATE_QUALYS_LIMITED',
      message: expect.stringContaining('it still blocks after 20 waits'),
    });
    expect(sent).toHaveLength(21);
  });

  it('an answer that is still being worked on is asked for again', async () => {
    const pending = text(simpleReturn('1981', 'still processing'), 202);
    const { client, sent } = await platform(inTurn(pending, pending, text('<ABOUT/>')));
    expect((await client.fo({ path: '/msp/about.php', safe: true })).name).toBe('ABOUT');
    expect(sent).toHaveLength(3);
  });
});
