import { asObject, objectIn, requiredTextIn } from '../../wire/take.js';
import { type ImageReference, readReference } from '../qualys-images-reference.js';
import type { Json, ScanPlan } from '../scanner.js';

/** What a plan holds beside its names. It goes through a state file, so it is read back and not trusted. */
export interface RegistryDetails {
  reference: ImageReference;
  maxAgeMs: number;
  /** The scan to start; absent where only what is known is asked for. */
  job?: { registryUuid: string; request: { [key: string]: Json } } | undefined;
}

export const detailsJson = ({ reference, maxAgeMs, job }: RegistryDetails): Json => ({
  image: reference.text,
  maxAgeMs,
  ...(job ? { job } : {}),
});

/** Throws `SCANGATE_REPORT_SHAPE` for a plan that is not ours. */
export function detailsOf(plan: ScanPlan): RegistryDetails {
  const at = 'plan.details';
  const details = asObject(plan.details, at);
  const [image = '', digest] = requiredTextIn(details, 'image', at).split('@');
  const job = objectIn(details, 'job', at);
  return {
    reference: readReference(image, digest),
    maxAgeMs: Number(requiredTextIn(details, 'maxAgeMs', at)),
    job: job && {
      registryUuid: requiredTextIn(job, 'registryUuid', `${at}.job`),
      request: asObject(job.request, `${at}.job.request`) as { [key: string]: Json },
    },
  };
}
