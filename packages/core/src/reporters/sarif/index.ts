import type { JudgedFinding, Judgement } from '../../model/judged.js';
import { SEVERITIES } from '../../model/severity.js';
import type { Reason, Verdict } from '../../model/verdict.js';
import { ALL_FINDINGS, brief, headline, outcomeWord, plural, reasonSentence, reasonsOf } from '../describe.js';
import { jsonText } from '../escape/json.js';
import { sarifText } from '../escape/sarif.js';
import type { ReportContext, Reporter } from '../reporter.js';
import { isResult, physicalLocation } from './results.js';
import { type KeptResult, MAX_ANCHOR_BYTES, ResultStore, type SarifLimits } from './store.js';
import { relativeUri } from './uri.js';

/**
 * GitHub refuses more than 25,000 results and 10 MB after gzip, and of what it takes it keeps the 5,000 most severe (its
 * page on SARIF limits, read 2026-11-23). The raw text stays below the size, since a hostile report can hold text that
 * does not compress.
 */
const LIMITS: SarifLimits = { maxResults: 5_000, maxBytes: 9_500_000 };
const MAX_NOTES = 100;
const MAX_NOTE_CHARS = 1000;

/** The file that a finding without one is anchored on, where the policy came from flags or from outside. */
const DEFAULT_ANCHOR = 'scangate.yml';

/** `scangate.sarif`: SARIF 2.1.0 for code scanning pages and viewers. */
export const sarif: Reporter = {
  format: 'sarif',
  fileName: 'scangate.sarif',
  create: (context) => sarifWriter(context),
};

/** As {@link sarif}, with other limits. */
export function sarifWriter(context: ReportContext, limits: SarifLimits = LIMITS) {
  const store = new ResultStore(limits, context.ruleNames);
  let seenCount = 0;
  return {
    add(judged: JudgedFinding): undefined {
      seenCount++;
      if (isResult(judged)) store.add(judged);
    },
    end: (judgement: Judgement): Iterable<string> => render(judgement, store, context, seenCount),
  };
}

function* render(
  { verdict }: Judgement,
  store: ResultStore,
  context: ReportContext,
  seenCount: number,
): Generator<string> {
  const unreadable = new Set(verdict.targets.filter(({ state }) => state === 'unreadable').map(({ name }) => name));
  const all = store.list();
  const results = all.filter(({ target }) => !unreadable.has(target));
  const rules = [...new Set(results.map(({ rule }) => rule))];
  const numbers = new Map(rules.map((rule, index) => [rule, index]));
  const unjudgedCount = all.length - results.length;
  const anchor = anchorOf(verdict.policy.source);

  yield '{\n"version":"2.1.0",\n"$schema":"https://json.schemastore.org/sarif-2.1.0.json",\n"runs":[{\n';
  yield `"tool":{"driver":{"name":"scangate","semanticVersion":${jsonText(context.toolVersion)},"rules":[`;
  for (const [index, { json }] of rules.entries()) yield `${index === 0 ? '\n' : ',\n'}${json}`;
  yield `\n]}},\n"automationDetails":{"id":"scangate/"},\n"columnKind":"utf16CodeUnits",\n`;
  yield `"invocations":[${jsonText(invocation(verdict, store, unjudgedCount))}],\n"results":[`;
  for (const [index, result] of results.entries()) {
    yield `${index === 0 ? '\n' : ',\n'}${resultText(result, numbers.get(result.rule) ?? 0, anchor)}`;
  }
  yield `\n],\n"properties":${jsonText(runProperties(verdict, store, { seenCount, writtenCount: results.length, unjudgedCount }))}\n}]\n}\n`;
}

/** The place in the policy file, in JSON. */
function anchorOf(source: string): string {
  const uri = source.startsWith('-') ? undefined : relativeUri(source);
  const anchor = physicalLocation(uri ?? DEFAULT_ANCHOR);
  return anchor.length > MAX_ANCHOR_BYTES ? physicalLocation(DEFAULT_ANCHOR) : anchor;
}

const resultText = ({ rule, physical, rest }: KeptResult, index: number, anchor: string): string =>
  `{"ruleId":${rule.idJson},"ruleIndex":${index},"locations":[{"physicalLocation":${physical ?? anchor},${rest}`;

const note = (id: string, level: 'error' | 'warning', text: string) => ({
  descriptor: { id },
  level,
  message: { text: sarifText(brief(text, MAX_NOTE_CHARS)) },
});

const reasonNote = (reason: Reason) =>
  note(
    reason.code,
    reason.outcome === 'warn' ? 'warning' : 'error',
    `${reasonSentence(reason)}${reason.mend === undefined ? '' : `. Mend: ${reason.mend}`}`,
  );

function invocation(verdict: Verdict, { dropped }: ResultStore, unjudgedCount: number) {
  const reasons = (['inconclusive', 'fail', 'warn'] as const).flatMap((outcome) => reasonsOf(verdict, outcome));
  const notes = [
    ...(dropped.size > 0 ? [note('SCANGATE_SARIF_LIMIT', 'warning', droppedSentence(dropped))] : []),
    ...(unjudgedCount > 0
      ? [
          note(
            'SCANGATE_SARIF_UNJUDGED',
            'warning',
            `${plural(unjudgedCount, 'result')} left out: the report could not be read to its end, so nothing of it is judged`,
          ),
        ]
      : []),
    ...reasons.slice(0, MAX_NOTES).map(reasonNote),
    ...(reasons.length > MAX_NOTES
      ? [note('SCANGATE_SARIF_LIMIT', 'warning', `${reasons.length - MAX_NOTES} more reasons are in verdict.json`)]
      : []),
  ];
  return {
    executionSuccessful: verdict.outcome !== 'inconclusive',
    exitCode: verdict.exitCode,
    startTimeUtc: verdict.startedAt,
    endTimeUtc: verdict.finishedAt,
    toolExecutionNotifications: notes,
  };
}

const bySeverity = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries(
    [...SEVERITIES.toReversed(), 'unknown']
      .filter((key) => counts.has(key))
      .map((key) => [key, counts.get(key) as number]),
  );

function droppedSentence(dropped: ReadonlyMap<string, number>): string {
  const counts = Object.entries(bySeverity(dropped)).map(([severity, count]) => `${count} ${severity}`);
  return `this file is limited to what code scanning takes; left out, least severe first: ${counts.join(', ')}. All findings are in ${ALL_FINDINGS}`;
}

interface ResultCounts {
  seenCount: number;
  writtenCount: number;
  unjudgedCount: number;
}

const runProperties = (
  verdict: Verdict,
  { dropped }: ResultStore,
  { seenCount, writtenCount, unjudgedCount }: ResultCounts,
) => ({
  outcome: verdict.outcome,
  summary: sarifText(`${outcomeWord(verdict.outcome)}: ${headline(verdict)}`),
  policyDigest: verdict.policy.digest,
  findings: {
    seen: seenCount,
    written: writtenCount,
    /** Left out of the population for what they are: kinds that the policy does not name, and fixed ones. */
    notInPopulation:
      seenCount - writtenCount - unjudgedCount - [...dropped.values()].reduce((sum, count) => sum + count, 0),
    unjudged: unjudgedCount,
    droppedForSize: bySeverity(dropped),
  },
});
