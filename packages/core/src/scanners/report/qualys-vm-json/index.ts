import { ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, type JsonRecord, Streamed, walkJson } from '../../../wire/json.js';
import { asObject, streamedIn } from '../../../wire/take.js';
import { counted, listNames, MAX_NAMES, scanProblem } from '../../problem.js';
import type { ReportReader } from '../reader.js';
import { detectionFinding } from './normalise.js';
import { hostProblems, isNotScannedKey, type NotScanned, notScannedIn, type Summary, summaryOf } from './statement.js';

/** The answer itself, and the artifact of the vendor's CI plugin, which wraps it. */
const records = ['[]', 'data[]'];

/** Members that only a detection has. A row with one of them must be a whole detection. */
const DETECTION_MEMBERS = ['qid', 'severity', 'cve_id', 'pci_vuln', 'cvss_base', 'cvss3_base'];

/** Detections by which the scanner reports that it could not log in: "Windows Authentication Failed". */
const REFUSED = /^[\w ./()-]* ?Authentication Failed$/i;

/**
 * Result of one VM scan as the platform's `scan/?action=fetch` gives it in `json` or `json_extended`: one flat list of
 * rows of several kinds. https://docs.qualys.com/en/vm/qweb-all-api/ (read 2026-11-23).
 *
 * The summary row, with the date of launch, is the evidence. Hosts that were not scanned stand in rows of their own.
 */
export const qualysVmJson: ReportReader = {
  format: 'qualys-vm-json',
  title: 'Qualys VM scan result (JSON)',
  recognise: ({ paths }) =>
    ['[]', 'data[]'].some(
      (row) =>
        (paths.has(`${row}.launch_date`) && (paths.has(`${row}.reference`) || paths.has(`${row}.active_hosts`))) ||
        (paths.has(`${row}.qid`) && paths.has(`${row}.ip`) && paths.has(`${row}.type`)),
    ),
  async *read({ chunks }) {
    const state: ReadState = { rows: 0, summaries: [], notScanned: [], refused: new Set(), refusedCount: 0 };
    for await (const batch of walkJson(chunks, { records })) {
      const findings: RawFinding[] = [];
      for (const record of batch) take(record, state, findings);
      yield findings;
    }
    return statement(state);
  },
};

interface ReadState {
  rows: number;
  summaries: Summary[];
  notScanned: NotScanned[];
  /** Hosts that refused the credentials, the first few. */
  refused: Set<string>;
  refusedCount: number;
}

function take({ at, value }: JsonRecord, state: ReadState, findings: RawFinding[]): void {
  if (at === '') {
    checkRoot(value);
    return;
  }
  const row = asObject(value, at);
  state.rows++;
  if ('launch_date' in row) state.summaries.push(summaryOf(row, at));
  else if (DETECTION_MEMBERS.some((key) => key in row)) takeDetection(row, at, state, findings);
  else if (Object.keys(row).some(isNotScannedKey)) state.notScanned.push(...notScannedIn(row, at));
  // What is left are header rows: who asked, when, with which filters.
}

function checkRoot(value: unknown): void {
  if (value instanceof Streamed) return;
  if (streamedIn(asObject(value, 'report'), 'data', '') === undefined) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', 'data is missing');
  }
}

function takeDetection(row: JsonMembers, at: string, state: ReadState, findings: RawFinding[]): void {
  const finding = detectionFinding(row, at);
  findings.push(finding);
  if (!REFUSED.test(finding.vulnerability.title) || finding.location.kind !== 'host') return;
  const host = finding.location.ip ?? finding.location.host ?? 'a host';
  state.refusedCount++;
  if (state.refused.size < MAX_NAMES) state.refused.add(host);
}

function statement({ rows, summaries, notScanned, refused, refusedCount }: ReadState): ScanStatement {
  const problems: ScanProblem[] = [
    ...summaries.flatMap((summary) => summary.problems),
    ...hostProblems(summaries, notScanned),
  ];
  if (summaries.length === 0 && rows > 0) {
    problems.push(
      scanProblem('SCANGATE_SCAN_INCOMPLETE', 'the result has no summary row: nothing says whether the scan ended'),
    );
  }
  if (refusedCount > 0) {
    const hosts = listNames([...refused], Math.max(refused.size, refusedCount));
    problems.push(scanProblem('SCANGATE_SCAN_AUTH_FAILED', `${counted(refusedCount, 'login')} failed on ${hosts}`));
  }
  const evidence = summaries.flatMap((summary) => summary.statement.evidence ?? []);
  return {
    tool: { name: 'Qualys VM' },
    ...summaries[0]?.statement,
    evidence: evidence.length > 0 ? evidence.join('; ') : undefined,
    problems,
  };
}
