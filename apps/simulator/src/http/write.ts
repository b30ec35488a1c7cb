import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
import type { Answer } from './call.js';

/** What a fault does to the bytes of an answer that is otherwise right. */
export type Damage =
  | { readonly kind: 'none' }
  | { readonly kind: 'cut'; readonly bytes: number | undefined }
  | { readonly kind: 'truncate'; readonly bytes: number | undefined }
  | { readonly kind: 'slow'; readonly seconds: number };

const GZIP_FROM_BYTES = 1024;
// The connection never leaves the machine: time matters more than bytes.
const GZIP_LEVEL = 1;
const CHUNK_CHARS = 64 * 1024;

function isParts(body: Answer['body']): body is Iterable<string> {
  return typeof body !== 'string' && !(body instanceof Uint8Array);
}

function wholeBody(body: Answer['body']): Buffer {
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from([...body].join(''), 'utf8');
}

/** Writes an answer; the promise ends when the last byte was handed over or the client went away. */
export async function writeAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  damage: Damage,
): Promise<void> {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  if (damage.kind !== 'none') return writeDamaged(response, wholeBody(answer.body), damage);
  const gzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (isParts(answer.body)) return writeParts(response, answer.body, gzip);
  const bytes = wholeBody(answer.body);
  if (gzip && bytes.length >= GZIP_FROM_BYTES) {
    response.setHeader('Content-Encoding', 'gzip');
    response.end(gzipSync(bytes, { level: GZIP_LEVEL }));
    return;
  }
  response.end(bytes);
}

async function writeParts(response: ServerResponse, parts: Iterable<string>, gzip: boolean): Promise<void> {
  const sink = gzip ? createGzip({ level: GZIP_LEVEL }) : response;
  if (gzip) {
    response.setHeader('Content-Encoding', 'gzip');
    (sink as ReturnType<typeof createGzip>).pipe(response);
  }
  let pending = '';
  for (const part of parts) {
    pending += part;
    if (pending.length < CHUNK_CHARS) continue;
    if (response.destroyed) return;
    if (!sink.write(pending)) await drained(sink, response);
    pending = '';
  }
  sink.end(pending);
}

/** A client that goes away while the buffer is full would otherwise never let this end. */
function drained(sink: NodeJS.WritableStream, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      sink.removeListener('drain', done);
      response.removeListener('close', done);
      resolve();
    };
    sink.once('drain', done);
    response.once('close', done);
  });
}

async function writeDamaged(
  response: ServerResponse,
  bytes: Buffer,
  damage: Exclude<Damage, { kind: 'none' }>,
): Promise<void> {
  const half = Math.floor(bytes.length / 2);
  if (damage.kind === 'truncate') {
    response.end(bytes.subarray(0, damage.bytes ?? half));
    return;
  }
  if (damage.kind === 'slow') {
    response.write(bytes.subarray(0, half));
    // Unreferenced: a process that was told to end must not wait for a dribbling answer.
    await delay(damage.seconds * 1000, undefined, { ref: false });
    response.end(bytes.subarray(half));
    return;
  }
  response.write(bytes.subarray(0, damage.bytes ?? half));
  // The bytes must have left before the socket breaks, or the client sees a refused connection instead of a cut body.
  await delay(20);
  response.destroy();
}
