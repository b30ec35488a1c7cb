import { shorten, terminalText } from '@scangate/core/reporters';

/*
 * The one place that writes workflow commands. Grammar and escapes:
 * docs.github.com/en/actions/reference/workflow-commands-for-github-actions, read 2026-11-23.
 */

/** The longest text of an annotation: the page cuts longer ones. */
const MAX_CHARS = 4000;
const MAX_PROPERTY_CHARS = 255;

const encode = (text: string, pattern: RegExp): string =>
  text.replace(pattern, (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

/** Lines of raw text as the text of a command: each is made safe, and the line ends between them are kept. */
export const escapeData = (lines: readonly string[]): string =>
  encode(shorten(lines.map(terminalText).join('\n'), MAX_CHARS), /[%\r\n]/g);

/** Raw text as the value of a property. */
export const escapeProperty = (text: string): string =>
  encode(shorten(terminalText(text), MAX_PROPERTY_CHARS), /[%\r\n:,]/g);

export type Level = 'error' | 'warning' | 'notice';

/** One annotation in one line. Property names come from our own code, never from a report. */
export function annotation(
  level: Level,
  lines: readonly string[],
  properties: Readonly<Record<string, string | undefined>>,
): string {
  const pairs = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}=${escapeProperty(value)}`],
  );
  return `::${level}${pairs.length === 0 ? '' : ` ${pairs.join(',')}`}::${escapeData(lines)}\n`;
}
