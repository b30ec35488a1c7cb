import * as z from 'zod';
import { ipVersion } from '../../ip-version.js';
import { IdOrName, Ids, scanControl, Text } from './fields.js';

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}))*\.?$/;

/** Only digits and dots: an address that is none, and no name either. */
const isHost = (text: string): boolean => ipVersion(text) !== 0 || (HOST_NAME.test(text) && !/^[\d.]+$/.test(text));

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** `192.0.2.1-192.0.2.20` or `192.0.2.0/24`. */
function isRange(text: string): boolean {
  const [, network = '', bits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  if (network !== '') return ipVersion(network) === 4 && Number(bits) >= 8 && Number(bits) <= 32;
  const [first = '', last = '', ...more] = text.split('-').map((part) => part.trim());
  return more.length === 0 && ipVersion(first) === 4 && ipVersion(last) === 4 && numberOf(first) <= numberOf(last);
}

const Host = Text.refine(isHost, 'expected an IP address or a host name, without scheme and port');
const Range = Text.refine(isRange, 'expected addresses such as 192.0.2.1-192.0.2.20 or 192.0.2.0/24');
const listOf = (form: z.ZodType<string>) => z.array(form).min(1, 'the list is empty');
const Match = z.enum(['any', 'all']).optional();

const AssetTags = z.strictObject({
  include: Ids.meta({ description: 'Hosts that carry these tags, by id or exact name.' }),
  exclude: Ids.optional().meta({ description: 'Without those that carry these.' }),
  includeMatch: Match.meta({ description: 'Whether a host must carry any or all of include. Default any.' }),
  excludeMatch: Match.meta({ description: 'Whether a host must carry any or all of exclude. Default any.' }),
});

const Ec2 = z.strictObject({
  connector: IdOrName.meta({ description: 'Id or exact name of the AWS connector that knows the instances.' }),
  instances: z
    .array(Text.regex(/^i-[0-9a-f]{8,17}$/, 'expected an instance id such as i-0123456789abcdef0'))
    .min(1, 'the list is empty')
    .max(10, 'the platform takes at most 10 instances in one scan')
    .optional()
    .meta({ description: 'Ids of the instances; or assetTags beside ec2.' }),
  account: Text.regex(/^\d{12}$/, 'expected the 12 digits of an AWS account')
    .optional()
    .meta({ description: 'AWS account of the instances, where several have the same id on record.' }),
  endpoint: Text.optional().meta({
    description: 'Region code or VPC id. Default: the region that the platform has on record for the instances.',
  }),
  runConnector: z.boolean().optional().meta({
    description:
      'Run the connector before the scan when the platform does not know an instance yet. This changes the subscription: the connector brings in every machine that it finds. Default false.',
  }),
});

type Given = Partial<Record<'host' | 'hosts' | 'ranges' | 'assetGroups' | 'assetTags' | 'exclude', unknown>> &
  Partial<Record<'network' | 'scannerAppliances' | 'scannersOf' | 'reuse', unknown>> & {
    ec2?: { instances?: unknown; endpoint?: unknown; runConnector?: boolean | undefined } | undefined;
    scannerAppliance?: string | number | undefined;
  };

const isWord = (value: unknown, word: string): boolean =>
  typeof value === 'string' && value.trim().toLowerCase() === word;

function targetMistake({
  host,
  hosts,
  ranges,
  assetGroups,
  assetTags,
  exclude,
  ec2,
  reuse,
}: Given): string | undefined {
  const byAssets = [host, hosts, ranges, assetGroups].some((way) => way !== undefined);
  if (host !== undefined && hosts !== undefined) return 'give either host or hosts';
  if (!byAssets && assetTags === undefined && ec2 === undefined) {
    return 'give host, hosts, ranges or assetGroups, or assetTags, or ec2';
  }
  if (byAssets && (assetTags !== undefined || ec2 !== undefined)) {
    return 'host, hosts, ranges and assetGroups go together, but not with assetTags or ec2';
  }
  if (ec2 && (ec2.instances === undefined) === (assetTags === undefined)) {
    return 'ec2 needs either its instances, or assetTags beside it';
  }
  if (ec2 && assetTags !== undefined && ec2.endpoint === undefined) return 'ec2 by assetTags needs ec2.endpoint';
  if (ec2?.runConnector && ec2.instances === undefined) return 'ec2.runConnector needs ec2.instances';
  if (exclude !== undefined && !byAssets)
    return 'exclude takes addresses out of host, hosts, ranges and assetGroups only';
  if (reuse !== undefined && !byAssets)
    return 'a scan by tags or of instances cannot be told from another, so not reused';
  return undefined;
}

function scannerMistake(target: Given): string | undefined {
  const { assetGroups, assetTags, ec2, network, scannerAppliance, scannerAppliances, scannersOf } = target;
  if ([scannerAppliance, scannerAppliances, scannersOf].filter((way) => way !== undefined).length > 1) {
    return 'give one of scannerAppliance, scannerAppliances or scannersOf';
  }
  if (isWord(scannerAppliance, 'default') && assetGroups === undefined) {
    return 'scannerAppliance: default is the default scanner of asset groups, so assetGroups is needed';
  }
  if (scannersOf !== undefined && { assetGroups, assetTags, network }[String(scannersOf)] === undefined) {
    return `scannersOf: ${String(scannersOf)} needs ${String(scannersOf)}`;
  }
  const isInside =
    scannerAppliances !== undefined || !['undefined', 'external'].includes(`${scannerAppliance}`.toLowerCase());
  if (ec2 && !isInside) return 'instances are scanned by an appliance in the cloud: name it in scannerAppliance';
  return undefined;
}

export const QualysVmTarget = z
  .strictObject({
    scanner: z.literal('qualys-vm'),
    host: Host.optional().meta({ description: 'IP address or full host name of one machine.' }),
    hosts: listOf(Host).optional().meta({ description: 'Several machines, in one scan.' }),
    ranges: listOf(Range).optional().meta({ description: 'Ranges of IPv4 addresses.' }),
    assetGroups: Ids.optional().meta({ description: 'Asset groups, by id or exact title.' }),
    assetTags: AssetTags.optional().meta({ description: 'Hosts by their tags on the platform.' }),
    ec2: Ec2.optional().meta({ description: 'EC2 instances, through an AWS connector.' }),
    exclude: listOf(Text.refine((text) => ipVersion(text) !== 0 || isRange(text), 'expected an IP address or a range'))
      .optional()
      .meta({ description: 'Addresses and ranges that are not scanned.' }),
    network: IdOrName.optional().meta({ description: 'Id or exact name of the network that the addresses belong to.' }),
    optionProfile: IdOrName.optional().meta({
      description: 'Id or exact title of the option profile, or default: that of the subscription. Default default.',
    }),
    scannerAppliance: IdOrName.optional().meta({
      description: 'External, default (of each asset group), or id or exact name of an appliance. Default External.',
    }),
    scannerAppliances: Ids.optional().meta({ description: 'Several appliances that share the work.' }),
    scannersOf: z.enum(['assetGroups', 'assetTags', 'network']).optional().meta({
      description: 'All appliances of the asset groups, of the tags or of the network share the work.',
    }),
    detections: z.enum(['scan', 'host']).optional().meta({
      description:
        'What is judged: the results of the scan, or what the platform has on record of the scanned hosts after it, with status, scores and first detection. Default scan.',
    }),
    priority: z.number().int().min(1).max(9).optional().meta({
      description: 'Processing priority on the platform, 1 (highest) to 9.',
    }),
    name: Text.max(150).optional().meta({
      description:
        'Title of the scan, with {target}, {branch}, {build}, {runId} and {date}. The id of the run is added when it is not there.',
    }),
    ...scanControl,
  })
  .superRefine((target, context) => {
    const mistake = targetMistake(target) ?? scannerMistake(target);
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
  });
