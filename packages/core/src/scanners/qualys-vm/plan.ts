import { excerpt, ScangateError } from '../../errors.js';
import { ipVersion } from '../../ip-version.js';
import { listNames } from '../problem.js';
import { platformNow } from '../qualys-clock.js';
import { type Looker, resolveEach, TAG, type Wanted } from '../qualys-resolve.js';
import { nameWords, uniqueName } from '../qualys-scan-name.js';
import type { PlanContext, ScanPlan, ScanServices } from '../scanner.js';
import { type Span, spansOf, textOf, without } from './addresses.js';
import { detailsJson, type VmDetails, type WantedName } from './details.js';
import { planEc2 } from './ec2.js';
import { durationsOf } from './history.js';
import { appliancesOf, assetGroupsOf, networkOf, profileOf } from './named-lists.js';
import { type AssetTags, plainTitle, type VmTarget } from './target.js';

type Form = Record<string, string>;

/** What a part of the target adds to the plan. */
interface Aim {
  form: Form;
  subject: string;
  addresses: string[];
  names: WantedName[];
  assetGroups?: string[] | undefined;
  connector?: VmDetails['connector'];
}

/** Resolves every name of the target. Reads only. */
export async function planScan(target: VmTarget, context: PlanContext, services: ScanServices): Promise<ScanPlan> {
  const profile = await profileOf(target.optionProfile, services);
  const aim = await aimOf(target, services);
  const network = target.network === undefined ? undefined : await networkOf(target.network, services);
  const appliance = await applianceForm(target, services);
  const scanName = plainTitle(uniqueName(target.name, nameWords(context, services)));
  const excluded = target.exclude ?? [];
  const details: VmDetails = {
    request: {
      scan_title: scanName,
      ...(profile.id === undefined ? { option_title: profile.title } : { option_id: profile.id }),
      ...(target.priority === undefined ? {} : { priority: String(target.priority) }),
      ...aim.form,
      ...(excluded.length === 0 ? {} : { exclude_ip_per_scan: addressList(excluded) }),
      ...(network ? { ip_network_id: network.id } : {}),
      ...appliance,
    },
    plannedAtMs: platformNow(services),
    addresses: aim.addresses,
    names: aim.names,
    excluded,
    assetGroups: aim.assetGroups ?? [],
    profile: profile.title,
    connector: aim.connector,
    networkId: network?.id,
    detections: target.detections ?? 'scan',
  };
  return {
    target: context.targetName,
    scanner: 'qualys-vm',
    subject: aim.subject,
    scanName,
    details: detailsJson(details),
    historyMs: await durationsOf(details, services),
  };
}

async function aimOf(target: VmTarget, services: ScanServices): Promise<Aim> {
  if (target.ec2) return ec2Aim(target.ec2, target.assetTags, services);
  if (target.assetTags) return tagAim(target.assetTags, services);
  return assetAim(target, services);
}

const addressList = (texts: readonly string[]): string =>
  [...spansOf(texts).map(textOf), ...texts.filter((text) => ipVersion(text) === 6)].join(',');

async function assetAim(target: VmTarget, services: ScanServices): Promise<Aim> {
  const hosts = target.host === undefined ? (target.hosts ?? []) : [target.host];
  const ips = [...hosts.filter((host) => ipVersion(host) !== 0), ...(target.ranges ?? [])];
  const fqdns = hosts.filter((host) => ipVersion(host) === 0).map((host) => host.toLowerCase().replace(/\.$/, ''));
  const groups = target.assetGroups === undefined ? [] : await assetGroupsOf(target.assetGroups, services);
  const all = [...ips, ...groups.flatMap(({ addresses }) => addresses)];
  const groupHosts = groups.flatMap((group) => group.hosts.map((host) => host.toLowerCase()));
  const left: Span[] = without(spansOf(all), spansOf(target.exclude ?? []));
  const sixes = all.filter((text) => ipVersion(text) === 6 && !target.exclude?.includes(text));
  const names = [...new Set([...fqdns, ...groupHosts, ...sixes])].map((name) => ({ name, known: [name] }));
  if (left.length === 0 && names.length === 0) {
    throw new ScangateError('SCANGATE_QUALYS_NOT_FOUND', 'no address is left to scan after exclude', {
      mend: 'change the target or exclude: nothing would be scanned',
    });
  }
  const ip = addressList(ips);
  return {
    form: {
      ...(ip === '' ? {} : { ip }),
      ...(fqdns.length === 0 ? {} : { fqdn: fqdns.join(',') }),
      ...(groups.length === 0 ? {} : { asset_group_ids: groups.map(({ id }) => id).join(',') }),
    },
    subject: subjectOf([...hosts, ...(target.ranges ?? [])], groups),
    addresses: left.map(textOf),
    names,
    assetGroups: groups.map(({ name }) => name),
  };
}

function subjectOf(hosts: readonly string[], groups: readonly { name: string }[]): string {
  const parts: string[] = [];
  if (hosts.length > 0)
    parts.push(`${hosts.length === 1 ? 'host' : 'hosts'} ${listNames(hosts.map((host) => excerpt(host)))}`);
  if (groups.length > 0) {
    const titles = listNames(groups.map(({ name }) => excerpt(name)));
    parts.push(`${groups.length === 1 ? 'asset group' : 'asset groups'} ${titles}`);
  }
  return parts.join(' and ');
}

async function tagAim(tags: AssetTags, services: ScanServices): Promise<Aim> {
  const looker: Looker = { client: services.qualys(), signal: services.signal };
  const idsOf = async (wanted: readonly Wanted[]) => resolveEach(looker, TAG, wanted);
  const include = await idsOf(tags.include);
  const exclude = await idsOf(tags.exclude ?? []);
  const names = listNames(include.map(({ name }) => excerpt(name)));
  return {
    form: {
      target_from: 'tags',
      tag_set_by: 'id',
      tag_set_include: include.map(({ id }) => id).join(','),
      tag_include_selector: tags.includeMatch ?? 'any',
      ...(exclude.length === 0
        ? {}
        : {
            tag_set_exclude: exclude.map(({ id }) => id).join(','),
            tag_exclude_selector: tags.excludeMatch ?? 'any',
          }),
    },
    subject: `hosts with the ${include.length === 1 ? 'tag' : 'tags'} ${names}`,
    addresses: [],
    names: [],
  };
}

async function ec2Aim(
  ec2: NonNullable<VmTarget['ec2']>,
  tags: AssetTags | undefined,
  services: ScanServices,
): Promise<Aim> {
  const { connector, endpoint, names, unknown } = await planEc2(ec2, services);
  const tagged = tags && (await tagAim(tags, services));
  const instances = ec2.instances ?? [];
  if (endpoint === undefined && unknown.length === 0) {
    throw new ScangateError('SCANGATE_QUALYS_NOT_FOUND', 'the platform does not tell the region of the instances', {
      mend: 'name the region or the VPC in ec2.endpoint',
    });
  }
  return {
    form: {
      connector_name: connector.name,
      ...(endpoint === undefined ? {} : { ec2_endpoint: endpoint }),
      ...(instances.length === 0 ? {} : { ec2_instance_ids: instances.join(',') }),
      ...tagged?.form,
    },
    subject: tagged
      ? `EC2 ${tagged.subject} in ${endpoint}`
      : `EC2 ${instances.length === 1 ? 'instance' : 'instances'} ${listNames(instances)}`,
    addresses: [],
    names,
    ...(unknown.length === 0
      ? {}
      : { connector: { id: connector.id, name: connector.name, instances: unknown, account: ec2.account } }),
  };
}

const isWord = (value: Wanted, word: string): boolean =>
  typeof value === 'string' && value.trim().toLowerCase() === word;

const FORM_OF = {
  assetGroups: 'scanners_in_ag',
  assetTags: 'scanners_in_tagset',
  network: 'scanners_in_network',
} as const;

/** From where the scan looks decides what it can reach, so it is said when nobody chose it. */
async function applianceForm(target: VmTarget, services: ScanServices): Promise<Form> {
  const { scannerAppliance, scannersOf } = target;
  if (scannersOf !== undefined) return { [FORM_OF[scannersOf]]: '1' };
  if (scannerAppliance !== undefined && isWord(scannerAppliance, 'default')) return { default_scanner: '1' };
  const wanted = target.scannerAppliances ?? (scannerAppliance === undefined ? ['External'] : [scannerAppliance]);
  const inside = wanted.filter((one) => !isWord(one, 'external'));
  if (scannerAppliance === undefined && target.scannerAppliances === undefined) {
    services.log("the scan looks from outside, with the platform's External scanners: no scannerAppliance is named");
  }
  if (inside.length === 0) return { iscanner_name: 'External' };
  const appliances = await appliancesOf(inside, services);
  // Ids cannot be mixed with External, and names may hold a comma.
  if (inside.length === wanted.length) return { iscanner_id: appliances.map(({ id }) => id).join(',') };
  return { iscanner_name: ['External', ...appliances.map(({ name }) => name)].join(',') };
}
