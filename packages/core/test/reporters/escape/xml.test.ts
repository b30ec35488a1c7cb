import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { xmlAttribute, xmlText } from '../../../src/reporters/escape/xml.js';
import { hostileText } from './hostile-text.js';

function read(xml: string): { text: string; attribute: string } {
  const seen = { text: '', attribute: '' };
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ attributes }) => {
    seen.attribute = String(attributes.a);
  });
  parser.on('text', (text) => {
    seen.text += text;
  });
  parser.write(xml).close();
  return seen;
}

describe('XML', () => {
  it.each([
    ['a < b && c > d', 'a &lt; b &amp;&amp; c &gt; d'],
    [']]>', ']]&gt;'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u0000\u000b\u0085\ufffe\ud800', '\ufffd\ufffd\ufffd\ufffd\ufffd'],
    ['a\tb\nc\rd', 'a\tb\nc&#13;d'],
    ['\u{1f600}"', '\u{1f600}"'],
  ])('text %j is written %j', (text, expected) => {
    expect(xmlText(text)).toBe(expected);
  });

  it('writes line ends and tabs of an attribute as references', () => {
    expect(xmlAttribute('a\tb\nc\rd"<&>')).toBe('a&#9;b&#10;c&#13;d&quot;&lt;&amp;&gt;');
  });

  it('survives a reader whole: only what XML cannot hold is replaced', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const seen = read(`<x a="${xmlAttribute(text)}">${xmlText(text)}</x>`);
        expect(seen.text).toBe(seen.attribute);
        expect(seen.text).not.toMatch(/[^\P{Cc}\t\n\r]|\p{Surrogate}|[\ufffe\uffff]/u);
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing of a text that XML can hold', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(read(`<x a="${xmlAttribute(text)}">${xmlText(text)}</x>`)).toEqual({ text, attribute: text });
      }),
    );
  });
});
