import { SaxesParser } from 'saxes';
import { expect } from 'vitest';

/*
 * What is left of a text when all that an attacker may say in it is taken away: the elements of an XML file, the lines
 * and the markup of a Markdown file, the entries of a JSON file, the lines of any other. Two runs that differ in texts
 * alone have equal skeletons, or a text has become more than text.
 */

const extensionOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** Throws unless the text is what its name says. */
export function parseText(name: string, text: string): void {
  const extension = extensionOf(name);
  if (extension === 'json' || extension === 'sarif') JSON.parse(text);
  if (extension === 'xml') elementsOf(text);
  if (extension === 'ndjson') {
    expect(text === '' || text.endsWith('\n')).toBe(true);
    for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
  }
}

export function skeletonOf(name: string, text: string): unknown {
  switch (extensionOf(name)) {
    case 'xml':
      return elementsOf(text);
    case 'json':
    case 'sarif':
      return entriesOf(JSON.parse(text));
    case 'md':
      return markupOf(text);
    default:
      return name === 'requests.txt' ? requestsOf(text) : linesOf(text).length;
  }
}

/** Every character that some reader takes for the end of a line. */
const linesOf = (text: string): string[] => text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/);

/** Names of elements and of their attributes, in order, with their ends. */
function elementsOf(text: string): string[] {
  const parser = new SaxesParser();
  const elements: string[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => elements.push([name, ...Object.keys(attributes)].join(' ')));
  parser.on('closetag', ({ name }) => elements.push(`/${name}`));
  parser.write(text).close();
  return elements;
}

/** The numbers of entries in the lists at the top; a list inside an entry may be longer for a text that says more. */
function entriesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, Array.isArray(member) ? member.length : typeof member]),
  );
}

/** Characters that make Markdown or HTML, where neither a backslash nor an entity takes their meaning. */
const MARKUP = /[|[\]<>`*_~$]|!(?=\[)|https?:\/\/|www\.|[@#!~%&$](?=\w)|^\s*(?:[-+*=#>]|\d+[.)])/g;

const markupOf = (text: string): string[] =>
  linesOf(text).map((line) =>
    (
      line
        .replace(/\\[!-/:-@[-`{-~]/g, '')
        .replace(/&(?:#\d+|\w+);/g, '\u200b')
        .match(MARKUP) ?? []
    ).join(''),
  );

/** Method, address and headers word by word; of a body in JSON the entries, and the markup of its texts. */
function requestsOf(text: string): unknown {
  return linesOf(text).map((line) => {
    if (!line.startsWith('{')) return line;
    const body: unknown = JSON.parse(line);
    const texts = Object.entries(body as Record<string, unknown>).filter(([, value]) => typeof value === 'string');
    return { entries: entriesOf(body), texts: texts.map(([key, value]) => [key, markupOf(String(value))]) };
  });
}
