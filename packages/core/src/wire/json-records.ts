/** Members of an object seen so far, streamed lists replaced by a {@link Streamed}. No prototype. */
export type JsonMembers = Record<string, unknown>;

/** Stands in an object where a list was streamed as records. */
export class Streamed {
  count = 0;
}

export interface JsonRecord {
  /** The pattern that matched, as given: `Results[].Vulnerabilities[]`, or `` for the root. */
  at: string;
  /** The element; of an object that was walked into, its members without the streamed lists. */
  value: unknown;
  /** Keys and indexes from the root to here. */
  keys: (string | number)[];
  /** The enclosing objects, root first, as far as they were read. */
  scope: JsonMembers[];
}

export interface JsonWalkOptions {
  /**
   * Where records are: member names joined by dots, `[]` for the elements of a list, `*` for any member.
   * Every object on the way is itself a record when it closes, without what was streamed out of it.
   */
  records: readonly string[];
  /**
   * Members of the enclosing object that a record needs. Records that come before them are held
   * until the object closes, since JSON does not promise an order.
   */
  needs?: Readonly<Record<string, readonly string[]>>;
}
