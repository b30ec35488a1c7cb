import { describe, expect, it } from 'vitest';
import { ScangateError } from '../../src/errors.js';
import { child, childrenOf, deepText, descend, textAt, walkXml, type XmlRecord } from '../../src/wire/xml.js';
import { XmlWalker } from '../../src/wire/xml-walker.js';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function walk(text: string | Uint8Array, records: string[] = [], size = 1 << 20): Promise<XmlRecord[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const out: XmlRecord[] = [];
  for await (const batch of walkXml(inPieces(bytes, size), { records })) out.push(...batch);
  return out;
}

const SIZES = [1, 2, 3, 7, 64, 1 << 20];

async function codeOf(text: string | Uint8Array, size?: number): Promise<string> {
  try {
    await walk(text, ['a/b'], size);
    return 'no error';
  } catch (error) {
    if (error instanceof ScangateError) return error.code;
    throw error;
  }
}

describe('walkXml', () => {
  const hosts =
    '<r date="d"><head>h</head><host n="1"><i>x</i><i>y</i></host><host n="2"><i/><tail>t</tail></host></r>';

  it('yields records with the elements around them, as far as they were read', async () => {
    const records = await walk(hosts, ['r/host/i']);
    expect(records.map(({ at }) => at)).toEqual(['r/host/i', 'r/host/i', 'r/host', 'r/host/i', 'r/host', 'r']);
    const [first] = records;
    expect(first?.element).toEqual({ name: 'i', attributes: {}, children: [], text: 'x' });
    expect(first?.scope.map(({ name, attributes }) => ({ name, attributes }))).toEqual([
      { name: 'r', attributes: { date: 'd' } },
      { name: 'host', attributes: { n: '1' } },
    ]);
    expect(textAt(first?.scope[0], 'head')).toBe('h');
  });

  it('takes records out of their parents', async () => {
    const records = await walk(hosts, ['r/host', 'r/host/i']);
    const root = records.at(-1)?.element;
    expect(root?.children.map(({ name }) => name)).toEqual(['head']);
    expect(
      records.filter(({ at }) => at === 'r/host').map(({ element }) => element.children.map(({ name }) => name)),
    ).toEqual([[], ['tail']]);
  });

  it('matches any one name with a star, and yields the root alone without records', async () => {
    expect((await walk('<r><a><v/></a><b><v/></b></r>', ['r/*/v'])).map(({ at }) => at)).toEqual([
      'r/a/v',
      'r/a',
      'r/b/v',
      'r/b',
      'r',
    ]);
    expect((await walk(hosts)).map(({ at }) => at)).toEqual(['r']);
  });

  it('leaves namespace prefixes out of names and keeps attributes as written', async () => {
    const [record] = await walk('<x:r xmlns:x="urn:x"><x:a y:b="1" c="2">t</x:a></x:r>', ['r/a']);
    expect(record).toMatchObject({ at: 'r/a', element: { name: 'a', attributes: { 'y:b': '1', c: '2' }, text: 't' } });
  });

  it('joins text and CDATA in order, and knows the five entities and numbers', async () => {
    const [root] = await walk('<a>1<![CDATA[<b> & ]]>2<c>in</c>3 &lt;&gt;&amp;&quot;&apos; &#228;&#x20ac;</a>');
    expect(root?.element.text).toBe('1<b> & 23 <>&"\' ä€');
  });

  it('passes over comments and instructions before, inside and after the root', async () => {
    const [root] = await walk('<?xml version="1.0"?><!-- a --><?pi x?>\n<a><!-- b <c/> -->t</a>\n<!-- d --><?pi y?>\n');
    expect(root?.element).toEqual({ name: 'a', attributes: {}, children: [], text: 't' });
  });

  it('gives the same records whatever the size of the chunks', async () => {
    const text = `<?xml version="1.0" encoding="utf-8"?><!DOCTYPE a [<!ELEMENT a ANY>]><a>ä€😀<b k="é&#233;">x</b><b><![CDATA[y]]></b></a>`;
    const whole = await walk(text, ['a/b']);
    for (const size of SIZES) expect(await walk(text, ['a/b'], size)).toEqual(whole);
    expect(whole.at(-1)?.element.text).toBe('ä€😀');
    expect(whole[0]?.element.attributes).toEqual({ k: 'éé' });
  });
});

describe('encodings of XML', () => {
  const text = '<?xml version="1.0" encoding="ISO-8859-1"?><a>Grüße</a>';
  const utf16 = (order: 'le' | 'be'): Buffer => {
    const bytes = Buffer.from('\uFEFF<a>Grüße 😀</a>', 'utf16le');
    return order === 'le' ? bytes : bytes.swap16();
  };

  it('reads the encoding that the declaration names, even in single bytes', async () => {
    for (const size of SIZES)
      expect((await walk(Buffer.from(text, 'latin1'), [], size))[0]?.element.text).toBe('Grüße');
    const windows = Buffer.concat([
      Buffer.from("<?xml version='1.0' encoding='windows-1252'?><a>"),
      Buffer.from([0x80]),
      Buffer.from('</a>'),
    ]);
    expect((await walk(windows))[0]?.element.text).toBe('€');
  });

  it('reads UTF-8 and UTF-16 by their byte order marks, even in single bytes', async () => {
    for (const size of SIZES) {
      expect((await walk(utf16('le'), [], size))[0]?.element.text).toBe('Grüße 😀');
      expect((await walk(utf16('be'), [], size))[0]?.element.text).toBe('Grüße 😀');
      expect((await walk('\uFEFF<a>Grüße</a>', [], size))[0]?.element.text).toBe('Grüße');
    }
  });

  it('refuses broken bytes and encodings that nobody knows', async () => {
    expect(await codeOf(Buffer.from('<a>Grüße</a>', 'latin1'))).toBe('SCANGATE_REPORT_ENCODING');
    expect(await codeOf('<?xml version="1.0" encoding="klingon"?><a/>')).toBe('SCANGATE_REPORT_ENCODING');
    expect(await codeOf(Buffer.from('<a>😀</a>').subarray(0, 5))).toBe('SCANGATE_REPORT_ENCODING');
  });
});

describe('XML that is refused', () => {
  it('refuses what is empty', async () => {
    expect(await codeOf('')).toBe('SCANGATE_REPORT_EMPTY');
    expect(await codeOf(' \n\t ', 1)).toBe('SCANGATE_REPORT_EMPTY');
  });

  it('refuses a text that ends early, wherever it is cut', async () => {
    const text = '<?xml version="1.0"?><!-- c --><a k="v"><b>x</b><![CDATA[y]]><b/></a>';
    for (let cut = 1; cut < text.length; cut++) {
      expect(await codeOf(text.slice(0, cut)), text.slice(0, cut)).toMatch(/^SCANGATE_REPORT_(TRUNCATED|MALFORMED)$/);
    }
    expect(await codeOf('<a><b>x</b>')).toBe('SCANGATE_REPORT_TRUNCATED');
    expect(await codeOf(text)).toBe('no error');
  });

  it('refuses anything but comments after the root, and a second root', async () => {
    for (const tail of ['more', '<a/>', '{"another":"document"}', '<![CDATA[x]]>', '<!-- open']) {
      expect(await codeOf(`<a/>${tail}`), tail).toBe('SCANGATE_REPORT_MALFORMED');
    }
  });

  it('refuses what is not well formed', async () => {
    const bad = [
      'text',
      '<a><b></a></b>',
      '<a k=v/>',
      '<a k="1" k="2"/>',
      '<a>&nosuch;</a>',
      '<a>&#0;</a>',
      '<a>\u0001</a>',
      '<a><</a>',
      '< a/>',
      '<a/><!DOCTYPE a>',
    ];
    for (const text of bad) expect(await codeOf(text), text).toBe('SCANGATE_REPORT_MALFORMED');
  });

  it('refuses nesting without bound, and takes a deep one', async () => {
    const nested = (depth: number): string => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
    expect(await codeOf(nested(500))).toBe('no error');
    expect(await codeOf(nested(501))).toBe('SCANGATE_REPORT_MALFORMED');
    expect(await codeOf('<a>'.repeat(100_000))).toBe('SCANGATE_REPORT_MALFORMED');
  });
});

describe('document types', () => {
  const external = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">';
  const harmless = `<!DOCTYPE issues [
    <!-- shape > ] " ' -->
    <?pi x?>
    <!ELEMENT issues (issue*)>
    <!ATTLIST issues burpVersion CDATA "" kind (a|b) "a" note CDATA 'x > "y"'>
    <!ELEMENT issue (#PCDATA)>
  ]>`;

  it('passes over an external one without fetching it', async () => {
    for (const size of SIZES) expect((await walk(`${external}<a>x</a>`, [], size))[0]?.element.text).toBe('x');
    expect(await codeOf('<!DOCTYPE html PUBLIC "-//W3C//DTD" "http://127.0.0.1:9/x"><a/>')).toBe('no error');
  });

  it('passes over an internal one that declares elements and attributes only, and applies no default of it', async () => {
    for (const size of SIZES) expect((await walk(`${harmless}<issues/>`, [], size))[0]?.element.attributes).toEqual({});
    expect(await codeOf('<!DOCTYPE a []><a/>')).toBe('no error');
    expect(await codeOf('<!DOCTYPE a SYSTEM "x" [ ] ><a/>')).toBe('no error');
  });

  it('refuses entities of every kind, in chunks of every size', async () => {
    const laughs = `<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;">]><a>&m;</a>`;
    for (const size of SIZES) expect(await codeOf(laughs, size)).toBe('SCANGATE_REPORT_MALFORMED');
    const declarations = [
      '<!ENTITY x "y">',
      '<!ENTITY x SYSTEM "file:///etc/passwd">',
      '<!ENTITY % x "y">',
      '<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;',
      '<!ELEMENT a ANY><!ENTITY x "y">',
      '<!-- c --><!ENTITY x "y">',
      '<!ATTLIST a b CDATA ">"><!ENTITY x "y">',
      '<!ENTITY\nx "y">',
    ];
    for (const declaration of declarations) {
      expect(await codeOf(`<!DOCTYPE a [${declaration}]><a/>`), declaration).toBe('SCANGATE_REPORT_MALFORMED');
    }
  });

  it('refuses whatever else it does not know', async () => {
    for (const declaration of [
      '%x;',
      '<!NOTATION n SYSTEM "x">',
      '<![INCLUDE[<!ELEMENT a ANY>]]>',
      'text',
      '<!ELEMENT a %x;>',
      '<a/>',
    ]) {
      expect(await codeOf(`<!DOCTYPE a [${declaration}]><a/>`), declaration).toBe('SCANGATE_REPORT_MALFORMED');
    }
  });

  it('refuses one that never ends, in time in proportion', async () => {
    expect(await codeOf(`<!DOCTYPE a [<!-- ${'< '.repeat(50_000)}`)).toBe('SCANGATE_REPORT_TRUNCATED');
    expect(await codeOf(`<!DOCTYPE a [${'<!ELEMENT a '.repeat(50_000)}]><a/>`)).toBe('SCANGATE_REPORT_MALFORMED');
  });
});

describe('access to elements', () => {
  const root = (() => {
    const walker = new XmlWalker({ records: [] });
    return [...walker.write('<r><a><b> x </b><b>y</b></a><e> </e>t</r>'), ...walker.end()][0]?.element;
  })();

  it('finds children and trimmed texts, and says when there are none', () => {
    expect(child(root, 'a')?.name).toBe('a');
    expect(child(undefined, 'a')).toBeUndefined();
    expect(childrenOf(child(root, 'a'), 'b')).toHaveLength(2);
    expect(childrenOf(undefined, 'b')).toEqual([]);
    expect(descend(root, 'a', 'b')?.text).toBe(' x ');
    expect(descend(root, 'z', 'b')).toBeUndefined();
    expect(textAt(root, 'a', 'b')).toBe('x');
    expect(textAt(root, 'e')).toBeUndefined();
    expect(root && deepText(root)).toBe('t\nx\ny');
  });
});
