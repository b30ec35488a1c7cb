import { describe, expect, it } from 'vitest';
import { mayHaveActed, QualysError } from '../../src/qualys/index.js';
import { errorOf, serveRaw } from '../support/local-server.js';
import { benchFor, inTurn, json, platform, qps, simpleReturn, text } from './support.js';

const LAUNCH = { product: 'was', verb: 'launch', object: 'wasscan', request: { data: {} } } as const;
const GET_SCAN = { product: 'was', verb: 'get', object: 'wasscan', id: 5 } as const;
const OK = qps({ count: 1, data: [{ WasScan: { id: 5 } }] });
const ANSWER = { count: 1, records: [{ type: 'WasScan', value: { id: 5 } }] };
const HTML = '<html><head><title>503</title></head><body><h1>No server is available</h1></body></html>';

describe('what is sent', () => {
  it('a read', async () => {
    const { client, sent, events } = await platform(OK);
    expect(await client.qps(GET_SCAN)).toEqual(ANSWER);
    expect(sent).toMatchObject([
      {
        method: 'GET',
        url: '/qps/rest/3.0/get/was/wasscan/5',
        body: '',
        headers: {
          accept: 'application/json',
          'x-requested-with': 'scangate',
          authorization: `Basic ${Buffer.from('anna_ab1:pä&s+w=ord%/:x', 'utf8').toString('base64')}`,
        },
      },
    ]);
    expect(events).toEqual([
      {
        event: 'qualys.call',
        family: 'qps',
        route: 'GET /qps/rest/3.0/get/was/wasscan/*',
        attempt: 1,
        ms: expect.any(Number),
        status: 200,
        budget: { calls: 1, inFlight: 1 },
      },
    ]);
  });

  it('a launch, in UTF-8 (defect W-11)', async () => {
    const { client, sent } = await platform(OK);
    const name = 'Prüfung 名前 🚀';
    await client.qps({ ...LAUNCH, request: { data: { WasScan: { name } } } });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: '/qps/rest/3.0/launch/was/wasscan',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ServiceRequest: { data: { WasScan: { name } } } }),
    });
  });

  it('versions of endpoints are settings', async () => {
    const { client, sent } = await platform(OK, { versions: { was: '4.0' } });
    await client.qps(GET_SCAN);
    await client.qps({ product: 'am', verb: 'count', object: 'hostasset' });
    expect(sent.map(({ url }) => url)).toEqual(['/qps/rest/4.0/get/was/wasscan/5', '/qps/rest/2.0/count/am/hostasset']);
  });

  it('an id cannot leave its place in the path', async () => {
    const { client, sent } = await platform(OK);
    await client.qps({ ...GET_SCAN, id: '../../5?x=1' });
    expect(sent[0]?.url).toBe('/qps/rest/3.0/get/was/wasscan/..%2F..%2F5%3Fx%3D1');
  });

  it('a form, with booleans as digits and nothing for what is not given', async () => {
    const { client, sent } = await platform(text(simpleReturn(undefined, 'ok')));
    const fields = { action: 'list', show_ags: true, processed: false, ids: '1,2', state: undefined, title: 'a&b=ä' };
    expect((await client.fo({ path: '/api/2.0/fo/scan/', fields, safe: true })).name).toBe('SIMPLE_RETURN');
    await client.fo({ path: '/msp/about.php', method: 'GET', fields: { a: 1 }, safe: true });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: '/api/2.0/fo/scan/',
      body: 'action=list&show_ags=1&processed=0&ids=1%2C2&title=a%26b%3D%C3%A4',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(sent[1]).toMatchObject({ method: 'GET', url: '/msp/about.php?a=1', body: '' });
  });
});

describe('what is done again', () => {
  it.each([
    ['502', text('bad gateway', 502)],
    ['503 with a code', text(simpleReturn('1999', 'maintenance'), 503)],
    ['504', text('', 504)],
    ['a web page with status 200', text(HTML)],
    ['a web page with an error status', text(HTML, 503)],
    ['an empty answer', text('')],
    ['an answer that ends in the middle', text('{"ServiceResponse":{"responseCode":"SUC')],
    ['an internal error inside 200', json({ ServiceResponse: { responseCode: 'INTERNAL_ERROR' } })],
  ])('a read, after %s', async (_, answer) => {
    const { client, sent, sleeps } = await platform(inTurn(answer, answer, OK));
    expect(await client.qps(GET_SCAN)).toEqual(ANSWER);
    expect(sent).toHaveLength(3);
    expect(sleeps).toEqual([750, 1500]);
  });

  it('a read, up to the end of the tries', async () => {
    const { client, sent, events } = await platform(text(HTML, 503));
    const error = await errorOf(client.qps(GET_SCAN));
    expect(error).toMatchObject({ code: 'SCANGATE_QUALYS_UNAVAILABLE', status: 503 });
    expect(error.message).toBe(
      'GET /qps/rest/3.0/get/was/wasscan/5: the platform is not available: a web page answers (HTTP 503, 503 No server is available)',
    );
    expect(sent).toHaveLength(4);
    expect(events.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['503', text('', 503)],
    ['a web page', text(HTML)],
    ['an answer that ends in the middle', text('{"Serv')],
    ['nothing', text('')],
    ['something else', text('{"a":1}')],
    ['XML', text('<other/>')],
  ])('never a launch, after %s; and whether it began is not known', async (_, answer) => {
    const { client, sent } = await platform(answer);
    const error = await errorOf(client.qps(LAUNCH));
    expect(sent).toHaveLength(1);
    expect(mayHaveActed(error)).toBe(true);
  });

  it('never a launch whose connection breaks', async () => {
    let calls = 0;
    const origin = await serveRaw((socket) => {
      calls++;
      socket.once('data', () => socket.destroy());
    });
    const { client } = benchFor({ api: origin, gateway: origin, portal: origin });
    const error = await errorOf(client.qps(LAUNCH));
    expect(error).toMatchObject({ code: 'SCANGATE_HTTP_CUT' });
    expect([calls, mayHaveActed(error)]).toEqual([1, true]);
  });

  it('a launch that never left has not begun', async () => {
    const urls = { api: 'http://127.0.0.1:1', gateway: 'http://127.0.0.1:1', portal: 'http://127.0.0.1:1' };
    const password = benchFor(urls);
    expect(mayHaveActed(await errorOf(password.client.qps(LAUNCH)))).toBe(false);
    const client = benchFor(urls, { credentials: { kind: 'client', clientId: 'i', clientSecret: 'secret' } });
    expect(mayHaveActed(await errorOf(client.client.qps(LAUNCH)))).toBe(false);
  });

  it('nothing beyond the deadline', async () => {
    const { client, sent } = await platform(text('', 503));
    const error = await errorOf(client.qps({ ...GET_SCAN, deadlineMs: Date.now() + 2000 }));
    expect(error).toMatchObject({ code: 'SCANGATE_QUALYS_UNAVAILABLE' });
    expect(sent.length).toBeLessThan(4);
  });
});

describe('what is refused', () => {
  it.each([
    ['a 401', text('', 401), 'SCANGATE_QUALYS_REFUSED', 'no'],
    ['a 403', text('no access', 403), 'SCANGATE_QUALYS_REFUSED', 'no'],
    ['a web page with 403', text(HTML, 403), 'SCANGATE_QUALYS_REFUSED', 'no'],
    [
      'credentials inside 200',
      json({ ServiceResponse: { responseCode: 'INVALID_CREDENTIALS' } }),
      'SCANGATE_QUALYS_REFUSED',
      'no',
    ],
    ['an expired account inside 200', text(simpleReturn('2001', 'expired')), 'SCANGATE_QUALYS_REFUSED', 'no'],
    [
      'a wrong request inside 200',
      json({ ServiceResponse: { responseCode: 'INVALID_REQUEST' } }),
      'SCANGATE_QUALYS_REQUEST',
      'no',
    ],
    ['a version that has ended', text('', 404), 'SCANGATE_QUALYS_REQUEST', 'no'],
    ['a redirect', text('', 302, { location: 'https://evil.example/' }), 'SCANGATE_QUALYS_ANSWER', 'maybe'],
    ['an unknown code', json({ ServiceResponse: { responseCode: 'NEW_WORD' } }), 'SCANGATE_QUALYS_ANSWER', 'maybe'],
    ['no code', json({ ServiceResponse: {} }), 'SCANGATE_QUALYS_ANSWER', 'maybe'],
    ['another root', json({ Other: {} }), 'SCANGATE_QUALYS_ANSWER', 'maybe'],
    ['malformed JSON', text('{"ServiceResponse": oops}'), 'SCANGATE_QUALYS_ANSWER', 'maybe'],
    [
      'XML that was not asked for',
      text('<ServiceResponse><responseCode>SUCCESS</responseCode></ServiceResponse>'),
      'SCANGATE_QUALYS_ANSWER',
      'maybe',
    ],
    [
      'an error in XML',
      text('<ServiceResponse><responseCode>INVALID_REQUEST</responseCode></ServiceResponse>'),
      'SCANGATE_QUALYS_REQUEST',
      'no',
    ],
    ['a record of two types', qps({ data: [{ A: {}, B: {} }] }), 'SCANGATE_QUALYS_ANSWER', 'maybe'],
    ['a record that is none', qps({ data: [{ A: 'text' }] }), 'SCANGATE_QUALYS_ANSWER', 'maybe'],
  ])('%s', async (_, answer, code, delivery) => {
    const { client, sent } = await platform(answer);
    const error = await errorOf(client.qps(GET_SCAN));
    expect(error).toBeInstanceOf(QualysError);
    expect(error).toMatchObject({ code, delivery });
    expect(sent).toHaveLength(1);
  });

  it('the words of the platform are shown on one line, without markup and control characters', async () => {
    const words = `<b>Bad</b> &#27;[31mvalue\n##teamcity[x] \u202e${'long '.repeat(100)}`;
    const { client } = await platform(
      json({ ServiceResponse: { responseCode: 'INVALID_REQUEST', responseErrorDetails: { errorMessage: words } } }),
    );
    const { message } = await errorOf(client.qps(GET_SCAN));
    expect(message).toMatch(/\(HTTP 200, INVALID_REQUEST: Bad \[31mvalue ##teamcity\[x\] long long .*\.\.\.\)$/);
    expect(message.length).toBeLessThan(400);
  });

  it('a single record instead of a list is taken as it is', async () => {
    const { client } = await platform(qps({ data: { WasScan: { id: 5 } }, count: '1' }));
    expect(await client.qps(GET_SCAN)).toEqual(ANSWER);
  });
});

describe('other answers', () => {
  it('of the gateway', async () => {
    const token = inTurn(text('aaa.bbb.ccc', 201), json({ data: [] }), text('', 204), json([1]), text('{"a":'));
    const { client, sent } = await platform(token, { retry: { retries: 0 } });
    const call = { method: 'GET', path: '/csapi/v1.3/images', safe: true } as const;
    expect(await client.gateway({ ...call, query: { filter: 'a b', page: 1 } })).toMatchObject({ value: { data: [] } });
    expect(await client.gateway(call)).toMatchObject({ status: 204, value: undefined });
    expect((await client.gateway({ ...call, method: 'POST', json: { a: 1 }, safe: false })).value).toEqual([1]);
    expect(await errorOf(client.gateway(call))).toMatchObject({ code: 'SCANGATE_QUALYS_ANSWER', kind: 'cut' });
    expect(sent.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/auth', expect.stringContaining(`username=anna_ab1&password=${encodeURIComponent('pä&s+w=ord%/:x')}`)],
      ['GET', '/csapi/v1.3/images?filter=a+b&page=1', ''],
      ['GET', '/csapi/v1.3/images', ''],
      ['POST', '/csapi/v1.3/images', '{"a":1}'],
      ['GET', '/csapi/v1.3/images', ''],
    ]);
    expect(sent[1]?.headers.authorization).toBe('Bearer aaa.bbb.ccc');
  });

  it('the versions of the portal', async () => {
    const { client } = await platform(
      qps({
        count: 1,
        data: [{ 'Portal-Version': { 'WAS-VERSION': '10' } }, { 'QWeb-Version': { 'WEB-VERSION': '11' } }],
      }),
    );
    expect({ ...(await client.portalVersion()) }).toEqual({ 'WAS-VERSION': '10', 'WEB-VERSION': '11' });
  });

  it('the clock of the platform', async () => {
    const { client } = await platform((_, response) => {
      response.writeHead(200, { date: new Date(Date.now() + 3_600_000).toUTCString() });
      response.end('{"ServiceResponse":{"responseCode":"SUCCESS"}}');
    });
    expect(client.clockSkewMs()).toBeUndefined();
    await client.qps(GET_SCAN);
    expect(Math.abs((client.clockSkewMs() ?? 0) - 3_600_000)).toBeLessThan(3_000);
  });
});

it('one budget for all families', async () => {
  const { client, events } = await platform((sent, response) => {
    if (sent.url === '/auth') response.writeHead(201).end('aaa.bbb.ccc');
    else if (sent.url.startsWith('/api')) response.end('<A/>');
    else response.end('{"ServiceResponse":{"responseCode":"SUCCESS"}}');
  });
  await Promise.all([
    client.qps(GET_SCAN),
    client.fo({ path: '/api/2.0/fo/scan/', safe: true }),
    client.gateway({ method: 'GET', path: '/x', safe: true }).catch(() => undefined),
  ]);
  expect(client.budget.report()).toMatchObject({ calls: 4, inFlight: 0 });
  expect(Math.max(...events.map(({ budget }) => budget.inFlight))).toBe(1);
});
