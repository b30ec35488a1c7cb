/** What scans are made of: option profiles, asset groups, and the adding of addresses. */
import { addressRange } from '../addresses.js';
import { foDocument, foError, foHeaders, simpleReturn } from '../envelopes/fo.js';
import { cdata, type Element, el, renderElement } from '../envelopes/xml.js';
import {
  checkParameters,
  idRanges,
  inRanges,
  integerParameter,
  switchParameter,
  withParameters,
} from '../fo-parameters.js';
import type { Answer } from '../http/call.js';
import type { VmGroup } from '../model.js';
import type { Context, Route } from '../router.js';
import { listParameter } from './pc-hosts.js';

function profiles(context: Context): Answer {
  const { form, world } = context;
  checkParameters(form, 'list', ['ids', 'title']);
  const records = world.store.seed.compliance.profiles.map(({ id, name }, at) =>
    el('OPTION_PROFILE', [
      el('BASIC_INFO', [
        el('ID', id),
        el('GROUP_NAME', cdata(name)),
        el('GROUP_TYPE', 'compliance'),
        el('IS_DEFAULT', at === 0 ? '1' : '0'),
      ]),
    ]),
  );
  const dtd = `${world.urls.api}/api/2.0/fo/subscription/option_profile/option_profile_info.dtd`;
  return {
    status: 200,
    headers: foHeaders(world, true),
    body: `<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE OPTION_PROFILES SYSTEM "${dtd}">\n${renderElement(el('OPTION_PROFILES', records))}`,
  };
}

type GroupView = Pick<VmGroup, 'id' | 'title'> & Partial<VmGroup>;

function groupElement({ id, title, ips, names }: GroupView): Element {
  const isOne = (text: string): boolean => addressRange(text)?.from === addressRange(text)?.to;
  return el('ASSET_GROUP', [
    el('ID', id),
    el('TITLE', cdata(title)),
    ips &&
      el(
        'IP_SET',
        ips.map((text) => el(isOne(text) ? 'IP' : 'IP_RANGE', text)),
      ),
    names &&
      el(
        'DNS_LIST',
        names.map((name) => el('DNS', cdata(name))),
      ),
  ]);
}

function groups(context: Context): Answer {
  const { form, world, path } = context;
  checkParameters(form, 'list', [
    'ids',
    'id_min',
    'id_max',
    'truncation_limit',
    'title',
    'show_attributes',
    'network_ids',
  ]);
  const ids = idRanges(form, 'ids');
  const least = integerParameter(form, 'id_min') ?? 0;
  const title = form.get('title');
  const { compliance, vmGroups } = world.store.seed;
  const all: readonly GroupView[] = [...compliance.groups, ...vmGroups];
  const found = all.filter(
    (group) => inRanges(ids, group.id) && group.id >= least && (title === null || group.title === title),
  );
  const limit = integerParameter(form, 'truncation_limit') ?? 1000;
  const next = limit === 0 ? undefined : found[limit];
  const query = new URLSearchParams(form);
  if (next) query.set('id_min', String(next.id));
  const warning = el('WARNING', [
    el('CODE', 1980),
    el('TEXT', `${limit} record limit exceeded. Use URL to get next batch of results.`),
    el('URL', cdata(`${world.urls.api}${context.call.path}?${query.toString()}`)),
  ]);
  const records = (next ? found.slice(0, limit) : found).map(groupElement);
  return foDocument(context, {
    root: 'ASSET_GROUP_LIST_OUTPUT',
    dtd: `/api/${path.version}/fo/asset/group/asset_group_list_output.dtd`,
    response: [...(records.length > 0 ? [el('ASSET_GROUP_LIST', records)] : []), ...(next ? [warning] : [])],
  });
}

function addAddresses(context: Context): Answer {
  const { form, world } = context;
  checkParameters(form, 'add', ['ips', 'enable_vm', 'enable_pc', 'tracking_method']);
  const ips = listParameter(form, 'ips') ?? [];
  if (ips.length === 0) return foError(context, 400, 1903, 'Missing required parameter(s): ips');
  const { compliance, seed } = world.store;
  if (switchParameter(form, 'enable_pc')) {
    for (const { id } of seed.hosts.filter(({ ip }) => ips.includes(ip))) compliance.enabledHosts.add(id);
  }
  compliance.changes.push(`addresses ${ips.join(',')} added`);
  return simpleReturn(world, { status: 200, text: 'IPs successfully added to Policy Compliance' });
}

function foRoute(methods: readonly string[], pattern: string, answer: (context: Context) => Answer): Route {
  return {
    name: `${methods.join('|')} ${pattern}`,
    family: 'fo',
    hosts: ['api'],
    methods,
    pattern,
    versions: ['2.0'],
    answer: (context) => withParameters(context, () => answer(context)),
  };
}

export const complianceSettingRoutes: readonly Route[] = [
  foRoute(['GET', 'POST'], '/api/:version/fo/subscription/option_profile/pc/', profiles),
  foRoute(['GET', 'POST'], '/api/:version/fo/asset/group/', groups),
  foRoute(['POST'], '/api/:version/fo/asset/ip/', addAddresses),
];
