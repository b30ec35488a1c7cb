import * as z from 'zod';
import { Duration, scanControl } from './fields.js';
import { QScannerSettings } from './qualys-container-qscanner.js';

/** What the scanners take apart; what cannot be a name of an image is refused here. */
export const ImageName = z
  .string()
  .trim()
  .regex(/^[\w.:/@-]+$/, 'expected a reference such as registry.example/shop:1.4, or an image id')
  .meta({ description: 'Reference with a tag, a digest or both, or an image id of 12 or 64 hex digits.' });

export const ImageDigest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits')
  .meta({ description: 'Digest or image id that the image must have.' });

export const QualysContainerTarget = z.strictObject({
  scanner: z.literal('qualys-container'),
  image: ImageName,
  digest: ImageDigest.optional(),
  maxAge: Duration.optional().meta({
    description: 'How old the scan may be of an image that is known by its name alone. Default 24h.',
  }),
  qscanner: QScannerSettings.optional().meta({
    description: 'Scan with the program qscanner on this machine, in place of a sensor.',
  }),
  ...scanControl,
});
