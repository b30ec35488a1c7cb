import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, type JsonRecord, walkJson } from '../../../wire/json.js';
import { asObject, listIn, objectIn, streamedIn, wordsIn } from '../../../wire/take.js';
import { loadCalculators } from '../../cvss.js';
import { isoTime } from '../../normalise.js';
import { scanProblem } from '../../problem.js';
import type { ReportHead } from '../head.js';
import type { ReportReader } from '../reader.js';
import { vulnerabilityFinding } from './normalise.js';

const TYPES = [
  'sast',
  'dast',
  'api_fuzzing',
  'coverage_fuzzing',
  'container_scanning',
  'container_scanning_for_registry',
  'cluster_image_scanning',
  'dependency_scanning',
  'secret_detection',
];

/** Major versions of the schema that the reader knows. GitLab went from 3 to 13 to follow its own numbers. */
const VERSIONS = /^(?:2|3|13|14|15)(?:\.\d+){0,2}(?:-\S+)?$/;

/** Streamed so that they need no memory; of the last three only the number is of interest, if that. */
const RECORDS = ['vulnerabilities[]', 'remediations[]', 'dependency_files[]', 'scan.scanned_resources[]'] as const;

/** How many findings may wait for the type of the scan, which GitLab's own analysers write last. */
const MAX_HELD = 100_000;

/**
 * GitLab security reports, schema 14 and 15, and the older ones of the same shape:
 * https://docs.gitlab.com/ee/development/integrations/secure.html and
 * https://gitlab.com/gitlab-org/security-products/security-report-schemas (read 2026-11-23).
 *
 * The section `scan` with the status `success` is the evidence of a scan. Ids are made anew for each report and identify nothing.
 */
export const gitlab: ReportReader = {
  format: 'gitlab',
  title: 'GitLab security report',
  recognise: ({ paths }) =>
    paths.has('vulnerabilities') &&
    !paths.has('bomFormat') &&
    (paths.has('vulnerabilities[].identifiers[].type') ||
      paths.has('scan.type') ||
      paths.has('scan.status') ||
      isBare(paths)),
  async *read({ chunks }) {
    await loadCalculators();
    const state: ReadState = { type: undefined, held: [], count: 0, root: undefined };
    for await (const batch of walkJson(chunks, { records: RECORDS })) {
      const findings: RawFinding[] = [];
      for (const record of batch) take(record, state, findings);
      yield findings;
    }
    return statement(state);
  },
};

const MEMBERS = ['version', 'schema', 'vulnerabilities', 'remediations', 'dependency_files', 'scan'];

/** An old report of a clean scan has no mark of its own: an empty list, beside members of the format or comments. */
const isBare = (paths: ReportHead['paths']): boolean =>
  [...paths.keys()].every((path) => path === '' || path.startsWith('_') || MEMBERS.includes(path));

interface ReadState {
  /** Type of the scan, once its section has been read. */
  type: string | undefined;
  /** Vulnerabilities in a file, which are secrets or weaknesses by the type of the scan alone. */
  held: JsonMembers[];
  count: number;
  root: JsonMembers | undefined;
}

const AT = 'vulnerabilities[]';

function take({ at, value }: JsonRecord, state: ReadState, findings: RawFinding[]): void {
  if (at === AT) {
    state.count++;
    const members = asObject(value, at);
    const secret = isSecret(members, state.type);
    if (secret === undefined) hold(members, state);
    else findings.push(findingOf(members, secret));
  } else if (at === 'scan') {
    state.type = typeOf(asObject(value, at));
    release(state, findings);
  } else if (at === '') {
    const root = asObject(value, 'report');
    checkRoot(root);
    state.root = root;
    release(state, findings);
  }
}

const findingOf = (members: JsonMembers, secret: boolean): RawFinding =>
  vulnerabilityFinding(members, secret ? 'secret' : 'confirmed', AT);

function hold(members: JsonMembers, { held }: ReadState): void {
  if (held.length >= MAX_HELD) {
    throw new ScangateError(
      'SCANGATE_REPORT_SHAPE',
      `the section "scan" comes after more than ${MAX_HELD} vulnerabilities, so their kind is not known`,
    );
  }
  held.push(members);
}

function release(state: ReadState, findings: RawFinding[]): void {
  for (const members of state.held) findings.push(findingOf(members, state.type === 'secret_detection'));
  state.held = [];
}

/** Whether it is a secret: by its own category or place, which speak wherever `scan` stands. Undefined: only its type can tell. */
function isSecret(members: JsonMembers, type: string | undefined): boolean | undefined {
  const category = wordsIn(members, 'category', AT);
  if (category !== undefined) return category === 'secret_detection';
  const location = objectIn(members, 'location', AT) ?? {};
  if (location.commit !== undefined) return true;
  if (location.file === undefined || location.dependency !== undefined) return false;
  return type === undefined ? undefined : type === 'secret_detection';
}

const typeOf = (scan: JsonMembers | undefined): string | undefined => scan && wordsIn(scan, 'type', 'scan');

function checkRoot(root: JsonMembers): void {
  const version = wordsIn(root, 'version', 'report');
  if (version !== undefined && !VERSIONS.test(version)) {
    throw new ScangateError(
      'SCANGATE_REPORT_VERSION',
      `version "${excerpt(version)}" of the GitLab report schema is not known; 14 and 15 are`,
    );
  }
  if (!('vulnerabilities' in root))
    throw new ScangateError('SCANGATE_REPORT_SHAPE', 'report.vulnerabilities is missing');
  for (const list of ['vulnerabilities', 'remediations', 'dependency_files']) streamedIn(root, list, '');
  const type = typeOf(objectIn(root, 'scan', 'report'));
  if (type !== undefined && !TYPES.includes(type)) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `scan.type: "${excerpt(type)}" is not known`);
  }
}

function statement({ root = {}, count }: ReadState): ScanStatement {
  const scan = objectIn(root, 'scan', 'report') ?? {};
  const scanner = objectIn(scan, 'scanner', 'scan') ?? objectIn(scan, 'analyzer', 'scan') ?? {};
  const name = wordsIn(scanner, 'name', 'scan.scanner') ?? wordsIn(scanner, 'id', 'scan.scanner');
  const version = wordsIn(scanner, 'version', 'scan.scanner');
  const state = wordsIn(scan, 'status', 'scan');
  const type = typeOf(scan);
  const by = name === undefined ? '' : ` by ${name}${version === undefined ? '' : ` ${version}`}`;
  return {
    tool: { name: name ?? 'GitLab', version },
    startedAt: timeOf(scan, 'start_time'),
    finishedAt: timeOf(scan, 'end_time'),
    state,
    evidence: state === 'success' ? `the ${type ?? 'security'} scan${by} ended with the status success` : undefined,
    problems: [...stateProblems(state), ...messageProblems(scan), ...reachProblems(scan, count)],
  };
}

/** The schema wants UTC without a zone, which would be read as local time. */
function timeOf(scan: JsonMembers, key: string): string | undefined {
  const text = wordsIn(scan, key, 'scan');
  return isoTime(text !== undefined && /T[\d:.]+$/.test(text) ? `${text}Z` : text);
}

function stateProblems(state: string | undefined): ScanProblem[] {
  if (state === undefined || state === 'success') return [];
  if (state === 'failure')
    return [scanProblem('SCANGATE_SCAN_FAILED', 'the report says that the scan ended with the status failure')];
  return [scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', `the scan has the status "${excerpt(state)}"`)];
}

function messageProblems(scan: JsonMembers): ScanProblem[] {
  return listIn(scan, 'messages', 'scan').flatMap((value) => {
    const message = asObject(value, 'scan.messages[]');
    if (wordsIn(message, 'level', 'scan.messages[]') !== 'fatal') return [];
    const text = excerpt(wordsIn(message, 'value', 'scan.messages[]') ?? 'a fatal message', 200);
    return [scanProblem('SCANGATE_SCAN_INCOMPLETE', `the scanner says: ${text}`)];
  });
}

/** A web scan lists what it visited: an empty list next to no vulnerability is a scan of nothing. */
function reachProblems(scan: JsonMembers, count: number): ScanProblem[] {
  if (count > 0 || streamedIn(scan, 'scanned_resources', 'scan') !== 0) return [];
  return [scanProblem('SCANGATE_SCAN_NOTHING_REACHED', 'the list of scanned resources is empty')];
}
