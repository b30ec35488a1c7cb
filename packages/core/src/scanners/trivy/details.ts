import * as z from 'zod';
import { programDetails } from '../program-scanner.js';

/** A `trivy` target as the configuration has it, validated there. */
export interface TrivyTarget {
  scanner: 'trivy';
  image?: string | undefined;
  filesystem?: string | undefined;
  config?: string | undefined;
  scanners?: TrivyScanner[] | undefined;
  platform?: string | undefined;
  skipDirs?: string[] | undefined;
  skipFiles?: string[] | undefined;
  skipDbUpdate?: boolean | undefined;
  offline?: boolean | undefined;
  cacheDir?: string | undefined;
  program?: string | undefined;
  programVersion?: string | undefined;
  wait?: string | undefined;
}

const TrivyScanner = z.enum(['vuln', 'secret', 'misconfig', 'license']);
type TrivyScanner = z.infer<typeof TrivyScanner>;

export const TrivyDetails = z.strictObject({
  ...programDetails,
  /** The command. */
  kind: z.enum(['image', 'filesystem', 'config']),
  /** The image, or the path, as Trivy is given it. */
  artifact: z.string().min(1),
  /** An image that is a file or a folder. */
  isInput: z.boolean(),
  /** Empty for `config`, which knows one alone. */
  scanners: z.array(TrivyScanner),
  platform: z.string().optional(),
  skipDirs: z.array(z.string()),
  skipFiles: z.array(z.string()),
  skipDbUpdate: z.boolean(),
  isOffline: z.boolean(),
  cacheDir: z.string().optional(),
});
export type TrivyDetails = z.infer<typeof TrivyDetails>;
