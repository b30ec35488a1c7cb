import { ERRORS, type ExitName, ScangateError } from '@scangate/core';
import { terminalText } from '@scangate/core/reporters';

export const exitOf = (error: unknown): ExitName =>
  error instanceof ScangateError ? ERRORS[error.code].exit : 'internal';

/** An error as lines for standard error: what happened, its code, the mend. */
export function errorLines(error: unknown): string {
  if (error instanceof ScangateError) {
    const message = error.message
      .split('\n')
      .map((line) => terminalText(line))
      .join('\n  ');
    return `scangate: ${message} (${error.code})\n  mend: ${terminalText(error.mend)}\n`;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = trace.split('\n').map((line) => terminalText(line));
  return `scangate: a bug in scangate, the gate stays closed. Please report it with these lines:\n  ${lines.join('\n  ')}\n`;
}
