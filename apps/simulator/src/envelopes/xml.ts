/** XML writing: one element tree, one writer, escaped at the one place that makes syntax. */

export interface Cdata {
  readonly cdata: string;
}

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: string | Cdata | readonly Element[];
}

type Content = string | number | Cdata | readonly (Element | undefined)[];

/** An element; undefined children are left out. */
export function el(name: string, content: Content, attributes: Readonly<Record<string, string>> = {}): Element {
  if (typeof content === 'string') return { name, attributes, content };
  if (typeof content === 'number') return { name, attributes, content: String(content) };
  if ('cdata' in content) return { name, attributes, content };
  return { name, attributes, content: content.filter((child) => child !== undefined) };
}

/** The element, or nothing when there is no value. */
export function optional(name: string, content: Content | undefined): Element | undefined {
  return content === undefined ? undefined : el(name, content);
}

export const cdata = (value: string): Cdata => ({ cdata: value });

// biome keeps control characters out of regular expressions, so the set that XML 1.0 forbids is spelled by code.
function isLegal(code: number): boolean {
  return code >= 0x20 ? code !== 0xfffe && code !== 0xffff : code === 0x9 || code === 0xa || code === 0xd;
}

function legal(value: string): string {
  let out = '';
  for (const character of value) if (isLegal(character.codePointAt(0) ?? 0)) out += character;
  return out;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

export function escapeXml(value: string): string {
  return legal(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function renderCdata(value: string): string {
  return `<![CDATA[${legal(value).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

/** Indented text of the element, ending with a line break. */
export function renderElement(element: Element, depth = 0): string {
  const pad = '  '.repeat(depth);
  const attributes = Object.entries(element.attributes).map(([name, value]) => ` ${name}="${escapeXml(value)}"`);
  const open = `${pad}<${element.name}${attributes.join('')}`;
  const { content } = element;
  if (typeof content === 'string') return `${open}>${escapeXml(content)}</${element.name}>\n`;
  if ('cdata' in content) return `${open}>${renderCdata(content.cdata)}</${element.name}>\n`;
  if (content.length === 0) return `${open}/>\n`;
  const children = content.map((child) => renderElement(child, depth + 1));
  return `${open}>\n${children.join('')}${pad}</${element.name}>\n`;
}
