import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process that can be told from a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it began, by the clock of the system's start; absent where the system does not tell. */
  beganTicks?: string | undefined;
  /** Where its number means something: this start of the system, and this container. */
  place: string;
}

/** Fields of `/proc/PID/stat` after the name, which may hold anything: the state is the third of all, the begin the 22nd. */
const STATE = 0;
const BEGAN = 19;

/** A process that has ended and waits to be fetched by its parent. */
const DEAD_STATES = ['Z', 'X', 'x'];

export function identityOf(pid: number): ProcessIdentity {
  const beganTicks = statOf(pid)?.[BEGAN];
  return { pid, ...(beganTicks === undefined ? {} : { beganTicks }), place: thisPlace() };
}

/** Whether exactly this process lives. Never true for a process of another machine or container. */
export function isAlive({ pid, beganTicks, place }: ProcessIdentity): boolean {
  if (place !== thisPlace()) return false;
  const stat = statOf(pid);
  if (stat) return stat[BEGAN] === beganTicks && !DEAD_STATES.includes(stat[STATE] ?? '');
  // The system told of it once, and no longer does.
  if (beganTicks !== undefined) return false;
  return signalled(pid, 0);
}

/** Whether there was somebody to get the signal. A negative number is a whole group. */
function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return false;
    // Somebody is there, and is not ours.
    if (code === 'EPERM') return signal === 0;
    throw error;
  }
}

/** Everything in the group of this process; the process alone where there are no groups. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): boolean =>
  signalled(process.platform === 'win32' ? pid : -pid, signal);

function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // There is no such process, or no such folder: both are answered by undefined.
    return undefined;
  }
}

let place: string | undefined;

function thisPlace(): string {
  place ??= placeOfLinux() ?? hostname();
  return place;
}

function placeOfLinux(): string | undefined {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Another system.
    return undefined;
  }
}
