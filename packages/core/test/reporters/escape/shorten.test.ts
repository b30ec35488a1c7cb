import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine, shorten } from '../../../src/reporters/escape/shorten.js';

describe('shorten', () => {
  it('keeps what fits', () => {
    expect(shorten('abc', 3)).toBe('abc');
    expect(shorten('', 0)).toBe('');
  });

  it('says how much it cut', () => {
    expect(shorten('x'.repeat(100), 40)).toBe(`${'x'.repeat(15)}... (cut, 85 characters)`);
  });

  it('never splits a surrogate pair', () => {
    expect(shorten(`${'x'.repeat(13)}\u{1f600}${'x'.repeat(100)}`, 39)).toBe(
      `${'x'.repeat(13)}... (cut, 102 characters)`,
    );
    expect(shorten('\u{1f600}\u{1f600}', 3)).toBe('\u{1f600}');
  });

  it('holds its limit, and the note tells the truth', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(120), (text, maxChars) => {
        const short = shorten(text, maxChars);
        expect(short.length).toBeLessThanOrEqual(Math.max(maxChars, 0));
        const note = /\.\.\. \(cut, (\d+) characters\)$/.exec(short);
        if (short !== text && note !== null) expect(short.length - note[0].length + Number(note[1])).toBe(text.length);
        expect(/[\ud800-\udbff]$/.test(short) && !/[\ud800-\udbff]$/.test(text)).toBe(false);
      }),
    );
  });
});

describe('oneLine', () => {
  it('makes one blank of every run of white space', () => {
    expect(oneLine(' a \r\n\t b  c ')).toBe('a b c');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(' ', '\n', '\t', 'a', '\u2028', '\u00a0') }), (text) => {
        expect(oneLine(text)).toBe(text.replace(/\s+/g, ' ').trim());
      }),
    );
  });
});
