/*
 * What QScanner says of the scans that it performed, for the reader of its result file and for whoever runs it.
 * https://docs.qualys.com/en/qscanner/latest/qscanner_usage/supported_scans.htm (read 2026-11-23).
 */
import type { ScanProblem } from '../model/scan.js';
import type { JsonMembers } from '../wire/json.js';
import { asObject, listIn, wordsIn } from '../wire/take.js';
import { scanProblem } from './problem.js';

/** Packages and files are streamed so that they are let go: they say what is there, not what is wrong with it. */
export const QSCANNER_INVENTORY = [
  'OSResults[].Packages[]',
  'SCAResults[].Packages[]',
  'FileInsightResults[]',
] as const;
export const QSCANNER_SECRETS = 'SecretResults[].Secrets[]';
export const QSCANNER_MALWARE = 'MalwareResults[]';

/** Scans that list packages; what is wrong with these comes back from the platform, in the SARIF report. */
export const PACKAGE_SCANS: readonly string[] = ['os', 'sca', 'pkg'];

/** One element of `ScansPerformed`. */
export interface PerformedScan {
  /** In the vendor's own word. */
  type: string;
  /** Lower case, by which it is compared. */
  key: string;
  status: string | undefined;
  /** What it did not look at. */
  partial: string | undefined;
}

/** `ScansPerformed` of a result file. Throws `SCANGATE_REPORT_SHAPE`. */
export function performedScans(root: JsonMembers): PerformedScan[] {
  return listIn(root, 'ScansPerformed', 'report').map((value) => {
    const at = 'ScansPerformed[]';
    const scan = asObject(value, at);
    const type = wordsIn(scan, 'ScanType', at) ?? 'unnamed';
    return { type, key: scanKey(type), status: wordsIn(scan, 'Status', at), partial: partialOf(scan.PartialScanInfo) };
  });
}

/** `FileInsight`, `file-insight` and `fileinsight` are one scan, as are `secret` and `Secrets`. */
const scanKey = (type: string): string =>
  type
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/^(secret|package)s$/, '$1')
    .replace(/^package$/, 'pkg');

/** Its form is not documented: anything in it says that the scan was partial. */
function partialOf(info: unknown): string | undefined {
  if (info === undefined || info === null || info === '' || info === false) return undefined;
  const text = typeof info === 'string' ? info.trim() : JSON.stringify(info);
  return text === '' || text === '{}' || text === '[]' ? undefined : text;
}

/** A scan that failed, is in a state that nobody knows, or saw a part only. */
export function performanceProblems(scans: readonly PerformedScan[]): ScanProblem[] {
  return scans.flatMap(({ type, status, partial }) => {
    const problems: ScanProblem[] = [];
    const word = status?.toUpperCase();
    if (word === 'FAILED') problems.push(scanProblem('SCANGATE_SCAN_FAILED', `the ${type} scan failed`));
    else if (word !== 'SUCCESS') {
      const state = `the state of the ${type} scan is "${status ?? 'missing'}", which is not known`;
      problems.push(scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', state));
    }
    if (partial !== undefined) {
      problems.push(scanProblem('SCANGATE_SCAN_INCOMPLETE', `the ${type} scan was partial: ${partial}`));
    }
    return problems;
  });
}

/** For evidence: `os (SUCCESS), secret (FAILED)`. */
export const describeScans = (scans: readonly PerformedScan[]): string =>
  scans.map(({ type, status }) => `${type} (${status ?? 'no status'})`).join(', ');
