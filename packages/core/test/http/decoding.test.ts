import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { errorOf, httpClient, serve } from '../support/local-server.js';

const TEXT = 'Finding '.repeat(5000);

async function answerOf(encoding: string, bytes: Uint8Array, maxBodyBytes = 1e6) {
  const origin = await serve(
    (_, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
  );
  return await httpClient({ maxBodyBytes }).request({ method: 'GET', url: origin, safe: true });
}

describe('decoding', () => {
  it.each([
    ['gzip', gzipSync(TEXT)],
    ['X-GZIP', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
    ['identity', Buffer.from(TEXT)],
  ])('%s', async (encoding, bytes) => {
    expect(await (await answerOf(encoding, bytes)).text(1e6)).toBe(TEXT);
  });

  it.each([
    ['gzip', gzipSync(TEXT).subarray(0, 40)],
    ['deflate', deflateSync(TEXT).subarray(0, 40)],
    ['br', brotliCompressSync(TEXT).subarray(0, 20)],
    ['gzip', Buffer.from('<html>not compressed</html>')],
    ['br', Buffer.alloc(300, 0xff)],
    ['deflate', Buffer.alloc(300, 0xff)],
  ])('%s that breaks off or is damaged', async (encoding, bytes) => {
    const answer = await answerOf(encoding, bytes);
    expect(await errorOf(answer.text(1e6))).toMatchObject({ code: 'SCANGATE_HTTP_CUT' });
  });

  it.each(['compress', 'gzip, gzip, gzip'])('refuses the encoding %s', async (encoding) => {
    const answer = await answerOf(encoding, gzipSync(TEXT));
    expect(await errorOf(answer.text(1e6))).toMatchObject({
      code: 'SCANGATE_HTTP_CUT',
      message: expect.stringContaining(`the encoding "${encoding}" of the answer is not known`),
    });
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(50_000_000))],
    ['deflate', deflateSync(Buffer.alloc(50_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(50_000_000))],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(50_000_000)))],
  ])('a bomb in %s is stopped at the limit', async (encoding, bytes) => {
    const answer = await answerOf(encoding, bytes, 100_000);
    let seen = 0;
    const work = (async () => {
      for await (const chunk of answer.body) seen += chunk.byteLength;
    })();
    expect(await errorOf(work)).toMatchObject({ code: 'SCANGATE_HTTP_TOO_LARGE' });
    expect(seen).toBeLessThanOrEqual(100_000);
  });
});
