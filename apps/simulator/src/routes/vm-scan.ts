/** Scans of machines: list, results, and what can be done with them. */
import { addressTest } from '../addresses.js';
import { foDocument, foError, foHeaders, simpleReturn } from '../envelopes/fo.js';
import { vmScanElement } from '../envelopes/vm-scan.js';
import { el } from '../envelopes/xml.js';
import {
  badParameter,
  checkParameters,
  dateParameter,
  keywordParameter,
  switchParameter,
  withParameters,
} from '../fo-parameters.js';
import type { Answer } from '../http/call.js';
import type { VmScan } from '../model.js';
import type { Context, Route } from '../router.js';
import { resultRows } from '../vm-results.js';
import { vmState } from '../vm-state.js';
import { launchVmScan } from './vm-launch.js';

const LIST_PARAMETERS = [
  'scan_ref',
  'scan_id',
  'state',
  'processed',
  'type',
  'target',
  'user_login',
  'launched_after_datetime',
  'launched_before_datetime',
  'scan_type',
  'client_id',
  'client_name',
  'show_ags',
  'show_op',
  'show_status',
  'show_last',
  'ignore_target',
];
const STATES = ['Running', 'Paused', 'Canceled', 'Finished', 'Error', 'Queued', 'Loading'];
/** Without a date or a reference the list goes back so far. */
const WINDOW_MS = 30 * 86_400_000;

type Test = (scan: VmScan) => boolean;

function tests({ form, world }: Context): readonly Test[] {
  const now = world.clock.now();
  const ref = form.get('scan_ref');
  if (ref !== null && !/^scan\/\d+\.\d+$/.test(ref)) {
    throw badParameter(1905, `parameter scan_ref has invalid value: ${ref}`);
  }
  const states = form.get('state')?.split(',');
  const unknown = states?.find((state) => !STATES.includes(state));
  if (unknown !== undefined) throw badParameter(1905, `parameter state has invalid value: ${unknown}`);
  const type = keywordParameter(form, 'type', ['On-Demand', 'Scheduled', 'API']);
  const processed = form.has('processed') ? switchParameter(form, 'processed') : undefined;
  const after = dateParameter(form, 'launched_after_datetime') ?? (ref === null ? now - WINDOW_MS : 0);
  const before = dateParameter(form, 'launched_before_datetime') ?? Number.POSITIVE_INFINITY;
  const aimed = addressTest(form.get('target'));
  const login = form.get('user_login') ?? world.store.seed.account.username;
  return [
    ({ reference }) => ref === null || reference === ref,
    (scan) => states === undefined || states.includes(vmState(scan, now).state),
    (scan) => type === undefined || scan.type === type,
    (scan) => processed === undefined || vmState(scan, now).processed === processed,
    ({ launched }) => launched >= after && launched <= before,
    ({ machines, silent }) => !form.has('target') || [...machines.map(({ ip }) => ip), ...silent].some(aimed),
    () => login === world.store.seed.account.username,
  ];
}

function list(context: Context): Answer {
  const { form, world, path } = context;
  checkParameters(form, 'list', LIST_PARAMETERS);
  const all = tests(context);
  const newestFirst = [...world.store.vmScans.values()].sort((left, right) => right.launched - left.launched);
  const found = newestFirst.filter((scan) => all.every((passes) => passes(scan)));
  const isShown = (name: string): boolean => form.get(name) !== '0';
  const shown = {
    assetGroups: switchParameter(form, 'show_ags'),
    optionProfile: switchParameter(form, 'show_op'),
    status: isShown('show_status'),
    target: form.get('ignore_target') !== '1',
  };
  const { username } = world.store.seed.account;
  const last = switchParameter(form, 'show_last') ? found.slice(0, 1) : found;
  const elements = last.map((scan) => vmScanElement(scan, username, world.clock.now(), shown));
  return foDocument(context, {
    root: 'SCAN_LIST_OUTPUT',
    dtd: `/api/${path.version}/fo/scan/scan_list_output.dtd`,
    response: elements.length > 0 ? [el('SCAN_LIST', elements)] : [],
  });
}

function scanOf({ form, world }: Context): VmScan {
  const ref = form.get('scan_ref');
  if (ref === null) throw badParameter(1903, 'Missing required parameter(s): scan_ref');
  const found = [...world.store.vmScans.values()].find(({ reference }) => reference === ref);
  if (found === undefined) throw badParameter(1905, `parameter scan_ref has invalid value: ${ref} (no such scan)`);
  return found;
}

function* jsonRows(scan: VmScan, context: Context): Iterable<string> {
  let isFirst = true;
  for (const row of resultRows(scan, context.world)) {
    yield `${isFirst ? '[' : ',\n'}${JSON.stringify(row)}`;
    isFirst = false;
  }
  yield ']\n';
}

function fetchResult(context: Context): Answer {
  const { form, world } = context;
  checkParameters(form, 'fetch', ['scan_ref', 'output_format', 'mode', 'ips', 'client_id', 'client_name']);
  const format = keywordParameter(form, 'output_format', ['csv', 'csv_extended', 'json', 'json_extended']);
  if (!format?.startsWith('json'))
    throw badParameter(1907, 'The simulator writes results in json and json_extended only');
  const scan = scanOf(context);
  const { state } = vmState(scan, world.clock.now());
  if (!['Finished', 'Canceled', 'Paused'].includes(state)) {
    return foError(context, 400, 1905, `The results of the scan ${scan.reference} are not available: it is ${state}.`);
  }
  // Clients have seen JSON under this type.
  return {
    status: 200,
    headers: { ...foHeaders(world, true), 'Content-Type': 'text/html' },
    body: jsonRows(scan, context),
  };
}

const ACTIONS = ['cancel', 'pause', 'resume', 'delete'] as const;

function manage(context: Context, action: (typeof ACTIONS)[number]): Answer {
  const { form, world, call } = context;
  checkParameters(form, action, ['scan_ref']);
  if (call.method !== 'POST') throw badParameter(1908, 'Request method (GET) is incompatible with this call');
  const scan = scanOf(context);
  const now = world.clock.now();
  const { unfinished, state } = vmState(scan, now);
  const isAllowed = action === 'delete' ? !unfinished : unfinished && (action !== 'resume' || state === 'Paused');
  if (!isAllowed) return foError(context, 409, 1920, `The scan ${scan.reference} is ${state}: it cannot do ${action}.`);
  if (action === 'cancel') scan.cancelledAt = now;
  if (action === 'pause') scan.pausedAt = now;
  if (action === 'delete') world.store.vmScans.delete(scan.id);
  if (action === 'resume') {
    scan.pausedMs = (scan.pausedMs ?? 0) + now - (scan.pausedAt ?? now);
    delete scan.pausedAt;
  }
  const items = [
    ['ID', String(scan.id)],
    ['REFERENCE', scan.reference],
  ] as const;
  return simpleReturn(world, { status: 200, text: `Scan: ${action} done`, items, declared: true });
}

function answer(context: Context): Answer {
  const asked = context.form.get('action');
  if (asked === 'launch') return launchVmScan(context);
  if (asked === 'fetch') return fetchResult(context);
  const action = ACTIONS.find((known) => known === asked);
  return action ? manage(context, action) : list(context);
}

export const vmScanRoutes: readonly Route[] = [
  {
    name: 'GET|POST /api/:version/fo/scan/',
    family: 'fo',
    hosts: ['api'],
    methods: ['GET', 'POST'],
    pattern: '/api/:version/fo/scan/',
    versions: ['2.0'],
    answer: (context) => withParameters(context, () => answer(context)),
  },
];
