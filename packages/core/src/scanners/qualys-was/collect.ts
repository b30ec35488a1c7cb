import { excerpt } from '../../errors.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../model/scan.js';
import type { QualysError } from '../../qualys/index.js';
import type { JsonMembers } from '../../wire/json.js';
import { wordsIn } from '../../wire/take.js';
import { counted, listNames, scanProblem } from '../problem.js';
import { Enricher } from '../qualys-enrich.js';
import { isRefusedRequest } from '../qualys-refusal.js';
import { sectionIn } from '../qualys-was-members.js';
import { apiFinding } from '../qualys-was-normalise.js';
import { hasWasResults } from '../qualys-was-state.js';
import { nameOf, stateOf, stateProblems } from '../qualys-was-statement.js';
import { platformTime } from '../qualys-words.js';
import type { ScanHandle, ScanServices } from '../scanner.js';
import { detailsOf, type WasDetails } from './details.js';
import { asAnswer, type Results, readResults } from './download.js';
import { Harvest } from './harvest.js';
import { webAppCriterion } from './history.js';
import { scansById } from './progress.js';
import { getScan, idsOf, isWholeRecord, linkOf, webAppIdOf } from './scan-record.js';
import { PAGE_SIZE } from './search-at-most.js';
import { isSeenBy, sinceLaunch, windowOf } from './seen.js';
import { Tally } from './tally.js';

interface OneScan {
  problems: ScanProblem[];
  evidence?: string | undefined;
}

interface Work {
  details: WasDetails;
  enricher: Enricher;
  services: ScanServices;
}

/** What was found, counted, and the scan's own results; or why the platform does not give those. */
interface Judged {
  tally: Tally;
  results: Results | { refusal: QualysError };
}

/** The findings of the scan, or of the scans that stand for it, and what they are worth. */
export async function* collectFindings(
  handle: ScanHandle,
  services: ScanServices,
): AsyncGenerator<RawFinding[], ScanStatement, undefined> {
  const ids = idsOf(handle);
  const details = detailsOf(handle.plan);
  const work = { details, enricher: new Enricher(services), services };
  const scans = await recordsOf(ids, work);
  const problems: ScanProblem[] = [];
  const evidence: string[] = [];
  for (const id of ids) {
    const scan = scans.get(id);
    if (!scan) {
      problems.push(scanProblem('SCANGATE_SCAN_FAILED', `the scan ${id} is not on the platform any more`));
      continue;
    }
    const one = yield* collectScan(id, scan, work);
    problems.push(...one.problems);
    if (one.evidence !== undefined) evidence.push(one.evidence);
  }
  problems.push(...notScanned(details, [...scans.values()]));
  return statementOf(handle, [...scans.values()], services, { problems: unique(problems), evidence });
}

/**
 * What the last look at the scans had of them, where it leaves nothing open and has nothing against them: an ended scan
 * does not change, and the download holds the record once more. Asked for otherwise.
 */
async function recordsOf(ids: readonly string[], { details, services }: Work): Promise<Map<string, JsonMembers>> {
  const harvest = Harvest.of(services);
  const isGood = (scan: JsonMembers): boolean =>
    isWholeRecord(scan) && stateProblems(scan, details.needsLogin).length === 0;
  const noted = new Map<string, JsonMembers>();
  for (const id of ids) {
    const scan = harvest.record(id);
    if (scan && isGood(scan)) noted.set(id, scan);
  }
  if (noted.size === ids.length) return noted;
  const [only = '', ...others] = ids;
  if (others.length > 0) return scansById(ids, services);
  const scan = await getScan(only, services);
  return new Map(scan ? [[only, scan]] : []);
}

async function* collectScan(
  id: string,
  scan: JsonMembers,
  work: Work,
): AsyncGenerator<RawFinding[], OneScan, undefined> {
  const name = nameOf(scan);
  const problems = stateProblems(scan, work.details.needsLogin);
  const { status, shown } = stateOf(scan);
  if (!hasWasResults(status)) return { problems };
  const { tally, results } = (yield* heldFindings(id, scan, work)) ?? (yield* foundFindings(id, scan, work));
  if ('refusal' in results) {
    const what = `the results of the scan ${name} cannot be downloaded: ${results.refusal.message}`;
    return { problems: [...problems, scanProblem('SCANGATE_SCAN_INCOMPLETE', what, 'collect again later')] };
  }
  const { statement, lacking } = results;
  for (const batch of lacking.batches()) yield await work.enricher.enrichListed(batch);
  problems.push(...statement.problems, ...tally.problems(name));
  return { problems, evidence: statement.evidence === undefined ? undefined : `${name} (${shown})` };
}

/**
 * The share of this scan in what was searched for many scans at once, where the scan's own lists bear it out; nothing
 * otherwise.
 */
async function* heldFindings(
  id: string,
  scan: JsonMembers,
  { enricher, services }: Work,
): AsyncGenerator<RawFinding[], Judged | undefined, undefined> {
  const share = await Harvest.of(services).findings(id, scan, services);
  if (!share) return undefined;
  const tally = new Tally();
  for (const finding of share) tally.addFound(finding);
  const results = await resultsOf(id, tally, services);
  if ('refusal' in results || tally.problems(nameOf(scan)).length > 0 || lacksFindings(results)) {
    services.log(
      `${nameOf(scan)}: its results do not bear out what was found for many scans, so it is searched for alone`,
    );
    return undefined;
  }
  for (const batch of share.batches()) yield await enricher.enrich(batch);
  return { tally, results };
}

/** Information is listed by a scan at times, and not found. */
function lacksFindings({ lacking }: Results): boolean {
  for (const { kind } of lacking) if (kind !== 'information') return true;
  return false;
}

/** What the search for findings has of this scan alone; see {@link isSeenBy}. */
async function* foundFindings(
  id: string,
  scan: JsonMembers,
  { details, enricher, services }: Work,
): AsyncGenerator<RawFinding[], Judged, undefined> {
  const tally = new Tally();
  const window = windowOf(id, scan);
  const webAppId = webAppIdOf(scan);
  const webAppIds = webAppId === undefined ? details.webApps.map((webApp) => webApp.id) : [webAppId];
  const search = {
    product: 'was',
    object: 'finding',
    criteria: [webAppCriterion(webAppIds), ...sinceLaunch(window)],
    pageSize: PAGE_SIZE,
    // The short form has no history, detection score, CWE, OWASP category, reason of an ignore or payload.
    verbose: true,
    signal: services.signal,
  } as const;
  try {
    for await (const page of services.qualys().qpsSearch(search)) {
      const seen = page.filter(({ value }) => isSeenBy(window, value)).map(({ value }) => apiFinding(value));
      for (const finding of seen) tally.addFound(finding);
      yield await enricher.enrich(seen);
    }
  } catch (error) {
    throw asAnswer(error, id);
  }
  return { tally, results: await resultsOf(id, tally, services) };
}

async function resultsOf(id: string, tally: Tally, services: ScanServices): Promise<Judged['results']> {
  try {
    return await readResults(id, tally, services);
  } catch (error) {
    if (!isRefusedRequest(error)) throw error;
    return { refusal: error };
  }
}

/** A multi-scan leaves out a web application that is busy, and says nothing. */
function notScanned({ webApps }: WasDetails, scans: readonly JsonMembers[]): ScanProblem[] {
  const ids = scans.map(webAppIdOf);
  if (ids.length === 0 || ids.includes(undefined)) return [];
  const left = webApps.filter(({ id }) => !ids.includes(id)).map(({ name }) => excerpt(name));
  if (left.length === 0) return [];
  return [
    scanProblem(
      'SCANGATE_SCAN_INCOMPLETE',
      `${counted(left.length, 'web application was', 'web applications were')} not scanned: ${listNames(left)}`,
      'look whether another scan of it is running, and start this one again',
    ),
  ];
}

/** The record of a scan and its download say the same thing twice. */
function unique(problems: readonly ScanProblem[]): ScanProblem[] {
  const keys = new Set<string>();
  return problems.filter(({ code, message }) => {
    const key = `${code} ${message}`;
    return !keys.has(key) && keys.add(key);
  });
}

function statementOf(
  handle: ScanHandle,
  scans: readonly JsonMembers[],
  services: ScanServices,
  { problems, evidence }: { problems: ScanProblem[]; evidence: readonly string[] },
): ScanStatement {
  const times = (key: string): string[] =>
    scans
      .map((scan) => platformTime(wordsIn(scan, key, 'WasScan')))
      .filter((time) => time !== undefined)
      .sort();
  const states = [...new Set(scans.map((scan) => stateOf(scan).shown))];
  const isWhole = evidence.length > 0 && evidence.length === idsOf(handle).length;
  return {
    tool: { name: 'Qualys WAS' },
    subject: listNames(scans.map(subjectOf).filter((text) => text !== undefined)) || handle.plan.subject,
    reference: scans.length > 0 ? listNames(scans.map(nameOf)) : handle.scanId,
    link: linkOf(services.qualys(), idsOf(handle)[0] ?? ''),
    startedAt: times('launchedDate')[0],
    finishedAt: times('endScanDate').at(-1),
    state: states.length > 0 ? listNames(states) : undefined,
    evidence: isWhole
      ? `The platform lists the results of ${counted(evidence.length, 'scan')}: ${listNames(evidence)}`
      : undefined,
    problems,
  };
}

function subjectOf(scan: JsonMembers): string | undefined {
  const at = 'WasScan.target';
  const webApp = sectionIn(sectionIn(scan, 'target', 'WasScan') ?? {}, 'webApp', at);
  if (!webApp) return undefined;
  const name = wordsIn(webApp, 'name', `${at}.webApp`);
  const url = wordsIn(webApp, 'url', `${at}.webApp`);
  return [name, url === undefined || name === undefined ? url : `(${url})`]
    .filter((part) => part !== undefined)
    .join(' ');
}
