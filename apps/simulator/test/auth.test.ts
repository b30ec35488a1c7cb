import { describe, expect, test } from 'vitest';
import { type Asking, boot, type Driver } from './support/boot.js';
import { at, parseXml, textOf } from './support/xml.js';

const HOSTS_CALL = '/api/2.0/fo/asset/host/?action=list&details=None';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

async function userToken(driver: Driver): Promise<string> {
  const { username, password } = driver.simulator.announcement;
  const body = new URLSearchParams({ username, password, token: 'true' }).toString();
  const reply = await driver.ask('/auth', { host: 'gateway', method: 'POST', headers: FORM, body, anonymous: true });
  expect(reply.status).toBe(201);
  return reply.text;
}

function bearer(token: string, more: Readonly<Record<string, string>> = {}): Asking {
  return { anonymous: true, headers: { Authorization: `Bearer ${token}`, ...more } };
}

describe('FO calls', () => {
  test('need X-Requested-With', async () => {
    const driver = await boot();
    const reply = await driver.ask(HOSTS_CALL);
    expect(reply.status).toBe(400);
    expect(textOf(parseXml(reply.text).root, 'RESPONSE', 'CODE')).toBe('1903');
  });

  test('take Basic credentials in UTF-8', async () => {
    const driver = await boot({ seed: 'demo,password=unicode' });
    expect((await driver.fo(HOSTS_CALL)).reply.status).toBe(200);
  });

  test.each([
    ['no credentials', undefined],
    ['a wrong password', `Basic ${Buffer.from('simul_ab1:wrong').toString('base64')}`],
    ['an unknown user', `Basic ${Buffer.from('nobody:x').toString('base64')}`],
    ['what is not base64', 'Basic ***'],
    ['another scheme', 'Digest x'],
  ])('refuse %s', async (_, authorization) => {
    const driver = await boot();
    const headers: Record<string, string> = authorization ? { Authorization: authorization } : {};
    const { reply, root } = await driver.fo(HOSTS_CALL, { anonymous: true, headers });
    expect(reply.status).toBe(401);
    expect(reply.headers.get('www-authenticate')).toContain('Basic');
    expect(reply.headers.get('x-powered-by')).toBeNull();
    expect(textOf(root, 'RESPONSE', 'CODE')).toBe('2000');
  });

  test('tell an expired account inside status 200, as recorded', async () => {
    const driver = await boot({ seed: 'demo,account=expired' });
    const { reply, root } = await driver.fo(HOSTS_CALL);
    expect(reply.status).toBe(200);
    expect(textOf(root, 'RESPONSE', 'CODE')).toBe('2001');
  });

  test('tell an inactive account', async () => {
    const driver = await boot({ seed: 'demo,account=inactive' });
    const { reply, root } = await driver.fo(HOSTS_CALL);
    expect([reply.status, textOf(root, 'RESPONSE', 'CODE')]).toEqual([401, '2002']);
  });

  test('take a session cookie from login to logout, in version 2.0 only', async () => {
    const driver = await boot();
    const { username, password } = driver.simulator.announcement;
    const login = await driver.fo('/api/2.0/fo/session/', {
      method: 'POST',
      anonymous: true,
      headers: FORM,
      body: new URLSearchParams({ action: 'login', username, password }).toString(),
    });
    const cookie = login.reply.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^QualysSession=[0-9a-f]+; path=\/api; secure$/);
    expect(at(login.root, 'RESPONSE', 'CODE')).toBeUndefined();
    const session: Asking = { anonymous: true, headers: { Cookie: cookie.split(';')[0] ?? '' } };
    expect((await driver.fo(HOSTS_CALL, session)).reply.status).toBe(200);
    expect((await driver.fo(HOSTS_CALL.replace('2.0', '3.0'), session)).reply.status).toBe(401);
    const logout = { ...session, method: 'POST', body: 'action=logout', headers: { ...session.headers, ...FORM } };
    expect((await driver.fo('/api/2.0/fo/session/', logout)).reply.status).toBe(200);
    expect((await driver.fo(HOSTS_CALL, session)).reply.status).toBe(401);
    expect((await driver.fo('/api/2.0/fo/session/', logout)).reply.status).toBe(401);
  });

  test.each([
    ['action=login&username=x&password=y', 401, '2000'],
    ['username=x', 400, '1903'],
    ['action=dance', 400, '1905'],
  ])('refuse the session call %s', async (body, status, code) => {
    const driver = await boot();
    const call = { method: 'POST', anonymous: true, headers: FORM, body };
    const { reply, root } = await driver.fo('/api/2.0/fo/session/', call);
    expect([reply.status, textOf(root, 'RESPONSE', 'CODE')]).toEqual([status, code]);
  });

  test('refuse a session call without X-Requested-With', async () => {
    const driver = await boot();
    const reply = await driver.ask('/api/2.0/fo/session/', { method: 'POST', headers: FORM, body: 'action=login' });
    expect(reply.status).toBe(400);
  });

  test('take a bearer token', async () => {
    const driver = await boot();
    expect((await driver.fo(HOSTS_CALL, bearer(await userToken(driver)))).reply.status).toBe(200);
  });
});

describe('tokens of the gateway', () => {
  test('are bare JWTs with the modules of the user and four hours to live', async () => {
    const driver = await boot();
    const [, payload = ''] = (await userToken(driver)).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(claims.exp - claims.iat).toBe(4 * 3600);
    expect(claims.modulesAllowed).toContain('WAS');
  });

  test.each([
    ['a wrong password', 'username=simul_ab1&password=wrong&token=true', 401],
    ['no password', 'username=simul_ab1&token=true', 400],
    ['no token=true', 'username=simul_ab1&password=wrong', 400],
  ])('are not given for %s', async (_, body, status) => {
    const driver = await boot();
    const reply = await driver.ask('/auth', { host: 'gateway', method: 'POST', headers: FORM, body });
    expect(reply.status).toBe(status);
    if (status === 401) expect(JSON.parse(reply.text)).toHaveProperty('authentication_exceptions');
  });

  test('are given to a client that names itself by headers', async () => {
    const driver = await boot();
    const { clientId, clientSecret } = driver.simulator.announcement;
    const call = { host: 'gateway', method: 'POST', anonymous: true } as const;
    const right = await driver.ask('/auth/oidc', { ...call, headers: { ...FORM, clientId, clientSecret } });
    expect(right.status).toBe(201);
    expect(
      (await driver.ask('/qps/rest/3.0/count/was/webapp', { host: 'gateway', ...bearer(right.text) })).status,
    ).toBe(200);
    const wrong = await driver.ask('/auth/oidc', { ...call, headers: { ...FORM, clientId, clientSecret: 'x' } });
    expect(wrong.status).toBe(401);
    const body = new URLSearchParams({ clientId, clientSecret }).toString();
    expect((await driver.ask('/auth/oidc', { ...call, headers: FORM, body })).status).toBe(401);
  });

  test('of a whole subscription do not open WAS', async () => {
    const driver = await boot();
    const { clientId, clientSecret } = driver.simulator.announcement;
    const call = { host: 'gateway', method: 'POST', anonymous: true } as const;
    const token = await driver.ask('/auth/oauth', { ...call, headers: { ...FORM, clientId, clientSecret } });
    const reply = await driver.ask('/qps/rest/3.0/count/was/webapp', { host: 'gateway', ...bearer(token.text) });
    expect(reply.status).toBe(401);
  });
});

describe('QPS calls', () => {
  const COUNT = '/qps/rest/3.0/count/was/webapp';

  test('tell wrong credentials inside status 200, as recorded', async () => {
    const driver = await boot();
    const reply = await driver.ask(COUNT, { anonymous: true });
    expect(reply.status).toBe(200);
    expect(textOf(parseXml(reply.text).root, 'responseCode')).toBe('INVALID_CREDENTIALS');
    expect(reply.headers.get('x-powered-by')).toBeNull();
  });

  test('take a token on the API host only with request-source: gateway', async () => {
    const driver = await boot();
    const token = await userToken(driver);
    expect((await driver.ask(COUNT, bearer(token))).text).toContain('INVALID_CREDENTIALS');
    expect((await driver.ask(COUNT, bearer(token, { 'request-source': 'gateway' }))).text).toContain('SUCCESS');
  });

  test('refuse Basic credentials on the gateway', async () => {
    const driver = await boot();
    const reply = await driver.ask(COUNT, { host: 'gateway' });
    expect(JSON.parse(reply.text)).toEqual({ status: 401, error: 'Unauthorized', message: 'Not authenticated' });
  });

  test('refuse a token after four simulated hours', async () => {
    const driver = await boot();
    const token = await userToken(driver);
    driver.advance(4 * 3600 - 1);
    expect((await driver.ask(COUNT, { host: 'gateway', ...bearer(token) })).status).toBe(200);
    driver.advance(1);
    const late = await driver.ask(COUNT, { host: 'gateway', ...bearer(token) });
    expect(JSON.parse(late.text)).toEqual({ status: 401, error: 'Unauthorized', message: 'JWT expired' });
  });

  test.each(['abc', 'a.b.c', ''])('refuse the token "%s"', async (token) => {
    const driver = await boot();
    expect((await driver.ask(COUNT, { host: 'gateway', ...bearer(token) })).status).toBe(401);
  });

  test('refuse a token that somebody changed', async () => {
    const driver = await boot();
    const [head, payload = '', signature] = (await userToken(driver)).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const longer = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp * 2 })).toString('base64url');
    const reply = await driver.ask(COUNT, { host: 'gateway', ...bearer(`${head}.${longer}.${signature}`) });
    expect(reply.status).toBe(401);
  });
});

describe('the oldest calls', () => {
  test('answer about.php to Basic credentials without X-Requested-With', async () => {
    const driver = await boot();
    const reply = await driver.ask('/msp/about.php');
    const { root } = parseXml(reply.text);
    expect([reply.status, root.name, root.children.map(({ name }) => name)]).toEqual([
      200,
      'ABOUT',
      ['API-VERSION', 'WEB-VERSION', 'SCANNER-VERSION', 'VULNSIGS-VERSION'],
    ]);
    expect(reply.headers.get('x-ratelimit-limit')).toBe('300');
  });

  test('refuse in GENERIC_RETURN, tokens too', async () => {
    const driver = await boot();
    for (const asking of [{ anonymous: true }, bearer(await userToken(driver))]) {
      const reply = await driver.ask('/msp/about.php', asking);
      const { root } = parseXml(reply.text);
      expect([reply.status, root.name, at(root, 'RETURN')?.attributes.status]).toEqual([
        401,
        'GENERIC_RETURN',
        'FAILED',
      ]);
    }
  });
});
