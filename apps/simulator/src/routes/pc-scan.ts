/** Compliance scans. Every launch starts another scan: there is nothing idempotent about it. */
import { isoSeconds } from '../clock.js';
import type { ComplianceOutcome, ComplianceScan } from '../compliance.js';
import { foDocument, foError, simpleReturn } from '../envelopes/fo.js';
import { cdata, type Element, el, optional } from '../envelopes/xml.js';
import { checkParameters, dateParameter, switchParameter, withParameters } from '../fo-parameters.js';
import type { Answer } from '../http/call.js';
import type { Context, Route } from '../router.js';
import { groupHosts, listParameter, taggedHosts } from './pc-hosts.js';

const DAY = 86_400_000;
/** What the list shows where no date is given. */
const WINDOW = 30 * DAY;
const SETTLE_SECONDS = 90;

const LAUNCH = [
  'scan_title',
  'option_id',
  'option_title',
  'ip',
  'asset_groups',
  'asset_group_ids',
  'exclude_ip_per_scan',
  'target_from',
  'tag_set_by',
  'tag_set_include',
  'tag_set_exclude',
  'tag_include_selector',
  'iscanner_id',
  'iscanner_name',
  'default_scanner',
  'scanners_in_ag',
  'runtime_http_header',
  'priority',
];
const LIST = [
  'scan_ref',
  'scan_id',
  'state',
  'processed',
  'type',
  'target',
  'user_login',
  'launched_after_datetime',
  'launched_before_datetime',
  'show_ags',
  'show_op',
  'show_status',
  'show_last',
];

function outcomeOf({ world, route }: Context): ComplianceOutcome {
  const { faults } = world;
  if (faults.strikes('stuck-running', route.name)) return { kind: 'stuck' };
  if (faults.strikes('scan-error', route.name)) return { kind: 'error' };
  if (faults.strikes('no-host-alive', route.name)) return { kind: 'no-host' };
  if (faults.strikes('cancelled', route.name)) return { kind: 'cancelled' };
  if (faults.strikes('unknown-status', route.name)) {
    return { kind: 'unknown', word: faults.setting('unknown-status', 'word') };
  }
  return { kind: 'good' };
}

interface Target {
  readonly hostIds: readonly number[];
  readonly groupIds: readonly number[];
  readonly shown: string;
}

/** What is to be scanned; nothing when it is not said, or when no such group or tag is there. */
function targetOf(context: Context): Target | undefined {
  const { form, world } = context;
  const { seed } = world.store;
  if (form.get('target_from') === 'tags') {
    const without = taggedHosts(context, 'tag_set_exclude');
    const hostIds = [...taggedHosts(context, 'tag_set_include')].filter((id) => !without.has(id));
    return hostIds.length === 0 ? undefined : { hostIds, groupIds: [], shown: 'Asset Tags Included' };
  }
  const groupIds = (listParameter(form, 'asset_group_ids') ?? []).map(Number);
  if (groupIds.some((id) => !seed.compliance.groups.some((group) => group.id === id))) return undefined;
  const ips = listParameter(form, 'ip') ?? [];
  const addressed = seed.hosts.filter(({ ip }) => ips.includes(ip)).map(({ id }) => id);
  const hostIds = [...new Set([...addressed, ...groupHosts(context, 'asset_group_ids')])];
  if (ips.length === 0 && groupIds.length === 0) return undefined;
  const own = seed.hosts.filter(({ id }) => hostIds.includes(id)).map(({ ip }) => ip);
  return { hostIds, groupIds, shown: [...new Set([...ips, ...own])].join(', ') };
}

function launch(context: Context): Answer {
  const { form, world, route } = context;
  checkParameters(form, 'launch', LAUNCH);
  const { store, clock, faults } = world;
  const profiles = store.seed.compliance.profiles;
  const profile = profiles.find(({ id, name }) =>
    form.has('option_id') ? String(id) === form.get('option_id') : name === form.get('option_title'),
  );
  if (profile === undefined) return foError(context, 400, 1905, 'parameter option_id has invalid value');
  const target = targetOf(context);
  if (target === undefined) {
    return foError(context, 400, 1922, 'Please specify at least one of: ip, asset_groups, asset_group_ids, tags');
  }
  const id = store.compliance.nextId();
  const late = faults.strikes('processing-late', route.name);
  const outcome = outcomeOf(context);
  const scan: ComplianceScan = {
    id,
    reference: `compliance/${Math.floor(clock.now() / 1000)}.${id}`,
    title: form.get('scan_title') ?? '',
    launched: clock.now(),
    profileId: profile.id,
    target: target.shown,
    groupIds: target.groupIds,
    hostIds: target.hostIds,
    runSeconds: store.seed.compliance.runSeconds,
    settleSeconds: late ? Number(faults.setting('processing-late', 'seconds')) : SETTLE_SECONDS,
    // A scan of addresses that nothing answers on reaches nobody.
    outcome: outcome.kind === 'good' && target.hostIds.length === 0 ? { kind: 'no-host' } : outcome,
    refused: faults.strikes('auth-failed', route.name) ? target.hostIds : [],
  };
  store.compliance.scans.set(scan.reference, scan);
  const items = [
    ['ID', String(id)],
    ['REFERENCE', scan.reference],
  ] as const;
  return simpleReturn(world, { status: 200, text: 'New compliance scan launched', items });
}

function durationOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

function scanElement({ form, world }: Context, scan: ComplianceScan): Element {
  const { compliance, seed } = world.store;
  const { state, subState, processed, ended } = compliance.state(scan);
  const profile = seed.compliance.profiles.find(({ id }) => id === scan.profileId);
  const groups = seed.compliance.groups.filter(({ id }) => scan.groupIds.includes(id));
  const shown = switchParameter(form, 'show_ags') && groups.length > 0;
  return el('SCAN', [
    el('ID', scan.id),
    el('REF', scan.reference),
    el('TYPE', 'API'),
    el('TITLE', cdata(scan.title)),
    el('USER_LOGIN', seed.account.username),
    el('LAUNCH_DATETIME', isoSeconds(scan.launched)),
    el('DURATION', ended === undefined ? 'Pending' : durationOf(ended - scan.launched)),
    el('PROCESSING_PRIORITY', '0 - No Priority'),
    el('PROCESSED', processed ? '1' : '0'),
    el('STATUS', [el('STATE', state), optional('SUB_STATE', subState)]),
    el('TARGET', cdata(scan.target)),
    shown
      ? el(
          'ASSET_GROUP_TITLE_LIST',
          groups.map(({ title }) => el('ASSET_GROUP_TITLE', cdata(title))),
        )
      : undefined,
    switchParameter(form, 'show_op') && profile
      ? el('OPTION_PROFILE', [el('TITLE', cdata(profile.name)), el('DEFAULT_FLAG', '0')])
      : undefined,
  ]);
}

function list(context: Context): Answer {
  const { form, world, path } = context;
  checkParameters(form, 'list', LIST);
  const { compliance } = world.store;
  const after = dateParameter(form, 'launched_after_datetime') ?? world.clock.now() - WINDOW;
  const before = dateParameter(form, 'launched_before_datetime') ?? Number.POSITIVE_INFINITY;
  const references = listParameter(form, 'scan_ref');
  const states = listParameter(form, 'state');
  const found = [...compliance.scans.values()]
    .filter(({ reference, launched }) => references?.includes(reference) ?? (launched > after && launched < before))
    .filter((scan) => states?.includes(compliance.state(scan).state) ?? true)
    .reverse();
  const records = found.map((scan) => scanElement(context, scan));
  return foDocument(context, {
    root: 'SCAN_LIST_OUTPUT',
    dtd: `/api/${path.version}/fo/scan/scan_list_output.dtd`,
    response: records.length > 0 ? [el('SCAN_LIST', records)] : [],
  });
}

const scanOf = ({ form, world }: Context): ComplianceScan | undefined =>
  world.store.compliance.scans.get(form.get('scan_ref') ?? '');

function cancel(context: Context): Answer {
  checkParameters(context.form, 'cancel', ['scan_ref']);
  const { store, clock } = context.world;
  const scan = scanOf(context);
  if (scan === undefined || !store.compliance.state(scan).unfinished) {
    return foError(context, 400, 1905, 'parameter scan_ref has invalid value: no such running scan');
  }
  scan.cancelledAt = clock.now();
  return simpleReturn(context.world, { status: 200, text: 'Canceling scan' });
}

function fetchResults(context: Context): Answer {
  const { form, world, path } = context;
  checkParameters(form, 'fetch', ['scan_ref', 'ips', 'mode', 'output_format']);
  const scan = scanOf(context);
  if (scan === undefined || world.store.compliance.state(scan).unfinished) {
    return foError(context, 400, 1905, 'parameter scan_ref has invalid value: no results of such a scan');
  }
  const { hosts } = world.store.seed;
  const addresses = (ids: readonly number[]): Element[] =>
    hosts.filter(({ id }) => ids.includes(id)).map(({ ip }) => el('IP', ip));
  const isDown = scan.outcome.kind === 'no-host';
  const reached = isDown ? [] : scan.hostIds;
  const accepted = reached.filter((id) => !scan.refused.includes(id));
  const part = (name: string, ids: readonly number[]): Element | undefined =>
    ids.length === 0 ? undefined : el(name, addresses(ids));
  return foDocument(context, {
    root: 'COMPLIANCE_SCAN_RESULT_OUTPUT',
    dtd: `/api/${path.version}/fo/scan/compliance/compliance_scan_result_output.dtd`,
    response: [
      el('COMPLIANCE_SCAN', [
        el('HEADER', [el('NAME', cdata('Compliance Scan Results')), el('KEY', scan.reference)]),
        el('APPENDIX', [
          el('TARGET_HOSTS', [part('HOSTS_SCANNED', reached), isDown ? el('HOSTS_NOT_ALIVE', scan.target) : undefined]),
          el('AUTHENTICATION', [
            el('AUTH', [el('TYPE', 'Unix/Cisco'), part('SUCCESS', accepted), part('FAILED', scan.refused)]),
          ]),
        ]),
      ]),
    ],
  });
}

function answer(context: Context): Answer {
  const action = context.form.get('action');
  if (action === 'fetch') return fetchResults(context);
  if (context.call.method === 'POST' && action === 'launch') return launch(context);
  if (context.call.method === 'POST' && action === 'cancel') return cancel(context);
  return list(context);
}

const PATH = '/api/:version/fo/scan/compliance/';

const scanRoute = (method: string): Route => ({
  name: `${method} ${PATH}`,
  family: 'fo',
  hosts: ['api'],
  methods: [method],
  pattern: PATH,
  versions: ['2.0'],
  answer: (context) => withParameters(context, () => answer(context)),
});

/** Two routes, so that a fault can strike launches and leave lists alone. */
export const complianceScanRoutes: readonly Route[] = [scanRoute('GET'), scanRoute('POST')];
