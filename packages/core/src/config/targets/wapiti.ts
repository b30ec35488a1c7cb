import * as z from 'zod';
import { programControl, Text } from './fields.js';

export const WapitiTarget = z.strictObject({
  scanner: z.literal('wapiti'),
  url: Text,
  ...programControl,
});
