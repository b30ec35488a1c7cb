import { DIRECTIONS, SEPARATORS, wellFormed } from './controls.js';

/*
 * JSON.stringify escapes C0 and lone surrogates only. The rest is written as escapes too, so that a file printed into a
 * log neither moves the cursor nor starts a CI command; a reader gets the same text back.
 */
const PLAIN = `\\u007f-\\u009f${SEPARATORS}${DIRECTIONS}`;
const COMMANDS = '##(?:teamcity|vso)?\\[|section_(?:start|end):|\\[\\[ATTACHMENT\\|';
const SUSPECT = new RegExp(`[${PLAIN}]|\\\\ud|${COMMANDS}`, 'i');
const UNSAFE = new RegExp(`[${PLAIN}]`, 'g');
const COMMAND = new RegExp(COMMANDS, 'gi');

const escapeUnit = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

function wellFormedValue(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return value.map(wellFormedValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [wellFormed(key), wellFormedValue(member)]));
}

/** A plain value as JSON. Lone surrogates in it become U+FFFD; everything else comes back unchanged. */
export function jsonText(value: object | string, indentSpaces = 0): string {
  const text = JSON.stringify(value, undefined, indentSpaces);
  if (!SUSPECT.test(text)) return text;
  return JSON.stringify(wellFormedValue(value), undefined, indentSpaces)
    .replace(UNSAFE, escapeUnit)
    .replace(COMMAND, (command) => `${command[0]}${escapeUnit(command[1] as string)}${command.slice(2)}`);
}
