import { describe, expect, test } from 'vitest';
import { boot, launch, START } from './support/boot.js';

describe('the inspection door', () => {
  test('shows scans, launches and calls, without sign-in and without counting itself', async () => {
    const driver = await boot();
    const id = await launch(driver, 1001, { name: 'one' });
    await launch(driver, 1002, { name: 'two' });
    await driver.json(`/qps/rest/3.0/cancel/was/wasscan/${id}`, {});
    const reply = await driver.ask('/__simulator/state', { anonymous: true });
    const state = JSON.parse(reply.text);
    expect(state.launchesByName).toEqual({ one: 1, two: 1 });
    expect(state.running).toEqual([id + 1]);
    expect(state.calls).toEqual({
      'POST /qps/rest/3.0/launch/was/wasscan': 2,
      'POST /qps/rest/3.0/cancel/was/wasscan/:id': 1,
    });
    expect(state.callsTotal).toBe(3);
    expect(state.scans.filter((scan: { launchedHere: boolean }) => scan.launchedHere)).toMatchObject([
      { name: 'one', status: 'CANCELED', unfinished: false },
      { name: 'two', status: 'SUBMITTED', unfinished: true },
    ]);
  });

  test('pushes the clock', async () => {
    const driver = await boot();
    const reply = await driver.ask('/__simulator/advance?seconds=3600', { method: 'POST' });
    expect(JSON.parse(reply.text)).toEqual({ now: '2026-11-02T10:00:00Z' });
    expect(driver.simulator.world.clock.now()).toBeGreaterThanOrEqual(START + 3_600_000);
    for (const seconds of ['-1', 'x']) {
      const refused = await driver.ask(`/__simulator/advance?seconds=${seconds}`, { method: 'POST' });
      expect(refused.status).toBe(400);
    }
  });

  test('changes the faults', async () => {
    const driver = await boot();
    const replace = (body: string) => driver.ask('/__simulator/faults', { method: 'POST', body });
    expect(JSON.parse((await replace('["html-error"]')).text)).toEqual({
      faults: [{ name: 'html-error', left: 'all' }],
    });
    expect((await driver.ask('/qps/rest/portal/version')).status).toBe(502);
    expect((await replace('[]')).status).toBe(200);
    expect((await driver.ask('/qps/rest/portal/version')).status).toBe(200);
    for (const body of ['["rainy-day"]', '{}', '{']) expect((await replace(body)).status).toBe(400);
  });

  test('has nothing else behind it', async () => {
    const driver = await boot();
    expect((await driver.ask('/__simulator/secrets')).status).toBe(404);
  });
});

describe('what is not there', () => {
  test.each([
    ['api', '/api/9.9/fo/nothing/', 404, '<SIMPLE_RETURN>'],
    ['api', '/msp/nothing.php', 404, '<GENERIC_RETURN>'],
    ['api', '/qps/rest/3.0/search/was/nothing', 404, 'NOT_FOUND'],
    ['api', '/qps/rest/4.0/search/was/finding', 404, 'INVALID_API_VERSION'],
    ['api', '/nothing', 404, '<html'],
    ['gateway', '/nothing', 404, '"error":"Not Found"'],
    ['gateway', '/api/2.0/fo/asset/host/?action=list', 404, '"error":"Not Found"'],
    ['portal', '/', 404, '<html'],
  ] as const)('on %s: %s', async (host, path, status, text) => {
    const driver = await boot();
    const reply = await driver.ask(path, { host });
    expect(reply.status).toBe(status);
    expect(reply.text).toContain(text);
    expect(reply.headers.get('x-qualys-simulator')).toBe('1');
  });

  test.each([
    ['api', 'GET', '/qps/rest/3.0/launch/was/wasscan', 405, 'OPERATION_NOT_SUPPORTED'],
    ['api', 'DELETE', '/api/2.0/fo/asset/host/', 400, '1908'],
    ['gateway', 'GET', '/auth', 405, 'Method Not Allowed'],
  ] as const)('with a wrong method on %s: %s %s', async (host, method, path, status, text) => {
    const driver = await boot();
    const reply = await driver.ask(path, { host, method });
    expect([reply.status, reply.text.includes(text)]).toEqual([status, true]);
  });

  test('a body that is too large', async () => {
    const driver = await boot();
    const body = 'x'.repeat(11 * 1024 * 1024);
    expect((await driver.ask('/qps/rest/3.0/count/was/webapp', { method: 'POST', body })).status).toBe(413);
  });
});
