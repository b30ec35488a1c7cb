/*
 * The words for findings, rules, reasons and targets, written once for every reporter. The texts are raw: what a
 * report brought is still in them, and the reporter escapes where it writes its syntax.
 */
import type { Finding, Location } from '../model/finding.js';
import type { RuleHighlights } from '../model/judged.js';
import { SEVERITIES } from '../model/severity.js';
import type { Outcome, Reason, Verdict, VerdictRule, VerdictTarget } from '../model/verdict.js';
import { oneLine, shorten } from './escape/shorten.js';

/** The file that holds every finding, whatever a report for people leaves out. */
export const ALL_FINDINGS = 'findings.ndjson';

const MAX_TITLE_CHARS = 200;
const MAX_PLACE_CHARS = 300;
const MAX_ID_CHARS = 100;
const MAX_ALIASES = 5;

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Raw text on one line, cut with a note. Cut first: a text of a hostile report may be megabytes long. */
export const brief = (text: string, maxChars: number): string =>
  shorten(oneLine(shorten(text, 8 * maxChars)), maxChars);

export const outcomeWord = (outcome: Outcome): string => outcome.toUpperCase();

/** The verdict in one sentence, without the outcome's word. */
export function headline(verdict: Verdict): string {
  const { rules, reasons, outcome } = verdict;
  const of = `of ${plural(rules.length, 'rule')}`;
  const violated = rules.filter((rule) => rule.outcome === 'fail').length;
  const warned = rules.filter((rule) => rule.outcome === 'warn').length;
  const open = reasons.filter((reason) => reason.outcome === 'inconclusive').length;
  if (outcome === 'pass') return rules.length === 1 ? 'the rule holds' : `all ${plural(rules.length, 'rule')} hold`;
  if (outcome === 'inconclusive') return `no verdict can be given, for ${plural(open, 'reason')}`;
  if (outcome === 'warn') {
    return warned > 0
      ? `${warned} ${of} warn${warned === 1 ? 's' : ''}`
      : 'every rule holds, but a scan is not complete';
  }
  const first = violated > 0 ? `${violated} ${of} ${violated === 1 ? 'is' : 'are'} violated` : 'a scan is not complete';
  return open > 0 ? `${first}, and not everything could be judged` : first;
}

/** `rule "nothing urgent": at most 0, observed 3`. */
export const ruleSentence = ({ name, operator, limit, observed }: VerdictRule): string =>
  `rule "${brief(name, MAX_TITLE_CHARS)}": ${operator} ${limit}, observed ${observed}`;

/** `2 findings lack cvss; the rule counts them`, with a count for each of several fields. Undefined when nothing is missing. */
export function missingSentence({ missing }: VerdictRule): string | undefined {
  if (missing.count === 0) return undefined;
  const counts = Object.entries(missing.fields);
  const fields = counts.map(([field, count]) => (counts.length === 1 ? field : `${field} (${count})`));
  const [verb, them] = missing.count === 1 ? ['lacks', 'it'] : ['lack', 'them'];
  const treatment = { inconclusive: `cannot decide on ${them}`, ignore: `leaves ${them} out`, fail: `counts ${them}` };
  return `${plural(missing.count, 'finding')} ${verb} ${fields.join(', ')}; the rule ${treatment[missing.treatedAs]}`;
}

/** The id in its catalogue with the CVE names: `QID 38173 (CVE-2099-0001)`. */
export function identifiersOf({ vulnerability: { source, id, aliases = [] } }: Finding): string {
  const cves = aliases.filter((alias) => /^CVE-\d{4}-\d{4,19}$/i.test(alias));
  const more = cves.length > MAX_ALIASES ? [`${cves.length - MAX_ALIASES} more`] : [];
  const label = source === 'qualys' && /^\d+$/.test(id) ? `QID ${id}` : brief(id, MAX_ID_CHARS);
  return cves.length === 0 ? label : `${label} (${[...cves.slice(0, MAX_ALIASES), ...more].join(', ')})`;
}

export const titleOf = ({ vulnerability }: Finding): string => brief(vulnerability.title, MAX_TITLE_CHARS);

/** Ids and title; the ids alone where the title begins with them, as with scanners that name by the title. */
export function nameOf(finding: Finding, separator = ' '): string {
  const [ids, title] = [identifiersOf(finding), titleOf(finding)];
  return title === ids || title.startsWith(`${ids}: `) ? title : `${ids}${separator}${title}`;
}

/** Our word; for an unknown severity with the source's own. */
export const severityOf = ({ severity, vendorSeverity }: Finding): string =>
  severity === 'unknown' && vendorSeverity !== undefined
    ? `unknown (the source says "${brief(vendorSeverity, 40)}")`
    : severity;

const joined = (separator: string, ...parts: (string | number | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(separator);

const prefixed = (prefix: string, text: string | number | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : `${prefix}${text}`;

function place(location: Location): string {
  switch (location.kind) {
    case 'web':
      return joined(', ', joined(' ', location.method, location.url), prefixed('parameter ', location.parameter));
    case 'package': {
      const name = joined(' ', location.name, location.version, location.ecosystem && `(${location.ecosystem})`);
      const artifact = location.artifact === location.path ? undefined : location.artifact;
      return joined(', ', name, location.path, prefixed('in ', artifact));
    }
    case 'host': {
      const { host, ip, port, protocol, service, instance } = location;
      const address = host !== undefined && ip !== undefined ? `${host} (${ip})` : (host ?? ip);
      return joined(
        ', ',
        address,
        prefixed('port ', port === undefined ? undefined : joined('/', port, protocol)),
        service,
        instance,
      );
    }
    case 'file':
      return joined(', ', joined(':', location.path, location.line), location.resource);
    case 'control':
      return joined(', ', prefixed('control ', location.control), prefixed('on ', location.subject), location.instance);
    case 'none':
      return '';
  }
}

/** Where it was found, without the target. Empty when the source does not say. */
export const placeOf = ({ location }: Finding): string => brief(place(location), MAX_PLACE_CHARS);

/** Target and place. */
export const whereOf = (finding: Finding, place = placeOf(finding)): string =>
  joined(': ', brief(finding.target, MAX_ID_CHARS), place);

/** What to do about it, as the source says it; says so when the source names nothing. */
export function fixOf({ fix, remediation, location }: Finding, maxChars: number): string {
  const version = fix?.version === undefined ? undefined : brief(fix.version, MAX_ID_CHARS);
  const words = remediation === undefined ? '' : brief(remediation, maxChars);
  if (words !== '') return version === undefined || words.includes(version) ? words : `${words} (fixed in ${version})`;
  if (version !== undefined) {
    return location.kind === 'package'
      ? `update ${brief(location.name, MAX_ID_CHARS)} to ${version}`
      : `fixed in ${version}`;
  }
  if (fix === undefined) return 'the source names no fix';
  return fix.available ? 'a fix is available, the source does not name it' : 'no fix is available yet';
}

/** A finding in one line: severity, ids, title, place and fix. */
export const findingLine = (finding: Finding, maxFixChars: number): string =>
  `${severityOf(finding).toUpperCase()} ${nameOf(finding)}; where: ${whereOf(finding)}; fix: ${fixOf(finding, maxFixChars)}`;

/** `and 12 more; all are in findings.ndjson`. Undefined when all are shown. */
export const moreSentence = (total: number, shown: number): string | undefined =>
  total > shown ? `and ${total - shown} more; all are in ${ALL_FINDINGS}` : undefined;

/** The findings to show of a rule, and how many there are in all. */
export interface ShownFindings {
  findings: readonly Finding[];
  total: number;
}

export const countedOf = (rule: VerdictRule, highlights: RuleHighlights | undefined, max: number): ShownFindings => ({
  findings: highlights?.counted.slice(0, max) ?? [],
  total: rule.observed,
});

/** Findings a rule could not decide on. Those it counts all the same stand among the counted ones. */
export const undecidedOf = (rule: VerdictRule, highlights: RuleHighlights | undefined, max: number): ShownFindings =>
  lacksFields(rule)
    ? { findings: highlights?.undecided.slice(0, max) ?? [], total: rule.missing.count }
    : { findings: [], total: 0 };

const lacksFields = ({ missing }: VerdictRule): boolean => missing.count > 0 && missing.treatedAs === 'inconclusive';

/** Whether more than what was counted may break the rule. Also true of rules that are violated already. */
export const isUndecided = (rule: VerdictRule): boolean => rule.outcome === 'inconclusive' || lacksFields(rule);

/** Why it is not known whether the rule holds. */
export const undecidedSentence = (rule: VerdictRule): string =>
  (lacksFields(rule) ? missingSentence(rule) : undefined) ??
  'not everything was seen, so the rule cannot be said to hold';

/** Reasons with this outcome, without those that only repeat what a violated rule says. */
export const reasonsOf = ({ reasons }: Verdict, outcome: Outcome): Reason[] =>
  reasons.filter((reason) => reason.outcome === outcome && reason.code !== 'SCANGATE_RULE_VIOLATED');

export const reasonSentence = ({ code, message }: Pick<Reason, 'code' | 'message'>): string =>
  `${code}: ${brief(message, 1000)}`;

/** `3 counted (1 critical, 2 high)`. */
export function countedSentence({ counts }: VerdictTarget): string {
  const parts = [...SEVERITIES.toReversed(), 'unknown']
    .filter((severity) => (counts.bySeverity[severity] ?? 0) > 0)
    .map((severity) => `${counts.bySeverity[severity]} ${severity}`);
  return parts.length === 0 ? `${counts.counted} counted` : `${counts.counted} counted (${parts.join(', ')})`;
}

/** `37 left out (information)`, or with a count for each of several reasons. Undefined when nothing was left out. */
export function leftOutSentence({ counts: { leftOut } }: VerdictTarget): string | undefined {
  const total = leftOut.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return undefined;
  const name = (reason: string): string => brief(reason, MAX_ID_CHARS);
  const parts =
    leftOut.length === 1
      ? leftOut.map(({ reason }) => name(reason))
      : leftOut.map(({ reason, count }) => `${count} ${name(reason)}`);
  return `${total} left out (${parts.join(', ')})`;
}

/** `0 counted, 37 left out (information)`; what is not counted is never silent. */
export function countsSentence(target: VerdictTarget): string {
  const { partlyExcluded } = target.counts;
  const partly =
    partlyExcluded > 0 ? `${partlyExcluded} counted although the policy excludes some of their CVEs` : undefined;
  const unread =
    target.state === 'unreadable'
      ? `nothing is judged, ${plural(target.counts.total, 'finding')} read before the error`
      : undefined;
  return unread ?? joined(', ', countedSentence(target), leftOutSentence(target), partly);
}

/** Scanner and tool: `trivy (Trivy 0.69.1)`. */
export function scannerOf({ scanner, tool }: VerdictTarget): string {
  const name = tool === undefined ? '' : brief(joined(' ', tool.name, tool.version), MAX_ID_CHARS);
  return name === '' || name.toLowerCase() === scanner.toLowerCase() ? scanner : `${scanner} (${name})`;
}

/** `2 waivers used, 1 expired, 3 unused; baseline FILE with 12 findings`. Undefined when there are neither. */
export function acceptedSentence({ waivers: { used, expired, unused }, baseline }: Verdict): string | undefined {
  const waivers =
    used.length + expired.length + unused.length > 0
      ? `${plural(used.length, 'waiver')} used, ${expired.length} expired, ${unused.length} unused`
      : undefined;
  const accepted =
    baseline === null ? undefined : `baseline ${baseline.source} with ${plural(baseline.count, 'finding')}`;
  return waivers === undefined && accepted === undefined ? undefined : joined('; ', waivers, accepted);
}
