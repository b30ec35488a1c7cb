/** Reads what a launch asks for. Everything here throws InvalidRequest for what the platform does not have. */
import type { WebApp } from './model.js';
import { invalid, member, members, type Tree, textAt } from './service-request.js';
import type { World } from './world.js';

const SCAN_MEMBERS = [
  'name',
  'type',
  'target',
  'profile',
  'cancelAfterNHours',
  'cancelTime',
  'options',
  'sendMail',
  'sendOneMail',
  'proxy',
  'dnsOverride',
  'enableWAFAuth',
  'progressiveScanning',
];
const TARGET_MEMBERS = [
  'webApp',
  'webApps',
  'tags',
  'webAppAuthRecord',
  'authRecordOption',
  'scannerAppliance',
  'scannerTags',
  'profileOption',
  'scannerOption',
  'cancelOption',
  'proxy',
  'dnsOverride',
  'randomizeScan',
];
const OPTION_WORDS = ['NONE', 'DEFAULT', 'SINGLE', 'SPECIFIC', 'ALL', 'ANY'];

function onlyKnown(tree: Tree | undefined, known: readonly string[]): void {
  if (tree === undefined || typeof tree === 'string') return;
  for (const name of Object.keys(tree)) if (!known.includes(name)) throw invalid(`Unexpected element '${name}'.`);
}

function idOf(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw invalid(`${name}: Invalid value '${value}'.`, 'Specify the id as Long.');
  return Number(value);
}

function known<T extends { readonly id: number }>(name: string, value: string, all: Iterable<T>): T {
  const id = idOf(name, value);
  for (const one of all) if (one.id === id) return one;
  throw invalid(`${name}: Object with given id (${id}) doesn't exist.`, 'Specify the id of an existing object.');
}

function taggedApps(world: World, tree: Tree, webApps: readonly WebApp[]): readonly WebApp[] {
  const ids = members(member(tree, 'tagList', 'set'), 'Tag').map((tag) => {
    return known('target.tags', textAt(tag, 'id') ?? '', world.store.seed.tags).id;
  });
  const option = textAt(tree, 'option') ?? 'ALL';
  if (option !== 'ALL' && option !== 'ANY') throw invalid(`target.tags.option: Invalid value '${option}'.`);
  const has = (webApp: WebApp, id: number): boolean => webApp.tagIds.includes(id);
  return webApps.filter((webApp) =>
    option === 'ALL' ? ids.every((id) => has(webApp, id)) : ids.some((id) => has(webApp, id)),
  );
}

export interface Targets {
  readonly webApps: readonly WebApp[];
  readonly multi: boolean;
}

export function targets(world: World, target: Tree | undefined): Targets {
  const all = [...world.store.webApps.values()];
  const single = textAt(target, 'webApp', 'id');
  if (single !== undefined) return { webApps: [known('target.webApp.id', single, all)], multi: false };
  const listed = members(member(target, 'webApps', 'set'), 'WebApp');
  if (listed.length > 0) {
    const webApps = listed.map((one) => known('target.webApps', textAt(one, 'id') ?? '', all));
    return { webApps, multi: true };
  }
  const included = member(target, 'tags', 'included');
  if (included === undefined) throw invalid('target: No web application is specified.', 'Specify a target.');
  const excluded = member(target, 'tags', 'excluded');
  const without = excluded === undefined ? [] : taggedApps(world, excluded, all);
  return { webApps: taggedApps(world, included, all).filter((webApp) => !without.includes(webApp)), multi: true };
}

export function authRecordFor(world: World, target: Tree | undefined, webApp: WebApp): number | undefined {
  const record = member(target, 'webAppAuthRecord');
  const option = textAt(target, 'authRecordOption');
  if (option !== undefined && !OPTION_WORDS.includes(option)) {
    throw invalid(`target.authRecordOption: Invalid value '${option}'.`);
  }
  const id = textAt(record, 'id');
  if (id !== undefined) return known('target.webAppAuthRecord.id', id, world.store.seed.authRecords).id;
  const asksDefault = textAt(record, 'isDefault') === 'true' || option === 'DEFAULT';
  return asksDefault ? webApp.authRecordIds[0] : undefined;
}

export function profileFor(world: World, scan: Tree, webApp: WebApp): number {
  const { optionProfiles } = world.store.seed;
  const id = textAt(scan, 'profile', 'id');
  if (id !== undefined) return known('profile.id', id, optionProfiles).id;
  const name = textAt(scan, 'profile', 'name');
  const named = optionProfiles.find((profile) => profile.name === name);
  if (name !== undefined && named === undefined) throw invalid(`profile.name: '${name}' doesn't exist.`);
  const chosen = named?.id ?? webApp.defaultProfileId;
  if (chosen === undefined) {
    throw invalid('profile: The web application has no default option profile.', 'Specify an option profile.');
  }
  return chosen;
}

export interface Scanner {
  readonly type: string;
  readonly name?: string;
  readonly available: boolean;
}

export function scannerFor(world: World, target: Tree | undefined, webApp: WebApp): Scanner {
  const { appliances, tags } = world.store.seed;
  const tagIds = members(member(target, 'scannerTags', 'set'), 'Tag').map((tag) => {
    return known('target.scannerTags', textAt(tag, 'id') ?? '', tags).id;
  });
  if (tagIds.length > 0) {
    const tagged = appliances.find(
      (appliance) => appliance.online && tagIds.some((id) => appliance.tagIds.includes(id)),
    );
    if (tagged === undefined) return { type: 'scannerTags', available: false };
    return { type: 'scannerTags', name: tagged.name, available: true };
  }
  const type = textAt(target, 'scannerAppliance', 'type');
  if (type === undefined) {
    const { defaultScanner } = webApp;
    const appliance = appliances.find(({ name }) => name === defaultScanner.name);
    return { ...defaultScanner, available: appliance?.online ?? true };
  }
  if (type === 'EXTERNAL') return { type, available: true };
  if (type !== 'INTERNAL') {
    throw invalid(`target.scannerAppliance.type: Invalid value '${type}'.`, 'Values expected: EXTERNAL, INTERNAL.');
  }
  const name = textAt(target, 'scannerAppliance', 'friendlyName');
  const appliance = appliances.find((candidate) => candidate.name === name);
  if (name === undefined || appliance === undefined) {
    throw invalid(`target.scannerAppliance.friendlyName: '${name ?? ''}' doesn't exist.`);
  }
  return { type, name, available: appliance.online };
}

export function hours(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > 99) {
    throw invalid(`cancelAfterNHours: Invalid value '${value}'.`, 'Specify a number of hours.');
  }
  return number;
}

/** The WasScan of the request, with known members only. */
export function checked(world: World, tree: Tree | undefined): Tree {
  if (tree === undefined || typeof tree === 'string') throw invalid("Element 'WasScan' is missing.");
  onlyKnown(tree, SCAN_MEMBERS);
  onlyKnown(member(tree, 'target'), TARGET_MEMBERS);
  const type = textAt(tree, 'type');
  if (textAt(tree, 'name') === undefined) throw invalid('name: A value is required.', 'Specify a name for the scan.');
  if (type !== 'VULNERABILITY' && type !== 'DISCOVERY') {
    throw invalid(`type: Invalid value '${type ?? ''}'.`, 'Values expected: VULNERABILITY, DISCOVERY.');
  }
  for (const at of [tree, member(tree, 'target')]) {
    const override = textAt(at, 'dnsOverride', 'id');
    if (override !== undefined) known('dnsOverride.id', override, world.store.seed.dnsOverrides);
    if (textAt(at, 'proxy', 'id') !== undefined) throw invalid("proxy.id: Object with given id doesn't exist.");
  }
  return tree;
}
