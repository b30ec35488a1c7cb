import * as z from 'zod';
import { IdOrName, Ids, scanControl, Text } from './fields.js';

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

export const QualysWasTarget = z
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
