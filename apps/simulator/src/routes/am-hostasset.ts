import { hostAsset } from '../envelopes/host.js';
import type { Host } from '../model.js';
import { answerCount, answerSearch, type Searched } from '../paging.js';
import type { Context, Route } from '../router.js';
import { qpsRoute } from './qps-route.js';

const SCHEMA = '2.0/am/hostasset';

function searched({ world }: Context): Searched<Host> {
  const { agents } = world;
  const hosts = [...world.store.assets(), ...agents.inventory()];
  return {
    schema: SCHEMA,
    name: 'HostAsset',
    rules: {
      id: {
        kind: 'integer',
        read: ({ assetId }) => assetId,
        exists: (id) => hosts.some(({ assetId }) => assetId === id),
      },
      qwebHostId: { kind: 'integer', read: ({ id }) => id, exists: (id) => hosts.some((host) => host.id === id) },
      name: { kind: 'text', read: ({ cloud, dns }) => cloud?.instanceId ?? dns },
      os: { kind: 'text', read: ({ os }) => os },
      dnsHostName: { kind: 'text', read: ({ dns }) => dns },
      address: { kind: 'text', read: ({ ip }) => ip },
      netbiosName: { kind: 'text', read: () => undefined },
      instanceId: { kind: 'text', read: ({ cloud }) => cloud?.instanceId },
      agentUuid: { kind: 'text', read: ({ assetId }) => agents.facts(assetId)?.agent?.uuid },
      agentVersion: { kind: 'text', read: ({ assetId }) => agents.facts(assetId)?.agent?.version },
      lastCheckedIn: { kind: 'date', read: ({ assetId }) => agents.facts(assetId)?.agent?.checkedIn },
      accountId: { kind: 'text', read: ({ cloud }) => cloud?.accountId },
      trackingMethod: { kind: 'keyword', read: ({ tracking }) => tracking },
      created: { kind: 'date', read: ({ created }) => created },
      updated: { kind: 'date', read: ({ scanned }) => scanned },
      lastVulnScan: { kind: 'date', read: ({ scanned }) => scanned },
    },
    id: ({ assetId }) => assetId,
    all: () => [...hosts].sort((left, right) => left.assetId - right.assetId),
    render: (host) => hostAsset(host, world.clock.now(), agents.facts(host.assetId)),
  };
}

export const hostAssetRoutes: readonly Route[] = [
  qpsRoute(['GET', 'POST'], '/qps/rest/2.0/count/am/hostasset', SCHEMA, (context) =>
    answerCount(context, searched(context)),
  ),
  qpsRoute(['POST'], '/qps/rest/2.0/search/am/hostasset', SCHEMA, (context) =>
    answerSearch(context, searched(context)),
  ),
];
