import type { ScanProblem } from '../../../model/scan.js';
import { listNames, scanProblem } from '../../problem.js';
import { PACKAGE_SCANS, type PerformedScan, performanceProblems } from '../../qscanner-scans.js';
import type { QScannerDetails } from './details.js';
import type { ResultFacts } from './result-facts.js';

/** Scans whose findings stand in the result file, and scans that find nothing wrong by themselves. */
const SEEN_SCANS: readonly string[] = ['secret', 'fileinsight', 'metadata'];

/** What was asked for and not done, failed, was partial, or whose findings nobody here sees. */
export function performedProblems(facts: ResultFacts, details: QScannerDetails): ScanProblem[] {
  const { scans, listsMalware } = facts;
  const problems = performanceProblems(scans);
  const done = new Set(scans.map(({ key }) => key));
  const missing = [...new Set(details.scanTypes.flatMap((type) => missingOf(type, done, details)))];
  if (missing.length > 0) {
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `scans that were asked for are not among those that QScanner performed: ${listNames(missing)}`,
        'look whether the subscription and the release have them; take out of qscanner.scanTypes what is not wanted',
      ),
    );
  }
  const isSeen = ({ key }: PerformedScan): boolean =>
    PACKAGE_SCANS.includes(key) || SEEN_SCANS.includes(key) || (key === 'malware' && listsMalware);
  const unseen = scans.filter((scan) => !isSeen(scan)).map(({ type }) => type.toLowerCase());
  if (unseen.length > 0) {
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `the files of QScanner hold no results that are known here for: ${listNames([...new Set(unseen)])}`,
        'look at them on the platform, and take them out of qscanner.scanTypes or set policy.onIncomplete',
      ),
    );
  }
  return problems;
}

/** `pkg` stands for the packages of the operating system and of the languages; a repository has no operating system. */
function missingOf(type: string, done: ReadonlySet<string>, { artefact }: QScannerDetails): string[] {
  if (PACKAGE_SCANS.includes(type) && done.has('pkg')) return [];
  const parts = type !== 'pkg' ? [type] : artefact.command === 'repo' ? ['sca'] : ['os', 'sca'];
  return parts.filter((part) => !done.has(part));
}
