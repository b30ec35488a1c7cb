import { readFileSync } from 'node:fs';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../../src/http/index.js';
import { errorOf, httpClient, portOf, serveProxy, serveTls, sleep } from '../support/local-server.js';

/** Test certificates of the simulator's package: a CA, and a server certificate for localhost. */
const pem = (name: string): string =>
  readFileSync(new URL(`../../../../apps/simulator/certs/${name}`, import.meta.url), 'utf8');

const SERVER = { key: pem('server.key'), cert: pem('server.pem') };
const CA = pem('ca.pem');

const request = (url: string) => ({ method: 'GET', url, safe: true });

describe('TLS', () => {
  it('is not trusted without the CA', async () => {
    const origin = await serveTls(SERVER, (_, response) => void response.end('ok'));
    expect(await errorOf(httpClient().request(request(origin)))).toMatchObject({
      code: 'SCANGATE_HTTP_TLS',
      delivery: 'no',
    });
  });

  it('is verified although the environment of the process says otherwise', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const origin = await serveTls(SERVER, (_, response) => void response.end('ok'));
      expect(await errorOf(httpClient().request(request(origin)))).toMatchObject({ code: 'SCANGATE_HTTP_TLS' });
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  it('is trusted with the CA of the company', async () => {
    const origin = await serveTls(SERVER, (_, response) => void response.end('ok'));
    const answer = await httpClient({ caTexts: [CA] }).request(request(origin));
    expect(await answer.text(10)).toBe('ok');
  });

  it('refuses a certificate for another name', async () => {
    const origin = await serveTls(SERVER, (_, response) => void response.end('ok'));
    const proxy = await serveProxy(() => ({ port: portOf(origin) }));
    const client = httpClient({ caTexts: [CA], proxy: `http://127.0.0.1:${proxy.port}` });
    expect(await errorOf(client.request(request('https://api.example.test/')))).toMatchObject({
      code: 'SCANGATE_HTTP_TLS',
    });
  });

  it('goes through a proxy', async () => {
    const origin = await serveTls(SERVER, (_, response) => void response.end('ok'));
    const proxy = await serveProxy(() => ({ port: portOf(origin) }));
    const client = httpClient({ caTexts: [CA], proxy: `http://127.0.0.1:${proxy.port}` });
    expect(await (await client.request(request(origin))).text(10)).toBe('ok');
    expect(proxy.tunnels.map(({ target }) => target)).toEqual([`localhost:${portOf(origin)}`]);
  });

  it('shows a client certificate', async () => {
    const origin = await serveTls({ ...SERVER, requestCert: true, rejectUnauthorized: false }, (incoming, response) => {
      response.end((incoming.socket as TLSSocket).getPeerCertificate().subject.CN);
    });
    const clientCertificate = { certificate: SERVER.cert, key: SERVER.key };
    const answer = await httpClient({ caTexts: [CA], clientCertificate }).request(request(origin));
    expect(await answer.text(100)).toBe('localhost');
  });

  it('tells a server that is no TLS server', async () => {
    const origin = await serveTls(SERVER, () => undefined);
    const proxy = await serveProxy(() => ({ status: 200 }));
    expect(await errorOf(httpClient().request(request(`https://127.0.0.1:${proxy.port}`)))).toMatchObject({
      code: 'SCANGATE_HTTP_TLS',
    });
    expect(origin).toContain('https:');
  });
});

describe('settings', () => {
  const create = (options: object) => () => createHttpClient({ now: Date.now, sleep, env: {}, ...options });

  it.each([
    ['text', 'no certificate'],
    ['a key', SERVER.key],
    ['damage', CA.replace(/[A-Za-z0-9+/]{20}/, '%%%%')],
  ])('a CA file of %s is refused at once', (_, text) => {
    expect(create({ caTexts: [text] })).toThrow(expect.objectContaining({ code: 'SCANGATE_HTTP_SETTINGS' }));
  });

  it('a client certificate that is none is refused, and its key is not shown', () => {
    const clientCertificate = { certificate: SERVER.cert, key: 'my-private-key' };
    expect(create({ clientCertificate })).toThrow(expect.objectContaining({ code: 'SCANGATE_HTTP_SETTINGS' }));
    expect(create({ clientCertificate })).toThrow(/^(?!.*my-private-key)/);
  });
});
