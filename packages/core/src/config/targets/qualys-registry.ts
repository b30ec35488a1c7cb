import * as z from 'zod';
import { Duration, scanControl } from './fields.js';
import { ImageDigest, ImageName } from './qualys-container.js';

export const QualysRegistryTarget = z.strictObject({
  scanner: z.literal('qualys-registry'),
  image: ImageName,
  digest: ImageDigest.optional(),
  maxAge: Duration.optional().meta({ description: 'How old the newest scan of the image may be. Default 7d.' }),
  scanNow: z
    .union([z.boolean(), z.literal('force')])
    .optional()
    .meta({
      description:
        'Start a scan of the registry for the tag of the image and wait for it; force: also of what was scanned before, where the subscription has that. Default false.',
    }),
  ...scanControl,
});
