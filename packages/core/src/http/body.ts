import { PassThrough, pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { excerpt } from '../errors.js';
import { faultOf, HttpError } from './errors.js';

/** Encodings that are asked for and understood. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/** More than two are never sent in earnest. */
const MAX_ENCODINGS = 2;

interface BodyOptions {
  /** `Content-Encoding`. */
  encoding: string | undefined;
  maxBytes: number;
  /** Where the body comes from, for messages. */
  place: string;
}

/**
 * The decoded bytes of a body. What grows beyond `maxBytes` after decoding is refused as it comes, so that a small
 * answer cannot fill the memory. Throws {@link HttpError}.
 */
export async function* decodeBody(source: Readable, options: BodyOptions): AsyncGenerator<Uint8Array> {
  const { maxBytes, place } = options;
  let bytes = 0;
  try {
    for await (const chunk of decoded(source, options)) {
      bytes += (chunk as Uint8Array).byteLength;
      if (bytes > maxBytes) {
        throw new HttpError('SCANGATE_HTTP_TOO_LARGE', `${place}: the answer exceeds ${maxBytes} bytes`, 'maybe');
      }
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw faultOf(error, place);
  } finally {
    source.destroy();
  }
}

function decoded(source: Readable, { encoding, place }: BodyOptions): Readable {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length === 0) return source;
  const decoders = names.length > MAX_ENCODINGS ? [undefined] : names.reverse().map(decoderOf);
  const known = decoders.filter((decoder) => decoder !== undefined);
  if (known.length < decoders.length) {
    const shown = excerpt(encoding ?? '');
    throw new HttpError('SCANGATE_HTTP_CUT', `${place}: the encoding "${shown}" of the answer is not known`, 'maybe');
  }
  const out = new PassThrough();
  // An error of any part ends `out` with it.
  pipeline([source, ...known, out], () => undefined);
  return out;
}

function decoderOf(name: string): Transform | undefined {
  if (name === 'gzip' || name === 'x-gzip') return createGunzip();
  if (name === 'deflate') return new InflateEither();
  return name === 'br' ? createBrotliDecompress() : undefined;
}

/** `deflate` comes with a zlib header, as the standard says, and without, as some servers have it. */
class InflateEither extends Transform {
  private inner: Transform | undefined;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.inner ??= this.start(chunk);
    this.inner.write(chunk, () => done());
  }

  override _flush(done: TransformCallback): void {
    if (!this.inner) {
      done();
      return;
    }
    this.inner.once('end', () => done());
    this.inner.end();
  }

  private start(chunk: Buffer): Transform {
    const hasHeader = ((chunk[0] ?? 0) & 0x0f) === 8;
    const inner = hasHeader ? createInflate() : createInflateRaw();
    inner.on('data', (bytes: Buffer) => this.push(bytes));
    inner.on('error', (error) => this.destroy(error));
    return inner;
  }
}

/** The whole body as UTF-8. Throws `SCANGATE_HTTP_TOO_LARGE`. */
export async function bodyText(body: AsyncIterable<Uint8Array>, maxBytes: number, place: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new HttpError('SCANGATE_HTTP_TOO_LARGE', `${place}: the answer exceeds ${maxBytes} bytes`, 'maybe');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
