import * as z from 'zod';
import { scanControl, Text, Texts } from './fields.js';

export const QualysPcTarget = z.strictObject({
  scanner: z.literal('qualys-pc'),
  policies: Texts,
  host: Text,
  ...scanControl,
});
