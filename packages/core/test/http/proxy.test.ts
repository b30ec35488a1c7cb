import { describe, expect, it } from 'vitest';
import { isExempt, proxyFor } from '../../src/http/proxy.js';

const url = new URL('https://qualysapi.example.test/qps/rest');

describe('proxyFor', () => {
  it.each([
    ['upper case', { HTTPS_PROXY: 'http://proxy.example.test:3128' }, { uri: 'http://proxy.example.test:3128' }],
    ['lower case', { https_proxy: 'http://proxy.example.test:3128' }, { uri: 'http://proxy.example.test:3128' }],
    [
      'lower before upper case',
      { https_proxy: 'http://a.test', HTTPS_PROXY: 'http://b.test' },
      { uri: 'http://a.test' },
    ],
    ['an empty one counts as not set', { https_proxy: '', HTTPS_PROXY: 'http://b.test' }, { uri: 'http://b.test' }],
    ['without a scheme', { HTTPS_PROXY: 'proxy.example.test:3128' }, { uri: 'http://proxy.example.test:3128' }],
    ['the one for http only', { HTTP_PROXY: 'http://proxy.example.test' }, undefined],
    ['none', {}, undefined],
    ['exempt', { HTTPS_PROXY: 'http://a.test', NO_PROXY: 'example.test' }, undefined],
    ['exempt in lower case', { HTTPS_PROXY: 'http://a.test', no_proxy: '*' }, undefined],
  ])('environment: %s', (_, env, expected) => {
    expect(proxyFor(url, env, undefined)).toEqual(expected);
  });

  it('the setting wins over the environment', () => {
    expect(proxyFor(url, { HTTPS_PROXY: 'http://a.test' }, 'http://b.test:8080')).toEqual({
      uri: 'http://b.test:8080',
    });
  });

  it('an empty setting turns proxies off', () => {
    expect(proxyFor(url, { HTTPS_PROXY: 'http://a.test' }, '')).toBeUndefined();
  });

  it('the environment holds for http:// too, but not for this machine', () => {
    const env = { HTTP_PROXY: 'http://a.test' };
    expect(proxyFor(new URL('http://far.example.test'), env, undefined)).toEqual({ uri: 'http://a.test' });
    expect(proxyFor(new URL('http://127.0.0.1:8080'), env, undefined)).toBeUndefined();
    expect(proxyFor(new URL('http://localhost:8080'), env, undefined)).toBeUndefined();
    expect(proxyFor(new URL('http://[::1]:8080'), env, undefined)).toBeUndefined();
  });

  it('credentials leave the address and become a header', () => {
    expect(proxyFor(url, {}, 'http://us%C3%A9r:p%40ss%word@proxy.test:3128')).toEqual({
      uri: 'http://proxy.test:3128',
      token: `Basic ${Buffer.from('usér:p@ss%word').toString('base64')}`,
    });
  });

  it.each(['socks5://proxy.test', 'ftp://proxy.test', 'http://', 'http://a b'])(
    'refuses %s and does not show it',
    (bad) => {
      expect(() => proxyFor(url, { HTTPS_PROXY: bad }, undefined)).toThrow(
        'HTTPS_PROXY is not the address of an HTTP proxy',
      );
    },
  );
});

describe('isExempt', () => {
  it.each([
    ['https://api.example.test', 'example.test', true],
    ['https://api.example.test', '.example.test', true],
    ['https://api.example.test', '*.example.test', true],
    ['https://api.example.test', 'API.EXAMPLE.TEST', true],
    ['https://api.example.test', 'other.test, example.test', true],
    ['https://api.example.test', 'other.test example.test', true],
    ['https://api.example.test', 'ample.test', false],
    ['https://api.example.test', 'example.test:443', true],
    ['https://api.example.test', 'example.test:8443', false],
    ['https://api.example.test:8443', 'example.test:8443', true],
    ['https://10.1.2.3', '10.0.0.0/8', true],
    ['https://11.1.2.3', '10.0.0.0/8', false],
    ['https://10.1.2.3', '10.1.2.3', true],
    ['https://10.1.2.3', '2.3', false],
    ['https://[2001:db8::1]', '2001:db8::/32', true],
    ['https://[2001:db8::1]', '[2001:db8::1]:443', true],
    ['https://[2001:db8::1]', '2001:db8::1', true],
    ['https://10.1.2.3', '10.0.0.0/99', false],
    ['https://api.example.test', '', false],
  ])('%s with NO_PROXY=%s: %s', (address, noProxy, expected) => {
    expect(isExempt(new URL(address), noProxy)).toBe(expected);
  });
});
