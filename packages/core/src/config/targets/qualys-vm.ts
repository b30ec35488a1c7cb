import * as z from 'zod';
import { scanControl, Text } from './fields.js';

export const QualysVmTarget = z.strictObject({
  scanner: z.literal('qualys-vm'),
  host: Text,
  optionProfile: Text.optional(),
  scannerAppliance: Text.optional(),
  ...scanControl,
});
