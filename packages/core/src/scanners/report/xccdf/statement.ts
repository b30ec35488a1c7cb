import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { child, childrenOf, type XmlElement } from '../../../wire/xml.js';
import { zonedTime } from '../../normalise.js';
import { counted, listNames, scanProblem } from '../../problem.js';
import { RESULT_WORDS, type ResultWord, subjectOf } from './normalise.js';

/** What was seen of the rules of one TestResult. */
export interface Tally {
  words: Record<ResultWord, number>;
  /** Rules that the check engine could not decide, the first few. */
  undecided: string[];
  /** Rules that no check engine looked at although they were asked for, the first few. */
  unchecked: string[];
  uncheckedCount: number;
}

export const newTally = (): Tally => ({
  words: Object.fromEntries(RESULT_WORDS.map((word) => [word, 0])) as Record<ResultWord, number>,
  undecided: [],
  unchecked: [],
  uncheckedCount: 0,
});

/** What one TestResult adds to the statement. */
export interface TestStatement {
  tool: ScanStatement['tool'];
  subject: string | undefined;
  id: string | undefined;
  startedAt: string | undefined;
  finishedAt: string | undefined;
  evidence: string | undefined;
  problems: ScanProblem[];
}

export function testStatement(testResult: XmlElement, benchmark: string | undefined, tally: Tally): TestStatement {
  const { attributes } = testResult;
  const subject = subjectOf(testResult);
  const { pass, fixed, fail, error, unknown, informational } = tally.words;
  const evaluated = pass + fixed + fail + error + unknown + informational;
  return {
    tool: toolOf(testResult),
    subject,
    id: attributes.id,
    startedAt: zonedTime(attributes['start-time']),
    finishedAt: zonedTime(attributes['end-time']),
    evidence: evaluated > 0 ? evidenceOf(testResult, benchmark, tally) : undefined,
    problems: problemsOf(testResult, subject ?? 'the target', tally, evaluated),
  };
}

function evidenceOf(testResult: XmlElement, benchmark: string | undefined, { words }: Tally): string {
  const profile = child(testResult, 'profile')?.attributes.idref;
  const score = child(testResult, 'score');
  const counts = RESULT_WORDS.filter((word) => words[word] > 0).map((word) => `${words[word]} ${word}`);
  const maximum = score?.attributes.maximum;
  return [
    `the results of ${benchmark === undefined ? 'a benchmark' : `benchmark ${benchmark}`}`,
    profile === undefined ? '' : `, profile ${profile}`,
    `: ${counts.join(', ')}`,
    score === undefined ? '' : `; score ${score.text.trim()}${maximum === undefined ? '' : ` of ${maximum}`}`,
  ].join('');
}

function problemsOf(testResult: XmlElement, subject: string, tally: Tally, evaluated: number): ScanProblem[] {
  const problems: ScanProblem[] = [];
  const undecided = tally.words.error + tally.words.unknown;
  if (evaluated === 0) {
    const all = Object.values(tally.words).reduce((sum, count) => sum + count, 0);
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_NOTHING_REACHED',
        `none of ${counted(all, 'rule')} was evaluated on ${subject}: the content does not cover this host, or the profile selects nothing`,
        'take the content made for this operating system and a profile that selects rules; the scanner exits 0 all the same',
      ),
    );
  } else if (tally.uncheckedCount > 0) {
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `${counted(tally.uncheckedCount, 'rule')} not checked on ${subject}, no check engine could evaluate them: ${listNames(tally.unchecked, tally.uncheckedCount)}`,
        'check them by hand and take them out of the profile, or set policy.onIncomplete when a partial view is good enough',
      ),
    );
  }
  if (undecided > 0) {
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `${counted(undecided, 'rule')} ended with error or unknown on ${subject}: ${listNames(tally.undecided, undecided)}`,
      ),
    );
  }
  if ((testResult.attributes['end-time'] ?? '').trim() === '') {
    problems.push(scanProblem('SCANGATE_SCAN_INCOMPLETE', `the results of ${subject} do not say when the test ended`));
  }
  return problems;
}

/** From the facts of the target, else from the CPE name of the test system (`cpe:/a:vendor:product:version`, or `cpe:2.3:a:...`). */
function toolOf(testResult: XmlElement): ScanStatement['tool'] {
  const facts = childrenOf(child(testResult, 'target-facts'), 'fact');
  const factOf = (name: string): string | undefined => {
    const text = facts.find(({ attributes }) => attributes.name === `urn:xccdf:fact:scanner:${name}`)?.text.trim();
    return text === '' ? undefined : text;
  };
  const cpe = /^cpe:(?:\/|2\.3:)a:[^:]+:([^:]+)(?::([^:]+))?/.exec(testResult.attributes['test-system'] ?? '');
  const name = factOf('name') ?? cpe?.[1];
  return { name: name ?? 'XCCDF', version: factOf('version') ?? cpe?.[2] };
}

/** All TestResults of a report as one statement: several hosts may stand in one file. */
export function joinStatements(tests: readonly TestStatement[]): ScanStatement {
  const [first] = tests;
  const subjects = [...new Set(tests.flatMap(({ subject }) => subject ?? []))];
  const evidence = tests.flatMap((test) => test.evidence ?? []);
  const started = tests.flatMap(({ startedAt }) => startedAt ?? []).sort();
  const finished = tests.flatMap(({ finishedAt }) => finishedAt ?? []).sort();
  return {
    tool: first?.tool ?? { name: 'XCCDF' },
    subject: subjects.length > 0 ? listNames(subjects) : undefined,
    reference: tests.length === 1 ? first?.id : undefined,
    startedAt: started[0],
    finishedAt: finished.at(-1),
    evidence: evidence.length > 0 ? evidence.join('; ') : undefined,
    problems: tests.flatMap(({ problems }) => problems),
  };
}
