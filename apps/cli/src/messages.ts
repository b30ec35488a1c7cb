import { ERRORS, type ExitName, ScangateError } from '@scangate/core';
import { terminalText } from '@scangate/core/reporters';

export const exitOf = (error: unknown): ExitName =>
  error instanceof ScangateError ? ERRORS[error.code].exit : 'internal';

/** An error as lines for standard error: what happened, its code, the mend. */
export function errorLines(error: unknown): string {
  if (error instanceof ScangateError) {
    const messages = error.message.split('\n');
    const mends = mendsOf(error);
    const lines = messages.map((message, index) => {
      const begin = index === 0 ? 'scangate: ' : '  ';
      return `${begin}${terminalText(message)} (${error.code})\n    mend: ${terminalText(mends[index] ?? error.mend)}\n`;
    });
    return lines.join('');
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = trace.split('\n').map((line) => terminalText(line));
  return `scangate: a bug in scangate, the gate stays closed. Please report it with these lines:\n  ${lines.join('\n  ')}\n`;
}

/** A configuration may have several mistakes, a line each; every one has a mend of its own. */
const mendsOf = (error: ScangateError & { mistakes?: readonly { mend: string }[] }): string[] =>
  error.mistakes?.map(({ mend }) => mend) ?? [];
