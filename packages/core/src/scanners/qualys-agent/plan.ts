import { excerpt, ScangateError } from '../../errors.js';
import { platformNow } from '../qualys-clock.js';
import { nameWords, uniqueName } from '../qualys-scan-name.js';
import type { PlanContext, ScanPlan, ScanServices } from '../scanner.js';
import { lookUp } from './assets.js';
import { type AgentDetails, detailsJson } from './details.js';
import { type AgentTarget, maxAgeOf, soughtBy, soughtWords } from './target.js';

/** Finds the machine. Reads only. Throws `SCANGATE_SCAN_UNKNOWN_TARGET` where no agent is known and none is required. */
export async function planScan(target: AgentTarget, context: PlanContext, services: ScanServices): Promise<ScanPlan> {
  const { requireAgent = false, onDemand = false, overrideCpuLimit = false } = target;
  const sought = soughtBy(target);
  const found = await lookUp(sought, services);
  if (found.kind === 'none' && !requireAgent) {
    throw new ScangateError('SCANGATE_SCAN_UNKNOWN_TARGET', found.why, {
      mend: 'install the agent there, or correct the target; with requireAgent: true this fails the build',
    });
  }
  const asset = found.kind === 'found' ? found.asset : undefined;
  const details: AgentDetails = {
    sought,
    asset: asset && { id: asset.id, name: asset.name },
    maxAgeMs: maxAgeOf(target),
    requireAgent,
    onDemand: onDemand !== false,
    overrideCpuLimit,
    plannedAtMs: platformNow(services),
  };
  return {
    target: context.targetName,
    scanner: 'qualys-agent',
    subject: `Cloud Agent on ${excerpt(asset?.name ?? soughtWords(sought), 100)}`,
    scanName: uniqueName(undefined, nameWords(context, services)),
    details: detailsJson(details),
    historyMs: [],
  };
}
