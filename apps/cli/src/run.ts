import { EXIT_CODES } from '@scangate/core/exit-code';
import type { Context } from './context.js';
import { VERSION } from './version.js';

/** What of the context comes from the outside as it is. */
type Given = Omit<Context, 'process' | 'disk'>;

export interface World extends Given {
  stdin: AsyncIterable<Uint8Array>;
  stdout: Context['process']['stdout'];
  stderr: Context['process']['stderr'];
  cwd: string;
}

/** Runs one command line and returns the exit code. The table of exit codes is the only source of it. */
export async function runCli(args: readonly string[], world: World): Promise<number> {
  // The most frequent call of all, by tool caches and health checks: answered before anything else is loaded.
  if (args.length === 1 && args[0] === '--version') {
    world.stdout.write(`${VERSION}\n`);
    return EXIT_CODES.pass;
  }
  const { runApplication } = await import('./application.js');
  const { createDisk } = await import('./disk.js');
  const { stdin, stdout, stderr, cwd, ...given } = world;
  const exit = await runApplication(args, { ...given, process: { stdout, stderr }, disk: createDisk(cwd, stdin) });
  return EXIT_CODES[exit];
}
