import type { ExitName } from '@scangate/core/exit-code';
import { buildApplication, buildRouteMap, ExitCode, run, type StricliProcess } from '@stricli/core';
import type { CommandThis } from './command.js';
import { collect } from './commands/collect.js';
import { demo } from './commands/demo.js';
import { evaluate } from './commands/evaluate.js';
import { runTargets } from './commands/run.js';
import { schema } from './commands/schema.js';
import { start } from './commands/start.js';
import type { Context } from './context.js';
import { errorLines, exitOf } from './messages.js';
import { refuseSecretArguments } from './secrets.js';
import { VERSION } from './version.js';

const routes = buildRouteMap<string, CommandThis>({
  routes: { run: runTargets, start, collect, evaluate, schema, demo },
  docs: { brief: 'One security gate for every pipeline: starts scans, judges them and scan reports by one policy.' },
});

const application = buildApplication<CommandThis>(routes, {
  name: 'scangate',
  versionInfo: { currentVersion: VERSION },
  scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
  documentation: { caseStyle: 'convert-camel-to-kebab', disableAnsiColor: true },
});

/** Exits of stricli's own that come from what the user typed; its other failures are bugs. */
const USAGE: readonly number[] = [ExitCode.InvalidArgument, ExitCode.UnknownCommand];

export async function runApplication(args: readonly string[], context: Context): Promise<ExitName> {
  try {
    refuseSecretArguments(args, context.env);
  } catch (error) {
    context.process.stderr.write(errorLines(error));
    return exitOf(error);
  }
  let exit: ExitName = 'pass';
  const inner: StricliProcess = { stdout: context.process.stdout, stderr: context.process.stderr };
  const command: CommandThis = {
    ...context,
    process: inner,
    finish: (name) => {
      exit = name;
    },
  };
  await run(application, args, command);
  const status = Number(inner.exitCode ?? 0);
  if (status !== 0) return USAGE.includes(status) ? 'usage' : 'internal';
  // Called without a command, as with an empty variable in a script: help is shown, and nothing was judged.
  return args.length === 0 ? 'usage' : exit;
}
