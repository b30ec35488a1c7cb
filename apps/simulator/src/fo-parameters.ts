/** Parameters of FO calls: known ones only, in the words of the platform's error codes. */
import { foError } from './envelopes/fo.js';
import type { Answer } from './http/call.js';
import type { Context } from './router.js';

/** A parameter that the call cannot be answered with. */
class BadParameter extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export const badParameter = (code: number, message: string): Error => new BadParameter(code, message);

/** Runs a route of the FO family, and turns a bad parameter into its answer. */
export function withParameters(context: Context, answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof BadParameter) return foError(context, 400, error.code, error.message);
    throw error;
  }
}

/** Throws BadParameter 1901 for a name the call does not have, 1903 when there is no action, 1905 for a wrong one. */
export function checkParameters(form: URLSearchParams, action: string, known: readonly string[]): void {
  const names = new Set([...form.keys()]);
  const unknown = [...names].filter((name) => !['action', 'echo_request', ...known].includes(name));
  if (unknown.length > 0) throw new BadParameter(1901, `Unrecognized parameter(s): ${unknown.join(', ')}`);
  const asked = form.get('action');
  if (asked === null) throw new BadParameter(1903, 'Missing required parameter(s): action');
  if (asked !== action) throw new BadParameter(1905, `parameter action has invalid value: ${asked}`);
}

export interface IdRange {
  readonly from: number;
  readonly to: number;
}

/** A list of ids and ranges; nothing when the parameter was not given. */
export function idRanges(form: URLSearchParams, name: string): readonly IdRange[] | undefined {
  const value = form.get(name);
  if (value === null) return undefined;
  return value.split(',').map((part) => {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part);
    if (match === null || Number(match[1]) < 1) {
      const reason = `neither a positive integer nor a range: ${part}`;
      throw new BadParameter(1905, `parameter ${name} has invalid value: ${value} (${reason})`);
    }
    return { from: Number(match[1]), to: Number(match[2] ?? match[1]) };
  });
}

export function inRanges(ranges: readonly IdRange[] | undefined, id: number): boolean {
  return ranges === undefined || ranges.some(({ from, to }) => id >= from && id <= to);
}

export function integerParameter(form: URLSearchParams, name: string): number | undefined {
  const value = form.get(name);
  if (value === null) return undefined;
  if (!/^\d+$/.test(value))
    throw new BadParameter(1905, `parameter ${name} has invalid value: ${value} (not an integer)`);
  return Number(value);
}

export function switchParameter(form: URLSearchParams, name: string): boolean {
  const value = form.get(name);
  if (value === null || value === '0') return false;
  if (value !== '1') throw new BadParameter(1905, `parameter ${name} has invalid value: ${value} (must be 0 or 1)`);
  return true;
}

export function keywordParameter(form: URLSearchParams, name: string, values: readonly string[]): string | undefined {
  const value = form.get(name);
  if (value === null) return undefined;
  const known = values.find((candidate) => candidate.toLowerCase() === value.toLowerCase());
  if (known === undefined) {
    throw new BadParameter(1905, `parameter ${name} has invalid value: ${value} (must be one of ${values.join(', ')})`);
  }
  return known;
}

export function dateParameter(form: URLSearchParams, name: string): number | undefined {
  const value = form.get(name);
  if (value === null) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new BadParameter(1905, `parameter ${name} has invalid value: ${value} (not a date)`);
  return time;
}
