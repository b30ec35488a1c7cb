import { type JsonMembers, walkJson } from '../wire/json.js';
import { asObject, flagIn, numberIn } from '../wire/take.js';
import { walkXml, type XmlElement } from '../wire/xml.js';
import { faultOfJson, faultOfServiceResponse, faultOfXml } from './envelopes.js';
import { type AnswerContext, badAnswer, faultError, type QualysError } from './errors.js';
import type { Received, WireCall } from './exchange.js';
import { formOf } from './fo.js';
import type { EndpointVersions, QpsAnswer, QpsCall, QpsRecord } from './types.js';

/*
 * The QPS family: web applications, assets and tags, agents. Source: docs.qualys.com, WAS API, and recorded answers,
 * read 2026-11-23.
 */

type Verb = QpsCall['verb'];

const SAFE_VERBS: ReadonlySet<Verb> = new Set<Verb>(['count', 'search', 'get', 'status', 'download']);
const GET_VERBS: ReadonlySet<Verb> = new Set<Verb>(['get', 'status', 'download']);

/** One page, or the answer of one call. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/** The call as it goes over the wire. `accept` is JSON unless a reader of reports wants XML. */
export function qpsCall(
  call: QpsCall,
  api: string,
  versions: EndpointVersions,
  accept: 'json' | 'xml' = 'json',
): WireCall {
  const { product, verb, object, id, query, request, signal, deadlineMs } = call;
  const parts = [versions[product], verb, product, object, ...(id === undefined ? [] : [String(id)])];
  const method = GET_VERBS.has(verb) || (verb === 'count' && request === undefined) ? 'GET' : 'POST';
  const body = request === undefined || method === 'GET' ? undefined : JSON.stringify({ ServiceRequest: request });
  const url = new URL(`/qps/rest/${parts.map(encodeURIComponent).join('/')}`, api);
  for (const [name, value] of formOf(query)) url.searchParams.append(name, value);
  return {
    family: 'qps',
    method,
    url,
    headers: {
      accept: accept === 'json' ? 'application/json' : 'application/xml',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
    safe: SAFE_VERBS.has(verb),
    signal,
    deadlineMs,
    ...(accept === 'json' ? { maxBodyBytes: MAX_ANSWER_BYTES } : {}),
  };
}

export interface QpsPage extends QpsAnswer {
  context: AnswerContext;
  hasMore: boolean;
  lastId?: number;
}

const DATA = 'ServiceResponse.data[]';

/** Reads one answer, record by record as its bytes come. */
export async function readQps(received: Received): Promise<QpsPage> {
  const { body, context, syntax } = received;
  if (syntax === 'xml') throw await xmlInstead(received);
  const records: QpsRecord[] = [];
  let response: JsonMembers | undefined;
  let root: unknown;
  for await (const batch of walkJson(body, { records: [DATA] })) {
    for (const { at, value } of batch) {
      if (at === DATA) records.push(recordOf(value, context));
      else if (at === 'ServiceResponse') response = asObject(value, at);
      else if (at === '') root = value;
    }
  }
  const fault =
    response === undefined
      ? faultOfJson(root, context.status, context.headers)
      : faultOfServiceResponse(response, context.status, context.headers);
  if (fault) throw faultError(context, fault);
  if (response === undefined) throw badAnswer(context, 'the answer is no ServiceResponse');
  return pageOf(response, records, context);
}

function pageOf(response: JsonMembers, records: QpsRecord[], context: AnswerContext): QpsPage {
  const at = 'ServiceResponse';
  const { data } = response;
  // A list of one record is at times the record itself. What was a list has been read already.
  if (records.length === 0 && typeof data === 'object' && data !== null && !('count' in data)) {
    records.push(
      ...Object.entries(data).map(([type, value]) => ({ type, value: asObject(value, `${at}.data.${type}`) })),
    );
  }
  const count = numberIn(response, 'count', at);
  const lastId = numberIn(response, 'lastId', at);
  return {
    context,
    records,
    hasMore: flagIn(response, 'hasMoreRecords', at) ?? false,
    ...(count === undefined ? {} : { count }),
    ...(lastId === undefined ? {} : { lastId }),
  };
}

/** `{ "WasScan": { ... } }` */
function recordOf(value: unknown, context: AnswerContext): QpsRecord {
  const [entry, ...others] = Object.entries(asObject(value, DATA));
  if (entry === undefined || others.length > 0) throw badAnswer(context, 'a record of the answer has no one type');
  return { type: entry[0], value: asObject(entry[1], `${DATA}.${entry[0]}`) };
}

/** XML where JSON was asked for: an error, of the platform or of the answer. */
async function xmlInstead(received: Received): Promise<QualysError> {
  await successIn(received);
  return badAnswer(received.context, 'the answer is XML instead of JSON');
}

/** The root of an XML answer that tells no fault. */
async function successIn({ body, context }: Received): Promise<XmlElement | undefined> {
  for await (const batch of walkXml(body, { records: [] })) {
    for (const { element } of batch) {
      const fault = faultOfXml(element, context.status, context.headers);
      if (fault) throw faultError(context, fault);
      return element;
    }
  }
  return undefined;
}

/** Reads the answer of a call that only says whether it succeeded, which is documented in XML alone. */
export async function readQpsWord(received: Received): Promise<QpsPage> {
  if (received.syntax !== 'xml') return await readQps(received);
  const root = await successIn(received);
  if (root?.name === 'ServiceResponse') return { context: received.context, records: [], hasMore: false };
  throw badAnswer(received.context, 'the answer is no ServiceResponse');
}
