import { sameOrigin } from '../http/index.js';
import { child, textAt, walkXml, type XmlElement, type XmlRecord } from '../wire/xml.js';
import { faultOfXml } from './envelopes.js';
import { type AnswerContext, badAnswer, faultError } from './errors.js';
import type { Received, WireCall } from './exchange.js';
import type { FoCall, FoPage, FoPages, FormFields } from './types.js';

/*
 * The FO family: hosts, scans, KnowledgeBase. Source: docs.qualys.com, VM API, and recorded answers, read 2026-11-23.
 */

const MAX_ANSWER_BYTES = 512 * 1024 * 1024;

/** Code of the warning that says that a list goes on, in `WARNING/URL`. */
const TRUNCATED = '1980';

export function formOf(fields: FormFields = {}): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) form.append(name, typeof value === 'boolean' ? (value ? '1' : '0') : String(value));
  }
  return form;
}

/** The call as it goes over the wire. */
export function foCall({ path, fields, method = 'POST', safe, signal, deadlineMs }: FoCall, api: string): WireCall {
  const url = new URL(path, api);
  const form = formOf(fields);
  const isGet = method === 'GET';
  if (isGet) for (const [name, value] of form) url.searchParams.append(name, value);
  return {
    family: 'fo',
    method,
    url,
    ...(isGet ? {} : { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString() }),
    safe,
    signal,
    deadlineMs,
    maxBodyBytes: MAX_ANSWER_BYTES,
  };
}

/** The root element of an answer. */
export async function readFo({ body, context, syntax }: Received): Promise<XmlElement> {
  if (syntax !== 'xml') throw badAnswer(context, 'the answer is not XML');
  for await (const batch of walkXml(body, { records: [] })) {
    for (const { element } of batch) return checked(element, context);
  }
  throw badAnswer(context, 'the answer holds no element');
}

function checked(root: XmlElement, context: AnswerContext): XmlElement {
  const fault = faultOfXml(root, context.status, context.headers);
  if (fault) throw faultError(context, fault);
  return root;
}

interface ReadPage extends FoPage {
  context: AnswerContext;
}

type Send = (call: WireCall, read: (received: Received) => Promise<ReadPage>) => Promise<ReadPage>;

/**
 * All pages of a list, each read whole before it is handed out. The next page is the address in `WARNING/URL`, which is
 * followed on the API server and the same path only, and must lead further.
 */
export async function* foPages(pages: FoPages, api: string, send: Send): AsyncGenerator<FoPage, void, undefined> {
  const seen = new Set<string>();
  let call = foCall(pages, api);
  for (;;) {
    const page = await send(call, (received) => readPage(received, pages.records));
    yield { records: page.records, response: page.response };
    const next = nextPage(page, call.url, api);
    if (next === undefined) return;
    if (seen.has(next.href)) throw badAnswer(page.context, 'a page points to one that was read before');
    seen.add(next.href);
    const { body: _, headers: __, ...rest } = call;
    call = { ...rest, method: 'GET', url: next };
  }
}

async function readPage({ body, context, syntax }: Received, records: readonly string[]): Promise<ReadPage> {
  if (syntax !== 'xml') throw badAnswer(context, 'the answer is not XML');
  const expected = records[0]?.split('/')[0] ?? '';
  const wanted = new Set(records);
  const found: XmlRecord[] = [];
  let response: XmlElement | undefined;
  let root: XmlElement | undefined;
  for await (const batch of walkXml(body, { records })) {
    for (const record of batch) {
      if (wanted.has(record.at)) found.push(record);
      else if (record.at === `${expected}/RESPONSE`) response = record.element;
      else if (record.scope.length === 0) root = record.element;
    }
  }
  if (root?.name !== expected) {
    if (root) checked(root, context);
    throw badAnswer(context, `the answer is <${root?.name ?? ''}> instead of <${expected}>`);
  }
  if (response === undefined) throw badAnswer(context, `the answer holds no <RESPONSE> in <${expected}>`);
  return { records: found, response, context };
}

const idMin = (url: URL): number | undefined => {
  const text = url.searchParams.get('id_min');
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
};

function nextPage({ response, context }: ReadPage, current: URL, api: string): URL | undefined {
  const warning = child(response, 'WARNING');
  const address = textAt(warning, 'URL');
  if (address === undefined) {
    if (textAt(warning, 'CODE') !== TRUNCATED) return undefined;
    throw badAnswer(context, 'the list is truncated, and the answer does not say where it goes on');
  }
  const next = sameOrigin(address, api);
  if (next.pathname !== current.pathname) {
    throw badAnswer(context, 'the address of the next page belongs to another call');
  }
  const [before, after] = [idMin(current), idMin(next)];
  if (before !== undefined && after !== undefined && after <= before) {
    throw badAnswer(context, `a page leads back: id_min ${after} comes after ${before}`);
  }
  return next;
}
