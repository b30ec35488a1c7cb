import { html } from './html/index.js';
import { json } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import { ndjson } from './ndjson.js';
import type { Reporter } from './reporter.js';
import { sarif } from './sarif/index.js';
import { text } from './text.js';

export {
  ALL_FINDINGS,
  brief,
  findingLine,
  fixOf,
  reasonSentence,
  ruleSentence,
  titleOf,
  undecidedSentence,
  whereOf,
} from './describe.js';
export * from './escape/index.js';
export type { ReportContext, Reporter, ReportWriter } from './reporter.js';

/** Every report format, in alphabetical order. */
export const REPORTERS: readonly Reporter[] = [html, json, junit, markdown, ndjson, sarif, text];

/** The reporter of a format, or undefined when nobody writes it. */
export const reporterOf = (format: string): Reporter | undefined =>
  REPORTERS.find((reporter) => reporter.format === format);
