import { excerpt } from '../errors.js';
import type { ScanProblem, ScanStatement } from '../model/scan.js';
import type { JsonMembers } from '../wire/json.js';
import { flagIn, numberIn, wordsIn } from '../wire/take.js';
import { counted, listNames, scanProblem } from './problem.js';
import { sectionIn } from './qualys-was-members.js';
import { LIST_NAMES, LISTS, type ListName } from './qualys-was-normalise.js';
import { hasWasResults, wasScanProblems } from './qualys-was-state.js';
import { platformTime } from './qualys-words.js';

/** Elements that a scan lists, and the instances in them. */
export type ListCounts = Record<ListName, { elements: number; instances: number }>;

export const noCounts = (): ListCounts => ({
  vulns: { elements: 0, instances: 0 },
  sensitiveContents: { elements: 0, instances: 0 },
  igs: { elements: 0, instances: 0 },
});

/** One scan of the answer, summed up when its record closed. */
export interface ScanSummary {
  name: string;
  url: string | undefined;
  state: string;
  startedAt: string | undefined;
  finishedAt: string | undefined;
  evidence: string | undefined;
  problems: ScanProblem[];
}

export function summaryOf(scan: JsonMembers, counts: ListCounts): ScanSummary {
  const name = nameOf(scan);
  const { status, shown: state } = stateOf(scan);
  const hasLists = sectionIn(scan, 'vulns', 'WasScan') !== undefined;
  return {
    name,
    url: webAppUrl(scan),
    state,
    startedAt: platformTime(wordsIn(scan, 'launchedDate', 'WasScan')),
    finishedAt: platformTime(wordsIn(scan, 'endScanDate', 'WasScan')),
    evidence: hasLists && hasWasResults(status) ? `${name} (${state})` : undefined,
    problems: [...stateProblems(scan), ...LIST_NAMES.flatMap((list) => listProblems(name, scan, list, counts[list]))],
  };
}

/** How a scan is called in messages. */
export const nameOf = (scan: JsonMembers): string =>
  excerpt(
    wordsIn(scan, 'reference', 'WasScan') ??
      wordsIn(scan, 'name', 'WasScan') ??
      wordsIn(scan, 'id', 'WasScan') ??
      '(no id)',
  );

/** The two states of a scan, and both as they are shown: `FINISHED, SUCCESSFUL`. */
export function stateOf(scan: JsonMembers): {
  status: string | undefined;
  resultsStatus: string | undefined;
  shown: string;
} {
  const status = wordsIn(scan, 'status', 'WasScan');
  const summary = sectionIn(scan, 'summary', 'WasScan') ?? {};
  const resultsStatus = wordsIn(summary, 'resultsStatus', 'WasScan.summary');
  const shown = [status, resultsStatus].map((word) => excerpt(word ?? '(missing)')).join(', ');
  return { status, resultsStatus, shown };
}

/**
 * What the record of a scan says against it, its results aside. `needsLogin`: an authentication record was asked for,
 * whether or not the record of the scan names one.
 */
export function stateProblems(scan: JsonMembers, needsLogin = false): ScanProblem[] {
  const name = nameOf(scan);
  const { status, resultsStatus } = stateOf(scan);
  const summary = sectionIn(scan, 'summary', 'WasScan') ?? {};
  const consolidated = wordsIn(scan, 'consolidatedStatus', 'WasScan');
  return [
    ...wasScanProblems({
      name,
      states: [resultsStatus, status, ...(consolidated === undefined ? [] : [consolidated])],
      authStatus: wordsIn(summary, 'authStatus', 'WasScan.summary'),
      hasAuthRecord: needsLogin || hasAuthRecord(sectionIn(scan, 'target', 'WasScan') ?? {}),
      type: wordsIn(scan, 'type', 'WasScan'),
    }),
    ...reachProblems(name, summary),
  ];
}

export const webAppUrl = (scan: JsonMembers): string | undefined =>
  wordsIn(
    sectionIn(sectionIn(scan, 'target', 'WasScan') ?? {}, 'webApp', 'WasScan.target') ?? {},
    'url',
    'WasScan.target.webApp',
  );

/** `<webAppAuthRecord/>` stands for none. */
function hasAuthRecord(target: JsonMembers): boolean {
  const record = target.webAppAuthRecord;
  return typeof record === 'object' && record !== null && Object.keys(record).length > 0;
}

/** A scan that followed no link and sent no request is no look at anything, whatever its state says. */
function reachProblems(name: string, summary: JsonMembers): ScanProblem[] {
  const links = numberIn(summary, 'linksCrawled', 'WasScan.summary');
  const requests = numberIn(summary, 'nbRequests', 'WasScan.summary');
  if (links !== 0 || (requests !== undefined && requests > 0)) return [];
  return [scanProblem('SCANGATE_SCAN_NOTHING_REACHED', `the scan ${name} crawled no link`)];
}

/**
 * The count of the list and the counter of the statistics are compared with the list itself. Whether the statistics
 * count elements or their instances is not documented, so either will do.
 */
function listProblems(
  name: string,
  scan: JsonMembers,
  list: ListName,
  { elements, instances }: ListCounts[ListName],
): ScanProblem[] {
  const container = sectionIn(scan, list, 'WasScan');
  const totals = sectionIn(sectionIn(scan, 'stats', 'WasScan') ?? {}, 'global', 'WasScan.stats') ?? {};
  const total = numberIn(totals, LISTS[list].counter, 'WasScan.stats.global');
  const count = container && numberIn(container, 'count', `WasScan.${list}`);
  if (list === 'vulns' && (!container || (count === undefined && container.list === undefined))) {
    return [
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `the record of the scan ${name} does not list its vulnerabilities`,
        'download the results of the scan (download/was/wasscan)',
      ),
    ];
  }
  if (count !== undefined && count !== elements) {
    return [
      scanProblem('SCANGATE_SCAN_COUNT_MISMATCH', `the scan ${name} counts ${count} ${list}, and lists ${elements}`),
    ];
  }
  if (total !== undefined && total !== elements && total !== instances) {
    return [
      scanProblem(
        'SCANGATE_SCAN_COUNT_MISMATCH',
        `the scan ${name} has ${LISTS[list].counter} ${total}, and lists ${elements} ${list}`,
      ),
    ];
  }
  return [];
}

/** What was seen of the answer when it is over. */
export interface AnswerState {
  scans: ScanSummary[];
  findings: number;
  webApps: Set<string>;
  /** When the finding that was tested last was tested. */
  lastTested: string | undefined;
  /** `ServiceResponse` without its data; undefined for a bare scan. */
  envelope: JsonMembers | undefined;
}

export function statement({ scans, findings, webApps, lastTested, envelope }: AnswerState): ScanStatement {
  const seen = scans.map(({ evidence }) => evidence).filter((text) => text !== undefined);
  const urls = new Set([...scans.map(({ url }) => url).filter((url) => url !== undefined), ...webApps]);
  const listed =
    lastTested === undefined
      ? undefined
      : `The platform lists ${counted(findings, 'finding')} of scans, the last of them ${lastTested}`;
  return {
    tool: { name: 'Qualys WAS' },
    subject: urls.size > 0 ? listNames([...urls]) : undefined,
    reference: scans.length > 0 ? listNames(scans.map(({ name }) => name)) : undefined,
    startedAt: scans[0]?.startedAt,
    finishedAt: scans.at(-1)?.finishedAt ?? lastTested,
    state: scans.length > 0 ? listNames(scans.map(({ state }) => state)) : undefined,
    evidence:
      seen.length > 0 ? `The answer holds the results of ${counted(seen.length, 'scan')}: ${listNames(seen)}` : listed,
    problems: [
      ...(envelope ? envelopeProblems(envelope, scans.length + findings) : []),
      ...scans.flatMap(({ problems }) => problems),
    ],
  };
}

function envelopeProblems(envelope: JsonMembers, records: number): ScanProblem[] {
  const code = wordsIn(envelope, 'responseCode', 'ServiceResponse');
  if (code === undefined) return [scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', 'the answer has no responseCode')];
  if (code.toUpperCase() !== 'SUCCESS') {
    const details = sectionIn(envelope, 'responseErrorDetails', 'ServiceResponse') ?? {};
    const said = ['errorMessage', 'errorResolution']
      .map((key) => wordsIn(details, key, 'responseErrorDetails'))
      .filter((text) => text !== undefined);
    return [
      scanProblem(
        'SCANGATE_SCAN_FAILED',
        `the platform answered ${excerpt(code)}: ${excerpt(said.join(' ') || '(no message)', 200)}`,
      ),
    ];
  }
  const problems: ScanProblem[] = [];
  const count = numberIn(envelope, 'count', 'ServiceResponse');
  if (count !== undefined && count !== records) {
    problems.push(
      scanProblem('SCANGATE_SCAN_COUNT_MISMATCH', `the answer counts ${count} records, and holds ${records}`),
    );
  }
  if (flagIn(envelope, 'hasMoreRecords', 'ServiceResponse') === true) {
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `this is one page of the answer, and more follow after the id ${excerpt(wordsIn(envelope, 'lastId', 'ServiceResponse') ?? '?')}`,
        'ask for the rest with the criterion id GREATER lastId, and judge every page',
      ),
    );
  }
  return problems;
}
