import type { FieldRules } from '../criteria.js';
import { qpsHeaders, serviceRecords } from '../envelopes/qps.js';
import { group, number, quoted, text, type Value } from '../envelopes/record.js';
import { date, person } from '../envelopes/was-common.js';
import type { Answer } from '../http/call.js';
import type { Report } from '../model.js';
import { answerCount, answerSearch, type Searched } from '../paging.js';
import { REPORT_FORMATS } from '../report-files.js';
import type { Context, Route } from '../router.js';
import { invalid, member, members, readServiceRequest, type Tree, textAt } from '../service-request.js';
import type { World } from '../world.js';
import { notFound, pathId, qpsRoute } from './qps-route.js';

const SCHEMA = '3.0/was/report';
const TYPES = ['WAS_SCAN_REPORT', 'WAS_WEBAPP_REPORT', 'WAS_SCORECARD_REPORT', 'WAS_CATALOG_REPORT'];
const MAKING_SECONDS = 45;

function statusOf({ clock }: World, report: Report): 'RUNNING' | 'COMPLETE' {
  return clock.now() - report.created < MAKING_SECONDS * 1000 ? 'RUNNING' : 'COMPLETE';
}

function fullRecord(world: World, report: Report): Value {
  return group([
    ['id', number(report.id)],
    ['name', quoted(report.name)],
    ['owner', person(world.store.seed.account.person)],
    ['type', text(report.type)],
    ['format', text(report.format)],
    ['status', text(statusOf(world, report))],
    ['creationDate', date(report.created)],
  ]);
}

function statusRecord(world: World, report: Report): Value {
  return group([
    ['id', number(report.id)],
    ['status', text(statusOf(world, report))],
  ]);
}

const idOnly = ({ id }: Report) => group([['id', number(id)]]);

function searched({ world }: Context): Searched<Report> {
  const rules: FieldRules<Report> = {
    id: { kind: 'integer', read: ({ id }) => id, exists: (id) => world.store.reports.has(id) },
    name: { kind: 'text', read: ({ name }) => name },
    type: { kind: 'keyword', keywords: TYPES, read: ({ type }) => type },
    format: { kind: 'keyword', read: ({ format }) => format },
    status: { kind: 'keyword', read: (report) => statusOf(world, report) },
    creationDate: { kind: 'date', read: ({ created }) => created },
  };
  return {
    schema: SCHEMA,
    name: 'Report',
    rules,
    id: ({ id }) => id,
    all: () => world.store.reports.values(),
    render: (report) => fullRecord(world, report),
  };
}

function reportOf(context: Context): Report {
  const id = pathId(context);
  const report = context.world.store.reports.get(id);
  if (report === undefined) throw notFound('report', id);
  return report;
}

function ids(tree: Tree | undefined, known: (id: number) => boolean, name: string): readonly number[] {
  return members(tree, name).map((one) => {
    const id = Number(textAt(one, 'id'));
    if (!known(id)) throw invalid(`target: ${name} with id ${id} doesn't exist.`);
    return id;
  });
}

function create(context: Context): Answer {
  const { store, clock } = context.world;
  const tree = member(readServiceRequest(context.call).data, 'Report');
  const [name, type, format] = [textAt(tree, 'name'), textAt(tree, 'type'), textAt(tree, 'format')];
  if (name === undefined) throw invalid('name: A value is required.', 'Specify a name for the report.');
  if (type === undefined || !TYPES.includes(type)) {
    throw invalid(`type: Invalid value '${type ?? ''}'.`, `Values expected: ${TYPES.join(', ')}.`);
  }
  if (format === undefined || !Object.hasOwn(REPORT_FORMATS, format)) {
    const values = Object.keys(REPORT_FORMATS).join(', ');
    throw invalid(`format: Invalid value '${format ?? ''}'.`, `Values expected: ${values}.`);
  }
  const config = member(tree, 'config');
  const scans = member(config, 'scanReport', 'target', 'scans');
  const webApps = member(config, 'webAppReport', 'target', 'webapps');
  const scanIds = ids(scans, (id) => store.scans.has(id), 'WasScan');
  const webAppIds = ids(webApps, (id) => store.webApps.has(id), 'WebApp');
  if (type === 'WAS_SCAN_REPORT' && scanIds.length === 0) throw invalid('config: No scan is specified.');
  if (type === 'WAS_WEBAPP_REPORT' && webAppIds.length === 0) throw invalid('config: No web application is specified.');
  const report = { id: store.nextId('report'), name, type, format, scanIds, webAppIds, created: clock.now() };
  store.reports.set(report.id, report);
  return serviceRecords(context, SCHEMA, 'Report', [idOnly(report)]);
}

function download(context: Context): Answer {
  const { world } = context;
  const report = reportOf(context);
  if (statusOf(world, report) !== 'COMPLETE') {
    throw invalid(`The report ${report.id} is not yet complete.`, 'Wait until its status is COMPLETE.');
  }
  const file = REPORT_FORMATS[report.format]?.(world, report);
  if (file === undefined) throw invalid(`The report ${report.id} has no file.`);
  return {
    status: 200,
    headers: {
      ...qpsHeaders(world, false, true),
      'Content-Type': file.type,
      'Content-Disposition': `attachment; filename=report_${report.id}.${file.extension}`,
    },
    body: file.bytes,
  };
}

function remove(context: Context): Answer {
  const report = reportOf(context);
  context.world.store.reports.delete(report.id);
  return serviceRecords(context, SCHEMA, 'Report', [idOnly(report)]);
}

function one(path: string, render: (world: World, report: Report) => Value): Route {
  return qpsRoute(['GET'], path, SCHEMA, (context) =>
    serviceRecords(context, SCHEMA, 'Report', [render(context.world, reportOf(context))]),
  );
}

export const reportRoutes: readonly Route[] = [
  qpsRoute(['GET', 'POST'], '/qps/rest/3.0/count/was/report', SCHEMA, (context) =>
    answerCount(context, searched(context)),
  ),
  qpsRoute(['POST'], '/qps/rest/3.0/search/was/report', SCHEMA, (context) => answerSearch(context, searched(context))),
  one('/qps/rest/3.0/get/was/report/:id', fullRecord),
  one('/qps/rest/3.0/status/was/report/:id', statusRecord),
  qpsRoute(['POST'], '/qps/rest/3.0/create/was/report', SCHEMA, create),
  qpsRoute(['GET'], '/qps/rest/3.0/download/was/report/:id', SCHEMA, download),
  qpsRoute(['POST'], '/qps/rest/3.0/delete/was/report/:id', SCHEMA, remove),
];
