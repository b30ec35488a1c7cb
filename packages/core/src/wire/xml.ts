import { XmlDecoder } from './xml-decoder.js';
import type { XmlElement, XmlRecord, XmlWalkOptions } from './xml-types.js';

export type { XmlElement, XmlRecord, XmlWalkOptions } from './xml-types.js';

/** Small pieces let go of their records before the garbage collector has to carry them from young to old. */
const SLICE_BYTES = 65_536;

/** The XmlWalker over a stream of bytes. The parser is loaded only where there is XML to read. */
export async function* walkXml(
  chunks: AsyncIterable<Uint8Array>,
  options: XmlWalkOptions,
): AsyncGenerator<XmlRecord[]> {
  const { XmlWalker } = await import('./xml-walker.js');
  const decoder = new XmlDecoder();
  const walker = new XmlWalker(options);
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += SLICE_BYTES) {
      const records = walker.write(decoder.decode(chunk.subarray(start, start + SLICE_BYTES)));
      if (records.length > 0) yield records;
    }
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

/**
 * Text of the element and everything below it in document order, for mixed content: `a<b>c</b>d` is `acd`.
 * `show` may give another text for an element; it is handed the element's own flow.
 */
export function flowText(
  element: XmlElement,
  show: (inner: XmlElement, flow: string) => string = (_, flow) => flow,
): string {
  const parts: string[] = [];
  let shown = 0;
  for (const inner of element.children) {
    const before = Math.max(shown, inner.offset ?? 0);
    parts.push(element.text.slice(shown, before), show(inner, flowText(inner, show)));
    shown = before;
  }
  parts.push(element.text.slice(shown));
  return parts.join('');
}

/** Text of the element and everything below it, in document order as far as elements go. */
export const deepText = (element: XmlElement): string => {
  const parts = [element.text, ...element.children.map(deepText)];
  return parts
    .map((part) => part.trim())
    .filter(Boolean)
    .join('\n');
};
