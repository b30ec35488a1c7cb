/** Starts the three hosts of the platform on loopback ports. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createAgents } from './agents.js';
import { type Clock, createClock } from './clock.js';
import { createListener } from './dispatch.js';
import { createFaults } from './faults.js';
import type { HostName } from './http/call.js';
import { createLimits } from './limits.js';
import type { Seed } from './model.js';
import { createStore } from './store.js';
import { createTokens } from './tokens.js';
import type { World } from './world.js';

export interface SimulatorOptions {
  /** Port of the API host; 0 takes free ones for all three. */
  readonly port: number;
  readonly host: string;
  readonly tls: boolean;
  readonly speed: number;
  readonly faults: readonly string[];
  readonly seed: (start: number) => Seed;
  /** Simulated time at the beginning. */
  readonly start: number;
}

/** What a client needs to know; printed as the first line. */
export interface Announcement {
  readonly api: string;
  readonly gateway: string;
  readonly portal: string;
  readonly username: string;
  readonly password: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly caFile?: string;
}

export interface Simulator {
  readonly announcement: Announcement;
  readonly world: World;
  close(): Promise<void>;
}

export class NotLoopback extends Error {}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
const HOSTS = ['api', 'gateway', 'portal'] as const;

const certificate = (name: string): string => fileURLToPath(new URL(`../certs/${name}`, import.meta.url));

function makeServer(tls: boolean): Server {
  if (!tls) return createServer();
  return createSecureServer({
    key: readFileSync(certificate('server.key')),
    cert: readFileSync(certificate('server.pem')),
  });
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function addressOf(options: SimulatorOptions, port: number): string {
  const name = options.host.includes(':') ? `[${options.host}]` : options.host;
  return `${options.tls ? 'https' : 'http'}://${name}:${port}`;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function makeWorld(options: SimulatorOptions, clock: Clock, urls: Record<HostName, string>): World {
  const seed = options.seed(options.start);
  return {
    clock,
    store: createStore(seed, clock),
    agents: createAgents(seed.agents ?? [], clock),
    iacScans: new Map(),
    faults: createFaults(options.faults),
    limits: createLimits(clock, seed.service),
    tokens: createTokens(clock),
    urls,
  };
}

/** Throws NotLoopback for an address that others could reach: nobody must take this for the real service. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  if (!LOOPBACK.has(options.host)) {
    throw new NotLoopback(
      `The simulator listens on loopback only (${[...LOOPBACK].join(', ')}), not on ${options.host}.`,
    );
  }
  const clock = createClock({ speed: options.speed, start: options.start });
  const urls: Record<HostName, string> = { api: '', gateway: '', portal: '' };
  // The world comes first: a wrong seed or fault must not leave open ports behind.
  const world = makeWorld(options, clock, urls);
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(stop));
  };
  try {
    for (const [at, name] of HOSTS.entries()) {
      const server = makeServer(options.tls);
      server.on('request', createListener(world, name));
      const port = await listen(server, options.port === 0 ? 0 : options.port + at, options.host);
      servers.push(server);
      urls[name] = addressOf(options, port);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const { username, password, clientId, clientSecret } = world.store.seed.account;
  const credentials = { username, password, clientId, clientSecret };
  const caFile = options.tls ? { caFile: certificate('ca.pem') } : {};
  return { announcement: { ...urls, ...credentials, ...caFile }, world, close };
}
