import type { Judgement } from '../model/judged.js';
import type { CiContext } from '../model/verdict.js';
import type { Reporter } from '../reporters/reporter.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A report file that was written, so that an adapter can point its CI tool at it. */
export interface WrittenReport {
  format: string;
  /** Path as the build sees it, relative to the working directory where possible, with forward slashes. */
  path: string;
  /** Where it lies on the disk, for tools that want the full path. */
  file?: string | undefined;
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

/** What an adapter gets of the world to speak to its CI tool beyond the log. */
export interface CiServer {
  env: Environment;
  /** One request; rejects with a ScangateError when there is no answer. Secrets go into headers, never into the URL. */
  request(request: {
    method: 'GET' | 'POST' | 'PUT';
    /** `https:`, or `http:` where the tool itself names such an address. */
    url: string;
    headers: Readonly<Record<string, string>>;
    body?: string | undefined;
  }): Promise<{ status: number; headers: Readonly<Record<string, string>>; text: string }>;
  /** Appends text, or a report that was written, to a file that the tool names, such as `GITHUB_STEP_SUMMARY`. */
  append(path: string, content: string | WrittenReport): void;
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
  /**
   * A line of news while scans are under way, in the tool's own syntax and with its line end, where the tool shows such
   * lines elsewhere than in the log. Raw text in.
   */
  progress?(text: string): string;
  /** Reports in the tool's own forms, made of the same stream of findings and written beside those that were asked for. */
  readonly reports?: readonly Reporter[];
  /**
   * Tells the tool's server, such as in a note on a merge request. Called when every file is in its place; only adds, so
   * whatever becomes of it the verdict and the exit stay. Gives a line for people, or undefined when there is nothing
   * to do.
   */
  publish?(input: DeliveryInput, server: CiServer): Promise<string | undefined>;
}
