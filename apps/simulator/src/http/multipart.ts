/** The parts of a `multipart/form-data` body (RFC 7578). */
import { type Call, header } from './call.js';

export interface Part {
  readonly name: string;
  readonly filename?: string;
  readonly content: Buffer;
}

const BREAK = Buffer.from('\r\n\r\n');

function partOf(bytes: Buffer): Part | undefined {
  const end = bytes.indexOf(BREAK);
  if (end < 0) return undefined;
  const head = bytes.toString('utf8', 0, end);
  const name = /content-disposition:[^\r\n]*[;\s]name="([^"]*)"/i.exec(head)?.[1];
  const filename = /content-disposition:[^\r\n]*[;\s]filename="([^"]*)"/i.exec(head)?.[1];
  if (name === undefined) return undefined;
  return { name, content: bytes.subarray(end + BREAK.length), ...(filename === undefined ? {} : { filename }) };
}

/** Undefined when the body is no such form, or is not whole. */
export function readMultipart(call: Call): readonly Part[] | undefined {
  const type = header(call, 'content-type') ?? '';
  const boundary = /^multipart\/form-data\s*;.*\bboundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) return undefined;
  const mark = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let at = call.bytes.indexOf(mark);
  while (at >= 0) {
    const begin = at + mark.length;
    if (call.bytes.toString('latin1', begin, begin + 2) === '--') return parts;
    const next = call.bytes.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), begin);
    if (next < 0) return undefined;
    const part = partOf(call.bytes.subarray(begin + 2, next));
    if (part === undefined) return undefined;
    parts.push(part);
    at = next + 2;
  }
  return undefined;
}
