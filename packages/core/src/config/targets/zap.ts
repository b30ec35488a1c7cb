import * as z from 'zod';
import { programControl, Text } from './fields.js';

export const ZapTarget = z.strictObject({
  scanner: z.literal('zap'),
  url: Text,
  ...programControl,
});
