import { excerpt, ScangateError } from '../../errors.js';
import type { ScanProblem } from '../../model/scan.js';
import type { JsonMembers } from '../../wire/json.js';
import { flagIn, objectIn, wordsIn } from '../../wire/take.js';
import { counted, listNames, scanProblem } from '../problem.js';
import type { ImageRecord } from '../qualys-images-lookup.js';
import { asAnswer, elementsIn, isGone, newestIn, showTime } from '../qualys-images-members.js';
import { getObject, listAll } from '../qualys-images-pages.js';
import type { ScanServices } from '../scanner.js';

const AT = 'container';
const IMAGES_PER_CALL = 20;

/** Whether a container of this state runs, or goes on where it stopped; a word that is not here is not known. */
const RUNS: Readonly<Record<string, boolean>> = {
  RUNNING: true,
  RESTARTING: true,
  PAUSED: true,
  CREATED: false,
  STOPPED: false,
  EXITED: false,
  DEAD: false,
  REMOVING: false,
  DELETED: false,
};

export interface Container {
  sha: string;
  name: string;
  /** In the platform's word. */
  state: string;
  /** Undefined for a state that is not known. */
  runs: boolean | undefined;
  /** Image id in 64 hex digits. */
  imageSha: string;
  /** Where it runs. */
  host?: string | undefined;
  /** When the platform last heard of it, milliseconds by its clock. */
  seenAtMs?: number | undefined;
  /** Undefined where the list does not say. */
  isDrift?: boolean | undefined;
}

/** The containers that were made from these images, whatever their state. */
export async function containersOf(images: readonly ImageRecord[], services: ScanServices): Promise<Container[]> {
  const found: Container[] = [];
  for (let start = 0; start < images.length; start += IMAGES_PER_CALL) {
    const asked = images.slice(start, start + IMAGES_PER_CALL);
    const filter = asked.map(({ sha }) => `imageSha:${sha}`).join(' or ');
    const records = await listAll({ path: 'containers', filter, keys: ['uuid', 'sha'] }, services);
    try {
      for (const record of records) {
        const container = containerOf(record, asked);
        if (container) found.push(container);
      }
    } catch (error) {
      throw asAnswer(error, 'the list of containers');
    }
  }
  return found;
}

/** Undefined for a container of another image. */
function containerOf(record: JsonMembers, images: readonly ImageRecord[]): Container | undefined {
  const imageSha = imageShaOf(record, images);
  if (imageSha === undefined) return undefined;
  const sha = wordsIn(record, 'sha', AT);
  if (sha === undefined) throw new ScangateError('SCANGATE_QUALYS_ANSWER', 'a container in the list has no sha');
  const state = wordsIn(record, 'state', AT) ?? '(none)';
  const host = objectIn(record, 'host', AT) ?? {};
  const seen = [newestIn(record, ['updated', 'lastScanned'], AT), newestIn(host, ['lastUpdated'], `${AT}.host`)];
  const times = seen.filter((time) => time !== undefined);
  return {
    sha,
    name: wordsIn(record, 'name', AT) ?? wordsIn(record, 'containerId', AT) ?? sha.slice(0, 12),
    state,
    runs: Object.hasOwn(RUNS, state.toUpperCase()) ? RUNS[state.toUpperCase()] : undefined,
    imageSha,
    host: wordsIn(host, 'hostname', `${AT}.host`) ?? wordsIn(host, 'ipAddress', `${AT}.host`),
    seenAtMs: times.length === 0 ? undefined : Math.max(...times),
    isDrift: flagIn(record, 'isDrift', AT),
  };
}

/** Some releases give the whole id of the image, others its first 12 digits. */
function imageShaOf(record: JsonMembers, images: readonly ImageRecord[]): string | undefined {
  const sha = wordsIn(record, 'imageSha', AT)?.replace(/^sha256:/, '');
  const id = sha ?? wordsIn(record, 'imageId', AT);
  if (id === undefined || id.length < 12) {
    throw new ScangateError('SCANGATE_QUALYS_ANSWER', 'a container in the list does not name its image');
  }
  return images.find((image) => image.sha.startsWith(id))?.sha;
}

export interface Drift {
  /** In the platform's words, such as new packages. */
  reasons: string[];
  /** As in an image. */
  vulnerabilities: unknown[];
}

/** How a running container differs from its image; undefined when it does not, or is gone by now. */
export async function driftOf(container: Container, services: ScanServices): Promise<Drift | undefined> {
  if (container.isDrift === false) return undefined;
  const path = `containers/${encodeURIComponent(container.sha)}`;
  try {
    const details = await getObject(path, {}, services);
    const drift = objectIn(details, 'drift', path) ?? {};
    const reasons = [...elementsIn(drift, 'category'), ...elementsIn(drift, 'reason')].map(String);
    const vulnerabilities = elementsIn(drift, 'vulnerability');
    const isDrift = flagIn(details, 'isDrift', path) === true || reasons.length > 0 || vulnerabilities.length > 0;
    return isDrift ? { reasons, vulnerabilities } : undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw asAnswer(error, `the container ${container.name}`);
  }
}

/** States that nobody knows, and running containers that were not seen for too long. */
export function containerProblems(containers: readonly Container[], nowMs: number, maxAgeMs: number): ScanProblem[] {
  const problems: ScanProblem[] = [];
  const strange = containers.filter(({ runs }) => runs === undefined);
  if (strange.length > 0) {
    const states = listNames([...new Set(strange.map(({ state }) => excerpt(state, 30)))]);
    const who = counted(strange.length, 'container is', 'containers are');
    const what = `${who} in a state that is not known: ${states}`;
    problems.push(scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', what, 'look at the containers in the portal'));
  }
  const lost = containers.filter(({ runs, seenAtMs }) => runs !== false && nowMs - (seenAtMs ?? 0) > maxAgeMs);
  if (lost.length > 0) {
    const shown = (ms: number | undefined): string => (ms === undefined ? 'never' : showTime(ms));
    const names = listNames(lost.map(({ name, seenAtMs }) => `${excerpt(name, 40)} (${shown(seenAtMs)})`));
    const who = counted(lost.length, 'running container was', 'running containers were');
    const what = `${who} not seen for longer than maxAge allows: ${names}`;
    problems.push(
      scanProblem('SCANGATE_SCAN_STALE', what, 'look at the sensor of the host, or allow a greater maxAge'),
    );
  }
  return problems;
}
