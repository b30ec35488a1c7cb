import { entryOf, isEntry } from './kb-entry.js';
import type {
  CallOptions,
  FoPage,
  FoPages,
  KnowledgeBase,
  KnowledgeBaseAnswer,
  KnowledgeBaseEntry,
  TextCache,
} from './types.js';

/** Ids in one call. The vendor's partners are told 350. */
const BATCH_IDS = 350;

const DEFAULT_TTL_MS = 24 * 3_600_000;

/** Form of the cached texts. Others are not read. */
const CACHE_SCHEMA = 1;

const VULN = 'KNOWLEDGE_BASE_VULN_LIST_OUTPUT/RESPONSE/VULN_LIST/VULN';

export interface KnowledgeBaseServices {
  pages: (call: FoPages) => AsyncGenerator<FoPage>;
  version: string;
  now: () => number;
  cache: TextCache | undefined;
  ttlMs: number | undefined;
}

/**
 * Texts and scores of QIDs. Only those that are asked for are fetched, in batches, and kept in the cache. QIDs that the
 * platform does not know are told as missing and never end the run.
 */
export function createKnowledgeBase(services: KnowledgeBaseServices): KnowledgeBase {
  return { lookUp: (qids, options = {}) => lookUp(qids, options, services) };
}

async function lookUp(
  qids: Iterable<string | number>,
  options: CallOptions,
  services: KnowledgeBaseServices,
): Promise<KnowledgeBaseAnswer> {
  const wanted = new Set([...qids].map(String));
  const entries = new Map<string, KnowledgeBaseEntry>();
  const unknown: string[] = [];
  for (const qid of wanted) {
    const entry = await cached(qid, services);
    if (entry) entries.set(qid, entry);
    // What is no number the platform would refuse together with the whole batch.
    else if (/^[1-9]\d{0,9}$/.test(qid)) unknown.push(qid);
  }
  for (let start = 0; start < unknown.length; start += BATCH_IDS) {
    await fetchBatch(unknown.slice(start, start + BATCH_IDS), entries, options, services);
  }
  return { entries, missing: [...wanted].filter((qid) => !entries.has(qid)) };
}

async function fetchBatch(
  ids: string[],
  entries: Map<string, KnowledgeBaseEntry>,
  options: CallOptions,
  { pages, version, cache, now }: KnowledgeBaseServices,
): Promise<void> {
  const asked = new Set(ids);
  const call: FoPages = {
    ...options,
    path: `/api/${version}/fo/knowledge_base/vuln/`,
    fields: { action: 'list', details: 'All', ids: ids.join(',') },
    safe: true,
    records: [VULN],
  };
  for await (const { records } of pages(call)) {
    for (const { element } of records) {
      const entry = entryOf(element);
      if (!entry || !asked.has(entry.qid)) continue;
      entries.set(entry.qid, entry);
      await cache?.put(keyOf(entry.qid, version), JSON.stringify({ schema: CACHE_SCHEMA, fetchedMs: now(), entry }));
    }
  }
}

const keyOf = (qid: string, version: string): string => `qualys-knowledge-base-${version}-${qid}`;

/** The entry in the cache, unless it is too old, from the future, or of another form. */
async function cached(
  qid: string,
  { cache, version, now, ttlMs = DEFAULT_TTL_MS }: KnowledgeBaseServices,
): Promise<KnowledgeBaseEntry | undefined> {
  const text = await cache?.get(keyOf(qid, version));
  const { schema, fetchedMs, entry } = text === undefined ? {} : parse(text);
  const age = typeof fetchedMs === 'number' ? now() - fetchedMs : Number.NaN;
  if (schema !== CACHE_SCHEMA || !(age >= 0 && age < ttlMs)) return undefined;
  return isEntry(entry) && entry.qid === qid ? entry : undefined;
}

function parse(text: string): { schema?: unknown; fetchedMs?: unknown; entry?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // Half written, or of another hand: fetched again.
    return {};
  }
}
