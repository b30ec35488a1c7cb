import type { HttpHeaders } from '../http/index.js';
import type { JsonMembers } from '../wire/json.js';
import { child, childrenOf, deepText, textAt, type XmlElement } from '../wire/xml.js';
import { XmlWalker } from '../wire/xml-walker.js';
import type { FaultKind, PlatformFault } from './errors.js';
import { syntaxOf } from './first-bytes.js';
import { rateWaitMs, retryAfterMs, statedWaitMs } from './limits.js';

/*
 * The four envelopes in which the platform says that something went wrong: SIMPLE_RETURN of FO, ServiceResponse of
 * QPS, the JSON of the gateway, and the returns of the legacy API. Source: docs.qualys.com, VM API appendix D and WAS
 * API, and recorded answers, read 2026-11-23.
 */

const FO_KINDS: Readonly<Partial<Record<string, FaultKind>>> = {
  '1960': 'limit',
  '1965': 'limit',
  '1981': 'pending',
  '999': 'unavailable',
  '1999': 'unavailable',
  '2000': 'credentials',
  '2001': 'permission',
  '2002': 'permission',
  '2003': 'permission',
  '2011': 'permission',
  '2012': 'permission',
};

const QPS_KINDS: Readonly<Partial<Record<string, FaultKind>>> = {
  INVALID_CREDENTIALS: 'credentials',
  UNAUTHORIZED: 'permission',
  EVALUATION_EXPIRED: 'permission',
  LIMIT_EXCEEDED: 'limit',
  INTERNAL_ERROR: 'unavailable',
  INVALID_REQUEST: 'request',
  INVALID_API_VERSION: 'request',
  NOT_FOUND: 'request',
  OPERATION_NOT_SUPPORTED: 'request',
};

/** A code that is not known says that something failed, and not whether the platform acted before that. */
const unknownCode = (status: number): FaultKind =>
  status >= 500 ? 'unavailable' : status >= 400 ? 'request' : 'answer';

/** What a status means where no envelope says more. Undefined for a success. */
export function faultOfStatus(status: number, headers: HttpHeaders): PlatformFault | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 401) return { kind: 'credentials' };
  if (status === 403) return { kind: 'permission' };
  if (status === 429) return { kind: 'limit', waitMs: rateWaitMs(headers) };
  if (status >= 500) return unavailable(headers);
  return { kind: status >= 400 ? 'request' : 'answer' };
}

function unavailable(headers: HttpHeaders): PlatformFault {
  const waitMs = retryAfterMs(headers);
  return { kind: 'unavailable', ...(waitMs === undefined ? {} : { waitMs }) };
}

/** The fault that an XML answer tells; undefined for any other root, and for a SIMPLE_RETURN without a code. */
export function faultOfXml(root: XmlElement, status: number, headers: HttpHeaders): PlatformFault | undefined {
  if (root.name === 'SIMPLE_RETURN') return foFault(child(root, 'RESPONSE'), status, headers);
  if (root.name === 'GENERIC_RETURN') return legacyFault(root, status, headers);
  if (root.name !== 'ServiceResponse') return undefined;
  const details = child(root, 'responseErrorDetails');
  return qpsFault(textAt(root, 'responseCode'), details && deepText(details), status, headers);
}

function foFault(response: XmlElement | undefined, status: number, headers: HttpHeaders): PlatformFault | undefined {
  const platformCode = textAt(response, 'CODE');
  if (platformCode === undefined) return undefined;
  const items = childrenOf(child(response, 'ITEM_LIST'), 'ITEM');
  const secondsToWait = items.find((item) => textAt(item, 'KEY') === 'SECONDS_TO_WAIT');
  const kind = FO_KINDS[platformCode] ?? (/^19\d\d$/.test(platformCode) ? 'request' : unknownCode(status));
  const text = textAt(response, 'TEXT');
  const waitMs = waitOf(kind, platformCode, headers, textAt(secondsToWait, 'VALUE'));
  return {
    kind,
    platformCode,
    ...(text === undefined ? {} : { platformText: text }),
    ...(waitMs === undefined ? {} : { waitMs }),
  };
}

function waitOf(kind: FaultKind, code: string, headers: HttpHeaders, secondsToWait?: string): number | undefined {
  // How long calls that run at the same time take is not known; the platform only counts them.
  if (code === '1960') return statedWaitMs(headers, secondsToWait);
  if (kind === 'limit') return rateWaitMs(headers, secondsToWait);
  return kind === 'unavailable' || kind === 'pending' ? retryAfterMs(headers) : undefined;
}

/** `<GENERIC_RETURN><RETURN status="FAILED" number="2000">words</RETURN></GENERIC_RETURN>`; the attributes are not always there. */
function legacyFault(root: XmlElement, status: number, headers: HttpHeaders): PlatformFault | undefined {
  const answer = child(root, 'RETURN');
  const word = answer?.attributes.status?.toUpperCase();
  if (word === 'SUCCESS') return undefined;
  const platformCode = answer?.attributes.number;
  const kind = FO_KINDS[platformCode ?? ''] ?? faultOfStatus(status, headers)?.kind ?? unknownCode(status);
  const waitMs = waitOf(kind, platformCode ?? '', headers);
  return {
    kind,
    ...(platformCode === undefined ? {} : { platformCode }),
    platformText: deepText(answer ?? root),
    ...(waitMs === undefined ? {} : { waitMs }),
  };
}

/** The fault that the code of a ServiceResponse tells. A missing code is no success. */
function qpsFault(
  responseCode: string | undefined,
  details: string | undefined,
  status: number,
  headers: HttpHeaders,
): PlatformFault | undefined {
  if (responseCode === 'SUCCESS') return undefined;
  const text = details === undefined || details === '' ? {} : { platformText: details };
  if (responseCode === undefined) return { kind: 'answer', ...text };
  const kind = QPS_KINDS[responseCode] ?? unknownCode(status);
  const waitMs = waitOf(kind, responseCode, headers);
  return { kind, platformCode: responseCode, ...text, ...(waitMs === undefined ? {} : { waitMs }) };
}

/** The fault in the members of a `ServiceResponse`. */
export function faultOfServiceResponse(
  members: JsonMembers,
  status: number,
  headers: HttpHeaders,
): PlatformFault | undefined {
  const code = members.responseCode;
  return qpsFault(typeof code === 'string' ? code : undefined, wordsOf(members.responseErrorDetails), status, headers);
}

/** The words anywhere in a small JSON value: errors come in lists of lists at times. */
function wordsOf(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || depth > 4) return undefined;
  const words = Object.values(value)
    .map((inner) => wordsOf(inner, depth + 1))
    .filter((word) => word !== undefined && word !== '');
  return words.length === 0 ? undefined : words.join(', ');
}

/** The fault in a JSON answer of the gateway: `{ status, error, message }`, or what the sign-in says. */
export function faultOfJson(value: unknown, status: number, headers: HttpHeaders): PlatformFault | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as JsonMembers;
  if (typeof members.ServiceResponse === 'object' && members.ServiceResponse !== null) {
    return faultOfServiceResponse(members.ServiceResponse as JsonMembers, status, headers);
  }
  const exceptions = wordsOf(members.authentication_exceptions);
  if (exceptions !== undefined) return { kind: 'credentials', platformText: exceptions };
  const stated = typeof members.status === 'number' && members.error !== undefined ? members.status : status;
  const fault = faultOfStatus(stated, headers);
  const text = wordsOf([members.error, members.errorCode, members.message]);
  return fault && { ...fault, ...(text === undefined ? {} : { platformText: text }) };
}

/** The fault in the text of an answer that is known to be an error; its status alone where no envelope is recognised. */
export function faultOfText(text: string, status: number, headers: HttpHeaders): PlatformFault | undefined {
  const byStatus = faultOfStatus(status, headers);
  const syntax = syntaxOf(text);
  if (syntax === 'xml') {
    const root = parseXml(text);
    return (root && faultOfXml(root, status, headers)) ?? byStatus;
  }
  if (syntax === 'json') return faultOfJson(parseJson(text), status, headers) ?? byStatus;
  return byStatus && { ...byStatus, ...(text.trim() === '' ? {} : { platformText: text }) };
}

/** An error page that is not well formed is no envelope; its status still counts. */
function parseXml(text: string): XmlElement | undefined {
  try {
    const walker = new XmlWalker({ records: [] });
    return [...walker.write(text), ...walker.end()].at(-1)?.element;
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
