/** What scans are set up with: option profiles, authentication records, DNS overrides, and the asset module's tags. */
import type { FieldRules } from '../criteria.js';
import { serviceRecords } from '../envelopes/qps.js';
import { countedList, flag, group, number, quoted, text, type Value } from '../envelopes/record.js';
import { date, person, tagList } from '../envelopes/was-common.js';
import type { AuthRecord, DnsOverride, OptionProfile, Tag } from '../model.js';
import { answerCount, answerSearch, type Searched } from '../paging.js';
import type { Context, Route } from '../router.js';
import type { Store } from '../store.js';
import { notFound, pathId, qpsRoute } from './qps-route.js';

const AUTH_WORDS = ['NONE', 'NOT_USED', 'SUCCESSFUL', 'FAILED', 'PARTIAL'];
const CONTENTS = [
  'FORM_STANDARD',
  'FORM_CUSTOM',
  'FORM_SELENIUM',
  'SERVER_BASIC',
  'SERVER_DIGEST',
  'SERVER_NTLM',
  'CERTIFICATE',
  'OAUTH2_AUTH_CODE',
  'OAUTH2_IMPLICIT',
  'OAUTH2_PASSWORD',
  'OAUTH2_CLIENT_CREDS',
];

function profileRecord(store: Store, profile: OptionProfile): Value {
  return group([
    ['id', number(profile.id)],
    ['name', quoted(profile.name)],
    ['owner', person(store.seed.account.person)],
    ['tags', countedList('Tag', [])],
    ['isDefault', flag(profile.isDefault)],
    ['createdDate', date(profile.created)],
    ['updatedDate', date(profile.created)],
  ]);
}

function profiles({ world }: Context): Searched<OptionProfile> {
  const { store } = world;
  const used = ({ id }: OptionProfile): boolean =>
    [...store.webApps.values()].some(({ defaultProfileId }) => defaultProfileId === id);
  const rules: FieldRules<OptionProfile> = {
    id: {
      kind: 'integer',
      read: ({ id }) => id,
      exists: (id) => store.seed.optionProfiles.some((profile) => profile.id === id),
    },
    name: { kind: 'text', read: ({ name }) => name },
    'tags.id': { kind: 'integer', read: () => undefined },
    'tags.name': { kind: 'text', read: () => undefined },
    createdDate: { kind: 'date', read: ({ created }) => created },
    updatedDate: { kind: 'date', read: ({ created }) => created },
    usedByWebApps: { kind: 'boolean', read: used },
    usedBySchedules: { kind: 'boolean', read: () => false },
    isDefault: { kind: 'boolean', read: ({ isDefault }) => isDefault },
  };
  return {
    schema: '3.0/was/optionprofile',
    name: 'OptionProfile',
    rules,
    id: ({ id }) => id,
    all: () => store.seed.optionProfiles,
    render: (profile) => profileRecord(store, profile),
  };
}

function lastUse(store: Store, record: AuthRecord): { readonly date: number; readonly authStatus: string } | undefined {
  const scans = [...store.scans.values()].filter(({ authRecordId }) => authRecordId === record.id);
  const last = scans.sort((left, right) => left.launched - right.launched).at(-1);
  return last && { date: last.launched, authStatus: store.state(last).authStatus };
}

function contentsOf(record: AuthRecord): readonly (readonly [string, Value])[] {
  const form = record.contents.startsWith('FORM_');
  if (form) return [['formRecord', group([['type', text(record.contents.slice('FORM_'.length))]])]];
  return [['serverRecord', group([['sslOnly', flag(true)]])]];
}

function authRecordValue(store: Store, record: AuthRecord): Value {
  const use = lastUse(store, record);
  const lastScan =
    use &&
    group([
      ['date', date(use.date)],
      ['authStatus', text(use.authStatus)],
    ]);
  return group([
    ['id', number(record.id)],
    ['name', quoted(record.name)],
    ['owner', person(store.seed.account.person)],
    ...contentsOf(record),
    ['tags', tagList(store, record.tagIds)],
    ['comments', countedList('Comment', [])],
    ['lastScan', lastScan],
    ['createdDate', date(record.created)],
    ['updatedDate', date(record.created)],
  ]);
}

function authRecords({ world }: Context): Searched<AuthRecord> {
  const { store } = world;
  const isUsed = ({ id }: AuthRecord): boolean =>
    [...store.webApps.values()].some(({ authRecordIds }) => authRecordIds.includes(id));
  const tagNames = ({ tagIds }: AuthRecord): readonly string[] =>
    store.seed.tags.filter(({ id }) => tagIds.includes(id)).map(({ name }) => name);
  const rules: FieldRules<AuthRecord> = {
    id: {
      kind: 'integer',
      read: ({ id }) => id,
      exists: (id) => store.seed.authRecords.some((record) => record.id === id),
    },
    name: { kind: 'text', read: ({ name }) => name },
    'tags.id': { kind: 'integer', read: ({ tagIds }) => tagIds },
    'tags.name': { kind: 'text', read: tagNames },
    createdDate: { kind: 'date', read: ({ created }) => created },
    updatedDate: { kind: 'date', read: ({ created }) => created },
    'lastScan.date': { kind: 'date', read: (record) => lastUse(store, record)?.date },
    'lastScan.authStatus': {
      kind: 'keyword',
      keywords: AUTH_WORDS,
      read: (record) => lastUse(store, record)?.authStatus,
    },
    isUsed: { kind: 'boolean', read: isUsed },
    contents: { kind: 'keyword', keywords: CONTENTS, read: ({ contents }) => contents },
  };
  return {
    schema: '3.0/was/webappauthrecord',
    name: 'WebAppAuthRecord',
    rules,
    id: ({ id }) => id,
    all: () => store.seed.authRecords,
    render: (record) => authRecordValue(store, record),
  };
}

function dnsOverrides({ world }: Context): Searched<DnsOverride> {
  const { dnsOverrides: all, account } = world.store.seed;
  return {
    schema: '3.0/was/dnsoverride',
    name: 'DnsOverride',
    rules: {
      id: { kind: 'integer', read: ({ id }) => id, exists: (id) => all.some((override) => override.id === id) },
      name: { kind: 'text', read: ({ name }) => name },
      createdDate: { kind: 'date', read: ({ created }) => created },
      updatedDate: { kind: 'date', read: ({ created }) => created },
    },
    id: ({ id }) => id,
    all: () => all,
    render: ({ id, name, created }) =>
      group([
        ['id', number(id)],
        ['name', quoted(name)],
        ['owner', person(account.person)],
        ['createdDate', date(created)],
        ['updatedDate', date(created)],
      ]),
  };
}

function tags({ world }: Context): Searched<Tag> {
  const { seed } = world.store;
  return {
    schema: '2.0/am/tag',
    name: 'Tag',
    rules: {
      id: { kind: 'integer', read: ({ id }) => id, exists: (id) => seed.tags.some((tag) => tag.id === id) },
      name: { kind: 'text', read: ({ name }) => name },
    },
    id: ({ id }) => id,
    all: () => seed.tags,
    render: ({ id, name }) =>
      group([
        ['id', number(id)],
        ['name', quoted(name)],
      ]),
  };
}

function routesOf<T>(base: string, object: string, searchedIn: (context: Context) => Searched<T>): readonly Route[] {
  const schema = `${base}/${object}`;
  const get = (context: Context) => {
    const searched = searchedIn(context);
    const id = pathId(context);
    const request = { preferences: { limitResults: 1, startFromOffset: 1, verbose: true }, criteria: [], data: {} };
    const found = [...searched.all(request, 0)].find((record) => searched.id(record) === id);
    if (found === undefined) throw notFound(searched.name, id);
    return serviceRecords(context, schema, searched.name, [searched.render(found, request)]);
  };
  return [
    qpsRoute(['GET', 'POST'], `/qps/rest/${base.replace('/', '/count/')}/${object}`, schema, (context) =>
      answerCount(context, searchedIn(context)),
    ),
    qpsRoute(['POST'], `/qps/rest/${base.replace('/', '/search/')}/${object}`, schema, (context) =>
      answerSearch(context, searchedIn(context)),
    ),
    qpsRoute(['GET'], `/qps/rest/${base.replace('/', '/get/')}/${object}/:id`, schema, get),
  ];
}

export const settingRoutes: readonly Route[] = [
  ...routesOf('3.0/was', 'optionprofile', profiles),
  ...routesOf('3.0/was', 'webappauthrecord', authRecords),
  ...routesOf('3.0/was', 'dnsoverride', dnsOverrides),
  ...routesOf('2.0/am', 'tag', tags),
];
