import type { Scan, WebApp } from '../model.js';
import type { ScanState } from '../scan-state.js';
import type { World } from '../world.js';
import { countedList, flag, group, number, quoted, text, type Value } from './record.js';
import { date, person, reference, webAppReference } from './was-common.js';

type Member = readonly [string, Value | undefined];

/** The crawl takes the first two fifths of a run. */
const CRAWL_SHARE = 0.4;
const REQUESTS_FOR_EACH_LINK = 37;

function statusSummary(state: ScanState): Value {
  return group([
    ['resultsStatus', text(state.resultsStatus)],
    ['authStatus', text(state.authStatus)],
  ]);
}

/** What the status call answers. */
export function scanStatus(world: World, scan: Scan): Value {
  const state = world.store.state(scan);
  return group([
    ['id', number(scan.id)],
    ['status', text(state.status)],
    ['summary', statusSummary(state)],
    ['consolidatedStatus', text(consolidated(state))],
  ]);
}

/** One word for both: the status until the scan has finished, then what became of its results. */
function consolidated(state: ScanState): string {
  return state.status === 'FINISHED' ? state.resultsStatus : state.status;
}

function target(world: World, scan: Scan, webApp: WebApp | undefined): Value {
  const record = world.store.seed.authRecords.find(({ id }) => id === scan.authRecordId);
  return group([
    ['webApp', webApp && webAppReference(webApp)],
    ['webAppAuthRecord', record && reference(record.id, record.name)],
    [
      'scannerAppliance',
      group([
        ['type', text(scan.scanner.type)],
        ['friendlyName', scan.scanner.name === undefined ? undefined : quoted(scan.scanner.name)],
      ]),
    ],
    ['cancelOption', text(scan.cancelAfterHours === undefined ? 'DEFAULT' : 'SPECIFIC')],
  ]);
}

function identity(world: World, scan: Scan): readonly Member[] {
  const { store } = world;
  const profile = store.seed.optionProfiles.find(({ id }) => id === scan.profileId);
  return [
    ['id', number(scan.id)],
    ['name', quoted(scan.name)],
    ['reference', text(scan.reference)],
    ['type', text(scan.type)],
    ['mode', text(scan.mode)],
    ['multi', flag(scan.multi)],
    ['progressiveScanning', scan.progressive === undefined ? undefined : flag(scan.progressive)],
    ['target', target(world, scan, store.webApps.get(scan.webAppId))],
    ['profile', profile && reference(profile.id, profile.name)],
    ['cancelAfterNHours', scan.cancelAfterHours === undefined ? undefined : number(scan.cancelAfterHours)],
  ];
}

/** The record of a search. */
export function scanShort(world: World, scan: Scan): Value {
  const state = world.store.state(scan);
  return group([
    ...identity(world, scan),
    ['launchedDate', date(scan.launched)],
    ['launchedBy', person(world.store.seed.account.person)],
    ['status', text(state.status)],
    ['consolidatedStatus', text(consolidated(state))],
    ['endScanDate', state.ended === undefined ? undefined : date(state.ended)],
    ['summary', statusSummary(state)],
  ]);
}

function progressSummary(world: World, scan: Scan, state: ScanState): Value {
  const webApp = world.store.webApps.get(scan.webAppId);
  const reached = scan.outcome.kind === 'nothing-tested' ? 0 : state.progress;
  const crawled = Math.round((webApp?.links ?? 0) * Math.min(1, reached / CRAWL_SHARE));
  const seconds = Math.round(reached * scan.pace.runSeconds);
  const crawlSeconds = Math.min(seconds, Math.round(scan.pace.runSeconds * CRAWL_SHARE));
  const onceStarted = (value: number): Value | undefined => (state.started === undefined ? undefined : number(value));
  return group([
    ['crawlDuration', onceStarted(crawlSeconds)],
    ['testDuration', onceStarted(seconds - crawlSeconds)],
    ['linksCrawled', onceStarted(crawled)],
    ['nbRequests', onceStarted(crawled * REQUESTS_FOR_EACH_LINK)],
    ['resultsStatus', text(state.resultsStatus)],
    ['authStatus', text(state.authStatus)],
    ['os', state.ended === undefined || reached === 0 ? undefined : quoted('Linux 5.x')],
  ]);
}

/** The full record; a download adds its results at the end. */
export function scanFull(world: World, scan: Scan, results: readonly Member[] = []): Value {
  const state = world.store.state(scan);
  const { person: user } = world.store.seed.account;
  const options = scan.options.map(({ name, value }) =>
    group([
      ['name', quoted(name)],
      ['value', quoted(value)],
    ]),
  );
  const { started, ended } = state;
  const duration = started === undefined || ended === undefined ? undefined : Math.round((ended - started) / 1000);
  const byUser = scan.cancelledAt !== undefined && state.status === 'CANCELED';
  return group([
    ...identity(world, scan),
    ['options', countedList('WasScanOption', options)],
    ['launchedDate', date(scan.launched)],
    ['launchedBy', person(user)],
    ['status', text(state.status)],
    ['consolidatedStatus', text(consolidated(state))],
    ['endScanDate', ended === undefined ? undefined : date(ended)],
    ['scanDuration', duration === undefined ? undefined : number(duration)],
    ['summary', progressSummary(world, scan, state)],
    ['cancelMode', state.status === 'CANCELED' ? text(byUser ? 'USER' : 'SYSTEM') : undefined],
    ['canceledBy', byUser ? person(user) : undefined],
    ...results,
    ['sendMail', flag(false)],
    ['enableWAFAuth', flag(false)],
  ]);
}
