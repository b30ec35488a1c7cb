import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sarifText } from '../../../src/reporters/escape/sarif.js';
import { expectHarmless } from '../../../src/testing/describe-reporter.js';
import { hostileText } from './hostile-text.js';

describe('sarifText', () => {
  it.each([
    ['arr[0] {x}', 'arr[0] {x}'],
    ['[click](https://evil.example)', '[click] (https://evil.example)'],
    ['{0} {{12}}', '{ 0} {{ 12}}'],
    ['a\r\nb', 'a\nb'],
  ])('%j becomes %j', (text, expected) => {
    expect(sarifText(text)).toBe(expected);
  });

  it('leaves no link and no placeholder in any text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expectHarmless(sarifText(text));
        expect(sarifText(text)).not.toMatch(/\]\(|\{\d+\}/);
      }),
      { numRuns: 500 },
    );
  });
});
