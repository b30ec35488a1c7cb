import type { HttpClient } from '@scangate/core/http';
import type { Machine } from '@scangate/core/scanners';
import type { Context } from '../context.js';

export interface MachineParts {
  /** For downloads and for asking whether a target answers. */
  http: HttpClient;
  /** Folder of the state; programs get folders below it. */
  state: string;
  /** Folder for what was downloaded. */
  cache: string;
  redact(text: string): string;
  log(line: string): void;
}

/** The machine of this process, and its end. */
export interface OpenMachine extends Machine {
  /** Ends every program that is still running. */
  close(): Promise<void>;
}

export function createMachine(_context: Context, _parts: MachineParts): OpenMachine {
  const nothing = (): never => {
    throw new Error('this machine runs no programs yet');
  };
  return {
    locate: nothing,
    run: nothing,
    start: nothing,
    state: nothing,
    stop: nothing,
    files: nothing,
    open: nothing,
    list: nothing,
    read: nothing,
    download: nothing,
    reach: nothing,
    close: async () => undefined,
  };
}
