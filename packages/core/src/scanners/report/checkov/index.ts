import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, type JsonRecord, Streamed, walkJson } from '../../../wire/json.js';
import { asObject, numberIn, objectIn, requiredTextIn, streamedIn, wordsIn } from '../../../wire/take.js';
import { loadCalculators } from '../../cvss.js';
import { counted, listNames, MAX_NAMES, scanProblem } from '../../problem.js';
import type { ReportReader } from '../reader.js';
import { checkFinding, skippedReason } from './normalise.js';

/** The lists of one report, by the counter of its summary. */
const LISTS = {
  passed: 'passed_checks',
  failed: 'failed_checks',
  skipped: 'skipped_checks',
  parsing_errors: 'parsing_errors',
} as const;
type Counter = keyof typeof LISTS;
const COUNTERS = Object.keys(LISTS) as Counter[];

/** Where a report stands: alone, or in a list with one for each framework. */
const REPORTS = ['', '[]'];
const records = ['', '[].'].flatMap((report) => [
  `${report}check_type`,
  ...Object.values(LISTS).map((list) => `${report}results.${list}[]`),
]);

/**
 * Checkov JSON (`checkov -o json`): one report, a list of them, or the bare summary that Checkov writes when it found
 * nothing to check. https://www.checkov.io/2.Basics/Reviewing%20Scan%20Results.html and `checkov/common/output/report.py`
 * (read 2026-11-23).
 *
 * A check that passed, failed or was skipped is the evidence of a scan; none of all is not.
 */
export const checkov: ReportReader = {
  format: 'checkov',
  title: 'Checkov JSON',
  recognise: ({ syntax, paths }) =>
    syntax === 'json' &&
    ((paths.has('check_type') && paths.has('results')) ||
      paths.has('[].check_type') ||
      (paths.has('passed') && paths.has('failed') && (paths.has('checkov_version') || paths.has('parsing_errors')))),
  async *read({ chunks }) {
    await loadCalculators();
    const state: ReadState = {
      type: undefined,
      types: [],
      evaluated: { passed: 0, failed: 0, skipped: 0 },
      parsing: { count: 0, files: [] },
      version: undefined,
      problems: [],
    };
    for await (const batch of walkJson(chunks, { records })) {
      const findings: RawFinding[] = [];
      for (const record of batch) take(record, state, findings);
      yield findings;
    }
    return statement(state);
  },
};

interface ReadState {
  /** Runner of the report that is being read. */
  type: string | undefined;
  /** Runners of all reports. */
  types: string[];
  evaluated: Record<'passed' | 'failed' | 'skipped', number>;
  parsing: { count: number; files: string[] };
  version: string | undefined;
  problems: ScanProblem[];
}

function take({ at, value }: JsonRecord, state: ReadState, findings: RawFinding[]): void {
  const list = at.slice(at.lastIndexOf('.') + 1, -2);
  if (list === 'failed_checks' || list === 'skipped_checks') {
    const check = asObject(value, at);
    const finding = checkFinding(check, typeOf(state), at);
    findings.push(list === 'failed_checks' ? finding : { ...finding, ignored: { reason: skippedReason(check, at) } });
  } else if (list === 'parsing_errors') takeParsingError(value, at, state);
  else if (at.endsWith('check_type')) state.type = requiredTextIn({ check_type: value }, 'check_type', 'report');
  else if (at === '' && value instanceof Streamed) return;
  else if (REPORTS.includes(at))
    takeReport(asObject(value, at === '' ? 'report' : at), at === '' ? 'report' : at, state);
}

/** Checkov writes the type first, also when the members are sorted; without it, what a check is about is not known. */
function typeOf({ type }: ReadState): string {
  if (type !== undefined) return type;
  throw new ScangateError('SCANGATE_REPORT_SHAPE', 'the report does not name its check_type before its results');
}

function takeParsingError(value: unknown, at: string, { parsing }: ReadState): void {
  if (typeof value !== 'string') throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}: expected a file name`);
  if (parsing.files.length < MAX_NAMES) parsing.files.push(excerpt(value, 120));
}

/** Everything of one report but the checks, which went by before: only their number is left of them. */
function takeReport(report: JsonMembers, at: string, state: ReadState): void {
  const { type } = state;
  state.type = undefined;
  const results = objectIn(report, 'results', at);
  if (!results && (type !== undefined || numberIn(report, 'passed', at) === undefined)) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.results is missing`);
  }
  if (results && !('failed_checks' in results)) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.results.failed_checks is missing`);
  }
  const summary = results ? (objectIn(report, 'summary', at) ?? {}) : report;
  if (type !== undefined && !state.types.includes(type)) state.types.push(type);
  state.version ??= wordsIn(summary, 'checkov_version', `${at}.summary`);
  for (const counter of COUNTERS) takeCount(counter, results ?? {}, summary, type ?? 'the report', at, state);
}

/** With `--quiet` only the list of failed checks is written, while the summary counts all: what is not there is not compared. */
function takeCount(
  counter: Counter,
  results: JsonMembers,
  summary: JsonMembers,
  type: string,
  at: string,
  state: ReadState,
): void {
  const listed = streamedIn(results, LISTS[counter], `${at}.results`);
  const summed = numberIn(summary, counter, `${at}.summary`);
  const hidden = counter === 'failed' && listed === undefined && (summed ?? 0) > 0;
  if (hidden || (listed !== undefined && summed !== undefined && listed !== summed)) {
    const message = `${type}: the summary counts ${summed} ${counter}, but ${listed === undefined ? `there is no list ${LISTS[counter]}` : `${LISTS[counter]} has ${listed}`}`;
    state.problems.push(scanProblem('SCANGATE_SCAN_COUNT_MISMATCH', message));
  }
  const count = listed ?? summed ?? 0;
  if (counter === 'parsing_errors') state.parsing.count += count;
  else state.evaluated[counter] += count;
}

function statement({ types, evaluated, parsing, version, problems }: ReadState): ScanStatement {
  const { passed, failed, skipped } = evaluated;
  const total = passed + failed + skipped;
  const where = types.length > 0 ? ` in ${types.join(', ')}` : '';
  if (parsing.count > 0) {
    const names = parsing.files.length > 0 ? `: ${listNames(parsing.files, parsing.count)}` : '';
    problems.push(
      scanProblem('SCANGATE_SCAN_PARSING_ERRORS', `Checkov could not parse ${counted(parsing.count, 'file')}${names}`),
    );
  }
  return {
    tool: { name: 'Checkov', version },
    evidence:
      total > 0
        ? `Checkov evaluated ${counted(total, 'check')}${where}: ${passed} passed, ${failed} failed, ${skipped} skipped`
        : undefined,
    problems,
  };
}
