/*
 * A reader of service messages, written from the grammar on JetBrains' page alone and not from our writer: name, then
 * one quoted value or attributes; a bar escapes.
 */
export interface ServiceMessage {
  name: string;
  value?: string;
  attributes?: Record<string, string>;
}

const ESCAPES: Record<string, string> = {
  n: '\n',
  r: '\r',
  "'": "'",
  '|': '|',
  '[': '[',
  ']': ']',
  x: '\u0085',
  l: '\u2028',
  p: '\u2029',
};

class Cursor {
  private at = 0;

  constructor(private readonly line: string) {}

  peek(): string {
    return this.line[this.at] ?? '';
  }

  take(pattern: RegExp, what: string): string {
    const match = new RegExp(pattern.source, 'y');
    match.lastIndex = this.at;
    const found = match.exec(this.line)?.[0];
    if (found === undefined) throw new Error(`expected ${what} at ${this.at} in ${JSON.stringify(this.line)}`);
    this.at += found.length;
    return found;
  }

  value(): string {
    this.take(/'/, 'a quote');
    let text = '';
    while (this.peek() !== "'") {
      if (this.peek() !== '|') text += this.take(/[^|'[\]\r\n]/, 'a plain character');
      else text += this.escape();
    }
    this.take(/'/, 'a quote');
    return text;
  }

  private escape(): string {
    this.take(/\|/, 'a bar');
    if (this.peek() === '0') return String.fromCharCode(Number(this.take(/0x[0-9a-fA-F]{4}/, 'four hex digits')));
    return ESCAPES[this.take(/[nr'|[\]xlp]/, 'a known escape')] as string;
  }
}

/** Throws on whatever is not exactly one message that fills the line. */
export function parseServiceMessage(line: string): ServiceMessage {
  const cursor = new Cursor(line);
  cursor.take(/##teamcity\[[ \t]*/, 'a message');
  const name = cursor.take(/[A-Za-z]+/, 'a name');
  cursor.take(/[ \t]+/, 'a blank');
  const message = cursor.peek() === "'" ? { name, value: cursor.value() } : { name, attributes: attributesOf(cursor) };
  cursor.take(/[ \t]*\]$/, 'the end of the message and of the line');
  return message;
}

function attributesOf(cursor: Cursor): Record<string, string> {
  const attributes = new Map<string, string>();
  do {
    const key = cursor.take(/[A-Za-z_$][A-Za-z0-9_$]*/, 'an attribute');
    if (attributes.has(key)) throw new Error(`attribute ${key} stands twice`);
    cursor.take(/[ \t]*=[ \t]*/, 'an equals sign');
    attributes.set(key, cursor.value());
    cursor.take(/[ \t]*/, 'blanks');
  } while (cursor.peek() !== ']');
  return Object.fromEntries(attributes);
}
