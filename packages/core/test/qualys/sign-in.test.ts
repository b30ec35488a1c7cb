import { describe, expect, it } from 'vitest';
import type { QualysCredentials } from '../../src/qualys/index.js';
import { lifetimeOf } from '../../src/qualys/sign-in.js';
import { errorOf } from '../support/local-server.js';
import { json, PASSWORD, platform, type Sent, text } from './support.js';

const CLIENT: QualysCredentials = { kind: 'client', clientId: 'c-1', clientSecret: 's3cret~&x' };
const TOKEN: QualysCredentials = { kind: 'token', token: 'given.to.us' };
const GET_SCAN = { product: 'was', verb: 'get', object: 'wasscan', id: 5 } as const;
const LAUNCH = { product: 'was', verb: 'launch', object: 'wasscan', request: {} } as const;

const tokenOf = (number: number, claims: object = {}) =>
  `h${number}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s${number}`;

const isAuth = ({ url }: Sent) => url.startsWith('/auth');

/** Gives tokens by number and takes those that `accepts` says. */
function signing(accepts: (authorization: string) => boolean, claims: object = {}) {
  let tokens = 0;
  return (sent: Sent, response: Parameters<ReturnType<typeof text>>[1]) => {
    if (isAuth(sent)) text(tokenOf(++tokens, claims), 201)(sent, response);
    else if (accepts(sent.headers.authorization ?? ''))
      json({ ServiceResponse: { responseCode: 'SUCCESS' } })(sent, response);
    else json({ status: 401, error: 'Unauthorized', message: 'JWT expired' }, 401)(sent, response);
  };
}

describe('sign-in', () => {
  it('with a client, by headers, once for many calls', async () => {
    const { client, sent, secrets } = await platform(
      signing(() => true),
      { credentials: CLIENT },
    );
    await Promise.all([client.qps(GET_SCAN), client.qps(GET_SCAN)]);
    await client.gateway({ method: 'GET', path: '/csapi/v1.3/images', safe: true });
    const [auth, ...calls] = sent;
    expect(auth).toMatchObject({
      method: 'POST',
      url: '/auth/oidc',
      body: '',
      headers: {
        clientid: 'c-1',
        clientsecret: 's3cret~&x',
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    expect(calls.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill(`Bearer ${tokenOf(1)}`));
    expect(calls.map(({ headers }) => headers['request-source'])).toEqual(['gateway', 'gateway', undefined]);
    expect(secrets).toEqual([tokenOf(1)]);
  });

  it('with a password: Basic on the API server, a token on the gateway', async () => {
    const { client, sent } = await platform(signing(() => true));
    await client.qps(GET_SCAN);
    await client.gateway({ method: 'GET', path: '/csapi/v1.3/images', safe: true });
    expect(sent.map(({ url, headers }) => [url, headers.authorization?.split(' ')[0]])).toEqual([
      ['/qps/rest/3.0/get/was/wasscan/5', 'Basic'],
      ['/auth', undefined],
      ['/csapi/v1.3/images', 'Bearer'],
    ]);
    const form = new URLSearchParams(sent[1]?.body);
    expect(PASSWORD).toMatchObject({ username: form.get('username'), password: form.get('password') });
    expect(form.get('token')).toBe('true');
  });

  it('with a given token', async () => {
    const { client, sent } = await platform(
      signing(() => true),
      { credentials: TOKEN },
    );
    await client.qps(GET_SCAN);
    expect(sent.map(({ headers }) => headers.authorization)).toEqual(['Bearer given.to.us']);
  });
});

describe('a token that has expired', () => {
  it.each([GET_SCAN, LAUNCH])('is renewed once: $verb', async (call) => {
    const { client, sent } = await platform(
      signing((header) => header.includes(tokenOf(2))),
      { credentials: CLIENT },
    );
    await client.qps(call);
    expect(sent.map(({ url }) => url.split('/')[1])).toEqual(['auth', 'qps', 'auth', 'qps']);
  });

  it('is renewed when the refusal stands inside 200', async () => {
    const { client, sent } = await platform(
      (one, response) => {
        if (isAuth(one)) return text(tokenOf(sent.length), 200)(one, response);
        const code = one.headers.authorization?.includes('h1.') ? 'INVALID_CREDENTIALS' : 'SUCCESS';
        return json({ ServiceResponse: { responseCode: code } })(one, response);
      },
      { credentials: CLIENT },
    );
    await client.qps(GET_SCAN);
    expect(sent).toHaveLength(4);
  });

  it('is renewed once and not again', async () => {
    const { client, sent } = await platform(
      signing(() => false),
      { credentials: CLIENT },
    );
    expect(await errorOf(client.qps(GET_SCAN))).toMatchObject({
      code: 'SCANGATE_QUALYS_REFUSED',
      platformText: 'Unauthorized, JWT expired',
    });
    expect(sent).toHaveLength(4);
  });

  it('is renewed by one of the calls that found it', async () => {
    const { client, sent } = await platform(
      signing((header) => header.includes('h2.')),
      { credentials: CLIENT },
    );
    await Promise.all([client.qps(GET_SCAN), client.qps(GET_SCAN), client.qps(GET_SCAN)]);
    expect(sent.filter(isAuth)).toHaveLength(2);
  });

  it.each([TOKEN, PASSWORD])('cannot be renewed: $kind', async (credentials) => {
    const { client, sent } = await platform(
      signing(() => false),
      { credentials },
    );
    expect(await errorOf(client.qps(GET_SCAN))).toMatchObject({ code: 'SCANGATE_QUALYS_REFUSED' });
    expect(sent).toHaveLength(1);
  });

  it('is renewed before its time', async () => {
    let time = 0;
    const services = { credentials: CLIENT, now: () => time };
    const { client, sent } = await platform(
      signing(() => true, { iat: 5000, exp: 5000 + 4 * 3600 }),
      services,
    );
    for (time of [0, 3.9 * 3_600_000, 3.95 * 3_600_000]) await client.qps(GET_SCAN);
    expect(sent.filter(isAuth)).toHaveLength(2);
  });
});

describe('a sign-in that fails', () => {
  it.each([
    [
      'a wrong password',
      json({ authentication_exceptions: [['FailedLoginException']] }, 401),
      'SCANGATE_QUALYS_REFUSED',
    ],
    ['a web page', text('<html>log in</html>'), 'SCANGATE_QUALYS_UNAVAILABLE'],
    ['an empty answer', text('', 201), 'SCANGATE_QUALYS_ANSWER'],
    ['something that is no token', text('welcome', 201), 'SCANGATE_QUALYS_ANSWER'],
    ['a header of two lines', text('a.b.c\nx: y', 201), 'SCANGATE_QUALYS_ANSWER'],
    ['a token in JSON', json({ token: 'a.b.c' }, 201), 'SCANGATE_QUALYS_ANSWER'],
    ['a token without an end', text('a'.repeat(100_000), 201), 'SCANGATE_QUALYS_ANSWER'],
    ['maintenance', text('', 503), 'SCANGATE_QUALYS_UNAVAILABLE'],
  ])('%s', async (_, answer, code) => {
    const { client, sent } = await platform(answer, { credentials: CLIENT });
    expect(await errorOf(client.qps(GET_SCAN))).toMatchObject({ code, delivery: 'no' });
    expect(sent.every(isAuth)).toBe(true);
    expect(sent.length).toBeLessThanOrEqual(4);
  });

  it('can be tried anew by the next call', async () => {
    let isDown = true;
    const signIn = signing(() => true);
    const { client } = await platform((sent, response) => (isDown ? text('', 403) : signIn)(sent, response), {
      credentials: CLIENT,
    });
    expect(await errorOf(client.qps(GET_SCAN))).toMatchObject({ code: 'SCANGATE_QUALYS_REFUSED' });
    isDown = false;
    expect(await client.qps(GET_SCAN)).toEqual({ records: [] });
  });
});

it.each([
  ['its claims', { iat: 100, exp: 700 }, 600_000],
  ['four hours at most', { iat: 0, exp: 90_000 }, 14_400_000],
  ['four hours when it does not say', { exp: 700 }, 14_400_000],
  ['four hours when it lies', { iat: 700, exp: 100 }, 14_400_000],
])('a token lives for %s', (_, claims, ms) => {
  expect(lifetimeOf(tokenOf(1, claims))).toBe(ms);
});

it.each(['a.b.c', 'a.bnVsbA.c', 'opaque'])('the token %s lives four hours', (token) => {
  expect(lifetimeOf(token)).toBe(14_400_000);
});
