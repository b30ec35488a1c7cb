import type { FieldRules } from '../criteria.js';
import { serviceRecords } from '../envelopes/qps.js';
import { group, number } from '../envelopes/record.js';
import { findingFull, findingShort } from '../envelopes/was-finding.js';
import type { FindingView, Overlay } from '../finding-view.js';
import type { Answer } from '../http/call.js';
import type { Vulnerability } from '../model.js';
import { answerCount, answerSearch, type Searched } from '../paging.js';
import type { Context, Route } from '../router.js';
import { invalid, member, readServiceRequest, type ServiceRequest, textAt } from '../service-request.js';
import type { FindingQuery } from '../store.js';
import type { World } from '../world.js';
import { matching } from './matching.js';
import { notFound, pathId, qpsRoute } from './qps-route.js';

const SCHEMA = '3.0/was/finding';
const REASONS = ['FALSE_POSITIVE', 'RISK_ACCEPTED', 'NOT_APPLICABLE'];
const KINDS = ['VULNERABILITY', 'SENSITIVE_CONTENT', 'INFORMATION_GATHERED'];
const STATUSES = ['NEW', 'ACTIVE', 'REOPENED', 'FIXED', 'PROTECTED'];
const GROUPS = ['XSS', 'SQL', 'INFO', 'PATH', 'CC', 'SSN_US', 'CUSTOM'];

function placeRules({ store }: World): FieldRules<FindingView> {
  const tagIds = ({ webApp }: FindingView): readonly number[] => webApp.tagIds;
  const tagNames = ({ webApp }: FindingView): readonly string[] =>
    store.seed.tags.filter(({ id }) => webApp.tagIds.includes(id)).map(({ name }) => name);
  return {
    'webApp.id': { kind: 'integer', read: ({ webApp }) => webApp.id, exists: (id) => store.webApps.has(id) },
    'webApp.name': { kind: 'text', read: ({ webApp }) => webApp.name },
    'webApp.tags.id': { kind: 'integer', read: tagIds },
    'webApp.tags.name': { kind: 'text', read: tagNames },
    firstDetectedDate: { kind: 'date', read: ({ first }) => first },
    lastDetectedDate: { kind: 'date', read: ({ last }) => last },
    lastTestedDate: { kind: 'date', read: ({ tested }) => tested },
    fixedDate: { kind: 'date', read: ({ fixed }) => fixed },
    timesDetected: { kind: 'integer', read: ({ times }) => times },
    ignoredDate: { kind: 'date', read: ({ ignored }) => ignored?.date },
    ignoredReason: { kind: 'keyword', keywords: REASONS, read: ({ ignored }) => ignored?.reason },
  };
}

function rules(world: World): FieldRules<FindingView> {
  const { store } = world;
  const known = ({ spec }: FindingView): Vulnerability | undefined => store.vulnerabilities.get(spec.qid);
  return {
    id: { kind: 'integer', read: ({ spec }) => spec.id, exists: (id) => store.finding(id) !== undefined },
    uniqueId: { kind: 'text', read: ({ spec }) => spec.uniqueId },
    qid: { kind: 'integer', read: ({ spec }) => spec.qid },
    name: { kind: 'text', read: (view) => known(view)?.title },
    type: { kind: 'keyword', keywords: KINDS, read: ({ spec }) => spec.kind },
    url: { kind: 'text', read: ({ spec }) => spec.url },
    status: { kind: 'keyword', keywords: STATUSES, read: ({ status }) => status },
    patch: { kind: 'integer', read: () => undefined },
    severity: { kind: 'integer', read: ({ severity }) => Number(severity) },
    externalRef: { kind: 'text', extraOperators: ['IS EMPTY'], read: () => undefined },
    group: { kind: 'keyword', keywords: GROUPS, read: ({ spec }) => spec.group },
    'owasp.name': { kind: 'text', read: (view) => known(view)?.owasp?.name },
    'owasp.code': { kind: 'integer', read: (view) => known(view)?.owasp?.code },
    'wasc.name': { kind: 'text', read: (view) => known(view)?.wasc?.name },
    'wasc.code': { kind: 'integer', read: (view) => known(view)?.wasc?.code },
    'cwe.id': { kind: 'integer', read: (view) => known(view)?.cwe ?? [] },
    ...placeRules(world),
  };
}

/** Narrows what has to be walked through: one application may have very many findings. */
function queryOf(request: ServiceRequest, afterId: number): FindingQuery {
  const named = request.criteria.filter(({ field, operator }) => {
    return field === 'webApp.id' && (operator === 'EQUALS' || operator === 'IN');
  });
  const [first] = named;
  if (first === undefined) return { afterId };
  return { afterId, webAppIds: new Set(first.value.split(',').map((part) => Number(part))) };
}

function searched({ world }: Context): Searched<FindingView> {
  return {
    schema: SCHEMA,
    name: 'Finding',
    rules: rules(world),
    id: ({ spec }) => spec.id,
    all: (request, afterId) => world.store.findings(queryOf(request, afterId)),
    render: (view, { preferences }) =>
      preferences.verbose ? findingFull(world, view, preferences.limitHistories) : findingShort(world, view),
  };
}

function findingOf(context: Context): FindingView {
  const { store } = context.world;
  const id = context.path.id ?? '';
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id)) {
    for (const view of store.findings()) if (view.spec.uniqueId === id) return view;
    throw notFound('finding', 0);
  }
  const view = store.finding(pathId(context));
  if (view === undefined) throw notFound('finding', Number(id));
  return view;
}

function get(context: Context): Answer {
  return serviceRecords(context, SCHEMA, 'Finding', [findingFull(context.world, findingOf(context), undefined)]);
}

type Edit = (context: Context) => (overlay: Overlay) => void;

const ignore: Edit = ({ call, world }) => {
  const tree = member(readServiceRequest(call).data, 'Finding');
  const reason = textAt(tree, 'ignoredReason') ?? '';
  if (!REASONS.includes(reason)) {
    throw invalid(`ignoredReason: Invalid value '${reason}'.`, `Values expected: ${REASONS.join(', ')}.`);
  }
  const comment = textAt(tree, 'ignoredComment') ?? '';
  const date = world.clock.now();
  return (overlay) => {
    overlay.ignored = { reason, comment, date };
  };
};

const activate: Edit = () => (overlay) => {
  overlay.ignored = undefined;
};

const editSeverity: Edit = ({ call, world }) => {
  const tree = member(readServiceRequest(call).data, 'Finding');
  const value = textAt(tree, 'severity') ?? '';
  if (!/^[1-5]$/.test(value)) throw invalid(`severity: Invalid value '${value}'.`, 'Specify a level from 1 to 5.');
  const severity = { value, comment: textAt(tree, 'severityComment') ?? '', date: world.clock.now() };
  return (overlay) => {
    overlay.severity = severity;
  };
};

const restoreSeverity: Edit = () => (overlay) => {
  overlay.severity = undefined;
};

function edit(context: Context, views: readonly FindingView[], change: Edit): Answer {
  const apply = change(context);
  const { overlays } = context.world.store;
  for (const { spec } of views) {
    const overlay = overlays.get(spec.id) ?? {};
    apply(overlay);
    overlays.set(spec.id, overlay);
  }
  const records = views.map(({ spec }) => group([['id', number(spec.id)]]));
  return serviceRecords(context, SCHEMA, 'Finding', records);
}

function editRoutes(verb: string, change: Edit): readonly Route[] {
  const path = `/qps/rest/3.0/${verb}/was/finding`;
  return [
    qpsRoute(['POST'], `${path}/:id`, SCHEMA, (context) => edit(context, [findingOf(context)], change)),
    qpsRoute(['POST'], path, SCHEMA, (context) => edit(context, matching(context, searched(context)), change)),
  ];
}

function counted(context: Context): Answer {
  const { faults } = context.world;
  const extra = faults.isActive('counter-mismatch') ? Number(faults.setting('counter-mismatch', 'extra')) : 0;
  return answerCount(context, searched(context), extra);
}

export const findingRoutes: readonly Route[] = [
  qpsRoute(['GET', 'POST'], '/qps/rest/3.0/count/was/finding', SCHEMA, counted),
  qpsRoute(['POST'], '/qps/rest/3.0/search/was/finding', SCHEMA, (context) => answerSearch(context, searched(context))),
  qpsRoute(['GET'], '/qps/rest/3.0/get/was/finding/:id', SCHEMA, get),
  ...editRoutes('ignore', ignore),
  ...editRoutes('activate', activate),
  ...editRoutes('editSeverity', editSeverity),
  ...editRoutes('restoreSeverity', restoreSeverity),
];
