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

const IdOrName = z.union([Text, z.number().int().positive()]);
const Ids = z.array(IdOrName).min(1, 'the list is empty');
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
const scanControl = {
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

const ReportTarget = z.strictObject({
  scanner: z.literal('report'),
  path: Text.meta({ description: 'The report file, relative to this configuration file.' }),
  format: Text.optional().meta({ description: 'Report format; otherwise it is recognised by content.' }),
  severitySource: z.enum(['vendor', 'customer']).optional().meta({
    description: 'Which severity gates where a subscription re-rated its own (QScanner, container images).',
  }),
  tags: Tags,
});

const WebAppCreation = z.strictObject({
  name: Text.max(150).optional().meta({
    description: 'Name of the web application; the id of the run is added. Default: scangate and the target.',
  }),
  tags: Ids.optional().meta({ description: 'Tags that the web application gets, by id or exact name.' }),
});

/** What makes a WAS target whole; undefined where it is. */
function wasMistake(target: {
  webApp?: unknown;
  webApps?: unknown;
  webAppTags?: unknown;
  url?: unknown;
  create?: unknown;
  authRecord?: unknown;
  reuse?: unknown;
  scannerAppliance?: unknown;
  scannerTags?: unknown;
}): string | undefined {
  const isSet = target.webApps !== undefined || target.webAppTags !== undefined;
  const ways = [target.webApp !== undefined, isSet, target.url !== undefined].filter(Boolean).length;
  if (ways !== 1) return 'give one of webApp, webApps or webAppTags, or url with create';
  if ((target.url === undefined) !== (target.create === undefined)) return 'url and create belong together';
  if (target.create !== undefined && target.authRecord === 'default') {
    return 'a web application that is created has no default authentication record: name one in authRecord';
  }
  if (target.create !== undefined && target.reuse !== undefined) {
    return 'a web application that is created has no scans to reuse';
  }
  if (target.scannerAppliance !== undefined && target.scannerTags !== undefined) {
    return 'give either scannerAppliance or scannerTags';
  }
  return undefined;
}

const QualysWasTarget = z
  .strictObject({
    scanner: z.literal('qualys-was'),
    webApp: IdOrName.optional().meta({ description: 'Id or exact name of the web application.' }),
    webApps: Ids.optional().meta({ description: 'Several web applications, in one multi-scan.' }),
    webAppTags: z
      .strictObject({
        include: Ids.meta({ description: 'Web applications that carry any of these tags, by id or exact name.' }),
        exclude: Ids.optional().meta({ description: 'Without those that carry any of these.' }),
      })
      .optional()
      .meta({ description: 'Web applications by their tags, in one multi-scan.' }),
    url: z
      .string()
      .regex(/^https?:\/\/[^\s/]+\S*$/, 'expected an http:// or https:// address')
      .optional()
      .meta({ description: 'Address of a review environment; a web application is created for this scan alone.' }),
    create: WebAppCreation.optional().meta({
      description: 'How the web application for url is created. It is removed after the scan.',
    }),
    optionProfile: IdOrName.optional().meta({
      description: 'Id, exact name, or default: the option profile of the web application. Default default.',
    }),
    authRecord: IdOrName.optional().meta({
      description: 'Authentication record: none, default (of the web application), id or exact name. Default none.',
    }),
    scannerAppliance: Text.optional().meta({
      description: 'External, default (of the web application), or the name of an appliance. Default default.',
    }),
    scannerTags: Ids.optional().meta({ description: 'An appliance with one of these tags, by id or exact name.' }),
    dnsOverride: IdOrName.optional().meta({ description: 'Id or exact name of a DNS override.' }),
    type: z.enum(['vulnerability', 'discovery']).optional().meta({
      description:
        'A discovery scan looks for no vulnerabilities, so its verdict is never a pass. Default vulnerability.',
    }),
    progressive: z.boolean().optional().meta({ description: 'Progressive scanning: go on where the last scan ended.' }),
    cancelAfter: z
      .string()
      .regex(/^[1-9]\d*[hd]$/, 'expected whole hours or days, such as 2h')
      .optional()
      .meta({ description: 'The platform itself ends the scan after this time, in whole hours (h) or days (d).' }),
    name: Text.max(150).optional().meta({
      description:
        'Name of the scan, with {target}, {branch}, {build}, {runId} and {date}. The id of the run is added when it is not there.',
    }),
    ...scanControl,
  })
  .superRefine((target, context) => {
    const mistake = wasMistake(target);
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
  });
export type QualysWasTarget = z.infer<typeof QualysWasTarget>;

/** Targets that start a scan. Their fields grow with the scanners; the report target is complete. */
const ScanTargets = [
  QualysWasTarget,
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

const Version = z
  .string()
  .regex(/^\d+\.\d+$/, 'expected a version such as 3.0')
  .optional();

const Network = z.strictObject({
  proxy: z
    .string()
    .regex(/^https?:\/\/[^\s/@]+\/?$/, 'expected http://host:port; credentials of a proxy belong into HTTPS_PROXY')
    .optional()
    .meta({ description: 'Proxy for every call; wins over HTTPS_PROXY. NO_PROXY holds for both.' }),
  caFiles: z.array(Text).min(1, 'the list is empty').optional().meta({
    description: "PEM files of the company's certificate authorities, trusted besides the system's.",
  }),
  clientCertificate: z
    .strictObject({ certificateFile: Text, keyFile: Text })
    .optional()
    .meta({ description: 'PEM files of a client certificate and its key.' }),
});

const QualysPlatform = z
  .strictObject({
    pod: Text.optional().meta({ description: 'Platform code, such as EU1.' }),
    urls: z.strictObject({ api: HttpsUrl, gateway: HttpsUrl, portal: HttpsUrl }).optional().meta({
      description: 'Addresses of a private platform.',
    }),
    versions: z
      .strictObject({ was: Version, am: Version, ca: Version, knowledgeBase: Version })
      .optional()
      .meta({ description: 'Versions in the paths of the API, where the defaults are not served.' }),
    parallelCalls: z.number().int().min(1).max(10).optional().meta({
      description: 'Calls at the same time. All pipelines of a subscription share its limit. Default 1.',
    }),
  })
  .refine(({ pod, urls }) => (pod === undefined) !== (urls === undefined), 'give either pod or urls');

export const Config = z
  .strictObject({
    version: z.literal(1).meta({ description: 'Version of this file format.' }),
    platform: z.strictObject({ qualys: QualysPlatform.optional() }).optional(),
    network: Network.optional(),
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
