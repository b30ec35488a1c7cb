import { createHash } from 'node:crypto';
import { type EntryLimits, EntryStore, idOf, isShown, type NumberedEntry, unreadableTargets } from '@scangate/core/ci';
import type { Finding, JudgedFinding, Judgement, Reason, Severity, Verdict } from '@scangate/core/model';
import {
  ALL_FINDINGS,
  brief,
  findingLine,
  jsonText,
  type Reporter,
  reasonSentence,
  terminalText,
} from '@scangate/core/reporters';
import { repositoryPath } from './path.js';

/*
 * docs.gitlab.com/ci/testing/code_quality, read 2026-11-23. GitLab stops at the first entry that its schema refuses, and
 * of two entries with one fingerprint it shows the second alone. The widget is slow long before the file is too large.
 */
const LIMITS: EntryLimits = { maxEntries: 5_000, maxBytes: 10_000_000 };
const MAX_FIX_CHARS = 300;
const MAX_NOTE_CHARS = 1_000;
const MAX_REASONS = 100;

/** Our unknown may be anything, so it stands high. */
const SEVERITIES: Record<Severity, string> = {
  critical: 'blocker',
  high: 'critical',
  unknown: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
};

/** A file that every project with a pipeline has, where the policy came from flags or from outside. */
const DEFAULT_ANCHOR = '.gitlab-ci.yml';

/** `gl-code-quality-report.json` for the widget of the merge request and its diff. */
export const codeQuality: Reporter = {
  format: 'gitlab-code-quality',
  fileName: 'gl-code-quality-report.json',
  create: () => codeQualityWriter(),
};

/** As {@link codeQuality}, with other limits. */
export function codeQualityWriter(limits: EntryLimits = LIMITS) {
  const store = new EntryStore(limits);
  return {
    add(judged: JudgedFinding): undefined {
      if (isShown(judged)) store.add(judged.finding, partsOf);
    },
    end: (judgement: Judgement): Iterable<string> => render(judgement, store),
  };
}

function* render({ verdict }: Judgement, store: EntryStore): Generator<string> {
  const unreadable = unreadableTargets(verdict.targets);
  const anchor = anchorOf(verdict);
  const entries = [
    ...store.list(unreadable).map((entry) => entryText(entry, anchor)),
    ...notes(verdict, store, anchor),
  ];
  yield '[';
  for (const [index, entry] of entries.entries()) yield `${index === 0 ? '\n' : ',\n'}${entry}`;
  yield '\n]\n';
}

/** Name and description, and the place in the repository where there is one. */
function partsOf(finding: Finding): string[] {
  const { source, id } = finding.vulnerability;
  const members = {
    description: terminalText(findingLine(finding, MAX_FIX_CHARS)),
    check_name: terminalText(brief(`${source}/${id}`, 200)),
    severity: SEVERITIES[finding.severity],
  };
  const place = placeOf(finding);
  return [jsonText(members).slice(1), ...(place === undefined ? [] : [place])];
}

/** A web page, a host or a package of an image is in no file of the repository. */
function placeOf({ location }: Finding): string | undefined {
  if (location.kind === 'file') {
    const path = repositoryPath(location.path);
    return path === undefined ? undefined : placeText(path, location.line);
  }
  if (location.kind !== 'package' || location.path === undefined || location.layer !== undefined) return undefined;
  const path = repositoryPath(location.path);
  return path === undefined ? undefined : placeText(path);
}

const placeText = (path: string, line = 1): string => jsonText({ path, lines: { begin: Math.max(1, line) } });

function anchorOf({ policy: { source } }: Verdict): string {
  return placeText((source.startsWith('-') ? undefined : repositoryPath(source)) ?? DEFAULT_ANCHOR);
}

const entryText = (entry: NumberedEntry, anchor: string): string =>
  `{"fingerprint":${jsonText(idOf(entry))},"location":${entry.parts[1] ?? anchor},${entry.parts[0]}`;

/** A run that saw too little would otherwise look like code without a flaw. */
function notes(verdict: Verdict, store: EntryStore, anchor: string): string[] {
  const open = verdict.reasons.filter(({ outcome }) => outcome === 'inconclusive');
  const shown = open.slice(0, MAX_REASONS);
  const more = open.length - shown.length;
  const seen = new Map<string, number>();
  const left = store.droppedCount;
  return [
    ...shown.map((reason) => noteText(reason.code, 'blocker', reasonText(reason), anchor, keyOf(reason, seen))),
    ...(more > 0
      ? [noteText('SCANGATE_MORE', 'blocker', `${more} more reasons are in verdict.json`, anchor, 'more')]
      : []),
    ...(left > 0 ? [noteText('SCANGATE_LIMIT', 'info', limitSentence(left), anchor, 'limit')] : []),
  ];
}

const limitSentence = (count: number): string =>
  `this report is limited; ${count} finding${count === 1 ? '' : 's'} left out, least severe first. All are in ${ALL_FINDINGS}`;

const reasonText = (reason: Reason): string =>
  `INCONCLUSIVE ${reasonSentence(reason)}${reason.mend === undefined ? '' : `. Mend: ${reason.mend}`}`;

/** The same from run to run for the same cause; a number where one cause has several reasons. */
function keyOf({ code, rule, target }: Reason, seen: Map<string, number>): string {
  const key = JSON.stringify([code, rule ?? null, target ?? null]);
  const number = (seen.get(key) ?? 0) + 1;
  seen.set(key, number);
  return `${key}${number}`;
}

function noteText(code: string, severity: string, words: string, anchor: string, key: string): string {
  const fingerprint = createHash('sha256').update(`scangate note ${key}`).digest('hex').slice(0, 32);
  const members = { description: terminalText(brief(words, MAX_NOTE_CHARS)), check_name: `scangate/${code}`, severity };
  return `{"fingerprint":"${fingerprint}","location":${anchor},${jsonText(members).slice(1)}`;
}
