import { TextDecoder } from 'node:util';
import { ScangateError } from '../errors.js';

/** Longer lines are refused: a text without line ends is no line format, and must not fill the memory. */
const MAX_LINE_CHARS = 16 * 1024 * 1024;

/**
 * Cuts UTF-8 text into lines at LF and CRLF, whatever the size of the chunks. Lines come without their end.
 *
 * Throws `SCANGATE_REPORT_ENCODING` for bytes that are not UTF-8, `_MALFORMED` for a line beyond the limit.
 */
export class LineSplitter {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private parts: string[] = [];
  private length = 0;

  constructor(private readonly maxLineChars: number = MAX_LINE_CHARS) {}

  /** Takes the next bytes and returns the lines that they completed. */
  write(chunk: Uint8Array): string[] {
    return this.cut(this.decode(chunk));
  }

  /** Says that the text is over. Returns the last line when it has no end of its own. */
  end(): string[] {
    const lines = this.cut(this.decode(undefined));
    return this.length > 0 ? [...lines, this.take('')] : lines;
  }

  private cut(text: string): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      lines.push(this.take(text.slice(start, end)));
      start = end + 1;
    }
    if (start < text.length) {
      this.parts.push(text.slice(start));
      this.length += text.length - start;
      this.check(this.length);
    }
    return lines;
  }

  private take(last: string): string {
    this.check(this.length + last.length);
    const line = this.parts.length === 0 ? last : this.parts.join('') + last;
    this.parts = [];
    this.length = 0;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  private check(chars: number): void {
    if (chars > this.maxLineChars) {
      throw new ScangateError('SCANGATE_REPORT_MALFORMED', `a line is longer than ${this.maxLineChars} characters`);
    }
  }

  private decode(chunk: Uint8Array | undefined): string {
    try {
      return chunk ? this.decoder.decode(chunk, { stream: true }) : this.decoder.decode();
    } catch (cause) {
      throw new ScangateError('SCANGATE_REPORT_ENCODING', 'the report is not valid utf-8', { cause });
    }
  }
}

/** {@link LineSplitter} over a stream of bytes: one batch of lines for each chunk. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, maxLineChars?: number): AsyncGenerator<string[]> {
  const splitter = new LineSplitter(maxLineChars);
  for await (const chunk of chunks) {
    const lines = splitter.write(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
}
