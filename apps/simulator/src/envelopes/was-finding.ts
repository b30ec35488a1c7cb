import type { FindingView } from '../finding-view.js';
import type { HistoryEntry } from '../model.js';
import type { World } from '../world.js';
import { bareList, countedList, encoded, flag, group, number, quoted, text, type Value } from './record.js';
import { date, person, tagList, webAppReference } from './was-common.js';

type Member = readonly [string, Value | undefined];

/** Base64, or what the fault makes of it. */
export function base64(world: World, plain: string): string {
  const right = Buffer.from(plain, 'utf8').toString('base64');
  if (!world.faults.isActive('bad-base64')) return right;
  if (world.faults.setting('bad-base64', 'word') === 'junk') return `%%${right.slice(3)}!`;
  return right.replaceAll('=', '');
}

function severity(world: World, view: FindingView): string {
  const struck = view.index === 0 && world.faults.isActive('unknown-severity');
  return struck ? world.faults.setting('unknown-severity', 'word') : view.severity;
}

function basics(world: World, view: FindingView): readonly Member[] {
  const { spec } = view;
  return [
    ['id', number(spec.id)],
    ['uniqueId', text(spec.uniqueId)],
    ['qid', number(spec.qid)],
    ['name', quoted(world.store.vulnerabilities.get(spec.qid)?.title ?? `QID ${spec.qid}`)],
    ['type', text(spec.kind)],
    ['potential', flag(spec.potential)],
    ['findingType', text('QUALYS')],
    ['severity', text(severity(world, view))],
  ];
}

/** What information gathered does not have (recorded). */
function placed(view: FindingView, value: Value): Value | undefined {
  return view.spec.kind === 'INFORMATION_GATHERED' ? undefined : value;
}

function dates(view: FindingView): readonly Member[] {
  return [
    ['firstDetectedDate', date(view.first)],
    ['lastDetectedDate', date(view.last)],
    ['lastTestedDate', date(view.tested)],
    ['fixedDate', view.fixed === undefined ? undefined : date(view.fixed)],
  ];
}

/** The record without `verbose`, as recorded. */
export function findingShort(world: World, view: FindingView): Value {
  return group([
    ...basics(world, view),
    ['url', view.spec.url === undefined ? undefined : quoted(view.spec.url)],
    ['status', view.status === undefined ? undefined : text(view.status)],
    ...dates(view),
    ['timesDetected', placed(view, number(view.times))],
    ['webApp', webAppReference(view.webApp)],
    ['isIgnored', placed(view, flag(view.ignored !== undefined))],
    ['param', view.spec.param === undefined ? undefined : quoted(view.spec.param)],
  ]);
}

function ignoring({ ignored }: FindingView): readonly Member[] {
  if (ignored === undefined) return [];
  return [
    ['ignoredReason', text(ignored.reason)],
    ['ignoredBy', person(ignored.by)],
    ['ignoredDate', date(ignored.date)],
    ['ignoredComment', quoted(ignored.comment)],
  ];
}

function editing({ edited }: FindingView): readonly Member[] {
  if (edited === undefined) return [];
  return [
    ['severityComment', quoted(edited.comment)],
    ['editedSeverityUser', person(edited.by)],
    ['editedSeverityDate', date(edited.date)],
  ];
}

function taxonomy(world: World, qid: number): readonly Member[] {
  const vulnerability = world.store.vulnerabilities.get(qid);
  const entry = (of: { readonly name: string; readonly url: string; readonly code: number }): Value =>
    group([
      ['name', quoted(of.name)],
      ['url', quoted(of.url)],
      ['code', number(of.code)],
    ]);
  const { cwe, owasp, wasc, cvss3 } = vulnerability ?? {};
  return [
    ['cwe', cwe && countedList('long', cwe.map(number))],
    ['owasp', owasp && countedList('OWASP', [entry(owasp)])],
    ['wasc', wasc && countedList('WASC', [entry(wasc)])],
    [
      'cvssV3',
      cvss3 &&
        group([
          ['base', number(Number(cvss3.base))],
          ['temporal', number(Number(cvss3.temporal))],
          ['attackVector', text(cvss3.vector.includes('AV:N') ? 'Network' : 'Local')],
        ]),
    ],
  ];
}

function request(world: World, url: string): Value {
  const host = new URL(url).host;
  return group([
    ['method', text('GET')],
    ['link', quoted(url)],
    ['headers', encoded(base64(world, `Host: ${host}\nUser-Agent: simulated scanner\n`))],
  ]);
}

function results(world: World, view: FindingView): Value {
  const { spec } = view;
  const payload = group([
    ['payload', spec.payload === undefined ? undefined : quoted(spec.payload)],
    ['request', spec.url === undefined ? undefined : request(world, spec.url)],
    ['response', encoded(base64(world, spec.response), spec.response)],
    [
      'payloadResponce',
      group([
        ['offset', number(0)],
        ['length', number(Math.min(12, spec.response.length))],
      ]),
    ],
  ]);
  const path = spec.url === undefined ? undefined : countedList('Url', [quoted(view.webApp.url), quoted(spec.url)]);
  const result = group([
    ['authentication', flag(spec.authenticated)],
    ['ajax', flag(false)],
    ['accessPath', path],
    ['payloads', countedList('PayloadInstance', [payload])],
  ]);
  return countedList('Result', [result]);
}

function sightings(entries: readonly HistoryEntry[], most: number | undefined): Value {
  const newestFirst = [...entries].reverse().slice(0, most);
  const scanData = (entry: HistoryEntry): Value =>
    group([
      ['id', number(entry.scanId)],
      ['reference', text(entry.reference)],
      ['launchedDate', date(entry.launched)],
    ]);
  return bareList(
    'set',
    'WebAppFindingHistory',
    newestFirst.map((entry) => group([['scanData', scanData(entry)]])),
  );
}

function verboseWebApp(world: World, view: FindingView): Value {
  const { id, name, url, tagIds } = view.webApp;
  return group([
    ['id', number(id)],
    ['name', quoted(name)],
    ['url', quoted(url)],
    ['tags', tagList(world.store, tagIds)],
  ]);
}

/** The record with `verbose`: about ten times as long. */
export function findingFull(world: World, view: FindingView, histories: number | undefined): Value {
  const { spec } = view;
  return group([
    ...basics(world, view),
    ['detectionScore', number(spec.detectionScore)],
    ['group', spec.group === undefined ? undefined : text(spec.group)],
    ['url', spec.url === undefined ? undefined : quoted(spec.url)],
    ['status', view.status === undefined ? undefined : text(view.status)],
    ...dates(view),
    ['timesDetected', placed(view, number(view.times))],
    ['webApp', verboseWebApp(world, view)],
    ['isIgnored', placed(view, flag(view.ignored !== undefined))],
    ...ignoring(view),
    ...editing(view),
    ['param', spec.param === undefined ? undefined : quoted(spec.param)],
    ...taxonomy(world, spec.qid),
    ['resultList', results(world, view)],
    ['history', sightings(view.sightings, histories)],
    ['updatedDate', date(Math.max(view.tested, view.ignored?.date ?? 0, view.edited?.date ?? 0))],
  ]);
}
