/** The posture of a policy, with the family's paging by the ids of records. */
import { isoSeconds } from '../clock.js';
import { foDocument, foError } from '../envelopes/fo.js';
import { cdata, type Element, el, optional } from '../envelopes/xml.js';
import {
  checkParameters,
  idRanges,
  inRanges,
  integerParameter,
  keywordParameter,
  switchParameter,
  withParameters,
} from '../fo-parameters.js';
import type { Answer } from '../http/call.js';
import type { Control, PostureRow } from '../model.js';
import type { Context, Route } from '../router.js';
import { groupHosts, listParameter } from './pc-hosts.js';

const DEFAULT_PAGE = 5000;
/** With pages this small a handful of results makes several pages for the page faults. */
const FAULT_PAGE = 5;
const PARAMETERS = [
  'policy_id',
  'output_format',
  'details',
  'asset_group_ids',
  'ips',
  'host_ids',
  'control_ids',
  'status',
  'cause_of_failure',
  'show_remediation_info',
  'hide_evidence',
  'include_dp_name',
  'truncation_limit',
  'id_min',
];

type Details = 'None' | 'Basic' | 'Light' | 'All';

/** Rows of the policy that fit the filters, on hosts that the policy covers. */
function selected(context: Context, policyId: number): readonly PostureRow[] {
  const { form, world } = context;
  const { compliance, seed } = world.store;
  const hostRanges = idRanges(form, 'host_ids');
  const controls = idRanges(form, 'control_ids');
  const ips = listParameter(form, 'ips');
  const groups = form.has('asset_group_ids') ? groupHosts(context, 'asset_group_ids') : undefined;
  const status = keywordParameter(form, 'status', ['Passed', 'Failed', 'Error']);
  const ipOf = new Map(seed.hosts.map(({ id, ip }) => [id, ip]));
  const covered = seed.compliance.groups.filter(({ id }) => compliance.policyGroups.get(policyId)?.includes(id));
  const hostIds = new Set(covered.flatMap((group) => group.hostIds));
  return seed.compliance.posture
    .filter((row) => row.policyId === policyId && hostIds.has(row.hostId))
    .filter(({ hostId, controlId }) => inRanges(hostRanges, hostId) && inRanges(controls, controlId))
    .filter(({ hostId }) => (ips?.includes(ipOf.get(hostId) ?? '') ?? true) && (groups?.has(hostId) ?? true))
    .filter((row) => status === undefined || compliance.statusOf(row) === status);
}

const values = (name: string, texts: readonly string[] | undefined): Element | undefined =>
  texts === undefined
    ? undefined
    : el(
        name,
        texts.map((text) => el('V', cdata(text))),
      );

function infoElement({ form, world }: Context, row: PostureRow, details: Details, evaluated: number): Element {
  const status = world.store.compliance.statusOf(row);
  const { exception } = row;
  const showsEvidence = details === 'Light' || details === 'All';
  const cause = switchParameter(form, 'cause_of_failure') && status === 'Failed';
  return el('INFO', [
    el('ID', row.id),
    el('HOST_ID', row.hostId),
    el('CONTROL_ID', row.controlId),
    el('TECHNOLOGY_ID', row.technologyId),
    optional('INSTANCE', row.instance),
    el('STATUS', status),
    switchParameter(form, 'show_remediation_info') && row.remediation
      ? el('REMEDIATION', cdata(row.remediation))
      : undefined,
    el('POSTURE_MODIFIED_DATE', isoSeconds(evaluated)),
    el('EVALUATION_DATE', isoSeconds(evaluated)),
    exception &&
      el('EXCEPTION', [
        el('ASSIGNEE', cdata(world.store.seed.account.username)),
        el('STATUS', exception.status),
        el('END_DATE', cdata(exception.end)),
        el('COMMENT_LIST', [el('COMMENT', [el('TEXT', cdata(exception.comment))])]),
      ]),
    showsEvidence && row.found
      ? el('EVIDENCE', [
          el('BOOLEAN_EXPR', cdata(`:dp_1 matches $tp_${row.id}`)),
          el('DPV_LIST', [el('DPV', [el('LABEL', ':dp_1'), ...row.found.map((text) => el('V', cdata(text)))])]),
        ])
      : undefined,
    cause ? el('CAUSE_OF_FAILURE', [values('UNEXPECTED', row.unexpected), values('MISSING', row.missing)]) : undefined,
  ]);
}

function controlElement({ world, route }: Context, control: Control, isFirst: boolean): Element {
  const odd = isFirst && world.faults.strikes('unknown-severity', route.name);
  const word = world.faults.setting('unknown-severity', 'word');
  return el('CONTROL', [
    el('ID', control.id),
    el('STATEMENT', cdata(control.statement)),
    el('CRITICALITY', [
      el('LABEL', cdata(odd ? word : control.label)),
      el('VALUE', odd ? word : String(control.value)),
    ]),
  ]);
}

function glossary(context: Context, rows: readonly PostureRow[], details: Details): Element {
  const { compliance, seed } = context.world.store;
  const uses = (key: 'hostId' | 'controlId' | 'technologyId', id: number): boolean =>
    rows.some((row) => row[key] === id);
  const hosts = seed.hosts.filter(({ id }) => uses('hostId', id));
  const controls = seed.compliance.controls.filter(({ id }) => uses('controlId', id));
  const technologies = seed.compliance.technologies.filter(({ id }) => uses('technologyId', id));
  const isFull = details === 'All';
  return el('GLOSSARY', [
    el(
      'HOST_LIST',
      hosts.map(({ id, ip, dns, os, tracking }) => {
        const scanned = compliance.hostScanned(id);
        return el('HOST', [
          el('ID', id),
          el('IP', ip),
          el('TRACKING_METHOD', tracking),
          el('DNS', cdata(dns)),
          isFull ? el('OS', cdata(os)) : undefined,
          optional('LAST_COMPLIANCE_SCAN_DATETIME', scanned && isoSeconds(scanned)),
        ]);
      }),
    ),
    el(
      'CONTROL_LIST',
      controls.map((control, at) => controlElement(context, control, at === 0)),
    ),
    isFull
      ? el(
          'TECHNOLOGY_LIST',
          technologies.map(({ id, name }) => el('TECHNOLOGY', [el('ID', id), el('NAME', cdata(name))])),
        )
      : undefined,
    isFull
      ? el(
          'TP_LIST',
          rows
            .filter(({ expected }) => expected !== undefined)
            .map(({ id, expected = '' }) => el('TP', [el('LABEL', `$tp_${id}`), el('V', cdata(expected))])),
        )
      : undefined,
  ]);
}

function summary({ world, route }: Context, rows: readonly PostureRow[]): Element {
  const { compliance } = world.store;
  const count = (status: string): number => rows.filter((row) => compliance.statusOf(row) === status).length;
  const extra = world.faults.strikes('counter-mismatch', route.name)
    ? Number(world.faults.setting('counter-mismatch', 'extra'))
    : 0;
  return el('SUMMARY', [
    el('TOTAL_ASSETS', new Set(rows.map(({ hostId }) => hostId)).size),
    el('TOTAL_CONTROLS', new Set(rows.map(({ controlId }) => controlId)).size),
    el('CONTROL_INSTANCES', [
      el('TOTAL', rows.length + extra),
      el('TOTAL_PASSED', count('Passed')),
      el('TOTAL_FAILED', count('Failed')),
      el('TOTAL_ERROR', count('Error')),
      el('TOTAL_EXCEPTIONS', rows.filter(({ exception }) => exception?.status === 'Approved').length),
    ]),
  ]);
}

function page(context: Context, rows: readonly PostureRow[]): { rows: readonly PostureRow[]; warning?: Element } {
  const { form, world, call, route } = context;
  const { faults } = world;
  const asked = integerParameter(form, 'id_min') ?? 0;
  const isLater = asked > 0;
  const isBroken = faults.isActive('repeated-page', route.name) || faults.isActive('missing-page', route.name);
  const limit = isBroken ? FAULT_PAGE : (integerParameter(form, 'truncation_limit') ?? DEFAULT_PAGE);
  if (isLater && faults.strikes('missing-page', route.name)) return { rows: [] };
  const from = isLater && faults.strikes('repeated-page', route.name) ? 0 : asked;
  const rest = rows.filter(({ id }) => id >= from);
  const next = limit === 0 ? undefined : rest[limit];
  if (next === undefined) return { rows: rest };
  const query = new URLSearchParams(form);
  query.set('id_min', String(next.id));
  const warning = el('WARNING', [
    el('CODE', 1980),
    el('TEXT', `${limit} record limit exceeded. Use URL to get next batch of results.`),
    el('URL', cdata(`${world.urls.api}${call.path}?${query.toString()}`)),
  ]);
  return { rows: rest.slice(0, limit), warning };
}

function posture(context: Context): Answer {
  const { form, world, path } = context;
  checkParameters(form, 'list', PARAMETERS);
  keywordParameter(form, 'output_format', ['xml']);
  const policyId = integerParameter(form, 'policy_id');
  if (policyId === undefined) return foError(context, 400, 1903, 'Missing required parameter(s): policy_id');
  const policy = world.store.seed.compliance.policies.find(({ id }) => id === policyId);
  if (policy === undefined) return foError(context, 400, 1905, `parameter policy_id has invalid value: ${policyId}`);
  const details = (keywordParameter(form, 'details', ['None', 'Basic', 'Light', 'All']) ?? 'Basic') as Details;
  const evaluated = world.store.compliance.policyEvaluated(policy);
  const all = evaluated === undefined ? [] : selected(context, policyId);
  const { rows, warning } = page(context, all);
  const showsSummary = all.length > 0 && (details === 'Basic' || details === 'All');
  const infos = rows.map((row) => infoElement(context, row, details, evaluated ?? 0));
  return foDocument(context, {
    root: 'POSTURE_INFO_LIST_OUTPUT',
    dtd: `/api/${path.version}/fo/compliance/posture/info/posture_info_list_output.dtd`,
    response: [
      ...(infos.length > 0 ? [el('INFO_LIST', infos)] : []),
      ...(showsSummary ? [summary(context, all)] : []),
      ...(warning ? [warning] : []),
      ...(infos.length > 0 && details !== 'None' ? [glossary(context, rows, details)] : []),
    ],
  });
}

const PATH = '/api/:version/fo/compliance/posture/info/';

export const postureRoutes: readonly Route[] = [
  {
    name: `GET|POST ${PATH}`,
    family: 'fo',
    hosts: ['api'],
    methods: ['GET', 'POST'],
    pattern: PATH,
    versions: ['2.0'],
    answer: (context) => withParameters(context, () => posture(context)),
  },
];
