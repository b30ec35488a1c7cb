import type { ExitName } from '@scangate/core/exit-code';
import type { Context } from './context.js';
import { errorLines, exitOf } from './messages.js';

/** What stricli hands to a command: our context, and a place for the name of the exit. */
export interface CommandThis extends Context {
  finish(exit: ExitName): void;
}

type Implementation<Flags, Args extends string[]> = (
  context: Context,
  flags: Flags,
  args: Args,
) => Promise<ExitName> | ExitName;

/**
 * Wraps an implementation. Expected failures are worded and get the exit of the table of errors; anything else is a
 * bug of ours: exit 70 and the stack, never a pass.
 */
export const runs = <Flags, Args extends string[] = string[]>(implementation: Implementation<Flags, Args>) =>
  async function command(this: CommandThis, flags: Flags, ...args: Args): Promise<void> {
    try {
      this.finish(await implementation(this, flags, args));
    } catch (error) {
      this.process.stderr.write(errorLines(error));
      this.finish(exitOf(error));
    }
  };
