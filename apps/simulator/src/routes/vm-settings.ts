/** What scans of machines are launched with: option profiles and networks. */

import { isoSeconds } from '../clock.js';
import { foDocument, foHeaders } from '../envelopes/fo.js';
import { cdata, type Element, el, renderElement } from '../envelopes/xml.js';
import { checkParameters, idRanges, inRanges, withParameters } from '../fo-parameters.js';
import type { Answer } from '../http/call.js';
import type { VmProfile } from '../model.js';
import type { Context, Route } from '../router.js';

function profileElement({ id, title, isDefault }: VmProfile, context: Context): Element {
  const { person, username } = context.world.store.seed.account;
  return el('OPTION_PROFILE', [
    el('BASIC_INFO', [
      el('ID', id),
      el('GROUP_NAME', cdata(title)),
      el('GROUP_TYPE', 'user'),
      el('USER_ID', cdata(`${person.firstName} ${person.lastName} (${username})`)),
      el('UNIT_ID', 0),
      el('SUBSCRIPTION_ID', 1),
      el('IS_DEFAULT', isDefault ? '1' : '0'),
      el('IS_GLOBAL', '1'),
      el('UPDATE_DATE', isoSeconds(context.world.clock.now())),
    ]),
  ]);
}

/** This list has no RESPONSE around it. */
function profiles(context: Context, list: VmProfile['list']): Answer {
  const { world, form } = context;
  checkParameters(form, 'list', ['option_profile_id', 'option_profile_title']);
  const found = world.store.seed.vmProfiles.filter((profile) => profile.list === list);
  const root = el(
    'OPTION_PROFILES',
    found.map((profile) => profileElement(profile, context)),
  );
  const doctype = `<!DOCTYPE OPTION_PROFILES SYSTEM "${world.urls.api}/api/2.0/fo/subscription/option_profile/${list}/option_profile_info.dtd">`;
  return {
    status: 200,
    headers: foHeaders(world, true),
    body: `<?xml version="1.0" encoding="UTF-8" ?>\n${doctype}\n${renderElement(root)}`,
  };
}

function networks(context: Context): Answer {
  const { form, world, path } = context;
  checkParameters(form, 'list', ['ids']);
  const ranges = idRanges(form, 'ids');
  const found = world.store.seed.networks.filter(({ id }) => ranges === undefined || inRanges(ranges, id));
  const records = found.map(({ id, name }) => el('NETWORK', [el('ID', id), el('NAME', cdata(name))]));
  return foDocument(context, {
    root: 'NETWORK_LIST',
    dtd: `/api/${path.version}/fo/network/network_list_output.dtd`,
    response: records.length > 0 ? [el('NETWORK_LIST', records)] : [],
  });
}

const foRoute = (pattern: string, answer: (context: Context) => Answer): Route => ({
  name: `GET|POST ${pattern}`,
  family: 'fo',
  hosts: ['api'],
  methods: ['GET', 'POST'],
  pattern,
  versions: ['2.0'],
  answer: (context) => withParameters(context, () => answer(context)),
});

export const vmSettingRoutes: readonly Route[] = [
  foRoute('/api/:version/fo/subscription/option_profile/vm/', (context) => profiles(context, 'vm')),
  foRoute('/api/:version/fo/subscription/option_profile/pci/', (context) => profiles(context, 'pci')),
  foRoute('/api/:version/fo/network/', networks),
];
