import type { JsonMembers } from '../wire/json.js';
import { asObject, numberIn, wordsIn } from '../wire/take.js';
import type { ImageRecord } from './qualys-images-lookup.js';
import { asAnswer, elementsIn, isGone, showTime } from './qualys-images-members.js';
import { getJson, getObject } from './qualys-images-pages.js';
import type { ScanProgress, ScanServices } from './scanner.js';

/*
 * The API has no state of an image. Known, scanned, processed and done are read from what is there:
 * https://docs.qualys.com/en/cs/api/images/fetch_image_details.htm (read 2026-11-23).
 */

const AT = 'image';

export interface ImageDetails {
  value: JsonMembers;
  /** The vulnerabilities are a list, and be it an empty one; else the scan is not processed yet. */
  isProcessed: boolean;
}

/**
 * The whole record of an image; undefined when the platform says that there is none.
 *
 * Vulnerabilities that are null stand for a scan that is not processed yet, and on some platforms for a clean image as
 * well. Only where the scan was successful, and the answer on vulnerabilities itself is an empty list with counters of
 * zero, it is the second.
 */
export async function detailsOf(sha: string, services: ScanServices): Promise<ImageDetails | undefined> {
  let value: JsonMembers;
  try {
    value = await getObject(`images/${sha}`, { scanDetails: 'malware,secrets' }, services);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  if (value.vulnerabilities !== undefined && value.vulnerabilities !== null) return { value, isProcessed: true };
  if (wordsIn(value, 'scanStatus', AT)?.toUpperCase() !== 'SUCCESS' || !(await isClean(sha, services))) {
    return { value: { ...value, vulnerabilities: null }, isProcessed: false };
  }
  return { value: { ...value, vulnerabilities: [] }, isProcessed: true };
}

async function isClean(sha: string, services: ScanServices): Promise<boolean> {
  const answer = await getJson(`images/${sha}/vuln`, { type: 'ALL', applyException: false }, services);
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return false;
  const { details } = answer as JsonMembers;
  if (!Array.isArray(details) || details.length > 0) return false;
  const counts = await countsOf(sha, services);
  return counts !== undefined && [...counts.values()].every((count) => count === 0);
}

const LEVELS = ['1', '2', '3', '4', '5'] as const;

/** How many vulnerabilities the platform counts, by its level; undefined where it gives no such counters. */
export async function countsOf(sha: string, services: ScanServices): Promise<Map<string, number> | undefined> {
  const path = `images/${sha}/vuln/count`;
  const answer = await getJson(path, {}, services);
  if (answer === undefined) return undefined;
  try {
    const members = asObject(answer, path);
    const counts = new Map<string, number>();
    for (const level of LEVELS) {
      const count = numberIn(members, `severity${level}Count`, path);
      if (count !== undefined) counts.set(level, count);
    }
    return counts.size === LEVELS.length ? counts : undefined;
  } catch (error) {
    throw asAnswer(error, `GET /csapi/v1.3/${path}`);
  }
}

/** Which scan of an image counts. */
interface Freshness {
  /** By the platform's clock; a scan before is not the one that is waited for. */
  sinceMs?: number | undefined;
}

/**
 * How far the scan of an image is: `queued` while the platform does not know it, `running` until it was scanned,
 * `processing` until the scan is processed.
 */
export async function imageProgress(
  image: ImageRecord | undefined,
  { sinceMs }: Freshness,
  services: ScanServices,
): Promise<ScanProgress> {
  if (!image) return { phase: 'queued', state: 'not known to the platform yet' };
  const { scannedAtMs, value, sha } = image;
  const status = wordsIn(value, 'scanStatus', AT);
  const isGood = status === undefined || status.toUpperCase() === 'SUCCESS';
  if (scannedAtMs !== undefined && sinceMs !== undefined && scannedAtMs < sinceMs) {
    return { phase: 'running', state: `waiting for a scan after that of ${showTime(scannedAtMs)}` };
  }
  if (!isGood) return { phase: 'ended', state: status };
  if (scannedAtMs === undefined) return { phase: 'running', state: 'known, not scanned yet' };
  const details = await detailsOf(sha, services);
  if (!details) return { phase: 'queued', state: 'not known to the platform yet' };
  if (!details.isProcessed) return { phase: 'processing', state: 'scanned, not processed yet' };
  return { phase: 'ended', state: status ?? 'scanned' };
}

/** Whether the image was seen in a registry by the platform; undefined where it does not say. */
export function isInRegistry(image: JsonMembers): boolean | undefined {
  const sources = elementsIn(image, 'source').map((source) => String(source).toUpperCase());
  if (sources.includes('REGISTRY') || elementsIn(image, 'registryUuid').length > 0) return true;
  return sources.length === 0 ? undefined : false;
}
