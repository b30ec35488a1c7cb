import * as z from 'zod';
import { scanControl, Text } from './fields.js';

export const QualysIacTarget = z.strictObject({
  scanner: z.literal('qualys-iac'),
  path: Text,
  ...scanControl,
});
