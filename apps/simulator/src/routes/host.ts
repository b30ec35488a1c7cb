/** Host list and host detections, at the fidelity of the recordings, with the family's paging. */

import { addressTest } from '../addresses.js';
import { foDocument } from '../envelopes/fo.js';
import { type DetectionView, hostDetections, hostElement } from '../envelopes/host.js';
import { cdata, type Element, el } from '../envelopes/xml.js';
import {
  checkParameters,
  dateParameter,
  idRanges,
  inRanges,
  integerParameter,
  keywordParameter,
  switchParameter,
  withParameters,
} from '../fo-parameters.js';
import type { Answer } from '../http/call.js';
import type { Detection, Host } from '../model.js';
import { type Context, placeOf, type Route } from '../router.js';
import { COMPLIANCE_FILTERS, complianceFilter } from './pc-hosts.js';

const DEFAULT_PAGE = 1000;
const HOST_PARAMETERS = [
  'details',
  'truncation_limit',
  'ids',
  'id_min',
  'id_max',
  'ips',
  'network_ids',
  'vm_processed_after',
  'vm_processed_before',
  'vm_scan_since',
  'no_vm_scan_since',
  'show_trurisk',
  'show_ars',
  ...COMPLIANCE_FILTERS,
];
const DETECTION_PARAMETERS = [
  ...HOST_PARAMETERS.filter((name) => name !== 'details'),
  'output_format',
  'show_tags',
  'show_igs',
  'show_results',
  'show_asset_id',
  'show_qds',
  'show_qds_factors',
  'show_reopened_info',
  'status',
  'qids',
  'severities',
  'include_vuln_type',
  'include_ignored',
  'include_disabled',
  'filter_superseded_qids',
  'arf_kernel_filter',
  'active_kernels_only',
  'detection_updated_since',
  'detection_updated_before',
  'vm_scan_date_after',
  'vm_scan_date_before',
];

function selected(context: Context): readonly Host[] {
  const { form, world } = context;
  const isChosen = complianceFilter(context);
  const ranges = idRanges(form, 'ids');
  const [least, most] = [integerParameter(form, 'id_min') ?? 0, integerParameter(form, 'id_max') ?? Infinity];
  const ips = addressTest(form.get('ips'));
  const after = [dateParameter(form, 'vm_processed_after'), dateParameter(form, 'vm_scan_since')];
  const before = [dateParameter(form, 'vm_processed_before'), dateParameter(form, 'no_vm_scan_since')];
  return [...world.store.hosts(), ...world.agents.hosts()]
    .sort((left, right) => left.id - right.id)
    .filter(({ id, ip }) => inRanges(ranges, id) && id >= least && id <= most && ips(ip))
    .filter(isChosen)
    .filter(({ scanned }) => after.every((time) => time === undefined || scanned > time))
    .filter(({ scanned }) => before.every((time) => time === undefined || scanned < time));
}

interface HostPage {
  readonly hosts: readonly Host[];
  readonly warning?: Element;
}

/** Pages of one host make several pages of a handful of hosts for the page faults. */
const FAULT_PAGE = 1;

/** A page, and the address of the next one: the same query with another `id_min`. */
function paged(context: Context, hosts: readonly Host[]): HostPage {
  const { form, call, world, route } = context;
  const { faults } = world;
  const asked = integerParameter(form, 'truncation_limit') ?? DEFAULT_PAGE;
  const place = placeOf(call, route);
  const isDamaged = faults.isActive('repeated-page', place) || faults.isActive('missing-page', place);
  const limit = isDamaged ? FAULT_PAGE : asked;
  const isLater = form.has('id_min');
  if (isLater && faults.strikes('missing-page', place)) return { hosts: [] };
  const next = limit === 0 ? undefined : hosts[limit];
  if (next === undefined) return { hosts };
  const query = new URLSearchParams(form);
  query.set('id_min', String(next.id));
  const warning = el('WARNING', [
    el('CODE', 1980),
    el('TEXT', `${limit} record limit exceeded. Use URL to get next batch of results.`),
    el('URL', cdata(`${world.urls.api}${call.path}?${query.toString()}`)),
  ]);
  return { hosts: hosts.slice(0, limit), warning };
}

/** The call as it is answered: a repeated page is the answer to the first call. */
function answered(context: Context): Context {
  const { form, call, world, route } = context;
  if (!form.has('id_min') || !world.faults.strikes('repeated-page', placeOf(call, route))) return context;
  const first = new URLSearchParams(form);
  first.delete('id_min');
  return { ...context, form: first };
}

function hostList(context: Context): Answer {
  checkParameters(context.form, 'list', HOST_PARAMETERS);
  const details = keywordParameter(context.form, 'details', ['Basic', 'Basic/AGs', 'All', 'All/AGs', 'None']);
  const { hosts, warning } = paged(context, selected(context));
  const ids = el(
    'ID_SET',
    hosts.map(({ id }) => el('ID', id)),
  );
  const { compliance } = context.world.store;
  const records = el(
    'HOST_LIST',
    hosts.map((host) => hostElement(host, compliance.hostScanned(host.id))),
  );
  const list = details === 'None' ? ids : records;
  return foDocument(context, {
    root: 'HOST_LIST_OUTPUT',
    dtd: `/api/${context.path.version}/fo/asset/host/dtd/list/output.dtd`,
    response: [...(hosts.length > 0 ? [list] : []), ...(warning ? [warning] : [])],
  });
}

function detectionFilter(form: URLSearchParams): (detection: Detection) => boolean {
  const informs = switchParameter(form, 'show_igs');
  const qids = idRanges(form, 'qids');
  const severities = idRanges(form, 'severities');
  const kind = keywordParameter(form, 'include_vuln_type', ['confirmed', 'potential']);
  const statuses = form.get('status')?.split(',') ?? ['New', 'Active', 'Re-Opened'];
  return (detection) => {
    if (!inRanges(qids, detection.qid) || !inRanges(severities, detection.severity)) return false;
    if (detection.type === 'Info') return informs && kind === undefined;
    if (kind !== undefined && detection.type.toLowerCase() !== kind) return false;
    return detection.status === undefined || statuses.includes(detection.status);
  };
}

/** Gives the first vulnerability of an answer a severity that nobody knows, where that fault is on. */
function oddSeverity({ world, call, route }: Context): (kept: readonly Detection[]) => readonly Detection[] {
  let isDue = world.faults.isActive('unknown-severity', placeOf(call, route));
  return (kept) =>
    kept.map((detection) => {
      if (!isDue || detection.type !== 'Confirmed' || detection.status === 'Fixed') return detection;
      isDue = false;
      return { ...detection, severity: Number(world.faults.setting('unknown-severity', 'word')) };
    });
}

function detections(context: Context): Answer {
  const { form, path } = context;
  checkParameters(form, 'list', DETECTION_PARAMETERS);
  keywordParameter(form, 'output_format', ['XML']);
  const keep = detectionFilter(form);
  const shown: DetectionView = {
    results: form.has('show_results') ? switchParameter(form, 'show_results') : true,
    tags: switchParameter(form, 'show_tags'),
    assetId: switchParameter(form, 'show_asset_id'),
    qds: switchParameter(form, 'show_qds') || path.version === '5.0',
    factors: switchParameter(form, 'show_qds_factors'),
  };
  const odd = oddSeverity(context);
  // Hosts without a matching detection are left out, not listed empty.
  const found = selected(context).flatMap((host) => {
    const kept = host.detections.filter(keep);
    return kept.length > 0 ? [{ host, kept }] : [];
  });
  const page = paged(
    context,
    found.map(({ host }) => host),
  );
  const elements = found.filter(({ host }) => page.hosts.some(({ id }) => id === host.id));
  const list = elements.map(({ host, kept }) => hostDetections(host, odd(kept), shown));
  return foDocument(context, {
    root: 'HOST_LIST_VM_DETECTION_OUTPUT',
    dtd: `/api/${path.version}/fo/asset/host/vm/detection/dtd/output.dtd`,
    response: [...(list.length > 0 ? [el('HOST_LIST', list)] : []), ...(page.warning ? [page.warning] : [])],
  });
}

export const hostRoutes: readonly Route[] = [
  {
    name: 'GET|POST /api/:version/fo/asset/host/',
    family: 'fo',
    hosts: ['api'],
    methods: ['GET', 'POST'],
    pattern: '/api/:version/fo/asset/host/',
    versions: ['2.0', '3.0', '5.0'],
    answer: (context) => withParameters(context, () => hostList(answered(context))),
  },
  {
    name: 'GET|POST /api/:version/fo/asset/host/vm/detection/',
    family: 'fo',
    hosts: ['api'],
    methods: ['GET', 'POST'],
    pattern: '/api/:version/fo/asset/host/vm/detection/',
    versions: ['2.0', '3.0', '4.0', '5.0'],
    answer: (context) => withParameters(context, () => detections(answered(context))),
  },
];
