import type { JudgedFinding, Judgement } from '../model/judged.js';

export interface ReportContext {
  toolVersion: string;
  /** Names of the policy's rules, in order; a judged finding points into this list. */
  ruleNames: readonly string[];
}

/**
 * Makes one report. Pure: it returns text and never writes. Memory does not grow with the number of findings
 * beyond a fixed cap.
 */
export interface ReportWriter {
  /** Takes one finding, in order of arrival. Returns text to append now, if the format can be written piece by piece. */
  add?(judged: JudgedFinding): string | undefined;
  /** The rest of the report, in pieces, once the verdict is there. */
  end(judgement: Judgement): Iterable<string>;
}

export interface Reporter {
  /** The word after `--report`. Equal to the folder or file. */
  readonly format: string;
  /** Where it is written under `--out` unless a path is given. */
  readonly fileName: string;
  /** Files that never change and that the report needs, written beside it. */
  readonly assets?: readonly { fileName: string; content: string }[];
  create(context: ReportContext): ReportWriter;
}
