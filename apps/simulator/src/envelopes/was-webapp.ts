import type { WebApp } from '../model.js';
import type { Store } from '../store.js';
import { countedList, flag, group, number, quoted, text, type Value } from './record.js';
import { date, person, reference, tagList } from './was-common.js';

/** The record of a search, as recorded. */
export function webAppShort(store: Store, webApp: WebApp): Value {
  return group([
    ['id', number(webApp.id)],
    ['name', quoted(webApp.name)],
    ['url', quoted(webApp.url)],
    ['owner', group([['id', number(store.seed.account.person.id)]])],
    ['tags', tagList(store, webApp.tagIds)],
    ['createdDate', date(webApp.created)],
    ['updatedDate', date(webApp.updated)],
  ]);
}

function lastScan(store: Store, webApp: WebApp): Value | undefined {
  const scans = [...store.scans.values()].filter((scan) => scan.webAppId === webApp.id);
  const last = scans.sort((left, right) => left.launched - right.launched).at(-1);
  if (last === undefined) return undefined;
  const state = store.state(last);
  return group([
    ['id', number(last.id)],
    ['name', quoted(last.name)],
    [
      'summary',
      group([
        ['resultsStatus', text(state.resultsStatus)],
        ['authStatus', text(state.authStatus)],
      ]),
    ],
  ]);
}

function defaults(store: Store, webApp: WebApp): readonly (readonly [string, Value | undefined])[] {
  const profile = store.seed.optionProfiles.find(({ id }) => id === webApp.defaultProfileId);
  const records = store.seed.authRecords.filter(({ id }) => webApp.authRecordIds.includes(id));
  const { type, name } = webApp.defaultScanner;
  const appliance = store.seed.appliances.find((candidate) => candidate.name === name);
  const scanner = group([
    ['id', appliance && number(appliance.id)],
    ['type', text(type)],
    ['friendlyName', name === undefined ? undefined : quoted(name)],
  ]);
  return [
    ['defaultProfile', profile && reference(profile.id, profile.name)],
    ['defaultScanner', scanner],
    ['scannerLocked', flag(false)],
    ['progressiveScanning', text(webApp.progressiveScanning)],
    ['urlExcludelist', countedList('UrlEntry', [])],
    ['urlAllowlist', countedList('UrlEntry', [])],
    ['postDataExcludelist', countedList('UrlEntry', [])],
    ['logoutRegexList', countedList('UrlEntry', [])],
    [
      'authRecords',
      countedList(
        'WebAppAuthRecord',
        records.map(({ id, name: recordName }) => reference(id, recordName)),
      ),
    ],
    ['dnsOverrides', countedList('DnsOverride', [])],
    ['useRobots', text('IGNORE')],
    ['useSitemap', flag(false)],
  ];
}

/** The full record. */
export function webAppFull(store: Store, webApp: WebApp): Value {
  const owner = store.seed.account.person;
  return group([
    ['id', number(webApp.id)],
    ['name', quoted(webApp.name)],
    ['url', quoted(webApp.url)],
    ['riskScore', number(webApp.riskScore)],
    ['owner', person(owner)],
    ['scope', text('ALL')],
    ['attributes', countedList('Attribute', [])],
    ...defaults(store, webApp),
    ['headers', countedList('WebAppHeader', [])],
    ['malwareMonitoring', flag(false)],
    ['malwareNotification', flag(false)],
    ['tags', tagList(store, webApp.tagIds)],
    ['comments', countedList('Comment', [])],
    ['isScheduled', flag(false)],
    ['lastScan', lastScan(store, webApp)],
    ['createdBy', person(owner)],
    ['createdDate', date(webApp.created)],
    ['updatedBy', person(owner)],
    ['updatedDate', date(webApp.updated)],
    ['config', group([])],
  ]);
}
