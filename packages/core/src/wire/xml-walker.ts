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

/** Whether a text is nothing but the white space of XML. Called for every text, and three times as fast as an expression. */
function isBlank(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return false;
  }
  return true;
}

const localName = (name: string): string => {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
};

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
  private readonly stack: { element: XmlElement; at: string; path: PathNode | undefined; saysText: boolean }[] = [];
  private out: XmlRecord[] = [];
  private rootClosed = false;
  private sawText = false;
  private ending = false;
  private readonly skip: ReadonlySet<string>;
  /** How many elements deep the parser is in an element that is skipped. */
  private skipped = 0;

  constructor(options: XmlWalkOptions) {
    const root = compile(options.records);
    this.skip = new Set(options.skip);
    const { parser, stack } = this;
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
    parser.on('opentag', (tag) => this.open(tag, stack.length === 0 ? root : stack.at(-1)?.path));
    const text = (value: string): void => {
      const top = stack[stack.length - 1];
      // Space between records is dropped: kept, each piece is a slice that holds its whole chunk in memory.
      if (!top || this.skipped > 0) return;
      const between = top.path !== undefined && top.path.children.size > 0;
      if ((between || !top.saysText) && isBlank(value)) return;
      top.saysText = true;
      top.element.text += value;
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

  private open(tag: SaxesTagPlain, parent: PathNode | undefined): void {
    if (this.stack.length + this.skipped >= MAX_DEPTH) {
      throw new ScangateError('SCANGATE_REPORT_MALFORMED', `the XML is nested deeper than ${MAX_DEPTH} elements`);
    }
    const name = localName(tag.name);
    const above = this.stack[this.stack.length - 1];
    const isInside = above !== undefined && (parent === undefined || parent.children.size === 0);
    if (this.skipped > 0 || (isInside && this.skip.has(name))) {
      this.skipped++;
      return;
    }
    const path = parent && stepTo(parent, name);
    const attributes = tag.attributes as Record<string, string>;
    const element: XmlElement = { name, attributes, children: [], text: '' };
    if (above?.saysText) element.offset = above.element.text.length;
    this.stack.push({
      element,
      // Elements inside a record need no path of their own.
      at: !above ? name : path ? `${above.at}/${name}` : '',
      path,
      saysText: false,
    });
  }

  private close(): void {
    if (this.skipped > 0) {
      this.skipped--;
      return;
    }
    const top = this.stack.pop();
    if (!top) return;
    const above = this.stack[this.stack.length - 1];
    if (!above) this.rootClosed = true;
    if ((top.path && !top.path.deep) || !above)
      this.out.push({ at: top.at, element: top.element, scope: this.stack.map(({ element }) => element) });
    // A listed record leaves its parent; what was only walked through stays there, emptied of records.
    if (above && !top.path?.listed && !top.path?.deep) above.element.children.push(top.element);
  }
}
