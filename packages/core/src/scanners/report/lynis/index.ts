import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { readLines } from '../../../wire/lines.js';
import { zonedTime } from '../../normalise.js';
import { counted, listNames, MAX_NAMES, scanProblem } from '../../problem.js';
import type { ReportReader } from '../reader.js';
import { noteFinding, noteOf, packageFinding } from './normalise.js';

/** Single values that the statement is made of. */
const FACTS = [
  'lynis_version',
  'report_datetime_start',
  'report_datetime_end',
  'hostname',
  'hardening_index',
  'lynis_tests_done',
];

/**
 * Lynis report file: lines of `key=value`, lists as `key[]=value`.
 * https://cisofy.com/documentation/lynis/#reporting and the program itself, version 3.0.8 (read 2026-11-23).
 *
 * Lynis writes line by line while it works and `finish=true` as the very last: a report without it is cut, or of a scan
 * that was killed. Lynis rates nothing, so severities are unknown. `manual[]` lines are work for people, no results.
 */
export const lynis: ReportReader = {
  format: 'lynis',
  title: 'Lynis report file (lynis-report.dat)',
  recognise: ({ syntax, text }) =>
    syntax === 'text' && (/^# Lynis Report\s*$/m.test(text) || /^lynis_version=/m.test(text)),
  async *read({ chunks }) {
    const state: ReadState = {
      line: 0,
      pending: undefined,
      facts: new Map(),
      finished: false,
      exceptions: [],
      exceptionCount: 0,
    };
    for await (const lines of readLines(chunks)) {
      const findings: RawFinding[] = [];
      for (const line of lines) takeLine(line, state, findings);
      yield findings;
    }
    const findings: RawFinding[] = [];
    settle(state, findings);
    if (!state.finished) {
      throw new ScangateError(
        'SCANGATE_REPORT_TRUNCATED',
        'the Lynis report has no "finish=true": it is cut, or the scan was killed',
      );
    }
    yield findings;
    return statement(state);
  },
};

interface ReadState {
  line: number;
  /** The entry that the next line may go on with. */
  pending: { key: string; value: string } | undefined;
  facts: Map<string, string>;
  finished: boolean;
  exceptions: string[];
  exceptionCount: number;
}

const MAX_VALUE_CHARS = 1_000_000;
const ENTRY = /^([A-Za-z][\w.-]*(?:\[[^\]]*\])?)=(.*)$/s;

function takeLine(line: string, state: ReadState, findings: RawFinding[]): void {
  state.line++;
  if (line.trim() === '' || line.startsWith('#')) return;
  const [, key, value] = ENTRY.exec(line) ?? [];
  if (state.finished) {
    throw new ScangateError(
      'SCANGATE_REPORT_MALFORMED',
      `line ${state.line} stands after the end of the report: "${excerpt(line)}"`,
    );
  }
  if (key === undefined || value === undefined) {
    if (!state.pending) {
      throw new ScangateError('SCANGATE_REPORT_MALFORMED', `line ${state.line} is no key=value: "${excerpt(line)}"`);
    }
    goOn(state.pending, line);
    return;
  }
  settle(state, findings);
  state.pending = { key, value };
  if (key === 'finish') settle(state, findings);
}

/** Values of several lines are kept only where they are read, and only to a length that a note can have. */
function goOn(pending: { key: string; value: string }, line: string): void {
  if (!pending.key.endsWith('[]')) return;
  pending.value += `\n${line}`;
  if (pending.value.length > MAX_VALUE_CHARS) {
    throw new ScangateError(
      'SCANGATE_REPORT_MALFORMED',
      `${excerpt(pending.key)} goes on for more than ${MAX_VALUE_CHARS} characters`,
    );
  }
}

function settle(state: ReadState, findings: RawFinding[]): void {
  if (!state.pending) return;
  const { key, value } = state.pending;
  state.pending = undefined;
  const host = state.facts.get('hostname');
  if (key === 'warning[]') findings.push(noteFinding('warning', noteOf(key, value), host));
  else if (key === 'suggestion[]') findings.push(noteFinding('suggestion', noteOf(key, value), host));
  else if (key === 'vulnerable_package[]') findings.push(packageFinding(value, host));
  else if (key === 'exception_event[]') takeException(value, state);
  else if (key === 'finish') {
    if (value.trim() !== 'true')
      throw new ScangateError('SCANGATE_REPORT_SHAPE', `finish: "${excerpt(value)}" is not known`);
    state.finished = true;
  } else if (FACTS.includes(key)) state.facts.set(key, value.trim());
}

/** Of a test (`SSH-7404:1`) it means that the test could not do its work; of a helper function (`GetHostID`) it does not. */
function takeException(value: string, state: ReadState): void {
  const [source = '', message = ''] = value.split('|');
  if (!/^[A-Z][A-Z0-9]*-\d+/.test(source)) return;
  state.exceptionCount++;
  if (state.exceptions.length < MAX_NAMES) state.exceptions.push(`${source} (${excerpt(message)})`);
}

function statement({ facts, exceptions, exceptionCount }: ReadState): ScanStatement {
  const version = facts.get('lynis_version');
  const done = facts.get('lynis_tests_done');
  const index = facts.get('hardening_index');
  const problems: ScanProblem[] = [];
  if (done === '0') problems.push(scanProblem('SCANGATE_SCAN_NOTHING_REACHED', 'Lynis ran no test at all'));
  if (exceptionCount > 0) {
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `${counted(exceptionCount, 'exception')} in tests, which did not see what they look for: ${listNames(exceptions, exceptionCount)}`,
        'read the Lynis log; where a test does not apply, leave it out in the Lynis profile (skip-test=ID); or set policy.onIncomplete',
      ),
    );
  }
  const evidence = [
    `Lynis finished${done === undefined ? '' : ` ${counted(Number(done), 'test')}`}`,
    index === undefined ? '' : `; hardening index ${index}`,
  ];
  return {
    tool: { name: 'Lynis', version },
    subject: facts.get('hostname'),
    startedAt: zonedTime(facts.get('report_datetime_start')),
    finishedAt: zonedTime(facts.get('report_datetime_end')),
    state: 'finish=true',
    evidence: version === undefined || done === '0' ? undefined : evidence.join(''),
    problems,
  };
}
