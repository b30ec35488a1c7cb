import { TextDecoder } from 'node:util';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { excerpt, ScangateError } from '../errors.js';

/** An element without its namespace prefix. `text` is its own text and CDATA, in order, untrimmed. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

export interface XmlRecord {
  /** Path of local names from the root: `NessusClientData_v2/Report/ReportHost/ReportItem`. */
  at: string;
  /** The element; of one that holds records, without them. */
  element: XmlElement;
  /** The enclosing elements, root first, as far as they were read and without their records. */
  scope: XmlElement[];
}

export interface XmlWalkOptions {
  /**
   * Paths of the elements that are records; `*` stands for any one name. Elements on the way are
   * records too, when they close, without what was streamed out of them.
   */
  records: readonly string[];
}

const MAX_DEPTH = 500;

interface PathNode {
  children: Map<string, PathNode>;
}

function compile(records: readonly string[]): PathNode {
  const root: PathNode = { children: new Map() };
  for (const path of records) {
    let here = root;
    for (const step of path.split('/')) {
      let next = here.children.get(step);
      if (!next) {
        next = { children: new Map() };
        here.children.set(step, next);
      }
      here = next;
    }
  }
  return root;
}

const localName = (name: string): string => {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
};

/**
 * Walks an XML text of any size with saxes. No DTD is read: an internal subset is refused, so no entity can be
 * declared; an external one is ignored and never fetched.
 *
 * Throws `SCANGATE_REPORT_MALFORMED`, `_TRUNCATED` and `_EMPTY`.
 */
export class XmlWalker {
  private readonly parser = new SaxesParser({ xmlns: false });
  private readonly stack: { element: XmlElement; at: string; path: PathNode | undefined }[] = [];
  private out: XmlRecord[] = [];
  private rootClosed = false;
  private sawText = false;
  private ending = false;

  constructor(options: XmlWalkOptions) {
    const root = compile(options.records);
    const { parser, stack } = this;
    parser.on('error', (error) => {
      if (this.ending && !this.rootClosed) throw this.truncated();
      throw new ScangateError('SCANGATE_REPORT_MALFORMED', `not valid XML: ${excerpt(error.message, 160)}`);
    });
    parser.on('doctype', (doctype) => {
      if (doctype.includes('[')) {
        throw new ScangateError('SCANGATE_REPORT_MALFORMED', 'the XML declares its own entities (internal DTD), which is refused', {
          mend: 'write the report without an internal DTD',
        });
      }
    });
    parser.on('opentag', (tag) => this.open(tag, stack.length === 0 ? root : stack.at(-1)?.path));
    const text = (value: string): void => {
      const top = stack.at(-1);
      if (top) top.element.text += value;
    };
    parser.on('text', text);
    parser.on('cdata', text);
    parser.on('closetag', () => this.close());
  }

  /** Takes the next text and returns the records that it completed. */
  write(text: string): XmlRecord[] {
    if (!this.sawText && text.trim() !== '') this.sawText = true;
    this.parser.write(text);
    return this.take();
  }

  /** Says that the text is over. Throws when the root element is not closed. */
  end(): XmlRecord[] {
    if (!this.sawText) throw new ScangateError('SCANGATE_REPORT_EMPTY', 'the report is empty');
    if (!this.rootClosed) throw this.truncated();
    this.ending = true;
    this.parser.close();
    return this.take();
  }

  private truncated(): ScangateError {
    const open = this.stack.at(-1)?.element.name;
    return new ScangateError(
      'SCANGATE_REPORT_TRUNCATED',
      open === undefined ? 'the XML ends before its first element' : `the XML ends in the middle, inside <${excerpt(open)}>`,
    );
  }

  private take(): XmlRecord[] {
    const out = this.out;
    this.out = [];
    return out;
  }

  private open(tag: SaxesTagPlain, parent: PathNode | undefined): void {
    if (this.stack.length >= MAX_DEPTH) {
      throw new ScangateError('SCANGATE_REPORT_MALFORMED', `the XML is nested deeper than ${MAX_DEPTH} elements`);
    }
    const name = localName(tag.name);
    const above = this.stack.at(-1);
    this.stack.push({
      element: { name, attributes: tag.attributes as Record<string, string>, children: [], text: '' },
      at: above ? `${above.at}/${name}` : name,
      path: parent?.children.get(name) ?? parent?.children.get('*'),
    });
  }

  private close(): void {
    const top = this.stack.pop();
    if (!top) return;
    const above = this.stack.at(-1);
    if (!above) this.rootClosed = true;
    if (top.path || !above) this.out.push({ at: top.at, element: top.element, scope: this.stack.map(({ element }) => element) });
    // A leaf of the record tree leaves its parent; what was only walked through stays there, emptied of records.
    if (above && (!top.path || top.path.children.size > 0)) above.element.children.push(top.element);
  }
}

/** Decodes by byte order mark, then by the encoding of the XML declaration, then as UTF-8. Invalid bytes are an error. */
export class XmlDecoder {
  private decoder: TextDecoder | undefined;

  decode(chunk: Uint8Array | undefined): string {
    this.decoder ??= new TextDecoder(this.encodingOf(chunk ?? new Uint8Array()), { fatal: true });
    try {
      return chunk ? this.decoder.decode(chunk, { stream: true }) : this.decoder.decode();
    } catch (cause) {
      throw new ScangateError('SCANGATE_REPORT_ENCODING', `the report is not valid ${this.decoder.encoding}`, { cause });
    }
  }

  private encodingOf(head: Uint8Array): string {
    if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
    if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
    const declaration = Buffer.from(head.subarray(0, 200)).toString('latin1');
    const name = /^\s*(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(declaration)?.[1] ?? 'utf-8';
    try {
      return new TextDecoder(name).encoding;
    } catch (cause) {
      throw new ScangateError('SCANGATE_REPORT_ENCODING', `the XML names the encoding "${excerpt(name)}", which is not supported`, { cause });
    }
  }
}

/** {@link XmlWalker} over a stream of bytes: one batch of records for each chunk. */
export async function* walkXml(chunks: AsyncIterable<Uint8Array>, options: XmlWalkOptions): AsyncGenerator<XmlRecord[]> {
  const decoder = new XmlDecoder();
  const walker = new XmlWalker(options);
  for await (const chunk of chunks) {
    const records = walker.write(decoder.decode(chunk));
    if (records.length > 0) yield records;
  }
  const last = walker.write(decoder.decode(undefined));
  if (last.length > 0) yield last;
  const records = walker.end();
  if (records.length > 0) yield records;
}

/** First child of that name. */
export const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((candidate) => candidate.name === name);

export const childrenOf = (element: XmlElement | undefined, name: string): XmlElement[] =>
  element?.children.filter((candidate) => candidate.name === name) ?? [];

/** Descends by first children. */
export const descend = (element: XmlElement | undefined, ...path: string[]): XmlElement | undefined => {
  let here = element;
  for (const name of path) here = child(here, name);
  return here;
};

/** Trimmed text at the end of the path of first children. Undefined when the element is missing or empty. */
export const textAt = (element: XmlElement | undefined, ...path: string[]): string | undefined => {
  const text = descend(element, ...path)?.text.trim();
  return text === undefined || text === '' ? undefined : text;
};

/** Text of the element and everything below it, in document order as far as elements go. */
export const deepText = (element: XmlElement): string => {
  const parts = [element.text, ...element.children.map(deepText)];
  return parts.map((part) => part.trim()).filter(Boolean).join('\n');
};
