import type { CsContainer } from '../cs-model.js';
import { stableGuid } from '../hash.js';
import type { Fields } from '../qql.js';
import type { Context, Route } from '../router.js';
import { countsOf, vulnerability } from './cs-images.js';
import { csRoute, json, listed, notKnown, stamp } from './cs-route.js';

const FIELDS: Fields<CsContainer> = {
  sha: ({ sha }) => [sha],
  containerId: ({ sha }) => [sha.slice(0, 12)],
  imageSha: ({ imageSha }) => [imageSha],
  imageId: ({ imageSha }) => [imageSha.slice(0, 12)],
  name: ({ name }) => [name],
  state: ({ state }) => [state],
  updated: ({ updated }) => [updated],
};

function summary({ world }: Context, container: CsContainer): Record<string, unknown> {
  const { faults } = world;
  return {
    imageId: container.imageSha.slice(0, 12),
    imageSha: container.imageSha,
    imageUuid: stableGuid(container.imageSha, 1),
    containerId: container.sha.slice(0, 12),
    sha: container.sha,
    uuid: stableGuid(container.sha, 1),
    name: container.name,
    created: stamp(container.updated - 86_400_000),
    updated: stamp(container.updated),
    state: faults.isActive('unknown-status') ? faults.setting('unknown-status', 'word') : container.state,
    stateChanged: stamp(container.updated),
    lastScanned: stamp(container.updated),
    host: { hostname: container.host, ipAddress: '192.0.2.20', lastUpdated: stamp(container.updated) },
    isDrift: container.drift !== undefined,
    isRoot: true,
    vulnerabilities: countsOf(container.drift ?? []),
  };
}

function driftOf(context: Context, { drift, updated }: CsContainer): object | null {
  if (drift === undefined) return null;
  return {
    category: ['New Software'],
    reason: ['NEW'],
    software: drift.flatMap(({ software }) => software.map(({ name, version }) => ({ name, version }))),
    vulnerability: drift.map((flaw) => vulnerability(context, flaw, updated)),
  };
}

export const csContainerRoutes: readonly Route[] = [
  csRoute('GET', '/containers', (context) =>
    listed(context, context.world.store.cs.seed.containers, FIELDS, (container) => summary(context, container)),
  ),
  csRoute('GET', '/containers/:sha', (context) => {
    const container = context.world.store.cs.seed.containers.find(({ sha }) => sha === context.path.sha);
    if (!container) return notKnown(context, 'container');
    const { drift = [], updated } = container;
    return json({
      ...summary(context, container),
      vulnerabilities: drift.map((flaw) => vulnerability(context, flaw, updated)),
      drift: driftOf(context, container),
    });
  }),
];
