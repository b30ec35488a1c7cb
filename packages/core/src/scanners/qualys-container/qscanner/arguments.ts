import type { ContainerTarget } from '../target.js';
import { artefactOf, scanTypesOf, settingsOf, timeoutMsOf } from './settings.js';

/**
 * The arguments of a scan without its output folder. Everybody on the machine can read them: the token goes by the
 * environment (`QUALYS_ACCESS_TOKEN`).
 * https://docs.qualys.com/en/qscanner/latest/qscanner_usage/qscanner_modes.htm (read 2026-11-23).
 *
 * `gateway` is the address of the platform's gateway, which the program takes in place of a platform code.
 */
export function argumentsOf(target: ContainerTarget, gateway: string): string[] {
  const settings = settingsOf(target);
  const { command, name } = artefactOf(target);
  const { mode = 'get-report', policyTags, storageDriver, platform, proxy, excludeDirs, excludeFiles } = settings;
  return [
    command,
    name,
    ...flag('--pod', gateway),
    ...flag('--mode', mode),
    ...list('--scan-types', scanTypesOf(settings)),
    // The first is the inventory with ScansPerformed, the second the findings.
    ...flag('--format', 'json'),
    ...flag('--report-format', 'sarif'),
    ...flag('--scan-timeout', `${Math.ceil(timeoutMsOf(settings) / 1_000)}s`),
    ...list('--policy-tags', policyTags),
    ...flag('--storage-driver', storageDriver),
    ...flag('--platform', platform),
    ...flag('--proxy', proxy),
    ...list('--exclude-dirs', excludeDirs),
    ...list('--exclude-files', excludeFiles),
    ...(settings.offline ? ['--offline-scan=true'] : []),
    ...Object.entries(settings.scanTargetInfo ?? {}).flatMap(([key, value]) => [
      '--scan-target-info',
      `${key}=${value}`,
    ]),
  ];
}

const flag = (name: string, value: string | undefined): string[] => (value === undefined ? [] : [name, value]);
const list = (name: string, values: readonly string[] | undefined): string[] => flag(name, values?.join(','));
