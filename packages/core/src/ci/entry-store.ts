import type { Finding } from '../model/finding.js';
import type { JudgedFinding } from '../model/judged.js';
import type { Severity } from '../model/severity.js';

/*
 * For reports of CI tools that hold one entry for each finding, in memory, within limits of the tool.
 */

/** One finding as a piece of a report, without what is known only at the end. */
export interface Entry {
  fingerprint: string;
  target: string;
  severity: Severity;
  /** Members of the JSON object from the second on, up to the closing brace; or more, as the report likes. */
  parts: readonly string[];
}

/** An entry with its number among those of the same fingerprint, from 1. */
export interface NumberedEntry extends Entry {
  occurrence: number;
}

export interface EntryLimits {
  maxEntries: number;
  maxBytes: number;
}

/** Whether the policy looks at it: it counts, or a rule counts it or cannot decide on it. */
export const isShown = ({ leftOut, rules, undecided }: JudgedFinding): boolean =>
  leftOut === undefined || rules.length > 0 || undecided.length > 0;

/** Least first. Unknown may be anything, but must not push out what is known to be the worst. */
const RANKS: Record<Severity, number> = { info: 0, low: 1, medium: 2, high: 3, unknown: 4, critical: 5 };

/** What stands around an entry: its id, its place, separators. */
const OVERHEAD_BYTES = 400;

const bytesOf = ({ parts }: Entry): number =>
  parts.reduce((sum, part) => sum + Buffer.byteLength(part), OVERHEAD_BYTES);

/** Keeps the most severe entries within the limits; the last that came goes first. */
export class EntryStore {
  /** Entries that the limits took away. */
  droppedCount = 0;
  private readonly ranks: Entry[][] = Array.from({ length: 6 }, () => []);
  private count = 0;
  private bytes = 0;
  /** Ranks up to this one have lost an entry already: nothing more of them is taken. */
  private closedRank = -1;

  constructor(private readonly limits: EntryLimits) {}

  /** Makes the entry only if it may stay. */
  add(finding: Finding, partsOf: (finding: Finding) => readonly string[]): void {
    const { fingerprint, target, severity } = finding;
    const rank = RANKS[severity];
    if (rank <= this.closedRank) {
      this.droppedCount++;
      return;
    }
    const entry = { fingerprint, target, severity, parts: partsOf(finding) };
    this.ranks[rank]?.push(entry);
    this.count++;
    this.bytes += bytesOf(entry);
    while (this.count > this.limits.maxEntries || this.bytes > this.limits.maxBytes) this.evict();
  }

  /** Most severe first, each severity in order of arrival, without the targets whose report could not be read. */
  list(unreadable: ReadonlySet<string>): NumberedEntry[] {
    const seen = new Map<string, number>();
    return this.ranks
      .toReversed()
      .flat()
      .filter(({ target }) => !unreadable.has(target))
      .map((entry) => {
        const occurrence = (seen.get(entry.fingerprint) ?? 0) + 1;
        seen.set(entry.fingerprint, occurrence);
        return { ...entry, occurrence };
      });
  }

  private evict(): void {
    const rank = this.ranks.findIndex((entries) => entries.length > 0);
    const entry = this.ranks[rank]?.pop();
    if (entry === undefined) return;
    this.closedRank = Math.max(this.closedRank, rank);
    this.count--;
    this.bytes -= bytesOf(entry);
    this.droppedCount++;
  }
}

/** Two occurrences may share a fingerprint; a reader that knows entries by their id would show one of them. */
export const idOf = ({ fingerprint, occurrence }: NumberedEntry): string =>
  occurrence === 1 ? fingerprint : `${fingerprint}-${occurrence}`;

/** Targets whose report could not be read to its end: nothing of them is judged. */
export const unreadableTargets = (targets: readonly { name: string; state: string }[]): Set<string> =>
  new Set(targets.filter(({ state }) => state === 'unreadable').map(({ name }) => name));
