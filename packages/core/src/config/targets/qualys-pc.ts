import * as z from 'zod';
import { Duration, IdOrName, Ids, scanControl, Text, Texts } from './fields.js';

const Controls = z
  .array(z.union([z.number().int().positive(), z.string().regex(/^[1-9]\d*$/, 'expected the number of a control')]))
  .min(1, 'the list is empty');

/** Tag names are sent as one list, in which a comma separates. */
const HostTags = z
  .array(
    z.union([
      z
        .string()
        .trim()
        .min(1, 'the text is empty')
        .regex(/^[^,]+$/, 'a comma cannot be sent: give the id'),
      z.number().int().positive(),
    ]),
  )
  .min(1, 'the list is empty');

const IP = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$/;
const isIp = (host: string): boolean => IP.test(host);
const isId = (tag: string | number): boolean => /^\d+$/.test(String(tag));

interface Sketch {
  host?: string | undefined;
  hosts?: string[] | undefined;
  assetGroups?: unknown[] | undefined;
  hostTags?: { include: (string | number)[]; exclude?: (string | number)[] | undefined } | undefined;
  mode?: 'posture' | 'scan' | undefined;
  maxAge?: string | undefined;
  controls?: { include?: unknown; exclude?: unknown } | undefined;
  optionProfile?: unknown;
  changes?: { addHosts?: boolean | undefined; assignAssetGroups?: boolean | undefined } | undefined;
  [key: string]: unknown;
}

const SCAN_KEYS = ['optionProfile', 'scannerAppliance', 'name', 'changes', 'reuse'] as const;

/** What makes a PC target whole; undefined where it is. */
function pcMistake(target: Sketch): string | undefined {
  const { host, hosts, assetGroups, hostTags, controls } = target;
  if ([host, hosts, assetGroups, hostTags].filter((way) => way !== undefined).length !== 1) {
    return 'give one of host, hosts, assetGroups or hostTags';
  }
  if (controls && controls.include === undefined && controls.exclude === undefined) {
    return 'controls is empty: give include, exclude or both';
  }
  const tags = [...(hostTags?.include ?? []), ...(hostTags?.exclude ?? [])];
  if (tags.some(isId) && !tags.every(isId)) return 'give the tags of hostTags all by id or all by name';
  return target.mode === 'scan' ? scanMistake(target) : postureMistake(target);
}

function postureMistake(target: Sketch): string | undefined {
  const key = SCAN_KEYS.find((name) => target[name] !== undefined);
  return key === undefined ? undefined : `${key} belongs to mode: scan`;
}

function scanMistake({ host, hosts, assetGroups, maxAge, optionProfile, changes }: Sketch): string | undefined {
  if (optionProfile === undefined) return 'mode: scan needs an optionProfile';
  if (maxAge !== undefined) return 'maxAge belongs to mode: posture; for a scan that ended already there is reuse';
  const name = (hosts ?? (host === undefined ? [] : [host])).find((one) => !isIp(one));
  if (name !== undefined) return 'mode: scan takes hosts by IP address';
  if (changes?.addHosts === true && host === undefined && hosts === undefined) {
    return 'changes.addHosts adds the addresses of host or hosts';
  }
  if (changes?.assignAssetGroups === true && assetGroups === undefined) {
    return 'changes.assignAssetGroups assigns the groups of assetGroups';
  }
  return undefined;
}

export const QualysPcTarget = z
  .strictObject({
    scanner: z.literal('qualys-pc'),
    policies: Ids.meta({ description: 'Policies by id or exact title. Each must have looked at every host.' }),
    host: Text.optional().meta({ description: 'IP address of a host; in mode posture also its name.' }),
    hosts: Texts.optional().meta({ description: 'Several hosts.' }),
    assetGroups: Ids.optional().meta({ description: 'Hosts of these asset groups, by id or exact title.' }),
    hostTags: z
      .strictObject({
        include: HostTags.meta({ description: 'Hosts that carry any of these tags, all by id or all by name.' }),
        exclude: HostTags.optional().meta({ description: 'Without those that carry any of these.' }),
      })
      .optional()
      .meta({ description: 'Hosts by their tags on the platform.' }),
    mode: z.enum(['posture', 'scan']).optional().meta({
      description:
        'posture: judge what the platform knows of the hosts now; scan: start a compliance scan and judge the posture that follows. Default posture.',
    }),
    maxAge: Duration.optional().meta({
      description: 'Mode posture: how long ago the last compliance scan of each host may be. Default 7d.',
    }),
    controls: z
      .strictObject({
        include: Controls.optional().meta({ description: 'Only these controls, by exact number; each must be there.' }),
        exclude: Controls.optional().meta({
          description: 'Controls, by exact number, whose results are shown as ignored.',
        }),
      })
      .optional(),
    optionProfile: IdOrName.optional().meta({ description: 'Mode scan: id or exact name of a compliance profile.' }),
    scannerAppliance: Text.optional().meta({
      description: 'Mode scan: External, default (of the asset group), or the name of an appliance.',
    }),
    name: Text.max(150).optional().meta({
      description:
        'Mode scan: name of the scan, with {target}, {branch}, {build}, {runId} and {date}. The id of the run is added when it is not there.',
    }),
    changes: z
      .strictObject({
        addHosts: z.boolean().optional().meta({
          description: 'Add the addresses to the subscription for policy compliance. Default false.',
        }),
        assignAssetGroups: z.boolean().optional().meta({
          description: 'Add the asset groups to the policies that lack them. Default false.',
        }),
      })
      .optional()
      .meta({ description: 'Mode scan: what may be changed in the subscription before the scan. Default nothing.' }),
    ...scanControl,
  })
  .superRefine((target, context) => {
    const mistake = pcMistake(target);
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
  });
