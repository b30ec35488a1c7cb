import * as z from 'zod';
import { Duration, programControl, Text, Texts, WebAddress } from './fields.js';

/** What a replacement by ZAP cannot keep; undefined where it can. */
function wapitiMistake(target: {
  orElse?: unknown;
  modules?: unknown;
  scope?: string | undefined;
}): string | undefined {
  if (target.orElse === undefined) return undefined;
  if (target.modules !== undefined) return 'modules are those of Wapiti alone: leave out either modules or orElse';
  if (target.scope === 'page' || target.scope === 'url')
    return `there is no scope ${target.scope} in ZAP: take folder or domain`;
  return undefined;
}

export const WapitiTarget = z
  .strictObject({
    scanner: z.literal('wapiti'),
    url: WebAddress.meta({ description: 'Where the web application is. It has to answer before and after the scan.' }),
    scope: z.enum(['page', 'folder', 'domain', 'url']).optional().meta({
      description: 'How far Wapiti goes from the address. Default folder: everything below it.',
    }),
    modules: Texts.optional().meta({
      description: 'Attack modules of Wapiti. Default: those that need no other host (no ssrf, no xxe).',
    }),
    maxScanTime: Duration.optional().meta({
      description: 'Longest time for finding pages; when it is reached the scan counts as incomplete.',
    }),
    program: Text.optional().meta({ description: 'Name or path of the program. Default wapiti, from PATH.' }),
    orElse: z.literal('zap').optional().meta({
      description: 'Take ZAP where Wapiti is not installed. Default: a missing Wapiti makes the verdict inconclusive.',
    }),
    ...programControl,
  })
  .superRefine((target, context) => {
    const mistake = wapitiMistake(target);
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
  });
