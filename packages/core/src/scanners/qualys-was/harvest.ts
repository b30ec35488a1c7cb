import { excerpt, ScangateError } from '../../errors.js';
import type { RawFinding } from '../../model/finding.js';
import type { QpsRecord } from '../../qualys/types.js';
import type { JsonMembers } from '../../wire/json.js';
import { Shelf } from '../../wire/shelf.js';
import { wordsIn } from '../../wire/take.js';
import { PerRun } from '../per-run.js';
import { qidsOf } from '../qualys-enrich.js';
import { Knowledge } from '../qualys-knowledge.js';
import { isRefusedRequest } from '../qualys-refusal.js';
import { sectionIn } from '../qualys-was-members.js';
import { apiFinding } from '../qualys-was-normalise.js';
import { hasWasResults } from '../qualys-was-state.js';
import { stateOf } from '../qualys-was-statement.js';
import type { ScanServices } from '../scanner.js';
import { webAppCriterion } from './history.js';
import { isWholeRecord, webAppIdOf } from './scan-record.js';
import { searchAtMost } from './search-at-most.js';
import { isSeenBy, type ScanWindow, sinceLaunch, windowOf } from './seen.js';

/** More are read scan by scan, page by page, and never held. */
const MAX_HELD = 10_000;

/** A scan that has ended, as far as it decides which findings are its own. */
interface Ended {
  webAppId: string;
  window: ScanWindow;
}

/**
 * Scans that have ended and wait to be collected. The search for findings knows web applications and no scans, so one
 * search serves all of them. What is known of a scan serves once: who collects it again asks again.
 */
export class Harvest {
  private readonly records = new Map<string, JsonMembers>();
  private readonly held = new Map<string, Promise<Shelf<RawFinding> | undefined>>();

  static of(services: ScanServices): Harvest {
    return RUNS.of(services);
  }

  /** Keeps the last record of a scan that has ended; undefined for one that has not. */
  note(id: string, scan: JsonMembers | undefined): void {
    this.held.delete(id);
    if (scan) this.records.set(id, scan);
    else this.records.delete(id);
  }

  /** The record of a scan that was seen to have ended, until its findings are asked for. */
  record(id: string): JsonMembers | undefined {
    return this.records.get(id);
  }

  /**
   * The scan's share of what one search found for all scans that wait; undefined where the scan has to be searched for
   * alone. Fails as the search does.
   */
  async findings(id: string, scan: JsonMembers, services: ScanServices): Promise<Shelf<RawFinding> | undefined> {
    const held = this.held.get(id);
    this.note(id, undefined);
    // That it failed has been said by whoever asked for it.
    if (held) return await held.catch(() => undefined);
    const own = endedOf(id, scan);
    const others = [...this.records].filter(([other]) => !this.held.has(other));
    const waiting = others.map(([other, record]) => endedOf(other, record)).filter((ended) => ended !== undefined);
    if (!own || waiting.length === 0) return undefined;
    const reading = readShares([own, ...waiting], services);
    for (const { window } of waiting) {
      const share = reading.then((shares) => shares?.get(window.id));
      this.held.set(window.id, share);
      share.catch(() => this.held.get(window.id) === share && this.held.delete(window.id));
    }
    return (await reading)?.get(id);
  }
}

const RUNS = new PerRun(() => new Harvest());

/** Undefined for a scan that cannot be told from others: it is searched for alone. */
function endedOf(id: string, scan: JsonMembers): Ended | undefined {
  try {
    const webAppId = webAppIdOf(scan);
    const isReadable = isWholeRecord(scan) && hasWasResults(stateOf(scan).status);
    return isReadable && webAppId !== undefined ? { webAppId, window: windowOf(id, scan) } : undefined;
  } catch (error) {
    if (!(error instanceof ScangateError)) throw error;
    // Whoever collects that scan reads the record again, and says what is wrong with it.
    return undefined;
  }
}

/** The findings of each scan, by its id; undefined where they are too many, or cannot be shared out. */
async function readShares(
  scans: readonly Ended[],
  services: ScanServices,
): Promise<Map<string, Shelf<RawFinding>> | undefined> {
  const shares = new Map(scans.map(({ window }) => [window.id, new Shelf<RawFinding>()] as const));
  const launches = scans.map(({ window }) => window.launchedMs).filter((ms) => ms !== undefined);
  const webAppIds = [...new Set(scans.map(({ webAppId }) => webAppId))];
  const criteria = [webAppCriterion(webAppIds), ...sinceLaunch({ launchedMs: Math.min(...launches) })];
  const search = { product: 'was', object: 'finding', criteria, verbose: true } as const;
  const qids = new Set<string>();
  try {
    const looker = { client: services.qualys(), signal: services.signal };
    const isAll = await searchAtMost(looker, search, MAX_HELD, (page) => {
      for (const record of page) for (const qid of share(record, scans, shares)) qids.add(qid);
    });
    if (isAll) {
      Knowledge.of(services).expect(qids);
      return shares;
    }
    services.log(`the findings of ${scans.length} scans are more than ${MAX_HELD}, so each scan is searched for alone`);
  } catch (error) {
    if (!isOfThisSearch(error)) throw error;
    services.log(
      `the findings of ${scans.length} scans are not read together, so each scan is searched for alone: ${error.message}`,
    );
  }
  return undefined;
}

/** What may be due to the search for many: each scan is searched for alone, and fails alone. */
const isOfThisSearch = (error: unknown): error is ScangateError =>
  isRefusedRequest(error) ||
  (error instanceof ScangateError &&
    (error.code === 'SCANGATE_QUALYS_ANSWER' || error.code === 'SCANGATE_REPORT_SHAPE'));

/** Gives a finding to the scans that saw it. Returns the QIDs that were given. */
function share(
  { value }: QpsRecord,
  scans: readonly Ended[],
  shares: ReadonlyMap<string, Shelf<RawFinding>>,
): Set<string> {
  const at = 'Finding.webApp';
  const webAppId = wordsIn(sectionIn(value, 'webApp', 'Finding') ?? {}, 'id', at);
  const candidates = scans.filter((scan) => scan.webAppId === webAppId);
  if (candidates.length === 0) {
    const shown = excerpt(webAppId ?? '(none)');
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.id: ${shown} is no web application that was asked for`);
  }
  const seen = candidates.filter(({ window }) => isSeenBy(window, value));
  if (seen.length === 0) return new Set();
  const finding = apiFinding(value);
  for (const { window } of seen) shares.get(window.id)?.append(finding);
  return qidsOf([finding]);
}
