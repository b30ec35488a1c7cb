import { readReference } from '../../qualys-images-reference.js';
import type { PlanContext, ScanPlan, ScanServices } from '../../scanner.js';
import type { ContainerTarget } from '../target.js';
import { argumentsOf } from './arguments.js';
import { detailsJson } from './details.js';
import { obtainProgram } from './program.js';
import {
  type Artefact,
  artefactOf,
  type QScannerSettings,
  scanTypesOf,
  settingsOf,
  subjectOf,
  timeoutMsOf,
} from './settings.js';

/** After the scan the program sends what it found and waits for the platform's report. */
const REPORT_WAIT_MS = 30 * 60_000;

/** Finds the program, asks for its version, and signs in. Nothing is sent to the platform but that. */
export async function planScan(
  target: ContainerTarget,
  context: PlanContext,
  services: ScanServices,
): Promise<ScanPlan> {
  const settings = settingsOf(target);
  const artefact = artefactOf(target);
  const image = imageOf(target, artefact);
  const program = await obtainProgram(settings, services);
  // Signs in, so that a refusal is told before anything is started. The token goes into no plan.
  await services.qualys().accessToken({ signal: services.signal });
  services.log(`QScanner ${program.version} is ${program.path}`);
  return {
    target: context.targetName,
    scanner: 'qualys-container',
    subject: subjectOf(artefact),
    scanName: `scangate ${context.targetName} ${context.runId}`,
    isLocal: true,
    details: detailsJson({
      program: program.path,
      version: program.version,
      arguments: argumentsOf(target, services.qualys().urls.gateway),
      limitMs: timeoutMsOf(settings) + REPORT_WAIT_MS,
      artefact,
      mode: settings.mode ?? 'get-report',
      scanTypes: scanTypesOf(settings),
      onAudit: settings.onAudit,
      severitySource: settings.severitySource ?? 'vendor',
      image,
      digest: target.digest,
      leftOut: leftOutOf(settings),
    }),
    historyMs: [],
  };
}

/** Paths of image files, whose names say nothing of the image. */
const ARCHIVE = /^[./]|\.(?:tar|tar\.gz|tgz)$/;

/** A name that can be compared with those in the result. Throws `SCANGATE_CONFIG_INVALID` for what is no reference. */
function imageOf({ image, digest }: ContainerTarget, { command }: Artefact): string | undefined {
  if (command !== 'image' || ARCHIVE.test(image)) return undefined;
  readReference(image, digest);
  return image;
}

function leftOutOf({ excludeDirs = [], excludeFiles = [], offline }: QScannerSettings): string[] {
  return [
    ...excludeDirs.map((name) => `folder ${name}`),
    ...excludeFiles.map((name) => `file ${name}`),
    ...(offline ? ['names of JAR files that only the network knows'] : []),
  ];
}
