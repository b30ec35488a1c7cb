import { ScangateError } from '../../errors.js';
import { scanProblem } from '../problem.js';
import { ImageEnricher } from '../qualys-images-enrich.js';
import { imageFindings } from '../qualys-images-findings.js';
import { findImages, type ImageRecord, imagesBySha, theOnly } from '../qualys-images-lookup.js';
import { ageMs, showTime, uniqueName } from '../qualys-images-members.js';
import { readReference } from '../qualys-images-reference.js';
import { detailsOf, imageProgress } from '../qualys-images-state.js';
import type {
  FindingStream,
  PlanContext,
  ScanHandle,
  Scanner,
  ScanPlan,
  ScanProgress,
  ScanServices,
} from '../scanner.js';
import { type SensorDetails, sensorDetailsOf, sensorJson } from './plan-details.js';
import { localImage, tagForSensor } from './runtime.js';
import type { ContainerTarget } from './target.js';

/** A tag may still stand for an image of yesterday: what is known by a name alone must be as new as this. */
const DEFAULT_MAX_AGE = '24h';
/** The clocks of sensor and platform differ. */
const CLOCK_MARGIN_MS = 120_000;

/**
 * Images that a sensor of the platform scans: one for pipelines beside this build, or one of a registry or host that the
 * image is pushed to. https://docs.qualys.com/en/cs/latest/ and the reference of its API (read 2026-11-23).
 */
export const sensorWay: Scanner<ContainerTarget> = {
  name: 'qualys-container',
  needsPlatform: true,
  plan: planImage,
  // Nothing on the platform carries the name of the scan, and asking the sensor twice changes nothing.
  find: async () => undefined,
  findReusable: async () => undefined,
  launch: launchImage,
  progress: progressOf,
  // The sensor goes on by itself; there is nothing on the platform to stop.
  cancel: async () => undefined,
  findings: collectImage,
};

async function planImage(target: ContainerTarget, context: PlanContext, services: ScanServices): Promise<ScanPlan> {
  const reference = readReference(target.image, target.digest);
  const local = await localImage(target.image, services);
  if (local && reference.digest !== undefined && ![local.sha, ...local.digests].includes(reference.digest)) {
    throw new ScangateError(
      'SCANGATE_QUALYS_NOT_FOUND',
      `the image ${target.image} of this machine is ${local.sha}, not the one with the digest ${reference.digest}`,
      { mend: 'scan the image that was built or pushed: correct image or digest' },
    );
  }
  const details: SensorDetails = {
    reference,
    sha: local?.sha,
    runtime: local?.runtime,
    maxAgeMs: ageMs(target.maxAge ?? DEFAULT_MAX_AGE),
  };
  // Credentials that are not accepted show here, before anything is tagged.
  const known = await recordOf(details, services);
  const { text } = reference;
  services.log(known ? `the platform knows ${text} as ${known.sha}` : `the platform does not know ${text} yet`);
  return {
    target: context.targetName,
    scanner: 'qualys-container',
    subject: `container image ${text}`,
    scanName: uniqueName(context),
    details: sensorJson(details),
    historyMs: [],
  };
}

async function launchImage(plan: ScanPlan, services: ScanServices): Promise<ScanHandle> {
  const { reference, sha, runtime } = sensorDetailsOf(plan);
  const launchedAtMs = services.now() + (services.qualys().clockSkewMs() ?? 0);
  if (sha !== undefined && runtime !== undefined) await tagForSensor({ runtime, sha }, services);
  else {
    services.log(`${reference.text} is not on this machine: waiting until a sensor has scanned it where it was pushed`);
  }
  return { plan, scanId: sha ?? reference.text, launchedAtMs };
}

/** The image on the platform; undefined while it does not know it. */
async function recordOf({ reference, sha }: SensorDetails, services: ScanServices): Promise<ImageRecord | undefined> {
  if (sha !== undefined) return (await imagesBySha([sha], services)).get(sha);
  return theOnly(reference, await findImages(reference, services));
}

/** From when on a scan counts: for an image that was tagged, from then on; for one that is only known by name, its age. */
function sinceMs({ reference, runtime, maxAgeMs }: SensorDetails, handle: ScanHandle): number | undefined {
  const { launchedAtMs } = handle;
  if (launchedAtMs === undefined) return undefined;
  if (runtime !== undefined) return launchedAtMs - CLOCK_MARGIN_MS;
  return reference.digest !== undefined || reference.id !== undefined ? undefined : launchedAtMs - maxAgeMs;
}

/** With one call for all images whose id is known, and one for each of the others. */
async function progressOf(handles: readonly ScanHandle[], services: ScanServices): Promise<Map<string, ScanProgress>> {
  const all = handles.map((handle) => ({ handle, details: sensorDetailsOf(handle.plan) }));
  const shas = all.map(({ details }) => details.sha).filter((sha) => sha !== undefined);
  const bySha = await imagesBySha([...new Set(shas)], services);
  const progress = new Map<string, ScanProgress>();
  for (const { handle, details } of all) {
    progress.set(handle.plan.scanName, await progressOfOne(handle, details, bySha, services));
  }
  return progress;
}

async function progressOfOne(
  handle: ScanHandle,
  details: SensorDetails,
  bySha: ReadonlyMap<string, ImageRecord>,
  services: ScanServices,
): Promise<ScanProgress> {
  try {
    const image = details.sha === undefined ? await recordOf(details, services) : bySha.get(details.sha);
    return await imageProgress(image, { sinceMs: sinceMs(details, handle) }, services);
  } catch (error) {
    // Waiting does not tell which one is meant; the findings say why.
    if (error instanceof ScangateError && error.code === 'SCANGATE_QUALYS_AMBIGUOUS') {
      return { phase: 'ended', state: 'several images have this name' };
    }
    throw error;
  }
}

async function* collectImage(handle: ScanHandle, services: ScanServices): FindingStream {
  const sensor = sensorDetailsOf(handle.plan);
  const image = await recordOf(sensor, services);
  const details = image && (await detailsOf(image.sha, services));
  if (!image || !details) {
    const what = `the platform does not know the image ${sensor.reference.text}`;
    throw new ScangateError('SCANGATE_SCAN_UNKNOWN_TARGET', what);
  }
  const since = sinceMs(sensor, handle);
  const enricher = new ImageEnricher(services);
  const statement = yield* imageFindings({ sha: image.sha, details, enricher }, services);
  const { scannedAtMs } = image;
  if (since === undefined || scannedAtMs === undefined || scannedAtMs >= since) return statement;
  const what = `the newest scan of the image is of ${showTime(scannedAtMs)}, before the one that was asked for`;
  const stale = scanProblem('SCANGATE_SCAN_STALE', what, 'wait for the scan, or collect again later');
  return { ...statement, problems: [...statement.problems, stale] };
}
