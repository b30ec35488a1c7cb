import { ScangateError } from '../../errors.js';
import { asObject, listIn, numberIn, objectIn, requiredTextIn, textsIn, wordsIn } from '../../wire/take.js';
import type { Json, ScanPlan } from '../scanner.js';

/** A machine that is not named by its address, and by what the results may name it. */
export interface WantedName {
  name: string;
  /** Any of these is the machine; lower case. */
  known: string[];
}

/** What a plan holds beside its names. It goes through a state file, so it is read back and not trusted. */
export interface VmDetails {
  /** Form of the launch. */
  request: Record<string, string>;
  /** By the platform's clock, milliseconds: no scan of this plan was launched earlier. */
  plannedAtMs: number;
  /** Addresses and ranges that have to be scanned, the excluded ones taken out. */
  addresses: string[];
  names: WantedName[];
  /** Addresses and ranges that the configuration leaves out. */
  excluded: string[];
  /** Titles of the asset groups; for telling alike scans. */
  assetGroups: string[];
  /** Title of the option profile. */
  profile: string;
  /** The connector to run before the launch, for instances that the platform does not know. */
  connector?: { id: string; name: string; instances: string[]; account?: string | undefined } | undefined;
  networkId?: string | undefined;
  detections: 'scan' | 'host';
}

export const detailsJson = (details: VmDetails): Json => JSON.parse(JSON.stringify(details)) as Json;

/** Throws `SCANGATE_REPORT_SHAPE` for a plan that is not ours. */
export function detailsOf(plan: ScanPlan): VmDetails {
  const at = 'plan.details';
  const details = asObject(plan.details, at);
  const plannedAtMs = numberIn(details, 'plannedAtMs', at);
  if (plannedAtMs === undefined) throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.plannedAtMs is missing`);
  const request = asObject(details.request, `${at}.request`);
  const connector = objectIn(details, 'connector', at);
  return {
    request: Object.fromEntries(
      Object.keys(request).map((key) => [key, requiredTextIn(request, key, `${at}.request`)]),
    ),
    plannedAtMs,
    addresses: textsIn(details, 'addresses', at),
    names: listIn(details, 'names', at).map((value) => {
      const name = asObject(value, `${at}.names`);
      return { name: requiredTextIn(name, 'name', `${at}.names`), known: textsIn(name, 'known', `${at}.names`) };
    }),
    excluded: textsIn(details, 'excluded', at),
    assetGroups: textsIn(details, 'assetGroups', at),
    profile: requiredTextIn(details, 'profile', at),
    connector: connector && {
      id: requiredTextIn(connector, 'id', `${at}.connector`),
      name: requiredTextIn(connector, 'name', `${at}.connector`),
      instances: textsIn(connector, 'instances', `${at}.connector`),
      account: wordsIn(connector, 'account', `${at}.connector`),
    },
    networkId: wordsIn(details, 'networkId', at),
    detections: details.detections === 'host' ? 'host' : 'scan',
  };
}
