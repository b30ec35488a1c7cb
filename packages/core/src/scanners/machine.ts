/*
 * The machine that the gate runs on, as far as scanners need it: programs, the user's files, and a folder for each scan.
 * Every promise may reject with a ScangateError; anything else is a bug.
 */

export interface ProgramSpec {
  /** A name that is looked up in PATH, or a path. Never passed through a shell. */
  command: string;
  /** Everybody on the machine can read them: no secret belongs here. */
  args: readonly string[];
  /** Added to the environment of the run, which is handed on without the gate's own variables (`SCANGATE_...`). */
  env?: Readonly<Record<string, string>> | undefined;
  /** After this time the program is ended, with everything that it started. */
  timeoutMs: number;
  /** Texts that are written into the folder of a started scan before the program begins, by name. */
  files?: Readonly<Record<string, string>> | undefined;
  /** An address that is asked right after the end of a started program: whether its target was still there. */
  witness?: string | undefined;
}

/** Whether anything answers at an address; else why not. */
export type Reached = { answers: true; status: number } | { answers: false; reason: string };

/** How a program ended. What it printed is cut to the last 64 kB of each stream and holds no secret of the run. */
export interface ProgramEnd {
  /** Exit status; absent when a signal ended it. */
  status?: number | undefined;
  signal?: string | undefined;
  /** Ended by the gate: its time was over, or somebody asked for it. */
  stopped?: 'time' | 'cancelled' | undefined;
  stdout: string;
  stderr: string;
  /** What {@link ProgramSpec.witness} gave. Absent for a program without one, or one that was stopped. */
  witness?: Reached | undefined;
  /** Milliseconds since the epoch. */
  startedAtMs: number;
  endedAtMs: number;
}

/** `lost`: a process that is gone had started it, and nobody knows how it ended. */
export type ProgramState =
  | { kind: 'none' }
  | { kind: 'running'; startedAtMs: number; lastLine?: string | undefined }
  | { kind: 'ended'; end: ProgramEnd }
  | { kind: 'lost'; startedAtMs: number };

export interface FolderFile {
  /** Relative to the folder, with forward slashes. */
  path: string;
  bytes: number;
}

/** What lies in a folder of the user. Links are told and never followed. */
export interface TreeEntry extends FolderFile {
  kind: 'file' | 'folder' | 'link' | 'other';
}

export interface Download {
  /** `https:` only. */
  url: string;
  /** Of the whole file, hex. */
  sha256: string;
}

export interface Machine {
  /** Full path of a program that can be executed; undefined when there is none. */
  locate(command: string): Promise<string | undefined>;
  /** Runs a short program to its end. `SCANGATE_PROGRAM_MISSING` when it cannot be started. */
  run(spec: ProgramSpec, signal?: AbortSignal): Promise<ProgramEnd>;
  /**
   * Starts a long program and comes back; when it rejects, nothing runs. `scanName` names the scan; `make` is given the path of a folder that is new
   * and empty, so that no report of an earlier run lies there. How the program ended is kept in that folder's record,
   * so that a later process on the same state folder knows it.
   */
  start(scanName: string, make: (folder: string) => ProgramSpec): Promise<void>;
  state(scanName: string): Promise<ProgramState>;
  /** Ends the program and everything that it started. Nothing happens when it has ended already. */
  stop(scanName: string): Promise<void>;
  /** The files in the folder of a scan, at any depth, by path; empty when there is no such folder. */
  files(scanName: string): Promise<FolderFile[]>;
  /** A file of a scan's folder, for one reading. `SCANGATE_REPORT_MISSING` when it is not there. */
  open(scanName: string, path: string): AsyncIterable<Uint8Array>;
  /**
   * Everything below a folder of the user, or the one file that the path names (with the empty path). Relative paths
   * are relative to the working directory. `SCANGATE_TARGET_FILES` when the path cannot be read.
   */
  list(path: string): AsyncIterable<TreeEntry>;
  /** A whole file of the user. `SCANGATE_TARGET_FILES` when it cannot be read or is larger than `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
  /** Path of a downloaded program whose checksum was verified, now or earlier. `SCANGATE_PROGRAM_UNVERIFIED` when it differs. */
  download(download: Download): Promise<string>;
  reach(url: string): Promise<Reached>;
}
