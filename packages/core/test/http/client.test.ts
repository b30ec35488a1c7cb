import { describe, expect, it } from 'vitest';
import { HttpError } from '../../src/http/index.js';
import { errorOf, httpClient, portOf, serve, serveProxy, serveRaw, sleep } from '../support/local-server.js';

const get = (url: string, safe = true) => ({ method: 'GET', url, safe });

describe('an answer', () => {
  it('has a status, headers and a body, and any status is an answer', async () => {
    const origin = await serve((request, response) => {
      response.writeHead(418, { 'X-Words': 'one', 'set-cookie': ['a=1', 'b=2'] });
      response.end(`${request.method} ${request.url} ${request.headers['accept-encoding']}`);
    });
    const answer = await httpClient().request(get(`${origin}/a?b=1`));
    expect(answer.status).toBe(418);
    expect(answer.headers['x-words']).toBe('one');
    expect(answer.headers['set-cookie']).toBe('a=1, b=2');
    expect(await answer.text(1000)).toBe('GET /a?b=1 gzip, deflate, br');
  });

  it('comes in pieces as it is sent', async () => {
    const origin = await serve(async (_, response) => {
      response.write('one ');
      await sleep(30);
      response.end('two');
    });
    const answer = await httpClient().request(get(origin));
    const pieces: string[] = [];
    for await (const piece of answer.body) pieces.push(Buffer.from(piece).toString());
    expect(pieces).toEqual(['one ', 'two']);
  });

  it('sends a body and headers', async () => {
    const origin = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.end(`${request.headers['x-one']} ${Buffer.concat(chunks).toString()}`);
    });
    const answer = await httpClient().request({
      ...get(origin),
      method: 'POST',
      headers: { 'x-one': '1' },
      body: 'grün',
    });
    expect(await answer.text(100)).toBe('1 grün');
  });

  it('is not followed when it is a redirect', async () => {
    let calls = 0;
    const origin = await serve((_, response) => {
      calls++;
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    });
    const answer = await httpClient().request(get(origin));
    expect([answer.status, answer.headers.location, calls]).toEqual([302, 'http://127.0.0.1:1/', 1]);
    answer.close();
  });

  it('has a limit for texts', async () => {
    const origin = await serve((_, response) => void response.end('x'.repeat(1001)));
    const answer = await httpClient().request(get(origin));
    expect(await errorOf(answer.text(1000))).toMatchObject({ code: 'SCANGATE_HTTP_TOO_LARGE' });
  });
});

describe('a connection', () => {
  it('is kept for safe requests and made anew for the others', async () => {
    const ports: (number | undefined)[] = [];
    const origin = await serve((request, response) => {
      ports.push(request.socket.remotePort);
      response.end('ok');
    });
    const client = httpClient();
    for (const safe of [true, true, false, false]) {
      await (await client.request(get(origin, safe))).text(10);
      // The connection is free again a moment after the end of the body.
      await sleep(20);
    }
    const [first, second, third, fourth] = ports;
    expect(second).toBe(first);
    expect(new Set([first, third, fourth]).size).toBe(3);
  });

  it('is given up by close, before and after the body was begun', async () => {
    const origin = await serve((_, response) => void response.write('endless'));
    const client = httpClient();
    (await client.request(get(origin))).close();
    const answer = await client.request(get(origin));
    const body = answer.body[Symbol.asyncIterator]();
    await body.next();
    await body.return?.();
    answer.close();
  });
});

describe('a fault', () => {
  const expectFault = async (work: Promise<unknown>, code: string, delivery: string): Promise<HttpError> => {
    const error = await errorOf(work);
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({ code, delivery });
    return error as HttpError;
  };

  it('refused connection', async () => {
    const origin = await serve((_, response) => void response.end());
    const port = portOf(origin);
    const closed = `http://127.0.0.1:${port === 65_535 ? 1024 : 1}`;
    const error = await expectFault(httpClient().request(get(`${closed}/path?x=1`)), 'SCANGATE_HTTP_UNREACHABLE', 'no');
    expect(error.message).toContain(`GET ${closed}/path: the connection is refused`);
    expect(error.message).not.toContain('x=1');
  });

  it('unknown name', async () => {
    const error = await errorOf(httpClient().request(get('https://no-such-host.invalid/')));
    expect(error).toMatchObject({ code: 'SCANGATE_HTTP_UNREACHABLE', delivery: 'no' });
  });

  it('no answer in time', async () => {
    const origin = await serve(() => undefined);
    const client = httpClient({ limits: { headersMs: 100 } });
    await expectFault(client.request(get(origin)), 'SCANGATE_HTTP_TIMEOUT', 'maybe');
  });

  it('a body that stops', async () => {
    const origin = await serve((_, response) => void response.write('half'));
    const answer = await httpClient({ limits: { idleMs: 100 } }).request(get(origin));
    await expectFault(answer.text(100), 'SCANGATE_HTTP_TIMEOUT', 'maybe');
  });

  it('a body that drips beyond the limit of the whole call', async () => {
    const origin = await serve((_, response) => {
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    });
    const answer = await httpClient({ limits: { wholeMs: 200, idleMs: 1000 } }).request(get(origin));
    const error = await expectFault(answer.text(1e6), 'SCANGATE_HTTP_TIMEOUT', 'maybe');
    expect(error.message).toContain('no whole answer within 0 s');
  });

  it('a deadline before the end, and one that has passed', async () => {
    const origin = await serve(() => undefined);
    const client = httpClient();
    await expectFault(
      client.request({ ...get(origin), deadlineMs: Date.now() + 100 }),
      'SCANGATE_HTTP_TIMEOUT',
      'maybe',
    );
    await expectFault(client.request({ ...get(origin), deadlineMs: Date.now() - 1 }), 'SCANGATE_HTTP_TIMEOUT', 'no');
  });

  it('a signal, before, during the wait, and in the body', async () => {
    const origin = await serve((request, response) => void (request.url === '/body' && response.write('half')));
    const client = httpClient();
    const reason = new Error('the build was stopped');
    expect(await errorOf(client.request({ ...get(origin), signal: AbortSignal.abort(reason) }))).toBe(reason);
    const waiting = new AbortController();
    const work = errorOf(client.request({ ...get(origin), signal: waiting.signal }));
    await sleep(50);
    waiting.abort(reason);
    expect(await work).toBe(reason);
    const reading = new AbortController();
    const answer = await client.request({ ...get(`${origin}/body`), signal: reading.signal });
    const text = errorOf(answer.text(100));
    await sleep(50);
    reading.abort(reason);
    expect(await text).toBe(reason);
  });

  it.each([
    ['a length that is not reached', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf'],
    ['chunks without an end', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('a body that breaks off: %s', async (_, bytes) => {
    const origin = await serveRaw((socket) => socket.once('data', () => socket.end(bytes)));
    const answer = await httpClient().request(get(origin));
    await expectFault(answer.text(100), 'SCANGATE_HTTP_CUT', 'maybe');
  });

  it.each([
    ['closed without an answer', ''],
    ['no HTTP', '<html>busy</html>'],
  ])('a server that is %s', async (_, bytes) => {
    const origin = await serveRaw((socket) => socket.once('data', () => socket.end(bytes)));
    await expectFault(httpClient().request(get(origin)), 'SCANGATE_HTTP_CUT', 'maybe');
  });

  it('a bug of ours stays one', async () => {
    const error = await errorOf(httpClient().request({ ...get('http://127.0.0.1:9'), headers: { 'x-a': 'a\nb' } }));
    expect(error).not.toBeInstanceOf(HttpError);
    expect(await errorOf(httpClient().request(get('ftp://127.0.0.1/')))).toMatchObject({
      code: 'SCANGATE_HTTP_SETTINGS',
    });
  });
});

describe('a proxy', () => {
  it('is asked for the target, with its credentials, which no message shows', async () => {
    const target = await serve((request, response) => void response.end(`host ${request.headers.host}`));
    const proxy = await serveProxy(() => ({ port: portOf(target) }));
    const env = { HTTP_PROXY: `http://user:p%40ss@127.0.0.1:${proxy.port}` };
    const answer = await httpClient({ env }).request(get('http://api.example.test/x'));
    expect(await answer.text(100)).toBe('host api.example.test');
    expect(proxy.tunnels).toEqual([
      { target: 'api.example.test:80', authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}` },
    ]);
  });

  it.each([
    [407, 'it wants other credentials'],
    [502, 'it answers 502'],
  ])('that answers %i is named', async (status, words) => {
    const proxy = await serveProxy(() => ({ status }));
    const client = httpClient({ proxy: `http://user:p4ssword@127.0.0.1:${proxy.port}` });
    const error = await errorOf(client.request(get('http://api.example.test/x')));
    expect(error).toMatchObject({ code: 'SCANGATE_HTTP_PROXY', delivery: 'no' });
    expect(error.message).toBe(`GET http://api.example.test/x: the proxy does not connect: ${words}`);
  });

  it('is not asked for exempt hosts', async () => {
    const target = await serve((_, response) => void response.end('direct'));
    const proxy = await serveProxy(() => ({ status: 502 }));
    const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: 'localhost,127.0.0.1' };
    expect(await (await httpClient({ env }).request(get(target))).text(100)).toBe('direct');
    expect(proxy.tunnels).toEqual([]);
  });
});

it('close ends what is under way', async () => {
  const origin = await serve(() => undefined);
  const client = httpClient();
  const work = errorOf(client.request(get(origin)));
  await sleep(50);
  await client.close();
  expect(await work).toBeInstanceOf(Error);
});
