import { type ErrorCode, excerpt } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { detach } from '../../../wire/shelf.js';
import { child, childrenOf, walkXml, type XmlElement, type XmlRecord } from '../../../wire/xml.js';
import { counted, listNames, scanProblem } from '../../problem.js';
import { countOf, RefusedLogins } from '../../qualys-host.js';
import { platformTime, unknownElement } from '../../qualys-words.js';
import type { ReportReader } from '../reader.js';
import { finding, GROUPS } from './normalise.js';

const records = ['SCAN/IP', ...[...GROUPS.keys()].map((group) => `SCAN/IP/${group}/CAT/*`)];

/** `KEY value="STATUS"` of the header, without what stands between its words. */
const ENDINGS = new Map<string, 'complete' | Extract<ErrorCode, `SCANGATE_SCAN_${string}`>>([
  ['FINISHED', 'complete'],
  ['NOVULNSFOUND', 'complete'],
  ['NOHOSTALIVE', 'SCANGATE_SCAN_NOTHING_REACHED'],
  ['QUEUED', 'SCANGATE_SCAN_INCOMPLETE'],
  ['LOADING', 'SCANGATE_SCAN_INCOMPLETE'],
  ['RUNNING', 'SCANGATE_SCAN_INCOMPLETE'],
  ['PAUSING', 'SCANGATE_SCAN_INCOMPLETE'],
  ['PAUSED', 'SCANGATE_SCAN_INCOMPLETE'],
  ['STOPPING', 'SCANGATE_SCAN_INCOMPLETE'],
  ['STOPPED', 'SCANGATE_SCAN_INCOMPLETE'],
  ['INTERRUPTED', 'SCANGATE_SCAN_INCOMPLETE'],
  ['CANCELING', 'SCANGATE_SCAN_CANCELLED'],
  ['CANCELED', 'SCANGATE_SCAN_CANCELLED'],
  ['ERROR', 'SCANGATE_SCAN_FAILED'],
]);

/** `ERROR number="3509"`: no host alive. */
const NO_HOST_ERROR = '3509';

/**
 * XML of one vulnerability scan, as the portal and the scan API write it (`scan-1.dtd`).
 * https://docs.qualys.com/en/vm/latest/scans/win_scan_results.htm (read 2026-11-23).
 *
 * Every host that was alive has an element IP, with or without detections.
 */
export const qualysScan: ReportReader = {
  format: 'qualys-scan',
  title: 'Qualys VM scan results (XML)',
  recognise: ({ root, text }) =>
    root?.name === 'SCAN' &&
    (/^(?:scan\/|none$)/i.test(root.attributes.get('value') ?? '') || text.includes('/scan-1.dtd')),
  async *read({ chunks }) {
    const state: ReadState = { hosts: 0, down: [], refused: new RefusedLogins(), root: undefined };
    for await (const batch of walkXml(chunks, { records })) {
      const findings: RawFinding[] = [];
      for (const record of batch) take(record, state, findings);
      yield findings;
    }
    return statement(state);
  },
};

interface ReadState {
  /** Hosts that were looked at. */
  hosts: number;
  /** Hosts that were not alive. */
  down: string[];
  refused: RefusedLogins;
  root: XmlElement | undefined;
}

function take({ element, scope }: XmlRecord, state: ReadState, findings: RawFinding[]): void {
  const [root, host, group, category] = scope;
  if (!root) takeRoot(element, state);
  else if (!host) takeHost(element, state);
  else if (!group || !category) {
    if (element.text.trim() !== '') throw unknownElement(element, group ?? host);
    // Only CAT may stand in a group: what stands beside it would not be counted.
    const stray = group ? undefined : element.children.find(({ name }) => name !== 'CAT');
    if (stray) throw unknownElement(stray, element);
  } else {
    const known = GROUPS.get(group.name);
    if (known?.element !== element.name) throw unknownElement(element, group);
    const detection = finding(element, category, host, known.kind);
    state.refused.note(detection);
    findings.push(detection);
  }
}

function takeRoot(root: XmlElement, state: ReadState): void {
  const stray = root.children.find(({ children }) => children.some(({ name }) => GROUPS.has(name)));
  if (stray) throw unknownElement(stray, root);
  state.root = root;
}

function takeHost(host: XmlElement, state: ReadState): void {
  if (host.name !== 'IP') return;
  for (const part of host.children) {
    if (!GROUPS.has(part.name) && part.children.some(({ name, children }) => name === 'CAT' || children.length > 0))
      throw unknownElement(part, host);
  }
  if (/^down$/i.test(host.attributes.status?.trim() ?? ''))
    state.down.push(detach(excerpt(host.attributes.value ?? '?')));
  else state.hosts++;
}

function statement(state: ReadState): ScanStatement {
  const { root, hosts } = state;
  const header = child(root, 'HEADER');
  const keys = new Map(childrenOf(header, 'KEY').map((key) => [key.attributes.value?.trim() ?? '', key.text.trim()]));
  const headerOf = (name: string): string | undefined => (keys.get(name) === '' ? undefined : keys.get(name));
  const reference = root?.attributes.value;
  const status = headerOf('STATUS');
  const alive = countOf(headerOf('NBHOST_ALIVE'), 'NBHOST_ALIVE');
  const total = countOf(headerOf('NBHOST_TOTAL'), 'NBHOST_TOTAL');
  // A host that is not alive is told three times: by an error, by the status and by the counters. Once will do.
  const problems = [
    ...hostProblems(state, alive, total),
    ...endingProblems(root, status),
    ...errorProblems(root),
    ...state.refused.problems(),
  ];
  return {
    tool: { name: 'Qualys VM', version: /\bScanner\s+([\w.-]+)/.exec(headerOf('SCAN_HOST') ?? '')?.[1] },
    subject: headerOf('TARGET'),
    reference: reference === undefined || /^none$/i.test(reference) ? undefined : reference,
    startedAt: platformTime(headerOf('DATE')),
    state: status,
    evidence:
      hosts > 0
        ? `The scan lists ${counted(hosts, 'host')} that it looked at, with the status ${status ?? '(none)'}`
        : undefined,
    problems: [...new Map(problems.map((problem) => [problem.code, problem])).values()],
  };
}

function errorProblems(root: XmlElement | undefined): ScanProblem[] {
  return childrenOf(root, 'ERROR').map((error) => {
    const number = error.attributes.number?.trim();
    const code =
      number === NO_HOST_ERROR || /no host alive/i.test(error.text)
        ? 'SCANGATE_SCAN_NOTHING_REACHED'
        : 'SCANGATE_SCAN_FAILED';
    return scanProblem(code, `the scan reports error ${number ?? ''}: ${excerpt(error.text, 200)}`);
  });
}

function endingProblems(root: XmlElement | undefined, status: string | undefined): ScanProblem[] {
  const ending = ENDINGS.get(
    status
      ?.toUpperCase()
      .replace(/[^A-Z]+/g, '')
      .replace(/CANCELL/, 'CANCEL') ?? '',
  );
  if (ending === 'complete') return [];
  if (ending) return [scanProblem(ending, `the scan ended as ${excerpt(status ?? '')}`)];
  // A scan that was refused has an error and no header.
  if (status === undefined && child(root, 'ERROR')) return [];
  return [
    scanProblem(
      'SCANGATE_SCAN_UNKNOWN_STATE',
      status === undefined
        ? 'the scan result has no STATUS'
        : `the scan is in a state that is not known: ${excerpt(status)}`,
    ),
  ];
}

function hostProblems({ hosts, down }: ReadState, alive: number | undefined, total: number | undefined): ScanProblem[] {
  if (alive === 0) return [scanProblem('SCANGATE_SCAN_NOTHING_REACHED', `none of ${total ?? 'the'} hosts was alive`)];
  const problems: ScanProblem[] = [];
  const missed = Math.max(down.length, alive !== undefined && total !== undefined ? total - alive : 0);
  if (missed > 0) {
    const named = down.length > 0 ? `: ${listNames(down)}` : '';
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `${counted(missed, 'host')} of the target was not alive and not looked at${named}`,
      ),
    );
  }
  if (alive !== undefined && alive > hosts) {
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_COUNT_MISMATCH',
        `the header counts ${counted(alive, 'host')} alive, and the result lists ${hosts}`,
      ),
    );
  }
  return problems;
}
