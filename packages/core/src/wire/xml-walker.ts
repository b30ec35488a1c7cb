import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { excerpt, ScangateError } from '../errors.js';
import type { XmlElement, XmlRecord, XmlWalkOptions } from './xml-types.js';

const MAX_DEPTH = 500;

interface PathNode {
  children: Map<string, PathNode>;
  /** Whether the path itself is listed, so that its elements leave their parent. */
  listed: boolean;
  /** Whether this is a `**`: its elements are neither records nor kept. */
  deep: boolean;
}

function compile(records: readonly string[]): PathNode {
  const root: PathNode = { children: new Map(), listed: false, deep: false };
  for (const path of records) {
    let here = root;
    for (const step of path.split('/')) {
      let next = here.children.get(step);
      if (!next) {
        next = { children: new Map(), listed: false, deep: step === '**' };
        here.children.set(step, next);
      }
      here = next;
    }
    here.listed = true;
  }
  return root;
}

/** The step from an element to one inside it: by name before `*`, and both before what `**` passes over. */
function stepTo(parent: PathNode, name: string): PathNode | undefined {
  const deep = parent.children.get('**');
  return (
    parent.children.get(name) ??
    deep?.children.get(name) ??
    parent.children.get('*') ??
    deep?.children.get('*') ??
    deep ??
    (parent.deep ? parent : undefined)
  );
}

/** Children of an element that has none, as nearly every one. */
const NO_CHILDREN = Object.freeze([]) as unknown as XmlElement[];

/** Whether a text is nothing but the white space of XML. Called for every text, and three times as fast as an expression. */
function isBlank(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return false;
  }
  return true;
}

/** What is known of the name of an element. */
interface KnownName {
  written: string;
  local: string;
  isSkipped: boolean;
  /** The name that came after it the last time: mostly the one that comes now, which a comparison tells. */
  next: KnownName | undefined;
}

/** A document has a few dozen names. One that has more was made to have them. */
const MAX_NAMES = 1000;

/** Names by how they are written: looked up for each element instead of being worked out, and kept once. */
class Names {
  private readonly known = new Map<string, KnownName>();
  private readonly skip: ReadonlySet<string>;
  private last: KnownName | undefined;

  constructor(skip: readonly string[] = []) {
    this.skip = new Set(skip);
  }

  get(written: string): KnownName {
    const { last } = this;
    if (last?.next?.written === written) {
      this.last = last.next;
      return last.next;
    }
    const name = this.known.get(written);
    // Only names that are kept point at each other: a chain of all names would grow with the document.
    if (last && name) last.next = name;
    this.last = name;
    return name ?? this.learn(written);
  }

  private learn(name: string): KnownName {
    // A copy: a slice would keep its whole chunk in memory.
    const written = Buffer.from(name).toString();
    const local = written.slice(written.indexOf(':') + 1);
    const known = { written, local, isSkipped: this.skip.has(local), next: undefined };
    if (this.known.size < MAX_NAMES) this.known.set(written, known);
    return known;
  }
}

/** What an internal DTD may hold: white space, comments, processing instructions, declarations of elements and attributes. */
const HARMLESS_DECLARATION =
  /\s+|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!ELEMENT\s[^<>"'%]*>|<!ATTLIST\s(?:[^<>"'%]|"[^"<]*"|'[^'<]*')*>/y;

/** Whether a document type declares nothing but the shape of elements. Entities, notations and references are not harmless. */
function isHarmless(doctype: string): boolean {
  const open = doctype.indexOf('[');
  if (open < 0) return true;
  const close = doctype.lastIndexOf(']');
  HARMLESS_DECLARATION.lastIndex = open + 1;
  while (HARMLESS_DECLARATION.lastIndex < close) {
    if (!HARMLESS_DECLARATION.test(doctype)) return false;
  }
  return HARMLESS_DECLARATION.lastIndex === close;
}

/**
 * Walks an XML text of any size with saxes. No DTD is read. An internal one that declares elements and attributes only
 * is passed over; one that declares anything else, an entity above all, is refused; an external one is never fetched.
 *
 * Throws `SCANGATE_REPORT_MALFORMED`, `_TRUNCATED` and `_EMPTY`.
 */
export class XmlWalker {
  private readonly parser = new SaxesParser({ xmlns: false });
  private readonly stack: XmlElement[] = [];
  /** For the outermost of them: how far they are on the way to records. */
  private readonly way: { at: string; path: PathNode }[] = [];
  private readonly root: PathNode;
  /** Indentation that came last: it comes again with every element. */
  private indent = '';
  private out: XmlRecord[] = [];
  private rootClosed = false;
  private sawText = false;
  private ending = false;
  private readonly names: Names;
  /** How many elements deep the parser is in an element that is skipped. */
  private skipped = 0;

  constructor(options: XmlWalkOptions) {
    this.root = compile(options.records);
    this.names = new Names(options.skip);
    const { parser } = this;
    parser.on('error', (error) => {
      if (this.ending && !this.rootClosed) throw this.truncated();
      throw new ScangateError('SCANGATE_REPORT_MALFORMED', `not valid XML: ${excerpt(error.message, 160)}`);
    });
    parser.on('doctype', (doctype) => {
      if (!isHarmless(doctype)) {
        throw new ScangateError(
          'SCANGATE_REPORT_MALFORMED',
          'the XML declares entities of its own (internal DTD), which is refused',
          {
            mend: 'write the report without an internal DTD',
          },
        );
      }
    });
    parser.on('opentag', (tag) => this.open(tag));
    const text = (value: string): void => this.addText(value);
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
    const open = this.stack.at(-1)?.name;
    return new ScangateError(
      'SCANGATE_REPORT_TRUNCATED',
      open === undefined
        ? 'the XML ends before its first element'
        : `the XML ends in the middle, inside <${excerpt(open)}>`,
    );
  }

  private take(): XmlRecord[] {
    const out = this.out;
    this.out = [];
    return out;
  }

  /** The step of the innermost open element; undefined inside a record, and of an element that is on no way. */
  private pathHere(): PathNode | undefined {
    const { way, stack } = this;
    return way.length === stack.length ? way[way.length - 1]?.path : undefined;
  }

  private addText(value: string): void {
    const top = this.stack[this.stack.length - 1];
    // Space between records is dropped: kept, each piece is a slice that holds its whole chunk in memory.
    if (!top || this.skipped > 0) return;
    if (top.text === '') {
      if (!this.isBlank(value)) top.text = value;
      return;
    }
    const between = (this.pathHere()?.children.size ?? 0) > 0;
    if (!between || !this.isBlank(value)) top.text += value;
  }

  private isBlank(value: string): boolean {
    if (value.charCodeAt(0) > 0x20) return false;
    if (value === this.indent) return true;
    if (!isBlank(value)) return false;
    this.indent = value;
    return true;
  }

  private open(tag: SaxesTagPlain): void {
    const { stack, way } = this;
    if (stack.length + this.skipped >= MAX_DEPTH) {
      throw new ScangateError('SCANGATE_REPORT_MALFORMED', `the XML is nested deeper than ${MAX_DEPTH} elements`);
    }
    if (this.skipped > 0) {
      this.skipped++;
      return;
    }
    const { local: name, isSkipped } = this.names.get(tag.name);
    const above = stack[stack.length - 1];
    const parent = above ? this.pathHere() : this.root;
    const isInside = above !== undefined && (parent === undefined || parent.children.size === 0);
    if (isSkipped && isInside) {
      this.skipped++;
      return;
    }
    const attributes = tag.attributes as Record<string, string>;
    const element: XmlElement = { name, attributes, children: NO_CHILDREN, text: '' };
    if (above && above.text !== '') element.offset = above.text.length;
    const path = parent && stepTo(parent, name);
    if (path) way.push({ at: above ? `${way[way.length - 1]?.at}/${name}` : name, path });
    stack.push(element);
  }

  private close(): void {
    if (this.skipped > 0) {
      this.skipped--;
      return;
    }
    const { stack, way } = this;
    const element = stack.pop();
    if (!element) return;
    const on = way.length > stack.length ? way.pop() : undefined;
    const above = stack[stack.length - 1];
    if (!above) this.rootClosed = true;
    if ((on && !on.path.deep) || !above) this.out.push({ at: on?.at ?? element.name, element, scope: [...stack] });
    // A listed record leaves its parent; what was only walked through stays there, emptied of records.
    if (!above || on?.path.listed || on?.path.deep) return;
    if (above.children === NO_CHILDREN) above.children = [element];
    else above.children.push(element);
  }
}
