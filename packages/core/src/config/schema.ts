import * as z from 'zod';
import { PolicyInput } from '../policy/schema.js';

/*
 * The form of scangate.yml, once (design section 5). Types, validation, the JSON Schema for editors and the manual's
 * tables come from here.
 */

const Text = z.string().trim().min(1, 'the text is empty');
const Duration = z
  .string()
  .regex(/^[1-9]\d*(ms|s|m|h|d)$/, 'expected a duration with its unit, such as 90s, 15m, 2h or 7d')
  .meta({ description: 'A number and its unit: ms, s, m, h or d.' });
const HttpsUrl = z.string().regex(/^https:\/\/[^\s/]+/, 'expected an https:// address');
const Tags = z
  .array(Text)
  .min(1, 'the list is empty')
  .optional()
  .meta({ description: 'Names that policy selectors can ask for.' });

const base = { tags: Tags, wait: Duration.optional().meta({ description: 'Longest time to wait for the scan.' }) };

const ReportTarget = z.strictObject({
  scanner: z.literal('report'),
  path: Text.meta({ description: 'The report file, relative to this configuration file.' }),
  format: Text.optional().meta({ description: 'Report format; otherwise it is recognised by content.' }),
  severitySource: z.enum(['vendor', 'customer']).optional().meta({
    description: 'Which severity gates where a subscription re-rated its own (QScanner, container images).',
  }),
  tags: Tags,
});

/** Targets that start a scan. Their fields grow with the scanners; the report target is complete. */
const ScanTargets = [
  z.strictObject({
    scanner: z.literal('qualys-was'),
    webApp: Text.meta({ description: 'Id or exact name of the web application.' }),
    optionProfile: Text.optional(),
    authRecord: Text.optional(),
    ...base,
  }),
  z.strictObject({ scanner: z.literal('qualys-container'), image: Text, ...base }),
  z.strictObject({
    scanner: z.literal('qualys-vm'),
    host: Text,
    optionProfile: Text.optional(),
    scannerAppliance: Text.optional(),
    ...base,
  }),
  z.strictObject({ scanner: z.literal('qualys-iac'), path: Text, ...base }),
  z.strictObject({
    scanner: z.literal('qualys-agent'),
    host: Text,
    maxAge: Duration.optional(),
    requireAgent: z.boolean().optional(),
    ...base,
  }),
  z.strictObject({ scanner: z.literal('qualys-registry'), image: Text, maxAge: Duration.optional(), ...base }),
  z.strictObject({ scanner: z.literal('qualys-runtime'), image: Text, ...base }),
  z.strictObject({
    scanner: z.literal('qualys-pc'),
    policies: z.array(Text).min(1, 'the list is empty'),
    host: Text,
    ...base,
  }),
  z.strictObject({
    scanner: z.literal('trivy'),
    image: Text.optional(),
    filesystem: Text.optional(),
    config: Text.optional(),
    ...base,
  }),
  z.strictObject({ scanner: z.literal('wapiti'), url: Text, ...base }),
] as const;

export const Target = z
  .discriminatedUnion('scanner', [ReportTarget, ...ScanTargets])
  .meta({ id: 'Target', description: 'What is examined, and by which scanner.' });
export type Target = z.infer<typeof Target>;

const QualysPlatform = z
  .strictObject({
    pod: Text.optional().meta({ description: 'Platform code, such as EU1.' }),
    urls: z.strictObject({ api: HttpsUrl, gateway: HttpsUrl, portal: HttpsUrl }).optional().meta({
      description: 'Addresses of a private platform.',
    }),
  })
  .refine(({ pod, urls }) => (pod === undefined) !== (urls === undefined), 'give either pod or urls');

export const Config = z
  .strictObject({
    version: z.literal(1).meta({ description: 'Version of this file format.' }),
    platform: z.strictObject({ qualys: QualysPlatform.optional() }).optional(),
    targets: z
      .record(
        z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'a target name holds letters, digits, dot, dash and underscore'),
        Target,
      )
      .refine((targets) => Object.keys(targets).length > 0, 'there is no target')
      .optional()
      .meta({ description: 'Targets by name. The name is part of every fingerprint: keep it stable.' }),
    policy: PolicyInput.optional(),
  })
  .meta({ id: 'Config', title: 'scangate.yml' });
export type Config = z.infer<typeof Config>;
