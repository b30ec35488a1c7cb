import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** The three faces of the platform, each on a port of its own. */
export type HostName = 'api' | 'gateway' | 'portal';

export interface Call {
  readonly host: HostName;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as it came: an upload is no text. */
  readonly bytes: Buffer;
}

/** What a route answers; a body of parts is written part by part, so that a big page is never one string. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | Iterable<string>;
}

/** An archive of the greatest size, and the form around it. */
const BODY_LIMIT_BYTES = 10.5 * 1024 * 1024;

export class BodyTooLarge extends Error {}

export async function readCall(host: HostName, request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk instanceof Buffer ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > BODY_LIMIT_BYTES) throw new BodyTooLarge();
    chunks.push(bytes);
  }
  const bytes = Buffer.concat(chunks);
  const url = new URL(request.url ?? '/', 'http://simulator.invalid');
  return {
    host,
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: bytes.toString('utf8'),
    bytes,
  };
}

export function header(call: Call, name: string): string | undefined {
  const value = call.headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}

export function mediaType(call: Call): string {
  return (header(call, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Answers of the QPS family are XML unless JSON is asked for. */
export function wantsJson(call: Call): boolean {
  return (header(call, 'accept') ?? '').toLowerCase().includes('application/json');
}

/** Parameters of an FO call: the query, and the form when there is one. */
export function formParameters(call: Call): URLSearchParams {
  const parameters = new URLSearchParams(call.query);
  if (mediaType(call) !== 'application/x-www-form-urlencoded') return parameters;
  for (const [name, value] of new URLSearchParams(call.body)) parameters.append(name, value);
  return parameters;
}
