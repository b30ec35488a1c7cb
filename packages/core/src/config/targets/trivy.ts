import * as z from 'zod';
import { programControl, Text } from './fields.js';

export const TrivyTarget = z.strictObject({
  scanner: z.literal('trivy'),
  image: Text.optional(),
  filesystem: Text.optional(),
  config: Text.optional(),
  ...programControl,
});
