import { ScangateError } from '../../../errors.js';
import { readDuration } from '../../../model/duration.js';
import type { ContainerTarget } from '../target.js';

/** `qscanner` of a target as the configuration has it, validated there. */
export interface QScannerSettings {
  program?: string | undefined;
  download?: { url: string; sha256: string } | undefined;
  mode?: QScannerMode | undefined;
  scanTypes?: string[] | undefined;
  policyTags?: string[] | undefined;
  onAudit?: OnAudit | undefined;
  timeout?: string | undefined;
  container?: string | undefined;
  rootfs?: string | undefined;
  repo?: string | undefined;
  storageDriver?: string | undefined;
  platform?: string | undefined;
  proxy?: string | undefined;
  excludeDirs?: string[] | undefined;
  excludeFiles?: string[] | undefined;
  offline?: boolean | undefined;
  severitySource?: 'vendor' | 'customer' | undefined;
  scanTargetInfo?: Record<string, string> | undefined;
}

/** Modes that bring findings back; the vendor's other two only send an inventory. */
export type QScannerMode = 'get-report' | 'evaluate-policy';
export type OnAudit = 'pass' | 'warn' | 'fail';

const DEFAULT_TIMEOUT_MS = 15 * 60_000;
const DEFAULT_SCAN_TYPES: readonly string[] = ['pkg', 'secret'];

export const settingsOf = (target: ContainerTarget): QScannerSettings => target.qscanner ?? {};

/** Longest time of the scan itself, milliseconds. */
export const timeoutMsOf = ({ timeout }: QScannerSettings): number =>
  (timeout === undefined ? undefined : readDuration(timeout)) ?? DEFAULT_TIMEOUT_MS;

export const scanTypesOf = ({ scanTypes = [...DEFAULT_SCAN_TYPES] }: QScannerSettings): string[] => scanTypes;

/** What is scanned, in the words of the command line. */
export interface Artefact {
  command: 'image' | 'container' | 'rootfs' | 'repo';
  /** Reference, id or path. */
  name: string;
}

/** Throws `SCANGATE_CONFIG_INVALID` for a name that the program would take for one of its flags. */
export function artefactOf(target: ContainerTarget): Artefact {
  const settings = settingsOf(target);
  const command = (['container', 'rootfs', 'repo'] as const).find((key) => settings[key] !== undefined) ?? 'image';
  const name = (command === 'image' ? undefined : settings[command]) ?? target.image;
  if (!name.startsWith('-')) return { command, name };
  throw new ScangateError('SCANGATE_CONFIG_INVALID', `"${name}" is no name of an ${command}`, {
    mend: 'write a path that begins with a dash as ./-name',
  });
}

const SUBJECTS = { image: 'image', container: 'container', rootfs: 'file system', repo: 'repository' } as const;

/** For people: `image shop:1.4, by QScanner`. */
export const subjectOf = ({ command, name }: Artefact): string => `${SUBJECTS[command]} ${name}, by QScanner`;
