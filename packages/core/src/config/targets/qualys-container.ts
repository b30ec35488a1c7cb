import * as z from 'zod';
import { scanControl, Text } from './fields.js';

export const QualysContainerTarget = z.strictObject({
  scanner: z.literal('qualys-container'),
  image: Text,
  ...scanControl,
});
