import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../../../src/reporters/escape/json.js';
import { expectHarmless } from '../../../src/testing/describe-reporter.js';
import { hostileText } from './hostile-text.js';

const repaired = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

describe('jsonText', () => {
  it.each([
    [{ a: 'x', b: undefined, c: [1, null] }, '{"a":"x","c":[1,null]}'],
    ['\ud800', '"\ufffd"'],
    ['\\ud800', '"\\\\ud800"'],
    ['\u009b\u007f\u2028\u202e', '"\\u009b\\u007f\\u2028\\u202e"'],
    ['##teamcity[x ##vso[y ##[z', '"#\\u0023teamcity[x #\\u0023vso[y #\\u0023[z"'],
    ['section_end:1:x', '"s\\u0065ction_end:1:x"'],
    ['[[ATTACHMENT|x', '"[\\u005bATTACHMENT|x"'],
  ])('%j is written %j', (value, expected) => {
    expect(jsonText(value)).toBe(expected);
  });

  it('writes the same as JSON.stringify where nothing is suspect', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string(),
          fc.oneof(fc.string(), fc.double({ noDefaultInfinity: true, noNaN: true }), fc.boolean()),
        ),
        (value) => {
          expect(jsonText(value, 2)).toBe(JSON.stringify(value, undefined, 2));
        },
      ),
    );
  });

  it('is harmless and gives the same text back, with U+FFFD for half a character', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (key, text) => {
        const json = jsonText({ [key]: [text] });
        expectHarmless(json);
        expect(JSON.parse(json)).toEqual(Object.fromEntries([[repaired(key), [repaired(text)]]]));
      }),
      { numRuns: 500 },
    );
  });
});
