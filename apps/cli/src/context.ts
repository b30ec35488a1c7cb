import type { Environment } from '@scangate/core/ci';
import type { CommandContext } from '@stricli/core';

/** The slice of the world that commands get. Nothing below the CLI touches a global. */
export interface Context extends CommandContext {
  readonly process: {
    readonly stdout: { write(text: string): void };
    readonly stderr: { write(text: string): void };
  };
  readonly env: Environment;
  readonly disk: Disk;
  now(): Date;
  /** Folder of the samples that `scangate demo` judges. */
  readonly demoFolder: string;
}

/** Files, as far as commands need them. Paths are as the user wrote them, relative to the working directory. */
export interface Disk {
  /** The bytes of a file, or of standard input for `-`. Throws a ScangateError with a `SCANGATE_REPORT_` code. */
  openReport(path: string): AsyncIterable<Uint8Array>;
  /** The whole text, or undefined when there is no such file. */
  readText(path: string): string | undefined;
  exists(path: string): boolean;
  resolve(...parts: string[]): string;
  /** Path for messages and CI tools: relative to the working directory where it lies below it, forward slashes. */
  shown(path: string): string;
  openOutput(folder: string): Output;
}

/** Files of one run. They appear under their names only when all are complete. */
export interface Output {
  /** Removes what an earlier run left under these names, so that nobody reads an old verdict as a new one. */
  clear(names: readonly string[]): void;
  append(name: string, text: string): void;
  /** Renames everything into place. Throws `SCANGATE_OUTPUT_UNWRITABLE`. */
  commit(): void;
  /** Removes what was not committed. */
  discard(): void;
}
