import * as z from 'zod';
import { Duration, programControl, Text, WebAddress } from './fields.js';

export const ZapTarget = z.strictObject({
  scanner: z.literal('zap'),
  url: WebAddress.meta({ description: 'Where the web application is. It has to answer before and after the scan.' }),
  scope: z.enum(['folder', 'domain']).optional().meta({
    description: 'How far ZAP goes from the address. Default folder: everything below it.',
  }),
  maxScanTime: Duration.optional().meta({
    description:
      'Longest time for the active scan, in whole minutes; when it is reached the scan counts as incomplete.',
  }),
  program: Text.optional().meta({
    description: 'Name or path of the program. Default zap.sh, zaproxy or zap, from PATH.',
  }),
  orElse: z.literal('wapiti').optional().meta({
    description: 'Take Wapiti where ZAP is not installed. Default: a missing ZAP makes the verdict inconclusive.',
  }),
  ...programControl,
});
