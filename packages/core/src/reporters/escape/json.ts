import { DIRECTIONS, SEPARATORS, wellFormed } from './controls.js';

/*
 * JSON.stringify escapes C0 and lone surrogates only. The rest is written as escapes too, so that a file printed into a
 * log neither moves the cursor nor starts a CI command; a reader gets the same text back.
 */
const PLAIN = `\\u007f-\\u009f${SEPARATORS}${DIRECTIONS}`;
const UNSAFE = new RegExp(`[${PLAIN}]`);
const ALL_UNSAFE = new RegExp(UNSAFE, 'g');
/** One character of each CI command: written as an escape, it takes the command apart. */
const ALL_COMMANDS = /(?<=#)#(?=(?:teamcity|vso)?\[)|(?<=\[)\[(?=ATTACHMENT\|)|(?<=s)e(?=ction_(?:start|end):)/gi;

/** What a JSON text must hold to need a closer look. Searching for them one by one beats one pattern: this runs over every finding. */
const SUSPECTS = ['\\ud', '##', '[[', '_start:', '_end:'];
const isSuspect = (text: string): boolean => UNSAFE.test(text) || SUSPECTS.some((suspect) => text.includes(suspect));

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
  if (!isSuspect(text)) return text;
  return JSON.stringify(wellFormedValue(value), undefined, indentSpaces)
    .replace(ALL_UNSAFE, escapeUnit)
    .replace(ALL_COMMANDS, escapeUnit);
}
