import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScangateError } from '../../src/errors.js';
import { type JsonRecord, JsonWalker, type JsonWalkOptions, Streamed } from '../../src/wire/json.js';

function walk(text: string | Uint8Array, options: JsonWalkOptions, chunkSize = 1 << 20): JsonRecord[] {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const walker = new JsonWalker(options);
  const out: JsonRecord[] = [];
  for (let start = 0; start < bytes.length; start += chunkSize)
    out.push(...walker.write(bytes.subarray(start, start + chunkSize)));
  return [...out, ...walker.end()];
}

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'no error';
  } catch (error) {
    return (error as ScangateError).code;
  }
};

const plain = (records: JsonRecord[]) =>
  records.map(({ at, value, keys }) => ({ at, keys, value: JSON.parse(JSON.stringify(value)) }));

describe('JsonWalker', () => {
  it('yields the elements of a list with the members of the objects around them', () => {
    const records = walk('{"a":1,"list":[{"t":"x","in":[{"v":1},{"v":2}]},{"t":"y","in":null}],"z":2}', {
      records: ['list[].in[]'],
    });
    expect(plain(records)).toEqual([
      { at: 'list[].in[]', keys: ['list', 0, 'in', 0], value: { v: 1 } },
      { at: 'list[].in[]', keys: ['list', 0, 'in', 1], value: { v: 2 } },
      { at: 'list[]', keys: ['list', 0], value: { t: 'x', in: { count: 2 } } },
      { at: 'list[]', keys: ['list', 1], value: { t: 'y', in: null } },
      { at: '', keys: [], value: { a: 1, list: { count: 2 }, z: 2 } },
    ]);
    expect(records[0]?.scope.map((members) => ({ ...members }))).toMatchObject([{ a: 1 }, { t: 'x' }]);
    expect(records[2]?.value).toMatchObject({ in: expect.any(Streamed) });
  });

  it('holds records until the members that they need are there', () => {
    const options = { records: ['list[].in[]'], needs: { 'list[].in[]': ['t'] } };
    const records = walk('{"list":[{"in":[1,2],"t":"late"}]}', options);
    expect(records.map(({ at }) => at)).toEqual(['list[].in[]', 'list[].in[]', 'list[]', '']);
    expect(records[0]?.scope.at(-1)?.t).toBe('late');
  });

  it('matches any member with a star and keeps its name in the keys', () => {
    const records = walk('{"found":{"XSS":[{"a":1}],"SQL":[{"a":2}]}}', { records: ['found.*[]'] });
    expect(plain(records).slice(0, 2)).toEqual([
      { at: 'found.*[]', keys: ['found', 'XSS', 0], value: { a: 1 } },
      { at: 'found.*[]', keys: ['found', 'SQL', 0], value: { a: 2 } },
    ]);
  });

  it('walks a list at the root, and a root that is neither', () => {
    expect(plain(walk('[{"a":1},2]', { records: ['[]'] }))).toEqual([
      { at: '[]', keys: [0], value: { a: 1 } },
      { at: '[]', keys: [1], value: 2 },
      { at: '', keys: [], value: { count: 2 } },
    ]);
    expect(plain(walk(' 42 ', { records: ['[]'] }))).toEqual([{ at: '', keys: [], value: 42 }]);
    expect(plain(walk('{"a":{"b":[1]}}', { records: ['[]'] }))).toEqual([
      { at: '', keys: [], value: { a: { b: [1] } } },
    ]);
  });

  it('keeps __proto__ as an ordinary member', () => {
    const [root] = walk('{"__proto__":{"polluted":true},"list":[]}', { records: ['list[]'] });
    expect(Object.keys(root?.value as object)).toEqual(['__proto__', 'list']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    ['', 'SCANGATE_REPORT_EMPTY'],
    ['  \n', 'SCANGATE_REPORT_EMPTY'],
    ['{', 'SCANGATE_REPORT_TRUNCATED'],
    ['{"list":[{"a":1}', 'SCANGATE_REPORT_TRUNCATED'],
    ['{"list":[{"a":"b', 'SCANGATE_REPORT_TRUNCATED'],
    ['["cut', 'SCANGATE_REPORT_TRUNCATED'],
    ['{"list":[1],}', 'SCANGATE_REPORT_MALFORMED'],
    ['{"list":[1,]}', 'SCANGATE_REPORT_MALFORMED'],
    ['{"list":[1 2]}', 'SCANGATE_REPORT_MALFORMED'],
    ['{"list" [1]}', 'SCANGATE_REPORT_MALFORMED'],
    ['{"list":[1]}{}', 'SCANGATE_REPORT_MALFORMED'],
    ['{"list":[1]} x', 'SCANGATE_REPORT_MALFORMED'],
    ['{"list":[1],"list":[]}', 'SCANGATE_REPORT_MALFORMED'],
    ['{"list":[tru]}', 'SCANGATE_REPORT_MALFORMED'],
    ['{"list":[01]}', 'SCANGATE_REPORT_MALFORMED'],
    ["{'list':[1]}", 'SCANGATE_REPORT_MALFORMED'],
    ['{"list":]}', 'SCANGATE_REPORT_MALFORMED'],
    ['NaN', 'SCANGATE_REPORT_MALFORMED'],
  ])('refuses %j as %s', (text, code) => {
    for (const chunkSize of [1, 3, 1000])
      expect(codeOf(() => walk(text, { records: ['list[]'] }, chunkSize))).toBe(code);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(codeOf(() => walk(Buffer.from('{"list":["\xff"]}', 'latin1'), { records: ['list[]'] }))).toBe(
      'SCANGATE_REPORT_ENCODING',
    );
  });

  it('agrees with JSON.parse on any value, at any chunk size', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 40 }), fc.nat(3), (values, chunkSize, indent) => {
        const text = JSON.stringify({ before: values, list: values, after: 'x' }, null, indent);
        const records = walk(text, { records: ['list[]'] }, chunkSize);
        expect(records.slice(0, -1).map(({ value }) => value)).toEqual(JSON.parse(JSON.stringify(values)));
        expect((records.at(-1)?.value as { before: unknown } | undefined)?.before).toEqual(
          JSON.parse(JSON.stringify(values)),
        );
      }),
    );
  });

  it('refuses every strict prefix of an object', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { minLength: 1 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (values, part) => {
          const bytes = Buffer.from(JSON.stringify({ list: values }));
          expect(() => walk(bytes.subarray(0, Math.floor(bytes.length * part)), { records: ['list[]'] })).toThrow(
            ScangateError,
          );
        },
      ),
    );
  });
});
