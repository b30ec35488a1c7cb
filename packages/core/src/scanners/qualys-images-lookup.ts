import { ScangateError } from '../errors.js';
import type { JsonMembers } from '../wire/json.js';
import { wordsIn } from '../wire/take.js';
import { asAnswer, newestIn, showTime } from './qualys-images-members.js';
import { listAll } from './qualys-images-pages.js';
import { type ImageReference, isMeant, namesOf, repositoryKey, shaOf } from './qualys-images-reference.js';
import type { ScanServices } from './scanner.js';

/** A record of the list of images. */
export interface ImageRecord {
  /** 64 hex digits. */
  sha: string;
  value: JsonMembers;
  /** When its last scan was processed or ran, milliseconds by the platform's clock; undefined: never. */
  scannedAtMs?: number | undefined;
}

const AT = 'image';
/** Two spellings of one date: the list of 2026 and that of earlier releases. */
const SCANNED = ['lastScanned', 'lastVmScanDate'] as const;

/** When the image was scanned for vulnerabilities. */
export const scannedAt = (image: JsonMembers): number | undefined => newestIn(image, SCANNED, AT);

/** The filter of a list that holds at least the images that are meant. */
function filterOf(reference: ImageReference): string {
  const { id } = reference;
  if (id !== undefined) return id.length === 64 ? `sha:${id}` : `imageId:${id}`;
  const repository = `repo.repository:"${repositoryKey(reference.repository ?? '')}"`;
  // Tags move: where a digest decides, the image may have lost the tag.
  if (reference.tag === undefined || reference.digest !== undefined) return repository;
  return `${repository} and repo.tag:"${reference.tag}"`;
}

/** The images that are meant, each id once: several records of one id are one image seen at several places. */
export async function findImages(reference: ImageReference, services: ScanServices): Promise<ImageRecord[]> {
  return await imagesBy(filterOf(reference), (value) => isMeant(reference, value, AT), services);
}

async function imagesBy(
  filter: string,
  isWanted: (value: JsonMembers) => boolean,
  services: ScanServices,
): Promise<ImageRecord[]> {
  const records = await listAll({ path: 'images', filter, sort: 'created:desc', keys: ['uuid', 'sha'] }, services);
  const bySha = new Map<string, ImageRecord>();
  try {
    for (const value of records.filter(isWanted)) {
      const record = { sha: shaOf(value, AT), value, scannedAtMs: scannedAt(value) };
      const known = bySha.get(record.sha);
      if (!known || (record.scannedAtMs ?? 0) > (known.scannedAtMs ?? 0)) bySha.set(record.sha, record);
    }
  } catch (error) {
    throw asAnswer(error, 'the list of images');
  }
  return [...bySha.values()];
}

const SHAS_PER_CALL = 40;

/** Images by id, with few calls. Those that the platform does not know are absent. */
export async function imagesBySha(shas: readonly string[], services: ScanServices): Promise<Map<string, ImageRecord>> {
  const found = new Map<string, ImageRecord>();
  for (let start = 0; start < shas.length; start += SHAS_PER_CALL) {
    const asked = new Set(shas.slice(start, start + SHAS_PER_CALL));
    const filter = [...asked].map((sha) => `sha:${sha}`).join(' or ');
    for (const record of await imagesBy(filter, (value) => asked.has(shaOf(value, AT)), services)) {
      found.set(record.sha, record);
    }
  }
  return found;
}

const MAX_SHOWN = 5;

/** The one image that is meant; undefined when the platform knows none. Never a guess between several. */
export function theOnly(reference: ImageReference, images: readonly ImageRecord[]): ImageRecord | undefined {
  if (images.length <= 1) return images[0];
  const shown = images.slice(0, MAX_SHOWN).map(showImage);
  const beyond = images.length > MAX_SHOWN ? ` and ${images.length - MAX_SHOWN} more` : '';
  throw new ScangateError(
    'SCANGATE_QUALYS_AMBIGUOUS',
    `the platform knows ${images.length} images as ${reference.text}: ${shown.join('; ')}${beyond}`,
    { mend: 'say which one is meant: its image id, or its digest as digest: sha256:...' },
  );
}

function showImage({ sha, value, scannedAtMs }: ImageRecord): string {
  const tags = namesOf(value, AT).flatMap(({ tag }) => (tag === undefined ? [] : [tag]));
  const created = wordsIn(value, 'created', AT);
  const createdMs = newestIn(value, ['created'], AT);
  const dates = [
    createdMs === undefined ? created && `created ${created}` : `created ${showTime(createdMs)}`,
    scannedAtMs === undefined ? 'never scanned' : `scanned ${showTime(scannedAtMs)}`,
  ];
  const shownTags = [...new Set(tags)].slice(0, 3).join(', ') || 'no tag';
  return `${sha.slice(0, 12)} (${shownTags}, ${dates.filter(Boolean).join(', ')})`;
}
