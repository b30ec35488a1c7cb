/** AWS connectors: what brings instances into the subscription. */
import { serviceRecords } from '../envelopes/qps.js';
import { group, number, text, type Value } from '../envelopes/record.js';
import type { Connector } from '../model.js';
import { answerSearch, type Searched } from '../paging.js';
import type { Context, Route } from '../router.js';
import { connectorState } from '../vm-hosts.js';
import type { World } from '../world.js';
import { notFound, pathId, qpsRoute } from './qps-route.js';

const AWS_SCHEMA = '2.0/am/awsassetdataconnector';
const SCHEMA = '2.0/am/assetdataconnector';

const record = ({ store, clock }: World, { id, name, accountId }: Connector): Value =>
  group([
    ['id', number(id)],
    ['name', text(name)],
    ['awsAccountId', text(accountId)],
    ['connectorState', text(connectorState(store.connectorRuns.get(id), clock.now()))],
    ['type', text('AWS')],
  ]);

function searched({ world }: Context): Searched<Connector> {
  const { connectors } = world.store.seed;
  return {
    schema: AWS_SCHEMA,
    name: 'AwsAssetDataConnector',
    rules: {
      id: { kind: 'integer', read: ({ id }) => id, exists: (id) => connectors.some((one) => one.id === id) },
      name: { kind: 'text', read: ({ name }) => name },
    },
    id: ({ id }) => id,
    all: () => connectors,
    render: (connector) => record(world, connector),
  };
}

function connectorOf(context: Context): Connector {
  const id = pathId(context);
  const found = context.world.store.seed.connectors.find((one) => one.id === id);
  if (found === undefined) throw notFound('connector', id);
  return found;
}

const answerWith = (context: Context, connector: Connector) =>
  serviceRecords(context, SCHEMA, 'AssetDataConnector', [record(context.world, connector)]);

export const connectorRoutes: readonly Route[] = [
  qpsRoute(['POST'], '/qps/rest/2.0/search/am/awsassetdataconnector', AWS_SCHEMA, (context) =>
    answerSearch(context, searched(context)),
  ),
  qpsRoute(['GET'], '/qps/rest/2.0/get/am/assetdataconnector/:id', SCHEMA, (context) =>
    answerWith(context, connectorOf(context)),
  ),
  qpsRoute(['POST'], '/qps/rest/2.0/run/am/assetdataconnector/:id', SCHEMA, (context) => {
    const connector = connectorOf(context);
    const { store, clock } = context.world;
    store.connectorRuns.set(connector.id, clock.now());
    return answerWith(context, connector);
  }),
];
