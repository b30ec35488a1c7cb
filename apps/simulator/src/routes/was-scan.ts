import type { FieldRules } from '../criteria.js';
import { bareRecord, serviceRecords } from '../envelopes/qps.js';
import { group, number } from '../envelopes/record.js';
import { scanResults } from '../envelopes/was-results.js';
import { scanFull, scanShort, scanStatus } from '../envelopes/was-scan.js';
import { type Answer, wantsJson } from '../http/call.js';
import type { Scan } from '../model.js';
import { answerCount, answerSearch, type Searched } from '../paging.js';
import type { Context, Route } from '../router.js';
import { isUnfinished, type ScanState } from '../scan-state.js';
import { invalid, member, readServiceRequest, textAt } from '../service-request.js';
import type { World } from '../world.js';
import { matching } from './matching.js';
import { notFound, pathId, qpsRoute } from './qps-route.js';
import { SCAN_SCHEMA } from './was-launch.js';

const STATUS_WORDS = ['SUBMITTED', 'RUNNING', 'FINISHED', 'ERROR', 'CANCELED', 'PROCESSING'];
const AUTH_WORDS = ['NONE', 'NOT_USED', 'SUCCESSFUL', 'FAILED', 'PARTIAL'];
const RESULT_WORDS = [
  'NOT_USED',
  'TO_BE_PROCESSED',
  'NO_HOST_ALIVE',
  'NO_WEB_SERVICE',
  'SERVICE_ERROR',
  'TIME_LIMIT_REACHED',
  'SCAN_INTERNAL_ERROR',
  'SCAN_RESULTS_INVALID',
  'SUCCESSFUL',
  'PROCESSING',
  'TIME_LIMIT_EXCEEDED',
  'SCAN_NOT_LAUNCHED',
  'SCANNER_NOT_AVAILABLE',
  'SUBMITTED',
  'RUNNING',
  'FINISHED',
  'CANCELED',
  'CANCELING',
  'ERROR',
  'DELETED',
  'CANCELED_WITH_RESULTS',
];

function rules({ store }: World): FieldRules<Scan> {
  const tagIds = ({ webAppId }: Scan): readonly (number | undefined)[] => {
    const ids = store.webApps.get(webAppId)?.tagIds ?? [];
    return ids.length > 0 ? ids : [undefined];
  };
  return {
    id: { kind: 'integer', read: ({ id }) => id, exists: (id) => store.scans.has(id) },
    name: { kind: 'text', read: ({ name }) => name },
    'webApp.name': { kind: 'text', read: ({ webAppId }) => store.webApps.get(webAppId)?.name },
    'webApp.id': { kind: 'integer', read: ({ webAppId }) => webAppId, exists: (id) => store.webApps.has(id) },
    'webApp.tags': { kind: 'integer', extraOperators: ['NONE'], read: tagIds },
    'webApp.tags.id': { kind: 'integer', read: tagIds },
    reference: { kind: 'text', read: ({ reference }) => reference },
    launchedDate: { kind: 'date', read: ({ launched }) => launched },
    type: { kind: 'keyword', keywords: ['VULNERABILITY', 'DISCOVERY'], read: ({ type }) => type },
    mode: { kind: 'keyword', keywords: ['ONDEMAND', 'SCHEDULED', 'API'], read: ({ mode }) => mode },
    status: { kind: 'keyword', keywords: STATUS_WORDS, read: (scan) => store.state(scan).status },
    authStatus: { kind: 'keyword', keywords: AUTH_WORDS, read: (scan) => store.state(scan).authStatus },
    resultsStatus: { kind: 'keyword', keywords: RESULT_WORDS, read: (scan) => store.state(scan).resultsStatus },
  };
}

function searched({ world }: Context): Searched<Scan> {
  return {
    schema: SCAN_SCHEMA,
    name: 'WasScan',
    rules: rules(world),
    id: ({ id }) => id,
    all: () => [...world.store.scans.values()].sort((left, right) => left.id - right.id),
    render: (scan, { preferences }) => (preferences.verbose ? scanFull(world, scan) : scanShort(world, scan)),
  };
}

function scanOf(context: Context): Scan {
  const id = pathId(context);
  const scan = context.world.store.scans.get(id);
  if (scan === undefined) throw notFound('scan', id);
  return scan;
}

const idOnly = ({ id }: Scan) => group([['id', number(id)]]);

function cancel(context: Context): Answer {
  const { store, clock } = context.world;
  const scan = scanOf(context);
  const tree = member(readServiceRequest(context.call).data, 'WasScan');
  if (!isUnfinished(store.state(scan))) {
    throw invalid(`The scan ${scan.id} has ended: it cannot be canceled.`, 'Specify an unfinished scan.');
  }
  scan.cancelledAt = clock.now();
  scan.keepResults = textAt(tree, 'cancelWithResults') === 'true';
  return serviceRecords(context, SCAN_SCHEMA, 'WasScan', [idOnly(scan)]);
}

function remove(context: Context, scans: readonly Scan[]): Answer {
  const { store } = context.world;
  const running = scans.find((scan) => isUnfinished(store.state(scan)));
  if (running) throw invalid(`The scan ${running.id} is running: it cannot be deleted.`, 'Cancel it first.');
  for (const { id } of scans) store.scans.delete(id);
  return serviceRecords(context, SCAN_SCHEMA, 'WasScan', scans.map(idOnly));
}

/** Results can be read once the scan has ended and nothing more is being worked on. */
function isReadable(state: ScanState): boolean {
  return !isUnfinished(state) && (state.coverage === 0 || state.settled !== undefined);
}

function download(context: Context): Answer {
  const { world, call } = context;
  const scan = scanOf(context);
  if (!isReadable(world.store.state(scan))) {
    throw invalid(`The results of scan ${scan.id} are not available yet.`, 'Wait until the scan has been processed.');
  }
  const record = scanFull(world, scan, scanResults(world, scan));
  // The XML of a download is the bare WasScan; JSON has the usual envelope around it.
  return wantsJson(call)
    ? serviceRecords(context, SCAN_SCHEMA, 'WasScan', [record])
    : bareRecord(context, 'WasScan', record);
}

const one = (path: string, render: (world: World, scan: Scan) => ReturnType<typeof scanStatus>): Route =>
  qpsRoute(['GET'], path, SCAN_SCHEMA, (context) =>
    serviceRecords(context, SCAN_SCHEMA, 'WasScan', [render(context.world, scanOf(context))]),
  );

export const scanRoutes: readonly Route[] = [
  qpsRoute(['GET', 'POST'], '/qps/rest/3.0/count/was/wasscan', SCAN_SCHEMA, (context) =>
    answerCount(context, searched(context)),
  ),
  qpsRoute(['POST'], '/qps/rest/3.0/search/was/wasscan', SCAN_SCHEMA, (context) =>
    answerSearch(context, searched(context)),
  ),
  one('/qps/rest/3.0/status/was/wasscan/:id', scanStatus),
  one('/qps/rest/3.0/get/was/wasscan/:id', (world, scan) => scanFull(world, scan)),
  qpsRoute(['POST'], '/qps/rest/3.0/cancel/was/wasscan/:id', SCAN_SCHEMA, cancel),
  qpsRoute(['POST'], '/qps/rest/3.0/delete/was/wasscan/:id', SCAN_SCHEMA, (context) =>
    remove(context, [scanOf(context)]),
  ),
  qpsRoute(['POST'], '/qps/rest/3.0/delete/was/wasscan', SCAN_SCHEMA, (context) =>
    remove(context, matching(context, searched(context))),
  ),
  qpsRoute(['GET'], '/qps/rest/3.0/download/was/wasscan/:id', SCAN_SCHEMA, download),
];
