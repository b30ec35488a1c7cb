import * as z from 'zod';

/* Forms that targets share. */

export const Text = z.string().trim().min(1, 'the text is empty');
export const Duration = z
  .string()
  .regex(/^[1-9]\d*(ms|s|m|h|d)$/, 'expected a duration with its unit, such as 90s, 15m, 2h or 7d')
  .meta({ description: 'A number and its unit: ms, s, m, h or d.' });
export const Tags = z
  .array(Text)
  .min(1, 'the list is empty')
  .optional()
  .meta({ description: 'Names that policy selectors can ask for.' });

export const IdOrName = z.union([Text, z.number().int().positive()]);
export const Ids = z.array(IdOrName).min(1, 'the list is empty');

export const Texts = z.array(Text).min(1, 'the list is empty');

/** Of a web application. Whoever lists processes can read it, so it holds no credentials. */
export const WebAddress = z
  .string()
  .regex(
    /^https?:\/\/[^\s/@?#]+(?:\/[^\s?#]*)?$/,
    'expected an http:// or https:// address without credentials, query and fragment',
  )
  .refine((text) => URL.canParse(text), 'this is no address');

const Waits = z.union([
  Duration,
  z.strictObject({
    queue: Duration.optional().meta({ description: 'Longest time until the scan begins.' }),
    run: Duration.optional().meta({ description: 'Longest time that the scan may run.' }),
    results: Duration.optional().meta({ description: 'Longest time from the end of the scan to its results.' }),
  }),
]);
const OnEnd = z.enum(['cancel', 'keep']);

/** What every target that waits for a scan on a platform can be told. */
export const scanControl = {
  tags: Tags,
  wait: Waits.optional().meta({
    description: 'Longest time to wait for the scan, in all or for each of queue, run and results.',
  }),
  reuse: z
    .union([z.literal('running'), Duration])
    .optional()
    .meta({
      description: 'Take a scan of the same kind that is running, or one that ended within this time.',
    }),
  onAbort: OnEnd.optional().meta({
    description: 'The scan on the platform when the pipeline is aborted. Default cancel.',
  }),
  onTimeout: OnEnd.optional().meta({ description: 'The scan on the platform when the wait is over. Default cancel.' }),
};

/** What every target whose scanner is a program on this machine can be told. */
export const programControl = {
  tags: Tags,
  wait: Duration.optional().meta({ description: 'Longest time that the program may run. Default 1h.' }),
};
