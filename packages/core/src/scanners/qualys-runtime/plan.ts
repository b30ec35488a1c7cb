import { ScangateError } from '../../errors.js';
import { findImages } from '../qualys-images-lookup.js';
import { ageMs, uniqueName } from '../qualys-images-members.js';
import { type ImageReference, readReference } from '../qualys-images-reference.js';
import type { PlanContext, ScanPlan, ScanServices } from '../scanner.js';
import { detailsJson } from './details.js';
import { policyIds } from './policies.js';
import type { RuntimeTarget } from './target.js';

const DEFAULT_MAX_AGE = '24h';

/** Looks whether the platform knows the image or repository at all. Reads only. */
export async function planRuntime(
  target: RuntimeTarget,
  context: PlanContext,
  services: ScanServices,
): Promise<ScanPlan> {
  const reference = readReference(target.image, target.digest);
  const images = await findImages(reference, services);
  if (images.length === 0) throw unknownImage(reference);
  return {
    target: context.targetName,
    scanner: 'qualys-runtime',
    subject: `containers of ${reference.text}`,
    scanName: uniqueName(context),
    details: detailsJson({
      reference,
      maxAgeMs: ageMs(target.maxAge ?? DEFAULT_MAX_AGE),
      policies: await policyIds(target.policies ?? [], services),
    }),
    historyMs: [],
  };
}

export const unknownImage = ({ text }: ImageReference): ScangateError =>
  new ScangateError(
    'SCANGATE_SCAN_UNKNOWN_TARGET',
    `the platform knows no image ${text}, so it knows none of its containers`,
    { mend: 'install a sensor where the containers run, and compare the name exactly' },
  );
