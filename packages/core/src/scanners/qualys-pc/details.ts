import { asObject, listIn, numberIn, objectIn, requiredTextIn, textsIn, wordsIn } from '../../wire/take.js';
import type { Json, ScanPlan } from '../scanner.js';

export interface Named {
  id: string;
  name: string;
}

/** Which hosts are looked at, in one of these ways. */
export type HostChoice =
  | { kind: 'hosts'; hosts: string[] }
  | { kind: 'groups'; groups: Named[] }
  | { kind: 'tags'; by: 'id' | 'name'; include: string[]; exclude: string[] };

/** What a plan holds beside its names. It goes through a state file, so it is read back and not trusted. */
export interface PcDetails {
  policies: Named[];
  /** Of these, the ids of policies that are not active: the platform does not evaluate them. */
  inactive: string[];
  hosts: HostChoice;
  include: string[];
  exclude: string[];
  /** By the platform's clock. */
  plannedAtMs: number;
  /** Longest age of the last compliance scan of a host. Absent where a scan is started. */
  maxAgeMs?: number | undefined;
  /** Absent where the posture is judged as it is. */
  scan?: ScanRequest | undefined;
}

export interface ScanRequest {
  profile: Named;
  /** `iscanner_name` of the launch, or `default`. */
  appliance?: string | undefined;
  /** What the configuration allows to be changed before the launch. */
  addHosts: boolean;
  assign: Assignment[];
}

/** Asset groups that a policy lacks. */
export interface Assignment {
  policyId: string;
  groupIds: string[];
}

export const detailsJson = (details: PcDetails): Json => JSON.parse(JSON.stringify(details)) as Json;

const AT = 'plan.details';

/** Throws `SCANGATE_REPORT_SHAPE` for a plan that is not ours. */
export function detailsOf(plan: ScanPlan): PcDetails {
  const details = asObject(plan.details, AT);
  const scan = objectIn(details, 'scan', AT);
  return {
    policies: namedIn(details, 'policies'),
    inactive: textsIn(details, 'inactive', AT),
    hosts: hostsOf(asObject(details.hosts, `${AT}.hosts`)),
    include: textsIn(details, 'include', AT),
    exclude: textsIn(details, 'exclude', AT),
    plannedAtMs: numberIn(details, 'plannedAtMs', AT) ?? 0,
    maxAgeMs: numberIn(details, 'maxAgeMs', AT),
    scan: scan && {
      profile: namedOf(scan.profile, `${AT}.scan.profile`),
      appliance: wordsIn(scan, 'appliance', `${AT}.scan`),
      addHosts: scan.addHosts === true,
      assign: listIn(scan, 'assign', `${AT}.scan`).map((value) => {
        const one = asObject(value, `${AT}.scan.assign`);
        return {
          policyId: requiredTextIn(one, 'policyId', `${AT}.scan.assign`),
          groupIds: textsIn(one, 'groupIds', `${AT}.scan.assign`),
        };
      }),
    },
  };
}

function hostsOf(hosts: Record<string, unknown>): HostChoice {
  const at = `${AT}.hosts`;
  if (hosts.kind === 'groups') return { kind: 'groups', groups: namedIn(hosts, 'groups', at) };
  if (hosts.kind !== 'tags') return { kind: 'hosts', hosts: textsIn(hosts, 'hosts', at) };
  const by = hosts.by === 'id' ? 'id' : 'name';
  return { kind: 'tags', by, include: textsIn(hosts, 'include', at), exclude: textsIn(hosts, 'exclude', at) };
}

const namedIn = (members: Record<string, unknown>, key: string, at = AT): Named[] =>
  listIn(members, key, at).map((value) => namedOf(value, `${at}.${key}`));

function namedOf(value: unknown, at: string): Named {
  const named = asObject(value, at);
  return { id: requiredTextIn(named, 'id', at), name: requiredTextIn(named, 'name', at) };
}
