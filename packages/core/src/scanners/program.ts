import { excerpt, ScangateError } from '../errors.js';
import { readDuration } from '../model/duration.js';
import type { Machine, ProgramEnd, ProgramSpec } from './machine.js';
import type { ScanServices } from './scanner.js';

/* What every scanner that is a program on this machine needs of it, before and after its run. */

/** Where the configuration says nothing; as long as its wait. */
const DEFAULT_WAIT_MS = 3_600_000;
/** A program that is asked for its version; those on a Java machine take some seconds. */
const VERSION_MS = 120_000;
const SHOWN_LINES = 3;
const SHOWN_CHARS = 300;

/** Whoever waits for it ends it first, and says so; this limit is for a program that nobody waits for. */
const MARGIN_MS = 15_000;

/** After this time a program is ended by itself, milliseconds, from `wait` of its target. */
export const timeoutOf = (wait: string | undefined): number =>
  ((wait === undefined ? undefined : readDuration(wait)) ?? DEFAULT_WAIT_MS) + MARGIN_MS;

/** Full path of the first of these programs that is there. Throws `SCANGATE_PROGRAM_MISSING`. */
export async function requireProgram(machine: Machine, names: readonly string[], mend: string): Promise<string> {
  for (const name of names) {
    const path = await machine.locate(name);
    if (path !== undefined) return path;
  }
  const [first = '', ...others] = names;
  const what = others.length === 0 ? first : `${others.join(', ')} or ${first}`;
  throw new ScangateError('SCANGATE_PROGRAM_MISSING', `there is no program ${what} on this machine`, { mend });
}

export interface VersionQuestion {
  /** For people: `Trivy`. */
  title: string;
  path: string;
  args: readonly string[];
  env?: ProgramSpec['env'];
  /** The version in what it printed; undefined when there is none. */
  read(text: string): string | undefined;
  isKnown(version: string): boolean;
  /** For people: which versions are known. */
  known: string;
}

/** The version that a program tells of itself. Throws `SCANGATE_PROGRAM_VERSION` for one that is not known to work. */
export async function askVersion(
  { title, path, args, env, read, isKnown, known }: VersionQuestion,
  { machine, signal }: ScanServices,
): Promise<string> {
  const end = await machine.run({ command: path, args, env, timeoutMs: VERSION_MS }, signal);
  const version = end.status === 0 ? read(end.stdout) : undefined;
  const mend = `install ${title} ${known}`;
  if (version === undefined) {
    const said = end.status === 0 ? lastWords(end) : howItEnded(end);
    throw new ScangateError('SCANGATE_PROGRAM_VERSION', `${path} does not tell its version: ${said}`, { mend });
  }
  if (isKnown(version)) return version;
  const message = `${path} is ${title} ${excerpt(version)}, which is not known to work here; known is ${known}`;
  throw new ScangateError('SCANGATE_PROGRAM_VERSION', message, { mend });
}

/** `1.22.3` as numbers; undefined for anything that does not begin with a number and a point. */
export function versionNumbers(version: string): [major: number, minor: number] | undefined {
  const [, major, minor] = /^(\d{1,6})\.(\d{1,6})(?:\D|$)/.exec(version) ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)];
}

/** `status 1: what it printed last`, for people. */
export function howItEnded(end: ProgramEnd): string {
  const how = end.signal === undefined ? `status ${end.status ?? 'unknown'}` : `signal ${end.signal}`;
  return `${how}: ${lastWords(end)}`;
}

/** The last lines of standard error, or else of standard output. */
function lastWords({ stderr, stdout }: ProgramEnd): string {
  const lines = linesOf(stderr.trim() === '' ? stdout : stderr).slice(-SHOWN_LINES);
  const text = lines.join(' | ');
  if (text === '') return 'it printed nothing';
  return text.length > SHOWN_CHARS ? `...${text.slice(-SHOWN_CHARS)}` : text;
}

/** Lines that hold something, without the colours of a terminal. */
export const linesOf = (text: string): string[] =>
  withoutColours(text)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

// Written out of its code, since a control character in a pattern is taken for a slip.
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
const withoutColours = (text: string): string => text.replace(COLOUR, '');
