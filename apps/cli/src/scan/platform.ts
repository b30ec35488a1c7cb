import { ScangateError } from '@scangate/core';
import type { Config } from '@scangate/core/config';
import { createHttpClient, type HttpClient } from '@scangate/core/http';
import {
  type CallEvent,
  createCallBudget,
  createQualysClient,
  type QualysClient,
  readCredentials,
  resolvePlatform,
  secretsOf,
  type TextCache,
} from '@scangate/core/qualys';
import type { Context } from '../context.js';
import { reasonOf } from '../disk.js';
import type { Secrets } from '../secrets.js';

export interface PlatformParts {
  config: Config;
  http: HttpClient;
  secrets: Secrets;
  cache: TextCache;
  /** A line for people who asked for details. */
  log(line: string): void;
}

/** Certificates and proxy of the run. Throws what is wrong with them before any call. */
export function openNetwork(context: Context, config: Config): HttpClient {
  const { env, sleep } = context;
  return createHttpClient({ now: () => context.now().getTime(), sleep, env, ...networkOf(context, config) });
}

/** Credentials and addresses of the run. Throws what is wrong with them before any call. */
export async function openPlatform(
  context: Context,
  { config, http, secrets, cache, log }: PlatformParts,
): Promise<QualysClient> {
  const { env, disk, sleep, random } = context;
  const settings = config.platform?.qualys;
  const urls = resolvePlatform({ pod: settings?.pod, urls: settings?.urls, env });
  const credentials = await readCredentials({ env, readFile: async (path) => textOf(disk, path) });
  for (const secret of secretsOf(credentials)) secrets.add(secret);
  const now = (): number => context.now().getTime();
  return createQualysClient({
    http,
    urls,
    credentials,
    now,
    sleep,
    random,
    cache,
    budget: createCallBudget({ maxInFlight: settings?.parallelCalls ?? 1 }),
    ...(settings?.versions === undefined ? {} : { versions: definedOf(settings.versions) }),
    onSecret: (secret) => secrets.add(secret),
    log: (event) => log(callLine(event)),
  });
}

/** Environment before file. */
function networkOf({ env, disk }: Context, { network }: Config) {
  const caFiles = env.SCANGATE_CA_FILE ? [env.SCANGATE_CA_FILE] : (network?.caFiles ?? []);
  const proxy = env.SCANGATE_PROXY ?? network?.proxy;
  const certificate = env.SCANGATE_CLIENT_CERTIFICATE_FILE || network?.clientCertificate?.certificateFile;
  const key = env.SCANGATE_CLIENT_KEY_FILE || network?.clientCertificate?.keyFile;
  if ((certificate === undefined) !== (key === undefined)) {
    throw new ScangateError('SCANGATE_HTTP_SETTINGS', 'a client certificate and its key belong together', {
      mend: 'set SCANGATE_CLIENT_CERTIFICATE_FILE and SCANGATE_CLIENT_KEY_FILE, or both in the configuration',
    });
  }
  const passphrase = env.SCANGATE_CLIENT_KEY_PASSPHRASE;
  return {
    caTexts: caFiles.map((path) => settingText(disk, path)),
    ...(proxy === undefined ? {} : { proxy }),
    ...(certificate === undefined || key === undefined
      ? {}
      : {
          clientCertificate: {
            certificate: settingText(disk, certificate),
            key: settingText(disk, key),
            ...(passphrase === undefined ? {} : { passphrase }),
          },
        }),
  };
}

function settingText(disk: Context['disk'], path: string): string {
  try {
    return textOf(disk, path);
  } catch (cause) {
    throw new ScangateError('SCANGATE_HTTP_SETTINGS', `${path} cannot be read: ${reasonOf(cause)}`, { cause });
  }
}

function textOf(disk: Context['disk'], path: string): string {
  const text = disk.readState(path);
  if (text === undefined) throw Object.assign(new Error(`${path} does not exist`), { code: 'ENOENT' });
  return text;
}

const definedOf = <T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };

function callLine({ route, status, attempt, ms, error, message, waitMs, budget }: CallEvent): string {
  const parts = [`${route} ${status ?? 'no answer'} in ${ms} ms`];
  if (attempt > 1) parts.push(`try ${attempt}`);
  if (error !== undefined) parts.push(`${error}: ${message ?? ''}`);
  if (waitMs !== undefined) parts.push(`told to wait ${Math.ceil(waitMs / 1000)} s`);
  if (budget.remaining !== undefined) parts.push(`${budget.remaining} calls left`);
  return parts.join(', ');
}
