import * as z from 'zod';
import { programControl, Text, Texts } from './fields.js';

const LOOKED_AT = ['image', 'filesystem', 'config'] as const;

/** What makes a Trivy target whole; undefined where it is. */
function trivyMistake(target: {
  image?: unknown;
  filesystem?: unknown;
  config?: unknown;
  scanners?: unknown;
  platform?: unknown;
}): string | undefined {
  if (LOOKED_AT.filter((key) => target[key] !== undefined).length !== 1) {
    return 'give exactly one of image, filesystem or config';
  }
  if (target.config !== undefined && target.scanners !== undefined) {
    return 'config looks for misconfigurations alone: leave scanners out, or use filesystem';
  }
  if (target.platform !== undefined && target.image === undefined) return 'platform belongs to image';
  return undefined;
}

export const TrivyTarget = z
  .strictObject({
    scanner: z.literal('trivy'),
    image: Text.optional().meta({
      description: 'A container image: the path of a tar file or of an OCI layout, or a reference such as shop:1.4.',
    }),
    filesystem: Text.optional().meta({ description: 'A folder with lock files, packages or sources.' }),
    config: Text.optional().meta({ description: 'A folder with infrastructure templates and container files.' }),
    scanners: z
      .array(z.enum(['vuln', 'secret', 'misconfig', 'license']))
      .min(1, 'the list is empty')
      .optional()
      .meta({ description: 'What Trivy looks for in an image or a filesystem. Default vuln and secret.' }),
    platform: z
      .string()
      .regex(/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/, 'expected os/architecture, such as linux/amd64')
      .optional()
      .meta({ description: 'Which variant of a multi-platform image.' }),
    skipDirs: Texts.optional().meta({ description: 'Folders that Trivy passes over; what is there is not judged.' }),
    skipFiles: Texts.optional().meta({ description: 'Files that Trivy passes over; what is there is not judged.' }),
    skipDbUpdate: z.boolean().optional().meta({
      description: 'Use the vulnerability database that is in the cache folder. Default false.',
    }),
    offline: z.boolean().optional().meta({
      description: 'Fetch nothing at all: neither databases nor checks nor facts about packages. Default false.',
    }),
    cacheDir: Text.optional().meta({ description: "Folder of Trivy's databases. Default: Trivy's own." }),
    program: Text.optional().meta({ description: 'Name or path of the program. Default trivy, from PATH.' }),
    programVersion: z
      .string()
      .regex(/^\d+\.\d+(\.\d+)?$/, 'expected a version such as 0.58.1')
      .optional()
      .meta({ description: 'The version of a build that calls itself "dev". A version that Trivy tells wins.' }),
    ...programControl,
  })
  .superRefine((target, context) => {
    const mistake = trivyMistake(target);
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
  });
