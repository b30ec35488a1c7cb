import { type EntryLimits, EntryStore, isShown, type NumberedEntry, unreadableTargets } from '@scangate/core/ci';
import type { Finding, JudgedFinding, Judgement, Severity } from '@scangate/core/model';
import {
  ALL_FINDINGS,
  brief,
  findingLine,
  jsonText,
  type Reporter,
  reasonSentence,
  shorten,
  terminalBlock,
  terminalText,
} from '@scangate/core/reporters';

/*
 * The native format of the Warnings plugin: github.com/jenkinsci/analysis-model, JsonParser and IssueParser, read
 * 2026-11-23. It keeps what is new and what is fixed by `fingerprint`, and shows `description` as HTML.
 */

const LIMITS: EntryLimits = { maxEntries: 20_000, maxBytes: 20_000_000 };
const MAX_FIX_CHARS = 300;
const MAX_TEXT_CHARS = 2_000;
const MAX_NAME_CHARS = 200;

/** Our unknown may be anything, so it stands high. */
const SEVERITIES: Record<Severity, string> = {
  critical: 'ERROR',
  high: 'HIGH',
  unknown: 'HIGH',
  medium: 'NORMAL',
  low: 'LOW',
  info: 'LOW',
};

/** `jenkins-issues.json` for `recordIssues(tool: issues(pattern: ...))`. */
export const jenkinsIssues: Reporter = {
  format: 'jenkins-issues',
  fileName: 'jenkins-issues.json',
  create: () => issuesWriter(),
};

/** As {@link jenkinsIssues}, with other limits. */
export function issuesWriter(limits: EntryLimits = LIMITS) {
  const store = new EntryStore(limits);
  return {
    add(judged: JudgedFinding): undefined {
      if (isShown(judged)) store.add(judged.finding, (finding) => [issueOf(finding)]);
    },
    end: (judgement: Judgement): Iterable<string> => render(judgement, store),
  };
}

const HTML = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
  ['\n', '<br>'],
]);

/** Raw text for a place that is read as HTML. */
const htmlText = (text: string): string =>
  terminalBlock(shorten(text, MAX_TEXT_CHARS)).replace(/[&<>"'\n]/g, (unit) => HTML.get(unit) ?? unit);

const plain = (text: string): string => terminalText(brief(text, MAX_NAME_CHARS));

/** A file of the repository where there is one; else the thing that has the weakness. */
function fileNameOf({ location, target }: Finding): string {
  switch (location.kind) {
    case 'file':
      return plain(location.path);
    case 'package':
      return plain(location.path ?? location.name);
    case 'web':
      return plain(location.url ?? target);
    case 'host':
      return plain(location.host ?? location.ip ?? target);
    default:
      return plain(target);
  }
}

function descriptionOf({ description, impact, remediation, evidence }: Finding): string {
  const parts: [string, string | undefined][] = [
    ['To do', remediation],
    ['What it is', description],
    ['Impact', impact],
    ['Evidence', evidence],
  ];
  return parts
    .flatMap(([name, text]) =>
      text === undefined || text === '' ? [] : [`<p><b>${name}</b><br>${htmlText(text)}</p>`],
    )
    .join('');
}

/** The members of an issue, without its fingerprint and its braces. */
function issueOf(finding: Finding): string {
  const { location, severity, kind, vulnerability, target } = finding;
  const [start, end] = location.kind === 'file' ? [location.line, location.endLine] : [];
  return jsonText({
    fileName: fileNameOf(finding),
    ...(start === undefined ? {} : { lineStart: start, lineEnd: Math.max(start, end ?? start) }),
    severity: SEVERITIES[severity],
    message: htmlText(findingLine(finding, MAX_FIX_CHARS)),
    description: descriptionOf(finding),
    category: kind,
    type: plain(vulnerability.id),
    moduleName: plain(target),
  }).slice(1, -1);
}

const withFingerprint = (members: string, fingerprint: string): string =>
  `{${members},"fingerprint":${jsonText(fingerprint)}}`;

const entryText = ({ fingerprint, occurrence, parts }: NumberedEntry): string =>
  withFingerprint(parts.join(''), occurrence === 1 ? fingerprint : `${fingerprint}-${occurrence}`);

/** What is no finding and must not be missed: why there is no verdict, and what the file leaves out. */
function notesOf({ verdict }: Judgement, droppedCount: number): string[] {
  const note = (severity: Severity, type: string, message: string, about: string): string =>
    withFingerprint(
      jsonText({
        fileName: plain(about),
        severity: SEVERITIES[severity],
        message: htmlText(message),
        category: 'scangate',
        type,
      }).slice(1, -1),
      `scangate ${type} ${plain(about)}`,
    );
  const open = verdict.reasons
    .filter(({ outcome }) => outcome === 'inconclusive')
    .map((reason) => note('high', reason.code, reasonSentence(reason), reason.target ?? reason.rule ?? 'scangate'));
  if (droppedCount === 0) return open;
  const text = `${droppedCount} findings of lower severity are not shown here; all are in ${ALL_FINDINGS}`;
  return [...open, note('low', 'limit', text, 'scangate')];
}

function* render(judgement: Judgement, store: EntryStore): Generator<string> {
  const entries = store.list(unreadableTargets(judgement.verdict.targets));
  const notes = notesOf(judgement, store.droppedCount);
  yield `{"_class":"io.jenkins.plugins.analysis.core.restapi.ReportApi","size":${entries.length + notes.length},"issues":[`;
  let separator = '\n';
  for (const note of notes) {
    yield `${separator}${note}`;
    separator = ',\n';
  }
  for (const entry of entries) {
    yield `${separator}${entryText(entry)}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}
