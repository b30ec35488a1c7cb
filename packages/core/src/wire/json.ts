import { isUtf8 } from 'node:buffer';
import { excerpt, ScangateError } from '../errors.js';
import { compile, type PatternNode } from './json-pattern.js';
import { type JsonMembers, type JsonRecord, type JsonWalkOptions, Streamed } from './json-records.js';

export { type JsonMembers, type JsonRecord, type JsonWalkOptions, Streamed } from './json-records.js';

interface Frame {
  list: boolean;
  node: PatternNode;
  members: JsonMembers;
  streamed: Streamed;
  key: string;
  index: number;
  expect: 'value-or-end' | 'value' | 'key-or-end' | 'key' | 'colon' | 'comma-or-end';
  held: JsonRecord[] | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * Walks a JSON text of any size. Only the skeleton down to the records is parsed here; each record is cut out
 * as bytes and given to `JSON.parse`, which keeps the speed near the native one and the memory at one record.
 *
 * Throws `SCANGATE_REPORT_TRUNCATED`, `_MALFORMED` and `_ENCODING`. A text that is followed by anything but white
 * space is malformed, as is an object on the way that has one member twice.
 */
export class JsonWalker {
  private readonly root: PatternNode;
  private readonly frames: Frame[] = [];
  /** Bytes not used up yet: `buffer[start..end)`. Grows by doubling, so that a huge value is not copied again and again. */
  private buffer: Buffer = Buffer.allocUnsafe(0);
  private start = 0;
  private length = 0;
  private offset = 0;
  private out: JsonRecord[] = [];
  private done = false;
  /** State of the value that is being cut out, so that no byte is looked at twice. */
  private scan = { pos: -1, depth: 0, inString: false };

  constructor(options: JsonWalkOptions) {
    this.root = compile(options);
  }

  /** Takes the next bytes and returns the records that they completed. */
  write(chunk: Uint8Array): JsonRecord[] {
    this.append(chunk);
    const used = this.consume(this.buffer.subarray(this.start, this.start + this.length));
    this.start += used;
    this.length -= used;
    this.offset += used;
    if (this.scan.pos >= 0) this.scan.pos -= used;
    const out = this.out;
    this.out = [];
    return out;
  }

  /** Says that the text is over. Throws when it is not complete. */
  end(): JsonRecord[] {
    const rest = this.buffer.subarray(this.start, this.start + this.length);
    const cut = this.frames.length > 0 || (this.scan.pos >= 0 && (this.scan.depth > 0 || this.scan.inString));
    if (!this.done && cut) {
      throw new ScangateError(
        'SCANGATE_REPORT_TRUNCATED',
        `the JSON ends in the middle, after ${this.offset + this.length} bytes`,
      );
    }
    if (!this.done) {
      if (rest.toString('utf8').trim() === '') throw new ScangateError('SCANGATE_REPORT_EMPTY', 'the report is empty');
      this.complete(this.root, this.parse(rest, 0, rest.length), [], []);
      this.done = true;
    }
    const out = this.out;
    this.out = [];
    return out;
  }

  private append(chunk: Uint8Array): void {
    const needed = this.length + chunk.byteLength;
    if (this.start + needed > this.buffer.length) {
      const target =
        needed > this.buffer.length ? Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2)) : this.buffer;
      this.buffer.copy(target, 0, this.start, this.start + this.length);
      this.buffer = target;
      this.start = 0;
    }
    this.buffer.set(chunk, this.start + this.length);
    this.length += chunk.byteLength;
  }

  private malformed(what: string, at: number): ScangateError {
    return new ScangateError('SCANGATE_REPORT_MALFORMED', `not valid JSON: ${what} at byte ${this.offset + at}`);
  }

  private consume(input: Buffer): number {
    let pos = 0;
    const length = input.length;
    while (pos < length) {
      const byte = input[pos] as number;
      if (isSpace(byte)) {
        pos++;
        continue;
      }
      if (this.done) throw this.malformed(`text after the end`, pos);
      const frame = this.frames.at(-1);
      const next = frame ? this.step(frame, input, pos, byte) : this.begin(this.root, input, pos, byte, []);
      if (next < 0) return pos;
      pos = next;
    }
    return pos;
  }

  /** One token inside a container. Returns the next position, or -1 when more bytes are needed. */
  private step(frame: Frame, input: Buffer, pos: number, byte: number): number {
    switch (frame.expect) {
      case 'colon':
        if (byte !== COLON) throw this.malformed('a colon is missing', pos);
        frame.expect = 'value';
        return pos + 1;
      case 'comma-or-end':
        if (byte === (frame.list ? CLOSE_BRACKET : CLOSE_BRACE)) return this.close(frame, pos);
        if (byte !== COMMA) throw this.malformed('a comma is missing', pos);
        frame.expect = frame.list ? 'value' : 'key';
        return pos + 1;
      case 'key-or-end':
      case 'key': {
        if (byte === CLOSE_BRACE && frame.expect === 'key-or-end') return this.close(frame, pos);
        if (byte !== QUOTE) throw this.malformed('a member name is missing', pos);
        const end = this.valueEnd(input, pos);
        if (end < 0) return -1;
        frame.key = this.parse(input, pos, end) as string;
        if (Object.hasOwn(frame.members, frame.key)) throw this.malformed(`"${excerpt(frame.key)}" stands twice`, pos);
        frame.expect = 'colon';
        return end;
      }
      default: {
        if (byte === CLOSE_BRACKET && frame.list && frame.expect === 'value-or-end') return this.close(frame, pos);
        const child = frame.list
          ? frame.node.children.get('[]')
          : (frame.node.children.get(frame.key) ?? frame.node.children.get('*'));
        return this.begin(child, input, pos, byte, this.frames);
      }
    }
  }

  private begin(node: PatternNode | undefined, input: Buffer, pos: number, byte: number, frames: Frame[]): number {
    if (
      node !== undefined &&
      ((byte === OPEN_BRACKET && node.hasElements) || (byte === OPEN_BRACE && node.hasMembers))
    ) {
      this.open(node, byte === OPEN_BRACKET);
      return pos + 1;
    }
    const end = this.valueEnd(input, pos);
    if (end < 0) return -1;
    const value = this.parse(input, pos, end);
    const parent = frames.at(-1);
    if (parent) this.store(parent, node, value);
    else {
      this.complete(this.root, value, [], []);
      this.done = true;
    }
    return end;
  }

  private open(node: PatternNode, list: boolean): void {
    this.frames.push({
      list,
      node,
      members: Object.create(null) as JsonMembers,
      streamed: new Streamed(),
      key: '',
      index: 0,
      expect: list ? 'value-or-end' : 'key-or-end',
      held: undefined,
    });
  }

  /** A finished value: an element of a streamed list becomes a record, anything else a member of its object. */
  private store(parent: Frame, node: PatternNode | undefined, value: unknown): void {
    if (parent.list) {
      parent.streamed.count++;
      if (node) this.complete(node, value, this.keys(), this.scope());
      parent.index++;
    } else {
      const record = node !== undefined && node.children.size === 0;
      if (record) this.complete(node, value, this.keys(), this.scope());
      parent.members[parent.key] = record ? new Streamed() : value;
    }
    parent.expect = 'comma-or-end';
  }

  private close(frame: Frame, pos: number): number {
    const keys = this.keys().slice(0, -1);
    this.frames.pop();
    if (frame.held) this.out.push(...frame.held);
    const parent = this.frames.at(-1);
    const value = frame.list ? frame.streamed : frame.members;
    if (!frame.list) this.complete(frame.node, value, keys, this.scope());
    if (!parent) {
      if (frame.list) this.complete(this.root, value, [], []);
      this.done = true;
      return pos + 1;
    }
    if (parent.list) {
      parent.streamed.count++;
      parent.index++;
    } else parent.members[parent.key] = value;
    parent.expect = 'comma-or-end';
    return pos + 1;
  }

  private complete(node: PatternNode, value: unknown, keys: (string | number)[], scope: JsonMembers[]): void {
    const record: JsonRecord = { at: node.at, value, keys, scope };
    const members = scope.at(-1);
    if (members && node.needs.some((name) => !Object.hasOwn(members, name))) {
      const holder = this.frames.findLast((frame) => frame.members === members);
      if (holder) {
        holder.held ??= [];
        holder.held.push(record);
        return;
      }
    }
    this.out.push(record);
  }

  private keys(): (string | number)[] {
    return this.frames.map((frame) => (frame.list ? frame.index : frame.key));
  }

  private scope(): JsonMembers[] {
    const scope: JsonMembers[] = [];
    for (const frame of this.frames) if (!frame.list) scope.push(frame.members);
    return scope;
  }

  private parse(input: Buffer, start: number, end: number): unknown {
    const slice = input.subarray(start, end);
    if (!isUtf8(slice)) {
      throw new ScangateError(
        'SCANGATE_REPORT_ENCODING',
        `the report is not valid UTF-8 near byte ${this.offset + start}`,
      );
    }
    try {
      return JSON.parse(slice.toString('utf8'));
    } catch (cause) {
      throw new ScangateError(
        'SCANGATE_REPORT_MALFORMED',
        `not valid JSON near byte ${this.offset + start}: ${excerpt((cause as Error).message, 120)}`,
        { cause },
      );
    }
  }

  /** End of the value that starts at `start`, or -1 when it is not all here yet. */
  private valueEnd(input: Buffer, start: number): number {
    const length = input.length;
    const resumed = this.scan.pos >= 0;
    let pos = resumed ? this.scan.pos : start;
    let depth = resumed ? this.scan.depth : 0;
    let inString = resumed ? this.scan.inString : false;
    while (pos < length) {
      const byte = input[pos] as number;
      if (inString) {
        if (byte === QUOTE) {
          inString = false;
          if (depth === 0) return this.found(pos + 1);
        } else if (byte === BACKSLASH) {
          if (pos + 1 >= length) break;
          pos++;
        }
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (depth === 0) return this.found(pos);
        if (--depth === 0) return this.found(pos + 1);
      } else if (depth === 0 && (byte === COMMA || byte === COLON || isSpace(byte))) return this.found(pos);
      pos++;
    }
    this.scan = { pos, depth, inString };
    return -1;
  }

  private found(end: number): number {
    this.scan.pos = -1;
    return end;
  }
}

/** {@link JsonWalker} over a stream of bytes: one batch of records for each chunk. */
export async function* walkJson(
  chunks: AsyncIterable<Uint8Array>,
  options: JsonWalkOptions,
): AsyncGenerator<JsonRecord[]> {
  const walker = new JsonWalker(options);
  for await (const chunk of chunks) {
    const records = walker.write(chunk);
    if (records.length > 0) yield records;
  }
  yield walker.end();
}
