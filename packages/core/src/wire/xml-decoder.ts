import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { excerpt, ScangateError } from '../errors.js';

/** An XML declaration that names an encoding ends well before this, in bytes. */
const DECLARATION_BYTES = 200;

/** Decodes by byte order mark, then by the encoding of the XML declaration, then as UTF-8. Invalid bytes are an error. */
export class XmlDecoder {
  private decoder: TextDecoder | undefined;
  /** First bytes, kept until there are enough of them to know the encoding: a pipe may give one at a time. */
  private head: Uint8Array = new Uint8Array();
  /** Whether the bytes before may end within a character, so that the decoder still holds a part of it. */
  private endsInside = false;

  /** Takes the next bytes, or undefined for the end. */
  decode(chunk: Uint8Array | undefined): string {
    if (this.decoder) return this.run(this.decoder, chunk);
    this.head = Buffer.concat([this.head, chunk ?? new Uint8Array()]);
    if (chunk && this.head.byteLength < DECLARATION_BYTES) return '';
    this.decoder = new TextDecoder(this.encodingOf(this.head), { fatal: true });
    const text = this.run(this.decoder, this.head);
    this.head = new Uint8Array();
    return chunk ? text : text + this.run(this.decoder, undefined);
  }

  private run(decoder: TextDecoder, chunk: Uint8Array | undefined): string {
    // Most reports are ASCII almost throughout, and plain bytes are copied several times as fast as they are decoded.
    const mayBeCut = this.endsInside;
    if (chunk) this.endsInside = (chunk[chunk.byteLength - 1] ?? 0) >= 0x80;
    if (chunk && !mayBeCut && decoder.encoding === 'utf-8' && isAscii(chunk)) {
      return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    }
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch (cause) {
      throw new ScangateError('SCANGATE_REPORT_ENCODING', `the report is not valid ${decoder.encoding}`, { cause });
    }
  }

  private encodingOf(head: Uint8Array): string {
    if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
    if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
    const declaration = Buffer.from(head.subarray(0, DECLARATION_BYTES)).toString('latin1');
    const name =
      /^\s*(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(declaration)?.[1] ?? 'utf-8';
    try {
      return new TextDecoder(name).encoding;
    } catch (cause) {
      throw new ScangateError(
        'SCANGATE_REPORT_ENCODING',
        `the XML names the encoding "${excerpt(name)}", which is not supported`,
        { cause },
      );
    }
  }
}
