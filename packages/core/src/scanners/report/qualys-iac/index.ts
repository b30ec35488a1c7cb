import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import { type JsonMembers, type JsonRecord, walkJson } from '../../../wire/json.js';
import { asObject, objectIn, streamedIn } from '../../../wire/take.js';
import { MAX_NAMES } from '../../problem.js';
import type { ReportReader } from '../reader.js';
import { checkResult, failedCheck } from './normalise.js';
import { type CheckedType, checkedType, type ListCounts, statement } from './statement.js';

const RESULTS = 'result[].results';
const FAILED = `${RESULTS}.failedChecks[]`;
const PASSED = `${RESULTS}.passedChecks[]`;
const UNPARSED = `${RESULTS}.parsingErrors[]`;

/**
 * Result of an IaC scan of Qualys TotalCloud (`/cloudview-api/rest/v1/iac/scanResult`).
 * https://docs.qualys.com/en/totalcloud/latest/ (read 2026-11-23).
 *
 * Checks that passed or failed are the evidence: a finished scan with an empty result evaluated nothing. A template
 * that could not be parsed was not checked, whatever the rest says.
 */
export const qualysIac: ReportReader = {
  format: 'qualys-iac',
  title: 'Qualys IaC scan result (JSON)',
  recognise: ({ paths }) =>
    (paths.has('scanUuid') && paths.has('result') && paths.has('status')) ||
    paths.has('result[].checkType') ||
    paths.has('result[].results.failedChecks'),
  async *read({ chunks }) {
    const state: ReadState = { counts: newCounts(), types: [], root: {} };
    for await (const batch of walkJson(chunks, { records: [FAILED, PASSED, UNPARSED] })) {
      const findings: RawFinding[] = [];
      for (const record of batch) take(record, state, findings);
      yield findings;
    }
    return statement(state.root, state.types);
  },
};

interface ReadState {
  /** Of the element of `result` that is being read. */
  counts: ListCounts;
  types: CheckedType[];
  root: JsonMembers;
}

const newCounts = (): ListCounts => ({ listed: { failed: 0, passed: 0 }, unparsed: { count: 0, names: [] } });

function take({ at, value }: JsonRecord, state: ReadState, findings: RawFinding[]): void {
  const { listed, unparsed } = state.counts;
  if (at === FAILED) {
    listed.failed++;
    findings.push(failedCheck(asObject(value, at), at));
  } else if (at === PASSED) {
    listed.passed++;
    checkResult(asObject(value, at), 'PASSED', at);
  } else if (at === UNPARSED) {
    unparsed.count++;
    if (unparsed.names.length < MAX_NAMES) unparsed.names.push(pathOf(value));
  } else if (at === RESULTS) checkLists(asObject(value, at));
  else if (at === 'result[]') {
    const type = asObject(value, at);
    objectIn(type, 'results', at);
    state.types.push(checkedType(type, state.counts, at));
    state.counts = newCounts();
  } else if (at === '') state.root = checkRoot(value);
}

/** A path, or an object that names one. */
function pathOf(value: unknown): string {
  if (typeof value === 'string') return excerpt(value);
  const members = asObject(value, UNPARSED);
  const path = members.filePath ?? members.file ?? members.path;
  if (typeof path !== 'string') throw new ScangateError('SCANGATE_REPORT_SHAPE', `${UNPARSED} names no file`);
  return excerpt(path);
}

function checkLists(results: JsonMembers): void {
  for (const list of ['failedChecks', 'passedChecks', 'parsingErrors']) streamedIn(results, list, RESULTS);
}

function checkRoot(value: unknown): JsonMembers {
  const root = asObject(value, 'report');
  streamedIn(root, 'result', '');
  return root;
}
