import { excerpt, ScangateError } from '../../errors.js';
import type { ScanProblem } from '../../model/scan.js';
import { QualysError } from '../../qualys/index.js';
import type { JsonMembers } from '../../wire/json.js';
import { asObject, wordsIn } from '../../wire/take.js';
import { scanProblem } from '../problem.js';
import { asAnswer, elementsIn } from '../qualys-images-members.js';
import { listAll } from '../qualys-images-pages.js';
import type { ScanHandle, ScanPhase, ScanPlan, ScanServices } from '../scanner.js';
import { detailsOf, type RegistryDetails } from './details.js';

/** Which job of which registry a handle stands for. */
const SEPARATOR = '/';
const AT = 'schedule';

type Job = NonNullable<RegistryDetails['job']>;

const handleOf = (plan: ScanPlan, job: Job, scheduleUuid: string, launchedAtMs?: number): ScanHandle => ({
  plan,
  scanId: [job.registryUuid, scheduleUuid].join(SEPARATOR),
  reference: scheduleUuid,
  launchedAtMs,
});

export const jobIdOf = ({ scanId }: ScanHandle): string => scanId.split(SEPARATOR)[1] ?? '';

/** The jobs of a registry, those of others among them. */
export const jobsOf = (registryUuid: string, services: ScanServices): Promise<JsonMembers[]> =>
  listAll({ path: `registry/${encodeURIComponent(registryUuid)}/schedule`, keys: ['scheduleUuid'] }, services);

export const uuidOf = (job: JsonMembers): string => wordsIn(job, 'scheduleUuid', AT) ?? '';

/** The job with the name of the plan. */
export async function findJob(plan: ScanPlan, services: ScanServices): Promise<ScanHandle | undefined> {
  const { job } = detailsOf(plan);
  if (!job) return undefined;
  const found = (await jobsOf(job.registryUuid, services)).find((one) => wordsIn(one, 'name', AT) === plan.scanName);
  return found && handleOf(plan, job, uuidOf(found));
}

/** Starts the job, once. Nothing here is ever repeated: after a failure it has to be looked for by its name. */
export async function launchJob(plan: ScanPlan, job: Job, services: ScanServices): Promise<ScanHandle> {
  const client = services.qualys();
  const { value } = await client.gateway({
    method: 'POST',
    path: `/csapi/v1.3/registry/${encodeURIComponent(job.registryUuid)}/schedule`,
    json: job.request,
    safe: false,
    signal: services.signal,
  });
  return handleOf(plan, job, idIn(value), services.now() + (client.clockSkewMs() ?? 0));
}

/** The id of a new job, which releases name differently or give as the bare text. */
function idIn(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  try {
    const answer = asObject(value, 'the answer to the launch');
    const id = wordsIn(answer, 'scheduleId', AT) ?? wordsIn(answer, 'scheduleUuid', AT) ?? wordsIn(answer, 'uuid', AT);
    if (id !== undefined) return id;
  } catch (error) {
    throw asAnswer(error, 'the answer to the launch');
  }
  throw new ScangateError('SCANGATE_QUALYS_ANSWER', 'the platform took the registry scan and did not name its id');
}

/** Stops the job. One that has ended, or is gone, is no error. */
export async function cancelJob(handle: ScanHandle, services: ScanServices): Promise<void> {
  const { job } = detailsOf(handle.plan);
  if (!job) return;
  const registry = encodeURIComponent(job.registryUuid);
  const path = `/csapi/v1.3/registry/${registry}/schedule/${encodeURIComponent(jobIdOf(handle))}/cancel`;
  try {
    await services.qualys().gateway({ method: 'POST', path, safe: true, signal: services.signal });
  } catch (error) {
    if (!(error instanceof QualysError && error.kind === 'request')) throw error;
    const still = (await jobsOf(job.registryUuid, services)).find((one) => uuidOf(one) === jobIdOf(handle));
    if (still && phaseOf(still) !== 'ended') throw error;
  }
}

/** Words of the vendor's own description of the API for jobs that can be cancelled. */
const PHASES: Readonly<Record<string, ScanPhase>> = {
  CREATED: 'queued',
  QUEUED: 'queued',
  PAUSED: 'queued',
  BASELINEQUEUED: 'queued',
  RUNNING: 'running',
  BASELINERUNNING: 'running',
};
const GOOD = new Set(['FINISHED', 'COMPLETED', 'SUCCESS']);

export const statusOf = (job: JsonMembers): string => wordsIn(job, 'status', AT) ?? '(none)';
const word = (job: JsonMembers): string =>
  statusOf(job)
    .toUpperCase()
    .replace(/[^A-Z]/g, '');

/** A status that is not known has ended: waiting for it could last forever, and the findings' statement names it. */
export const phaseOf = (job: JsonMembers): ScanPhase => PHASES[word(job)] ?? 'ended';
export const isGood = (job: JsonMembers): boolean => GOOD.has(word(job));

/** What makes the job less than a whole look at the tag. */
export function jobProblems(job: JsonMembers): ScanProblem[] {
  const name = wordsIn(job, 'name', AT) ?? uuidOf(job);
  const errors = elementsIn(job, 'errors').map((error) => excerpt(JSON.stringify(error), 120));
  const said = errors.length === 0 ? '' : `: ${errors.slice(0, 3).join('; ')}`;
  const what = `the registry scan ${name} ended as ${excerpt(statusOf(job))}${said}`;
  if (isGood(job)) return errors.length === 0 ? [] : [scanProblem('SCANGATE_SCAN_INCOMPLETE', what)];
  if (/^CANCELL?ED$/.test(word(job))) return [scanProblem('SCANGATE_SCAN_CANCELLED', what)];
  if (/^(?:ERROR|FAIL)/.test(word(job))) return [scanProblem('SCANGATE_SCAN_FAILED', what)];
  return [scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', what)];
}
