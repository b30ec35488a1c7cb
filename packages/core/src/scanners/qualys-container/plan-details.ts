import { asObject, requiredTextIn, wordsIn } from '../../wire/take.js';
import { type ImageReference, readReference } from '../qualys-images-reference.js';
import type { Json, ScanPlan } from '../scanner.js';

/** What a plan of the sensor's way holds. It goes through a state file, so it is read back and not trusted. */
export interface SensorDetails {
  reference: ImageReference;
  /** The image id in 64 hex digits, where the container runtime of this machine told it. */
  sha?: string | undefined;
  /** Program that tags the image for the sensor; absent where the image is expected to be pushed. */
  runtime?: string | undefined;
  /** How old the scan may be of an image that is known by a name alone, milliseconds. */
  maxAgeMs: number;
}

export const sensorJson = ({ reference, ...rest }: SensorDetails): Json => ({
  way: 'sensor',
  image: reference.text,
  ...(JSON.parse(JSON.stringify(rest)) as { [key: string]: Json }),
});

/** Throws `SCANGATE_REPORT_SHAPE` for a plan that is not ours. */
export function sensorDetailsOf(plan: ScanPlan): SensorDetails {
  const at = 'plan.details';
  const details = asObject(plan.details, at);
  const [image = '', digest] = requiredTextIn(details, 'image', at).split('@');
  return {
    reference: readReference(image, digest),
    sha: wordsIn(details, 'sha', at),
    runtime: wordsIn(details, 'runtime', at),
    maxAgeMs: Number(requiredTextIn(details, 'maxAgeMs', at)),
  };
}

/** `sensor`, or the other way that a target of this scanner can be scanned. */
export function wayOf(plan: ScanPlan): string {
  return requiredTextIn(asObject(plan.details, 'plan.details'), 'way', 'plan.details');
}
