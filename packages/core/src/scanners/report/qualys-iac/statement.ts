import type { ErrorCode } from '../../../errors.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import type { JsonMembers } from '../../../wire/json.js';
import { numberIn, objectIn, wordsIn } from '../../../wire/take.js';
import { counted, listNames, scanProblem } from '../../problem.js';

/** States of F.1; only a finished scan has a whole result. */
const STATES: Record<string, ErrorCode | undefined> = {
  FINISHED: undefined,
  ERROR: 'SCANGATE_SCAN_FAILED',
  SUBMITTED: 'SCANGATE_SCAN_INCOMPLETE',
  PROCESSING: 'SCANGATE_SCAN_INCOMPLETE',
};

/** What one kind of template (Terraform, CloudFormation) came to: the counters of the summary beside the lists. */
export interface CheckedType {
  name: string;
  listed: { failed: number; passed: number };
  summary: { failed: number | undefined; passed: number | undefined; skipped: number; parsingErrors: number };
  /** Sum over the criticalities. */
  failedStats: number | undefined;
  /** Files that could not be parsed, the first few, and how many there are. */
  unparsed: { count: number; names: string[] };
}

/** Lists of an element of `result`, counted while they were streamed. */
export type ListCounts = Pick<CheckedType, 'listed' | 'unparsed'>;

export function checkedType(members: JsonMembers, { listed, unparsed }: ListCounts, at: string): CheckedType {
  const summary = objectIn(members, 'summary', at) ?? {};
  const where = `${at}.summary`;
  const stats = objectIn(summary, 'failedStats', where);
  return {
    name: wordsIn(members, 'checkType', at) ?? 'unnamed',
    listed,
    summary: {
      failed: numberIn(summary, 'failed', where),
      passed: numberIn(summary, 'passed', where),
      skipped: numberIn(summary, 'skipped', where) ?? 0,
      parsingErrors: numberIn(summary, 'parsingErrors', where) ?? 0,
    },
    failedStats:
      stats && Object.keys(stats).reduce((sum, key) => sum + (numberIn(stats, key, `${where}.failedStats`) ?? 0), 0),
    unparsed,
  };
}

function stateProblem(status: string | undefined): ScanProblem | undefined {
  if (status === undefined)
    return scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', 'the result does not give the status of the scan');
  if (!Object.hasOwn(STATES, status)) {
    return scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', `the status of the scan is "${status}", which is not known`);
  }
  const code = STATES[status];
  return code && scanProblem(code, `the status of the scan is ${status}`);
}

/** Passed checks may be left out of their list on request (`showOnlyFailedControls`), failed ones never. */
function countProblems({ name, listed, summary, failedStats }: CheckedType): ScanProblem[] {
  const problems: ScanProblem[] = [];
  const compare = (what: string, counter: number | undefined, list: number): void => {
    if (counter === undefined || counter === list) return;
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_COUNT_MISMATCH',
        `${name}: the summary counts ${counter} ${what}, the list has ${list}`,
      ),
    );
  };
  compare('failed checks', summary.failed, listed.failed);
  compare('failed checks by criticality', failedStats, listed.failed);
  if (listed.passed > 0) compare('passed checks', summary.passed, listed.passed);
  return problems;
}

function parsingProblem({ name, summary, unparsed }: CheckedType): ScanProblem | undefined {
  const count = Math.max(summary.parsingErrors, unparsed.count);
  if (count === 0) return undefined;
  const names = unparsed.names.length > 0 ? `: ${listNames(unparsed.names, count)}` : '';
  return scanProblem('SCANGATE_SCAN_PARSING_ERRORS', `${name}: ${counted(count, 'file')} could not be parsed${names}`);
}

export function statement(root: JsonMembers, types: readonly CheckedType[]): ScanStatement {
  const status = wordsIn(root, 'status', 'report')?.toUpperCase();
  const uuid = wordsIn(root, 'scanUuid', 'report');
  const sum = (pick: (type: CheckedType) => number): number => types.reduce((total, type) => total + pick(type), 0);
  const failed = sum(({ summary, listed }) => Math.max(summary.failed ?? 0, listed.failed));
  const passed = sum(({ summary, listed }) => Math.max(summary.passed ?? 0, listed.passed));
  const skipped = sum(({ summary }) => summary.skipped);
  const names = [...new Set(types.map(({ name }) => name))].sort();
  return {
    tool: { name: 'Qualys IaC' },
    subject: wordsIn(root, 'name', 'report'),
    reference: uuid,
    state: wordsIn(root, 'status', 'report'),
    evidence:
      failed + passed > 0
        ? `Qualys evaluated ${names.join(', ')}: ${passed} passed, ${failed} failed, ${skipped} skipped`
        : undefined,
    problems: [stateProblem(status), ...types.flatMap((type) => [parsingProblem(type), ...countProblems(type)])].filter(
      (problem) => problem !== undefined,
    ),
  };
}
