import { ScangateError } from '../../errors.js';
import type { JsonMembers } from '../../wire/json.js';
import { newestIn } from '../qualys-images-members.js';
import { imageProgress } from '../qualys-images-state.js';
import type { ScanHandle, ScanProgress, ScanServices } from '../scanner.js';
import { detailsOf } from './details.js';
import { isGood, jobIdOf, jobsOf, phaseOf, statusOf, uuidOf } from './jobs.js';
import { imageOf } from './plan.js';

/** After a job has ended, what it sent is looked at for a while. */
const SETTLE_MS = 600_000;

function isSettling(job: JsonMembers, services: ScanServices): boolean {
  const endedMs = newestIn(job, ['jobCompletionDate', 'updated'], 'schedule');
  const nowMs = services.now() + (services.qualys().clockSkewMs() ?? 0);
  return endedMs !== undefined && nowMs - endedMs < SETTLE_MS;
}

/** How far the scans are: one call for each registry, and one for the image once its job has ended. */
export async function progressOf(
  handles: readonly ScanHandle[],
  services: ScanServices,
): Promise<Map<string, ScanProgress>> {
  const jobs = new Map<string, JsonMembers[]>();
  const progress = new Map<string, ScanProgress>();
  for (const handle of handles) {
    const { job } = detailsOf(handle.plan);
    if (job && !jobs.has(job.registryUuid)) jobs.set(job.registryUuid, await jobsOf(job.registryUuid, services));
    const own = job && jobs.get(job.registryUuid)?.find((one) => uuidOf(one) === jobIdOf(handle));
    // A job that is not listed is left out: it may not be listed yet.
    if (job && !own) continue;
    progress.set(handle.plan.scanName, await progressOfOne(handle, own, services));
  }
  return progress;
}

async function progressOfOne(
  handle: ScanHandle,
  job: JsonMembers | undefined,
  services: ScanServices,
): Promise<ScanProgress> {
  if (job && (phaseOf(job) !== 'ended' || !isGood(job))) return { phase: phaseOf(job), state: statusOf(job) };
  try {
    const image = await imageOf(detailsOf(handle.plan), services);
    const { phase, state } = await imageProgress(image, {}, services);
    const shown = job ? `${statusOf(job)}, ${state}` : state;
    // What a finished job did not scan nobody scans now, but what it sent may not have been looked at yet.
    const isComing = phase === 'processing' || (phase !== 'ended' && job !== undefined && isSettling(job, services));
    return { phase: isComing ? 'processing' : 'ended', state: shown };
  } catch (error) {
    if (!(error instanceof ScangateError && error.code === 'SCANGATE_QUALYS_AMBIGUOUS')) throw error;
    // Waiting does not tell which one is meant; the findings say why.
    return { phase: 'ended', state: 'several images have this name' };
  }
}
