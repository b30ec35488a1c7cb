import type { FieldRules } from '../criteria.js';
import { serviceRecords } from '../envelopes/qps.js';
import { group, number } from '../envelopes/record.js';
import { webAppFull, webAppShort } from '../envelopes/was-webapp.js';
import type { Answer } from '../http/call.js';
import type { WebApp } from '../model.js';
import { answerCount, answerSearch, type Searched } from '../paging.js';
import type { Context, Route } from '../router.js';
import { invalid, member, members, readServiceRequest, type Tree, textAt } from '../service-request.js';
import type { World } from '../world.js';
import { matching } from './matching.js';
import { notFound, pathId, qpsRoute } from './qps-route.js';

const SCHEMA = '3.0/was/webapp';
const SCAN_WORDS = [
  'SUBMITTED',
  'RUNNING',
  'FINISHED',
  'TIME_LIMIT_EXCEEDED',
  'SCAN_NOT_LAUNCHED',
  'SCANNER_NOT_AVAILABLE',
  'ERROR',
  'CANCELED',
];

function lastScan(
  { store }: World,
  webApp: WebApp,
): { readonly launched: number; readonly status: string } | undefined {
  const scans = [...store.scans.values()].filter((scan) => scan.webAppId === webApp.id);
  const last = scans.sort((left, right) => left.launched - right.launched).at(-1);
  return last && { launched: last.launched, status: store.state(last).status };
}

function rules(world: World): FieldRules<WebApp> {
  const { store } = world;
  const names = (webApp: WebApp): readonly (string | undefined)[] => {
    const found = store.seed.tags.filter(({ id }) => webApp.tagIds.includes(id)).map(({ name }) => name);
    return found.length > 0 ? found : [undefined];
  };
  return {
    id: { kind: 'integer', read: ({ id }) => id, exists: (id) => store.webApps.has(id) },
    name: { kind: 'text', read: ({ name }) => name },
    url: { kind: 'text', read: ({ url }) => url },
    'tags.name': { kind: 'text', read: names },
    'tags.id': { kind: 'integer', read: ({ tagIds }) => (tagIds.length > 0 ? tagIds : [undefined]) },
    createdDate: { kind: 'date', read: ({ created }) => created },
    updatedDate: { kind: 'date', read: ({ updated }) => updated },
    isScheduled: { kind: 'boolean', read: () => false },
    isScanned: { kind: 'boolean', read: ({ id }) => store.hasHistory(id) },
    'lastScan.status': { kind: 'keyword', keywords: SCAN_WORDS, read: (webApp) => lastScan(world, webApp)?.status },
    'lastScan.date': { kind: 'date', read: (webApp) => lastScan(world, webApp)?.launched },
  };
}

function searched({ world }: Context): Searched<WebApp> {
  const { store } = world;
  return {
    schema: SCHEMA,
    name: 'WebApp',
    rules: rules(world),
    id: ({ id }) => id,
    all: () => [...store.webApps.values()].sort((left, right) => left.id - right.id),
    render: (webApp, { preferences }) => (preferences.verbose ? webAppFull : webAppShort)(store, webApp),
  };
}

function webAppOf(context: Context): WebApp {
  const id = pathId(context);
  const webApp = context.world.store.webApps.get(id);
  if (webApp === undefined) throw notFound('web application', id);
  return webApp;
}

const MEMBERS = [
  'name',
  'url',
  'scope',
  'subDomain',
  'domains',
  'uris',
  'attributes',
  'tags',
  'defaultProfile',
  'defaultScanner',
  'defaultScannerTags',
  'progressiveScanning',
  'authRecords',
  'dnsOverrides',
  'useRobots',
  'useSitemap',
  'headers',
  'urlExcludelist',
  'urlAllowlist',
  'postDataExcludelist',
  'logoutRegexList',
  'malwareMonitoring',
  'malwareNotification',
  'comments',
  'owner',
  'config',
];

function requested(context: Context): Tree {
  const tree = member(readServiceRequest(context.call).data, 'WebApp');
  if (tree === undefined || typeof tree === 'string') throw invalid("Element 'WebApp' is missing.");
  for (const name of Object.keys(tree)) if (!MEMBERS.includes(name)) throw invalid(`Unexpected element '${name}'.`);
  return tree;
}

function knownId(
  name: string,
  value: string | undefined,
  known: readonly { readonly id: number }[],
): number | undefined {
  if (value === undefined) return undefined;
  const id = Number(value);
  if (!known.some((one) => one.id === id)) throw invalid(`${name}: Object with given id (${value}) doesn't exist.`);
  return id;
}

function checkedUrl(value: string): string {
  if (!/^https?:\/\/[^\s]+$/.test(value) || !URL.canParse(value)) {
    throw invalid(`url: '${value}' is not a valid URL.`, 'Specify an http or https URL.');
  }
  return value;
}

/** Ids under `{list: set|add}` of a request's lists, as create (`set`) and update (`set`, `add`) take them. */
function listedIds(tree: Tree, list: string, item: string): readonly string[] {
  return ['set', 'add'].flatMap((way) => members(member(tree, list, way), item).map((one) => textAt(one, 'id') ?? ''));
}

function change({ world }: Context, webApp: WebApp, tree: Tree): void {
  const { seed } = world.store;
  const [name, url] = [textAt(tree, 'name'), textAt(tree, 'url')];
  const profileId = knownId('defaultProfile.id', textAt(tree, 'defaultProfile', 'id'), seed.optionProfiles);
  const tagIds = listedIds(tree, 'tags', 'Tag').map((id) => knownId('tags.id', id, seed.tags) ?? 0);
  const records = listedIds(tree, 'authRecords', 'WebAppAuthRecord');
  const recordIds = records.map((id) => knownId('authRecords.id', id, seed.authRecords) ?? 0);
  const scanner = textAt(tree, 'defaultScanner', 'type');
  const appliance = textAt(tree, 'defaultScanner', 'friendlyName');
  if (scanner !== undefined && scanner !== 'EXTERNAL' && scanner !== 'INTERNAL') {
    throw invalid(`defaultScanner.type: '${scanner}' is not valid.`, 'Values expected: EXTERNAL, INTERNAL.');
  }
  if (name !== undefined) webApp.name = name;
  if (url !== undefined) webApp.url = checkedUrl(url);
  if (profileId !== undefined) webApp.defaultProfileId = profileId;
  if (scanner !== undefined) webApp.defaultScanner = { type: scanner, ...(appliance ? { name: appliance } : {}) };
  webApp.tagIds = [...new Set([...webApp.tagIds, ...tagIds])];
  webApp.authRecordIds = [...new Set([...webApp.authRecordIds, ...recordIds])];
  webApp.progressiveScanning = textAt(tree, 'progressiveScanning') ?? webApp.progressiveScanning;
  webApp.updated = world.clock.now();
}

function create(context: Context): Answer {
  const { store, clock } = context.world;
  const tree = requested(context);
  const [name, url] = [textAt(tree, 'name'), textAt(tree, 'url')];
  if (name === undefined || url === undefined) {
    throw invalid('Elements name and url are required.', 'Specify a name and a URL.');
  }
  if ([...store.webApps.values()].some((webApp) => webApp.name === name)) {
    throw invalid(`name: A web application named '${name}' exists already.`, 'Specify another name.');
  }
  const webApp: WebApp = {
    id: store.nextId('webApp'),
    name,
    url: checkedUrl(url),
    created: clock.now(),
    updated: clock.now(),
    tagIds: [],
    defaultScanner: { type: 'EXTERNAL' },
    authRecordIds: [],
    progressiveScanning: 'DISABLED',
    riskScore: 0,
    pace: store.seed.newPace,
    links: 12,
    goodWord: 'SUCCESSFUL',
  };
  change(context, webApp, tree);
  store.addWebApp(webApp);
  return serviceRecords(context, SCHEMA, 'WebApp', [webAppFull(store, webApp)]);
}

const idOnly = (id: number) => group([['id', number(id)]]);

function update(context: Context): Answer {
  const webApp = webAppOf(context);
  change(context, webApp, requested(context));
  return serviceRecords(context, SCHEMA, 'WebApp', [idOnly(webApp.id)]);
}

function remove(context: Context, webApps: readonly WebApp[]): Answer {
  for (const { id } of webApps) context.world.store.webApps.delete(id);
  return serviceRecords(
    context,
    SCHEMA,
    'WebApp',
    webApps.map(({ id }) => idOnly(id)),
  );
}

export const webAppRoutes: readonly Route[] = [
  qpsRoute(['GET', 'POST'], '/qps/rest/3.0/count/was/webapp', SCHEMA, (context) =>
    answerCount(context, searched(context)),
  ),
  qpsRoute(['POST'], '/qps/rest/3.0/search/was/webapp', SCHEMA, (context) => answerSearch(context, searched(context))),
  qpsRoute(['GET'], '/qps/rest/3.0/get/was/webapp/:id', SCHEMA, (context) =>
    serviceRecords(context, SCHEMA, 'WebApp', [webAppFull(context.world.store, webAppOf(context))]),
  ),
  qpsRoute(['POST'], '/qps/rest/3.0/create/was/webapp', SCHEMA, create),
  qpsRoute(['POST'], '/qps/rest/3.0/update/was/webapp/:id', SCHEMA, update),
  qpsRoute(['POST'], '/qps/rest/3.0/delete/was/webapp/:id', SCHEMA, (context) => remove(context, [webAppOf(context)])),
  qpsRoute(['POST'], '/qps/rest/3.0/delete/was/webapp', SCHEMA, (context) =>
    remove(context, matching(context, searched(context))),
  ),
];
