import * as z from 'zod';
import { Duration, Text } from './fields.js';

const SCAN_TYPES = ['pkg', 'os', 'sca', 'secret', 'malware', 'fileinsight', 'compliance'] as const;
const STORAGE_DRIVERS = ['none', 'docker-overlay2', 'containerd-overlayfs', 'podman-overlay'] as const;

/** A word of a list that the program takes with commas between. */
const Word = Text.regex(/^[^,]+$/, 'a comma would make it two');
const Words = z.array(Word).min(1, 'the list is empty');

/** What makes the settings whole; undefined where they are. */
function mistakeOf(settings: {
  program?: unknown;
  download?: unknown;
  mode?: unknown;
  policyTags?: unknown;
  onAudit?: unknown;
  container?: unknown;
  rootfs?: unknown;
  repo?: unknown;
}): string | undefined {
  if (settings.program !== undefined && settings.download !== undefined) return 'give either program or download';
  const inPlace = [settings.container, settings.rootfs, settings.repo].filter((one) => one !== undefined);
  if (inPlace.length > 1) return 'give one of container, rootfs and repo';
  if (settings.mode === 'evaluate-policy') return undefined;
  if (settings.policyTags !== undefined) return 'policyTags choose policies of mode evaluate-policy';
  if (settings.onAudit !== undefined) return 'onAudit speaks of mode evaluate-policy';
  return undefined;
}

/** How the program `qscanner` is run. */
export const QScannerSettings = z
  .strictObject({
    program: Text.optional().meta({ description: 'Name in PATH, or path, of the program. Default qscanner.' }),
    download: z
      .strictObject({
        url: z
          .string()
          .regex(/^https:\/\/[^\s/@]+\/\S*$/, 'expected an https:// address without a user name')
          .meta({ description: 'Where the program itself lies, not packed.' }),
        sha256: z
          .string()
          .regex(/^[0-9a-fA-F]{64}$/, 'expected 64 hex digits')
          .meta({ description: 'Checksum that it must have. What differs is not executed.' }),
      })
      .optional()
      .meta({ description: 'Download the program, in place of one that is installed.' }),
    mode: z.enum(['get-report', 'evaluate-policy']).optional().meta({
      description: 'Whether the platform evaluates its own policy besides. Default get-report.',
    }),
    scanTypes: z.array(z.enum(SCAN_TYPES)).min(1, 'the list is empty').optional().meta({
      description:
        'What is scanned. One that was not performed makes the verdict incomplete; so does compliance, whose results the program does not write. Default pkg and secret.',
    }),
    policyTags: Words.optional().meta({ description: 'Policies of the platform, by their tags. For evaluate-policy.' }),
    onAudit: z.enum(['pass', 'warn', 'fail']).optional().meta({
      description:
        "What it means when the platform's policy gives no verdict (AUDIT). Without it the target is inconclusive. For evaluate-policy.",
    }),
    timeout: Duration.optional().meta({
      description: 'Longest time of the scan itself; the report has 30 minutes more. Default 15m.',
    }),
    container: Text.optional().meta({ description: 'Scan this container (id), in place of the image.' }),
    rootfs: Text.optional().meta({ description: 'Scan the root file system in this folder, in place of the image.' }),
    repo: Text.optional().meta({ description: 'Scan the source code in this folder, in place of the image.' }),
    storageDriver: z.enum(STORAGE_DRIVERS).optional().meta({ description: 'Read the image through this driver.' }),
    platform: Text.regex(/^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/, 'expected a platform such as linux/arm64')
      .optional()
      .meta({ description: 'Which image of several platforms, such as linux/arm64.' }),
    proxy: z
      .string()
      .regex(/^https?:\/\/[^\s/@]+\/?$/, 'expected http://host:port; credentials of a proxy belong into HTTPS_PROXY')
      .optional()
      .meta({ description: "Proxy of the program's own calls. HTTPS_PROXY is handed on to it." }),
    excludeDirs: Words.optional().meta({ description: 'Folders to leave out. The verdict says so.' }),
    excludeFiles: Words.optional().meta({ description: 'Files to leave out. The verdict says so.' }),
    offline: z.boolean().optional().meta({
      description: 'Do not fetch the index that names JAR files. The verdict says so.',
    }),
    severitySource: z.enum(['vendor', 'customer']).optional().meta({
      description: 'Which severity gates where the subscription re-rated its own. Default vendor.',
    }),
    scanTargetInfo: z
      .record(z.string().regex(/^[A-Za-z0-9_.-]+$/, 'a key holds letters, digits, dot, dash and underscore'), Text)
      .refine((pairs) => Object.keys(pairs).length > 0, 'the list is empty')
      .optional()
      .meta({ description: 'Keys and values that go to the platform with the scan. No secrets: all can read them.' }),
  })
  .superRefine((settings, context) => {
    const mistake = mistakeOf(settings);
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
  });
