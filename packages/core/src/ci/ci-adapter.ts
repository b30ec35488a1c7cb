import type { Judgement } from '../model/judged.js';
import type { CiContext } from '../model/verdict.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A report file that was written, so that an adapter can point its CI tool at it. */
export interface WrittenReport {
  format: string;
  /** Path as the build sees it, relative to the working directory where possible, with forward slashes. */
  path: string;
}

export interface DeliveryInput extends Judgement {
  context: CiContext;
  reports: readonly WrittenReport[];
}

/** What an adapter hands to the CLI. It holds no exit status: the table of exit codes decides. */
export interface Delivery {
  /** Messages of the CI tool, one a line, already in its syntax. Printed after the text for people. */
  stdout: string;
  /** Further files under `--out`. */
  files: readonly { name: string; content: string }[];
}

/** One CI tool's dialect. Pure: environment in, values out. */
export interface CiAdapter {
  /** Machine name: `jenkins`, the value of `--ci`. */
  readonly tool: string;
  /** Name for people. */
  readonly name: string;
  /** The build this environment describes, or undefined when it is not this tool's. */
  detect(env: Environment): CiContext | undefined;
  deliver(input: DeliveryInput): Delivery;
}
