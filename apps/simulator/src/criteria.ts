/** Filters of QPS searches: typed fields, the operators each type allows, and the platform's words for mistakes. */
import { type Criterion, invalid } from './service-request.js';

type FieldKind = 'integer' | 'text' | 'date' | 'keyword' | 'boolean';
type Plain = string | number | boolean | undefined;

export interface FieldRule<T> {
  readonly kind: FieldKind;
  /** The values of the record; several are matched one by one. Dates are milliseconds. */
  read(record: T): Plain | readonly Plain[];
  /** Whether an id exists at all: a filter that names only unknown ids is answered in the short form. */
  readonly exists?: (id: number) => boolean;
  readonly keywords?: readonly string[];
  readonly extraOperators?: readonly string[];
}

export type FieldRules<T> = Readonly<Record<string, FieldRule<T>>>;

export interface Filter<T> {
  matches(record: T): boolean;
  /** No id that the filter names exists: the platform answers a bare count of 0 (recorded). */
  readonly namesNothing: boolean;
}

const OPERATORS: Readonly<Record<FieldKind, readonly string[]>> = {
  integer: ['EQUALS', 'NOT EQUALS', 'GREATER', 'LESSER', 'IN'],
  text: ['CONTAINS', 'EQUALS', 'NOT EQUALS'],
  date: ['EQUALS', 'NOT EQUALS', 'GREATER', 'LESSER'],
  keyword: ['EQUALS', 'NOT EQUALS', 'IN'],
  boolean: ['EQUALS', 'NOT EQUALS'],
};

const WITHOUT_VALUE: ReadonlySet<string> = new Set(['NONE', 'IS EMPTY']);
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/;

function badValue({ field, value }: Criterion, resolution: string): Error {
  return invalid(`Criteria: Invalid value format for criteria '${field}' (${value}).`, resolution);
}

function parseValue(criterion: Criterion, kind: FieldKind, value: string, keywords?: readonly string[]): Plain {
  switch (kind) {
    case 'integer':
      if (!/^-?\d+$/.test(value)) throw badValue(criterion, 'Specify criteria value(s) as Long.');
      return Number(value);
    case 'boolean':
      if (value !== 'true' && value !== 'false') throw badValue(criterion, 'Values expected: true, false.');
      return value === 'true';
    case 'date': {
      const time = DATE.test(value) ? Date.parse(value) : Number.NaN;
      if (Number.isNaN(time)) throw badValue(criterion, 'Specify criteria value(s) as Date (YYYY-MM-DDTHH:MM:SSZ).');
      return time;
    }
    case 'keyword':
      if (keywords && !keywords.includes(value)) throw badValue(criterion, `Values expected: ${keywords.join(', ')}.`);
      return value;
    case 'text':
      return value.toLowerCase();
  }
}

const fold = (value: Plain): Plain => (typeof value === 'string' ? value.toLowerCase() : value);

// The platform keeps seconds only, so a millisecond of difference must not make two dates unequal.
const comparable = (kind: FieldKind, value: Plain): Plain =>
  kind === 'date' && typeof value === 'number' ? Math.floor(value / 1000) : value;

function test(kind: FieldKind, operator: string, held: Plain, wanted: readonly Plain[]): boolean {
  const left = kind === 'text' ? fold(held) : comparable(kind, held);
  const right = wanted.map((value) => comparable(kind, value));
  const [only] = right;
  switch (operator) {
    case 'EQUALS':
    case 'IN':
      return right.includes(left);
    case 'NOT EQUALS':
      return !right.includes(left);
    case 'CONTAINS':
      return String(left ?? '').includes(String(only));
    case 'GREATER':
      return left !== undefined && only !== undefined && left > only;
    default:
      return left !== undefined && only !== undefined && left < only;
  }
}

interface Compiled<T> {
  matches(record: T): boolean;
  readonly namesNothing: boolean;
}

function compile<T>(rules: FieldRules<T>, criterion: Criterion): Compiled<T> {
  const rule = Object.hasOwn(rules, criterion.field) ? rules[criterion.field] : undefined;
  if (rule === undefined) {
    throw invalid(`Criteria: Unknown criteria '${criterion.field}'.`, `Known: ${Object.keys(rules).join(', ')}.`);
  }
  const operators = [...OPERATORS[rule.kind], ...(rule.extraOperators ?? [])];
  if (!operators.includes(criterion.operator)) {
    const message = `Criteria: Invalid operator '${criterion.operator}' for criteria '${criterion.field}'.`;
    throw invalid(message, `Operators expected: ${operators.join(', ')}.`);
  }
  const held = (record: T): readonly Plain[] => {
    const value = rule.read(record);
    return Array.isArray(value) ? value : [value as Plain];
  };
  if (WITHOUT_VALUE.has(criterion.operator)) {
    const empty = (record: T): boolean => held(record).every((value) => value === undefined || value === '');
    return { matches: empty, namesNothing: false };
  }
  const texts = criterion.operator === 'IN' ? criterion.value.split(',').map((part) => part.trim()) : [criterion.value];
  const wanted = texts.map((text) => parseValue(criterion, rule.kind, text, rule.keywords));
  const { exists } = rule;
  const names = exists !== undefined && (criterion.operator === 'EQUALS' || criterion.operator === 'IN');
  const every = criterion.operator === 'NOT EQUALS';
  const one = (value: Plain): boolean => test(rule.kind, criterion.operator, value, wanted);
  return {
    matches: (record) => (every ? held(record).every(one) : held(record).some(one)),
    namesNothing: names && !wanted.some((value) => exists(Number(value))),
  };
}

/** Throws InvalidRequest in the platform's words. */
export function compileFilter<T>(rules: FieldRules<T>, criteria: readonly Criterion[]): Filter<T> {
  const compiled = criteria.map((criterion) => compile(rules, criterion));
  return {
    matches: (record) => compiled.every((one) => one.matches(record)),
    namesNothing: compiled.some((one) => one.namesNothing),
  };
}
