const BLOCK_BYTES = 1_048_576;
const LINE_END = 0x0a;

/**
 * Holds records until what completes them has come, such as a glossary at the end of a report.
 *
 * The records are kept as JSON text in blocks of bytes. Kept as objects, every text in them would be a slice that
 * holds the whole chunk of the report it was read from, and the report would stay in memory as long as they do.
 * What comes back is therefore a copy: absent members stay absent, `undefined` becomes absent.
 */
export class Shelf<T> implements Iterable<T> {
  count = 0;
  private readonly blocks: { bytes: Buffer; length: number }[] = [];

  append(value: T): void {
    // JSON has no raw line end, so that one can stand between the records.
    const text = `${JSON.stringify(value)}\n`;
    let block = this.blocks[this.blocks.length - 1];
    // At most three bytes for each unit: only near the end of a block does the exact number matter.
    if (!block || block.length + text.length * 3 > block.bytes.length) {
      const needed = Buffer.byteLength(text);
      if (!block || block.length + needed > block.bytes.length) {
        block = { bytes: Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, needed)), length: 0 };
        this.blocks.push(block);
      }
    }
    block.length += block.bytes.write(text, block.length);
    this.count++;
  }

  /** The records in the order they came. */
  *[Symbol.iterator](): Generator<T> {
    for (const { bytes, length } of this.blocks) {
      let start = 0;
      while (start < length) {
        const end = bytes.indexOf(LINE_END, start);
        yield JSON.parse(bytes.toString('utf8', start, end)) as T;
        start = end + 1;
      }
    }
  }

  /** The records in batches of that many. */
  *batches(size: number): Generator<T[]> {
    let batch: T[] = [];
    for (const value of this) {
      batch.push(value);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
}

/** A copy that shares no text with the chunk it was read from. */
export const detach = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
