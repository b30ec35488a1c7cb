import { ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import { walkXml, type XmlElement, type XmlRecord } from '../../../wire/xml.js';
import { MAX_NAMES } from '../../problem.js';
import type { ReportHead } from '../head.js';
import type { ReportReader } from '../reader.js';
import { benchmarkOf, controlFinding, ruleResult, subjectOf } from './normalise.js';
import { RuleBook } from './rules.js';
import { joinStatements, newTally, type Tally, type TestStatement, testStatement } from './statement.js';

const NAMESPACE = 'http://checklists.nist.gov/xccdf/';
const VERSIONS = ['1.1', '1.2'];
const ARF = 'http://scap.nist.gov/schema/asset-reporting-format/';

/** Rules stand in groups of any depth, and in ARF the benchmark stands deep in the request that led to the result. */
const records = [
  'TestResult/rule-result',
  'Benchmark/**/Rule',
  'Benchmark/TestResult/rule-result',
  'asset-report-collection/**/Benchmark/**/Rule',
  'asset-report-collection/**/Benchmark/TestResult/rule-result',
  'asset-report-collection/**/TestResult/rule-result',
];

/**
 * XCCDF 1.1 and 1.2 results, in a Benchmark, alone, or in an ARF collection.
 * https://csrc.nist.gov/projects/security-content-automation-protocol/specifications/xccdf (read 2026-11-23).
 *
 * A TestResult with rules that were evaluated is the evidence; a Benchmark without one is content, not a result.
 */
export const xccdf: ReportReader = {
  format: 'xccdf',
  title: 'XCCDF results (OpenSCAP and others)',
  recognise: ({ root }) =>
    root !== undefined &&
    (root.name === 'asset-report-collection'
      ? (root.namespace?.startsWith(ARF) ?? false)
      : (root.name === 'Benchmark' || root.name === 'TestResult') && (root.namespace?.startsWith(NAMESPACE) ?? false)),
  async *read({ head, chunks }) {
    checkVersion(head);
    const state: ReadState = { rules: new RuleBook(), tallies: new Map(), tests: [] };
    for await (const batch of walkXml(chunks, { records })) {
      const findings: RawFinding[] = [];
      for (const record of batch) take(record, state, findings);
      yield findings;
    }
    return joinStatements(state.tests);
  },
};

interface ReadState {
  rules: RuleBook;
  tallies: Map<XmlElement, Tally>;
  tests: TestStatement[];
}

function checkVersion({ root }: ReportHead): void {
  const version = root?.namespace?.startsWith(NAMESPACE) ? root.namespace.slice(NAMESPACE.length) : undefined;
  if (version !== undefined && !VERSIONS.includes(version)) {
    throw new ScangateError('SCANGATE_REPORT_VERSION', `XCCDF ${version} is not known; ${VERSIONS.join(' and ')} are`);
  }
}

function take({ element, scope }: XmlRecord, state: ReadState, findings: RawFinding[]): void {
  if (element.name === 'Rule') {
    const benchmark = scope.findLast(({ name }) => name === 'Benchmark');
    state.rules.add(benchmark?.attributes.id ?? '', element);
  } else if (element.name === 'rule-result') takeResult(element, scope, state, findings);
  else if (element.name === 'TestResult') {
    const tally = state.tallies.get(element) ?? newTally();
    state.tallies.delete(element);
    state.tests.push(testStatement(element, benchmarkOf(element, scope), tally));
  }
}

function takeResult(element: XmlElement, scope: readonly XmlElement[], state: ReadState, findings: RawFinding[]): void {
  const testResult = scope.at(-1) as XmlElement;
  const result = ruleResult(element);
  const rule = state.rules.find(benchmarkOf(testResult, scope), result.rule);
  const finding = controlFinding(result, rule, subjectOf(testResult));
  if (finding) findings.push(finding);

  let tally = state.tallies.get(testResult);
  if (!tally) {
    tally = newTally();
    state.tallies.set(testResult, tally);
  }
  tally.words[result.word]++;
  if ((result.word === 'error' || result.word === 'unknown') && tally.undecided.length < MAX_NAMES) {
    tally.undecided.push(result.rule);
  }
  // A rule of the role "unchecked" is not meant to be checked.
  if (result.word === 'notchecked' && (result.role ?? rule?.role) !== 'unchecked') {
    tally.uncheckedCount++;
    if (tally.unchecked.length < MAX_NAMES) tally.unchecked.push(result.rule);
  }
}
