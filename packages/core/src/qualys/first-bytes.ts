/** As much as tells the syntax of an answer behind a long prolog, and holds nearly every error envelope. */
const HEAD_BYTES = 4096;

export type Syntax = 'json' | 'xml' | 'html' | 'empty' | 'other';

export interface SniffedBody {
  syntax: Syntax;
  /** The first bytes as text. */
  head: string;
  /** The whole body, first bytes included. */
  body: AsyncIterable<Uint8Array>;
}

const PROLOG = /^(?:\s|<\?[^>]*\?>|<!--[\s\S]*?-->)*/;
const HTML = /^<(?:!doctype\s+html|html|head|body|title|center|h1|p)\b/i;

/** The syntax of a text by its first characters. Load balancers answer with web pages, whatever was asked. */
export function syntaxOf(text: string): Syntax {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (start === '') return 'empty';
  if (!start.startsWith('<')) return /^[[{"]/.test(start) ? 'json' : 'other';
  return HTML.test(start.replace(PROLOG, '')) ? 'html' : 'xml';
}

/** Looks at the first bytes of a body and gives them back with the rest. Content types lie; first bytes do not. */
export async function sniff(body: AsyncIterable<Uint8Array>): Promise<SniffedBody> {
  const source = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let isDone = false;
  while (bytes < HEAD_BYTES && !isDone) {
    const next = await source.next();
    if (next.done === true) isDone = true;
    else {
      chunks.push(next.value);
      bytes += next.value.byteLength;
    }
  }
  const head = Buffer.concat(chunks).subarray(0, HEAD_BYTES).toString('utf8');
  return { syntax: syntaxOf(head), head, body: resume(chunks, source) };
}

async function* resume(
  chunks: Uint8Array[],
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isDone = false;
  try {
    yield* chunks.splice(0);
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
    isDone = true;
  } finally {
    if (!isDone) await source.return?.();
  }
}
