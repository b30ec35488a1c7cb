import type { Judgement, VerdictRule } from '@scangate/core/model';
import { ALL_FINDINGS, findingLine, ruleSentence, terminalText, undecidedSentence } from '@scangate/core/reporters';

/*
 * docs.gitlab.com/ci/jobs/job_logs, read 2026-11-23. A mark is a whole line of escape sequence, words and carriage
 * return. terminalText takes all three out of whatever comes from a report, so that none of it opens or ends a section.
 */
const CLEAR = '\u001b[0K';
const MAX_FIX_CHARS = 500;

/** The findings of each rule that is not simply held, folded: the summary above them names the first few. */
export function findingSections({ verdict, highlights }: Judgement): string {
  const seconds = Math.floor(Date.parse(verdict.finishedAt) / 1000);
  return verdict.rules
    .map((rule, index) => {
      if (rule.outcome === 'pass') return '';
      const isOpen = rule.outcome === 'inconclusive';
      const shown = (isOpen ? highlights[index]?.undecided : highlights[index]?.counted) ?? [];
      const moreCount = (isOpen ? rule.missing.count : rule.observed) - shown.length;
      const more = moreCount > 0 ? [`and ${moreCount} more; all are in ${ALL_FINDINGS}`] : [];
      const lines = [...shown.map((finding) => findingLine(finding, MAX_FIX_CHARS)), ...more];
      return lines.length === 0 ? '' : section(`scangate_rule_${index + 1}`, seconds, titleOf(rule), lines);
    })
    .join('');
}

const titleOf = (rule: VerdictRule): string =>
  rule.outcome === 'inconclusive'
    ? `INCONCLUSIVE  ${ruleSentence(rule)}; ${undecidedSentence(rule)}`
    : `${rule.outcome.toUpperCase()}  ${ruleSentence(rule)}`;

function section(name: string, seconds: number, title: string, lines: readonly string[]): string {
  return [
    `${CLEAR}section_start:${seconds}:${name}[collapsed=true]\r${CLEAR}${terminalText(title)}\n`,
    ...lines.map((line) => `  ${terminalText(line)}\n`),
    `${CLEAR}section_end:${seconds}:${name}\r${CLEAR}\n`,
  ].join('');
}
