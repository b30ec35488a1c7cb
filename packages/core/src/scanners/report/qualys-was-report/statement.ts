import { excerpt, ScangateError } from '../../../errors.js';
import type { FindingKind } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { child, childrenOf, descend, textAt, type XmlElement } from '../../../wire/xml.js';
import { counted, listNames, scanProblem } from '../../problem.js';
import { hasWasResults, wasScanProblems } from '../../qualys-was-state.js';
import { platformTime } from '../../qualys-words.js';

/** What was seen of the report when it is over. */
export interface ReadState {
  /** Results read, by the list they stood in. */
  counts: Map<FindingKind, number>;
  timeOf: (text: string | undefined) => string | undefined;
  /** Elements WEB_APPLICATION of a report on web applications. */
  webApps: number;
  /** When the newest result was seen. */
  lastSeen: string | undefined;
  /** The root, emptied of results and glossary. */
  root: XmlElement | undefined;
}

/** The counters of `GLOBAL_SUMMARY`, and the lists they count. */
const COUNTERS: readonly (readonly [name: string, kind: FindingKind])[] = [
  ['VULNERABILITY', 'confirmed'],
  ['SENSITIVE_CONTENT', 'sensitive-content'],
  ['INFORMATION_GATHERED', 'information'],
];

export function statement(state: ReadState): ScanStatement {
  const { root } = state;
  const scans = childrenOf(descend(root, 'APPENDIX', 'SCAN_LIST'), 'SCAN');
  const ofScans = root?.name === 'WAS_SCAN_REPORT';
  const webApps = childrenOf(child(root, 'APPENDIX'), 'WEBAPP');
  const subjects = webApps.map((webApp) => textAt(webApp, 'URL') ?? textAt(webApp, 'NAME') ?? 'a web application');
  const starts = scans
    .map((scan) => platformTime(textAt(scan, 'START_DATE')))
    .filter((time) => time !== undefined)
    .sort();
  const ends = scans
    .map((scan) => platformTime(textAt(scan, 'END_DATE')))
    .filter((time) => time !== undefined)
    .sort();
  return {
    tool: { name: 'Qualys WAS', version: engineVersion(scans) },
    subject: subjects.length > 0 ? listNames(subjects) : undefined,
    reference: joined(scans, 'REFERENCE'),
    startedAt: starts[0],
    finishedAt: ends.at(-1),
    state: joined(scans, 'STATUS'),
    evidence: evidence(state, scans),
    problems: [
      ...(ofScans && scans.length === 0 ? [stateMissing()] : []),
      ...scans.flatMap(scanProblems),
      ...resultsMissing(root),
      ...countProblems(state),
      ...filterProblems(root),
    ],
  };
}

const nameOf = (scan: XmlElement): string => excerpt(textAt(scan, 'REFERENCE') ?? textAt(scan, 'NAME') ?? '(no name)');

function joined(scans: readonly XmlElement[], name: string): string | undefined {
  const texts = [...new Set(scans.map((scan) => textAt(scan, name)).filter((text) => text !== undefined))];
  return texts.length > 0 ? listNames(texts) : undefined;
}

/** `External (IP: ..., Scanner: 11.8.30-1, WAS: 7.6.34-1, Signatures: ...)`. */
const engineVersion = (scans: readonly XmlElement[]): string | undefined =>
  /\bWAS:\s*([\w.-]+)/.exec(textAt(scans[0], 'SCANNER') ?? '')?.[1];

/**
 * A scan with an end that leaves results shows that a scan took place. A report on web applications names no scans; there
 * the information that every scan gathers shows it.
 */
function evidence({ counts, lastSeen }: ReadState, scans: readonly XmlElement[]): string | undefined {
  const ended = scans.filter((scan) => hasWasResults(textAt(scan, 'STATUS')));
  if (ended.length > 0) {
    return `The report lists ${counted(ended.length, 'scan')} with results: ${listNames(ended.map((scan) => `${nameOf(scan)} (${textAt(scan, 'STATUS')})`))}`;
  }
  const gathered = counts.get('information') ?? 0;
  if (gathered === 0) return undefined;
  const when = lastSeen === undefined ? '' : `, last seen ${lastSeen}`;
  return `The report lists ${counted(gathered, 'item')} of information that a scan gathered${when}`;
}

function scanProblems(scan: XmlElement): ScanProblem[] {
  const record = textAt(scan, 'AUTHENTICATION_RECORD');
  return wasScanProblems({
    name: nameOf(scan),
    states: [textAt(scan, 'STATUS')],
    authStatus: textAt(scan, 'AUTHENTICATION_STATUS'),
    hasAuthRecord: record !== undefined && !/^none$/i.test(record),
    type: textAt(scan, 'MODE'),
  });
}

const stateMissing = (): ScanProblem =>
  scanProblem(
    'SCANGATE_SCAN_UNKNOWN_STATE',
    'the report does not say how its scans ended: it has no APPENDIX with a SCAN_LIST',
    'write the report with its appendix',
  );

const resultsMissing = (root: XmlElement | undefined): ScanProblem[] =>
  child(root, 'RESULTS')
    ? []
    : [
        scanProblem(
          'SCANGATE_SCAN_INCOMPLETE',
          'the report was written without its RESULTS',
          'write the report with its results',
        ),
      ];

/**
 * A counter above its list means that results are missing from the report. In a report that nobody touched they are
 * equal. A list longer than its counter hides nothing.
 */
function countProblems({ root, counts }: ReadState): ScanProblem[] {
  const summary = descend(root, 'SUMMARY', 'GLOBAL_SUMMARY');
  const problems: ScanProblem[] = [];
  for (const [name, kind] of COUNTERS) {
    const text = textAt(summary, name);
    if (text === undefined) continue;
    if (!/^\d{1,9}$/.test(text))
      throw new ScangateError('SCANGATE_REPORT_SHAPE', `GLOBAL_SUMMARY.${name}: "${excerpt(text, 30)}" is no count`);
    const listed = counts.get(kind) ?? 0;
    if (Number(text) <= listed) continue;
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_COUNT_MISMATCH',
        `GLOBAL_SUMMARY counts ${text} of ${name}, and RESULTS lists ${listed}`,
      ),
    );
  }
  return problems;
}

/** Filters that only add, and a status filter that shows all that is open, hide nothing that a policy counts. */
function filterProblems(root: XmlElement | undefined): ScanProblem[] {
  const filters = new Map<string, string[]>();
  for (const filter of childrenOf(child(root, 'FILTERS'), 'FILTER')) {
    const name = textAt(filter, 'NAME') ?? '(no name)';
    filters.set(name, [...(filters.get(name) ?? []), textAt(filter, 'VALUE') ?? '(no value)']);
  }
  const hiding = [...filters].filter(
    ([name, values]) => !(/^status$/i.test(name) ? showsOpen(values) : values.every(isAddition)),
  );
  if (hiding.length === 0) return [];
  const named = listNames(hiding.map(([name, values]) => `${excerpt(name)} (${excerpt(values.join(', '))})`));
  return [
    scanProblem(
      'SCANGATE_SCAN_INCOMPLETE',
      `the report was written with a filter: ${named}`,
      'write the report without filters; what a filter hides cannot be judged',
    ),
  ];
}

const isAddition = (value: string): boolean => /^(?:include|show)\b(?!\s+only)/i.test(value);

const showsOpen = (values: readonly string[]): boolean =>
  [/\bnew\b/i, /\bactive\b/i, /\bre-?opened\b/i].every((status) => status.test(values.join(', ')));
