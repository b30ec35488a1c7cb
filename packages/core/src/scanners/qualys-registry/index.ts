import type { Scanner } from '../scanner.js';
import { collectImage } from './collect.js';
import { detailsOf } from './details.js';
import { cancelJob, findJob, launchJob } from './jobs.js';
import { planRegistry } from './plan.js';
import { progressOf } from './progress.js';
import type { RegistryTarget } from './target.js';

/**
 * Images in a registry, as the platform knows them, with a scan of the registry where one is asked for.
 * https://docs.qualys.com/en/cs/api/registries/ and the vendor's description of the API (read 2026-11-23).
 */
export const qualysRegistry: Scanner<RegistryTarget> = {
  name: 'qualys-registry',
  needsPlatform: true,
  plan: planRegistry,
  find: findJob,
  // A scan of a registry is of one tag, and its age is judged by maxAge in any case.
  findReusable: async () => undefined,
  launch: async (plan, services) => {
    const { job, reference } = detailsOf(plan);
    return job ? await launchJob(plan, job, services) : { plan, scanId: reference.text };
  },
  progress: progressOf,
  cancel: cancelJob,
  findings: collectImage,
};
