import { UnknownFault } from './faults.js';
import { HELP, readCommandLine, UsageError } from './options.js';
import { UnknownSeed } from './seed.js';
import { NotLoopback, type Simulator, startSimulator } from './server.js';

const EXIT_USAGE = 2;

function isUsage(error: unknown): error is Error {
  return [UsageError, UnknownFault, UnknownSeed, NotLoopback].some((kind) => error instanceof kind);
}

/** A port that is taken or not allowed: the operating system's own sentence says enough. */
function isListenError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen';
}

/** Ends on a signal, and with the parent when that was asked for. */
function endOnRequest(simulator: Simulator, exitWithParent: boolean): void {
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    simulator.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  if (!exitWithParent) return;
  process.stdin.once('end', end);
  process.stdin.once('error', end);
  process.stdin.resume();
}

/** Runs until it is told to end. Wrong usage ends with status 2 and the reason on standard error. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    const line = readCommandLine(args, Date.now());
    if (line.help) {
      process.stdout.write(HELP);
      return;
    }
    const simulator = await startSimulator(line.simulator);
    endOnRequest(simulator, line.exitWithParent);
    process.stdout.write(`${JSON.stringify(simulator.announcement)}\n`);
  } catch (error) {
    if (!isUsage(error) && !isListenError(error)) throw error;
    process.stderr.write(`qualys-simulator: ${error.message}\n`);
    process.exitCode = EXIT_USAGE;
  }
}
