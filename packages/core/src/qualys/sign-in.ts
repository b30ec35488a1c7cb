import type { HttpHeaders } from '../http/index.js';
import type { CallFamily } from './call-budget.js';
import { badAnswer } from './errors.js';
import type { Authorization, Exchange, Received, SignIn, WireCall } from './exchange.js';
import type { Secrets } from './secrets.js';
import type { CallOptions, PlatformUrls, QualysCredentials } from './types.js';

/** Lifetime of a token. Source: docs.qualys.com, OAuth, read 2026-11-23. */
const LIFETIME_MS = 4 * 3_600_000;

/** A token is renewed when less than this part of its life is left: five minutes of four hours. */
const MARGIN = 1 / 48;

/** A token is some hundred characters, and a few thousand for users with many roles. */
const MAX_TOKEN_CHARS = 65_536;

/** QPS takes tokens on the API server when this says that they are of the gateway. */
const TOKEN_HEADERS: HttpHeaders = { 'request-source': 'gateway' };

export interface SignInServices {
  credentials: QualysCredentials;
  urls: PlatformUrls;
  exchange: Exchange;
  secrets: Secrets;
  now: () => number;
}

interface Token {
  text: string;
  /** Instant from which it is renewed. */
  renewMs: number;
}

/** Tokens are kept as long as this object: one for one principal on one platform. */
export class PlatformSignIn implements SignIn {
  private token: Token | undefined;
  private fetching: Promise<Token> | undefined;

  constructor(private readonly services: SignInServices) {
    const { credentials } = services;
    if (credentials.kind === 'token') this.token = { text: credentials.token, renewMs: Number.POSITIVE_INFINITY };
  }

  async authorize({ family, signal, deadlineMs }: { family: CallFamily } & CallOptions): Promise<Authorization> {
    const { credentials } = this.services;
    if (credentials.kind === 'password' && family !== 'gateway') {
      return { headers: { authorization: basic(credentials.username, credentials.password) } };
    }
    const token = await this.current({ signal, deadlineMs });
    const headers = { authorization: `Bearer ${token.text}`, ...(family === 'qps' ? TOKEN_HEADERS : {}) };
    return { headers, token: token.text };
  }

  /** For programs that sign in by themselves. */
  async accessToken(options: CallOptions = {}): Promise<string> {
    return (await this.current(options)).text;
  }

  drop({ token }: Authorization): boolean {
    if (token === undefined || this.services.credentials.kind === 'token') return false;
    // Another call may have fetched a new one already.
    if (this.token?.text === token) this.token = undefined;
    return true;
  }

  private async current(options: CallOptions): Promise<Token> {
    if (this.token && this.services.now() < this.token.renewMs) return this.token;
    this.fetching ??= this.fetch(options).finally(() => {
      this.fetching = undefined;
    });
    this.token = await this.fetching;
    return this.token;
  }

  private async fetch(options: CallOptions): Promise<Token> {
    const { exchange, secrets, now } = this.services;
    const text = await exchange.run({ ...this.request(), ...options }, undefined, tokenIn);
    secrets.add(text);
    return { text, renewMs: now() + lifetimeOf(text) * (1 - MARGIN) };
  }

  private request(): WireCall {
    const { credentials, urls } = this.services;
    const common = { family: 'auth', method: 'POST', safe: true } as const;
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    if (credentials.kind === 'client') {
      const { clientId, clientSecret } = credentials;
      return { ...common, url: new URL('/auth/oidc', urls.gateway), headers: { ...form, clientId, clientSecret } };
    }
    const { username, password } = credentials.kind === 'password' ? credentials : { username: '', password: '' };
    const body = new URLSearchParams({ username, password, token: 'true', permissions: 'true' }).toString();
    return { ...common, url: new URL('/auth', urls.gateway), headers: form, body };
  }
}

/** RFC 7617 with UTF-8. */
const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;

/** The bare token that the gateway answers with. */
async function tokenIn({ body, context }: Received): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > MAX_TOKEN_CHARS) throw badAnswer(context, 'the answer is too long for a token');
  }
  const text = Buffer.concat(chunks).toString('utf8').trim();
  // What came instead is not shown: it may be the token in another form.
  if (!/^[\w-]+(?:\.[\w-]+){2}$/.test(text)) throw badAnswer(context, 'the answer is no token');
  return text;
}

/**
 * How long a token lives by its own claims, from being issued to expiring: the clock of the platform need not be ours.
 * Tokens whose claims cannot be read live as documented.
 */
export function lifetimeOf(token: string): number {
  const { iat, exp } = claimsOf(token);
  const ms = typeof iat === 'number' && typeof exp === 'number' ? (exp - iat) * 1000 : LIFETIME_MS;
  return ms > 0 ? Math.min(ms, LIFETIME_MS) : LIFETIME_MS;
}

function claimsOf(token: string): { iat?: unknown; exp?: unknown } {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? claims : {};
  } catch {
    // A token that is opaque to us is as good as any other.
    return {};
  }
}
