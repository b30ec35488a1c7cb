import { excerpt, ScangateError } from '../errors.js';
import { isLoopback } from '../http/index.js';
import type { PlatformUrls } from './types.js';

const platform = (api: string, gateway: string, portal: string): PlatformUrls => ({
  api: `https://${api}`,
  gateway: `https://${gateway}`,
  portal: `https://${portal}`,
});

/** Every platform but US1 and EU1 names its servers by one pattern. */
const regular = (domain: string): PlatformUrls =>
  platform(`qualysapi.${domain}`, `gateway.${domain}`, `qualysguard.${domain}`);

/** Source: qualys.com/platform-identification and the vendor's own clients, read 2026-11-23. */
const PLATFORMS: Readonly<Record<string, PlatformUrls>> = {
  US1: platform('qualysapi.qualys.com', 'gateway.qg1.apps.qualys.com', 'qualysguard.qualys.com'),
  US2: regular('qg2.apps.qualys.com'),
  US3: regular('qg3.apps.qualys.com'),
  US4: regular('qg4.apps.qualys.com'),
  EU1: platform('qualysapi.qualys.eu', 'gateway.qg1.apps.qualys.eu', 'qualysguard.qualys.eu'),
  EU2: regular('qg2.apps.qualys.eu'),
  EU3: regular('qg3.apps.qualys.it'),
  IN1: regular('qg1.apps.qualys.in'),
  CA1: regular('qg1.apps.qualys.ca'),
  AE1: regular('qg1.apps.qualys.ae'),
  UK1: regular('qg1.apps.qualys.co.uk'),
  AU1: regular('qg1.apps.qualys.com.au'),
  KSA1: regular('qg1.apps.qualysksa.com'),
};

export const POD_NAMES: readonly string[] = Object.keys(PLATFORMS);

export interface PlatformChoice {
  /** Platform code; case does not matter. */
  pod?: string | undefined;
  /** Addresses of a private platform. */
  urls?: PlatformUrls | undefined;
  env: Readonly<Record<string, string | undefined>>;
}

const OVERRIDES = {
  api: 'SCANGATE_QUALYS_API_URL',
  gateway: 'SCANGATE_QUALYS_GATEWAY_URL',
  portal: 'SCANGATE_QUALYS_PORTAL_URL',
} as const satisfies Record<keyof PlatformUrls, string>;

/**
 * The addresses of the platform. The environment wins over `urls`, and these over the table.
 *
 * Throws `SCANGATE_QUALYS_PLATFORM` for a code that is not known, and never takes another platform instead: a typing
 * mistake would send the credentials to it.
 */
export function resolvePlatform({ pod, urls, env }: PlatformChoice): PlatformUrls {
  const configured = urls ?? (pod === undefined ? undefined : platformOfPod(pod));
  const address = (server: keyof PlatformUrls): string => {
    const name = OVERRIDES[server];
    const override = env[name]?.trim() || undefined;
    const text = override ?? configured?.[server];
    if (text !== undefined) return originOf(text, override === undefined ? `platform.qualys.urls.${server}` : name);
    throw new ScangateError('SCANGATE_QUALYS_PLATFORM', `the address of the ${server} server is not known`, {
      mend: `set platform.qualys.pod to one of ${POD_NAMES.join(', ')}, or platform.qualys.urls, or ${name}`,
    });
  };
  return { api: address('api'), gateway: address('gateway'), portal: address('portal') };
}

function platformOfPod(pod: string): PlatformUrls {
  const code = pod.trim().toUpperCase();
  const found = Object.hasOwn(PLATFORMS, code) ? PLATFORMS[code] : undefined;
  if (found) return found;
  throw new ScangateError('SCANGATE_QUALYS_PLATFORM', `the platform "${excerpt(pod, 30)}" is not known`, {
    mend: `use one of ${POD_NAMES.join(', ')}, or platform.qualys.urls for a private platform`,
  });
}

/** An address as an origin. Only this machine is spoken to without TLS. */
function originOf(text: string, source: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))) {
    const isBare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username + url.password === '';
    if (isBare) return url.origin;
  }
  throw new ScangateError('SCANGATE_QUALYS_PLATFORM', `${source} is no address of a platform`, {
    mend: 'write it as https://host without path, query or user name; http:// is for this machine only',
  });
}
