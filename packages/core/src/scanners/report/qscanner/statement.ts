import { ScangateError } from '../../../errors.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, Streamed } from '../../../wire/json.js';
import { asObject, listIn, objectIn, streamedIn, textsIn, wordsIn } from '../../../wire/take.js';
import { zonedTime } from '../../normalise.js';
import { listNames, scanProblem } from '../../problem.js';

/** Lists of results that are known, and streamed. */
const RESULT_LISTS = ['OSResults', 'SCAResults', 'SecretResults', 'FileInsightResults'] as const;

const PACKAGE_SCANS = ['os', 'sca', 'pkg'];
/** Scans whose findings are all here, and scans that find nothing wrong by themselves. */
const SEEN_SCANS = ['secret', 'fileinsight', 'metadata'];

/** Names under which a release may add results: what is there must not go unseen. */
const HOLDS_RESULTS = /result|vuln|malware|compliance|secret|finding|misconfig/i;

interface PerformedScan {
  type: string;
  status: string | undefined;
  partial: string | undefined;
}

function performedScans(root: JsonMembers): PerformedScan[] {
  return listIn(root, 'ScansPerformed', 'report').map((value) => {
    const at = 'ScansPerformed[]';
    const scan = asObject(value, at);
    return {
      type: wordsIn(scan, 'ScanType', at) ?? 'unnamed',
      status: wordsIn(scan, 'Status', at),
      partial: partialOf(scan.PartialScanInfo),
    };
  });
}

/** Its form is not documented: anything in it says that the scan was partial. */
function partialOf(info: unknown): string | undefined {
  if (info === undefined || info === null || info === '' || info === false) return undefined;
  const text = typeof info === 'string' ? info.trim() : JSON.stringify(info);
  return text === '' || text === '{}' || text === '[]' ? undefined : text;
}

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

function scanProblems(scans: readonly PerformedScan[], hasPackages: boolean): ScanProblem[] {
  const problems = scans.flatMap(({ type, status, partial }) => {
    const found: ScanProblem[] = [];
    const word = status?.toUpperCase();
    if (word === 'FAILED') found.push(scanProblem('SCANGATE_SCAN_FAILED', `the ${type} scan failed`));
    else if (word !== 'SUCCESS') {
      found.push(
        scanProblem(
          'SCANGATE_SCAN_UNKNOWN_STATE',
          `the state of the ${type} scan is "${status ?? 'missing'}", which is not known`,
        ),
      );
    }
    if (partial !== undefined)
      found.push(scanProblem('SCANGATE_SCAN_INCOMPLETE', `the ${type} scan was partial: ${partial}`));
    return found;
  });
  const types = scans.map(({ type }) => type.toLowerCase());
  if (hasPackages || types.some((type) => PACKAGE_SCANS.includes(type))) {
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        'this file lists packages, not their vulnerabilities',
        'judge the SARIF report instead (qscanner --mode get-report --report-format sarif)',
      ),
    );
  }
  const unseen = types.filter((type) => !PACKAGE_SCANS.includes(type) && !SEEN_SCANS.includes(type));
  if (unseen.length > 0) {
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `this file holds no results that are known here for: ${listNames([...new Set(unseen)])}`,
        'judge the SARIF report instead (qscanner --mode get-report --report-format sarif)',
      ),
    );
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
      scans.length > 0
        ? `QScanner performed ${scans.map(({ type, status }) => `${type} (${status ?? 'no status'})`).join(', ')}; packages are listed, not judged`
        : undefined,
    problems: scanProblems(scans, packages > 0),
  };
}
