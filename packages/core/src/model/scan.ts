import * as z from 'zod';

const text = z.string();

export const ScanProblem = z.strictObject({
  /** Stable code from the table of errors, such as `SCANGATE_SCAN_NOTHING_REACHED`. */
  code: text,
  message: text,
  mend: text,
});
export type ScanProblem = z.infer<typeof ScanProblem>;

/**
 * What a scanner says about the scan as a whole, beside its findings.
 * Zero findings can pass only when `evidence` says that a scan took place and `problems` is empty.
 */
export interface ScanStatement {
  tool: { name: string; version?: string | undefined };
  /** What was examined, in the report's words: an image, a URL, a directory. */
  subject?: string | undefined;
  /** The scan's id in the vendor's system. */
  reference?: string | undefined;
  link?: string | undefined;
  /** ISO 8601, UTC. */
  startedAt?: string | undefined;
  finishedAt?: string | undefined;
  /** The vendor's own word for the final state. */
  state?: string | undefined;
  /** One sentence naming what in the report shows that the scan ran. Absent: nothing does. */
  evidence?: string | undefined;
  /** Everything that makes the scan less than complete. Empty: complete. */
  problems: ScanProblem[];
}
