/** Everything that hands out proof of who is calling: gateway tokens and FO sessions. */
import { checkPassword, missingHeader, refuseFo, sessionOf } from '../auth.js';
import { simpleReturn } from '../envelopes/fo.js';
import { authenticationException, bareToken, gatewayError } from '../envelopes/gateway.js';
import { type Answer, formParameters, header, mediaType } from '../http/call.js';
import type { Context, Route } from '../router.js';
import type { TokenLevel } from '../tokens.js';

const FORM = 'application/x-www-form-urlencoded';

function userToken({ world, call }: Context): Answer {
  const form = mediaType(call) === FORM ? new URLSearchParams(call.body) : new URLSearchParams();
  const [username, password] = [form.get('username'), form.get('password')];
  if (username === null || password === null || form.get('token') !== 'true') {
    return gatewayError(400, 'Bad Request', 'username, password and token=true are required as a form.');
  }
  const verdict = checkPassword(world, username, password);
  if (verdict !== 'ok') return authenticationException('FailedLoginException');
  return bareToken(world.tokens.issue(username, 'user'));
}

function clientToken({ world, call }: Context, level: TokenLevel): Answer {
  const { account } = world.store.seed;
  const [id, secret] = [header(call, 'clientId'), header(call, 'clientSecret')];
  const known = id === account.clientId && secret === account.clientSecret;
  if (!known || account.state !== 'active' || world.faults.strikes('wrong-password', '')) {
    return gatewayError(401, 'Unauthorized', 'Invalid client credentials');
  }
  return bareToken(world.tokens.issue(id, level));
}

const SESSION_COOKIE = 'path=/api; secure';

function login({ world }: Context, form: URLSearchParams): Answer {
  const verdict = checkPassword(world, form.get('username') ?? '', form.get('password') ?? '');
  if (verdict !== 'ok') return refuseFo(world, verdict);
  const session = world.tokens.openSession();
  return simpleReturn(world, {
    status: 200,
    text: 'Logged in',
    declared: true,
    headers: { 'Set-Cookie': `QualysSession=${session}; ${SESSION_COOKIE}` },
  });
}

function logout({ world, call }: Context): Answer {
  const id = sessionOf(call);
  if (id === undefined || !world.tokens.closeSession(id)) return refuseFo(world, 'missing');
  return simpleReturn(world, {
    status: 200,
    text: 'Logged out',
    declared: true,
    headers: { 'Set-Cookie': `QualysSession=; expires=Thu, 01 Jan 1970 00:00:00 GMT; ${SESSION_COOKIE}` },
  });
}

/** Sessions answer for themselves: nobody is signed in yet, and logins are exempt from the limits. */
function session(context: Context): Answer {
  const { call, world } = context;
  if ((header(call, 'x-requested-with') ?? '').trim() === '') return missingHeader(world);
  const form = formParameters(call);
  const action = form.get('action');
  if (action === 'login') return login(context, form);
  if (action === 'logout') return logout(context);
  const text =
    action === null ? 'Missing required parameter(s): action' : `parameter action has invalid value: ${action}`;
  return simpleReturn(world, { status: 400, code: action === null ? 1903 : 1905, text, signedIn: false });
}

function gatewayRoute(path: string, answer: (context: Context) => Answer): Route {
  return { name: `POST ${path}`, family: 'sign-in', hosts: ['gateway'], methods: ['POST'], pattern: path, answer };
}

export const signInRoutes: readonly Route[] = [
  gatewayRoute('/auth', userToken),
  gatewayRoute('/auth/oidc', (context) => clientToken(context, 'user')),
  gatewayRoute('/auth/oauth', (context) => clientToken(context, 'subscription')),
  {
    name: 'POST /api/2.0/fo/session/',
    family: 'sign-in',
    hosts: ['api'],
    methods: ['POST'],
    pattern: '/api/2.0/fo/session/',
    answer: session,
  },
];
