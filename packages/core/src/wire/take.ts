import { excerpt, ScangateError } from '../errors.js';
import { type JsonMembers, Streamed } from './json.js';

/*
 * Typed access to wire records. Absent and null are undefined; a value of the wrong type is an error that names the
 * place, never a default: a dropped element would be a vulnerability that is not counted.
 */

function shape(at: string, expected: string, value: unknown): ScangateError {
  const got = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
  const shown = typeof value === 'object' ? '' : ` (${excerpt(String(value), 30)})`;
  return new ScangateError('SCANGATE_REPORT_SHAPE', `${at}: expected ${expected}, got ${got}${shown}`);
}

/** The value as an object. */
export function asObject(value: unknown, at: string): JsonMembers {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Streamed) {
    throw shape(at, 'an object', value);
  }
  return value as JsonMembers;
}

/** The value as an object, or undefined where it is absent. */
export function objectIn(members: JsonMembers, key: string, at: string): JsonMembers | undefined {
  const value = members[key];
  return value === undefined || value === null ? undefined : asObject(value, `${at}.${key}`);
}

/** Text; a number is taken as its text. Empty text is kept. */
export function textIn(members: JsonMembers, key: string, at: string): string | undefined {
  const value = members[key];
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return String(value);
  throw shape(`${at}.${key}`, 'text', value);
}

/** Text that says something: empty or blank text is undefined. */
export function wordsIn(members: JsonMembers, key: string, at: string): string | undefined {
  const text = textIn(members, key, at)?.trim();
  return text === '' ? undefined : text;
}

export function requiredTextIn(members: JsonMembers, key: string, at: string): string {
  const text = wordsIn(members, key, at);
  if (text === undefined) throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.${key} is missing`);
  return text;
}

/** A number, or text that is one. Empty text is undefined. */
export function numberIn(members: JsonMembers, key: string, at: string): number | undefined {
  const value = members[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  throw shape(`${at}.${key}`, 'a number', value);
}

/** A boolean, or one of the words and digits that vendors write for one. */
export function flagIn(members: JsonMembers, key: string, at: string): boolean | undefined {
  const value = members[key];
  if (value === undefined || value === null || value === '') return undefined;
  const flag = flagOf(value);
  if (flag === undefined) throw shape(`${at}.${key}`, 'true or false', value);
  return flag;
}

export function flagOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = String(value).trim().toLowerCase();
  if (word === 'true' || word === 'yes' || word === '1') return true;
  if (word === 'false' || word === 'no' || word === '0') return false;
  return undefined;
}

/** A list; absent and null are the empty list. A single object is not a list here. */
export function listIn(members: JsonMembers, key: string, at: string): unknown[] {
  const value = members[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw shape(`${at}.${key}`, 'a list', value);
  return value;
}

/** A list of texts. */
export function textsIn(members: JsonMembers, key: string, at: string): string[] {
  return listIn(members, key, at).map((value) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    throw shape(`${at}.${key}[]`, 'text', value);
  });
}

/**
 * Checks that a member which the reader streams was really a list. Returns how many elements it had;
 * undefined when it was absent or null.
 */
export function streamedIn(members: JsonMembers, key: string, at: string): number | undefined {
  const value = members[key];
  if (value === undefined || value === null) return undefined;
  if (value instanceof Streamed) return value.count;
  throw shape(at === '' ? key : `${at}.${key}`, 'a list', value);
}
