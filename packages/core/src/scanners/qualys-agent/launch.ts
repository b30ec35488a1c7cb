import { platformNow } from '../qualys-clock.js';
import type { ScanHandle, ScanPlan, ScanServices } from '../scanner.js';
import { assetsById } from './assets.js';
import { detailsOf } from './details.js';

/** Where no agent could be asked. */
const NOTHING = 'none';

/**
 * Asks the agent for a scan, where the target wants one. The platform keeps no list of these requests and gives them no
 * name, so a request whose answer was lost is found only by its result. To ask twice does no harm: an agent that is
 * about to scan scans once.
 * https://docs.qualys.com/en/ca/api/use_cases/launch_ods_single.htm (read 2026-11-23).
 */
export async function launchScan(plan: ScanPlan, services: ScanServices): Promise<ScanHandle> {
  const { asset, onDemand, overrideCpuLimit } = detailsOf(plan);
  if (!asset) return { plan, scanId: NOTHING };
  if (!onDemand) return { plan, scanId: asset.id };
  const client = services.qualys();
  // Before the call: the longer the answer takes, the more of the scan would lie before it. Our own clock alone could
  // take an earlier scan for this one, so without an answer of the platform yet the time is taken after the call.
  const askedAtMs = client.clockSkewMs() === undefined ? undefined : platformNow(services);
  await client.qps({
    product: 'ca',
    verb: 'ods',
    object: 'agentasset',
    id: asset.id,
    query: { scan: 'Vulnerability_Scan', overrideConfigCpu: String(overrideCpuLimit) },
    request: {},
    signal: services.signal,
  });
  return { plan, scanId: asset.id, launchedAtMs: askedAtMs ?? platformNow(services) };
}

/** The scan of this plan is there once the agent has scanned after the plan was made, whoever asked for it. */
export async function findScan(plan: ScanPlan, services: ScanServices): Promise<ScanHandle | undefined> {
  const { asset, plannedAtMs } = detailsOf(plan);
  if (!asset) return undefined;
  const { scannedMs = 0 } = (await assetsById([asset.id], services)).get(asset.id) ?? {};
  return scannedMs > plannedAtMs ? { plan, scanId: asset.id, launchedAtMs: plannedAtMs } : undefined;
}
