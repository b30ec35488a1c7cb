import { ScangateError } from '../errors.js';
import { ACCEPTED_ENCODINGS, bodyText, decodeBody } from './body.js';
import { Dispatchers } from './dispatchers.js';
import { faultOf, HttpError } from './errors.js';
import { proxyFor } from './proxy.js';
import { tlsOptions } from './tls.js';
import type { HttpAnswer, HttpClient, HttpClientOptions, HttpHeaders, HttpLimits, HttpRequest } from './types.js';

const DEFAULT_LIMITS: HttpLimits = {
  connectMs: 30_000,
  headersMs: 120_000,
  idleMs: 60_000,
  wholeMs: 15 * 60_000,
};

const DEFAULT_MAX_BODY_BYTES = 2 * 1024 ** 3;

/** Throws `SCANGATE_HTTP_SETTINGS` for certificates that cannot be used. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const dispatchers = new Dispatchers(tlsOptions(options), limits);
  return {
    request: (request) => send(request, { ...options, limits }, dispatchers),
    close: () => dispatchers.close(),
  };
}

async function send(
  request: HttpRequest,
  options: HttpClientOptions & { limits: HttpLimits },
  dispatchers: Dispatchers,
): Promise<HttpAnswer> {
  const url = parseUrl(request.url);
  const place = `${request.method} ${url.origin}${url.pathname}`;
  const proxy = proxyFor(url, options.env, options.proxy);
  const timer = new CallTimer(request, options, place);
  try {
    const answer = await dispatchers.get(proxy, !request.safe).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method as 'GET',
      headers: { 'accept-encoding': ACCEPTED_ENCODINGS, ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: timer.signal,
    });
    // A body that nobody reads ends with an error event when the call is ended.
    answer.body.on('error', () => undefined);
    const headers = flatten(answer.headers);
    const maxBytes = request.maxBodyBytes ?? options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
    const decoded = decodeBody(answer.body, { encoding: headers['content-encoding'], maxBytes, place });
    const body = timer.watch(decoded);
    return {
      status: answer.statusCode,
      headers,
      body,
      text: (limit) => bodyText(body, limit, place),
      close: () => {
        timer.stop();
        answer.body.destroy();
      },
    };
  } catch (error) {
    timer.stop();
    throw timer.reasonOf(faultOf(error, place));
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new ScangateError('SCANGATE_HTTP_SETTINGS', 'the address of a request is neither https:// nor http://');
}

function flatten(headers: Record<string, string | string[] | undefined>): HttpHeaders {
  const flat: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/** Ends a call at its time limit, its deadline, or when the caller's signal says so; whichever comes first. */
class CallTimer {
  private readonly call = new AbortController();
  private readonly sleeping = new AbortController();
  private readonly onAbort: () => void;

  constructor(
    private readonly request: HttpRequest,
    { now, sleep, limits }: HttpClientOptions & { limits: HttpLimits },
    place: string,
  ) {
    request.signal?.throwIfAborted();
    const left = request.deadlineMs === undefined ? Number.POSITIVE_INFINITY : request.deadlineMs - now();
    const ms = Math.min(limits.wholeMs, left);
    const late = (delivery: 'no' | 'maybe'): HttpError =>
      new HttpError('SCANGATE_HTTP_TIMEOUT', `${place}: no whole answer within ${Math.round(ms / 1000)} s`, delivery);
    if (ms <= 0) throw new HttpError('SCANGATE_HTTP_TIMEOUT', `${place}: there is no time left for it`, 'no');
    this.onAbort = () => this.call.abort(request.signal?.reason);
    request.signal?.addEventListener('abort', this.onAbort, { once: true });
    sleep(ms, this.sleeping.signal).then(
      () => this.call.abort(late('maybe')),
      // Stopped, since the call has ended before.
      () => undefined,
    );
  }

  get signal(): AbortSignal {
    return this.call.signal;
  }

  stop(): void {
    this.sleeping.abort();
    this.request.signal?.removeEventListener('abort', this.onAbort);
  }

  /** What ended the call: the limit or the caller, rather than what that broke. */
  reasonOf(error: unknown): unknown {
    return this.call.signal.aborted ? this.call.signal.reason : error;
  }

  async *watch(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      throw this.reasonOf(error);
    } finally {
      this.stop();
    }
  }
}
