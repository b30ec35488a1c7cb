/** Asking an agent for a scan: the answer says only that the request was taken. */
import { servicePage } from '../envelopes/qps.js';
import type { Answer } from '../http/call.js';
import type { Context, Route } from '../router.js';
import { invalid, readServiceRequest } from '../service-request.js';
import { notFound, pathId, qpsRoute } from './qps-route.js';

const SCHEMA = '1.0/ca/agentasset';

const SCANS: readonly string[] = [
  'Inventory_Scan',
  'Vulnerability_Scan',
  'PolicyCompliance_Scan',
  'UDC_Scan',
  'SCA_Scan',
  'SWCA_Scan',
];

const PICKUP_SECONDS = 60;
const RUN_SECONDS = 300;
const SETTLE_SECONDS = 120;

function paceOf({ world: { faults }, route }: Context) {
  if (faults.strikes('stuck-running', route.name)) return {};
  const late = faults.strikes('processing-late', route.name);
  const settleSeconds = late ? Number(faults.setting('processing-late', 'seconds')) : SETTLE_SECONDS;
  return { pace: { pickupSeconds: PICKUP_SECONDS, runSeconds: RUN_SECONDS, settleSeconds } };
}

function launch(context: Context): Answer {
  const { world, call } = context;
  const assetId = pathId(context);
  readServiceRequest(call);
  const scan = call.query.get('scan') ?? '';
  if (!SCANS.includes(scan)) {
    throw invalid(`Invalid value for 'scan' (${scan}).`, `Values expected: ${SCANS.join(', ')}.`);
  }
  // The documented sample writes the key with a capital once.
  const override = call.query.get('overrideConfigCpu') ?? call.query.get('OverrideConfigCpu') ?? 'false';
  if (override !== 'true' && override !== 'false') {
    throw invalid(`Invalid value for 'overrideConfigCpu' (${override}).`, 'Values expected: true, false.');
  }
  if (world.agents.facts(assetId)?.agent === undefined) throw notFound('agent asset', assetId);
  world.agents.request({ assetId, at: world.clock.now(), scan, ...paceOf(context) });
  return servicePage(context, { schema: SCHEMA });
}

export const agentRoutes: readonly Route[] = [
  qpsRoute(['POST'], '/qps/rest/1.0/ods/ca/agentasset/:id', SCHEMA, launch),
];
