import { describe, expect, it } from 'vitest';
import type { OpenAnswer } from '../../src/qualys/index.js';
import { errorOf } from '../support/local-server.js';
import { inTurn, json, platform, qps, simpleReturn, text } from './support.js';

const DOWNLOAD = { product: 'was', verb: 'download', object: 'wasscan', id: 5 } as const;
const LARGE = `<WasScan><name>${'x'.repeat(200_000)}</name></WasScan>`;

async function textOf({ body }: OpenAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('an open answer', () => {
  it('comes whole, its first bytes included, and gives its place back at the end', async () => {
    const { client, sent } = await platform(text(LARGE));
    const answer = await client.qpsOpen({ ...DOWNLOAD, accept: 'xml' });
    expect([answer.status, answer.syntax, client.budget.report().inFlight]).toEqual([200, 'xml', 1]);
    expect(await textOf(answer)).toBe(LARGE);
    expect(client.budget.report().inFlight).toBe(0);
    expect(sent[0]?.headers.accept).toBe('application/xml');
  });

  it('gives its place back when it is closed, read or not', async () => {
    const { client } = await platform(text(LARGE));
    const unread = await client.qpsOpen({ ...DOWNLOAD, accept: 'xml' });
    unread.close();
    unread.close();
    const begun = await client.qpsOpen({ ...DOWNLOAD, accept: 'xml' });
    for await (const _ of begun.body) break;
    begun.close();
    expect(client.budget.report().inFlight).toBe(0);
  });

  it('in JSON', async () => {
    const { client } = await platform(qps({ count: 1, data: [{ WasScan: { id: 5 } }] }));
    const answer = await client.qpsOpen({ ...DOWNLOAD, accept: 'json' });
    expect(answer.syntax).toBe('json');
    expect(JSON.parse(await textOf(answer))).toMatchObject({ ServiceResponse: { count: 1 } });
  });

  it.each([
    ['QPS in JSON', json({ ServiceResponse: { responseCode: 'NOT_FOUND' } }), 'SCANGATE_QUALYS_REQUEST'],
    [
      'QPS in XML',
      text('<ServiceResponse><responseCode>NOT_FOUND</responseCode></ServiceResponse>'),
      'SCANGATE_QUALYS_REQUEST',
    ],
    [
      'an endless QPS',
      json({ ServiceResponse: { responseCode: 'NEW', x: 'y'.repeat(9000) } }),
      'SCANGATE_QUALYS_ANSWER',
    ],
    ['FO', text(simpleReturn('1905', 'bad scan_ref')), 'SCANGATE_QUALYS_REQUEST'],
    ['the gateway', json({ status: 403, error: 'Forbidden' }), 'SCANGATE_QUALYS_REFUSED'],
  ])('an error of %s inside 200 is found before anything is handed out', async (_, answer, code) => {
    const { client } = await platform(answer);
    const error = await errorOf(client.foOpen({ path: '/api/2.0/fo/scan/', fields: { action: 'fetch' }, safe: true }));
    expect(error).toMatchObject({ code });
    expect(client.budget.report().inFlight).toBe(0);
  });

  it('a fault before it is opened is tried again, one inside is an error of the body', async () => {
    const { client } = await platform(
      inTurn(text('', 503), (_, response) => {
        response.writeHead(200, { 'content-length': '500000' });
        response.write(LARGE);
        setTimeout(() => response.destroy(), 50);
      }),
    );
    const answer = await client.qpsOpen({ ...DOWNLOAD, accept: 'xml' });
    expect(await errorOf(textOf(answer))).toMatchObject({ code: 'SCANGATE_HTTP_CUT' });
    expect(client.budget.report()).toMatchObject({ calls: 2, inFlight: 0 });
  });

  it('of the gateway', async () => {
    const { client } = await platform(inTurn(text('a.b.c', 201), json([{ a: 1 }])));
    const answer = await client.gatewayOpen({ method: 'GET', path: '/csapi/v1.3/images', safe: true });
    expect(await textOf(answer)).toBe('[{"a":1}]');
  });
});
