import { shorten, terminalText } from '@scangate/core/reporters';

/*
 * The one place that writes logging commands. Grammar and escapes:
 * learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands, read 2026-11-23. A percent sign is written as
 * %AZP25, which agents since 2.160 turn back.
 */

const MAX_CHARS = 4000;
const MAX_PROPERTY_CHARS = 255;

const NAMED = new Map([
  ['%', '%AZP25'],
  [';', '%3B'],
  ['\r', '%0D'],
  ['\n', '%0A'],
  [']', '%5D'],
]);

const encode = (text: string, pattern: RegExp): string => text.replace(pattern, (unit) => NAMED.get(unit) ?? unit);

/** Lines of raw text as the text of a command. */
export const escapeData = (lines: readonly string[]): string =>
  encode(shorten(lines.map(terminalText).join('\n'), MAX_CHARS), /[%\r\n]/g);

/** Raw text as the value of a property. */
export const escapeProperty = (text: string): string =>
  encode(shorten(terminalText(text), MAX_PROPERTY_CHARS), /[%;\r\n\]]/g);

/** One logging command in one line. Names come from our own code, never from a report. */
export function loggingCommand(
  name: string,
  properties: Readonly<Record<string, string | undefined>>,
  lines: readonly string[],
): string {
  const pairs = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [`${key}=${escapeProperty(value)};`],
  );
  return `##vso[${name}${pairs.length === 0 ? '' : ` ${pairs.join('')}`}]${escapeData(lines)}\n`;
}
