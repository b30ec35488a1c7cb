import { ScangateError } from '../../../errors.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, Streamed } from '../../../wire/json.js';
import { objectIn, streamedIn, textsIn, wordsIn } from '../../../wire/take.js';
import { zonedTime } from '../../normalise.js';
import { listNames, scanProblem } from '../../problem.js';
import {
  describeScans,
  PACKAGE_SCANS,
  type PerformedScan,
  performanceProblems,
  performedScans,
} from '../../qscanner-scans.js';

/** Lists of results that are known, and streamed. */
const RESULT_LISTS = ['OSResults', 'SCAResults', 'SecretResults', 'MalwareResults', 'FileInsightResults'] as const;

/** Scans whose findings are all here, and scans that find nothing wrong by themselves. */
const SEEN_SCANS: readonly string[] = ['secret', 'fileinsight', 'metadata'];

/** Names under which a release may add results: what is there must not go unseen. */
const HOLDS_RESULTS = /result|vuln|malware|compliance|secret|finding|misconfig/i;

/** Refuses results under a name that is not known. Throws `SCANGATE_REPORT_SHAPE`. */
export function checkRoot(root: JsonMembers): void {
  for (const list of RESULT_LISTS) streamedIn(root, list, '');
  for (const [name, value] of Object.entries(root)) {
    if (value instanceof Streamed || value === null || typeof value !== 'object' || !HOLDS_RESULTS.test(name)) continue;
    if (Object.keys(value).length > 0) {
      throw new ScangateError('SCANGATE_REPORT_SHAPE', `${name} holds results in a form that is not known`);
    }
  }
}

function scanProblems(scans: readonly PerformedScan[], root: JsonMembers, hasPackages: boolean): ScanProblem[] {
  const problems = performanceProblems(scans);
  const mend = 'judge the SARIF report instead (qscanner --mode get-report --report-format sarif)';
  if (hasPackages || scans.some(({ key }) => PACKAGE_SCANS.includes(key))) {
    const message = 'this file lists packages, not their vulnerabilities';
    problems.push(scanProblem('SCANGATE_SCAN_INCOMPLETE', message, mend));
  }
  // A list that is null is empty; one that is absent may never have been written.
  const isSeen = ({ key }: PerformedScan): boolean =>
    PACKAGE_SCANS.includes(key) || SEEN_SCANS.includes(key) || (key === 'malware' && root.MalwareResults !== undefined);
  const unseen = scans.filter((scan) => !isSeen(scan)).map(({ type }) => type.toLowerCase());
  if (unseen.length > 0) {
    const message = `this file holds no results that are known here for: ${listNames([...new Set(unseen)])}`;
    problems.push(scanProblem('SCANGATE_SCAN_INCOMPLETE', message, mend));
  }
  return problems;
}

export function statement(root: JsonMembers): ScanStatement {
  const scans = performedScans(root);
  const metadata = objectIn(root, 'Metadata', 'report') ?? {};
  const target = objectIn(metadata, 'Target', 'Metadata') ?? {};
  const tags = textsIn(target, 'RepoTags', 'Metadata.Target');
  const packages = (streamedIn(root, 'OSResults', '') ?? 0) + (streamedIn(root, 'SCAResults', '') ?? 0);
  return {
    tool: { name: 'QScanner', version: wordsIn(root, 'QScannerVersion', 'report') },
    subject: tags.length > 0 ? listNames(tags) : wordsIn(target, 'ImageID', 'Metadata.Target'),
    startedAt: zonedTime(wordsIn(metadata, 'ScanStartTime', 'Metadata')),
    finishedAt: zonedTime(wordsIn(metadata, 'ScanEndTime', 'Metadata')),
    evidence:
      scans.length > 0 ? `QScanner performed ${describeScans(scans)}; packages are listed, not judged` : undefined,
    problems: scanProblems(scans, root, packages > 0),
  };
}
