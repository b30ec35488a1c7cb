import { didYouMean } from '../../did-you-mean.js';
import { excerpt, ScangateError } from '../../errors.js';
import type { FormFields, QualysClient } from '../../qualys/types.js';
import { childrenOf, descend, textAt, type XmlElement } from '../../wire/xml.js';
import { listNames } from '../problem.js';
import { platformTime } from '../qualys-words.js';
import type { ScanServices } from '../scanner.js';
import type { Named } from './details.js';
import type { Wanted } from './target.js';

export const POLICY_PATH = '/api/2.0/fo/compliance/policy/';
const GROUP_PATH = '/api/2.0/fo/asset/group/';
const PROFILE_PATH = '/api/2.0/fo/subscription/option_profile/pc/';

export interface Policy extends Named {
  /** The platform evaluates it. */
  isActive: boolean;
  /** Ids of its asset groups. */
  groupIds: string[];
  /** When its posture was last worked out, by the platform's clock. */
  evaluatedMs?: number | undefined;
}

/** All pages of a list in one. Lists of settings are short. */
async function listed(path: string, record: string, fields: FormFields, services: ScanServices): Promise<XmlElement[]> {
  const { signal } = services;
  const found: XmlElement[] = [];
  const call = { path, fields: { action: 'list', ...fields }, safe: true, records: [record], signal } as const;
  for await (const page of services.qualys().foPages(call)) found.push(...page.records.map(({ element }) => element));
  return found;
}

/**
 * Policies, all or by id. https://docs.qualys.com/en/vm/api/pc/ and the vendor's connector for Splunk (read
 * 2026-11-23).
 */
export async function policiesOf(services: ScanServices, ids?: readonly string[]): Promise<Policy[]> {
  const fields = { details: 'Basic', ...(ids === undefined ? {} : { ids: ids.join(',') }) };
  const record = 'POLICY_LIST_OUTPUT/RESPONSE/POLICY_LIST/POLICY';
  return (await listed(POLICY_PATH, record, fields, services)).map((policy) => {
    const evaluated = platformTime(textAt(policy, 'LAST_EVALUATED', 'DATETIME') ?? textAt(policy, 'LAST_EVALUATED'));
    const status = textAt(policy, 'STATUS') ?? 'active';
    return {
      ...namedOf(policy, 'TITLE'),
      isActive: /^active$/i.test(status),
      groupIds: (textAt(policy, 'ASSET_GROUP_IDS') ?? '').split(/[\s,]+/).filter((id) => id !== ''),
      evaluatedMs: evaluated === undefined ? undefined : Date.parse(evaluated),
    };
  });
}

export async function assetGroupsOf(services: ScanServices): Promise<Named[]> {
  const record = 'ASSET_GROUP_LIST_OUTPUT/RESPONSE/ASSET_GROUP_LIST/ASSET_GROUP';
  const groups = await listed(GROUP_PATH, record, { show_attributes: 'ID,TITLE' }, services);
  return groups.map((group) => namedOf(group, 'TITLE'));
}

/** Option profiles for compliance scans. */
export async function profilesOf(services: ScanServices): Promise<Named[]> {
  const client: QualysClient = services.qualys();
  const call = { path: PROFILE_PATH, fields: { action: 'list' }, safe: true, signal: services.signal } as const;
  const root = await client.fo(call);
  if (root.name !== 'OPTION_PROFILES') {
    throw new ScangateError('SCANGATE_QUALYS_ANSWER', `the list of option profiles is a <${excerpt(root.name)}>`);
  }
  return childrenOf(root, 'OPTION_PROFILE').map((profile) =>
    namedOf(descend(profile, 'BASIC_INFO') ?? profile, 'GROUP_NAME'),
  );
}

function namedOf(element: XmlElement, nameOf: string): Named {
  const id = textAt(element, 'ID');
  const name = textAt(element, nameOf);
  if (id !== undefined && name !== undefined) return { id, name };
  throw new ScangateError('SCANGATE_QUALYS_ANSWER', `<${element.name}> of the platform has no ID or no ${nameOf}`);
}

/**
 * The one thing with this id or exact name. Digits are an id first, and a name where no such id exists. Throws
 * `SCANGATE_QUALYS_NOT_FOUND` and `SCANGATE_QUALYS_AMBIGUOUS`, both with what there is. `word`: `policy`.
 */
export function chosen<T extends Named>(all: readonly T[], wanted: Wanted, word: string): T {
  const name = String(wanted);
  const byId = /^\d+$/.test(name) ? all.find(({ id }) => id === String(Number(name))) : undefined;
  if (byId) return byId;
  const alike = all.filter((one) => one.name === name);
  const [found, ...others] = alike;
  if (found && others.length === 0) return found;
  if (found) {
    throw new ScangateError(
      'SCANGATE_QUALYS_AMBIGUOUS',
      `${alike.length} times there is a ${word} named "${excerpt(name)}": ids ${listNames(alike.map(({ id }) => id))}`,
    );
  }
  const names = all.map((one) => one.name);
  const shown = all.map((one) => `"${excerpt(one.name)}" (${one.id})`);
  const there = all.length === 0 ? 'the user sees none' : `there is ${listNames(shown)}`;
  throw new ScangateError(
    'SCANGATE_QUALYS_NOT_FOUND',
    `there is no ${word} with the id or name "${excerpt(name)}"${didYouMean(name, names)}; ${there}`,
  );
}

/** Several, in the order they are wanted, each once. */
export function chosenEach<T extends Named>(all: readonly T[], wanted: readonly Wanted[], word: string): T[] {
  return [...new Map(wanted.map((one) => chosen(all, one, word)).map((one) => [one.id, one] as const)).values()];
}
