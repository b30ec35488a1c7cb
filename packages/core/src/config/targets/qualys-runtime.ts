import * as z from 'zod';
import { Duration, scanControl, Texts } from './fields.js';
import { ImageDigest, ImageName } from './qualys-container.js';

export const QualysRuntimeTarget = z.strictObject({
  scanner: z.literal('qualys-runtime'),
  image: ImageName.meta({
    description: 'Reference with a tag, a digest or both, an image id, or a repository: every image of it.',
  }),
  digest: ImageDigest.optional(),
  maxAge: Duration.optional().meta({
    description: 'How long ago a running container may have been seen last. Default 24h.',
  }),
  policies: Texts.optional().meta({
    description: 'Central policies, by exact name or id, that must not deny an image that runs.',
  }),
  ...scanControl,
});
