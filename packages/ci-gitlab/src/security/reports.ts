import { type EntryLimits, EntryStore, idOf, isShown, type NumberedEntry, unreadableTargets } from '@scangate/core/ci';
import type { JudgedFinding, Judgement, Verdict } from '@scangate/core/model';
import {
  ALL_FINDINGS,
  brief,
  jsonText,
  type ReportContext,
  type Reporter,
  reasonSentence,
  terminalText,
} from '@scangate/core/reporters';
import { type ScanType, scanTypeOf } from './location.js';
import { vulnerabilityText } from './vulnerability.js';

/*
 * One report for each type, written in every run: `artifacts:reports` names its files before anybody knows what will be
 * found, and a file that is missing or empty is an error on GitLab's side. Types and schemas: GitLab's security report
 * schemas (gitlab.com/gitlab-org/security-products/security-report-schemas), read 2026-11-23.
 */
const VERSIONS: Record<ScanType, string> = {
  container_scanning: '15.2.0',
  dast: '15.2.1',
  dependency_scanning: '15.1.5',
  sast: '15.2.1',
};

const LIMITS: EntryLimits = { maxEntries: 10_000, maxBytes: 20_000_000 };
const MAX_REASONS = 100;
const MAX_MESSAGE_CHARS = 1_000;

export const securityReports: readonly Reporter[] = (
  ['container_scanning', 'dast', 'dependency_scanning', 'sast'] as const
).map((type) => {
  const word = type.replace('_', '-');
  return {
    format: `gitlab-${word}`,
    fileName: `gl-${word}-report.json`,
    create: (context) => securityWriter(type, context),
  };
});

/** What of the stream does not stand in the report. */
interface LeftOut {
  /** Does not count, and no rule looks at it. */
  notCounted: number;
  /** Counts, but GitLab has no type for its place. */
  withoutType: number;
}

/** The report of one type, with other limits where they are given. */
export function securityWriter(
  type: ScanType,
  { ruleNames, toolVersion }: ReportContext,
  limits: EntryLimits = LIMITS,
) {
  const store = new EntryStore(limits);
  const leftOut: LeftOut = { notCounted: 0, withoutType: 0 };
  return {
    add(judged: JudgedFinding): undefined {
      const found = scanTypeOf(judged.finding);
      if (!isShown(judged)) leftOut.notCounted += found === type ? 1 : 0;
      else if (found === undefined) leftOut.withoutType++;
      else if (found === type) store.add(judged.finding, () => [vulnerabilityText(judged, ruleNames)]);
    },
    end: ({ verdict }: Judgement): Iterable<string> => render(type, verdict, toolVersion, store, leftOut),
  };
}

function* render(
  type: ScanType,
  verdict: Verdict,
  toolVersion: string,
  store: EntryStore,
  leftOut: LeftOut,
): Generator<string> {
  const entries = store.list(unreadableTargets(verdict.targets));
  yield `{\n"version":"${VERSIONS[type]}",\n`;
  yield `"scan":${jsonText(scanOf(type, verdict, toolVersion, store.droppedCount, leftOut))},\n"vulnerabilities":[`;
  for (const [index, entry] of entries.entries()) yield `${index === 0 ? '\n' : ',\n'}${entryText(type, entry)}`;
  yield '\n]\n}\n';
}

/** A place in code is told by its line, which moves: the fingerprint takes its place in GitLab's memory. */
function entryText(type: ScanType, entry: NumberedEntry): string {
  const id = idOf(entry);
  const tracking = { type: 'source', items: [{ signatures: [{ algorithm: 'hash', value: id }] }] };
  const members = type === 'sast' ? { id, tracking } : { id };
  return `${jsonText(members).slice(0, -1)},${entry.parts.join('')}`;
}

/** UTC, without zone and fraction, as the schemas want it. */
const timeOf = (iso: string): string => iso.slice(0, 19);

function scanOf(type: ScanType, verdict: Verdict, toolVersion: string, droppedCount: number, leftOut: LeftOut): object {
  const tool = { id: 'scangate', name: 'scangate', version: toolVersion, vendor: { name: 'scangate' } };
  const isWhole = verdict.outcome !== 'inconclusive' && verdict.targets.every(({ state }) => state === 'complete');
  return {
    analyzer: tool,
    scanner: tool,
    type,
    start_time: timeOf(verdict.startedAt),
    end_time: timeOf(verdict.finishedAt),
    // Nobody may take an empty report for a clean one where something was not seen.
    status: isWhole ? 'success' : 'failure',
    messages: messagesOf(verdict, droppedCount, leftOut),
    ...(type === 'dast' ? { scanned_resources: scannedResources(verdict) } : {}),
  };
}

interface Message {
  level: 'fatal' | 'warn' | 'info';
  value: string;
}

const message = (level: Message['level'], words: string): Message => ({
  level,
  value: terminalText(brief(words, MAX_MESSAGE_CHARS)),
});

const findings = (count: number): string => `${count} finding${count === 1 ? '' : 's'}`;

function messagesOf({ reasons }: Verdict, droppedCount: number, { notCounted, withoutType }: LeftOut): Message[] {
  const open = reasons.filter(({ code }) => code !== 'SCANGATE_RULE_VIOLATED');
  const shown = open
    .slice(0, MAX_REASONS)
    .map((reason) =>
      message(
        reason.outcome === 'inconclusive' ? 'fatal' : 'warn',
        `${reasonSentence(reason)}${reason.mend === undefined ? '' : `. Mend: ${reason.mend}`}`,
      ),
    );
  const more = open.length - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [message('warn', `${more} more reasons are in verdict.json`)] : []),
    ...(droppedCount > 0
      ? [
          message(
            'warn',
            `this report is limited; ${findings(droppedCount)} left out, least severe first. All are in ${ALL_FINDINGS}`,
          ),
        ]
      : []),
    ...(notCounted > 0
      ? [message('info', `${findings(notCounted)} left out, as the policy does not count them; see ${ALL_FINDINGS}`)]
      : []),
    ...(withoutType > 0
      ? [
          message(
            'info',
            `${findings(withoutType)} left out: GitLab has no security report for hosts, controls and findings without a place; see gl-code-quality-report.json and ${ALL_FINDINGS}`,
          ),
        ]
      : []),
  ];
}

/** The addresses that the scans say they began at. */
function scannedResources({ targets }: Verdict): object[] {
  return targets.flatMap(({ subject = '' }) =>
    /^https?:\/\/[\w.:[\]-]+(?:\/[\w./~%-]*)?$/.test(subject) ? [{ method: 'GET', url: subject, type: 'url' }] : [],
  );
}
