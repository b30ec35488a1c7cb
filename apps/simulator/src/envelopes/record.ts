/**
 * One record, two flavours. The QPS family answers the same record as XML and as JSON with different habits:
 * numbers become JSON numbers but severities and flags stay strings, lists carry their element names in both, and what
 * has no value is missing in both.
 */
import { cdata, type Element, el, renderElement } from './xml.js';

export type Value =
  | { readonly kind: 'text' | 'cdata'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'encoded'; readonly value: string; readonly plain?: string }
  | { readonly kind: 'group'; readonly members: readonly (readonly [string, Value])[] }
  | { readonly kind: 'list'; readonly wrapper: 'list' | 'set'; readonly counted: boolean; readonly items: Items }
  | { readonly kind: 'long'; readonly item: string; readonly count: number; readonly values: () => Iterable<Value> };

export type Items = readonly (readonly [string, Value])[];

export const text = (value: string): Value => ({ kind: 'text', value });
export const quoted = (value: string): Value => ({ kind: 'cdata', value });
export const number = (value: number): Value => ({ kind: 'number', value });
export const flag = (value: boolean): Value => ({ kind: 'flag', value });
/** Bytes as base64, marked `base64="true"` in XML. JSON has no mark: there the plain text stands, where one is given. */
export const encoded = (value: string, plain?: string): Value => ({
  kind: 'encoded',
  value,
  ...(plain === undefined ? {} : { plain }),
});

type Member = readonly [string, Value | undefined];

export function group(members: readonly Member[]): Value {
  return { kind: 'group', members: members.filter((member): member is readonly [string, Value] => Boolean(member[1])) };
}

/** `{count, list/Name...}`. */
export function countedList(name: string, values: readonly Value[]): Value {
  return { kind: 'list', wrapper: 'list', counted: true, items: values.map((value) => [name, value]) };
}

/** A counted list that is made while it is written: as a direct member of a record it is never held as a whole. */
export function longList(item: string, count: number, values: () => Iterable<Value>): Value {
  return { kind: 'long', item, count, values };
}

const whole = (long: Extract<Value, { kind: 'long' }>): Value => countedList(long.item, [...long.values()]);

/** `{list/Name...}` or `{set/Name...}` without a count. */
export function bareList(wrapper: 'list' | 'set', name: string, values: readonly Value[]): Value {
  return { kind: 'list', wrapper, counted: false, items: values.map((value) => [name, value]) };
}

function toElement(name: string, value: Value): Element {
  switch (value.kind) {
    case 'text':
      return el(name, value.value);
    case 'cdata':
      return el(name, cdata(value.value));
    case 'encoded':
      return el(name, cdata(value.value), { base64: 'true' });
    case 'number':
    case 'flag':
      return el(name, String(value.value));
    case 'group':
      return el(
        name,
        value.members.map(([member, inner]) => toElement(member, inner)),
      );
    case 'list':
      return listElement(name, value.wrapper, value.counted, value.items);
    case 'long':
      return toElement(name, whole(value));
  }
}

function listElement(name: string, wrapper: string, counted: boolean, items: Items): Element {
  const list = el(
    wrapper,
    items.map(([item, inner]) => toElement(item, inner)),
  );
  if (!counted) return el(name, [list]);
  return el(name, [el('count', items.length), items.length > 0 ? list : undefined]);
}

export interface JsonHabits {
  /** A list of one becomes the object itself, as some converters of the platform's XML do. */
  readonly collapseSingle: boolean;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const BARE_ITEMS: ReadonlySet<string> = new Set(['long', 'string']);

function toJson(value: Value, habits: JsonHabits): Json {
  switch (value.kind) {
    case 'text':
    case 'cdata':
    case 'number':
      return value.value;
    case 'encoded':
      return value.plain ?? value.value;
    case 'flag':
      return String(value.value);
    case 'group':
      return groupJson(value.members, habits);
    case 'list':
      return listJson(value.wrapper, value.counted, value.items, habits);
    case 'long':
      return toJson(whole(value), habits);
  }
}

function groupJson(members: Items, habits: JsonHabits): Json {
  const object: Record<string, Json> = {};
  for (const [member, inner] of members) object[member] = toJson(inner, habits);
  return object;
}

function listJson(wrapper: string, counted: boolean, items: Items, habits: JsonHabits): Json {
  const entries = items.map(([name, inner]) => wrapJson(name, toJson(inner, habits)));
  const list = collapse(entries, habits);
  if (!counted) return { [wrapper]: list };
  return items.length === 0 ? { count: 0 } : { count: items.length, [wrapper]: list };
}

function wrapJson(name: string, value: Json): Json {
  return BARE_ITEMS.has(name) ? value : { [name]: value };
}

function collapse(entries: readonly Json[], habits: JsonHabits): Json {
  const [only] = entries;
  return habits.collapseSingle && entries.length === 1 && only !== undefined ? only : entries;
}

function hasLongMember(value: Extract<Value, { kind: 'group' }>): boolean {
  return value.members.some(([, inner]) => inner.kind === 'long');
}

/** XML of a record, in parts. */
export function* recordXml(name: string, value: Value, depth: number): Iterable<string> {
  if (value.kind !== 'group' || !hasLongMember(value)) {
    yield renderElement(toElement(name, value), depth);
    return;
  }
  const pad = '  '.repeat(depth);
  yield `${pad}<${name}>\n`;
  for (const [member, inner] of value.members) {
    if (inner.kind !== 'long' || inner.count === 0) yield renderElement(toElement(member, inner), depth + 1);
    else yield* longXml(member, inner, depth + 1);
  }
  yield `${pad}</${name}>\n`;
}

function* longXml(name: string, long: Extract<Value, { kind: 'long' }>, depth: number): Iterable<string> {
  const pad = '  '.repeat(depth);
  yield `${pad}<${name}>\n${pad}  <count>${long.count}</count>\n${pad}  <list>\n`;
  for (const value of long.values()) yield renderElement(toElement(long.item, value), depth + 2);
  yield `${pad}  </list>\n${pad}</${name}>\n`;
}

/** One `{"Name":{...}}` entry of a `data` list, in parts. */
export function* recordJson(name: string, value: Value, habits: JsonHabits): Iterable<string> {
  if (value.kind !== 'group' || !hasLongMember(value)) {
    yield JSON.stringify({ [name]: toJson(value, habits) });
    return;
  }
  yield `{${JSON.stringify(name)}:{`;
  for (const [at, [member, inner]] of value.members.entries()) {
    yield `${at === 0 ? '' : ','}${JSON.stringify(member)}:`;
    if (inner.kind !== 'long' || inner.count < 2) yield JSON.stringify(toJson(inner, habits));
    else yield* longJson(inner, habits);
  }
  yield '}}';
}

function* longJson(long: Extract<Value, { kind: 'long' }>, habits: JsonHabits): Iterable<string> {
  yield `{"count":${long.count},"list":[`;
  let first = true;
  for (const value of long.values()) {
    yield `${first ? '' : ','}${JSON.stringify({ [long.item]: toJson(value, habits) })}`;
    first = false;
  }
  yield ']}';
}
