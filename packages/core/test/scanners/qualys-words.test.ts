import { describe, expect, it } from 'vitest';
import { ScangateError } from '../../src/errors.js';
import {
  baseScore,
  catalogueText,
  evidenceOf,
  evidenceOfBase64,
  kindOfWord,
  platformTime,
  qidOf,
  requiredKind,
  statusOf,
  timeReader,
} from '../../src/scanners/qualys-words.js';

describe('words of the Qualys platform', () => {
  it('reads QIDs', () => {
    expect(qidOf(' 38173 ', 'x')).toBe('38173');
    expect(qidOf('006', 'x')).toBe('6');
    for (const text of [undefined, '', 'qid_6', '1.5', '-1', '12345678901'])
      expect(() => qidOf(text, 'x')).toThrow(ScangateError);
  });

  it.each([
    ['Vuln', 'confirmed'],
    ['Practice', 'potential'],
    ['Ig', 'information'],
    ['Confirmed', 'confirmed'],
    ['Potential', 'potential'],
    ['Info', 'information'],
    ['Potential Vulnerability', 'potential'],
    ['INFORMATION_GATHERED', 'information'],
    ['SENSITIVE_CONTENT', 'sensitive-content'],
    ['Weakness', undefined],
    ['__proto__', undefined],
  ])('reads the kind "%s" as %s', (word, kind) => {
    expect(kindOfWord(word)).toBe(kind);
    if (kind === undefined) expect(() => requiredKind(word, 'x')).toThrow(ScangateError);
  });

  it.each([
    ['NEW', { status: 'new' }],
    ['Active', { status: 'active' }],
    ['Re-Opened', { status: 'reopened' }],
    ['REOPENED', { status: 'reopened' }],
    ['Fixed', { status: 'fixed' }],
    ['PROTECTED', { status: 'active', state: 'PROTECTED' }],
    ['Asleep', { state: 'Asleep' }],
    [undefined, {}],
  ])('reads the status %s', (word, expected) => {
    expect(statusOf(word)).toEqual(expected);
  });

  it.each([
    ['7.5', { version: '3.1', score: 7.5 }],
    ['10', { version: '3.1', score: 10 }],
    [
      '9.0 (AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:H)',
      { version: '3.1', score: 9, vector: 'AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:H' },
    ],
    ['5 (AV:N/AC:L/Au:N/C:P/I:N/A:N)', { version: '2.0', score: 5, vector: 'AV:N/AC:L/Au:N/C:P/I:N/A:N' }],
    ['0.0 (CVSS:3.0/AV:P)', { version: '3.0', score: 0, vector: 'CVSS:3.0/AV:P' }],
    ['0.0', undefined],
    ['-', undefined],
    ['', undefined],
    ['N/A', undefined],
    [undefined, undefined],
  ])('reads the score %s', (text, expected) => {
    expect(baseScore(text, '3.1', 'x')).toEqual(expected);
  });

  it('refuses what is no score', () => {
    for (const text of ['11', 'high', '7.5 (', '-1', '1e1'])
      expect(() => baseScore(text, '3.1', 'x')).toThrow(ScangateError);
  });

  it.each([
    ['12 Mar 2020 04:42PM GMT-0400', '2020-03-12T20:42:00Z'],
    ['1 Jan 2031 12:05AM GMT', '2031-01-01T00:05:00Z'],
    ['31 Dec 2031 12:30PM GMT+0530', '2031-12-31T07:00:00Z'],
    ['2031-01-01T00:00:00Z', '2031-01-01T00:00:00Z'],
    ['2031-01-01T01:00:00.5+01:00', '2031-01-01T00:00:00.500Z'],
    ['2031-13-01T00:00:00Z', undefined],
    ['12 Mar 2020', undefined],
    ['12 Foo 2020 04:42PM GMT', undefined],
    ['12 Mar 2020 14:42PM GMT', undefined],
    ['2031-01-01T00:00:00', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads the time "%s" as %s', (text, expected) => {
    expect(platformTime(text)).toBe(expected);
    const timeOf = timeReader();
    expect([timeOf(text), timeOf(text)]).toEqual([expected, expected]);
  });

  it('leaves out catalogue texts that say nothing', () => {
    expect(['N/A', 'Not  applicable.', ' ', undefined].map(catalogueText)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(catalogueText('Do <B>this</B>')).toBe('Do this');
  });

  it('cuts evidence and says so', () => {
    expect(evidenceOf(' a ')).toBe('a');
    expect(evidenceOf('  ')).toBeUndefined();
    expect(evidenceOf('x'.repeat(1000))).toHaveLength(1000);
    expect(evidenceOf('x'.repeat(1001))).toMatch(/^x{1000}\n\(cut here; the report has 1001 characters\)$/);
  });

  it('decodes base64 without padding, with line ends, and only as much as is shown', () => {
    expect(evidenceOfBase64('YSByZXN1\nbHQ')).toBe('a result');
    expect(evidenceOfBase64('')).toBeUndefined();
    const long = Buffer.from('\u00e9'.repeat(5000)).toString('base64');
    expect(evidenceOfBase64(long)).toMatch(/^\u00e9{1,1000}\n\(cut here; the report has \d+ characters\)$/);
  });
});
