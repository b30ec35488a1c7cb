/**
 * One record, two flavours. The QPS family answers the same record as XML and as JSON with different habits:
 * numbers become JSON numbers but severities and flags stay strings, lists carry their element names in both, and what
 * has no value is missing in both.
 */
import { cdata, type Element, el } from './xml.js';

export type Value =
  | { readonly kind: 'text' | 'cdata'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'encoded'; readonly value: string }
  | { readonly kind: 'group'; readonly members: readonly (readonly [string, Value])[] }
  | { readonly kind: 'list'; readonly wrapper: 'list' | 'set'; readonly counted: boolean; readonly items: Items };

export type Items = readonly (readonly [string, Value])[];

export const text = (value: string): Value => ({ kind: 'text', value });
export const quoted = (value: string): Value => ({ kind: 'cdata', value });
export const number = (value: number): Value => ({ kind: 'number', value });
export const flag = (value: boolean): Value => ({ kind: 'flag', value });
/** Bytes as base64, marked `base64="true"` in XML. */
export const encoded = (value: string): Value => ({ kind: 'encoded', value });

type Member = readonly [string, Value | undefined];

export function group(members: readonly Member[]): Value {
  return { kind: 'group', members: members.filter((member): member is readonly [string, Value] => Boolean(member[1])) };
}

/** `{count, list/Name...}`. */
export function countedList(name: string, values: readonly Value[]): Value {
  return { kind: 'list', wrapper: 'list', counted: true, items: values.map((value) => [name, value]) };
}

/** `{list/Name...}` or `{set/Name...}` without a count. */
export function bareList(wrapper: 'list' | 'set', name: string, values: readonly Value[]): Value {
  return { kind: 'list', wrapper, counted: false, items: values.map((value) => [name, value]) };
}

export function toElement(name: string, value: Value): Element {
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

export function toJson(value: Value, habits: JsonHabits): Json {
  switch (value.kind) {
    case 'text':
    case 'cdata':
    case 'encoded':
      return value.value;
    case 'number':
      return value.value;
    case 'flag':
      return String(value.value);
    case 'group':
      return Object.fromEntries(value.members.map(([member, inner]) => [member, toJson(inner, habits)]));
    case 'list':
      return listJson(value.wrapper, value.counted, value.items, habits);
  }
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

/** The text of one `{"Name":{...}}` entry of a `data` list. */
export function recordJson(name: string, value: Value, habits: JsonHabits): string {
  return JSON.stringify({ [name]: toJson(value, habits) });
}
