import type { RawFinding } from '../../model/finding.js';
import type { ScanStatement } from '../../model/scan.js';
import type { ReportHead } from './head.js';

export interface ReportInput {
  /** What was seen of the report when it was recognised; a reader of two syntaxes asks `head.syntax`. */
  head: ReportHead;
  /** The report, from its first byte. Read once; a chunk is gone when the next one is asked for. */
  chunks: AsyncIterable<Uint8Array>;
  /** Which severity gates where a subscription re-rated its own (QScanner, container images). Default `vendor`. */
  severitySource?: 'vendor' | 'customer' | undefined;
}

/**
 * A reader of one report format: wire record to finding, losing nothing.
 *
 * `read` yields findings in batches as the bytes come in, in the order of the report, and returns what the report says
 * of the scan as a whole. What it cannot read it throws as a ScangateError with a `SCANGATE_REPORT_` code; what the
 * scan did not do goes into the statement's problems. A reader that has ended without error has seen the whole report.
 */
export interface ReportReader {
  /** The word a user types: `format=path`. Equal to the folder. */
  readonly format: string;
  /** Name for people. */
  readonly title: string;
  /** Whether the head of a file looks like this format; by content, never by file name. */
  recognise(head: ReportHead): boolean;
  read(input: ReportInput): AsyncGenerator<RawFinding[], ScanStatement, undefined>;
}
