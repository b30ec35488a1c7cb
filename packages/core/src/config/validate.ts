import type { z } from 'zod';
import { didYouMean } from '../did-you-mean.js';
import { ERRORS, excerpt, ScangateError } from '../errors.js';
import { knownKeysAt, knownWordsAt } from './describe.js';
import type { ConfigMistake } from './mistake.js';
import type { Source } from './source.js';

/** The value in the schema's type. Throws a ConfigError that names every mistake. */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, source: Source): z.infer<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  // An unknown key often is the reason that a known one is missing, so it comes first.
  const issues = result.error.issues.toSorted(
    (a, b) => Number(b.code === 'unrecognized_keys') - Number(a.code === 'unrecognized_keys'),
  );
  source.check(issues.flatMap((issue) => mistakesOf(issue, [], schema, source)));
  throw new ScangateError('SCANGATE_CONFIG_INVALID', `${source.file} is not valid`);
}

type Issue = z.core.$ZodIssue;

function mistakesOf(issue: Issue, prefix: readonly PropertyKey[], schema: z.ZodType, source: Source): ConfigMistake[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return bestBranch(issue).flatMap((inner) => mistakesOf(inner, path, schema, source));
  }
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeysAt(schema, path, source.value);
    return issue.keys.map((key) => ({
      code: 'SCANGATE_CONFIG_INVALID' as const,
      ...source.locate(path, key),
      path: pathText([...path, key]),
      message: `unknown key "${excerpt(key, 40)}"${didYouMean(key, known)}`,
      mend: known.length > 0 ? `known keys here: ${known.join(', ')}` : ERRORS.SCANGATE_CONFIG_INVALID.mend,
    }));
  }
  const known = issue.code === 'invalid_union' ? knownWordsAt(schema, path) : [];
  return [
    {
      code: 'SCANGATE_CONFIG_INVALID',
      ...source.locate(path),
      path: pathText(path),
      message: messageOf(issue, known),
      mend: mendOf(issue, known),
    },
  ];
}

/** Of the forms a value may have, the one that the writer most likely meant: the error that lies deepest. */
function bestBranch(issue: Extract<Issue, { code: 'invalid_union' }>): Issue[] {
  const depth = (issues: readonly Issue[]): number =>
    Math.max(...issues.map(({ path, code }) => path.length * 2 + (code === 'invalid_type' ? 0 : 1)));
  return issue.errors.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
}

function messageOf(issue: Issue, known: readonly string[]): string {
  const whole = 'input' in issue ? issue.input : undefined;
  // An unknown form is reported at the key that chooses it, with the whole object as its input.
  const chooser = issue.code === 'invalid_union' ? issue.path.at(-1) : undefined;
  const chosen =
    typeof whole === 'object' && whole !== null && chooser !== undefined
      ? (whole as Record<PropertyKey, unknown>)[chooser]
      : undefined;
  const input = chosen ?? whole;
  const got = input === undefined ? '' : `, got ${excerpt(JSON.stringify(input) ?? typeof input, 40)}`;
  if (issue.code === 'invalid_type' && input === undefined) return `is missing (expected ${issue.expected})`;
  if (issue.code === 'invalid_type')
    return `expected ${issue.expected === 'int' ? 'a whole number' : issue.expected}${got}`;
  if (issue.code === 'invalid_value') {
    const hint = typeof input === 'string' ? didYouMean(input, issue.values.map(String)) : '';
    return `expected ${issue.values.map(String).join(', ')}${got}${hint}`;
  }
  if (issue.code === 'invalid_union') {
    return `expected ${known.length > 0 ? known.join(', ') : 'another form'}${got}${typeof input === 'string' ? didYouMean(input, known) : ''}`;
  }
  return `${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}${issue.code === 'custom' ? '' : got}`;
}

function mendOf(issue: Issue, known: readonly string[]): string {
  if (known.length > 0) return `write one of ${known.join(', ')}`;
  if (issue.code === 'invalid_value') return `write one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_type' && 'input' in issue && issue.input === undefined) return 'add the key';
  return ERRORS.SCANGATE_CONFIG_INVALID.mend;
}

export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  );
