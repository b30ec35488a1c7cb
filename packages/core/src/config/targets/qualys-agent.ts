import * as z from 'zod';
import { Duration, scanControl, Text } from './fields.js';

export const QualysAgentTarget = z.strictObject({
  scanner: z.literal('qualys-agent'),
  host: Text,
  maxAge: Duration.optional(),
  requireAgent: z.boolean().optional(),
  ...scanControl,
});
