import * as z from 'zod';
import { Tags, Text } from './fields.js';

export const ReportTarget = z.strictObject({
  scanner: z.literal('report'),
  path: Text.meta({ description: 'The report file, relative to this configuration file.' }),
  format: Text.optional().meta({ description: 'Report format; otherwise it is recognised by content.' }),
  severitySource: z.enum(['vendor', 'customer']).optional().meta({
    description: 'Which severity gates where a subscription re-rated its own (QScanner, container images).',
  }),
  tags: Tags,
});
