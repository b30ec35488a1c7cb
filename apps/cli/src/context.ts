import type { Environment } from '@scangate/core/ci';
import type { CommandContext } from '@stricli/core';

/** The slice of the world that commands get. Nothing below the CLI touches a global. */
export interface Context extends CommandContext {
  readonly process: {
    readonly stdout: { write(text: string): void; readonly isTTY?: boolean | undefined };
    readonly stderr: { write(text: string): void };
  };
  readonly env: Environment;
  readonly disk: Disk;
  now(): Date;
  /** Rejects with the reason of the signal when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** 0 to 1. */
  random(): number;
  /** A short text that no other run has. */
  newId(): string;
  readonly interruption: Interruption;
  /** Path of the program of the platform's simulator; throws when it is not installed. */
  simulatorProgram(): string;
  /** Starts a program that ends with this one. */
  startProgram(path: string, args: readonly string[]): Program;
  /** Folder of the samples that `scangate demo` judges. */
  readonly demoFolder: string;
}

/** SIGINT and SIGTERM. Until somebody listens they end the process as ever. */
export interface Interruption {
  /**
   * Aborted by the first signal, with what `reasonOf` makes of its name; a second signal ends the process at once. All
   * listeners share one signal.
   */
  listen(reasonOf: (signalName: string) => unknown): AbortSignal;
  /** The exit of the signal that came. */
  exit(): 'interrupted' | 'terminated' | undefined;
}

export interface Program {
  /** The first line that it prints. Rejects when it ends before. */
  readonly firstLine: Promise<string>;
  stop(): void;
}

/** Files, as far as commands need them. Paths are as the user wrote them, relative to the working directory. */
export interface Disk {
  /** The bytes of a file, or of standard input for `-`. Throws a ScangateError with a `SCANGATE_REPORT_` code. */
  openReport(path: string): AsyncIterable<Uint8Array>;
  /** The whole text, or undefined when there is no such file. */
  readText(path: string): string | undefined;
  /** As {@link readText}, with the error of the system for anything but a missing file. */
  readState(path: string): string | undefined;
  /**
   * Replaces a file at once or not at all, and makes its folder. What need not outlast a power failure is not `isLasting`
   * and many times as fast. Throws the error of the system.
   */
  replaceText(path: string, text: string, isLasting?: boolean): void;
  /** Adds to the end of a file, which is made when it is not there. Throws the error of the system. */
  appendText(path: string, text: string): void;
  /** Does nothing when there is no such file. Throws the error of the system. */
  remove(path: string): void;
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
