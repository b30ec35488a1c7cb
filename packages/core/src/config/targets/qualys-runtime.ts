import * as z from 'zod';
import { scanControl, Text } from './fields.js';

export const QualysRuntimeTarget = z.strictObject({
  scanner: z.literal('qualys-runtime'),
  image: Text,
  ...scanControl,
});
