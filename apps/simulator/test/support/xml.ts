import { SaxesParser } from 'saxes';

export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlNode[];
  text: string;
}

export interface XmlDocument {
  readonly root: XmlNode;
  readonly declared: boolean;
  readonly doctype?: string;
  readonly comments: readonly string[];
}

/** Reads a document strictly: what is not well-formed throws. */
export function parseXml(text: string): XmlDocument {
  const parser = new SaxesParser();
  const top: XmlNode = { name: '', attributes: {}, children: [], text: '' };
  const stack: XmlNode[] = [top];
  const comments: string[] = [];
  let doctype: string | undefined;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', (value) => {
    doctype = value.trim();
  });
  parser.on('comment', (value) => comments.push(value.trim()));
  parser.on('opentag', ({ name, attributes }) => {
    const node: XmlNode = { name, attributes: attributes as Record<string, string>, children: [], text: '' };
    stack.at(-1)?.children.push(node);
    stack.push(node);
  });
  const add = (value: string): void => {
    const node = stack.at(-1);
    if (node) node.text += value;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => stack.pop());
  parser.write(text).close();
  const [root] = top.children;
  if (root === undefined) throw new Error('no root element');
  return { root, declared: text.startsWith('<?xml'), comments, ...(doctype === undefined ? {} : { doctype }) };
}

/** The first element on the way down. */
export function at(node: XmlNode, ...path: readonly string[]): XmlNode | undefined {
  let here: XmlNode | undefined = node;
  for (const name of path) here = here?.children.find((child) => child.name === name);
  return here;
}

export function textOf(node: XmlNode, ...path: readonly string[]): string | undefined {
  return at(node, ...path)?.text.trim();
}

export function all(node: XmlNode, name: string): readonly XmlNode[] {
  const here = node.children.filter((child) => child.name === name);
  return [...here, ...node.children.flatMap((child) => all(child, name))];
}

/** Paths of everything below the element, attributes included. */
export function paths(node: XmlNode, prefix = ''): ReadonlySet<string> {
  const found = new Set<string>();
  for (const child of node.children) {
    const path = `${prefix}${child.name}`;
    found.add(path);
    for (const name of Object.keys(child.attributes)) found.add(`${path}@${name}`);
    for (const inner of paths(child, `${path}/`)) found.add(inner);
  }
  return found;
}
