import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, walkJson } from '../../../wire/json.js';
import { asObject, objectIn, textsIn, wordsIn } from '../../../wire/take.js';
import { zonedTime } from '../../normalise.js';
import { listNames, scanProblem } from '../../problem.js';
import {
  type PerformedScan,
  performedScans,
  QSCANNER_INVENTORY,
  QSCANNER_MALWARE,
  QSCANNER_SECRETS,
} from '../../qscanner-scans.js';
import { type ImageReference, readReference } from '../../qualys-images-reference.js';
import type { QScannerDetails } from './details.js';
import type { EndedRun } from './runs.js';

/** What the result file says beside its findings. */
export interface ResultFacts {
  version: string;
  scans: PerformedScan[];
  /** Whether the release writes malware into this file. */
  listsMalware: boolean;
  startedAt?: string | undefined;
  /** Id and digests of the image, as they stand there. */
  ids: string[];
  /** Names of the image, as they stand there. */
  tags: string[];
}

/** Reads a result file for its facts alone. Throws `SCANGATE_REPORT_...`. */
export async function readFacts(chunks: AsyncIterable<Uint8Array>): Promise<ResultFacts> {
  let root: JsonMembers = {};
  const records = [QSCANNER_SECRETS, QSCANNER_MALWARE, ...QSCANNER_INVENTORY];
  for await (const batch of walkJson(chunks, { records })) {
    for (const { at, value } of batch) if (at === '') root = asObject(value, 'report');
  }
  const metadata = objectIn(root, 'Metadata', 'report') ?? {};
  const target = objectIn(metadata, 'Target', 'Metadata') ?? {};
  const id = wordsIn(target, 'ImageID', 'Metadata.Target');
  return {
    version: wordsIn(root, 'QScannerVersion', 'report') ?? '',
    scans: performedScans(root),
    listsMalware: root.MalwareResults !== undefined,
    startedAt: zonedTime(wordsIn(metadata, 'ScanStartTime', 'Metadata')),
    ids: [...(id === undefined ? [] : [id]), ...textsIn(target, 'RepoDigests', 'Metadata.Target')],
    tags: textsIn(target, 'RepoTags', 'Metadata.Target'),
  };
}

/** Dates in the result may be cut to the second. */
const ROUNDING_MS = 2_000;

/** What shows that a result is of an earlier run, or of another image than the one that was asked for. */
export function foreignProblems(
  facts: ResultFacts,
  report: ScanStatement,
  details: QScannerDetails,
  { end }: EndedRun,
): ScanProblem[] {
  const problems: ScanProblem[] = [];
  const { startedAt } = facts;
  if (startedAt !== undefined && Date.parse(startedAt) < end.startedAtMs - ROUNDING_MS) {
    const began = new Date(end.startedAtMs).toISOString();
    const message = `the result of QScanner is of ${startedAt}, before this scan began at ${began}`;
    const mend = 'look what else writes into the state folder, clear the cache of QScanner, and scan again';
    problems.push(scanProblem('SCANGATE_SCAN_STALE', message, mend));
  }
  const { subject } = report;
  const mismatch = mismatchOf(details, { ...facts, ids: [...facts.ids, ...(subject === undefined ? [] : [subject])] });
  if (mismatch !== undefined) {
    const mend = 'scan what was built: name the image by its id or digest, and pull it before the scan';
    problems.push(scanProblem('SCANGATE_REPORT_FOREIGN', mismatch, mend));
  }
  return problems;
}

type Identity = Pick<ResultFacts, 'ids' | 'tags'>;

/** How the scanned image differs from the one that was asked for; a result that names none is taken for a name alone. */
function mismatchOf({ image, digest }: QScannerDetails, { ids, tags }: Identity): string | undefined {
  const reference: ImageReference = image === undefined ? { text: '' } : readReference(image, digest);
  const known = ids.map((id) => id.replace(/^.*sha256:/, '').toLowerCase());
  const wanted = [reference.id, reference.digest, digest?.replace(/^sha256:/, '')].filter((hex) => hex !== undefined);
  const missing = wanted.find((hex) => !known.some((id) => id.startsWith(hex)));
  const names = [...tags, ...ids];
  const told = names.length === 0 ? 'does not say which image it is of' : `is of ${listNames(names)}`;
  if (missing !== undefined) return `the image must be ${missing}, and the result ${told}`;
  // A digest or id decides by itself: the tags of an image move.
  if (wanted.length > 0 || image === undefined || tags.length === 0) return undefined;
  return tags.some((tag) => isNamed(tag, reference)) ? undefined : `the image must be ${image}, and the result ${told}`;
}

/** Whether a tag in the result is the name that was asked for; without a tag that is `latest`. */
function isNamed(tag: string, { registry, repository = '', tag: label }: ImageReference): boolean {
  const name = registry === undefined ? repository : `${registry}/${repository}`;
  return fullName(tag) === fullName(label === undefined ? name : `${name}:${label}`);
}

/** Names of Docker Hub in full: `shop` is `docker.io/library/shop:latest`. */
function fullName(name: string): string {
  const [first = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? rest.join('/') : name;
  const host = hasRegistry
    ? first.toLowerCase().replace(/^(?:index|registry-1)\.docker\.io$/, 'docker.io')
    : 'docker.io';
  const repository = host === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  return `${host}/${repository}${path.includes(':') ? '' : ':latest'}`;
}
