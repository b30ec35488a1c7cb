import type { ScanProblem } from '../../model/scan.js';
import { scanProblem } from '../problem.js';
import { ImageEnricher } from '../qualys-images-enrich.js';
import { imageFindings } from '../qualys-images-findings.js';
import { scannedAt } from '../qualys-images-lookup.js';
import { showTime } from '../qualys-images-members.js';
import { detailsOf as imageDetailsOf, isInRegistry } from '../qualys-images-state.js';
import type { FindingStream, ScanHandle, ScanServices } from '../scanner.js';
import { detailsOf, type RegistryDetails } from './details.js';
import { jobIdOf, jobProblems, jobsOf, statusOf, uuidOf } from './jobs.js';
import { imageOf, unknownImage } from './plan.js';

/** The findings of the image as the platform has them, whether it is in a registry, and how old that is. */
export async function* collectImage(handle: ScanHandle, services: ScanServices): FindingStream {
  const plan = detailsOf(handle.plan);
  const job = await jobState(handle, plan, services);
  const image = await imageOf(plan, services);
  const details = image && (await imageDetailsOf(image.sha, services));
  if (!image || !details) throw unknownImage(plan.reference);
  const enricher = new ImageEnricher(services);
  const statement = yield* imageFindings({ sha: image.sha, details, enricher }, services);
  const scannedMs = scannedAt(details.value) ?? image.scannedAtMs;
  const nowMs = services.now() + (services.qualys().clockSkewMs() ?? 0);
  return {
    ...statement,
    state: [job?.state, statement.state].filter((word) => word !== undefined).join(', '),
    problems: [
      ...statement.problems,
      ...(job?.problems ?? []),
      ...ageProblems(scannedMs, nowMs, plan.maxAgeMs),
      ...placeProblems(isInRegistry(image.value) ?? isInRegistry(details.value), plan),
    ],
  };
}

async function jobState(
  handle: ScanHandle,
  { job }: RegistryDetails,
  services: ScanServices,
): Promise<{ state: string; problems: ScanProblem[] } | undefined> {
  if (!job) return undefined;
  const own = (await jobsOf(job.registryUuid, services)).find((one) => uuidOf(one) === jobIdOf(handle));
  if (own) return { state: statusOf(own), problems: jobProblems(own) };
  const what = `the registry scan ${handle.plan.scanName} is not on the platform any more`;
  return { state: 'gone', problems: [scanProblem('SCANGATE_SCAN_GONE', what)] };
}

function ageProblems(scannedMs: number | undefined, nowMs: number, maxAgeMs: number): ScanProblem[] {
  if (scannedMs === undefined) {
    return [
      scanProblem(
        'SCANGATE_SCAN_UNKNOWN_TARGET',
        'the platform knows the image and does not say when it was scanned',
        'let the registry be scanned: scanNow: true',
      ),
    ];
  }
  if (nowMs - scannedMs <= maxAgeMs) return [];
  const hours = Math.round(maxAgeMs / 3_600_000);
  return [
    scanProblem(
      'SCANGATE_SCAN_STALE',
      `the newest scan of the image is of ${showTime(scannedMs)}, more than ${hours} hours ago`,
      'let the registry be scanned (scanNow: true, or scanNow: force for what was scanned before), or allow a greater maxAge',
    ),
  ];
}

function placeProblems(isThere: boolean | undefined, { reference }: RegistryDetails): ScanProblem[] {
  if (isThere !== false) return [];
  return [
    scanProblem(
      'SCANGATE_SCAN_UNKNOWN_TARGET',
      `the platform knows the image ${reference.text}, and has not seen it in a registry`,
      'push the image and let the registry be scanned: scanNow: true',
    ),
  ];
}
