import type { Judgement, RuleHighlights } from '../model/judged.js';
import type { Outcome, Reason, Verdict, VerdictRule, VerdictTarget } from '../model/verdict.js';
import {
  brief,
  countedOf,
  countsSentence,
  findingLine,
  headline,
  missingSentence,
  moreSentence,
  reasonSentence,
  ruleSentence,
  type ShownFindings,
  undecidedOf,
  undecidedSentence,
} from './describe.js';
import { terminalText } from './escape/terminal.js';
import { xmlAttribute, xmlText } from './escape/xml.js';
import type { Reporter } from './reporter.js';

/*
 * The dialect that Jenkins, GitLab, TeamCity, CircleCI and Bamboo all read. The rules of the policy are the cases, so
 * that names stay the same from run to run; what broke a rule stands in the text of its failure.
 * GitLab drops the `message` attribute when there is text, TeamCity shows it alone, so the first line of the text is
 * the whole message. GitLab interprets some words in `type` (`yaml`, `array`), so it is one word of ours.
 */
const MAX_FINDINGS_PER_RULE = 100;
const MAX_FIX_CHARS = 1000;
/** GitLab reads files below 30 MB. What is beside the lines of findings stays far below the difference. */
const MAX_FINDING_BYTES = 20_000_000;

type Result = 'passed' | 'failure' | 'error' | 'skipped';

interface TestCase {
  name: string;
  result: Result;
  /** First line first; the whole message. */
  lines: readonly string[];
  /** Shown beside a case, whatever its result. */
  output?: string;
}

interface TestSuite {
  name: string;
  className: string;
  cases: readonly TestCase[];
}

/** A warning must not turn a build red: it is a skipped case that says why. */
const RESULTS: Record<Outcome, Result> = { pass: 'passed', warn: 'skipped', fail: 'failure', inconclusive: 'error' };
const SEVEREST_LAST: readonly Outcome[] = ['pass', 'warn', 'inconclusive', 'fail'];

const worst = (outcomes: readonly Outcome[]): Outcome =>
  SEVEREST_LAST[Math.max(0, ...outcomes.map((outcome) => SEVEREST_LAST.indexOf(outcome)))] ?? 'inconclusive';

/** `junit.xml` for the test tab of the CI tool. */
export const junit: Reporter = {
  format: 'junit',
  fileName: 'junit.xml',
  create: () => ({ end: render }),
};

function render(judgement: Judgement): string[] {
  const { verdict } = judgement;
  const nameOf = uniqueNames();
  const verdictName = nameOf('the policy was judged');
  const rules = ruleCases(judgement, nameOf);
  const targets = verdict.targets.map((target) => targetSuite(target, verdict, nameOf));
  const shown = [...rules, ...targets.flatMap(({ cases }) => cases)];
  const policy = {
    name: 'policy',
    className: 'scangate.policy',
    cases: [verdictCase(verdictName, verdict, shown), ...rules],
  };
  const seconds = (Date.parse(verdict.finishedAt) - Date.parse(verdict.startedAt)) / 1000;
  const time = seconds > 0 ? seconds.toFixed(3) : '0';
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="scangate" ${counts([...policy.cases, ...targets.flatMap(({ cases }) => cases)])} time="${time}">\n`,
    suiteText(policy, time),
    ...targets.map((suite) => suiteText(suite, '0')),
    '</testsuites>\n',
  ];
}

const plainName = (text: string): string => brief(terminalText(text), 200).replaceAll('.', '_') || 'without a name';

/** Names without dots, which Jenkins and TeamCity take for packages; GitLab drops the second of two equal cases. */
function uniqueNames(): (text: string) => string {
  const seen = new Set<string>();
  return (text) => {
    const name = plainName(text);
    let unique = name;
    for (let number = 2; seen.has(unique); number++) unique = `${name} (${number})`;
    seen.add(unique);
    return unique;
  };
}

function ruleCases({ verdict, highlights }: Judgement, nameOf: (text: string) => string): TestCase[] {
  const room = { bytes: MAX_FINDING_BYTES };
  return verdict.rules.map((rule, index) => ruleCase(rule, verdict, highlights[index], nameOf(rule.name), room));
}

/**
 * Holds what belongs to no rule and no target. It is always there, so that no reader sees an empty suite, and it takes
 * the verdict itself where no other case shows it.
 */
function verdictCase(name: string, verdict: Verdict, shown: readonly TestCase[]): TestCase {
  const rules = new Set(verdict.rules.map((rule) => rule.name));
  const targets = new Set(verdict.targets.map((target) => target.name));
  const owned = ({ rule, target }: Reason): boolean =>
    (rule !== undefined && rules.has(rule)) || (target !== undefined && targets.has(target));
  const others = verdict.reasons.filter((reason) => !owned(reason));
  const isShown = shown.some(({ result }) => result === RESULTS[verdict.outcome]);
  const outcome = worst([...others.map((reason) => reason.outcome), ...(isShown ? [] : [verdict.outcome])]);
  const lines = others.length > 0 ? others.flatMap(reasonLines) : [headline(verdict)];
  return { name, result: RESULTS[outcome], lines: outcome === 'pass' ? [] : lines, output: headline(verdict) };
}

const warned = (outcome: Outcome, sentence: string): string => (outcome === 'warn' ? `warning: ${sentence}` : sentence);

type Problem = Pick<Reason, 'code' | 'message' | 'mend'>;

const reasonLines = (reason: Problem): string[] => [
  reasonSentence(reason),
  ...(reason.mend === undefined ? [] : [`mend: ${brief(reason.mend, MAX_FIX_CHARS)}`]),
];

function ruleCase(
  rule: VerdictRule,
  verdict: Verdict,
  highlights: RuleHighlights | undefined,
  name: string,
  room: { bytes: number },
): TestCase {
  const reasons = verdict.reasons.filter((reason) => reason.rule === rule.name);
  const outcome = worst([rule.outcome, ...reasons.map((reason) => reason.outcome)]);
  if (outcome === 'pass') return { name, result: 'passed', lines: [] };
  const missing = outcome === 'inconclusive' ? undecidedSentence(rule) : missingSentence(rule);
  const counted =
    rule.outcome === 'fail' || rule.outcome === 'warn' ? countedOf(rule, highlights, MAX_FINDINGS_PER_RULE) : undefined;
  const lines = [
    warned(outcome, `${ruleSentence(rule)}${missing === undefined ? '' : `; ${missing}`}`),
    ...(counted === undefined ? [] : findingLines(counted, room)),
    ...reasons.filter(({ code }) => code !== 'SCANGATE_RULE_VIOLATED').flatMap(reasonLines),
    ...findingLines(undecidedOf(rule, highlights, MAX_FINDINGS_PER_RULE), room),
  ];
  return { name, result: RESULTS[outcome], lines };
}

function findingLines({ findings, total }: ShownFindings, room: { bytes: number }): string[] {
  const lines: string[] = [];
  for (const finding of findings) {
    const line = findingLine(finding, MAX_FIX_CHARS);
    room.bytes -= Buffer.byteLength(lineText(line));
    if (room.bytes < 0) break;
    lines.push(line);
  }
  const more = moreSentence(total, lines.length);
  return more === undefined ? lines : [...lines, more];
}

function targetSentence(target: VerdictTarget, problems: readonly Problem[]): string {
  const what = target.state === 'unreadable' ? 'the report is unreadable' : 'the scan is incomplete';
  const [first] = problems;
  const why =
    first === undefined
      ? ''
      : `: ${brief(first.message, 500)}${problems.length > 1 ? `, and ${problems.length - 1} more` : ''}`;
  return `${what}${why}`;
}

function targetSuite(target: VerdictTarget, verdict: Verdict, nameOf: (text: string) => string): TestSuite {
  const { onIncomplete } = verdict.policy;
  const reasons = verdict.reasons.filter((reason) => reason.target === target.name);
  const unseen: Outcome = target.state === 'unreadable' && onIncomplete === 'warn' ? 'inconclusive' : onIncomplete;
  const outcome =
    reasons.length > 0 ? worst(reasons.map((reason) => reason.outcome)) : target.state === 'complete' ? 'pass' : unseen;
  const problems = reasons.length > 0 ? reasons : target.problems;
  const lines =
    outcome === 'pass' ? [] : [warned(outcome, targetSentence(target, problems)), ...problems.flatMap(reasonLines)];
  const testCase = {
    name: nameOf(`scan of ${target.name} is complete`),
    result: RESULTS[outcome],
    lines,
    output: countsSentence(target),
  };
  return { name: `target ${plainName(target.name)}`, className: 'scangate.scan', cases: [testCase] };
}

const count = (cases: readonly TestCase[], result: Result): number =>
  cases.filter((testCase) => testCase.result === result).length;

const counts = (cases: readonly TestCase[]): string =>
  `tests="${cases.length}" failures="${count(cases, 'failure')}" errors="${count(cases, 'error')}"`;

const suiteText = ({ name, className, cases }: TestSuite, time: string): string =>
  [
    `  <testsuite name="${xmlAttribute(name)}" ${counts(cases)} skipped="${count(cases, 'skipped')}" time="${time}">\n`,
    ...cases.map((testCase) => caseText(testCase, className)),
    '  </testsuite>\n',
  ].join('');

/** Also safe where a CI tool prints the text into its log, or looks in it for attachments. */
const lineText = (line: string): string => xmlText(terminalText(line));

function caseText({ name, result, lines, output }: TestCase, className: string): string {
  const [message = result] = lines;
  const shown = xmlAttribute(terminalText(message));
  const body = lines.length === 0 ? shown : lines.map(lineText).join('\n');
  const child = result === 'passed' ? '' : `\n      <${result} message="${shown}" type="policy">${body}</${result}>`;
  const out = output === undefined ? '' : `\n      <system-out>${lineText(output)}</system-out>`;
  const open = `    <testcase classname="${className}" name="${xmlAttribute(name)}" time="0"`;
  return child + out === '' ? `${open}/>\n` : `${open}>${child}${out}\n    </testcase>\n`;
}
