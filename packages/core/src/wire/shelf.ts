/** How much JSON text is gathered before it becomes one block, in characters. */
const BLOCK_CHARS = 65_536;

/**
 * Holds records until what completes them has come, such as a glossary at the end of a report.
 *
 * The records are kept as JSON text, joined into blocks. Kept as objects, every text in them would be a slice that
 * holds the whole chunk of the report it was read from, and the report would stay in memory as long as they do. A joined
 * text is a copy that refers to nothing.
 * What comes back is therefore a copy: absent members stay absent, `undefined` becomes absent.
 */
export class Shelf<T> implements Iterable<T> {
  count = 0;
  private readonly blocks: string[] = [];
  private open: string[] = [];
  private openChars = 0;

  append(value: T): void {
    const text = JSON.stringify(value);
    this.open.push(text);
    this.openChars += text.length;
    this.count++;
    if (this.openChars >= BLOCK_CHARS) this.close();
  }

  /** The records in the order they came. */
  *[Symbol.iterator](): Generator<T> {
    for (const batch of this.batches()) yield* batch;
  }

  /** The records in batches, each as large as a block. */
  *batches(): Generator<T[]> {
    this.close();
    for (const block of this.blocks) yield JSON.parse(block) as T[];
  }

  private close(): void {
    if (this.open.length === 0) return;
    this.open[0] = `[${this.open[0]}`;
    this.open.push(`${this.open.pop()}]`);
    this.blocks.push(this.open.join(','));
    this.open = [];
    this.openChars = 0;
  }
}

/** A copy that shares no text with the chunk it was read from. */
export const detach = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
