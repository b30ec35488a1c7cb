import type { CsJob, CsRegistry } from '../cs-model.js';
import type { Answer } from '../http/call.js';
import type { Context, Route } from '../router.js';
import { csError, csRoute, json, listed, notKnown, stamp } from './cs-route.js';

const QUEUE_SECONDS = 60;
const RUN_SECONDS = 240;
/** Longer than any test or demo. */
const FOREVER_SECONDS = 1e9;
const DAYS: readonly unknown[] = [null, undefined, 1, 2, 3, 4, 5, 6, 7, 14];

const summary = (registry: CsRegistry): Record<string, unknown> => ({
  registryUuid: registry.uuid,
  registryUri: registry.uri,
  registryType: registry.type,
  repoCount: 4,
});

const ofRegistry =
  (answer: (context: Context, registry: CsRegistry) => Answer) =>
  (context: Context): Answer => {
    const { registries } = context.world.store.cs.seed;
    const registry = registries.find(({ uuid }) => uuid === context.path.registryId);
    return registry ? answer(context, registry) : notKnown(context, 'registry');
  };

function schedule({ world }: Context, job: CsJob): Record<string, unknown> {
  const { cs } = world.store;
  const status = cs.status(job);
  return {
    scheduleUuid: job.uuid,
    name: job.name,
    onDemand: true,
    status,
    created: stamp(job.created),
    updated: stamp(cs.ended(job) ?? job.created),
    filters: [{ repoTags: [{ repo: job.repository, tag: job.tag }], days: null }],
    jobStartDate: stamp(job.created),
    jobCompletionDate: stamp(cs.ended(job)),
    errors: status === 'Error' ? [{ errorCode: 'CMS-2001', message: 'the image could not be pulled' }] : null,
  };
}

interface Wanted {
  readonly name: string;
  readonly repository: string;
  readonly tag: string;
  readonly forced: boolean;
}

/** What the body of a launch asks for, or what is wrong with it. */
function wantedOf(text: string, registry: CsRegistry): Wanted | string {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return 'the body is not JSON';
  }
  const filters = body.filters as { repoTags?: { repo?: unknown; tag?: unknown }[]; days?: unknown }[] | undefined;
  const [repoTag] = filters?.[0]?.repoTags ?? [];
  if (typeof body.name !== 'string' || body.name === '') return 'name is mandatory';
  if (body.registryType !== registry.type) return 'registryType does not match';
  if (body.onDemand !== true) return 'only onDemand schedules are simulated';
  if (filters?.length !== 1 || typeof repoTag?.repo !== 'string' || typeof repoTag.tag !== 'string') {
    return 'filters is mandatory';
  }
  if (!DAYS.includes(filters[0]?.days)) return 'days is 1 to 7, or 14';
  return { name: body.name, repository: repoTag.repo, tag: repoTag.tag, forced: body.forceScan === true };
}

/** The word that a fault gives the end of a job. */
function endOf({ world }: Context): string | undefined {
  const { faults } = world;
  if (faults.isActive('unknown-status')) return faults.setting('unknown-status', 'word');
  if (faults.isActive('scan-error')) return 'Error';
  return faults.isActive('cancelled') ? 'Canceled' : undefined;
}

function launch(context: Context, registry: CsRegistry): Answer {
  const { world, call } = context;
  const wanted = wantedOf(call.body, registry);
  if (typeof wanted === 'string') return csError(context, 400, 'BAD_REQUEST', wanted);
  const end = endOf(context);
  const job = world.store.cs.addJob({
    ...wanted,
    registryUuid: registry.uuid,
    queueSeconds: QUEUE_SECONDS,
    runSeconds: world.faults.isActive('stuck-running') ? FOREVER_SECONDS : RUN_SECONDS,
    ...(end === undefined ? {} : { end }),
  });
  return json({ scheduleId: job.uuid });
}

function cancel(context: Context): Answer {
  const { cs } = context.world.store;
  const job = cs.jobs.find(({ uuid }) => uuid === context.path.scheduleId);
  if (!job) return notKnown(context, 'schedule');
  if (!['Queued', 'Running'].includes(cs.status(job))) {
    return csError(context, 400, 'BAD_REQUEST', 'only schedules that are queued or run can be cancelled');
  }
  job.cancelled = context.world.clock.now();
  return json(job.uuid);
}

export const csRegistryRoutes: readonly Route[] = [
  csRoute('GET', '/registry', (context) => listed(context, context.world.store.cs.seed.registries, {}, summary)),
  csRoute(
    'GET',
    '/registry/:registryId',
    ofRegistry((_, registry) => json(summary(registry))),
  ),
  csRoute(
    'GET',
    '/registry/:registryId/schedule',
    ofRegistry((context, registry) => {
      const jobs = context.world.store.cs.jobs.filter(({ registryUuid }) => registryUuid === registry.uuid);
      return listed(context, jobs, {}, (job) => schedule(context, job));
    }),
  ),
  csRoute('POST', '/registry/:registryId/schedule', ofRegistry(launch)),
  csRoute('POST', '/registry/:registryId/schedule/:scheduleId/cancel', cancel),
];
