import { ScangateError } from '@scangate/core';
import type { HttpClient } from '@scangate/core/http';
import type { Machine, Reached } from '@scangate/core/scanners';
import type { Context } from '../context.js';
import { download } from './downloads.js';
import { locate } from './locate.js';
import { Programs } from './programs.js';
import { ProgramRecords } from './records.js';
import { filesBelow, listTree, readInside, readWhole } from './user-files.js';

const REACH_MS = 15_000;

export interface MachineParts {
  /** For downloads and for asking whether a target answers. */
  http: HttpClient;
  /** Folder of the state; programs get folders below it. */
  state: string;
  /** Folder for what was downloaded. */
  cache: string;
  /** Ends downloads and questions. Programs are ended by whoever started them, or by the end of the machine. */
  signal: AbortSignal;
  redact(text: string): string;
  log(line: string): void;
}

/** The machine of this process, and its end. */
export interface OpenMachine extends Machine {
  /** Ends every program that is still running. */
  close(): Promise<void>;
}

export function createMachine(context: Context, parts: MachineParts): OpenMachine {
  const { disk, sleep } = context;
  const now = (): number => context.now().getTime();
  const reach = (url: string): Promise<Reached> => reachBy(parts, url, now);
  const programs = new Programs(new ProgramRecords(disk.resolve(parts.state, 'programs'), disk.shown), {
    cwd: disk.resolve('.'),
    env: environmentOf(context),
    now,
    sleep,
    redact: parts.redact,
    log: parts.log,
    reach,
  });
  const { http, signal, log } = parts;
  const downloads = { http, signal, log, folder: disk.resolve(parts.cache, 'programs'), newId: context.newId };
  return {
    locate: async (command) => locate(command, context),
    run: (spec, stop) => programs.run(spec, stop),
    start: (scanName, make) => programs.start(scanName, make),
    state: (scanName) => programs.state(scanName),
    stop: (scanName) => programs.stop(scanName),
    files: async (scanName) => {
      const folder = programs.folderOf(scanName);
      return folder === undefined || !disk.exists(folder) ? [] : filesBelow(folder);
    },
    open: (scanName, path) => readInside(programs.folderOf(scanName), path),
    list: async function* (path) {
      yield* listTree(disk.resolve(path), path);
    },
    read: async (path, maxBytes) => readWhole(disk.resolve(path), path, maxBytes),
    download: (wanted) => download(wanted, downloads),
    reach,
    close: () => programs.close(),
  };
}

/** What the run was given, without what is meant for the gate alone: its secrets are there. */
function environmentOf({ env }: Context): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !/^SCANGATE_/i.test(name)) given[name] = value;
  }
  return given;
}

/** Any answer counts; its body is of no interest. */
async function reachBy({ http, signal }: MachineParts, url: string, now: () => number): Promise<Reached> {
  try {
    const deadlineMs = now() + REACH_MS;
    const answer = await http.request({ method: 'GET', url, safe: true, signal, deadlineMs });
    answer.close();
    return { answers: true, status: answer.status };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ScangateError)) throw error;
    return { answers: false, reason: error.message };
  }
}
