import { describe, expect, it } from 'vitest';
import { isLoopback, sameOrigin } from '../../src/http/index.js';

const BASE = 'https://qualysapi.example.test';

describe('sameOrigin', () => {
  it.each([
    [
      'https://qualysapi.example.test/api/2.0/fo/scan/?id_min=5',
      'https://qualysapi.example.test/api/2.0/fo/scan/?id_min=5',
    ],
    ['/api/2.0/fo/scan/', 'https://qualysapi.example.test/api/2.0/fo/scan/'],
    ['https://QUALYSAPI.example.test:443/a', 'https://qualysapi.example.test/a'],
  ])('follows %s', (url, expected) => {
    expect(sameOrigin(url, BASE).href).toBe(expected);
  });

  it.each([
    'https://evil.example/api/2.0/fo/scan/',
    'http://qualysapi.example.test/api',
    'https://qualysapi.example.test:8443/api',
    'https://qualysapi.example.test.evil.example/',
    'https://qualysapi.example.test@evil.example/',
    'https://user:secret@qualysapi.example.test/',
    '//evil.example/api',
    'file:///etc/passwd',
    'https://',
  ])('refuses %s', (url) => {
    expect(() => sameOrigin(url, BASE)).toThrow(expect.objectContaining({ code: 'SCANGATE_HTTP_ORIGIN' }));
  });

  it('shows no password of an address', () => {
    expect(() => sameOrigin('https://user:secret@evil.example/', BASE)).toThrow(/^(?!.*secret)/);
  });
});

it.each([
  ['http://127.0.0.1:8080', true],
  ['http://127.8.9.1', true],
  ['http://localhost', true],
  ['http://[::1]:1', true],
  ['http://127.0.0.1.evil.example', false],
  ['http://localhost.example', false],
  ['http://10.0.0.1', false],
])('isLoopback(%s): %s', (url, expected) => {
  expect(isLoopback(new URL(url))).toBe(expected);
});
