/** The way of every call: route, sign-in, limits, answer, faults. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { refusalOf } from './auth.js';
import { genericReturn, simpleReturn } from './envelopes/fo.js';
import { gatewayError } from './envelopes/gateway.js';
import { htmlPage } from './envelopes/html.js';
import { serviceError } from './envelopes/qps.js';
import { type Answer, BodyTooLarge, type Call, formParameters, type HostName, readCall } from './http/call.js';
import { type Damage, writeAnswer } from './http/write.js';
import { type Admission, limitHeaders, type Usage } from './limits.js';
import { type Family, familyOf, findRoute, type Match, placeOf, type Route } from './router.js';
import { answerDoor, DOOR } from './routes/door.js';
import { ROUTES } from './routes/index.js';
import type { World } from './world.js';

/** What becomes of a call: an answer, perhaps damaged, or silence. */
type Fate =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly damage: Damage; readonly leave?: () => void }
  | { readonly kind: 'silence' };

const WHOLE: Damage = { kind: 'none' };

const plain = (answer: Answer): Fate => ({ kind: 'answer', answer, damage: WHOLE });

function notFound(world: World, call: Call): Answer {
  if (call.host === 'portal') return htmlPage(404, 'Not Found', 'There is no such page on this server.');
  if (call.host === 'gateway' && !call.path.startsWith('/qps/')) {
    return gatewayError(404, 'Not Found', `No route for ${call.path}`);
  }
  switch (familyOf(call.path)) {
    case 'fo':
      return simpleReturn(world, { status: 404, code: 999, text: `Not found: ${call.path}`, signedIn: false });
    case 'legacy':
      return genericReturn(world, 404, call.path, 999, `Not found: ${call.path}`);
    case 'qps':
      return qpsNotFound(world, call);
    case 'gateway':
    case 'sign-in':
      return htmlPage(404, 'Not Found', 'There is no such page on this server.');
  }
}

/** A wrong version has a word of its own; the rest is simply not there. */
function qpsNotFound(world: World, call: Call): Answer {
  const [, , , version = '', , module = ''] = call.path.split('/');
  const right = module === 'was' ? '3.0' : '2.0';
  const schema = `${right}/${module || 'was'}/error`;
  if (/^\d+\.\d+$/.test(version) && version !== right) {
    const message = `The API version v${version} specified does not support this object.`;
    return serviceError(world, call, schema, { code: 'INVALID_API_VERSION', message }, 404);
  }
  return serviceError(world, call, schema, { code: 'NOT_FOUND', message: `No route for ${call.path}` }, 404);
}

function wrongMethod(world: World, call: Call): Answer {
  const text = `Request method (${call.method}) is incompatible with this call`;
  if (call.path.startsWith('/api/')) return simpleReturn(world, { status: 400, code: 1908, text, signedIn: false });
  if (!call.path.startsWith('/qps/')) return gatewayError(405, 'Method Not Allowed', text);
  return serviceError(world, call, '3.0/was/error', { code: 'OPERATION_NOT_SUPPORTED', message: text }, 405);
}

/** Faults that answer in place of the platform, before it has looked at the call. */
function outage(world: World, call: Call, route: Route): Answer | undefined {
  const { faults } = world;
  if (faults.strikes('html-error', placeOf(call, route))) {
    return htmlPage(Number(faults.setting('html-error', 'status')), 'Bad Gateway', 'The server could not be reached.');
  }
  if (!faults.strikes('maintenance-503', placeOf(call, route))) return undefined;
  const sentence = 'The service is under scheduled maintenance.';
  if (route.family === 'fo') {
    return simpleReturn(world, { status: 503, code: 1999, text: sentence, signedIn: false });
  }
  if (call.host === 'gateway') return gatewayError(503, 'Service Unavailable', sentence);
  return htmlPage(503, 'Service Unavailable', sentence);
}

const COUNTED: ReadonlySet<Family> = new Set(['fo', 'legacy']);

/** The platform counts FO calls, and calls through the gateway; not sign-ins, and not QPS calls on the API host. */
function isCounted(call: Call, route: Route): boolean {
  return COUNTED.has(route.family) || (call.host === 'gateway' && route.family !== 'sign-in');
}

function blockedAnswer(world: World, call: Call, kind: 'rate' | 'concurrency', usage: Usage, calls: number): Answer {
  const headers = limitHeaders(usage);
  if (call.host === 'gateway') return gatewayError(429, 'Too Many Requests', 'The limit of calls was reached', headers);
  const wait = usage.waitSeconds;
  return kind === 'rate'
    ? simpleReturn(world, {
        status: 409,
        code: 1965,
        text: `This call is blocked: too many calls were made. It can be made again in ${wait} seconds.`,
        items: [['SECONDS_TO_WAIT', String(wait)]],
        usage,
      })
    : simpleReturn(world, {
        status: 409,
        code: 1960,
        text: `This call is blocked: it can be made again when ${calls} running calls have finished.`,
        items: [['CALLS_TO_FINISH', String(calls)]],
        usage,
      });
}

/** A limit that a fault pretends. A fault for named routes strikes calls the platform does not count, too. */
function pretendedLimit(world: World, call: Call, route: Route): Answer | undefined {
  const { faults, limits } = world;
  const strikes = (name: 'concurrency' | 'rate-limited'): boolean => {
    const named = faults.setting(name, 'route') !== '';
    return (named || isCounted(call, route)) && faults.strikes(name, placeOf(call, route));
  };
  if (strikes('concurrency')) {
    const calls = Number(faults.setting('concurrency', 'calls'));
    return blockedAnswer(world, call, 'concurrency', limits.blocked(route.name, 0), calls);
  }
  if (!strikes('rate-limited')) return undefined;
  return blockedAnswer(
    world,
    call,
    'rate',
    limits.blocked(route.name, Number(faults.setting('rate-limited', 'wait'))),
    0,
  );
}

function errorInside(world: World, call: Call, route: Route): Answer | undefined {
  if (!world.faults.strikes('error-in-200', placeOf(call, route))) return undefined;
  if (route.family === 'fo') {
    return simpleReturn(world, { status: 200, code: 2001, text: 'This account has expired.', declared: true });
  }
  const message = 'An error occurred during request processing.';
  if (route.family === 'gateway') return { ...gatewayError(500, 'Internal Server Error', message), status: 200 };
  return serviceError(world, call, '3.0/was/error', { code: 'OTHER_ERROR', message });
}

function damageTo(world: World, call: Call, route: Route): Damage {
  const { faults } = world;
  const place = placeOf(call, route);
  const bytes = (name: 'cut-socket' | 'truncated-page'): number | undefined => {
    const value = faults.setting(name, 'bytes');
    return value === '' ? undefined : Number(value);
  };
  if (faults.strikes('cut-socket', place)) return { kind: 'cut', bytes: bytes('cut-socket') };
  if (faults.strikes('truncated-page', place)) return { kind: 'truncate', bytes: bytes('truncated-page') };
  if (!faults.strikes('slow-body', place)) return WHOLE;
  return { kind: 'slow', seconds: Number(faults.setting('slow-body', 'seconds')) };
}

function withUsage(answer: Answer, usage: Usage | undefined): Answer {
  return usage === undefined ? answer : { ...answer, headers: { ...answer.headers, ...limitHeaders(usage) } };
}

function admitted(world: World, call: Call, { route, path }: Match, admission: Admission | undefined): Fate {
  const usage = admission?.usage;
  const inside = errorInside(world, call, route);
  const answer = inside ?? route.answer({ world, call, route, path, form: formParameters(call) });
  const leave = admission?.kind === 'admitted' ? admission.leave : undefined;
  if (world.faults.strikes('launch-lost-answer', placeOf(call, route))) {
    leave?.();
    return { kind: 'silence' };
  }
  return {
    kind: 'answer',
    answer: withUsage(answer, usage),
    damage: damageTo(world, call, route),
    ...(leave ? { leave } : {}),
  };
}

function decide(world: World, call: Call): Fate {
  world.store.settle();
  if (call.path.startsWith(DOOR)) return plain(answerDoor(world, call));
  const found = findRoute(ROUTES, call);
  if (found === undefined) return plain(notFound(world, call));
  if ('wrongMethod' in found) return plain(wrongMethod(world, call));
  const { route } = found;
  world.store.calls.set(route.name, (world.store.calls.get(route.name) ?? 0) + 1);
  const broken = outage(world, call, route) ?? refusalOf(world, call, route.family, placeOf(call, route));
  if (broken) return plain(broken);
  const pretended = pretendedLimit(world, call, route);
  if (pretended) return plain(pretended);
  if (!isCounted(call, route)) return admitted(world, call, found, undefined);
  const admission = world.limits.enter(route.name);
  if (admission.kind !== 'admitted') return plain(blockedAnswer(world, call, admission.kind, admission.usage, 1));
  return admitted(world, call, found, admission);
}

/** Headers of the simulator itself: the mark, and the simulated time. */
function stamp(world: World, response: ServerResponse): void {
  response.setHeader('X-Qualys-Simulator', '1');
  response.setHeader('Date', new Date(world.clock.now()).toUTCString());
}

async function serve(world: World, host: HostName, request: IncomingMessage, response: ServerResponse): Promise<void> {
  stamp(world, response);
  const fate = decide(world, await readCall(host, request));
  if (fate.kind === 'silence') {
    response.destroy();
    return;
  }
  // Registered before writing: a client that goes away must free its place as well.
  if (fate.leave) response.once('close', fate.leave);
  await writeAnswer(request, response, fate.answer, fate.damage);
}

/** The listener of one host. What it cannot answer is a fault of the simulator, and is said as one. */
export function createListener(
  world: World,
  host: HostName,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    serve(world, host, request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      const tooLarge = error instanceof BodyTooLarge;
      response.statusCode = tooLarge ? 413 : 500;
      response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
      response.end(tooLarge ? 'The body is too large.\n' : `simulator defect: ${String(error)}\n`);
    });
  };
}
