import { type Answer, type Call, formParameters, type HostName } from './http/call.js';
import type { World } from './world.js';

/** Which rules of sign-in, limits and errors a route follows. */
export type Family = 'fo' | 'legacy' | 'qps' | 'gateway' | 'sign-in';

export interface Context {
  readonly world: World;
  readonly call: Call;
  readonly route: Route;
  /** The `:name` parts of the path. */
  readonly path: Readonly<Record<string, string>>;
  /** Parameters of an FO call. */
  readonly form: URLSearchParams;
}

export interface Route {
  readonly name: string;
  readonly family: Family;
  readonly hosts: readonly HostName[];
  readonly methods: readonly string[];
  readonly pattern: string;
  /** Allowed values of the `:version` part. */
  readonly versions?: readonly string[];
  answer(context: Context): Answer;
}

export interface Match {
  readonly route: Route;
  readonly path: Readonly<Record<string, string>>;
}

export type Found = Match | { readonly wrongMethod: true } | undefined;

const split = (path: string): readonly string[] => path.split('/').filter((part) => part !== '');

function matchPattern(pattern: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== path.length) return undefined;
  const values: Record<string, string> = {};
  for (const [at, part] of pattern.entries()) {
    const value = path[at] ?? '';
    if (part.startsWith(':')) values[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return values;
}

/** The route of a call; a trailing slash makes no difference, as on the platform. */
export function findRoute(routes: readonly Route[], call: Call): Found {
  const path = split(call.path);
  let wrongMethod = false;
  for (const route of routes) {
    if (!route.hosts.includes(call.host)) continue;
    const values = matchPattern(split(route.pattern), path);
    if (values === undefined) continue;
    if (values.version !== undefined && !(route.versions ?? []).includes(values.version)) continue;
    if (route.methods.includes(call.method)) return { route, path: values };
    wrongMethod = true;
  }
  return wrongMethod ? { wrongMethod: true } : undefined;
}

/** What faults know a call by: the name of its route, and for FO the action as well. */
export const placeOf = (call: Call, { family, name }: Pick<Route, 'family' | 'name'>): string =>
  family === 'fo' ? `${name} action=${formParameters(call).get('action') ?? ''}` : name;

/** The family whose envelope an unknown path is answered in. */
export function familyOf(path: string): Family {
  if (path.startsWith('/api/')) return 'fo';
  if (path.startsWith('/msp/')) return 'legacy';
  if (path.startsWith('/qps/')) return 'qps';
  return path.startsWith('/cloudview-api/') ? 'gateway' : 'sign-in';
}
