import { describe, expect, it } from 'vitest';
import { ScangateError } from '../../src/errors.js';
import { childrenOf, textAt, type XmlWalkOptions } from '../../src/wire/xml.js';
import { XmlWalker } from '../../src/wire/xml-walker.js';

const walk = (text: string, options: XmlWalkOptions) => {
  const walker = new XmlWalker(options);
  return [...walker.write(text), ...walker.end()];
};

describe('walkXml with skip', () => {
  const text =
    '<r><list><rec><a>1</a><body x="1">b<deep>d<body>e</body></deep></body><b>2</b></rec></list><body>kept</body></r>';

  it('leaves out the named elements inside records, and all that is in them', () => {
    const [record] = walk(text, { records: ['r/list/rec'], skip: ['body'] });
    expect(record?.element.children.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(textAt(record?.element, 'b')).toBe('2');
    expect(record?.element.text).toBe('');
  });

  it('skips nothing outside records, where a record could be missed', () => {
    const records = walk('<r><body><rec/></body><body>kept</body></r>', {
      records: ['r/body/rec'],
      skip: ['body', 'rec', 'r'],
    });
    expect(records.map(({ at }) => at)).toEqual(['r/body/rec', 'r/body', 'r/body', 'r']);
    expect(childrenOf(records.at(-1)?.element, 'body').map(({ text }) => text)).toEqual(['', 'kept']);
  });

  it('still refuses what is not well formed, nested too deep or cut', () => {
    const bad = ['<r><rec><body><a></b></body></rec></r>', `<r><rec><body>${'<a>'.repeat(600)}`, '<r><rec><body><a>'];
    for (const report of bad) expect(() => walk(report, { records: ['r/rec'], skip: ['body'] })).toThrow(ScangateError);
  });
});

describe('walkXml with listed elements on the way', () => {
  const text = `<r>${'<host><ip>1</ip><list> <rec/> </list></host> '.repeat(3)}</r>`;

  it('keeps what is only on the way in its parent', () => {
    const root = walk(text, { records: ['r/host/list/rec'] }).at(-1)?.element;
    expect(root?.children).toHaveLength(3);
  });

  it('takes a listed element out of its parent, and the space between records away', () => {
    const records = walk(text, { records: ['r/host', 'r/host/list/rec'] });
    expect(records.at(-1)?.element).toEqual({ name: 'r', attributes: {}, children: [], text: '' });
    expect(records.filter(({ at }) => at === 'r/host').map(({ element }) => textAt(element, 'ip'))).toEqual([
      '1',
      '1',
      '1',
    ]);
    expect(records.filter(({ at }) => at === 'r/host/list').map(({ element }) => element.text)).toEqual(['', '', '']);
  });
});
