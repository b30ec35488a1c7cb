import { asObject, requiredTextIn, textsIn } from '../../wire/take.js';
import { type ImageReference, readReference } from '../qualys-images-reference.js';
import type { Json, ScanPlan } from '../scanner.js';

/** What a plan holds beside its names. It goes through a state file, so it is read back and not trusted. */
interface RuntimeDetails {
  reference: ImageReference;
  maxAgeMs: number;
  /** Ids of central policies. */
  policies: string[];
}

export const detailsJson = ({ reference, maxAgeMs, policies }: RuntimeDetails): Json => ({
  image: reference.text,
  maxAgeMs,
  policies,
});

/** Throws `SCANGATE_REPORT_SHAPE` for a plan that is not ours. */
export function detailsOf(plan: ScanPlan): RuntimeDetails {
  const at = 'plan.details';
  const details = asObject(plan.details, at);
  const [image = '', digest] = requiredTextIn(details, 'image', at).split('@');
  return {
    reference: readReference(image, digest),
    maxAgeMs: Number(requiredTextIn(details, 'maxAgeMs', at)),
    policies: textsIn(details, 'policies', at),
  };
}
