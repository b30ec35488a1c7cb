import * as z from 'zod';
import { Duration, scanControl, Text } from './fields.js';

export const QualysRegistryTarget = z.strictObject({
  scanner: z.literal('qualys-registry'),
  image: Text,
  maxAge: Duration.optional(),
  ...scanControl,
});
