/**
 * What can be made to go wrong, by name.
 *
 * A fault is asked for as `name`, `name=TIMES` or `name=key:value,key:value`. The keys every fault knows are `times`
 * (how often it strikes, or `all`) and `route` (only calls whose route name contains this text).
 */

export interface FaultKind {
  readonly about: string;
  /** How often it strikes unless told otherwise. */
  readonly times: number;
  /** Which routes it strikes unless told otherwise: parts of route names; empty = any. */
  readonly routes: readonly string[];
  /** Keys beside `times` and `route`, with their defaults. */
  readonly settings: Readonly<Record<string, string>>;
}

const ALWAYS = Number.POSITIVE_INFINITY;
const VM_RESULTS = ['fo/scan/ action=fetch', 'host/vm/detection'];
const FINDINGS = ['search/was/finding', 'compliance/posture/info', ...VM_RESULTS];
const RESULTS = [...FINDINGS, 'download/was/wasscan', 'knowledge_base/vuln'];
const LAUNCHES = ['launch/was/wasscan', 'POST /api/:version/fo/scan/compliance/', 'fo/scan/ action=launch'];

function kind(about: string, times: number, more: Partial<FaultKind> = {}): FaultKind {
  return { about, times, routes: [], settings: {}, ...more };
}

export const FAULTS = {
  'rate-limited': kind('too many calls in the window: 409 with code 1965, or 429 on the gateway', 1, {
    settings: { wait: '2' },
  }),
  concurrency: kind('too many calls at once: 409 with code 1960', 1, { settings: { calls: '1' } }),
  'maintenance-503': kind('the platform is under maintenance: 503, with code 1999 where the family has codes', ALWAYS),
  'html-error': kind('a load balancer answers with a web page', ALWAYS, { settings: { status: '502' } }),
  'cut-socket': kind('the connection breaks in the middle of a body', 1, { routes: FINDINGS, settings: { bytes: '' } }),
  'slow-body': kind('a body stops half way for a while', 1, { routes: FINDINGS, settings: { seconds: '20' } }),
  'truncated-page': kind('a body ends early, but the connection ends well', 1, {
    routes: FINDINGS,
    settings: { bytes: '' },
  }),
  'repeated-page': kind('the second and later pages are the first page again', ALWAYS, { routes: FINDINGS }),
  'missing-page': kind('the second page is lost: it answers as if nothing was there', 1, { routes: FINDINGS }),
  'expired-token': kind('a bearer token has expired before its time', 1),
  'wrong-password': kind('every credential is refused', ALWAYS),
  'error-in-200': kind('an error envelope with status 200', ALWAYS, { routes: RESULTS }),
  'launch-lost-answer': kind('a scan is started, but the answer never arrives', 1, { routes: LAUNCHES }),
  'scan-error': kind('the scan ends in an error', ALWAYS, { settings: { word: 'SCAN_INTERNAL_ERROR' } }),
  'no-host-alive': kind('the scan finishes without having reached a host; with hosts:some it misses one', ALWAYS, {
    settings: { hosts: 'all' },
  }),
  'no-web-service': kind('the scan finishes without having found a web service', ALWAYS),
  'time-limit': kind('the scan stops at a time limit with partial results', ALWAYS, {
    settings: { word: 'TIME_LIMIT_REACHED' },
  }),
  cancelled: kind('somebody cancels the scan half way', ALWAYS, { settings: { word: 'CANCELED' } }),
  'auth-failed': kind('the scan cannot log in to the web application', ALWAYS, { settings: { word: 'FAILED' } }),
  'stuck-running': kind('the scan never ends; with word:Paused a scan of hosts is paused', ALWAYS, {
    settings: { word: '' },
  }),
  'processing-late': kind('results take long to be processed after the scan has finished', ALWAYS, {
    settings: { seconds: '3600' },
  }),
  'kb-missing-qid': kind('the KnowledgeBase leaves out one QID that findings name', ALWAYS, { settings: { qid: '' } }),
  'single-object-list': kind('JSON lists of one element are the element itself', ALWAYS),
  'bad-base64': kind('base64 is not padded; with word:junk it is not base64 at all', ALWAYS, {
    settings: { word: 'unpadded' },
  }),
  'counter-mismatch': kind('counters say more than lists hold', ALWAYS, { settings: { extra: '3' } }),
  'unknown-status': kind('the scan ends in a status that no documentation names', ALWAYS, {
    settings: { word: 'HIBERNATED' },
  }),
  'empty-result': kind('a scan of templates finishes with an empty result', ALWAYS),
  'unknown-severity': kind('a finding has a severity that no documentation names', ALWAYS, { settings: { word: '6' } }),
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULTS;

export class UnknownFault extends Error {}

interface Active {
  readonly kind: FaultKind;
  readonly settings: Readonly<Record<string, string>>;
  left: number;
}

export interface Faults {
  /** Whether the fault strikes this call; a strike is used up. */
  strikes(name: FaultName, routeName: string): boolean;
  /** Whether it would strike, without using it up. */
  isActive(name: FaultName, routeName?: string): boolean;
  setting(name: FaultName, key: string): string;
  /** Replaces all faults. */
  replace(requests: readonly string[]): void;
  list(): readonly { readonly name: string; readonly left: number | 'all' }[];
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}

function parseTimes(request: string, value: string): number {
  if (value === 'all') return ALWAYS;
  const times = Number(value);
  if (!Number.isInteger(times) || times < 1) throw new UnknownFault(`${request}: times is a whole number, or all.`);
  return times;
}

/** Reads one request. Throws UnknownFault with the list of what there is. */
export function parseFault(request: string): { readonly name: FaultName; readonly active: Active } {
  const [name = '', ...rest] = request.split('=');
  if (!isFaultName(name)) {
    throw new UnknownFault(`Unknown fault ${name}. Known faults: ${Object.keys(FAULTS).join(', ')}.`);
  }
  const kindOfFault: FaultKind = FAULTS[name];
  const settings: Record<string, string> = { ...kindOfFault.settings };
  let left = kindOfFault.times;
  const tail = rest.join('=');
  for (const pair of tail === '' ? [] : tail.split(',')) {
    const [key = '', ...values] = pair.split(':');
    const value = values.join(':');
    if (values.length === 0) left = parseTimes(request, key);
    else if (key === 'times') left = parseTimes(request, value);
    else if (key === 'route' || Object.hasOwn(settings, key)) settings[key] = value;
    else {
      const known = ['times', 'route', ...Object.keys(kindOfFault.settings)].join(', ');
      throw new UnknownFault(`Fault ${name} has no ${key}. It has: ${known}.`);
    }
  }
  return { name, active: { kind: kindOfFault, settings, left } };
}

export function createFaults(requests: readonly string[]): Faults {
  let active = parseAll(requests);
  const touches = (fault: Active, routeName: string): boolean => {
    const routes = fault.settings.route === undefined ? fault.kind.routes : [fault.settings.route];
    return routes.length === 0 || routes.some((part) => routeName.includes(part));
  };
  const isActive = (name: FaultName, routeName = ''): boolean => {
    const fault = active.get(name);
    return fault !== undefined && fault.left > 0 && (routeName === '' || touches(fault, routeName));
  };
  return {
    isActive,
    strikes: (name, routeName) => {
      const fault = active.get(name);
      if (fault === undefined || !isActive(name, routeName)) return false;
      fault.left -= 1;
      return true;
    },
    setting: (name, key) => active.get(name)?.settings[key] ?? '',
    replace: (next) => {
      active = parseAll(next);
    },
    list: () => [...active].map(([name, { left }]) => ({ name, left: left === ALWAYS ? 'all' : left })),
  };
}

function parseAll(requests: readonly string[]): Map<FaultName, Active> {
  return new Map(requests.map(parseFault).map(({ name, active }) => [name, active]));
}
