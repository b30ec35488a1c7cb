import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps, type ServerOptions } from 'node:https';
import { type AddressInfo, connect, createServer as createTcp, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach } from 'vitest';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../src/http/index.js';

const endings: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Runs `end` after the test. */
export const atEnd = (end: () => unknown): void => void endings.push(end);

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server on this machine; its origin. */
export async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(createHttp(listener))}`;
}

export async function serveTls(options: ServerOptions, listener: RequestListener): Promise<string> {
  return `https://localhost:${await listening(createHttps(options, listener))}`;
}

/** A server that speaks no HTTP of its own: for answers that a proper one would not send. */
export async function serveRaw(onSocket: (socket: Socket) => void): Promise<string> {
  return `http://127.0.0.1:${await listening(createTcp(onSocket))}`;
}

export interface TunnelRequest {
  target: string;
  authorization: string | undefined;
}

/** A proxy that only tunnels. `resolve` gives the port behind a target, or a status to refuse with. */
export async function serveProxy(
  resolve: (target: string) => { port: number } | { status: number },
): Promise<{ port: number; tunnels: TunnelRequest[] }> {
  const tunnels: TunnelRequest[] = [];
  const proxy = createHttp((_, response) => response.writeHead(405).end());
  proxy.on('connect', (request, socket: Socket) => {
    const target = request.url ?? '';
    tunnels.push({ target, authorization: request.headers['proxy-authorization'] });
    const way = resolve(target);
    if ('status' in way) {
      socket.end(`HTTP/1.1 ${way.status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(way.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  return { port: await listening(proxy), tunnels };
}

export const portOf = (origin: string): number => Number(new URL(origin).port);

export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { ...(signal ? { signal } : {}), ref: false });

/** A client that is closed after the test. */
export function httpClient(options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({ now: Date.now, sleep, env: {}, ...options });
  atEnd(() => client.close());
  return client;
}

/** The error that the promise rejects with. */
export async function errorOf(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error(`expected an error, got ${String(outcome)}`);
}
