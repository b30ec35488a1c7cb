import { excerpt } from '../../errors.js';
import { listNames } from '../problem.js';
import type { PlanContext, ScanPlan, ScanServices } from '../scanner.js';
import { detailsJson, type HostChoice, type PcDetails, type ScanRequest } from './details.js';
import { durationsOf } from './find.js';
import { assetGroupsOf, chosen, chosenEach, type Policy, policiesOf, profilesOf } from './resolve.js';
import { platformDate, platformNow } from './scan-record.js';
import { durationMs, type PcTarget, uniqueTitle, type Wanted } from './target.js';

/** A posture of a week ago still says something of a host; one of a month does not. */
const DEFAULT_MAX_AGE = '7d';

/** Resolves every name of the target. Reads only. */
export async function planScan(target: PcTarget, context: PlanContext, services: ScanServices): Promise<ScanPlan> {
  const policies = chosenEach(await policiesOf(services), target.policies, 'policy');
  const hosts = await choiceOf(target, services);
  const isScan = target.mode === 'scan';
  const details: PcDetails = {
    policies: policies.map(({ id, name }) => ({ id, name })),
    inactive: policies.filter(({ isActive }) => !isActive).map(({ id }) => id),
    hosts,
    include: (target.controls?.include ?? []).map(String),
    exclude: (target.controls?.exclude ?? []).map(String),
    plannedAtMs: platformNow(services),
    maxAgeMs: isScan ? undefined : durationMs(target.maxAge ?? DEFAULT_MAX_AGE),
    scan: isScan ? await scanOf(target, policies, hosts, services) : undefined,
  };
  const { targetName, runId, branch, build } = context;
  const date = platformDate(services.now()).slice(0, 10);
  return {
    target: targetName,
    scanner: 'qualys-pc',
    subject: subjectOf(details),
    scanName: uniqueTitle(target.name, { target: targetName, runId, branch, build, date }),
    details: detailsJson(details),
    historyMs: await durationsOf(details, services),
  };
}

async function choiceOf(target: PcTarget, services: ScanServices): Promise<HostChoice> {
  const { host, hosts, assetGroups, hostTags } = target;
  if (assetGroups) {
    const groups = chosenEach(await assetGroupsOf(services), assetGroups, 'asset group');
    return { kind: 'groups', groups: groups.map(({ id, name }) => ({ id, name })) };
  }
  if (!hostTags) return { kind: 'hosts', hosts: [...new Set(hosts ?? (host === undefined ? [] : [host]))] };
  const texts = (tags: readonly Wanted[] = []): string[] => tags.map(String);
  const by = texts(hostTags.include).every((tag) => /^\d+$/.test(tag)) ? 'id' : 'name';
  return { kind: 'tags', by, include: texts(hostTags.include), exclude: texts(hostTags.exclude) };
}

async function scanOf(
  { optionProfile, scannerAppliance, changes }: PcTarget,
  policies: readonly Policy[],
  hosts: HostChoice,
  services: ScanServices,
): Promise<ScanRequest> {
  const groups = hosts.kind === 'groups' && changes?.assignAssetGroups === true ? hosts.groups : [];
  const assign = policies.map(({ id, groupIds }) => ({
    policyId: id,
    groupIds: groups.map((group) => group.id).filter((groupId) => !groupIds.includes(groupId)),
  }));
  return {
    profile: chosen(await profilesOf(services), optionProfile ?? '', 'compliance option profile'),
    appliance: scannerAppliance,
    addHosts: changes?.addHosts === true,
    assign: assign.filter(({ groupIds }) => groupIds.length > 0),
  };
}

function subjectOf({ policies, hosts }: PcDetails): string {
  const names = listNames(policies.map(({ name }) => excerpt(name, 100)));
  const word = policies.length === 1 ? 'policy' : 'policies';
  return `${word} ${names} on ${hostsShown(hosts)}`;
}

function hostsShown(hosts: HostChoice): string {
  if (hosts.kind === 'hosts') return listNames(hosts.hosts.map((host) => excerpt(host)));
  if (hosts.kind === 'groups') return `asset groups ${listNames(hosts.groups.map(({ name }) => excerpt(name)))}`;
  return `hosts with the tags ${listNames(hosts.include.map((tag) => excerpt(tag)))}`;
}
