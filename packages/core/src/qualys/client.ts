import type { JsonMembers } from '../wire/json.js';
import { createCallBudget } from './budget.js';
import { secretsOf } from './credentials.js';
import { Exchange } from './exchange.js';
import { foCall, foPages, readFo } from './fo.js';
import { gatewayCall, readGateway } from './gateway.js';
import { createKnowledgeBase } from './knowledge-base.js';
import { openAnswer } from './open.js';
import { type QpsPage, qpsCall, readQps, readQpsWord } from './qps.js';
import { searchPages } from './qps-search.js';
import { Secrets } from './secrets.js';
import { PlatformSignIn } from './sign-in.js';
import type { CallOptions, EndpointVersions, FoPages, QpsCall, QualysClient, QualysServices } from './types.js';

/** What was current when this was written; each can be set to another. */
export const DEFAULT_VERSIONS: EndpointVersions = { was: '3.0', am: '2.0', ca: '1.0', knowledgeBase: '3.0' };

/** A client of the platform. Every call goes through one budget, and tokens are kept as long as the client. */
export function createQualysClient(services: QualysServices): QualysClient {
  const { urls, credentials, now } = services;
  const versions = { ...DEFAULT_VERSIONS, ...services.versions };
  const secrets = new Secrets(secretsOf(credentials), services.onSecret);
  const budget = services.budget ?? createCallBudget();
  const exchange = new Exchange({ ...services, budget, secrets });
  const signIn = new PlatformSignIn({ credentials, urls, exchange, secrets, now });
  const sendQps = (call: QpsCall): Promise<QpsPage> =>
    exchange.run(qpsCall(call, urls.api, versions), signIn, call.verb === 'ods' ? readQpsWord : readQps);
  const pagesOf = (call: FoPages) => foPages(call, urls.api, (wire, read) => exchange.run(wire, signIn, read));

  return {
    urls,
    versions,
    budget,
    qps: async (call) => {
      const { count, records } = await sendQps(call);
      return { records, ...(count === undefined ? {} : { count }) };
    },
    qpsSearch: (search) => searchPages(search, sendQps),
    qpsOpen: (call) => exchange.run(qpsCall(call, urls.api, versions, call.accept), signIn, openAnswer),
    portalVersion: (options) => portalVersion(options, urls.api, exchange, signIn),
    fo: (call) => exchange.run(foCall(call, urls.api), signIn, readFo),
    foPages: pagesOf,
    foOpen: (call) => exchange.run(foCall(call, urls.api), signIn, openAnswer),
    gateway: (call) => exchange.run(gatewayCall(call, urls.gateway, false), signIn, readGateway),
    gatewayOpen: (call) => exchange.run(gatewayCall(call, urls.gateway, true), signIn, openAnswer),
    accessToken: (options) => signIn.accessToken(options),
    knowledgeBase: createKnowledgeBase({
      pages: pagesOf,
      version: versions.knowledgeBase,
      now,
      cache: services.cache,
      ttlMs: services.cacheTtlMs,
    }),
    clockSkewMs: () => exchange.skewMs,
    redact: secrets.redact,
  };
}

async function portalVersion(
  options: CallOptions = {},
  api: string,
  exchange: Exchange,
  signIn: PlatformSignIn,
): Promise<JsonMembers> {
  const call = {
    ...options,
    family: 'qps',
    method: 'GET',
    url: new URL('/qps/rest/portal/version', api),
    headers: { accept: 'application/json' },
    safe: true,
  } as const;
  const { records } = await exchange.run(call, signIn, readQps);
  return Object.assign(Object.create(null) as JsonMembers, ...records.map(({ value }) => value)) as JsonMembers;
}
