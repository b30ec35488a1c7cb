import type { Finding } from '../model/finding.js';
import type { Judgement } from '../model/judged.js';
import type { Outcome, Reason, Verdict, VerdictTarget } from '../model/verdict.js';
import {
  acceptedSentence,
  brief,
  countedOf,
  countsSentence,
  fixOf,
  headline,
  isUndecided,
  missingSentence,
  moreSentence,
  nameOf,
  outcomeWord,
  reasonSentence,
  reasonsOf,
  ruleSentence,
  type ShownFindings,
  scannerOf,
  severityOf,
  undecidedOf,
  undecidedSentence,
  whereOf,
} from './describe.js';
import { terminalText } from './escape/terminal.js';
import type { Reporter } from './reporter.js';

const MAX_FINDINGS_PER_RULE = 20;
const MAX_FIX_CHARS = 500;
const MAX_SENTENCE_CHARS = 1000;

/** What a person reads in the build log: the verdict first, then what to mend, then what was looked at. Plain text. */
export const text: Reporter = {
  format: 'text',
  fileName: 'summary.txt',
  create: () => ({ end: summary }),
};

/** Escapes at the one place where lines are made. A text that came in never begins a line: each has a word before it. */
function* summary(judgement: Judgement): Generator<string> {
  for (const line of lines(judgement)) yield `${terminalText(line)}\n`;
}

function* lines(judgement: Judgement): Generator<string> {
  const { verdict } = judgement;
  yield `${outcomeWord(verdict.outcome)}  ${headline(verdict)}`;
  yield* section('Violated', brokenRules(judgement, 'fail'), otherReasons(verdict, 'fail'));
  yield* section('Not decided', undecidedRules(judgement), otherReasons(verdict, 'inconclusive'));
  yield* section('Warnings', brokenRules(judgement, 'warn'), otherReasons(verdict, 'warn'));
  yield* section('Targets', verdict.targets.flatMap(targetLines));
  yield* section('Rules that hold', heldRules(verdict));
  const accepted = acceptedSentence(verdict);
  if (accepted !== undefined) yield* section('Accepted', [`  ${accepted}`]);
}

function* section(title: string, ...parts: Iterable<string>[]): Generator<string> {
  const all = parts.flatMap((part) => [...part]);
  if (all.length > 0) yield* ['', title, ...all];
}

function* brokenRules({ verdict, highlights }: Judgement, outcome: Outcome): Generator<string> {
  for (const [index, rule] of verdict.rules.entries()) {
    if (rule.outcome !== outcome) continue;
    yield `  ${outcomeWord(outcome)}  ${ruleSentence(rule)}`;
    const missing = missingSentence(rule);
    if (missing !== undefined) yield `    ${missing}`;
    yield* findingLines(countedOf(rule, highlights[index], MAX_FINDINGS_PER_RULE));
  }
}

/** Also rules that are violated already: their limit may be passed by more than what was counted. */
function* undecidedRules({ verdict, highlights }: Judgement): Generator<string> {
  for (const [index, rule] of verdict.rules.entries()) {
    if (!isUndecided(rule)) continue;
    yield `  ${outcomeWord('inconclusive')}  ${ruleSentence(rule)}`;
    yield `    ${undecidedSentence(rule)}`;
    yield* findingLines(undecidedOf(rule, highlights[index], MAX_FINDINGS_PER_RULE));
  }
}

function* findingLines({ findings, total }: ShownFindings): Generator<string> {
  for (const finding of findings) yield* findingBlock(finding);
  const more = moreSentence(total, findings.length);
  if (more !== undefined) yield `    ${more}`;
}

const findingBlock = (finding: Finding): string[] => [
  `    ${severityOf(finding)}  ${nameOf(finding, '  ')}`,
  `      where: ${whereOf(finding)}`,
  `      fix:   ${fixOf(finding, MAX_FIX_CHARS)}`,
];

const otherReasons = (verdict: Verdict, outcome: Outcome): string[] => reasonsOf(verdict, outcome).flatMap(reasonLines);

const reasonLines = (reason: Reason): string[] => [
  `  ${reasonSentence(reason)}`,
  ...(reason.mend === undefined ? [] : [`    mend: ${brief(reason.mend, MAX_SENTENCE_CHARS)}`]),
];

function targetLines(target: VerdictTarget): string[] {
  const { name, state, subject, evidence, scan } = target;
  return [
    `  ${brief(name, 200)}: ${scannerOf(target)}, ${state}; ${countsSentence(target)}`,
    ...(subject === undefined ? [] : [`    subject: ${brief(subject, MAX_SENTENCE_CHARS)}`]),
    ...(scan.link === undefined ? [] : [`    details: ${brief(scan.link, MAX_SENTENCE_CHARS)}`]),
    ...(evidence === undefined ? [] : [`    seen: ${brief(evidence, MAX_SENTENCE_CHARS)}`]),
  ];
}

const heldRules = ({ rules }: Verdict): string[] =>
  rules
    .filter(({ outcome }) => outcome === 'pass')
    .map((rule) => {
      const missing = missingSentence(rule);
      return `  ${outcomeWord('pass')}  ${ruleSentence(rule)}${missing === undefined ? '' : `; ${missing}`}`;
    });
