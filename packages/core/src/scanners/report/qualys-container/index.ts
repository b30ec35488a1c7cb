import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, type JsonRecord, walkJson } from '../../../wire/json.js';
import { asObject, listIn, numberIn, streamedIn, wordsIn } from '../../../wire/take.js';
import { zonedTime } from '../../normalise.js';
import { counted, listNames, scanProblem } from '../../problem.js';
import type { ReportReader } from '../reader.js';
import { malwareFinding, type SeveritySource, secretFinding, vulnerabilityFindings } from './normalise.js';

/** Lists that hold findings; `details` is the name in the answer on vulnerabilities alone. */
const LISTS = ['vulnerabilities', 'details', 'secrets', 'malware'] as const;
/** Lists that are let go: they say what is in the image, not what is wrong with it. */
const INVENTORY = ['softwares', 'layers'] as const;
const records = [...LISTS, ...INVENTORY].map((list) => `${list}[]`);

/** Members of an image that no other report has beside `sha`. */
const IMAGE_MEMBERS = ['imageId', 'customerUuid', 'repoDigests', 'dockerVersion', 'lastScanned', 'scanStatus'];

/**
 * Details of one container image as Qualys Container Security gives them (`/csapi/v1.3/images/{sha}`), or its
 * vulnerabilities alone (`.../vuln`). https://docs.qualys.com/en/cs/api/images/fetch_image_details.htm (read 2026-11-23).
 *
 * `vulnerabilities` that are null mean scanned but not processed; an empty list means none, and counts as evidence only
 * with the date or status of a scan.
 */
export const qualysContainer: ReportReader = {
  format: 'qualys-container',
  title: 'Qualys container image details (JSON)',
  recognise: ({ paths }) =>
    (paths.has('sha') && IMAGE_MEMBERS.some((name) => paths.has(name))) ||
    paths.has('vulnerabilities[].qid') ||
    (paths.has('details[].qid') && paths.has('details[].typeDetected')),
  async *read({ chunks, severitySource = 'vendor' }) {
    let root: JsonMembers | undefined;
    for await (const batch of walkJson(chunks, { records })) {
      const findings: RawFinding[] = [];
      for (const record of batch) {
        if (record.at === '') root = checkRoot(record.value);
        else findings.push(...findingsOf(record, severitySource));
      }
      yield findings;
    }
    return statement(root ?? {});
  },
};

function findingsOf({ at, value }: JsonRecord, source: SeveritySource): RawFinding[] {
  if (at === 'vulnerabilities[]' || at === 'details[]') return vulnerabilityFindings(asObject(value, at), source, at);
  if (at === 'secrets[]') return [secretFinding(asObject(value, at), at)];
  if (at === 'malware[]') return [malwareFinding(asObject(value, at), at)];
  return [];
}

function checkRoot(value: unknown): JsonMembers {
  const root = asObject(value, 'report');
  for (const list of [...LISTS, ...INVENTORY]) streamedIn(root, list, '');
  if (Array.isArray(root.compliance) && root.compliance.length > 0) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', 'compliance: a list of controls in image details is not known');
  }
  return root;
}

function statement(root: JsonMembers): ScanStatement {
  const listed = streamedIn(root, 'vulnerabilities', '') ?? streamedIn(root, 'details', '');
  const lastScanned = wordsIn(root, 'lastScanned', 'report') ?? wordsIn(root, 'lastVmScanDate', 'report');
  const scanned = zonedTime(lastScanned);
  const status = wordsIn(root, 'scanStatus', 'report');
  const shown = lastScanned !== undefined || status?.toUpperCase() === 'SUCCESS' || (listed ?? 0) > 0;
  const when = [lastScanned && `scanned ${scanned ?? lastScanned}`, status && `scan status ${status}`]
    .filter(Boolean)
    .join(', ');
  return {
    tool: { name: 'Qualys Container Security' },
    subject: subjectOf(root),
    reference: wordsIn(root, 'uuid', 'report') ?? wordsIn(root, 'sha', 'report'),
    finishedAt: scanned,
    state: status,
    evidence:
      listed !== undefined && shown
        ? `the image lists ${counted(listed, 'vulnerability', 'vulnerabilities')}${when && ` (${when})`}`
        : undefined,
    problems: problemsOf(root, status),
  };
}

/** Names of the image, else its id. */
function subjectOf(root: JsonMembers): string | undefined {
  const names = listIn(root, 'repo', 'report').flatMap((value) => {
    const repo = asObject(value, 'repo[]');
    const name = [wordsIn(repo, 'registry', 'repo[]'), wordsIn(repo, 'repository', 'repo[]')].filter(Boolean).join('/');
    const tag = wordsIn(repo, 'tag', 'repo[]');
    return name === '' ? [] : [tag === undefined ? name : `${name}:${tag}`];
  });
  return names.length > 0 ? listNames(names) : (wordsIn(root, 'imageId', 'report') ?? wordsIn(root, 'sha', 'report'));
}

function problemsOf(root: JsonMembers, status: string | undefined): ScanProblem[] {
  const problems: ScanProblem[] = [];
  if (root.vulnerabilities === null) {
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        'the image is scanned but not processed yet: its vulnerabilities are null',
        'ask for the details again in a minute',
      ),
    );
  }
  const word = status?.toUpperCase();
  const errorCode = wordsIn(root, 'scanErrorCode', 'report');
  if (word !== undefined && word !== 'SUCCESS') {
    const code = /^(?:FAIL|ERROR)/.test(word) ? 'SCANGATE_SCAN_FAILED' : 'SCANGATE_SCAN_UNKNOWN_STATE';
    problems.push(
      scanProblem(
        code,
        `the scan status of the image is "${status}"${errorCode === undefined ? '' : ` (${errorCode})`}`,
      ),
    );
  } else if (errorCode !== undefined) {
    problems.push(
      scanProblem('SCANGATE_SCAN_FAILED', `the scan of the image ended with the error "${excerpt(errorCode)}"`),
    );
  }
  return [...problems, ...complianceProblems(root)];
}

/** The details carry only counts of the compliance part: which controls failed stands elsewhere. */
function complianceProblems(root: JsonMembers): ScanProblem[] {
  if (root.compliance === undefined || root.compliance === null || Array.isArray(root.compliance)) return [];
  const compliance = asObject(root.compliance, 'compliance');
  const open = ['failCount', 'errorCount'].reduce(
    (sum, key) => sum + (numberIn(compliance, key, 'compliance') ?? 0),
    0,
  );
  if (open === 0) return [];
  return [
    scanProblem(
      'SCANGATE_SCAN_INCOMPLETE',
      `${counted(open, 'compliance control')} of the image failed or ended with an error, and the details do not list them`,
      'judge the compliance part of the image beside this report, or set policy.onIncomplete when vulnerabilities are enough',
    ),
  ];
}
