import { describe, expect, it } from 'vitest';
import { child, flowText, walkXml, type XmlElement, type XmlRecord } from '../../src/wire/xml.js';

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function walk(text: string, records: string[], size = 7): Promise<XmlRecord[]> {
  const out: XmlRecord[] = [];
  for await (const batch of walkXml(inPieces(text, size), { records })) out.push(...batch);
  return out;
}

const idsOf = (records: XmlRecord[], name: string): (string | undefined)[] =>
  records.filter(({ element }) => element.name === name).map(({ element }) => element.attributes.id);

describe('the ** step', () => {
  const nested = `<B><title>t</title>
    <R id="1"/><G><text>long</text><R id="2"><G><R id="inner"/></G></R><G><G><R id="3"/></G></G></G>
    <T><target>host</target><r id="a"/><other>kept</other><r id="b"/></T>
  </B>`;

  it('finds an element at any depth, none included, in the order of the text', async () => {
    expect(idsOf(await walk(nested, ['B/**/R']), 'R')).toEqual(['1', '2', '3']);
  });

  it('names the path that was taken and gives the enclosing elements', async () => {
    const third = (await walk(nested, ['B/**/R'])).find(({ element }) => element.attributes.id === '3');
    expect(third?.at).toBe('B/G/G/G/R');
    expect(third?.scope.map(({ name }) => name)).toEqual(['B', 'G', 'G', 'G']);
  });

  it('keeps a record whole: nothing inside it is taken for another record', async () => {
    const records = await walk(nested, ['B/**/R']);
    expect(idsOf(records, 'R')).not.toContain('inner');
    const second = records.find(({ element }) => element.attributes.id === '2')?.element;
    expect(child(child(second, 'G'), 'R')?.attributes.id).toBe('inner');
  });

  it('drops what it passes over', async () => {
    const root = (await walk(nested, ['B/**/R'])).at(-1)?.element;
    expect(root?.name).toBe('B');
    expect(root?.children).toEqual([]);
  });

  it('ends at a name: what is inside that name is walked by its own steps', async () => {
    const records = await walk(`<A><x><y>${nested}</y></x></A>`, ['A/**/T/r', 'A/**/R']);
    expect(idsOf(records, 'r')).toEqual(['a', 'b']);
    expect(idsOf(records, 'R')).toEqual(['1', '2', '3']);
    const test = records.find(({ element }) => element.name === 'T')?.element;
    expect(test?.children.map(({ name, text }) => [name, text])).toEqual([
      ['target', 'host'],
      ['other', 'kept'],
    ]);
  });

  it('prefers a name to what ** would pass over, and lets two follow each other', async () => {
    const records = await walk(`<A><z>${nested}</z></A>`, ['A/**/B/T/r', 'A/**/B/**/R', 'A/**/B/title']);
    expect(idsOf(records, 'r')).toEqual(['a', 'b']);
    expect(idsOf(records, 'R')).toEqual(['1', '2', '3']);
    expect(records.find(({ element }) => element.name === 'title')?.element.text).toBe('t');
  });

  it('gives the same records whatever the size of the chunks', async () => {
    const whole = await walk(nested, ['B/**/R', 'B/T/r'], 10_000);
    for (const size of [1, 3, 64]) expect(await walk(nested, ['B/**/R', 'B/T/r'], size)).toEqual(whole);
  });
});

describe('flowText', () => {
  const rootOf = async (text: string): Promise<XmlElement> => {
    const root = (await walk(text, ['none'])).at(-1);
    if (!root) throw new Error('no root');
    return root.element;
  };

  it('keeps the order of mixed content', async () => {
    expect(flowText(await rootOf('<p>The <c>aide</c> package is <b>not <i>yet</i></b> there.</p>'))).toBe(
      'The aide package is not yet there.',
    );
  });

  it('keeps the order when the text begins with an element', async () => {
    expect(flowText(await rootOf('<p><b>Note</b>: run <c>x</c><c>y</c> now</p>'))).toBe('Note: run xy now');
  });

  it('lets the caller show an element in its own way', async () => {
    const element = await rootOf('<p>a<br/>b<v id="n"/>c</p>');
    const show = (inner: XmlElement, flow: string): string =>
      inner.name === 'br' ? '\n' : (inner.attributes.id ?? flow);
    expect(flowText(element, show)).toBe('a\nbnc');
  });

  it('takes CDATA as text and sets no offset where there is no text before an element', async () => {
    const element = await rootOf('<p>\n  <a/><![CDATA[x]]><b>y</b></p>');
    expect(flowText(element).trim()).toBe('xy');
    expect(element.children.map(({ offset }) => offset)).toEqual([undefined, 1]);
  });
});
