import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from './clock.js';

/** Tokens live four hours; they cannot be renewed, only replaced (A.2 of the API facts). */
const TOKEN_LIFE_SECONDS = 4 * 3600;
const SESSION_LIFE_SECONDS = 4 * 3600;

/** Whether a token speaks for a user (`/auth`, `/auth/oidc`) or for the whole subscription (`/auth/oauth`). */
export type TokenLevel = 'user' | 'subscription';

export type TokenState =
  | { readonly state: 'valid'; readonly level: TokenLevel }
  | { readonly state: 'expired' }
  | { readonly state: 'bad' };

export interface Tokens {
  issue(subject: string, level: TokenLevel): string;
  check(token: string): TokenState;
  openSession(): string;
  closeSession(id: string): boolean;
  hasSession(id: string): boolean;
  issued(): number;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Claims {
  readonly exp: number;
  readonly level: TokenLevel;
}

function readClaims(payload: string): Claims | undefined {
  const value: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  if (typeof value !== 'object' || value === null || !('exp' in value) || !('level' in value)) return undefined;
  if (typeof value.exp !== 'number') return undefined;
  return { exp: value.exp, level: value.level === 'subscription' ? 'subscription' : 'user' };
}

export function createTokens(clock: Clock): Tokens {
  const secret = randomBytes(32);
  const sessions = new Map<string, number>();
  let issued = 0;
  const sign = (text: string): Buffer => createHmac('sha256', secret).update(text).digest();
  const seconds = (): number => Math.floor(clock.now() / 1000);
  return {
    issued: () => issued,
    issue: (subject, level) => {
      issued += 1;
      const now = seconds();
      const claims = {
        sub: subject,
        iss: 'qualys-simulator',
        iat: now,
        exp: now + TOKEN_LIFE_SECONDS,
        jti: `token-${issued}`,
        level,
        modulesAllowed: ['VM', 'PC', 'WAS', 'CS', 'AI', 'TC'],
      };
      const text = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(claims)}`;
      return `${text}.${sign(text).toString('base64url')}`;
    },
    check: (token) => {
      const [head = '', payload = '', signature = '', ...more] = token.split('.');
      const given = Buffer.from(signature, 'base64url');
      const right = sign(`${head}.${payload}`);
      if (more.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return { state: 'bad' };
      const claims = readClaims(payload);
      if (claims === undefined) return { state: 'bad' };
      return claims.exp > seconds() ? { state: 'valid', level: claims.level } : { state: 'expired' };
    },
    openSession: () => {
      const id = randomBytes(16).toString('hex');
      sessions.set(id, seconds() + SESSION_LIFE_SECONDS);
      return id;
    },
    closeSession: (id) => sessions.delete(id),
    hasSession: (id) => (sessions.get(id) ?? 0) > seconds(),
  };
}
