import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { terminalBlock, terminalText } from '../../../src/reporters/escape/terminal.js';
import { expectHarmless } from '../../../src/testing/describe-reporter.js';
import { hostileText } from './hostile-text.js';

describe('terminalText', () => {
  it.each([
    ['plain text stays', 'plain text stays'],
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007', 'link'],
    ['\u001b]0;title\u001b\\x', 'x'],
    ['\u009b31mx\u009d0;t\u009cy', 'xy'],
    ['\u001b]0;never ended', '0;never ended'],
    ['a\r\nb\tc\u2028d', 'a b c d'],
    ['a\u0000b\u007fc\u0085d', 'abc d'],
    ['\u202eabc\u2066d\ufeff', 'abcd'],
    ['\ud800x\u{1f600}', '\ufffdx\u{1f600}'],
    ["##teamcity[buildStop comment='']", "# #teamcity[buildStop comment='']"],
    ['x ##VSO[task.complete]', 'x # #VSO[task.complete]'],
    ['###[error]', '## #[error]'],
    ['##te\u0000amcity[x', '# #teamcity[x'],
    [' ::error::x', ' : :error::x'],
    ['a ::error', 'a ::error'],
    ['section_start:1:a\r\u001b[0K', 'section_start :1:a '],
    ['[[ATTACHMENT|/etc/passwd]]', '[ [ATTACHMENT|/etc/passwd]]'],
  ])('%j becomes %j', (text, expected) => {
    expect(terminalText(text)).toBe(expected);
  });

  it('makes one harmless line of any text, and leaves that line as it is', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const line = terminalText(text);
        expectHarmless(line);
        expect(line).not.toContain('\n');
        expect(terminalText(line)).toBe(line);
      }),
      { numRuns: 500 },
    );
  });

  it('reads a text of nothing but starts of sequences in linear time', () => {
    for (const start of ['\u001b]', '\u009d', '\u001b[', '\u009b', '\u001b', '[', '#', ' :']) {
      expect(terminalText(start.repeat(200_000)).length).toBeLessThan(600_000);
    }
  });
});

describe('terminalBlock', () => {
  it('keeps line ends, each as LF', () => {
    expect(terminalBlock('a\r\nb\rc\u0085d\u2029e\n')).toBe('a\nb\nc\nd\ne\n');
    expect(terminalBlock('a\n  ::warning::x')).toBe('a\n  : :warning::x');
  });

  it('makes harmless lines of any text', () => {
    fc.assert(
      fc.property(hostileText, (text) => expectHarmless(terminalBlock(text))),
      { numRuns: 500 },
    );
  });
});
