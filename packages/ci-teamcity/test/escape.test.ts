import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeValue, serviceMessage } from '../src/escape.js';
import { parseServiceMessage } from './service-message-parser.js';

/** Any UTF-16 units, lone surrogates among them, rich in the characters that the grammar uses. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.constantFrom('|', "'", '[', ']', '\n', '\r', '|n', '|0x', '|0x000A', '##teamcity[', ' ', '='), {
      maxLength: 20,
    })
    .map((parts) => parts.join('')),
);

describe('escapeValue', () => {
  it('writes each special character as the documentation says', () => {
    expect(escapeValue("it's [a|b]\r\n")).toBe("it|'s |[a||b|]|r|n");
    expect(escapeValue('\u0000\u001b\u007f\u0085\u2028\u2029é😀\ud800')).toBe(
      '|0x0000|0x001B|0x007F|0x0085|0x2028|0x2029|0x00E9|0xD83D|0xDE00|0xD800',
    );
    expect(escapeValue('CVE-2099-0001 {x} "y" ~')).toBe('CVE-2099-0001 {x} "y" ~');
  });

  it('leaves only printable ASCII', () => {
    fc.assert(fc.property(anyText, (text) => /^[ -~]*$/.test(escapeValue(text))));
  });
});

describe('serviceMessage', () => {
  it('comes back whole through a parser of the grammar', () => {
    fc.assert(
      fc.property(anyText, anyText, (first, second) => {
        const attributes = { description: first, identity: second };
        expect(parseServiceMessage(serviceMessage('buildProblem', attributes).trimEnd())).toEqual({
          name: 'buildProblem',
          attributes,
        });
        expect(parseServiceMessage(serviceMessage('publishArtifacts', first).trimEnd())).toEqual({
          name: 'publishArtifacts',
          value: first,
        });
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a value within 4,000 characters and no half of a pair', () => {
    for (const text of ['x'.repeat(9000), '😀'.repeat(3000), `x${'😀'.repeat(3000)}`]) {
      const { value = '' } = parseServiceMessage(serviceMessage('publishArtifacts', text).trimEnd());
      expect(value.length).toBeLessThanOrEqual(4000);
      expect(value.length).toBeGreaterThan(3900);
      expect(value.isWellFormed()).toBe(true);
    }
  });
});

describe('the parser of the test', () => {
  it.each([
    "##teamcity[buildStatus text='a]",
    "##teamcity[buildStatus text='a'] ",
    " ##teamcity[buildStatus text='a']",
    "##teamcity[buildStatus text='a[b']",
    "##teamcity[buildStatus text='a|z']",
    "##teamcity[buildStatus text='a|0x12']",
    "##teamcity[buildStatus text='a\nb']",
    "##teamcity[buildStatus text='a' text='b']",
    "##teamcity[buildStatus text='a']##teamcity[buildStatus text='b']",
  ])('refuses %s', (line) => {
    expect(() => parseServiceMessage(line)).toThrow();
  });
});
