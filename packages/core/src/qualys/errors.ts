import { type ErrorCode, excerpt, ScangateError } from '../errors.js';
import type { Delivery, HttpHeaders } from '../http/index.js';
import { HttpError, isPassingFault } from '../http/index.js';
import type { Redact } from '../redact.js';
import { plainText } from '../wire/plain-text.js';

/** Why an answer is no success. */
export type FaultKind =
  /** The credentials are not accepted, or no longer. */
  | 'credentials'
  /** The user may not do this. */
  | 'permission'
  /** Too many calls; the same call may succeed after a wait. */
  | 'limit'
  /** The platform is still busy with it; repeat the same call later. */
  | 'pending'
  /** Maintenance, an internal error, a page of a load balancer. */
  | 'unavailable'
  /** The platform does not accept the request. */
  | 'request'
  /** The answer breaks off, though the connection ended well. */
  | 'cut'
  /** The answer contradicts itself or has an unknown form. */
  | 'answer';

const CODES = {
  credentials: 'SCANGATE_QUALYS_REFUSED',
  permission: 'SCANGATE_QUALYS_REFUSED',
  limit: 'SCANGATE_QUALYS_LIMITED',
  pending: 'SCANGATE_QUALYS_UNAVAILABLE',
  unavailable: 'SCANGATE_QUALYS_UNAVAILABLE',
  request: 'SCANGATE_QUALYS_REQUEST',
  cut: 'SCANGATE_QUALYS_ANSWER',
  answer: 'SCANGATE_QUALYS_ANSWER',
} as const satisfies Record<FaultKind, ErrorCode>;

/** Words of the platform beyond this are cut in messages. */
const MAX_SHOWN_CHARS = 200;

/** Kinds that say that the platform did nothing. */
const UNDONE: ReadonlySet<FaultKind> = new Set(['credentials', 'permission', 'limit', 'request']);

/** Where an answer came from, for every message about it. */
export interface AnswerContext {
  /** Method and path. */
  place: string;
  status: number;
  headers: HttpHeaders;
  redact: Redact;
}

/** What the platform says in an error envelope. */
export interface PlatformFault {
  kind: FaultKind;
  /** `1965`, `INVALID_REQUEST` */
  platformCode?: string;
  /** In the platform's words. */
  platformText?: string;
  /** How long it wants us to wait. */
  waitMs?: number;
}

/** An error that the platform answered with, or an answer that cannot be used. */
export class QualysError extends ScangateError {
  readonly kind: FaultKind;
  readonly place: string;
  readonly status: number;
  readonly platformCode: string | undefined;
  /** Sanitised. */
  readonly platformText: string | undefined;
  readonly waitMs: number | undefined;
  /** Whether the platform may have acted on the request. */
  delivery: Delivery;

  constructor(
    context: AnswerContext,
    fault: PlatformFault,
    what: string,
    options: { mend?: string; cause?: unknown } = {},
  ) {
    const code = showText(fault.platformCode, context.redact);
    const text = showText(fault.platformText, context.redact);
    const said = [code, text].filter((part) => part !== undefined && part !== '').join(': ');
    const answer = `HTTP ${context.status}${said === '' ? '' : `, ${said}`}`;
    super(
      CODES[fault.kind],
      `${context.place}: ${excerpt(context.redact(what), MAX_SHOWN_CHARS)} (${answer})`,
      options,
    );
    this.kind = fault.kind;
    this.place = context.place;
    this.status = context.status;
    this.platformCode = code;
    this.platformText = text;
    this.waitMs = fault.waitMs;
    this.delivery = UNDONE.has(fault.kind) ? 'no' : 'maybe';
  }
}

const WHATS = {
  credentials: 'the platform does not accept the credentials',
  permission: 'the platform does not allow this',
  limit: 'the platform blocks the call for now',
  pending: 'the platform is still busy with this request',
  unavailable: 'the platform is not available',
  request: 'the platform does not accept the request',
  cut: 'the answer is not whole',
  answer: 'the answer is not what was asked for',
} as const satisfies Record<FaultKind, string>;

/** What a fault is called in a message. */
export const whatOf = (kind: FaultKind): string => WHATS[kind];

/** The error for what an envelope says. */
export const faultError = (context: AnswerContext, fault: PlatformFault): QualysError =>
  new QualysError(context, fault, WHATS[fault.kind]);

/** An answer that cannot be used, whatever its status. */
export const badAnswer = (context: AnswerContext, what: string): QualysError =>
  new QualysError(context, { kind: 'answer' }, what);

const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Words of an answer made fit for a log: no markup, no control characters, no secrets, one line. */
function showText(text: string | undefined, redact: Redact): string | undefined {
  if (text === undefined) return undefined;
  // Secrets before the markup goes, which may look like a part of them, and again where it stood between their parts.
  // The controls after the markup, since it may encode them. The cut last: half a secret would not be recognised.
  const plain = plainText(redact(text))?.replace(CONTROLS, ' ');
  return plain === undefined ? undefined : excerpt(redact(plain), MAX_SHOWN_CHARS);
}

/**
 * An error of a walker over an answer. The walkers speak of reports; here it is the platform's answer that broke off or
 * is not well formed.
 */
export function answerFault(error: unknown, context: AnswerContext): unknown {
  if (!(error instanceof ScangateError) || !error.code.startsWith('SCANGATE_REPORT_')) return error;
  const isCut = error.code === 'SCANGATE_REPORT_TRUNCATED' || error.code === 'SCANGATE_REPORT_EMPTY';
  const what = isCut ? 'the answer is not whole' : 'the answer cannot be read';
  // What the walker quotes is cut anywhere, in a secret too. For the same reason it is not the cause.
  const platformText = error.message.replace(/"[\s\S]*"/, '...');
  return new QualysError(context, { kind: isCut ? 'cut' : 'answer', platformText }, what);
}

/** Whether the same read may succeed a moment later. */
export const isPassing = (error: unknown): boolean =>
  isPassingFault(error) || (error instanceof QualysError && (error.kind === 'unavailable' || error.kind === 'cut'));

/**
 * Whether the platform may have done what was asked although the call failed. After such a failure of a launch the scan
 * has to be looked for by its name before another one is started.
 */
export function mayHaveActed(error: unknown): boolean {
  const inner = error instanceof ScangateError && error.cause instanceof QualysError ? error.cause : error;
  return inner instanceof QualysError || inner instanceof HttpError ? inner.delivery === 'maybe' : true;
}
