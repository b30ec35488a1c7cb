import { shorten } from '@scangate/core/reporters';

/*
 * The one place that writes service messages. Grammar and escapes: jetbrains.com/help/teamcity/service-messages.html,
 * read 2026-11-23.
 */

const NAMED = new Map([
  ["'", "|'"],
  ['|', '||'],
  ['[', '|['],
  [']', '|]'],
  ['\n', '|n'],
  ['\r', '|r'],
]);

/**
 * Any text as the inside of a quoted value. Total: every UTF-16 unit outside printable ASCII becomes `|0xNNNN`, lone
 * surrogates among them, so neither the encoding of the stream nor an exotic line break can end the message.
 */
export const escapeValue = (text: string): string =>
  text.replace(
    /[^ -~]|['|[\]]/g,
    (unit) => NAMED.get(unit) ?? `|0x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );

/** The longest text that TeamCity keeps of a description. */
const MAX_CHARS = 4000;

const quoted = (text: string): string => `'${escapeValue(shorten(text, MAX_CHARS))}'`;

/** One message in one line: a single value, or attributes. Names come from our own code, never from a report. */
export function serviceMessage(name: string, content: string | Record<string, string>): string {
  const parts =
    typeof content === 'string'
      ? [quoted(content)]
      : Object.entries(content).map(([attribute, value]) => `${attribute}=${quoted(value)}`);
  return `##teamcity[${[name, ...parts].join(' ')}]\n`;
}
