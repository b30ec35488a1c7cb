import { BlockList, isIP } from 'node:net';
import { ScangateError } from '../errors.js';
import { isLoopback } from './origin.js';

export interface ProxyServer {
  /** Without credentials. */
  uri: string;
  /** Value of `Proxy-Authorization`. */
  token?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Lower case first, as other tools have it. Empty counts as not set. */
const variable = (env: Environment, name: string): string | undefined =>
  env[name.toLowerCase()]?.trim() || env[name]?.trim() || undefined;

/** Throws `SCANGATE_HTTP_SETTINGS`. The address is not shown: it may hold a password. */
function parseProxy(address: string, source: string): ProxyServer {
  const text = address.includes('://') ? address : `http://${address}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new ScangateError('SCANGATE_HTTP_SETTINGS', `${source} is not the address of an HTTP proxy`, {
      mend: 'write it as http://host:port or https://host:port',
    });
  }
  const uri = `${url.protocol}//${url.host}`;
  if (url.username === '' && url.password === '') return { uri };
  const pair = `${decode(url.username)}:${decode(url.password)}`;
  return { uri, token: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
}

/** Percent signs that encode nothing stand for themselves. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replace(/%/g, ''), 'hex').toString('utf8'));
}

/**
 * The proxy for an address; undefined for a direct connection. `explicit` wins over the environment, and '' turns
 * proxies off. `NO_PROXY` holds for both. A proxy from the environment is not asked for this machine itself, which it
 * could not reach. Throws `SCANGATE_HTTP_SETTINGS`.
 */
export function proxyFor(url: URL, env: Environment, explicit: string | undefined): ProxyServer | undefined {
  if (explicit === '') return undefined;
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const address = explicit ?? variable(env, name);
  if (address === undefined || isExempt(url, variable(env, 'NO_PROXY') ?? '')) return undefined;
  if (explicit === undefined && isLoopback(url)) return undefined;
  return parseProxy(address, explicit === undefined ? name : 'the proxy setting');
}

/** `NO_PROXY`: hosts, which stand for their subdomains too, `.domain`, `*.domain`, `host:port`, addresses, networks as `10.0.0.0/8`, `*` for all. */
export function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  const network = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry);
  if (network) return isInside(host, network[1] ?? '', Number(network[2]));
  const [, bracketed, named, wantedPort] = /^(?:\[([^\]]+)\]|([^:]+|[^:]*:.*:[^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  const wanted = (bracketed ?? named ?? '').replace(/^\*?\./, '');
  if (wanted === '' || (wantedPort !== undefined && wantedPort !== port)) return false;
  return host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`));
}

function isInside(host: string, network: string, bits: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || bits > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, bits, type);
  return list.check(host, type);
}
