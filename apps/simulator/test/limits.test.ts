import { describe, expect, test } from 'vitest';
import { boot, type Driver } from './support/boot.js';
import { textOf, type XmlNode } from './support/xml.js';

const KB = '/api/2.0/fo/knowledge_base/vuln/?action=list&ids=6';
const WAS = '/qps/rest/3.0';

function item(root: XmlNode): string {
  return `${textOf(root, 'RESPONSE', 'ITEM_LIST', 'ITEM', 'KEY')}=${textOf(root, 'RESPONSE', 'ITEM_LIST', 'ITEM', 'VALUE')}`;
}

async function token(driver: Driver): Promise<string> {
  const { clientId, clientSecret } = driver.simulator.announcement;
  const call = { host: 'gateway', method: 'POST', anonymous: true, headers: { clientId, clientSecret } } as const;
  return (await driver.ask('/auth/oidc', call)).text;
}

describe('the limits of FO calls', () => {
  test('are told with every answer', async () => {
    const driver = await boot();
    const { headers } = (await driver.fo(KB)).reply;
    const told = [...headers].filter(([name]) => name.startsWith('x-ratelimit') || name.startsWith('x-concurrency'));
    expect(Object.fromEntries(told)).toEqual({
      'x-concurrency-limit-limit': '2',
      'x-concurrency-limit-running': '0',
      'x-ratelimit-limit': '300',
      'x-ratelimit-remaining': '299',
      'x-ratelimit-towait-sec': '0',
      'x-ratelimit-window-sec': '3600',
    });
  });

  test('block the call after the last one of the window, endpoint by endpoint', async () => {
    const driver = await boot({ seed: 'demo,service=express' });
    for (let call = 0; call < 50; call += 1) expect((await driver.fo(KB)).reply.status).toBe(200);
    const { reply, root } = await driver.fo(KB);
    expect([reply.status, textOf(root, 'RESPONSE', 'CODE')]).toEqual([409, '1965']);
    expect(reply.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(item(root)).toBe(`SECONDS_TO_WAIT=${reply.headers.get('x-ratelimit-towait-sec')}`);
    expect((await driver.fo('/api/2.0/fo/appliance/?action=list')).reply.status).toBe(200);
    driver.advance(86_400);
    expect((await driver.fo(KB)).reply.status).toBe(200);
  });

  test('tell the wait in real seconds', async () => {
    const driver = await boot({ seed: 'demo,service=express', speed: 3600 });
    for (let call = 0; call < 50; call += 1) await driver.fo(KB);
    const wait = Number((await driver.fo(KB)).reply.headers.get('x-ratelimit-towait-sec'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(24);
  });

  test('do not count sign-ins', async () => {
    const driver = await boot({ seed: 'demo,service=express' });
    const { username, password } = driver.simulator.announcement;
    const body = new URLSearchParams({ action: 'login', username, password }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    for (let call = 0; call < 55; call += 1) {
      const { reply } = await driver.fo('/api/2.0/fo/session/', { method: 'POST', body, headers });
      expect([reply.status, reply.headers.get('x-ratelimit-limit')]).toEqual([200, null]);
    }
  });

  test('block a call while too many others run', async () => {
    const driver = await boot({
      seed: 'demo,service=express',
      faults: ['slow-body=seconds:0.4,route:knowledge_base'],
    });
    const slow = driver.fo(KB);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const { reply, root } = await driver.fo(KB);
    expect([reply.status, textOf(root, 'RESPONSE', 'CODE'), item(root)]).toEqual([409, '1960', 'CALLS_TO_FINISH=1']);
    expect(reply.headers.get('x-concurrency-limit-running')).toBe('1');
    expect((await slow).reply.status).toBe(200);
    expect((await driver.fo(KB)).reply.status).toBe(200);
  });
});

describe('the other limits', () => {
  test('do not exist for QPS calls on the API host', async () => {
    const driver = await boot({ seed: 'demo,service=express' });
    for (let call = 0; call < 55; call += 1) {
      const reply = await driver.ask(`${WAS}/count/was/webapp`);
      expect([reply.status, reply.headers.get('x-ratelimit-limit')]).toEqual([200, null]);
    }
  });

  test('answer 429 on the gateway', async () => {
    const driver = await boot({ seed: 'demo,service=express' });
    const headers = { Authorization: `Bearer ${await token(driver)}` };
    const call = { host: 'gateway', anonymous: true, headers } as const;
    for (let count = 0; count < 50; count += 1) await driver.ask(`${WAS}/count/was/webapp`, call);
    const reply = await driver.ask(`${WAS}/count/was/webapp`, call);
    expect([reply.status, JSON.parse(reply.text).error]).toEqual([429, 'Too Many Requests']);
    expect(Number(reply.headers.get('x-ratelimit-towait-sec'))).toBeGreaterThan(0);
  });
});
