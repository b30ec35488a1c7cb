import { excerpt, ScangateError } from '../../errors.js';
import { QualysError } from '../../qualys/index.js';
import type { FormFields } from '../../qualys/types.js';
import { child, childrenOf, descend, textAt, type XmlElement } from '../../wire/xml.js';
import { listNames } from '../problem.js';
import { chooseOne, type Wanted } from '../qualys-resolve.js';
import type { ScanServices } from '../scanner.js';

/** A thing of an FO list that has an id and a name. */
export interface FoNamed {
  id: string;
  name: string;
  element: XmlElement;
}

/** A kind of such things. */
interface FoKind {
  path: string;
  fields: FormFields;
  /** Path of the records, as in `walkXml`. */
  record: string;
  /** Elements below the record. */
  id: string[];
  name: string[];
  /** For people. */
  word: string;
}

/*
 * https://docs.qualys.com/en/vm/qweb-all-api/ (appliances, asset groups, networks, option profiles; read 2026-11-23).
 * Names are compared here: the filters of these lists are not exact.
 */
const APPLIANCE: FoKind = {
  path: '/api/2.0/fo/appliance/',
  fields: { action: 'list' },
  record: 'APPLIANCE_LIST_OUTPUT/RESPONSE/APPLIANCE_LIST/APPLIANCE',
  id: ['ID'],
  name: ['NAME'],
  word: 'scanner appliance',
};
const ASSET_GROUP: FoKind = {
  path: '/api/2.0/fo/asset/group/',
  fields: { action: 'list', show_attributes: 'ID,TITLE,IP_SET,DNS_LIST' },
  record: 'ASSET_GROUP_LIST_OUTPUT/RESPONSE/ASSET_GROUP_LIST/ASSET_GROUP',
  id: ['ID'],
  name: ['TITLE'],
  word: 'asset group',
};
async function listOf(kind: FoKind, services: ScanServices): Promise<FoNamed[]> {
  const { path, fields, record } = kind;
  const found: FoNamed[] = [];
  const pages = services
    .qualys()
    .foPages({ path, fields, method: 'GET', safe: true, records: [record], signal: services.signal });
  for await (const { records } of pages) {
    for (const { element } of records) found.push(namedOf(element, kind.id, kind.name, kind.word));
  }
  return found;
}

function namedOf(element: XmlElement, idPath: string[], namePath: string[], word: string): FoNamed {
  const id = textAt(element, ...idPath);
  if (id === undefined)
    throw new ScangateError('SCANGATE_QUALYS_ANSWER', `the platform lists a ${word} without its id`);
  return { id, name: textAt(element, ...namePath) ?? id, element };
}

/** Whether the platform refuses a list in its own words: the user may not see it, or the feature is off. */
const isListRefused = (error: unknown): error is QualysError =>
  error instanceof QualysError && ['permission', 'request'].includes(error.kind) && error.platformCode !== undefined;

export async function appliancesOf(wanted: readonly Wanted[], services: ScanServices): Promise<FoNamed[]> {
  const all = await listOf(APPLIANCE, services);
  return wanted.map((one) => {
    const appliance = chooseOne(APPLIANCE.word, all, one);
    const status = textAt(appliance.element, 'STATUS');
    if (status !== undefined && status.toLowerCase() !== 'online') {
      services.log(`the scanner appliance ${excerpt(appliance.name)} is ${excerpt(status)}: the scan waits for it`);
    }
    return appliance;
  });
}

/** Asset groups with the addresses in them. */
export async function assetGroupsOf(
  wanted: readonly Wanted[],
  services: ScanServices,
): Promise<{ id: string; name: string; addresses: string[]; hosts: string[] }[]> {
  const all = await listOf(ASSET_GROUP, services);
  return wanted.map((one) => {
    const { id, name, element } = chooseOne(ASSET_GROUP.word, all, one);
    const set = child(element, 'IP_SET');
    const addresses = [...childrenOf(set, 'IP'), ...childrenOf(set, 'IP_RANGE')];
    const hosts = childrenOf(child(element, 'DNS_LIST'), 'DNS');
    return { id, name, addresses: wordsOf(addresses), hosts: wordsOf(hosts) };
  });
}

const wordsOf = (elements: readonly XmlElement[]): string[] =>
  elements.map(({ text }) => text.trim()).filter((text) => text !== '');

/** Descriptions differ in the name of the root. */
const NETWORK_ROOTS = ['NETWORK_LIST', 'NETWORK_LIST_OUTPUT'];

export async function networkOf(wanted: Wanted, services: ScanServices): Promise<FoNamed> {
  const root = await plainList('/api/2.0/fo/network/', NETWORK_ROOTS, services);
  const networks = childrenOf(descend(root, 'RESPONSE', 'NETWORK_LIST'), 'NETWORK');
  const named = networks.map((one) => namedOf(one, ['ID'], ['NAME'], 'network'));
  return chooseOne('network', named, wanted);
}

/** A list that comes on one page and not in the usual envelope; its root. */
async function plainList(path: string, roots: readonly string[], services: ScanServices): Promise<XmlElement> {
  const { signal } = services;
  const root = await services.qualys().fo({ path, fields: { action: 'list' }, method: 'GET', safe: true, signal });
  if (roots.includes(root.name)) return root;
  throw new ScangateError(
    'SCANGATE_QUALYS_ANSWER',
    `${path} answers with <${excerpt(root.name)}> instead of <${roots[0]}>`,
  );
}

const PROFILE_LISTS = ['vm', 'pci'];

/**
 * The option profile: by id, by exact title, or the default of the subscription. A title that cannot be looked up,
 * because the user may not list profiles, is passed on as it is.
 */
export async function profileOf(
  wanted: Wanted | undefined,
  services: ScanServices,
): Promise<{ id?: string | undefined; title: string }> {
  const isDefault = wanted === undefined || String(wanted).trim().toLowerCase() === 'default';
  const all: FoNamed[] = [];
  for (const list of PROFILE_LISTS) {
    try {
      all.push(...(await profilesIn(list, services)));
    } catch (error) {
      if (!isListRefused(error)) throw error;
      if (list !== PROFILE_LISTS[0]) break;
      if (isDefault || typeof wanted === 'number') throw error;
      services.log(`option profiles cannot be listed, so "${excerpt(wanted)}" is passed on: ${error.message}`);
      return { title: wanted };
    }
    const found = isDefault ? defaultOf(all) : all.find(({ id, name }) => [id, name].includes(String(wanted)));
    if (found) break;
  }
  const profile = isDefault ? defaultOf(all) : chooseOne('option profile', all, wanted);
  if (profile) return { id: profile.id, title: profile.name };
  const names = listNames(all.map(({ name }) => `"${excerpt(name)}"`));
  throw new ScangateError(
    'SCANGATE_QUALYS_NOT_FOUND',
    `no option profile is marked as the default; there is ${names}`,
    {
      mend: 'name one in optionProfile',
    },
  );
}

const defaultOf = (all: readonly FoNamed[]): FoNamed | undefined =>
  all.find(({ element }) => textAt(element, 'BASIC_INFO', 'IS_DEFAULT') === '1');

async function profilesIn(list: string, services: ScanServices): Promise<FoNamed[]> {
  const root = await plainList(`/api/2.0/fo/subscription/option_profile/${list}/`, ['OPTION_PROFILES'], services);
  return childrenOf(root, 'OPTION_PROFILE').map((one) =>
    namedOf(one, ['BASIC_INFO', 'ID'], ['BASIC_INFO', 'GROUP_NAME'], 'option profile'),
  );
}
