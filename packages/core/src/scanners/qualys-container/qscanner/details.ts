import { asObject, numberIn, objectIn, requiredTextIn, textsIn, wordsIn } from '../../../wire/take.js';
import type { Json, ScanPlan } from '../../scanner.js';
import type { Artefact, OnAudit, QScannerMode } from './settings.js';

const WAY = 'qscanner';

/** What a plan holds beside its names. It goes through a state file, so it is read back and not trusted. */
export interface QScannerDetails {
  /** Path of the program that was found and asked for its version. */
  program: string;
  version: string;
  arguments: string[];
  /** After this time one run of the program is ended, milliseconds. */
  limitMs: number;
  artefact: Artefact;
  mode: QScannerMode;
  scanTypes: string[];
  onAudit?: OnAudit | undefined;
  severitySource: 'vendor' | 'customer';
  /** The image that is to be scanned, where the artefact is one that has a name. */
  image?: string | undefined;
  /** `sha256:` and 64 hex digits that it must have, besides those in its name. */
  digest?: string | undefined;
  /** What the configuration leaves out of the scan, for people. */
  leftOut: string[];
}

export const detailsJson = (details: QScannerDetails): Json =>
  JSON.parse(JSON.stringify({ way: WAY, ...details })) as Json;

/** Throws `SCANGATE_REPORT_SHAPE` for a plan that is not ours. */
export function detailsOf({ details: json }: ScanPlan): QScannerDetails {
  const at = 'plan.details';
  const details = asObject(json, at);
  const artefact = objectIn(details, 'artefact', at) ?? {};
  const command = requiredTextIn(artefact, 'command', at);
  return {
    program: requiredTextIn(details, 'program', at),
    version: requiredTextIn(details, 'version', at),
    arguments: textsIn(details, 'arguments', at),
    limitMs: numberIn(details, 'limitMs', at) ?? 0,
    artefact: {
      command: (['container', 'rootfs', 'repo'] as const).find((known) => known === command) ?? 'image',
      name: requiredTextIn(artefact, 'name', at),
    },
    mode: details.mode === 'evaluate-policy' ? 'evaluate-policy' : 'get-report',
    scanTypes: textsIn(details, 'scanTypes', at),
    onAudit: (['pass', 'warn', 'fail'] as const).find((known) => known === wordsIn(details, 'onAudit', at)),
    severitySource: details.severitySource === 'customer' ? 'customer' : 'vendor',
    image: wordsIn(details, 'image', at),
    digest: wordsIn(details, 'digest', at),
    leftOut: textsIn(details, 'leftOut', at),
  };
}
