/** Reads what QPS calls are asked: a ServiceRequest in XML or in JSON, or nothing. */
import { SaxesParser } from 'saxes';
import type { ServiceError } from './envelopes/qps.js';
import { type Call, mediaType } from './http/call.js';

export interface Criterion {
  readonly field: string;
  readonly operator: string;
  readonly value: string;
}

export interface Preferences {
  readonly limitResults: number;
  readonly startFromOffset: number;
  readonly verbose: boolean;
  readonly limitHistories?: number;
}

/** What a request's `data` holds; XML and JSON come out alike, with every leaf as text. */
export type Tree = string | { readonly [name: string]: Tree | readonly Tree[] };

export interface ServiceRequest {
  readonly preferences: Preferences;
  readonly criteria: readonly Criterion[];
  readonly data: Tree;
}

export class InvalidRequest extends Error {
  constructor(readonly error: ServiceError) {
    super(error.message);
  }
}

export function invalid(message: string, resolution?: string): InvalidRequest {
  return new InvalidRequest({ code: 'INVALID_REQUEST', message, ...(resolution ? { resolution } : {}) });
}

const MAX_DEPTH = 40;

interface Open {
  readonly name: string;
  readonly children: Record<string, Tree[]>;
  text: string;
}

function close(open: Open): Tree {
  const entries = Object.entries(open.children);
  if (entries.length === 0) return open.text.trim();
  const single = (list: Tree[]): Tree | Tree[] => (list.length === 1 && list[0] !== undefined ? list[0] : list);
  return Object.fromEntries(entries.map(([name, list]) => [name, single(list)]));
}

/** The tree of an XML document; attributes become members, and an element with both keeps its text as `value`. */
function readXml(body: string): Tree {
  const parser = new SaxesParser();
  const root: Open = { name: '', children: Object.create(null), text: '' };
  const stack: Open[] = [root];
  const top = (): Open => stack.at(-1) ?? root;
  parser.on('error', (error) => {
    throw invalid(`The request is not well-formed XML (${error.message}).`, 'Send a well-formed ServiceRequest.');
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (stack.length > MAX_DEPTH) throw invalid('The request is nested too deeply.');
    const open: Open = { name, children: Object.create(null), text: '' };
    for (const [attribute, value] of Object.entries(attributes)) {
      if (!/^(xmlns|xsi)(:|$)/.test(attribute)) open.children[attribute] = [String(value)];
    }
    stack.push(open);
  });
  const addText = (text: string): void => {
    top().text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const open = stack.pop();
    if (open === undefined) return;
    if (Object.keys(open.children).length > 0 && open.text.trim() !== '') open.children.value = [open.text.trim()];
    const parent = top();
    parent.children[open.name] = [...(parent.children[open.name] ?? []), close(open)];
  });
  parser.write(body).close();
  return close(root);
}

function fromJson(value: unknown, depth = 0): Tree {
  if (depth > MAX_DEPTH) throw invalid('The request is nested too deeply.');
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) throw invalid('The request has a list where an object belongs.');
  const entries = Object.entries(value).map(([name, inner]) => {
    const list: unknown = inner;
    return [name, Array.isArray(list) ? list.map((one) => fromJson(one, depth + 1)) : fromJson(list, depth + 1)];
  });
  return Object.fromEntries(entries);
}

function readJson(body: string): Tree {
  try {
    const value: unknown = JSON.parse(body);
    return fromJson(value);
  } catch (error) {
    if (error instanceof InvalidRequest) throw error;
    throw invalid('The request is not well-formed JSON.', 'Send a well-formed ServiceRequest.');
  }
}

/** The member of a tree; the first of several. */
export function member(tree: Tree | undefined, ...path: readonly string[]): Tree | undefined {
  let here: Tree | undefined = tree;
  for (const name of path) {
    if (here === undefined || typeof here === 'string' || !Object.hasOwn(here, name)) return undefined;
    const next: Tree | readonly Tree[] | undefined = here[name];
    here = Array.isArray(next) ? next[0] : (next as Tree | undefined);
  }
  return here;
}

export function members(tree: Tree | undefined, name: string): readonly Tree[] {
  if (tree === undefined || typeof tree === 'string' || !Object.hasOwn(tree, name)) return [];
  const value = tree[name];
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as Tree];
}

export function textAt(tree: Tree | undefined, ...path: readonly string[]): string | undefined {
  const value = member(tree, ...path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function wholeNumber(name: string, value: string | undefined, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (!/^\d+$/.test(value) || parsed < least || parsed > most) {
    throw invalid(`Preferences: Invalid value for '${name}' (${value}).`, `Specify a number from ${least} to ${most}.`);
  }
  return parsed;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

function readPreferences(tree: Tree | undefined): Preferences {
  const verbose = textAt(tree, 'verbose');
  if (verbose !== undefined && verbose !== 'true' && verbose !== 'false') {
    throw invalid(`Preferences: Invalid value for 'verbose' (${verbose}).`, 'Values expected: true, false.');
  }
  const histories = wholeNumber('limitHistories', textAt(tree, 'limitHistories'), 1, MAX_LIMIT);
  return {
    limitResults: wholeNumber('limitResults', textAt(tree, 'limitResults'), 1, MAX_LIMIT) ?? DEFAULT_LIMIT,
    startFromOffset: wholeNumber('startFromOffset', textAt(tree, 'startFromOffset'), 1, 1e9) ?? 1,
    verbose: verbose === 'true',
    ...(histories === undefined ? {} : { limitHistories: histories }),
  };
}

function readCriterion(tree: Tree): Criterion {
  const [field, operator] = [textAt(tree, 'field'), textAt(tree, 'operator')];
  if (field === undefined || operator === undefined) {
    throw invalid('Criteria: a criterion needs a field and an operator.', 'Specify both attributes.');
  }
  return { field, operator, value: textAt(tree, 'value') ?? '' };
}

const XML_TYPES: ReadonlySet<string> = new Set(['text/xml', 'application/xml']);

function readBody(call: Call): Tree {
  const type = mediaType(call);
  if (call.body.trim() === '') return {};
  if (type === 'application/json') return readJson(call.body);
  if (XML_TYPES.has(type)) return readXml(call.body);
  throw invalid(`The content type '${type}' is not supported.`, 'Send text/xml, application/xml or application/json.');
}

/** Throws InvalidRequest when the body is not a request. */
export function readServiceRequest(call: Call): ServiceRequest {
  const tree = readBody(call);
  if (typeof tree === 'string') throw invalid('The request is not a ServiceRequest.');
  const names = Object.keys(tree);
  if (names.some((name) => name !== 'ServiceRequest')) throw invalid('The request is not a ServiceRequest.');
  const request = member(tree, 'ServiceRequest');
  for (const name of request === undefined || typeof request === 'string' ? [] : Object.keys(request)) {
    if (!['preferences', 'filters', 'data'].includes(name)) throw invalid(`Unexpected element '${name}'.`);
  }
  return {
    preferences: readPreferences(member(request, 'preferences')),
    criteria: members(member(request, 'filters'), 'Criteria').map(readCriterion),
    data: member(request, 'data') ?? {},
  };
}
