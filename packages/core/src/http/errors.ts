import { type ErrorCode, excerpt, ScangateError } from '../errors.js';
import type { Delivery } from './types.js';

export type HttpErrorCode = Extract<ErrorCode, `SCANGATE_HTTP_${string}`>;

/** A failure of transport. `delivery` says whether the request may have arrived. */
export class HttpError extends ScangateError {
  constructor(
    code: HttpErrorCode,
    message: string,
    public delivery: Delivery,
    options: { mend?: string; cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}

const PASSING: ReadonlySet<ErrorCode> = new Set([
  'SCANGATE_HTTP_UNREACHABLE',
  'SCANGATE_HTTP_TIMEOUT',
  'SCANGATE_HTTP_CUT',
] satisfies ErrorCode[]);

/** Whether the same request may succeed a moment later. */
export const isPassingFault = (error: unknown): boolean => error instanceof HttpError && PASSING.has(error.code);

type Fault = readonly [code: HttpErrorCode, delivery: Delivery, what: string];

const FAULTS: Readonly<Record<string, Fault>> = {
  ENOTFOUND: ['SCANGATE_HTTP_UNREACHABLE', 'no', 'the name cannot be resolved'],
  EAI_AGAIN: ['SCANGATE_HTTP_UNREACHABLE', 'no', 'the name service does not answer'],
  ECONNREFUSED: ['SCANGATE_HTTP_UNREACHABLE', 'no', 'the connection is refused'],
  EHOSTUNREACH: ['SCANGATE_HTTP_UNREACHABLE', 'no', 'there is no route to the host'],
  ENETUNREACH: ['SCANGATE_HTTP_UNREACHABLE', 'no', 'the network is not reachable'],
  EADDRNOTAVAIL: ['SCANGATE_HTTP_UNREACHABLE', 'no', 'there is no free local address'],
  UND_ERR_CONNECT_TIMEOUT: ['SCANGATE_HTTP_TIMEOUT', 'no', 'no connection within the time limit'],
  ETIMEDOUT: ['SCANGATE_HTTP_TIMEOUT', 'maybe', 'the connection timed out'],
  UND_ERR_HEADERS_TIMEOUT: ['SCANGATE_HTTP_TIMEOUT', 'maybe', 'no answer within the time limit'],
  UND_ERR_BODY_TIMEOUT: ['SCANGATE_HTTP_TIMEOUT', 'maybe', 'the answer stopped in the middle'],
  UND_ERR_SOCKET: ['SCANGATE_HTTP_CUT', 'maybe', 'the connection broke'],
  ECONNRESET: ['SCANGATE_HTTP_CUT', 'maybe', 'the connection was reset'],
  ECONNABORTED: ['SCANGATE_HTTP_CUT', 'maybe', 'the connection was aborted'],
  EPIPE: ['SCANGATE_HTTP_CUT', 'maybe', 'the connection was closed'],
  ERR_STREAM_PREMATURE_CLOSE: ['SCANGATE_HTTP_CUT', 'maybe', 'the connection was closed'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['SCANGATE_HTTP_CUT', 'maybe', 'the answer has not the length it names'],
  Z_BUF_ERROR: ['SCANGATE_HTTP_CUT', 'maybe', 'the compressed answer ends in the middle'],
  Z_DATA_ERROR: ['SCANGATE_HTTP_CUT', 'maybe', 'the compressed answer is damaged'],
  ERR_PADDING_2: ['SCANGATE_HTTP_CUT', 'maybe', 'the compressed answer is damaged'],
  UND_ERR_HEADERS_OVERFLOW: ['SCANGATE_HTTP_TOO_LARGE', 'maybe', 'the headers of the answer are too large'],
  EPROTO: ['SCANGATE_HTTP_TLS', 'maybe', 'the two sides do not agree on TLS'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['SCANGATE_HTTP_TLS', 'no', 'the certificate is for another name'],
  CERT_HAS_EXPIRED: ['SCANGATE_HTTP_TLS', 'no', 'the certificate has expired'],
  CERT_NOT_YET_VALID: ['SCANGATE_HTTP_TLS', 'no', 'the certificate is not valid yet'],
  CERT_REVOKED: ['SCANGATE_HTTP_TLS', 'no', 'the certificate is revoked'],
  CERT_UNTRUSTED: ['SCANGATE_HTTP_TLS', 'no', 'the certificate is not trusted'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['SCANGATE_HTTP_TLS', 'no', 'the certificate is signed by itself'],
  SELF_SIGNED_CERT_IN_CHAIN: ['SCANGATE_HTTP_TLS', 'no', 'the issuer of the certificate is not known'],
  UNABLE_TO_GET_ISSUER_CERT: ['SCANGATE_HTTP_TLS', 'no', 'the issuer of the certificate is not known'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['SCANGATE_HTTP_TLS', 'no', 'the issuer of the certificate is not known'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['SCANGATE_HTTP_TLS', 'no', 'the issuer of the certificate is not known'],
};

/** Families of codes that OpenSSL, the HTTP parser and the decoders number through. */
const PREFIXES: readonly (readonly [prefix: string, fault: Fault])[] = [
  ['ERR_SSL_', ['SCANGATE_HTTP_TLS', 'maybe', 'TLS failed']],
  ['ERR_TLS_', ['SCANGATE_HTTP_TLS', 'maybe', 'TLS failed']],
  ['HPE_', ['SCANGATE_HTTP_CUT', 'maybe', 'the answer is not HTTP']],
  ['Z_', ['SCANGATE_HTTP_CUT', 'maybe', 'the compressed answer is damaged']],
  ['ERR_BROTLI', ['SCANGATE_HTTP_CUT', 'maybe', 'the compressed answer is damaged']],
  ['ERR__ERROR_', ['SCANGATE_HTTP_CUT', 'maybe', 'the compressed answer is damaged']],
];

const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
};

/** Words of the underlying errors that say more than the code, without what attackers may write. */
function detailOf(error: Error): string {
  const inner = error instanceof AggregateError ? error.errors.find((one) => one instanceof Error) : undefined;
  const text = excerpt((inner ?? error).message, 120);
  return text === '' ? '' : ` (${text})`;
}

/**
 * An error of undici, the system or a decoder as one of ours. Anything that is no fault of the network, such as a bad
 * argument, comes back unchanged: it is a bug.
 */
export function faultOf(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || error instanceof ScangateError) return error;
  const proxyStatus = /^Proxy response \((\d+)\)/.exec(error.message)?.[1];
  if (proxyStatus !== undefined) {
    const why = proxyStatus === '407' ? 'it wants other credentials' : `it answers ${proxyStatus}`;
    return new HttpError('SCANGATE_HTTP_PROXY', `${place}: the proxy does not connect: ${why}`, 'no', { cause: error });
  }
  const isUnparsable = error.name === 'HTTPParserError';
  const code = isUnparsable ? 'HPE_' : codeOf(error);
  const fault = FAULTS[code] ?? PREFIXES.find(([prefix]) => code.startsWith(prefix))?.[1];
  if (fault) {
    const [ours, delivery, what] = fault;
    // The error of the parser carries the bytes that it read.
    const cause = isUnparsable ? undefined : error;
    return new HttpError(ours, `${place}: ${what}${detailOf(error)}`, delivery, { cause });
  }
  // undici wraps the reason for which a body ended.
  return error.cause instanceof Error ? faultOf(error.cause, place) : error;
}
