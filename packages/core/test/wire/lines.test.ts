import { describe, expect, it } from 'vitest';
import { LineSplitter, readLines } from '../../src/wire/lines.js';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function linesOf(text: string | Uint8Array, size = 3, maxLineChars?: number): Promise<string[]> {
  const out: string[] = [];
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for await (const batch of readLines(inPieces(bytes, size), maxLineChars)) out.push(...batch);
  return out;
}

describe('readLines', () => {
  it('cuts at LF and CRLF and keeps empty lines', async () => {
    expect(await linesOf('a=1\r\nb=2\n\n\r\nc')).toEqual(['a=1', 'b=2', '', '', 'c']);
  });

  it('gives no line for the end of the last one, and none for nothing', async () => {
    expect(await linesOf('a\n')).toEqual(['a']);
    expect(await linesOf('')).toEqual([]);
  });

  it('keeps a carriage return inside a line', async () => {
    expect(await linesOf('a\rb\nc\r')).toEqual(['a\rb', 'c']);
  });

  it('gives the same lines whatever the size of the chunks, with characters of several bytes', async () => {
    const text = 'größe=5€\r\n日本=ü\n😀=1\nend';
    for (const size of [1, 2, 3, 5, 7, 1000])
      expect(await linesOf(text, size)).toEqual(['größe=5€', '日本=ü', '😀=1', 'end']);
  });

  it('refuses bytes that are not UTF-8, at the end as well', async () => {
    await expect(linesOf(Buffer.from([0x61, 0xff, 0x0a]))).rejects.toMatchObject({ code: 'SCANGATE_REPORT_ENCODING' });
    await expect(linesOf(Buffer.from([0x61, 0x0a, 0xe2, 0x82]))).rejects.toMatchObject({
      code: 'SCANGATE_REPORT_ENCODING',
    });
  });

  it('refuses a line beyond the limit, complete or not', async () => {
    await expect(linesOf(`${'x'.repeat(11)}\n`, 4, 10)).rejects.toMatchObject({ code: 'SCANGATE_REPORT_MALFORMED' });
    await expect(linesOf('x'.repeat(11), 100, 10)).rejects.toMatchObject({ code: 'SCANGATE_REPORT_MALFORMED' });
    await expect(linesOf(`${'x'.repeat(11)}\n`, 100, 10)).rejects.toMatchObject({ code: 'SCANGATE_REPORT_MALFORMED' });
    expect(await linesOf('x'.repeat(10), 4, 10)).toEqual(['x'.repeat(10)]);
  });
});

describe('LineSplitter', () => {
  it('hands out a line as soon as it is complete', () => {
    const splitter = new LineSplitter();
    expect(splitter.write(Buffer.from('a=1\nb='))).toEqual(['a=1']);
    expect(splitter.write(Buffer.from('2\n'))).toEqual(['b=2']);
    expect(splitter.end()).toEqual([]);
  });
});
