import { describe, expect, it } from 'vitest';
import { readCredentials, secretsOf } from '../../src/qualys/index.js';
import { errorOf } from '../support/local-server.js';

const FILES: Record<string, string> = {
  '/run/password': 'from-file\n',
  '/run/password-crlf': 'from-file\r\n',
  '/run/spaces': ' with spaces \n',
  '/run/lines': 'one\ntwo\n',
  '/run/empty': '\n',
  '/run/token': '\uFEFFaaa.bbb.ccc',
};

const read = (env: Record<string, string>) =>
  readCredentials({
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [`SCANGATE_QUALYS_${name}`, value])),
    readFile: async (path) => {
      const text = FILES[path];
      if (text === undefined) throw new Error(`ENOENT: ${path}`);
      return text;
    },
  });

describe('readCredentials', () => {
  it.each([
    [
      { USERNAME: 'u', PASSWORD: 'p' },
      { kind: 'password', username: 'u', password: 'p' },
    ],
    [
      { USERNAME: 'u', PASSWORD_FILE: '/run/password' },
      { kind: 'password', username: 'u', password: 'from-file' },
    ],
    [
      { USERNAME: 'u', PASSWORD_FILE: '/run/password-crlf' },
      { kind: 'password', username: 'u', password: 'from-file' },
    ],
    [
      { USERNAME: 'u', PASSWORD_FILE: '/run/spaces' },
      { kind: 'password', username: 'u', password: ' with spaces ' },
    ],
    [
      { CLIENT_ID: 'i', CLIENT_SECRET: 's' },
      { kind: 'client', clientId: 'i', clientSecret: 's' },
    ],
    [
      { CLIENT_ID: 'i', CLIENT_SECRET_FILE: '/run/password' },
      { kind: 'client', clientId: 'i', clientSecret: 'from-file' },
    ],
    [{ TOKEN: 'a.b.c' }, { kind: 'token', token: 'a.b.c' }],
    [{ TOKEN_FILE: '/run/token' }, { kind: 'token', token: 'aaa.bbb.ccc' }],
    [
      { TOKEN: 'a.b.c', USERNAME: '', PASSWORD: '' },
      { kind: 'token', token: 'a.b.c' },
    ],
  ])('%o', async (env, expected) => {
    expect(await read(env as Record<string, string>)).toEqual(expected);
  });

  it.each([
    [{}, 'there are no credentials for the Qualys platform in the environment'],
    [{ USERNAME: 'u' }, 'SCANGATE_QUALYS_PASSWORD is not set'],
    [{ PASSWORD: 'p' }, 'SCANGATE_QUALYS_USERNAME is not set'],
    [{ CLIENT_SECRET: 's' }, 'SCANGATE_QUALYS_CLIENT_ID is not set'],
    [
      { USERNAME: 'u', PASSWORD: 'p4ss', TOKEN: 'a.b.c' },
      'credentials of several kinds are set: SCANGATE_QUALYS_USERNAME, SCANGATE_QUALYS_PASSWORD, SCANGATE_QUALYS_TOKEN',
    ],
    [
      { USERNAME: 'u', CLIENT_SECRET: 's' },
      'credentials of several kinds are set: SCANGATE_QUALYS_USERNAME, SCANGATE_QUALYS_CLIENT_SECRET',
    ],
    [
      { USERNAME: 'u', PASSWORD: 'p', PASSWORD_FILE: '/run/password' },
      'both SCANGATE_QUALYS_PASSWORD and SCANGATE_QUALYS_PASSWORD_FILE are set',
    ],
    [{ TOKEN_FILE: '/run/missing' }, 'the file that SCANGATE_QUALYS_TOKEN_FILE names cannot be read: /run/missing'],
    [{ TOKEN_FILE: '/run/empty' }, 'the file that SCANGATE_QUALYS_TOKEN_FILE names is empty'],
    [{ TOKEN_FILE: '/run/lines' }, 'SCANGATE_QUALYS_TOKEN_FILE holds a line end or another control character'],
    [{ USERNAME: 'u\n', PASSWORD: 'p' }, 'SCANGATE_QUALYS_USERNAME holds a line end or another control character'],
  ])('refuses %o', async (env, message) => {
    expect(await errorOf(read(env as Record<string, string>))).toMatchObject({
      code: 'SCANGATE_QUALYS_CREDENTIALS',
      message,
      mend: expect.stringMatching(/\w/),
    });
  });
});

it('secretsOf names what nobody may see', () => {
  expect(secretsOf({ kind: 'password', username: 'u', password: 'p' })).toEqual(['p', 'dTpw']);
  expect(secretsOf({ kind: 'client', clientId: 'i', clientSecret: 's' })).toEqual(['s']);
  expect(secretsOf({ kind: 'token', token: 't' })).toEqual(['t']);
});
