import { afterEach } from 'vitest';
import type { Seed } from '../../src/model.js';
import { readSeed } from '../../src/seed.js';
import { type Simulator, startSimulator } from '../../src/server.js';
import { parseXml, type XmlDocument } from './xml.js';

export const START = Date.parse('2026-11-02T09:00:00Z');

export interface BootOptions {
  readonly seed?: string | ((start: number) => Seed);
  readonly faults?: readonly string[];
  /** Time all but stands still unless told otherwise: tests move it themselves. */
  readonly speed?: number;
  readonly tls?: boolean;
  readonly start?: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly host?: 'api' | 'gateway' | 'portal';
  readonly anonymous?: boolean;
}

export interface Driver {
  readonly simulator: Simulator;
  ask(path: string, asking?: Asking): Promise<Reply>;
  /** A call of the FO family, with the header it needs. */
  fo(path: string, asking?: Asking): Promise<XmlDocument & { readonly reply: Reply }>;
  /** A call of the QPS family in JSON: what stands in ServiceResponse. */
  json(path: string, request?: unknown, asking?: Asking): Promise<ServiceJson>;
  xml(path: string, request?: string, asking?: Asking): Promise<XmlDocument & { readonly reply: Reply }>;
  advance(seconds: number): void;
  basic: string;
}

// Answers are looked at freely in tests; their shape is what the tests are about.
export interface ServiceJson {
  readonly responseCode: string;
  readonly count?: number;
  readonly hasMoreRecords?: string;
  readonly lastId?: number;
  readonly responseErrorDetails?: { readonly errorMessage: string; readonly errorResolution?: string };
  readonly data?: readonly Readonly<Record<string, JsonRecord>>[];
}

export interface JsonRecord {
  readonly [name: string]: Json;
}

export type Json = string | number | boolean | null | readonly Json[] | JsonRecord;

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

export async function boot(options: BootOptions = {}): Promise<Driver> {
  const { seed = 'demo' } = options;
  const simulator = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    tls: options.tls ?? false,
    speed: options.speed ?? 0.001,
    faults: options.faults ?? [],
    start: options.start ?? START,
    seed: typeof seed === 'string' ? (start) => readSeed(seed, start) : seed,
  });
  running.push(simulator);
  return drive(simulator);
}

function drive(simulator: Simulator): Driver {
  const { username, password } = simulator.announcement;
  const basic = `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
  const ask: Driver['ask'] = async (path, asking = {}) => {
    const base = simulator.announcement[asking.host ?? 'api'];
    const response = await fetch(`${base}${path}`, {
      method: asking.method ?? 'GET',
      headers: { ...(asking.anonymous ? {} : { Authorization: basic }), ...asking.headers },
      ...(asking.body === undefined ? {} : { body: asking.body }),
      redirect: 'manual',
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return {
    simulator,
    basic,
    ask,
    advance: (seconds) => {
      simulator.world.clock.advance(seconds);
      simulator.world.store.settle();
    },
    fo: async (path, asking = {}) => {
      const reply = await ask(path, { ...asking, headers: { 'X-Requested-With': 'test', ...asking.headers } });
      return { ...parseXml(reply.text), reply };
    },
    json: async (path, request, asking = {}) => {
      const reply = await ask(path, {
        method: request === undefined ? 'GET' : 'POST',
        ...(request === undefined ? {} : { body: JSON.stringify({ ServiceRequest: request }) }),
        ...asking,
        headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...asking.headers },
      });
      return (JSON.parse(reply.text) as { ServiceResponse: ServiceJson }).ServiceResponse;
    },
    xml: async (path, request, asking = {}) => {
      const reply = await ask(path, {
        method: request === undefined ? 'GET' : 'POST',
        ...(request === undefined ? {} : { body: request }),
        ...asking,
        headers: { 'Content-Type': 'text/xml', ...asking.headers },
      });
      return { ...parseXml(reply.text), reply };
    },
  };
}

const WAS = '/qps/rest/3.0';

/** Launches a scan of a web application and gives its id. */
export async function launch(driver: Driver, webAppId = 1001, more: Readonly<Record<string, unknown>> = {}) {
  const answer = await driver.json(`${WAS}/launch/was/wasscan`, {
    data: { WasScan: { name: 'test scan', type: 'VULNERABILITY', target: { webApp: { id: webAppId } }, ...more } },
  });
  return Number(answer.data?.[0]?.WasScan?.id);
}

export interface Status {
  readonly status: string;
  readonly summary: { readonly resultsStatus: string; readonly authStatus: string };
}

export async function status(driver: Driver, id: number): Promise<string> {
  const answer = await driver.json(`${WAS}/status/was/wasscan/${id}`);
  const scan = answer.data?.[0]?.WasScan as unknown as Status;
  return `${scan.status}/${scan.summary.resultsStatus}/${scan.summary.authStatus}`;
}
