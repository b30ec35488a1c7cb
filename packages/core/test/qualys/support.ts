import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CallEvent, QualysClient, QualysCredentials, QualysServices } from '../../src/qualys/index.js';
import { createQualysClient } from '../../src/qualys/index.js';
import { atEnd, httpClient, serve } from '../support/local-server.js';

/** Credentials that break clients which do not encode. */
export const PASSWORD: QualysCredentials = { kind: 'password', username: 'anna_ab1', password: 'pä&s+w=ord%/:x' };

export interface Bench {
  client: QualysClient;
  /** What was logged. */
  events: CallEvent[];
  /** Waits that were asked for; none takes time. */
  sleeps: number[];
  secrets: string[];
}

/** A client whose waits take no time and move its clock. */
export function benchFor(
  urls: QualysServices['urls'],
  services: Partial<QualysServices> & { caTexts?: string[] } = {},
): Bench {
  const events: CallEvent[] = [];
  const sleeps: number[] = [];
  const secrets: string[] = [];
  let ahead = 0;
  const { caTexts, ...rest } = services;
  const client = createQualysClient({
    http: httpClient({ ...(caTexts ? { caTexts } : {}), limits: { idleMs: 500 } }),
    urls,
    credentials: PASSWORD,
    now: () => Date.now() + ahead,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      sleeps.push(ms);
      ahead += ms;
    },
    random: () => 0.5,
    log: (event) => events.push(event),
    onSecret: (secret) => secrets.push(secret),
    ...rest,
  });
  return { client, events, sleeps, secrets };
}

export interface Sent {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

type Answer = (sent: Sent, response: ServerResponse) => void;

/** A platform of one server that answers as the test says, and keeps what it was sent. */
export async function platform(
  answer: Answer,
  services: Partial<QualysServices> = {},
): Promise<Bench & { sent: Sent[]; origin: string }> {
  const sent: Sent[] = [];
  const origin = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    sent.push(one);
    answer(one, response);
  });
  return { ...benchFor({ api: origin, gateway: origin, portal: origin }, services), sent, origin };
}

/** Answers in turn; the last one again and again. */
export function inTurn(...answers: Answer[]): Answer {
  let turn = 0;
  return (sent, response) => answers[Math.min(turn++, answers.length - 1)]?.(sent, response);
}

export const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));

export const text =
  (body: string, status = 200, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

export const qps = (members: Record<string, unknown>): Answer =>
  json({ ServiceResponse: { responseCode: 'SUCCESS', ...members } });

export const simpleReturn = (code: string | undefined, words: string, items: Record<string, string> = {}): string => {
  const list = Object.entries(items).map(([key, value]) => `<ITEM><KEY>${key}</KEY><VALUE>${value}</VALUE></ITEM>`);
  const error = code === undefined ? '' : `<CODE>${code}</CODE>`;
  return `<!DOCTYPE SIMPLE_RETURN SYSTEM "https://qualysapi.example.test/api/2.0/simple_return.dtd">
<SIMPLE_RETURN><RESPONSE><DATETIME>2026-11-02T09:15:00Z</DATETIME>${error}<TEXT>${words}</TEXT>${
    list.length > 0 ? `<ITEM_LIST>${list.join('')}</ITEM_LIST>` : ''
  }</RESPONSE></SIMPLE_RETURN>`;
};

export interface Simulator {
  api: string;
  gateway: string;
  portal: string;
  username: string;
  password: string;
  clientId: string;
  clientSecret: string;
  caFile?: string;
  state: () => Promise<{ calls: Record<string, number>; launches: unknown }>;
}

const BIN = fileURLToPath(new URL('../../../../apps/simulator/bin/qualys-simulator.mjs', import.meta.url));

/** The simulator as a process of its own, ended after the test. */
export async function startSimulator(...args: string[]): Promise<Simulator> {
  const child = spawn(process.execPath, [BIN, '--port', '0', '--exit-with-parent', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  atEnd(async () => {
    if (child.exitCode !== null) return;
    const exit = once(child, 'exit');
    child.kill();
    await exit;
  });
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the simulator ended with ${code}`)));
  // After the first line an end is no surprise.
  ended.catch(() => undefined);
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string];
  const started = JSON.parse(line) as Omit<Simulator, 'state'>;
  const state = async () => (await fetch(`${started.api}/__simulator/state`)).json() as ReturnType<Simulator['state']>;
  return { ...started, state };
}

export const caTextsOf = ({ caFile }: Simulator): string[] => [readFileSync(caFile ?? '', 'utf8')];

export const urlsOf = ({ api, gateway, portal }: Simulator) => ({ api, gateway, portal });

/** Credentials of the simulator by kind; a token is fetched outside of our client. */
export async function credentialsOf(simulator: Simulator, kind: QualysCredentials['kind']): Promise<QualysCredentials> {
  const { username, password, clientId, clientSecret, gateway } = simulator;
  if (kind === 'password') return { kind, username, password };
  if (kind === 'client') return { kind, clientId, clientSecret };
  const answer = await fetch(`${gateway}/auth/oidc`, { method: 'POST', headers: { clientId, clientSecret } });
  return { kind, token: await answer.text() };
}

export async function collect<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}
