import * as z from 'zod';
import { scanControl, Text, Texts } from './fields.js';

/** The platform has no call that stops a scan of templates. */
const Keep = z.literal('keep').default('keep').meta({
  description: 'The platform cannot stop a scan of templates: it ends by itself, and the next run judges it.',
});

export const QualysIacTarget = z.strictObject({
  scanner: z.literal('qualys-iac'),
  path: Text.meta({
    description:
      'A folder with templates (.tf, .json, .yml, .yaml, .template), or one template. Links are not followed.',
  }),
  include: Texts.optional().meta({
    description: 'Only what one of these globs names, relative to path. Default: everything that is not hidden.',
  }),
  exclude: Texts.optional().meta({ description: 'Without what one of these globs names.' }),
  gitignore: z.boolean().optional().meta({
    description: 'Leave out what Git ignores; a path that Git ignores itself is taken all the same. Default true.',
  }),
  name: Text.max(150).optional().meta({
    description:
      'Name of the scan, with {target}, {branch}, {build}, {runId} and {date}. The id of the run is added when it is not there.',
  }),
  tags: scanControl.tags,
  wait: scanControl.wait,
  reuse: scanControl.reuse.meta({
    description: 'Take a scan of the very same templates that is running, or one that was started within this time.',
  }),
  onAbort: Keep,
  onTimeout: Keep,
});
