import { ScangateError } from '../errors.js';
import type { FolderFile, Machine, ProgramEnd, ProgramSpec, ProgramState, TreeEntry } from '../scanners/machine.js';

/** What a program of the test does: the files that it leaves in its folder, and its end. */
export interface FakeProgram {
  files?: Readonly<Record<string, string | Uint8Array>>;
  status?: number;
  signal?: string;
  stdout?: string;
  stderr?: string;
  stopped?: ProgramEnd['stopped'];
  /** It goes on until it is stopped, or finished by the test; only then are its files there. */
  runsOn?: boolean;
  /** The last line that it printed so far. */
  lastLine?: string;
}

export interface FakeMachine extends Machine {
  /** Every program that was run or started, in order. */
  readonly ran: ProgramSpec[];
  /** As if the process that started them had been killed. */
  forget(): void;
  /** Lets everything that still runs come to its end by itself. */
  finish(): Promise<void>;
}

export interface FakeMachineParts {
  /** What a call does; undefined: there is no such program. Commands are names at first, then paths below /usr/bin. */
  program(spec: ProgramSpec): FakeProgram | undefined;
  /** Whether there is a program of this name. Default: whether a call of it with `--version` does anything. */
  isThere?(command: string): boolean;
  /** The user's files by path. */
  userFiles?: Readonly<Record<string, string | Uint8Array>>;
  /** Links among them, by path. */
  links?: readonly string[];
  /** Programs that can be downloaded: checksum by address. */
  downloads?: Readonly<Record<string, string>>;
  /** Whether anything answers at an address. Default: nothing does. */
  reach?(url: string): Awaited<ReturnType<Machine['reach']>>;
  now?(): number;
}

interface Job {
  spec: ProgramSpec;
  program: FakeProgram;
  state: ProgramState;
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content, 'utf8') : content;

/** A machine without processes and files: programs are functions of the test, and end at once. */
export function buildMachine(parts: FakeMachineParts): FakeMachine {
  const ran: ProgramSpec[] = [];
  const jobs = new Map<string, Job>();
  const now = parts.now ?? (() => Date.UTC(2031, 1, 3, 4, 5, 6));
  const missing = (command: string): ScangateError =>
    new ScangateError('SCANGATE_PROGRAM_MISSING', `there is no program ${command}`);
  const execute = (spec: ProgramSpec): FakeProgram => {
    ran.push(spec);
    const program = parts.program(spec);
    if (!program) throw missing(spec.command);
    return program;
  };
  const reach: Machine['reach'] = async (url) =>
    parts.reach?.(url) ?? { answers: false, reason: 'the connection is refused' };
  const endOf = ({ status, signal, stdout = '', stderr = '', stopped }: FakeProgram, startedAtMs: number) => ({
    ...(signal === undefined ? { status: status ?? 0 } : { signal }),
    stopped,
    stdout,
    stderr,
    startedAtMs,
    endedAtMs: now(),
  });
  const ended = async ({ spec: { witness }, program }: Pick<Job, 'spec' | 'program'>, startedAtMs: number) => {
    const end: ProgramEnd = endOf(program, startedAtMs);
    if (witness !== undefined && program.stopped === undefined) end.witness = await reach(witness);
    return { kind: 'ended' as const, end };
  };
  const filesOf = (scanName: string): Map<string, Uint8Array> => {
    const job = jobs.get(scanName);
    if (!job) return new Map();
    const written = job.state.kind === 'ended' ? job.program.files : {};
    const files = Object.entries({ ...job.spec.files, ...written });
    return new Map(files.map(([path, content]) => [path, bytesOf(content)]));
  };
  const unreadable = (path: string): ScangateError =>
    new ScangateError('SCANGATE_TARGET_FILES', `${path} does not exist`);
  const userFiles = parts.userFiles ?? {};
  return {
    ran,
    forget: () => {
      for (const job of jobs.values()) {
        if (job.state.kind === 'running') job.state = { kind: 'lost', startedAtMs: job.state.startedAtMs };
      }
    },
    finish: async () => {
      for (const job of jobs.values()) {
        if (job.state.kind === 'running') job.state = await ended(job, job.state.startedAtMs);
      }
    },
    locate: async (command) => {
      const isThere = parts.isThere?.(command) ?? parts.program({ command, args: ['--version'], timeoutMs: 1 });
      return isThere ? `/usr/bin/${command}` : undefined;
    },
    run: async (spec, signal) => {
      signal?.throwIfAborted();
      return endOf(execute(spec), now());
    },
    start: async (scanName, make) => {
      const spec = make(`/state/programs/${scanName}`);
      const program = execute(spec);
      const startedAtMs = now();
      const state: ProgramState = program.runsOn
        ? { kind: 'running', startedAtMs, lastLine: program.lastLine }
        : await ended({ spec, program }, startedAtMs);
      jobs.set(scanName, { spec, program, state });
    },
    state: async (scanName) => jobs.get(scanName)?.state ?? { kind: 'none' },
    stop: async (scanName) => {
      const job = jobs.get(scanName);
      if (job?.state.kind !== 'running') return;
      const program: FakeProgram = { ...job.program, signal: 'SIGTERM', stopped: 'cancelled' };
      job.state = { kind: 'ended', end: endOf(program, job.state.startedAtMs) };
    },
    files: async (scanName) =>
      [...filesOf(scanName)].map(([path, { byteLength }]): FolderFile => ({ path, bytes: byteLength })),
    open: async function* (scanName, path) {
      const content = filesOf(scanName).get(path);
      if (!content) throw new ScangateError('SCANGATE_REPORT_MISSING', `${path} does not exist`);
      yield content;
    },
    list: async function* (path) {
      const root = path.replace(/\/$/, '');
      const below = Object.keys(userFiles).filter((name) => name === root || name.startsWith(`${root}/`));
      if (below.length === 0) throw unreadable(path);
      for (const name of below.toSorted()) {
        const kind = parts.links?.includes(name) ? 'link' : 'file';
        const entry: TreeEntry = {
          path: name.slice(root.length + 1),
          bytes: bytesOf(userFiles[name] ?? '').byteLength,
          kind,
        };
        yield entry;
      }
    },
    read: async (path, maxBytes) => {
      const content = userFiles[path];
      if (content === undefined) throw unreadable(path);
      const bytes = bytesOf(content);
      if (bytes.byteLength > maxBytes) {
        throw new ScangateError('SCANGATE_TARGET_FILES', `${path} is larger than ${maxBytes} bytes`);
      }
      return bytes;
    },
    download: async ({ url, sha256 }) => {
      const actual = parts.downloads?.[url];
      if (actual === sha256) return `/cache/${sha256}/program`;
      throw new ScangateError('SCANGATE_PROGRAM_UNVERIFIED', `${url} has the checksum ${actual ?? 'of nothing'}`);
    },
    reach,
  };
}
