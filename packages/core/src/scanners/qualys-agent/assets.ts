import { excerpt, ScangateError } from '../../errors.js';
import { QualysError } from '../../qualys/index.js';
import type { QpsCriterion, QpsRecord } from '../../qualys/types.js';
import type { JsonMembers } from '../../wire/json.js';
import { objectIn, requiredTextIn, wordsIn } from '../../wire/take.js';
import { isoTime } from '../normalise.js';
import { listNames } from '../problem.js';
import { platformTime } from '../qualys-words.js';
import type { ScanServices } from '../scanner.js';
import { type SearchKey, type Sought, soughtWords } from './target.js';

/*
 * Machines in the asset inventory. https://docs.qualys.com/en/ca/api/ (read 2026-11-23), and recorded answers.
 */

/** A machine of the inventory. Times by the platform's clock, in milliseconds since the epoch. */
export interface Asset {
  id: string;
  name: string;
  /** Id in the host lists. Absent before its first scan for vulnerabilities. */
  hostId: string | undefined;
  ip: string | undefined;
  hasAgent: boolean;
  agentId: string | undefined;
  checkedInMs: number | undefined;
  scannedMs: number | undefined;
  /** Everything that it can be called, in lower case. */
  names: Readonly<Record<SearchKey, readonly string[]>>;
}

const PAGE_SIZE = 100;
const MAX_IDS = 500;

async function search(criteria: QpsCriterion[], services: ScanServices): Promise<Asset[]> {
  const found: Asset[] = [];
  const asked = { product: 'am', object: 'hostasset', criteria, pageSize: PAGE_SIZE, compareTotal: false } as const;
  for await (const page of services.qualys().qpsSearch({ ...asked, signal: services.signal })) {
    found.push(...page.map(assetOf));
  }
  return found;
}

function assetOf({ type, value }: QpsRecord): Asset {
  const agent = objectIn(value, 'agentInfo', type);
  const tracking = wordsIn(value, 'trackingMethod', type)?.toUpperCase();
  const id = requiredTextIn(value, 'id', type);
  const text = (key: string): string | undefined => wordsIn(value, key, type);
  const agentId = agent && wordsIn(agent, 'agentId', `${type}.agentInfo`);
  return {
    id,
    name: text('dnsHostName') ?? text('name') ?? id,
    hostId: text('qwebHostId'),
    ip: text('address'),
    hasAgent: (agent !== undefined && Object.keys(agent).length > 0) || tracking === 'QAGENT',
    agentId,
    checkedInMs: agent && timeIn(agent, 'lastCheckedIn', `${type}.agentInfo`),
    scannedMs: timeIn(value, 'lastVulnScan', type),
    names: {
      host: lower(['dnsHostName', 'fqdn', 'name', 'netbiosName'].map(text)),
      ip: lower([text('address'), ...textsBelow(value.networkInterface, ['address'])]),
      instanceId: lower([text('name'), ...textsBelow(value.sourceInfo, ['instanceId', 'vmId'])]),
      agentId: lower([agentId]),
    },
  };
}

const lower = (texts: readonly (string | undefined)[]): string[] =>
  texts.filter((text) => text !== undefined).map((text) => text.toLowerCase());

/** Texts under these keys, at any depth of a small part of a record: it comes as lists of objects in several forms. */
function textsBelow(value: unknown, keys: readonly string[], depth = 0): string[] {
  if (typeof value !== 'object' || value === null || depth > 6) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'string' && keys.includes(key) ? [inner] : textsBelow(inner, keys, depth + 1),
  );
}

/** A time that cannot be read says nothing of the age, so it is no answer. */
function timeIn(members: JsonMembers, key: string, at: string): number | undefined {
  const words = wordsIn(members, key, at);
  if (words === undefined) return undefined;
  const time = platformTime(words);
  if (time !== undefined) return Date.parse(time);
  throw new ScangateError('SCANGATE_QUALYS_ANSWER', `${at}.${key}: "${excerpt(words, 30)}" is no time`);
}

/** Criteria in the order in which they are tried, until one finds something. */
const FIELDS: Readonly<Record<SearchKey, readonly string[]>> = {
  host: ['dnsHostName', 'name', 'netbiosName'],
  ip: ['address'],
  instanceId: ['instanceId', 'name'],
  agentId: ['agentUuid'],
};

/** The machines that are called so; the platform compares more loosely than is wanted here. */
async function machinesCalled({ by, value }: Sought, services: ScanServices): Promise<Asset[]> {
  let refusal: QualysError | undefined;
  for (const field of FIELDS[by]) {
    try {
      const alike = await search([{ field, operator: 'EQUALS', value }], services);
      const found = alike.filter(({ names }) => names[by].includes(value.toLowerCase()));
      if (found.length > 0) return found;
    } catch (error) {
      // Not every version knows every criterion.
      if (!(error instanceof QualysError && error.kind === 'request')) throw error;
      refusal = error;
    }
  }
  // What one criterion was refused for may be there all the same.
  if (refusal) throw refusal;
  return [];
}

export type Lookup = { kind: 'found'; asset: Asset } | { kind: 'none'; why: string };

/**
 * The one machine with an agent that is called so. A machine that appliances have scanned too is in the inventory
 * twice at times; the one with the agent is meant. Throws `SCANGATE_QUALYS_AMBIGUOUS` for several.
 */
export async function lookUp(sought: Sought, services: ScanServices): Promise<Lookup> {
  const called = await machinesCalled(sought, services);
  const [asset, ...others] = called.filter(({ hasAgent }) => hasAgent);
  const words = soughtWords(sought);
  if (asset && others.length > 0) {
    throw new ScangateError(
      'SCANGATE_QUALYS_AMBIGUOUS',
      `${others.length + 1} machines with an agent are called ${excerpt(words)}: ${listNames([asset, ...others].map(shown))}`,
      { mend: 'name the agent in agentId, or remove machines that are gone from the inventory' },
    );
  }
  if (asset) return { kind: 'found', asset };
  const [bare] = called;
  return {
    kind: 'none',
    why: bare
      ? `no Cloud Agent on ${excerpt(words)}: the inventory knows it without one (asset ${bare.id})`
      : `no Cloud Agent on ${excerpt(words)}: the inventory knows no such machine`,
  };
}

function shown({ id, name, agentId, ip, checkedInMs }: Asset): string {
  const parts = [
    `asset ${id}`,
    agentId && `agent ${agentId}`,
    ip,
    checkedInMs === undefined ? undefined : `last seen ${isoTime(checkedInMs)}`,
  ];
  return `${excerpt(name)} (${parts.filter(Boolean).join(', ')})`;
}

/** Machines by asset id, with one call for many. Those that are gone are absent. */
export async function assetsById(ids: readonly string[], services: ScanServices): Promise<Map<string, Asset>> {
  const found = new Map<string, Asset>();
  for (let start = 0; start < ids.length; start += MAX_IDS) {
    const value = ids.slice(start, start + MAX_IDS).join(',');
    for (const asset of await search([{ field: 'id', operator: 'IN', value }], services)) found.set(asset.id, asset);
  }
  return found;
}
