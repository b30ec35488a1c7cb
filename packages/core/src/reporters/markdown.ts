import type { Finding } from '../model/finding.js';
import type { Judgement } from '../model/judged.js';
import type { Outcome, Reason, Verdict, VerdictRule, VerdictTarget } from '../model/verdict.js';
import {
  ALL_FINDINGS,
  acceptedSentence,
  brief,
  countedOf,
  countedSentence,
  countsSentence,
  fixOf,
  headline,
  identifiersOf,
  isUndecided,
  leftOutSentence,
  missingSentence,
  moreSentence,
  outcomeWord,
  reasonSentence,
  reasonsOf,
  ruleSentence,
  type ShownFindings,
  scannerOf,
  severityOf,
  titleOf,
  undecidedOf,
  undecidedSentence,
  whereOf,
} from './describe.js';
import { markdownText } from './escape/markdown.js';
import type { Reporter } from './reporter.js';

const MAX_FINDINGS_PER_RULE = 20;
const MAX_FIX_CHARS = 300;
const MAX_MESSAGE_CHARS = 500;
/** GitHub cuts a comment at 65,536 characters. What each part may take; the findings take what is left. */
const MAX_CHARS = 60_000;
const MAX_RULES_CHARS = 12_000;
const MAX_REASONS_CHARS = 12_000;
const MAX_TARGETS_CHARS = 12_000;

/** `summary.md` for a merge request or a job page. */
export const markdown: Reporter = {
  format: 'markdown',
  fileName: 'summary.md',
  create: () => ({ end: (judgement) => [summary(judgement)] }),
};

function summary(judgement: Judgement): string {
  const { verdict } = judgement;
  const head = [`# scangate: ${outcomeWord(verdict.outcome)}`, '', `**${markdownText(headline(verdict))}**`, ''];
  const top = [...head, ...rulesTable(verdict)].join('\n');
  const bottom = [...reasonsList(verdict), ...targetsTable(verdict), ...acceptedLine(verdict)].join('\n');
  const findings = findingTables(judgement, MAX_CHARS - top.length - bottom.length - 10);
  return `${[top, findings, bottom].filter((part) => part !== '').join('\n')}\n`;
}

/** The first items that fit, as lines, and how many did not. Renders no further than it must. */
function fitLines<Item>(items: readonly Item[], render: (item: Item) => string, maxChars: number) {
  const lines: string[] = [];
  let room = maxChars;
  for (const item of items) {
    const line = render(item);
    room -= line.length + 1;
    if (room < 0) break;
    lines.push(line);
  }
  return { lines, leftOut: items.length - lines.length };
}

const cutNote = (count: number, what: string): string =>
  `_${count} more ${what} not shown: this summary is limited to ${MAX_CHARS} characters; see verdict.json and ${ALL_FINDINGS}._`;

interface Block<Item> {
  head: readonly string[];
  items: readonly Item[];
  render: (item: Item) => string;
  maxChars: number;
  what: string;
}

/** A block of lines under a heading, cut to size with a note. */
function block<Item>({ head, items, render, maxChars, what }: Block<Item>): string[] {
  if (items.length === 0) return [];
  const kept = fitLines(items, render, maxChars);
  return [...head, ...kept.lines, '', ...(kept.leftOut > 0 ? [cutNote(kept.leftOut, what), ''] : [])];
}

const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;

const OUTCOME_ORDER: readonly Outcome[] = ['fail', 'inconclusive', 'warn', 'pass'];
const STATE_ORDER: readonly VerdictTarget['state'][] = ['unreadable', 'incomplete', 'complete'];

/** What needs a person's eye first, so that it is not what a limit cuts. */
function rulesTable({ rules }: Verdict): string[] {
  const render = ({ name, action, operator, limit, observed, outcome }: VerdictRule): string =>
    row(outcomeWord(outcome), markdownText(brief(name, 200)), `${operator} ${limit}`, String(observed), action);
  const head = [row('Outcome', 'Rule', 'Limit', 'Observed', 'Action'), '| --- | --- | --- | ---: | --- |'];
  const items = rules.toSorted((a, b) => OUTCOME_ORDER.indexOf(a.outcome) - OUTCOME_ORDER.indexOf(b.outcome));
  return block({ head, items, render, maxChars: MAX_RULES_CHARS, what: 'rules' });
}

/** Violated rules first, then warnings, then rules that could not decide. */
function findingTables({ verdict, highlights }: Judgement, maxChars: number): string {
  const numbered = verdict.rules.map((rule, index) => ({ rule, highlights: highlights[index] }));
  const broken = (outcome: 'fail' | 'warn') => numbered.filter(({ rule }) => rule.outcome === outcome);
  const open = numbered.filter(({ rule }) => isUndecided(rule));
  const tables = [
    ...[...broken('fail'), ...broken('warn')].map(({ rule, highlights }) =>
      findingTable(rule.outcome, rule, countedOf(rule, highlights, MAX_FINDINGS_PER_RULE)),
    ),
    ...open.map(({ rule, highlights }) =>
      findingTable('inconclusive', rule, undecidedOf(rule, highlights, MAX_FINDINGS_PER_RULE)),
    ),
  ];
  return fitTables(tables, maxChars);
}

interface FindingTable {
  head: string[];
  findings: readonly Finding[];
  foot: string[];
}

function findingTable(outcome: Outcome, rule: VerdictRule, { findings, total }: ShownFindings): FindingTable {
  const missing = outcome === 'inconclusive' ? undecidedSentence(rule) : missingSentence(rule);
  const more = moreSentence(total, findings.length);
  const head = [
    `## ${outcomeWord(outcome)}: ${markdownText(ruleSentence(rule))}`,
    '',
    ...(missing === undefined ? [] : [markdownText(missing), '']),
  ];
  return {
    head:
      findings.length === 0
        ? head
        : [...head, row('Severity', 'Id', 'Title', 'Where', 'Fix'), '| --- | --- | --- | --- | --- |'],
    findings,
    foot: ['', ...(more === undefined ? [] : [markdownText(more), ''])],
  };
}

const findingRow = (finding: Finding): string =>
  row(
    ...[
      severityOf(finding),
      identifiersOf(finding),
      titleOf(finding),
      whereOf(finding),
      fixOf(finding, MAX_FIX_CHARS),
    ].map(markdownText),
  );

const sizeOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0);

/** Whole rows only. Room for the closing note is kept back from the start. */
function fitTables(tables: readonly FindingTable[], maxChars: number): string {
  const lines: string[] = [];
  let room = maxChars - cutNote(MAX_CHARS, 'findings').length - 2;
  let leftOut = 0;
  for (const { head, findings, foot } of tables) {
    const frameChars = sizeOf([...head, ...foot]);
    const kept = fitLines(findings, findingRow, room - frameChars);
    leftOut += kept.leftOut;
    if (frameChars > room || (findings.length > 0 && kept.lines.length === 0)) continue;
    const shown = [...head, ...kept.lines, ...foot];
    room -= sizeOf(shown);
    lines.push(...shown);
  }
  return (leftOut > 0 ? [...lines, cutNote(leftOut, 'findings'), ''] : lines).join('\n');
}

const sentence = (text: string): string => `${brief(text, MAX_MESSAGE_CHARS).replace(/\.$/, '')}.`;

const listItem = (reason: Reason): string => {
  const mend = reason.mend === undefined ? '' : ` Mend: ${markdownText(sentence(reason.mend))}`;
  return `- **${outcomeWord(reason.outcome)}** ${markdownText(sentence(reasonSentence(reason)))}${mend}`;
};

function reasonsList(verdict: Verdict): string[] {
  const reasons = OUTCOME_ORDER.flatMap((outcome) => reasonsOf(verdict, outcome));
  return block({
    head: ['## Reasons', ''],
    items: reasons,
    render: listItem,
    maxChars: MAX_REASONS_CHARS,
    what: 'reasons',
  });
}

function targetsTable({ targets }: Verdict): string[] {
  const render = (target: VerdictTarget): string => {
    const judged = target.state === 'unreadable' ? countsSentence(target) : countedSentence(target);
    const out = target.state === 'unreadable' ? '' : (leftOutSentence(target) ?? 'nothing');
    return row(...[brief(target.name, 200), scannerOf(target), target.state, judged, out].map(markdownText));
  };
  const head = [
    '## Targets',
    '',
    row('Target', 'Scanner', 'State', 'Counted', 'Left out'),
    '| --- | --- | --- | --- | --- |',
  ];
  const items = targets.toSorted((a, b) => STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state));
  return block({ head, items, render, maxChars: MAX_TARGETS_CHARS, what: 'targets' });
}

function acceptedLine(verdict: Verdict): string[] {
  const accepted = acceptedSentence(verdict);
  return accepted === undefined ? [] : [`Accepted: ${markdownText(sentence(accepted))}`, ''];
}
