/** Policies: the list, and the adding of asset groups. */
import { isoSeconds } from '../clock.js';
import { foDocument, foError, simpleReturn } from '../envelopes/fo.js';
import { cdata, el } from '../envelopes/xml.js';
import { checkParameters, idRanges, inRanges, keywordParameter, withParameters } from '../fo-parameters.js';
import type { Answer } from '../http/call.js';
import type { CompliancePolicy } from '../model.js';
import type { Context, Route } from '../router.js';
import { listParameter } from './pc-hosts.js';

function policyElement({ world }: Context, policy: CompliancePolicy) {
  const { compliance, seed } = world.store;
  const { username } = seed.account;
  const evaluated = compliance.policyEvaluated(policy);
  const created = [el('DATETIME', isoSeconds(Date.parse('2026-01-05T08:00:00Z'))), el('BY', username)];
  return el('POLICY', [
    el('ID', policy.id),
    el('TITLE', cdata(policy.title)),
    el('CREATED', created),
    el('LAST_MODIFIED', created),
    evaluated === undefined ? undefined : el('LAST_EVALUATED', [el('DATETIME', isoSeconds(evaluated))]),
    el('STATUS', policy.active ? 'active' : 'inactive'),
    el('IS_LOCKED', '0'),
    el('ASSET_GROUP_IDS', (compliance.policyGroups.get(policy.id) ?? []).join(',')),
  ]);
}

function list(context: Context): Answer {
  const { form, world, path } = context;
  checkParameters(form, 'list', ['details', 'ids', 'id_min', 'id_max', 'updated_after_datetime']);
  keywordParameter(form, 'details', ['None', 'Basic', 'All']);
  const ids = idRanges(form, 'ids');
  const found = world.store.seed.compliance.policies.filter(({ id }) => inRanges(ids, id));
  const records = found.map((policy) => policyElement(context, policy));
  return foDocument(context, {
    root: 'POLICY_LIST_OUTPUT',
    dtd: `/api/${path.version}/fo/compliance/policy/policy_list_output.dtd`,
    response: records.length > 0 ? [el('POLICY_LIST', records)] : [],
  });
}

function addGroups(context: Context): Answer {
  const { form, world } = context;
  checkParameters(form, 'add_asset_group_ids', ['id', 'asset_group_ids', 'evaluate_now']);
  const { compliance, seed } = world.store;
  const groups = compliance.policyGroups.get(Number(form.get('id')));
  const added = (listParameter(form, 'asset_group_ids') ?? []).map(Number);
  const unknown = added.find((id) => !seed.compliance.groups.some((group) => group.id === id));
  if (groups === undefined || unknown !== undefined) {
    return foError(context, 400, 1905, `parameter ${groups ? 'asset_group_ids' : 'id'} has invalid value`);
  }
  groups.push(...added.filter((id) => !groups.includes(id)));
  compliance.changes.push(`policy ${form.get('id')}: asset groups ${added.join(',')} added`);
  const items = [['ID', String(form.get('id'))]] as const;
  return simpleReturn(world, { status: 200, text: 'Successfully added asset groups to the policy', items });
}

const PATH = '/api/:version/fo/compliance/policy/';

export const policyRoutes: readonly Route[] = [
  {
    name: `GET|POST ${PATH}`,
    family: 'fo',
    hosts: ['api'],
    methods: ['GET', 'POST'],
    pattern: PATH,
    versions: ['2.0', '5.0'],
    answer: (context) =>
      withParameters(context, () =>
        context.form.get('action') === 'add_asset_group_ids' && context.call.method === 'POST'
          ? addGroups(context)
          : list(context),
      ),
  },
];
