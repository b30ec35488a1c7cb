import { describe, expect, it } from 'vitest';
import { POD_NAMES, resolvePlatform } from '../../src/qualys/index.js';

const urls = (api: string, gateway: string, portal: string) => ({
  api: `https://${api}`,
  gateway: `https://${gateway}`,
  portal: `https://${portal}`,
});

describe('the table of platforms', () => {
  it.each([
    ['US1', urls('qualysapi.qualys.com', 'gateway.qg1.apps.qualys.com', 'qualysguard.qualys.com')],
    ['US4', urls('qualysapi.qg4.apps.qualys.com', 'gateway.qg4.apps.qualys.com', 'qualysguard.qg4.apps.qualys.com')],
    ['EU1', urls('qualysapi.qualys.eu', 'gateway.qg1.apps.qualys.eu', 'qualysguard.qualys.eu')],
    ['EU3', urls('qualysapi.qg3.apps.qualys.it', 'gateway.qg3.apps.qualys.it', 'qualysguard.qg3.apps.qualys.it')],
    [
      'UK1',
      urls('qualysapi.qg1.apps.qualys.co.uk', 'gateway.qg1.apps.qualys.co.uk', 'qualysguard.qg1.apps.qualys.co.uk'),
    ],
    [
      'ksa1',
      urls('qualysapi.qg1.apps.qualysksa.com', 'gateway.qg1.apps.qualysksa.com', 'qualysguard.qg1.apps.qualysksa.com'),
    ],
  ])('%s', (pod, expected) => {
    expect(resolvePlatform({ pod, env: {} })).toEqual(expected);
  });

  it('has 13, each with three addresses of its own', () => {
    expect(POD_NAMES).toEqual('US1 US2 US3 US4 EU1 EU2 EU3 IN1 CA1 AE1 UK1 AU1 KSA1'.split(' '));
    const all = POD_NAMES.flatMap((pod) => Object.values(resolvePlatform({ pod, env: {} })));
    expect(new Set(all).size).toBe(39);
  });

  it.each(['US9', '', 'constructor', 'US_PLATFORM_1'])('refuses "%s" and lists the known ones', (pod) => {
    expect(() => resolvePlatform({ pod, env: {} })).toThrow(
      expect.objectContaining({
        code: 'SCANGATE_QUALYS_PLATFORM',
        mend: expect.stringContaining('US1, US2, US3, US4, EU1, EU2, EU3, IN1, CA1, AE1, UK1, AU1, KSA1'),
      }),
    );
  });
});

describe('other addresses', () => {
  const own = urls('qualysapi.corp.test', 'qualysgateway.corp.test', 'qualysguard.corp.test');

  it('of a private platform', () => {
    expect(resolvePlatform({ urls: { ...own, api: 'https://qualysapi.corp.test:8443/' }, env: {} })).toEqual({
      ...own,
      api: 'https://qualysapi.corp.test:8443',
    });
  });

  it('the environment wins, one by one', () => {
    const env = { SCANGATE_QUALYS_GATEWAY_URL: 'http://127.0.0.1:4711', SCANGATE_QUALYS_API_URL: '' };
    expect(resolvePlatform({ urls: own, env })).toEqual({ ...own, gateway: 'http://127.0.0.1:4711' });
  });

  it('the environment alone is enough', () => {
    const env = {
      SCANGATE_QUALYS_API_URL: 'http://127.0.0.1:1',
      SCANGATE_QUALYS_GATEWAY_URL: 'http://localhost:2',
      SCANGATE_QUALYS_PORTAL_URL: 'https://[::1]:3',
    };
    expect(resolvePlatform({ env })).toEqual({
      api: 'http://127.0.0.1:1',
      gateway: 'http://localhost:2',
      portal: 'https://[::1]:3',
    });
  });

  it('none at all is an error', () => {
    expect(() => resolvePlatform({ env: {} })).toThrow(expect.objectContaining({ code: 'SCANGATE_QUALYS_PLATFORM' }));
  });

  it.each([
    'http://qualysapi.corp.test',
    'http://127.0.0.1.corp.test',
    'https://user:pass@qualysapi.corp.test',
    'https://qualysapi.corp.test/api',
    'https://qualysapi.corp.test?x=1',
    'qualysapi.corp.test',
    'ftp://qualysapi.corp.test',
  ])('refuses %s', (api) => {
    const attempt = () => resolvePlatform({ urls: { ...own, api }, env: {} });
    expect(attempt).toThrow(expect.objectContaining({ code: 'SCANGATE_QUALYS_PLATFORM' }));
    expect(attempt).toThrow('platform.qualys.urls.api is no address of a platform');
  });
});
