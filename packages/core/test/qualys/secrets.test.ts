import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { QualysCredentials } from '../../src/qualys/index.js';
import { serve } from '../support/local-server.js';
import { benchFor } from './support.js';

const USERNAME = 'anna_ab1';
const SECRET = 'pä&s+w=ord% /:"<x>';
const TOKEN = 'eyJh-secret-head.eyJiYm-secret-body.c3Vt-secret-sum';

const CREDENTIALS: QualysCredentials[] = [
  { kind: 'password', username: USERNAME, password: SECRET },
  { kind: 'client', clientId: 'client-1', clientSecret: SECRET.replace(/ä/g, 'a') },
  { kind: 'token', token: TOKEN },
];

/** Every form in which a secret may turn up. */
const formsOf = (secret: string): string[] => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(`${USERNAME}:${secret}`).toString('base64').replace(/=+$/, ''),
  encodeURIComponent(secret),
  new URLSearchParams({ a: secret }).toString().slice(2),
  JSON.stringify(secret).slice(1, -1),
];

const ECHOES: [name: string, status: number, body: (echo: string) => string][] = [
  ['a web page', 503, (echo) => `<html><h1>${echo}</h1></html>`],
  [
    'FO',
    400,
    (echo) => `<SIMPLE_RETURN><RESPONSE><CODE>1905</CODE><TEXT><![CDATA[${echo}]]></TEXT></RESPONSE></SIMPLE_RETURN>`,
  ],
  [
    'QPS',
    200,
    (echo) => JSON.stringify({ ServiceResponse: { responseCode: 'X', responseErrorDetails: { errorMessage: echo } } }),
  ],
  ['a code', 200, (echo) => JSON.stringify({ ServiceResponse: { responseCode: echo } })],
  ['the gateway', 401, (echo) => JSON.stringify({ status: 401, error: 'Unauthorized', message: echo })],
  ['malformed JSON', 200, (echo) => `{"a": ${echo}}`],
  ['malformed XML', 200, (echo) => `<a><${echo}></a>`],
  ['a root of that name', 200, (echo) => `<_${Buffer.from(echo).toString('base64url')}/>`],
  ['plain text', 500, (echo) => echo],
];

describe.each(CREDENTIALS)('with $kind', (credentials) => {
  const own =
    credentials.kind === 'password'
      ? credentials.password
      : credentials.kind === 'client'
        ? credentials.clientSecret
        : '';
  const secrets = [own, TOKEN].filter((secret) => secret !== '');

  it.each(ECHOES)('no error and no log line holds a secret that %s echoes', async (_, status, body) => {
    let isIssued = credentials.kind === 'token';
    const origin = await serve((request, response) => {
      const header = request.headers.authorization ?? '';
      // A token is a secret of ours from when it is issued.
      const echo = secrets
        .filter((secret) => secret !== TOKEN || isIssued)
        .flatMap(formsOf)
        .join(' ');
      isIssued ||= request.url?.startsWith('/auth') === true;
      if (request.url?.startsWith('/auth')) response.writeHead(201).end(TOKEN);
      else response.writeHead(status, { 'x-echo': 'no' }).end(body(`${echo} ${header}`));
    });
    const { client, events } = benchFor({ api: origin, gateway: origin, portal: origin }, { credentials });
    const calls = [
      () => client.qps({ product: 'was', verb: 'launch', object: 'wasscan', request: {} }),
      () => client.fo({ path: '/api/2.0/fo/scan/', safe: true }),
      () => client.gateway({ method: 'GET', path: '/csapi/v1.3/images', safe: true }),
      () => client.knowledgeBase.lookUp([5]),
    ];
    const errors: unknown[] = [];
    for (const call of calls) await call().catch((error: unknown) => errors.push(error));
    expect(errors.length).toBeGreaterThan(0);
    const shown = inspect([errors, events], { depth: 10, maxStringLength: null, showHidden: true });
    for (const form of secrets.flatMap(formsOf)) expect(shown).not.toContain(form);
  });

  it('the client redacts what it knows, tokens included', async () => {
    const origin = await serve((request, response) => {
      if (request.url?.startsWith('/auth')) response.writeHead(201).end(TOKEN);
      else response.end('{}');
    });
    const { client } = benchFor({ api: origin, gateway: origin, portal: origin }, { credentials });
    await client.gateway({ method: 'GET', path: '/x', safe: true });
    for (const form of secrets.flatMap(formsOf)) expect(client.redact(`a ${form} b`)).not.toContain(form);
  });

  it('inspecting the client shows no secret', async () => {
    const { client } = benchFor(
      { api: 'http://127.0.0.1:1', gateway: 'http://127.0.0.1:1', portal: 'http://127.0.0.1:1' },
      { credentials },
    );
    const shown = inspect(client, { depth: 10, showHidden: true });
    for (const form of secrets.flatMap(formsOf)) expect(shown).not.toContain(form);
  });
});
