import { StringDecoder } from 'node:string_decoder';

const KEPT_CHARS = 64 * 1024;
/** Longer than any secret: the rest of one that was cut in two lies at the front, and is dropped with this. */
const MARGIN_CHARS = 8 * 1024;
const LINE_CHARS = 1_000;

/** The last that a stream of a program printed, without the secrets of the run. */
export class Tail {
  private readonly decoder = new StringDecoder('utf8');
  private kept = '';
  private isCut = false;
  private line = '';
  private lastLine: string | undefined;

  constructor(
    private readonly redact: (text: string) => string,
    private readonly onLine: (line: string) => void,
  ) {}

  push(chunk: Uint8Array): void {
    this.add(this.decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
  }

  end(): void {
    this.add(this.decoder.end());
    this.take(this.line);
  }

  text(): string {
    const text = this.redact(this.kept);
    return (this.isCut ? text.slice(MARGIN_CHARS) : text).slice(-KEPT_CHARS);
  }

  private add(text: string): void {
    this.kept += text;
    if (this.kept.length > 2 * (KEPT_CHARS + MARGIN_CHARS)) {
      this.kept = this.kept.slice(-(KEPT_CHARS + MARGIN_CHARS));
      this.isCut = true;
    }
    const lines = (this.line + text).split(/[\r\n]/);
    this.line = (lines.pop() ?? '').slice(-LINE_CHARS);
    const last = lines.findLast((line) => line.trim() !== '');
    if (last !== undefined) this.take(last);
  }

  private take(line: string): void {
    const text = line.trim().slice(0, LINE_CHARS);
    if (text === '' || text === this.lastLine) return;
    this.lastLine = text;
    this.onLine(this.redact(text));
  }
}
