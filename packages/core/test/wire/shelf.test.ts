import { describe, expect, it } from 'vitest';
import { detach, Shelf } from '../../src/wire/shelf.js';

describe('Shelf', () => {
  it('gives the records back in order, as often as asked', () => {
    const shelf = new Shelf<unknown>();
    const records = [{ a: 1, b: ['x'] }, 'line\nend', null, { text: '\u{1F512} \u2028 \\n "quoted"' }, [], 0];
    for (const record of records) shelf.append(record);
    expect(shelf.count).toBe(records.length);
    expect([...shelf]).toEqual(records);
    expect([...shelf]).toEqual(records);
  });

  it('is empty at first', () => {
    const shelf = new Shelf<string>();
    expect([...shelf]).toEqual([]);
    expect([...shelf.batches()]).toEqual([]);
  });

  it('leaves absent what was undefined', () => {
    const shelf = new Shelf<{ a?: number | undefined; b: number }>();
    shelf.append({ a: undefined, b: 2 });
    expect([...shelf].map((value) => Object.keys(value))).toEqual([['b']]);
  });

  it('holds more than one block, and a record larger than a block', () => {
    const shelf = new Shelf<{ index: number; text: string }>();
    for (let index = 0; index < 300; index++) {
      shelf.append({ index, text: (index === 150 ? '\u00e9' : 'x').repeat(index === 150 ? 2_000_000 : 10_000) });
    }
    let index = 0;
    for (const record of shelf) {
      expect(record.index).toBe(index);
      expect(record.text).toHaveLength(index === 150 ? 2_000_000 : 10_000);
      index++;
    }
    expect(index).toBe(300);
  });

  it('keeps text that is no valid Unicode apart from its neighbours', () => {
    const shelf = new Shelf<string>();
    shelf.append('a\ud800');
    shelf.append('b');
    expect([...shelf]).toEqual(['a\ud800', 'b']);
  });

  it('gives every record once in batches, and goes on after it was read', () => {
    const shelf = new Shelf<string>();
    for (let value = 0; value < 50; value++) shelf.append(String(value).padEnd(5_000));
    const batches = [...shelf.batches()];
    expect(batches.length).toBeGreaterThan(2);
    expect(batches.flat().map(Number)).toEqual(Array.from({ length: 50 }, (_, value) => value));
    shelf.append('50');
    expect([...shelf].map(Number)).toHaveLength(51);
  });
});

describe('detach', () => {
  it('copies', () => {
    const value = { a: ['x'], b: undefined };
    expect(detach(value)).toEqual({ a: ['x'] });
    expect(detach(value)).not.toBe(value);
  });
});
