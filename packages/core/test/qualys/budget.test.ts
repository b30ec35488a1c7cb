import { describe, expect, it } from 'vitest';
import { createCallBudget } from '../../src/qualys/index.js';
import { errorOf, sleep } from '../support/local-server.js';

const call = (route = 'GET /a') => ({ family: 'fo', route, safe: true }) as const;

describe('createCallBudget', () => {
  it('lets one call after the other pass, the longest waiting first', async () => {
    const budget = createCallBudget();
    const order: number[] = [];
    const first = await budget.take(call());
    const others = [1, 2, 3].map(async (number) => {
      const permit = await budget.take(call());
      order.push(number);
      permit.release();
    });
    await sleep(10);
    expect(order).toEqual([]);
    expect(budget.report()).toMatchObject({ calls: 1, inFlight: 1, waited: 3 });
    first.release();
    await Promise.all(others);
    expect(order).toEqual([1, 2, 3]);
    expect(budget.report()).toMatchObject({ calls: 4, inFlight: 0 });
  });

  it('lets as many pass as it is told', async () => {
    const budget = createCallBudget({ maxInFlight: 2 });
    await budget.take(call());
    await budget.take(call());
    const third = budget.take(call());
    await sleep(5);
    expect(budget.report()).toMatchObject({ inFlight: 2, waited: 1 });
    expect(await Promise.race([third, 'waits'])).toBe('waits');
  });

  it('counts sign-in without giving it a place', async () => {
    const budget = createCallBudget();
    await budget.take(call());
    const permit = await budget.take({ family: 'auth', route: 'POST /auth', safe: true });
    permit.release();
    expect(budget.report()).toMatchObject({ calls: 2, inFlight: 1, byRoute: { 'GET /a': 1, 'POST /auth': 1 } });
  });

  it('a permit is given back once', async () => {
    const budget = createCallBudget();
    const permit = await budget.take(call());
    permit.release();
    permit.release();
    expect(budget.report().inFlight).toBe(0);
  });

  it('a signal ends the wait and takes no place', async () => {
    const budget = createCallBudget();
    const first = await budget.take(call());
    const stop = new AbortController();
    const waiting = errorOf(budget.take(call(), stop.signal));
    const behind = budget.take(call());
    const reason = new Error('stopped');
    stop.abort(reason);
    expect(await waiting).toBe(reason);
    first.release();
    (await behind).release();
    expect(budget.report()).toMatchObject({ inFlight: 0, calls: 2 });
    expect(await errorOf(budget.take(call(), stop.signal))).toBe(reason);
  });

  it('reports what the platform says', async () => {
    const budget = createCallBudget();
    const permit = await budget.take(call());
    const headers = { 'x-ratelimit-limit': '300', 'x-ratelimit-remaining': '298', 'x-ratelimit-window-sec': '3600' };
    permit.observe({ status: 200, headers });
    permit.observe({ status: 200, headers: { 'x-ratelimit-remaining': '297', 'x-ratelimit-limit': 'many' } });
    permit.release();
    expect(budget.report()).toEqual({
      calls: 1,
      inFlight: 0,
      waited: 0,
      byRoute: { 'GET /a': 1 },
      limit: 300,
      remaining: 297,
      windowSeconds: 3600,
    });
  });
});
