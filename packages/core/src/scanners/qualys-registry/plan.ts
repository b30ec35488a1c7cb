import { excerpt, ScangateError } from '../../errors.js';
import { requiredTextIn, wordsIn } from '../../wire/take.js';
import { listNames } from '../problem.js';
import { findImages, type ImageRecord, theOnly } from '../qualys-images-lookup.js';
import { ageMs, asAnswer, uniqueName } from '../qualys-images-members.js';
import { listAll } from '../qualys-images-pages.js';
import { type ImageReference, readReference, registryHost } from '../qualys-images-reference.js';
import type { PlanContext, ScanPlan, ScanServices } from '../scanner.js';
import { detailsJson, type RegistryDetails } from './details.js';
import type { RegistryTarget } from './target.js';

/** Images are shipped some time after they were built, and scanned in between. */
const DEFAULT_MAX_AGE = '7d';

/** Resolves the image, and the registry where a scan is to be started. Reads only. */
export async function planRegistry(
  target: RegistryTarget,
  context: PlanContext,
  services: ScanServices,
): Promise<ScanPlan> {
  const reference = readReference(target.image, target.digest);
  const scanName = uniqueName(context);
  const image = theOnly(reference, await findImages(reference, services));
  const wantsScan = target.scanNow !== undefined && target.scanNow !== false;
  if (!image && !wantsScan) throw unknownImage(reference);
  const details: RegistryDetails = {
    reference,
    maxAgeMs: ageMs(target.maxAge ?? DEFAULT_MAX_AGE),
    job: wantsScan ? await jobOf(reference, scanName, target.scanNow === 'force', services) : undefined,
  };
  return {
    target: context.targetName,
    scanner: 'qualys-registry',
    subject: `image ${reference.text} in its registry`,
    scanName,
    details: detailsJson(details),
    historyMs: [],
  };
}

export const unknownImage = ({ text }: ImageReference): ScangateError =>
  new ScangateError('SCANGATE_SCAN_UNKNOWN_TARGET', `the platform does not know the image ${text}`, {
    mend: 'push the image and let the registry be scanned (scanNow: true), and compare the name exactly',
  });

/** `undefined` when it is gone. */
export const imageOf = async (
  { reference }: RegistryDetails,
  services: ScanServices,
): Promise<ImageRecord | undefined> => theOnly(reference, await findImages(reference, services));

/**
 * A scan of one tag that begins at once.
 * https://docs.qualys.com/en/cs/api/registries/Create_a_registry_schedule.htm (read 2026-11-23).
 */
async function jobOf(
  reference: ImageReference,
  name: string,
  isForced: boolean,
  services: ScanServices,
): Promise<RegistryDetails['job']> {
  const { repository, tag } = reference;
  if (repository === undefined || tag === undefined) {
    throw new ScangateError('SCANGATE_CONFIG_INVALID', `scanNow: the image ${reference.text} has no tag to scan`, {
      mend: 'name the image with its tag; a digest may stand beside it',
    });
  }
  const { registryUuid, registryType } = await registryOf(reference, services);
  return {
    registryUuid,
    request: {
      name,
      registryType,
      onDemand: true,
      ...(isForced ? { forceScan: true } : {}),
      filters: [{ repoTags: [{ repo: repository, tag }], days: null }],
    },
  };
}

interface Registry {
  registryUuid: string;
  registryType: string;
}

async function registryOf(reference: ImageReference, services: ScanServices): Promise<Registry> {
  const records = await listAll({ path: 'registry', keys: ['registryUuid'] }, services);
  const host = registryHost(reference.registry);
  const hosts = records.map((record) => registryHost(wordsIn(record, 'registryUri', 'registry')));
  const found = records.filter((_, index) => hosts[index] === host);
  const [only] = found;
  if (!only) {
    const known = hosts.length === 0 ? 'it knows none' : `it knows ${listNames(hosts.map((one) => excerpt(one)))}`;
    throw new ScangateError('SCANGATE_QUALYS_NOT_FOUND', `the platform does not know the registry ${host}; ${known}`, {
      mend: 'add the registry to Container Security, or correct its name in image',
    });
  }
  if (found.length > 1) {
    const uuids = listNames(found.map((record) => wordsIn(record, 'registryUuid', 'registry') ?? ''));
    const what = `the platform knows the registry ${host} ${found.length} times: ${uuids}`;
    throw new ScangateError('SCANGATE_QUALYS_AMBIGUOUS', what, {
      mend: 'remove the registries in Container Security that are not used',
    });
  }
  try {
    return {
      registryUuid: requiredTextIn(only, 'registryUuid', 'registry'),
      registryType: requiredTextIn(only, 'registryType', 'registry'),
    };
  } catch (error) {
    throw asAnswer(error, 'the list of registries');
  }
}
