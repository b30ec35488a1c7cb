import { asObject, flagIn, numberIn, objectIn, requiredTextIn, wordsIn } from '../../wire/take.js';
import type { Json, ScanHandle, ScanPlan } from '../scanner.js';
import type { Sought } from './target.js';

/** What a plan holds beside its names. It goes through a state file, so it is read back and not trusted. */
export interface AgentDetails {
  sought: Sought;
  /** Absent: there was no machine with an agent. Only where an agent is required. */
  asset?: { id: string; name: string } | undefined;
  maxAgeMs: number;
  requireAgent: boolean;
  /** Whether a scan is asked for. */
  onDemand: boolean;
  overrideCpuLimit: boolean;
  /** By the platform's clock. What was scanned after it was scanned for this plan. */
  plannedAtMs: number;
}

export const detailsJson = (details: AgentDetails): Json => JSON.parse(JSON.stringify(details)) as Json;

/** Throws `SCANGATE_REPORT_SHAPE` for a plan that is not ours. */
export function detailsOf({ details: value }: ScanPlan): AgentDetails {
  const at = 'plan.details';
  const details = asObject(value, at);
  const sought = asObject(details.sought, `${at}.sought`);
  const asset = objectIn(details, 'asset', at);
  return {
    sought: { by: keyIn(wordsIn(sought, 'by', at)), value: requiredTextIn(sought, 'value', at) },
    asset: asset && { id: requiredTextIn(asset, 'id', at), name: requiredTextIn(asset, 'name', at) },
    maxAgeMs: numberIn(details, 'maxAgeMs', at) ?? 0,
    requireAgent: flagIn(details, 'requireAgent', at) ?? true,
    onDemand: flagIn(details, 'onDemand', at) ?? false,
    overrideCpuLimit: flagIn(details, 'overrideCpuLimit', at) ?? false,
    plannedAtMs: numberIn(details, 'plannedAtMs', at) ?? Number.POSITIVE_INFINITY,
  };
}

const keyIn = (word: string | undefined): Sought['by'] =>
  word === 'ip' || word === 'instanceId' || word === 'agentId' ? word : 'host';

/**
 * When the scan was asked for, by the platform's clock, cut to its seconds: what was scanned later is its result.
 * Undefined when none was asked for.
 */
export function requestedMsOf({ plan, launchedAtMs }: ScanHandle): number | undefined {
  const { asset, onDemand, plannedAtMs } = detailsOf(plan);
  return onDemand && asset ? Math.floor((launchedAtMs ?? plannedAtMs) / 1_000) * 1_000 : undefined;
}
