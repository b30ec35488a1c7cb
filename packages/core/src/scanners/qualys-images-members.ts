import { ScangateError } from '../errors.js';
import { QualysError } from '../qualys/index.js';
import type { JsonMembers } from '../wire/json.js';
import { asObject, wordsIn } from '../wire/take.js';
import { isoTime } from './normalise.js';

/* Forms that the answers of Container Security share (`{gateway}/csapi/v1.3`, JSON). */

/** The elements of a list, also where a list of one is written as the element itself. Absent and null are none. */
export function elementsIn(members: JsonMembers, key: string): unknown[] {
  const value = members[key];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** {@link elementsIn} of objects. */
export const membersIn = (members: JsonMembers, key: string, at: string): JsonMembers[] =>
  elementsIn(members, key).map((value) => asObject(value, `${at}.${key}[]`));

/** A time in milliseconds since the epoch: the platform writes that as text, or ISO 8601. */
function timeIn(members: JsonMembers, key: string, at: string): number | undefined {
  const time = isoTime(wordsIn(members, key, at));
  return time === undefined ? undefined : Date.parse(time);
}

/** The newest of several times. */
export function newestIn(members: JsonMembers, keys: readonly string[], at: string): number | undefined {
  const times = keys.map((key) => timeIn(members, key, at)).filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
}

export const showTime = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/**
 * Whether the platform itself says that there is no such thing. A bare 404 comes from a proxy, or from a version of the
 * API that has ended.
 */
export const isGone = (error: unknown): boolean =>
  error instanceof QualysError && error.kind === 'request' && error.status === 404 && error.platformText !== undefined;

/** The takers speak of reports; here it is an answer of the platform. */
export function asAnswer(error: unknown, what: string): unknown {
  if (!(error instanceof ScangateError) || !error.code.startsWith('SCANGATE_REPORT_')) return error;
  return new ScangateError('SCANGATE_QUALYS_ANSWER', `${what} cannot be read: ${error.message}`);
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `7d` in milliseconds; the configuration has checked the form. */
export function ageMs(duration: string): number {
  const [, digits = '', unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  if (digits !== '' && Object.hasOwn(UNITS_MS, unit)) return Number(digits) * UNITS_MS[unit as keyof typeof UNITS_MS];
  throw new ScangateError('SCANGATE_CONFIG_INVALID', `"${duration}" is no duration such as 12h or 7d`);
}

interface NameWords {
  targetName: string;
  build?: string | undefined;
  runId: string;
}

/** A name that only this run has, fit for the platform: the target, the build where there is one, and the run. */
export function uniqueName({ targetName, build, runId }: NameWords): string {
  const words = ['scangate', targetName, build ?? ''].join(' ').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ');
  return `${words.trim().slice(0, 120).trimEnd()} ${runId}`;
}
