/** FO lists beside the hosts: scanner appliances and the activity log. */
import { isoSeconds } from '../clock.js';
import { foDocument, foHeaders } from '../envelopes/fo.js';
import { cdata, el } from '../envelopes/xml.js';
import {
  checkParameters,
  idRanges,
  inRanges,
  integerParameter,
  keywordParameter,
  withParameters,
} from '../fo-parameters.js';
import type { Answer } from '../http/call.js';
import type { Context, Route } from '../router.js';

function appliances(context: Context): Answer {
  const { form, world, path } = context;
  checkParameters(form, 'list', ['output_mode', 'ids', 'type', 'name', 'include_cloud_info', 'network_id']);
  const full = keywordParameter(form, 'output_mode', ['brief', 'full']) === 'full';
  const ranges = idRanges(form, 'ids');
  const name = form.get('name');
  const found = world.store.seed.appliances.filter(
    (appliance) => inRanges(ranges, appliance.id) && (name === null || appliance.name.includes(name)),
  );
  const records = found.map(({ id, uuid, name: title, online }) =>
    el('APPLIANCE', [
      el('ID', id),
      el('UUID', uuid),
      el('NAME', cdata(title)),
      el('SOFTWARE_VERSION', '2.7'),
      el('RUNNING_SLICES_COUNT', 0),
      el('RUNNING_SCAN_COUNT', 0),
      el('STATUS', online ? 'Online' : 'Offline'),
      full ? el('MODEL_NUMBER', 'cvscanner') : undefined,
      full ? el('TYPE', 'Virtual') : undefined,
    ]),
  );
  return foDocument(context, {
    root: 'APPLIANCE_LIST_OUTPUT',
    dtd: `/api/${path.version}/fo/appliance/appliance_list_output.dtd`,
    response: records.length > 0 ? [el('APPLIANCE_LIST', records)] : [],
  });
}

function activityLog(context: Context): Answer {
  const { form, world } = context;
  checkParameters(form, 'list', [
    'username',
    'truncation_limit',
    'since_datetime',
    'until_datetime',
    'user_action',
    'action_details',
    'user_role',
    'output_format',
  ]);
  const { username, person } = world.store.seed.account;
  const launches = world.store.launches.map(({ at, name }) => ({ at, action: 'launch', details: name }));
  const asked = form.get('username');
  const entries = asked === null || asked === username ? launches.reverse() : [];
  const limit = integerParameter(form, 'truncation_limit') ?? 1000;
  const lines = (limit === 0 ? entries : entries.slice(0, limit)).map(({ at, action, details }) =>
    [isoSeconds(at), action, 'was', details, `${username} (${person.firstName})`, 'Manager', '192.0.2.1']
      .map((value) => `"${value.replaceAll('"', '""')}"`)
      .join(','),
  );
  const head = '"Date","Action","Module","Details","User Name","User Role","User IP"';
  const body = `----BEGIN_RESPONSE_BODY_CSV\n${[head, ...lines].join('\n')}\n----END_RESPONSE_BODY_CSV\n`;
  return { status: 200, headers: { ...foHeaders(world, true), 'Content-Type': 'text/csv;charset=UTF-8' }, body };
}

function foRoute(path: string, answer: (context: Context) => Answer): Route {
  return {
    name: `GET|POST ${path}`,
    family: 'fo',
    hosts: ['api'],
    methods: ['GET', 'POST'],
    pattern: path,
    versions: ['2.0'],
    answer: (context) => withParameters(context, () => answer(context)),
  };
}

export const supportingRoutes: readonly Route[] = [
  foRoute('/api/:version/fo/appliance/', appliances),
  foRoute('/api/:version/fo/activity_log/', activityLog),
];
