import { type HttpAnswer, type HttpClient, HttpError, type HttpRequest } from '../http/index.js';
import type { RawFinding } from '../model/finding.js';
import type { ScanStatement } from '../model/scan.js';
import { createQualysClient } from '../qualys/index.js';
import type { Machine } from '../scanners/machine.js';
import { readReportAs } from '../scanners/report/index.js';
import type { FindingStream, ScanServices } from '../scanners/scanner.js';
import { buildMachine } from './fake-machine.js';

/** A request as a platform of the contract sees it. */
export interface PlatformRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  body: string;
}

/** What becomes of an answer on its way. */
export type Mishap =
  | { kind: 'body'; body: string; status?: number }
  | { kind: 'status'; status: number }
  /** The connection breaks in the middle of the body. */
  | { kind: 'cut' }
  /** The request never arrives. */
  | { kind: 'unreachable' }
  | { kind: 'change'; change: (body: string) => string };

/** What goes wrong on the way, by the words of the contract. */
export const MISHAPS: Readonly<Record<string, Mishap>> = {
  'an empty answer': { kind: 'body', body: '' },
  'an answer that is not well formed': { kind: 'body', body: '{"ServiceResponse":{"responseCode":"SUCCESS","data":[{' },
  'an answer of another kind': { kind: 'body', body: '[1,2,3]' },
  'a web page with status 200': { kind: 'body', body: '<!DOCTYPE html><html><body>Sign in</body></html>' },
  'status 400': { kind: 'status', status: 400 },
  'status 401': { kind: 'status', status: 401 },
  'status 403': { kind: 'status', status: 403 },
  'status 404': { kind: 'status', status: 404 },
  'status 409': { kind: 'status', status: 409 },
  'status 429': { kind: 'status', status: 429 },
  'status 500': { kind: 'status', status: 500 },
  'status 503': { kind: 'status', status: 503 },
  'a cut connection': { kind: 'cut' },
  'no connection': { kind: 'unreachable' },
};

export interface Stage {
  services: ScanServices;
  /** What happens to the answer of every request from now on; undefined for nothing. */
  mishap: Mishap | undefined;
  requests: PlatformRequest[];
}

/** A client whose platform is a function: no network, and waits take no time. */
export function buildStage(
  answer: (request: PlatformRequest) => string | undefined,
  machine: Machine = buildMachine({ program: () => undefined }),
): Stage {
  let nowMs = Date.UTC(2031, 1, 3, 4, 5, 6);
  const requests: PlatformRequest[] = [];
  const http: HttpClient = {
    request: async (request) => {
      request.signal?.throwIfAborted();
      const url = new URL(request.url);
      const body = typeof request.body === 'string' ? request.body : Buffer.from(request.body ?? '').toString();
      const seen = { method: request.method, path: url.pathname, query: url.searchParams, body };
      requests.push(seen);
      return answerOf(request, answer(seen), stage.mishap, new Date(nowMs));
    },
    close: async () => undefined,
  };
  const origin = 'https://platform.example.test';
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    nowMs += ms;
  };
  const client = createQualysClient({
    http,
    urls: { api: origin, gateway: origin, portal: origin },
    credentials: { kind: 'password', username: 'somebody', password: 'a password of the contract' },
    now: () => nowMs,
    sleep,
    random: () => 0.5,
  });
  const services: ScanServices = {
    qualys: () => client,
    now: () => nowMs,
    sleep,
    machine,
    readReport: readReportAs,
    cache: { get: async () => undefined, put: async () => undefined },
    signal: new AbortController().signal,
    log: () => undefined,
  };
  const stage: Stage = { services, mishap: undefined, requests };
  return stage;
}

function answerOf(request: HttpRequest, good: string | undefined, mishap: Mishap | undefined, date: Date): HttpAnswer {
  const place = `${request.method} ${new URL(request.url).pathname}`;
  if (mishap?.kind === 'unreachable') {
    throw new HttpError('SCANGATE_HTTP_UNREACHABLE', `${place}: the connection is refused`, 'no');
  }
  const headers = { date: date.toUTCString() };
  const whole = (status: number, body: string): HttpAnswer => ({
    status,
    headers,
    body: bytesOf(body),
    text: async () => body,
    close: () => undefined,
  });
  if (mishap?.kind === 'status') return whole(mishap.status, '');
  if (mishap?.kind === 'body') return whole(mishap.status ?? 200, mishap.body);
  if (good === undefined) return whole(404, '');
  if (mishap?.kind === 'change') return whole(200, mishap.change(good));
  if (mishap === undefined) return whole(200, good);
  const cut = new HttpError('SCANGATE_HTTP_CUT', `${place}: the connection broke`, 'maybe');
  const half = good.slice(0, Math.floor(good.length / 2));
  return { ...whole(200, half), body: bytesOf(half, cut), text: () => Promise.reject(cut) };
}

async function* bytesOf(text: string, error?: Error): AsyncGenerator<Uint8Array> {
  if (text !== '') yield Buffer.from(text);
  if (error) throw error;
}

/** Everything that a scan has found. */
export async function collectAll(stream: FindingStream): Promise<{ findings: RawFinding[]; statement: ScanStatement }> {
  const findings: RawFinding[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done) return { findings, statement: step.value };
    findings.push(...step.value);
  }
}
