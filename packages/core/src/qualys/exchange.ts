import { ScangateError } from '../errors.js';
import { createRetry, type HttpAnswer, HttpError, type HttpHeaders } from '../http/index.js';
import type { CallBudget, CallFamily, CallPermit } from './call-budget.js';
import { faultOfStatus, faultOfText } from './envelopes.js';
import { type AnswerContext, answerFault, faultError, isPassing, QualysError, whatOf } from './errors.js';
import { type SniffedBody, sniff } from './first-bytes.js';
import { LimitWaits } from './limit-waits.js';
import type { Secrets } from './secrets.js';
import type { CallOptions, QualysServices } from './types.js';

/** A call ready to be sent, without its credentials. */
export interface WireCall extends CallOptions {
  family: CallFamily;
  method: string;
  url: URL;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  safe: boolean;
  maxBodyBytes?: number;
}

/** Headers that sign a call, and the token in them, if there is one. */
export interface Authorization {
  headers: HttpHeaders;
  token?: string;
}

export interface SignIn {
  authorize(call: { family: CallFamily } & CallOptions): Promise<Authorization>;
  /** Forgets the token that was refused. False when no other one can be had. */
  drop(refused: Authorization): boolean;
}

/** An answer that is no error by its status and its first bytes. */
export interface Received extends SniffedBody {
  context: AnswerContext;
  syntax: Exclude<SniffedBody['syntax'], 'html'>;
  close(): void;
  /** Keeps the place in the budget beyond the read, until the function that it gives is called. */
  hold(): () => void;
}

export type Read<T> = (received: Received) => Promise<T>;

/** An error envelope ends long before this. */
const MAX_ERROR_BYTES = 65_536;

/** What every call sends. FO refuses calls without `X-Requested-With`. */
const COMMON_HEADERS = { 'x-requested-with': 'scangate', 'user-agent': 'scangate' };

const DEFAULT_RETRY = { retries: 3, initialDelayMs: 1_000, maxDelayMs: 15_000 };

export interface ExchangeServices extends QualysServices {
  budget: CallBudget;
  secrets: Secrets;
}

/**
 * Sends calls the way the platform wants them: within the budget, signed in, waiting when it says so, and once more
 * where nothing can be done twice by it.
 */
export class Exchange {
  /** Clock of the platform minus ours. */
  skewMs: number | undefined;
  /** Errors of calls inside other calls, the sign-in: they were tried often enough. */
  private readonly exhausted = new WeakSet<Error>();

  constructor(private readonly services: ExchangeServices) {}

  /**
   * Sends the call and reads its answer. After a fault that passes the whole is done again for safe calls, the read
   * included: it must not hand anything out before it returns.
   */
  async run<T>(call: WireCall, signIn: SignIn | undefined, read: Read<T>): Promise<T> {
    const { services, exhausted } = this;
    const isWorthwhile = (error: unknown): boolean =>
      call.safe &&
      isPassing(error) &&
      !exhausted.has(error as Error) &&
      (call.deadlineMs === undefined || services.now() < call.deadlineMs);
    const retry = createRetry(services, { ...DEFAULT_RETRY, ...services.retry, isPassing: isWorthwhile });
    try {
      return await retry((attempt) => this.persist(call, signIn, read, attempt), call.signal);
    } catch (error) {
      if (error instanceof Error) exhausted.add(error);
      throw error;
    }
  }

  /** One try, with the renewal of a token and the waits that the platform asks for. In both cases it did nothing yet. */
  private async persist<T>(call: WireCall, signIn: SignIn | undefined, read: Read<T>, attempt: number): Promise<T> {
    const waits = new LimitWaits(this.services, call);
    let isRenewed = false;
    for (;;) {
      const authorization = await this.authorize(call, signIn);
      try {
        return await this.once(call, authorization, read, attempt);
      } catch (error) {
        if (!(error instanceof QualysError)) throw error;
        if (error.kind === 'credentials' && !isRenewed && authorization !== undefined && signIn?.drop(authorization)) {
          isRenewed = true;
        } else if (error.kind === 'limit' || (error.kind === 'pending' && call.safe)) {
          await waits.wait(error);
        } else throw error;
      }
    }
  }

  private async authorize(call: WireCall, signIn: SignIn | undefined): Promise<Authorization | undefined> {
    try {
      return await signIn?.authorize(call);
    } catch (error) {
      // It is the sign-in that may have arrived, and not the call.
      if (error instanceof HttpError || error instanceof QualysError) error.delivery = 'no';
      throw error;
    }
  }

  private async once<T>(
    call: WireCall,
    authorization: Authorization | undefined,
    read: Read<T>,
    attempt: number,
  ): Promise<T> {
    const { http, budget, now } = this.services;
    const route = routeOf(call);
    const permit = await budget.take({ family: call.family, route, safe: call.safe }, call.signal);
    const place = new Place(permit);
    const begun = now();
    const told: Told = { call, route, attempt, begun };
    try {
      const answer = await http.request({
        ...call,
        url: call.url.href,
        headers: { ...COMMON_HEADERS, ...call.headers, ...authorization?.headers },
      });
      told.status = answer.status;
      permit.observe(answer);
      this.noteDate(answer.headers);
      const result = await this.receive(call, answer, place, read);
      this.tell(told);
      return result;
    } catch (error) {
      this.tell({ ...told, error });
      throw error;
    } finally {
      place.leave();
    }
  }

  private async receive<T>(call: WireCall, answer: HttpAnswer, place: Place, read: Read<T>): Promise<T> {
    const context: AnswerContext = {
      place: `${call.method} ${call.url.pathname}`,
      status: answer.status,
      headers: answer.headers,
      redact: this.services.secrets.redact,
    };
    try {
      const body = await sniff(answer.body);
      const { syntax } = body;
      if (syntax === 'html' || faultOfStatus(answer.status, answer.headers)) throw await errorOf(context, body);
      const close = (): void => answer.close();
      const result = await read({ ...body, syntax, context, close, hold: () => place.hold() });
      if (!place.isHeld) answer.close();
      return result;
    } catch (error) {
      answer.close();
      throw answerFault(error, context);
    }
  }

  private noteDate(headers: HttpHeaders): void {
    const date = Date.parse(headers.date ?? '');
    if (!Number.isNaN(date)) this.skewMs = date - this.services.now();
  }

  private tell({ call, route, attempt, begun, status, error }: Told): void {
    const { log, budget, now, secrets } = this.services;
    if (!log) return;
    const { calls, inFlight, limit, remaining } = budget.report();
    const waitMs = error instanceof QualysError ? error.waitMs : undefined;
    log({
      event: 'qualys.call',
      family: call.family,
      route,
      attempt,
      ms: now() - begun,
      ...(status === undefined ? {} : { status }),
      ...(error instanceof ScangateError ? { error: error.code, message: secrets.redact(error.message) } : {}),
      ...(waitMs === undefined ? {} : { waitMs }),
      budget: {
        calls,
        inFlight,
        ...(limit === undefined ? {} : { limit }),
        ...(remaining === undefined ? {} : { remaining }),
      },
    });
  }
}

interface Told {
  call: WireCall;
  route: string;
  attempt: number;
  begun: number;
  status?: number;
  error?: unknown;
}

/** The place of a call in the budget, which the reading of a large body may keep for longer than the call. */
class Place {
  isHeld = false;
  private holders = 1;

  constructor(private readonly permit: CallPermit) {}

  hold(): () => void {
    this.holders++;
    this.isHeld = true;
    return () => {
      if (this.isHeld) this.leave();
      this.isHeld = false;
    };
  }

  leave(): void {
    if (--this.holders === 0) this.permit.release();
  }
}

/** Method and path, with everything that names one object replaced, so that calls can be counted by it. */
function routeOf({ method, url }: WireCall): string {
  const path = url.pathname
    .split('/')
    .map((part) => (/^\d+$|^[0-9a-f-]{16,}$/i.test(part) ? '*' : part))
    .join('/');
  return `${method} ${path}`;
}

async function errorOf(context: AnswerContext, { body, syntax }: SniffedBody): Promise<QualysError> {
  const text = await firstText(body);
  if (syntax !== 'html') {
    const fault = faultOfText(text, context.status, context.headers) ?? { kind: 'answer' as const };
    return faultError(context, fault);
  }
  // A web page with status 200 comes from something in between, as one with an error of a server does.
  const byStatus = faultOfStatus(context.status, context.headers) ?? { kind: 'unavailable' as const };
  const kind = byStatus.kind === 'answer' ? 'unavailable' : byStatus.kind;
  return new QualysError(context, { ...byStatus, kind, platformText: text }, `${whatOf(kind)}: a web page answers`);
}

/** The beginning of an error answer; a body that breaks off still has its status. */
async function firstText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= MAX_ERROR_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
