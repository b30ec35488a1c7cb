import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPORTERS } from '../../src/reporters/index.js';
import { buildTextDelivery } from '../../src/testing/delivery-fixtures.js';
import { renderReport } from '../../src/testing/describe-reporter.js';
import { HOSTILE_TEXTS } from '../../src/testing/hostile.js';
import { skeletonOf } from '../../src/testing/skeleton.js';

const skeletonsWith = async (texts: readonly string[]): Promise<Record<string, unknown>> => {
  const { input, ruleNames, findings } = await buildTextDelivery(texts);
  const built = { ruleNames: [...ruleNames], findings: [...findings], judgement: input };
  const shown = REPORTERS.filter(({ format }) => format === 'junit' || format === 'markdown' || format === 'ndjson');
  return Object.fromEntries(
    shown.map((reporter) => [reporter.format, skeletonOf(reporter.fileName, renderReport(reporter, built))]),
  );
};

describe('the skeleton of a report', () => {
  it('is the same whatever an attacker says', async () => {
    const calm = await skeletonsWith(['calm']);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...HOSTILE_TEXTS), async (text) => {
        expect(await skeletonsWith([text])).toEqual(calm);
      }),
    );
  });

  it.each([
    ['a table cell', 'a.md', '| a |', '| a | b |'],
    ['a link', 'a.md', 'see a', 'see [a](https://evil.example)'],
    ['a bare link', 'a.md', 'see a', 'see https://evil.example'],
    ['a picture', 'a.md', 'a', '![a](x)'],
    ['a mention', 'a.md', 'a', '@everyone'],
    ['an element', 'a.md', 'a', '<b>a'],
    ['a heading', 'a.md', 'a', '# a'],
    ['code', 'a.md', 'a', '`a`'],
    ['a line', 'a.env', 'A=b\n', 'A=b\nC=d\n'],
    ['a line end of Unicode', 'a.env', 'A=b\n', 'A=b\u2028C=d\n'],
    ['a case', 'a.xml', '<s><c/></s>', '<s><c/><c/></s>'],
    ['an attribute', 'a.xml', '<s><c/></s>', '<s><c a=""/></s>'],
    ['an entry', 'a.json', '[1]', '[1,2]'],
    ['an entry of a list', 'a.json', '{"a":[1]}', '{"a":[1,2]}'],
    ['a key', 'a.json', '{"a":1}', '{"a":1,"b":1}'],
    ['a line of a note', 'requests.txt', '{"body":"a"}', '{"body":"a\\n- b"}'],
    ['an address', 'requests.txt', 'GET https://a.example', 'GET https://b.example'],
  ])('changes with %s', (_, name, calm, attacked) => {
    expect(skeletonOf(name, attacked)).not.toEqual(skeletonOf(name, calm));
  });

  it.each([
    ['Markdown', 'a.md', '| a |', '| \\[a\\](b) \\| &lt;b&gt; \\@x \\`c\\` |'],
    ['XML', 'a.xml', '<s><c a="b">d</c></s>', '<s><c a="&lt;c/>">]]&gt;&lt;c/></c></s>'],
    ['JSON', 'a.json', '["a"]', '["],[\\""]'],
  ])('keeps still for an escaped text of %s', (_, name, calm, escaped) => {
    expect(skeletonOf(name, escaped)).toEqual(skeletonOf(name, calm));
  });
});
