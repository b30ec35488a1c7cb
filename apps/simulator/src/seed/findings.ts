/** What there is to find: written out for small applications, made on demand for big ones. */
import { mix, pick, stableGuid } from '../hash.js';
import type { FindingKind, FindingSource, FindingSpec, Vulnerability } from '../model.js';
import { CONFIRMED, GATHERED, POTENTIAL, SENSITIVE } from './knowledge-base.js';

/** Every application has its own block of ids, so that ids ascend from one to the next. */
const BLOCK = 1_000_000;

const firstId = (order: number): number => order * BLOCK + 1;

export interface Sighting {
  readonly vulnerability: Vulnerability;
  readonly url?: string;
  readonly param?: string;
  readonly from?: number;
  readonly until?: number;
  readonly again?: number;
  readonly ignored?: FindingSpec['ignored'];
  readonly authenticated?: boolean;
  readonly payload?: string;
  readonly response?: string;
}

function kindOf(vulnerability: Vulnerability): FindingKind {
  if (SENSITIVE.includes(vulnerability)) return 'SENSITIVE_CONTENT';
  return GATHERED.includes(vulnerability) ? 'INFORMATION_GATHERED' : 'VULNERABILITY';
}

function specOf(sighting: Sighting, id: number, index: number): FindingSpec {
  const { vulnerability } = sighting;
  const kind = kindOf(vulnerability);
  const { url, param, until, again, ignored, payload } = sighting;
  return {
    id,
    uniqueId: stableGuid('finding', id),
    qid: vulnerability.qid,
    kind,
    potential: POTENTIAL.includes(vulnerability),
    severity: String(vulnerability.severity),
    ...(vulnerability.group === undefined ? {} : { group: vulnerability.group }),
    ...(url === undefined || kind === 'INFORMATION_GATHERED' ? {} : { url }),
    ...(param === undefined ? {} : { param }),
    authenticated: sighting.authenticated ?? false,
    ...(payload === undefined ? {} : { payload }),
    response: sighting.response ?? `HTTP/1.1 200 OK\n\nsimulated evidence ${index} of ${vulnerability.title}`,
    from: sighting.from ?? 0,
    ...(until === undefined ? {} : { until }),
    ...(again === undefined ? {} : { again }),
    ...(ignored === undefined ? {} : { ignored }),
    detectionScore: kind === 'INFORMATION_GATHERED' ? 0 : Math.min(100, vulnerability.severity * 18 + (id % 7)),
  };
}

export function listedSource(webAppId: number, order: number, sightings: readonly Sighting[]): FindingSource {
  const specs = sightings.map((sighting, index) => specOf(sighting, firstId(order) + index, index));
  return {
    webAppId,
    size: specs.length,
    at: (index) => {
      const spec = specs[index];
      if (spec === undefined) throw new RangeError(`no finding ${index}`);
      return spec;
    },
  };
}

function generatedSighting(webAppId: number, index: number): Sighting {
  const base = `https://app-${webAppId}.example.test`;
  const dice = mix(`kind/${webAppId}`, index) % 20;
  if (dice < 4) return { vulnerability: pick(GATHERED, `information/${webAppId}`, index) };
  const url = `${base}/catalogue/page-${index}?item=${index}`;
  if (dice < 5) return { vulnerability: pick(SENSITIVE, `sensitive/${webAppId}`, index), url };
  if (dice < 8) return { vulnerability: pick(POTENTIAL, `potential/${webAppId}`, index), url, param: 'item' };
  return {
    vulnerability: pick(CONFIRMED, `confirmed/${webAppId}`, index),
    url,
    ...(index % 3 === 0 ? { param: 'item' } : {}),
    ...(index % 50 === 7 ? { from: 1 } : {}),
    ...(index % 40 === 9 ? { until: 1 } : {}),
  };
}

const NEW_APPLICATION_SIZE = 6;

/** Findings that are made when they are asked for: two hundred thousand of them take no memory. */
export function generatedSource(webAppId: number, order: number, size = NEW_APPLICATION_SIZE): FindingSource {
  return {
    webAppId,
    size,
    at: (index) => {
      if (index < 0 || index >= size) throw new RangeError(`no finding ${index}`);
      return specOf(generatedSighting(webAppId, index), firstId(order) + index, index);
    },
  };
}
