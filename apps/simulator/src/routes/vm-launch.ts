/** Launching scans of machines. Every POST starts another scan: there is nothing idempotent about it. */
import { addressesIn, addressRange, isInRanges } from '../addresses.js';
import { simpleReturn } from '../envelopes/fo.js';
import {
  badParameter,
  checkParameters,
  idRanges,
  inRanges,
  integerParameter,
  keywordParameter,
} from '../fo-parameters.js';
import type { Answer } from '../http/call.js';
import type { Machine, Outcome, VmGroup, VmProfile, VmScan } from '../model.js';
import { type Context, placeOf } from '../router.js';

const PARAMETERS = [
  'scan_title',
  'priority',
  'runtime_http_header',
  'option_id',
  'option_title',
  'target_from',
  'ip',
  'fqdn',
  'asset_groups',
  'asset_group_ids',
  'exclude_ip_per_scan',
  'tag_set_by',
  'tag_set_include',
  'tag_set_exclude',
  'tag_include_selector',
  'tag_exclude_selector',
  'use_ip_nt_range_tags_include',
  'use_ip_nt_range_tags_exclude',
  'iscanner_id',
  'iscanner_name',
  'default_scanner',
  'scanners_in_ag',
  'scanners_in_tagset',
  'scanners_in_network',
  'connector_name',
  'ec2_endpoint',
  'ec2_instance_ids',
  'ip_network_id',
];
const APPLIANCE_WAYS = [
  'iscanner_id',
  'iscanner_name',
  'default_scanner',
  'scanners_in_ag',
  'scanners_in_tagset',
  'scanners_in_network',
];

const listOf = (value: string | null): readonly string[] =>
  (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function profileOf({ form, world }: Context): VmProfile {
  const id = integerParameter(form, 'option_id');
  const title = form.get('option_title');
  if (id === undefined && title === null) throw badParameter(1922, 'One of option_id, option_title must be specified');
  const found = world.store.seed.vmProfiles.find((one) => (id === undefined ? one.title === title : one.id === id));
  if (found === undefined) throw badParameter(1905, `no option profile ${title ?? id}`);
  return found;
}

function applianceOf({ form, world }: Context): string {
  const given = APPLIANCE_WAYS.filter((name) => form.has(name));
  const [way, another] = given;
  if (another !== undefined) throw badParameter(1904, `Only one of ${given.join(', ')} may be specified`);
  if (way === undefined) return 'External';
  if (way !== 'iscanner_id' && way !== 'iscanner_name') return way;
  const { appliances } = world.store.seed;
  const names = listOf(form.get(way)).map((wanted) => {
    if (way === 'iscanner_name' && wanted === 'External') return wanted;
    const found = appliances.find(({ id, name }) => (way === 'iscanner_id' ? String(id) === wanted : name === wanted));
    if (found === undefined) throw badParameter(1905, `no scanner appliance ${wanted}`);
    return found.name;
  });
  return names.join(', ');
}

interface Aim {
  readonly machines: readonly Machine[];
  readonly silent: readonly string[];
  readonly unresolved: readonly string[];
  readonly groups: readonly VmGroup[];
  readonly target: string;
}

function addressAim(context: Context): Aim {
  const { form, world } = context;
  const { machines, vmGroups } = world.store.seed;
  const ids = idRanges(form, 'asset_group_ids');
  const titles = listOf(form.get('asset_groups'));
  const groups = vmGroups.filter(({ id, title }) => (ids ? inRanges(ids, id) : titles.includes(title)));
  const ips = [...listOf(form.get('ip')), ...groups.flatMap((group) => group.ips)];
  const names = [...listOf(form.get('fqdn')), ...groups.flatMap((group) => group.names ?? [])];
  if (ips.length === 0 && names.length === 0) {
    throw badParameter(1922, 'One of ip, fqdn, asset_groups, asset_group_ids must be specified');
  }
  const ranges = ips.map((text) => {
    const range = addressRange(text);
    if (range === undefined) throw badParameter(1905, `parameter ip has invalid value: ${text}`);
    return range;
  });
  const excluded = listOf(form.get('exclude_ip_per_scan')).flatMap((text) => addressRange(text) ?? []);
  const own = addressRange('192.0.2.1-192.0.2.100');
  const addresses = addressesIn(ranges).filter((ip) => !isInRanges(ip, excluded));
  const foreign = addresses.filter((ip) => own === undefined || !isInRanges(ip, [own]));
  if (foreign.length > 0)
    throw badParameter(1905, `parameter ip has invalid value: ${foreign[0]} (not in the subscription)`);
  const named = names.map((name) => ({ name, machine: machines.find((one) => one.name === name) }));
  const found = machines.filter(({ ip, name }) => addresses.includes(ip) || names.includes(name));
  return {
    machines: found,
    silent: addresses.filter((ip) => !found.some((one) => one.ip === ip)),
    unresolved: named.filter(({ machine }) => machine === undefined).map(({ name }) => name),
    groups,
    target: [...ips, ...names].join(', '),
  };
}

function taggedMachines({ form, world }: Context): readonly Machine[] {
  const { tags, machines } = world.store.seed;
  const byName = keywordParameter(form, 'tag_set_by', ['id', 'name']) === 'name';
  const idsOf = (parameter: string): readonly number[] =>
    listOf(form.get(parameter)).map((wanted) => {
      const tag = tags.find(({ id, name }) => (byName ? name === wanted : String(id) === wanted));
      if (tag === undefined)
        throw badParameter(1905, `parameter ${parameter} has invalid value: ${wanted} (no such tag)`);
      return tag.id;
    });
  const include = idsOf('tag_set_include');
  if (include.length === 0) throw badParameter(1903, 'Missing required parameter(s): tag_set_include');
  const matches = (wanted: readonly number[], selector: string | null, { tagIds }: Machine): boolean =>
    selector === 'all' ? wanted.every((id) => tagIds.includes(id)) : wanted.some((id) => tagIds.includes(id));
  const exclude = idsOf('tag_set_exclude');
  return machines.filter(
    (machine) =>
      matches(include, form.get('tag_include_selector'), machine) &&
      !(exclude.length > 0 && matches(exclude, form.get('tag_exclude_selector'), machine)),
  );
}

const aimAt = (machines: readonly Machine[]): Aim => {
  if (machines.length === 0) throw badParameter(1905, 'the target has no hosts');
  return { machines, silent: [], unresolved: [], groups: [], target: machines.map(({ ip }) => ip).join(', ') };
};

function instanceAim(context: Context): Aim {
  const { form, world } = context;
  const connector = world.store.seed.connectors.find(({ name }) => name === form.get('connector_name'));
  if (connector === undefined) throw badParameter(1905, `no connector ${form.get('connector_name')}`);
  const endpoint = form.get('ec2_endpoint');
  if (endpoint === null) throw badParameter(1903, 'Missing required parameter(s): ec2_endpoint');
  const isOwn = ({ instance }: Machine): boolean =>
    instance?.accountId === connector.accountId && (instance.region === endpoint || endpoint.startsWith('vpc-'));
  if (form.get('target_from') === 'tags') return aimAt(taggedMachines(context).filter(isOwn));
  const machines = listOf(form.get('ec2_instance_ids')).map((wanted) => {
    const found = world.store.seed.machines.find((one) => one.instance?.instanceId === wanted && isOwn(one));
    if (found === undefined || !world.store.isKnown(found)) throw badParameter(1905, `no instance ${wanted}`);
    return found;
  });
  return aimAt(machines);
}

function aimOf(context: Context): Aim {
  const { form } = context;
  const from = keywordParameter(form, 'target_from', ['assets', 'tags']);
  if (form.has('connector_name')) return instanceAim(context);
  return from === 'tags' ? aimAt(taggedMachines(context)) : addressAim(context);
}

/** What is going to happen to the scan, by the faults that are on. */
function fateOf({ world, call, route }: Context, machines: readonly Machine[]) {
  const { faults } = world;
  const place = placeOf(call, route);
  const outcome = (): Outcome => {
    if (faults.strikes('stuck-running', place)) return { kind: 'stuck', word: faults.setting('stuck-running', 'word') };
    if (faults.strikes('scan-error', place)) return { kind: 'error', word: 'Error' };
    if (faults.isActive('no-host-alive', place) && faults.setting('no-host-alive', 'hosts') === 'all') {
      faults.strikes('no-host-alive', place);
      return { kind: 'nothing-tested', word: 'No_Host' };
    }
    if (faults.strikes('cancelled', place)) return { kind: 'cancelled', word: 'Canceled' };
    if (faults.strikes('unknown-status', place)) {
      return { kind: 'unknown', word: faults.setting('unknown-status', 'word') };
    }
    return { kind: 'good' };
  };
  const last = machines.filter(({ alive }) => alive).at(-1);
  const some = faults.isActive('no-host-alive', place) && faults.setting('no-host-alive', 'hosts') === 'some';
  if (some) faults.strikes('no-host-alive', place);
  return {
    outcome: outcome(),
    discontinued: last && faults.strikes('time-limit', place) ? [last.ip] : [],
    loginFails: faults.strikes('auth-failed', place),
    machines: machines.map((one) => (some && one === last ? { ...one, alive: false } : one)),
    settleSeconds: faults.strikes('processing-late', place) ? Number(faults.setting('processing-late', 'seconds')) : 90,
  };
}

export function launchVmScan(context: Context): Answer {
  const { form, world, call } = context;
  checkParameters(form, 'launch', PARAMETERS);
  if (call.method !== 'POST') throw badParameter(1908, 'Request method (GET) is incompatible with this call');
  const profile = profileOf(context);
  const appliance = applianceOf(context);
  const aim = aimOf(context);
  const networkId = integerParameter(form, 'ip_network_id') ?? 0;
  const network = world.store.seed.networks.find(({ id }) => id === networkId);
  if (network === undefined) throw badParameter(1905, `no network ${networkId}`);
  const { settleSeconds, ...fate } = fateOf(context, aim.machines);
  const now = world.clock.now();
  const id = world.store.nextId('vmScan');
  const scan: VmScan = {
    id,
    reference: `scan/${Math.floor(now / 1000)}.${String(id % 100_000).padStart(5, '0')}`,
    title: form.get('scan_title') ?? 'N/A',
    type: 'API',
    priority: integerParameter(form, 'priority') ?? 0,
    launched: now,
    target: aim.target,
    silent: aim.silent,
    unresolved: aim.unresolved,
    excluded: listOf(form.get('exclude_ip_per_scan')),
    assetGroups: aim.groups,
    profile,
    appliance,
    network: network.name,
    pace: { queueSeconds: 30, runSeconds: world.store.seed.vmRunSeconds, settleSeconds },
    ...fate,
  };
  world.store.vmScans.set(id, scan);
  world.store.launches.push({ name: scan.title, scanId: id, at: now });
  const items = [
    ['ID', String(id)],
    ['REFERENCE', scan.reference],
  ] as const;
  return simpleReturn(world, { status: 200, text: 'New vm scan launched', items, declared: true });
}
