/** Who is calling: nothing is forgiven, and every family refuses in its own words. */
import { genericReturn, simpleReturn } from './envelopes/fo.js';
import { gatewayError } from './envelopes/gateway.js';
import { serviceError } from './envelopes/qps.js';
import { type Answer, type Call, header } from './http/call.js';
import type { Account } from './model.js';
import type { Family } from './router.js';
import type { World } from './world.js';

type Verdict = 'ok' | 'missing' | 'wrong' | 'expired-token' | 'bad-token' | 'expired-account' | 'inactive-account';

export function checkPassword(world: World, username: string, password: string): Verdict {
  const { account } = world.store.seed;
  if (world.faults.strikes('wrong-password', '')) return 'wrong';
  if (username !== account.username || password !== account.password) return 'wrong';
  return accountVerdict(account);
}

function accountVerdict(account: Account): Verdict {
  if (account.state === 'expired') return 'expired-account';
  return account.state === 'inactive' ? 'inactive-account' : 'ok';
}

function checkBasic(world: World, value: string): Verdict {
  // Buffer decodes leniently, so what does not come back as it was sent was not base64.
  const decoded = Buffer.from(value, 'base64');
  if (decoded.toString('base64').replaceAll('=', '') !== value.replaceAll('=', '')) return 'wrong';
  const [username = '', ...password] = decoded.toString('utf8').split(':');
  return checkPassword(world, username, password.join(':'));
}

function checkBearer(world: World, token: string, routeName: string): Verdict {
  const checked = world.tokens.check(token);
  if (checked.state === 'bad') return 'bad-token';
  if (checked.state === 'expired') return 'expired-token';
  if (world.faults.strikes('expired-token', routeName)) return 'expired-token';
  // WAS takes tokens of users only, not those of a whole subscription.
  if (checked.level === 'subscription' && routeName.includes('/was/')) return 'bad-token';
  return accountVerdict(world.store.seed.account);
}

/** The session cookie of the call. */
export function sessionOf(call: Call): string | undefined {
  return /(?:^|;\s*)QualysSession=([0-9a-f]+)/.exec(header(call, 'cookie') ?? '')?.[1];
}

function checkSession(world: World, call: Call): Verdict {
  const session = sessionOf(call);
  if (session === undefined) return 'missing';
  return world.tokens.hasSession(session) ? accountVerdict(world.store.seed.account) : 'wrong';
}

interface Credentials {
  readonly scheme: 'basic' | 'bearer' | 'none';
  readonly value: string;
}

function credentials(call: Call): Credentials {
  const [scheme = '', value = ''] = (header(call, 'authorization') ?? '').trim().split(/\s+/);
  if (scheme.toLowerCase() === 'basic') return { scheme: 'basic', value };
  return scheme.toLowerCase() === 'bearer' ? { scheme: 'bearer', value } : { scheme: 'none', value: '' };
}

function verdictOf(world: World, call: Call, family: Family, routeName: string): Verdict {
  const { scheme, value } = credentials(call);
  if (call.host === 'gateway') return scheme === 'bearer' ? checkBearer(world, value, routeName) : 'missing';
  if (scheme === 'basic') return checkBasic(world, value);
  if (scheme === 'bearer' && family !== 'legacy') {
    // A token on the API host counts only when the call says that it comes through the gateway.
    if (family === 'qps' && header(call, 'request-source') !== 'gateway') return 'missing';
    return checkBearer(world, value, routeName);
  }
  const sessionAllowed = family === 'fo' && call.path.startsWith('/api/2.0/');
  return sessionAllowed ? checkSession(world, call) : 'missing';
}

export function refuseFo(world: World, verdict: Verdict): Answer {
  if (verdict === 'expired-account') {
    // Recorded: status 200, with the error inside.
    return simpleReturn(world, {
      status: 200,
      code: 2001,
      text: 'This account has expired.',
      declared: true,
      signedIn: false,
    });
  }
  if (verdict === 'inactive-account') {
    return simpleReturn(world, { status: 401, code: 2002, text: 'This account is inactive.', signedIn: false });
  }
  return simpleReturn(world, {
    status: 401,
    code: 2000,
    text: 'Bad Login/Password',
    signedIn: false,
    headers: { 'WWW-Authenticate': 'Basic realm="Qualys API"' },
  });
}

function refuseQps(world: World, call: Call): Answer {
  const { headers, status, body } = serviceError(world, call, '2.0/am/hostasset', {
    code: 'INVALID_CREDENTIALS',
    message: 'Authentication failed',
    resolution: 'Verify both, user and password credentials.',
  });
  const { 'X-Powered-By': _, ...anonymous } = headers;
  return { status, body, headers: anonymous };
}

function refuse(world: World, call: Call, family: Family, verdict: Verdict): Answer {
  if (verdict === 'expired-token') return gatewayError(401, 'Unauthorized', 'JWT expired');
  if (verdict === 'bad-token' || call.host === 'gateway' || family === 'gateway') {
    return gatewayError(401, 'Unauthorized', 'Not authenticated');
  }
  if (family === 'qps') return refuseQps(world, call);
  if (family === 'legacy') return genericReturn(world, 401, call.path, 2000, 'Bad Login/Password');
  return refuseFo(world, verdict);
}

/** The refusal of a call, or nothing when it may go on. */
export function refusalOf(world: World, call: Call, family: Family, routeName: string): Answer | undefined {
  if (family === 'sign-in') return undefined;
  if (family === 'fo' && (header(call, 'x-requested-with') ?? '').trim() === '') return missingHeader(world);
  const verdict = verdictOf(world, call, family, routeName);
  return verdict === 'ok' ? undefined : refuse(world, call, family, verdict);
}

export function missingHeader(world: World): Answer {
  const text = 'Missing required header: X-Requested-With';
  return simpleReturn(world, { status: 400, code: 1903, text, signedIn: false });
}
