import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownText } from '../../../src/reporters/escape/markdown.js';
import { expectHarmless } from '../../../src/testing/describe-reporter.js';
import { hostileText } from './hostile-text.js';

/** What a renderer shows: escapes undone. */
const shown = (markdown: string): string =>
  markdown
    .replace(/\\(?=[!-/:-@[-`{-~])/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

describe('markdownText', () => {
  it.each([
    ['libexample: heap overflow (CVE-2099-0001), 100%', 'libexample: heap overflow (CVE-2099-0001), 100%'],
    ['a | b\nc', 'a &#124; b c'],
    ['<b>&amp;', '&lt;b&gt;&amp;&#8203;amp;'],
    ['[x](y) ![x](y)', '\\[x\\](y) \\!&#8203;\\[x\\](y)'],
    ['`code` *b* _i_ ~~s~~ \\', '\\`code\\` \\*b\\* \\_i\\_ \\~&#8203;\\~&#8203;s\\~&#8203;\\~ &#92;'],
    ['https://evil.example www.evil.example', 'https:/&#8203;/evil.example www&#8203;.evil.example'],
    ['@all #1 !2 %3 $4 GH-5', '@&#8203;all \\#&#8203;1 \\!&#8203;2 %&#8203;3 &#36;&#8203;4 GH&#8203;-5'],
    ['a@b.example', 'a@&#8203;b.example'],
    ['[[wiki]]', '\\[&#8203;\\[wiki\\]\\]'],
    [':smile:', '\\:&#8203;smile:'],
    ['- item', '\\- item'],
    ['12. item', '12\\. item'],
    ['# heading', '\\# heading'],
    ['/close', '\\/close'],
  ])('%j becomes %j', (text, expected) => {
    expect(markdownText(text)).toBe(expected);
  });

  it('leaves no mark-up, link, mention or table break in any text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const markdown = markdownText(text);
        expectHarmless(markdown);
        expect(markdown).not.toMatch(/[\n|<>]/);
        expect(markdown).not.toMatch(/(?<!\\)[`*_[\]{}~^]/);
        expect(markdown).not.toMatch(/&(?!(?:amp|lt|gt|#\d+);)/);
        expect(shown(markdown)).not.toMatch(/\/\/|www\.|[@#!~%&$^](?=[^\s\u200b])/i);
        expect(markdown).not.toMatch(/^(?:[-+=/:#>\s]|\d+[.)])/);
      }),
      { numRuns: 1000 },
    );
  });

  it('shows a person the same words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        const words = text.replace(/\s+/g, ' ').trim();
        fc.pre(!/##|::|section_|\[\[/.test(words));
        expect(shown(markdownText(text)).replaceAll('\u200b', '')).toBe(words);
      }),
    );
  });
});
