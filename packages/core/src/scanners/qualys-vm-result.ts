import { excerpt, ScangateError } from '../errors.js';
import type { RawFinding } from '../model/finding.js';
import type { ScanProblem, ScanStatement } from '../model/scan.js';
import { type JsonMembers, type JsonRecord, Streamed, walkJson } from '../wire/json.js';
import { detach } from '../wire/shelf.js';
import { asObject, streamedIn } from '../wire/take.js';
import { counted, listNames, MAX_NAMES, scanProblem } from './problem.js';
import { detectionFinding, saidIn } from './qualys-vm-row.js';
import {
  hostProblems,
  isNotScannedKey,
  type NotScanned,
  notScannedIn,
  type Summary,
  summaryOf,
} from './qualys-vm-statement.js';

/** The answer itself, and the artifact of the vendor's CI plugin, which wraps it. */
const records = ['[]', 'data[]'];

/** Members that only a detection has. A row with one of them must be a whole detection. */
const DETECTION_MEMBERS = ['qid', 'severity', 'cve_id', 'pci_vuln', 'cvss_base', 'cvss3_base'];

/** Detections by which the scanner reports that it could not log in: "Windows Authentication Failed". */
const REFUSED = /^[\w ./()-]* ?Authentication Failed$/i;

/** Hosts that were scanned and have nothing to show. */
const CLEAN_HOSTS = 'no_vulnerabilities_match_your_filters_for_these_hosts';
/** Members of the rows after the detections that say nothing about what was left out. */
const HARMLESS_MEMBERS = new Set([CLEAN_HOSTS, 'target_distribution_across_scanner_appliances']);

/** What the result of a scan says beside its detections. */
export interface VmResult {
  summaries: Summary[];
  notScanned: NotScanned[];
  /** Addresses and address ranges of hosts that were scanned and have no detection. */
  cleanHosts: string[];
  rows: number;
  /** Logins that failed, and rows that nobody knows. */
  problems: ScanProblem[];
}

/**
 * Reads the result of one VM scan, as `scan/?action=fetch` gives it in `json` or `json_extended`: one flat list of rows
 * of several kinds. Throws `SCANGATE_REPORT_` errors.
 */
export async function* readVmResult(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<RawFinding[], VmResult, undefined> {
  const state = new ReadState();
  for await (const batch of walkJson(chunks, { records })) {
    const findings: RawFinding[] = [];
    for (const record of batch) state.take(record, findings);
    yield findings;
  }
  return state.result();
}

class ReadState {
  private rows = 0;
  private readonly summaries: Summary[] = [];
  private readonly notScanned: NotScanned[] = [];
  private readonly cleanHosts: string[] = [];
  private readonly unknown = new Set<string>();
  /** Hosts that refused the credentials, the first few. */
  private readonly refused = new Set<string>();
  private refusedCount = 0;

  take({ at, value }: JsonRecord, findings: RawFinding[]): void {
    if (at === '') {
      checkRoot(value);
      return;
    }
    const row = asObject(value, at);
    this.rows++;
    if ('launch_date' in row) this.summaries.push(detach(summaryOf(row, at)));
    else if (DETECTION_MEMBERS.some((key) => key in row)) findings.push(this.takeDetection(row, at));
    else this.takeTail(row, at);
  }

  result(): VmResult {
    const { rows, summaries, notScanned, cleanHosts } = this;
    return { rows, summaries, notScanned, cleanHosts, problems: this.problems() };
  }

  private takeDetection(row: JsonMembers, at: string): RawFinding {
    const finding = detectionFinding(row, at);
    if (REFUSED.test(finding.vulnerability.title) && finding.location.kind === 'host') {
      this.refusedCount++;
      const { ip, host } = finding.location;
      if (this.refused.size < MAX_NAMES) this.refused.add(detach(ip ?? host ?? 'a host'));
    }
    return finding;
  }

  /** Rows before the summary say who asked, when, with which filters; those after it what became of the hosts. */
  private takeTail(row: JsonMembers, at: string): void {
    this.notScanned.push(...detach(notScannedIn(row, at)));
    this.cleanHosts.push(...detach(saidIn(row, CLEAN_HOSTS, at)?.split(/\s*,\s*/) ?? []));
    if (this.summaries.length === 0) return;
    for (const key of Object.keys(row)) {
      if (!HARMLESS_MEMBERS.has(key) && !isNotScannedKey(key) && this.unknown.size < 100) this.unknown.add(detach(key));
    }
  }

  private problems(): ScanProblem[] {
    const problems: ScanProblem[] = [];
    if (this.unknown.size > 0) {
      const names = listNames([...this.unknown].map((name) => excerpt(name)));
      const what = `the result says something of the scan that is not known here: ${names}`;
      problems.push(
        scanProblem('SCANGATE_SCAN_INCOMPLETE', what, 'look into the result; open an issue that names this'),
      );
    }
    if (this.refusedCount > 0) {
      const hosts = listNames([...this.refused], Math.max(this.refused.size, this.refusedCount));
      const what = `${counted(this.refusedCount, 'login')} failed on ${hosts}`;
      problems.push(scanProblem('SCANGATE_SCAN_AUTH_FAILED', what));
    }
    return problems;
  }
}

function checkRoot(value: unknown): void {
  if (value instanceof Streamed) return;
  if (streamedIn(asObject(value, 'report'), 'data', '') === undefined) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', 'data is missing');
  }
}

/** The result as the statement of a scan. */
export function vmStatement({ rows, summaries, notScanned, problems }: VmResult): ScanStatement {
  const evidence = summaries.flatMap((summary) => summary.statement.evidence ?? []);
  const lacking =
    summaries.length === 0 && rows > 0
      ? [scanProblem('SCANGATE_SCAN_INCOMPLETE', 'the result has no summary row: nothing says whether the scan ended')]
      : [];
  return {
    tool: { name: 'Qualys VM' },
    ...summaries[0]?.statement,
    evidence: evidence.length > 0 ? evidence.join('; ') : undefined,
    problems: [
      ...summaries.flatMap((summary) => summary.problems),
      ...hostProblems(summaries, notScanned),
      ...lacking,
      ...problems,
    ],
  };
}
