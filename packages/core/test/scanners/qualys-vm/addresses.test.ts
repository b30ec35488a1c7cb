import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  merged,
  type Span,
  sizeOf,
  spanOf,
  spansOf,
  textOf,
  without,
} from '../../../src/scanners/qualys-vm/addresses.js';

const span = fc
  .tuple(fc.nat({ max: 300 }), fc.nat({ max: 20 }))
  .map(([from, more]): Span => ({ from: 3_221_225_984 + from, to: 3_221_225_984 + from + more }));
const spans = fc.array(span, { maxLength: 12 });

const all = (list: readonly Span[]): Set<number> =>
  new Set(list.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at)));

describe('addresses', () => {
  it('are read in every form', () => {
    expect(spansOf(['192.0.2.1', '192.0.2.4 - 192.0.2.6', '192.0.2.8/30', '192.0.2.2'])).toEqual([
      { from: 3_221_225_985, to: 3_221_225_986 },
      { from: 3_221_225_988, to: 3_221_225_990 },
      { from: 3_221_225_992, to: 3_221_225_995 },
    ]);
    expect(textOf({ from: 0, to: 4_294_967_295 })).toBe('0.0.0.0-255.255.255.255');
  });

  it.each(['', 'build.example', '192.0.2', '192.0.2.256', '192.0.2.9-192.0.2.1', '192.0.2.1/33', '::1', '1.2.3.4-x'])(
    '%j is none',
    (text) => expect(spanOf(text)).toBeUndefined(),
  );

  it('come back as they were written', () => {
    fc.assert(
      fc.property(span, (one) => {
        expect(spanOf(textOf(one))).toEqual(one);
      }),
    );
  });

  it('are joined without losing or adding one', () => {
    fc.assert(
      fc.property(spans, (list) => {
        const joined = merged(list);
        expect(all(joined)).toEqual(all(list));
        expect(sizeOf(joined)).toBe(all(list).size);
        for (const [at, one] of joined.entries()) expect(one.from).toBeGreaterThan((joined[at - 1]?.to ?? -2) + 1);
      }),
    );
  });

  it('are taken away exactly', () => {
    fc.assert(
      fc.property(spans, spans, (list, taken) => {
        const gone = all(taken);
        expect(all(without(list, taken))).toEqual(new Set([...all(list)].filter((one) => !gone.has(one))));
      }),
    );
  });
});
