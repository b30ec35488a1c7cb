import { excerpt, ScangateError } from '../../../errors.js';
import type { FindingKind, RawFinding, Vulnerability } from '../../../model/finding.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, listIn, objectIn, wordsIn } from '../../../wire/take.js';
import { aliasList, cveNames, maskSecret, shorten } from '../../normalise.js';
import { furtherPlaces, locationOf, type PlaceContext } from './places.js';
import { isQualys, perSoftware, qdsOf, qidOf, qualysAliases, qualysRating } from './qualys.js';
import { formattedText, messageText, type Rule, type RuleIndex, ruleIdOf } from './rules.js';
import {
  type Bags,
  bagTexts,
  cweOf,
  isSourceAnalyser,
  meaningOf,
  owaspOf,
  type ResultMeaning,
  ratingOf,
  topicOf,
} from './severity.js';

/** What a result inherits from its run. */
interface ResultContext extends PlaceContext {
  rules: RuleIndex;
  severitySource: 'vendor' | 'customer';
}

/**
 * The findings of one result: none when it passed, one as a rule, one for each piece of software in QScanner's reports.
 * Several locations are several places of one result, so they stay one finding.
 */
export function resultFindings(result: JsonMembers, context: ResultContext, at: string): RawFinding[] {
  const meaning = meaningOf(result, at);
  if (meaning === 'none') return [];
  const rule = context.rules.find(result, at);
  const bags = [objectIn(result, 'properties', at), rule && objectIn(rule.members, 'properties', 'rule')].filter(
    (bag) => bag !== undefined,
  );
  const tool = wordsIn(context.rules.driver, 'name', 'tool.driver') ?? '';
  const message = messageText(objectIn(result, 'message', at), rule, `${at}.message`);
  const parts: Parts = { result, rule, bags, tool, message, meaning, at };
  return isQualys(tool) ? perSoftware(qualysFinding(parts, context), result, at) : [finding(parts, context)];
}

interface Parts {
  result: JsonMembers;
  rule: Rule | undefined;
  bags: Bags;
  tool: string;
  message: string | undefined;
  meaning: ResultMeaning;
  at: string;
}

function finding(parts: Parts, context: ResultContext): RawFinding {
  const { result, rule, bags, tool, message, meaning, at } = parts;
  const id = ruleIdOf(result, at) ?? (rule && wordsIn(rule.members, 'id', 'rule'));
  const topic = topicOf(tool, id ?? '', bagTexts(bags, 'tags'));
  const shown = topic === 'secret' ? maskWords(message) : message;
  // Gitleaks before 8 names no rule at all: its message does.
  const name = id ?? (shown && firstLine(shown));
  if (name === undefined) throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at} names no rule and has no message`);
  return {
    vulnerability: {
      ...vulnerability(parts, name),
      source: tool,
      title: titleOf(parts, topic === 'secret' ? undefined : message) ?? name,
      aliases: aliasesOf(name, topic, parts),
    },
    kind: kindOf(meaning, topic),
    ...ratingOf(result, rule, context.run, bags, meaning),
    ...shared(parts, context, name),
    evidence: evidenceOf(topic === 'secret' ? undefined : message, result, context, at),
  };
}

function qualysFinding(parts: Parts, context: ResultContext): RawFinding {
  const { result, rule, bags, tool, message, meaning, at } = parts;
  const id = qidOf(bags, ruleIdOf(result, at) ?? (rule && wordsIn(rule.members, 'id', 'rule')));
  if (id === undefined) throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at} names no QID`);
  const topic = topicOf(tool, id, bagTexts(bags, 'tags'));
  return {
    vulnerability: {
      ...vulnerability(parts, id),
      source: 'qualys',
      title: titleOf(parts, topic === 'secret' ? undefined : message) ?? id,
      aliases: qualysAliases(id, bags),
    },
    kind: kindOf(meaning, topic),
    ...qualysRating(bags, context.severitySource),
    qds: qdsOf(bags),
    ...shared(parts, context, id),
    evidence: evidenceOf(topic === 'secret' ? undefined : message, result, context, at),
  };
}

function vulnerability(
  { result, rule, bags, at }: Parts,
  id: string,
): Pick<Vulnerability, 'id' | 'cwe' | 'owasp' | 'links'> {
  const taxa = listIn(result, 'taxa', at).map((value) => asObject(value, `${at}.taxa[]`));
  const related = rule ? listIn(rule.members, 'relationships', 'rule') : [];
  const targets = related
    .map((value) => objectIn(asObject(value, 'relationships[]'), 'target', 'relationships[]'))
    .filter((target) => target !== undefined);
  const link = rule && wordsIn(rule.members, 'helpUri', 'rule');
  return {
    id,
    cwe: cweOf(bags, [...taxa, ...targets]),
    owasp: owaspOf(bags),
    links: link === undefined ? undefined : [link],
  };
}

/** What is the same for every tool. */
function shared(
  { result, rule, at }: Parts,
  context: ResultContext,
  id: string,
): Omit<RawFinding, 'vulnerability' | 'kind' | 'severity'> {
  const fixes = listIn(result, 'fixes', at).map((value) => asObject(value, `${at}.fixes[]`));
  const proposed = fixes.flatMap((fix) => formattedText(objectIn(fix, 'description', at), at) ?? []);
  const help = rule && formattedText(objectIn(rule.members, 'help', 'rule'), 'rule.help');
  return {
    status: statusOf(result, at),
    ignored: suppressionOf(result, at),
    fix: fixes.length > 0 ? { available: true } : undefined,
    identity: identityOf(result, at),
    location: locationOf(result, context, id, at),
    description: rule && (described(rule, 'fullDescription') ?? described(rule, 'shortDescription')),
    remediation: [...proposed, help].filter((text) => text !== undefined).join('\n\n') || undefined,
  };
}

const described = (rule: Rule, key: 'fullDescription' | 'shortDescription'): string | undefined =>
  formattedText(objectIn(rule.members, key, 'rule'), `rule.${key}`);

function titleOf({ rule }: Parts, message: string | undefined): string | undefined {
  const full = rule && described(rule, 'fullDescription');
  const short = rule && (described(rule, 'shortDescription') ?? wordsIn(rule.members, 'name', 'rule'));
  const title = short ?? full ?? message;
  return title === undefined ? undefined : firstLine(title);
}

/** A result to be looked at, or one that only informs, is of that kind whatever its topic. */
const kindOf = (meaning: ResultMeaning, topic: FindingKind): FindingKind =>
  meaning === 'potential' || meaning === 'information' ? meaning : topic;

const firstLine = (text: string): string => excerpt(text.split('\n', 1)[0] ?? '', 200);

function evidenceOf(
  message: string | undefined,
  result: JsonMembers,
  context: PlaceContext,
  at: string,
): string | undefined {
  const parts = [shorten(message), furtherPlaces(result, context, at)].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join('\n') : undefined;
}

/** Words of a message that may be the secret itself: letters with digits. */
const maskWords = (text: string | undefined): string | undefined =>
  text?.replace(/[\w+/=.~-]{6,}/g, (word) =>
    /\d/.test(word) && /[A-Za-z]/.test(word) ? (maskSecret(word) ?? '') : word,
  );

/**
 * CVE names in the rule's id and properties. Where there are none, only a tool that looks at own code, at secrets or at
 * configuration says that there is no CVE; any other may know one that it does not write.
 */
function aliasesOf(id: string, topic: FindingKind, { bags, tool }: Parts): string[] | undefined {
  const keys = ['cve', 'cves', 'cve-ids', 'cveIds', 'tags'];
  const names = cveNames(id, ...keys.flatMap((key) => bagTexts(bags, key)));
  if (names.length > 0) return aliasList(id, names);
  const hasNone = topic !== 'confirmed' || isSourceAnalyser(tool);
  return hasNone ? [] : undefined;
}

/** `existing` is the word of the drafts, still used in the standard's own example. */
const STATUS_OF_BASELINE: Readonly<Record<string, RawFinding['status']>> = {
  new: 'new',
  unchanged: 'active',
  updated: 'active',
  existing: 'active',
  absent: 'fixed',
};

function statusOf(result: JsonMembers, at: string): RawFinding['status'] {
  const state = wordsIn(result, 'baselineState', at);
  if (state === undefined) return undefined;
  if (!Object.hasOwn(STATUS_OF_BASELINE, state)) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.baselineState: "${excerpt(state)}" is not known`);
  }
  return STATUS_OF_BASELINE[state];
}

/** Set aside when every suppression is accepted; an absent status means accepted, one under review or rejected does not. */
function suppressionOf(result: JsonMembers, at: string): RawFinding['ignored'] {
  const entries = listIn(result, 'suppressions', at).map((value) => asObject(value, `${at}.suppressions[]`));
  if (entries.length === 0 || entries.some((entry) => (wordsIn(entry, 'status', at) ?? 'accepted') !== 'accepted'))
    return undefined;
  const reasons = entries.map(
    (entry) => wordsIn(entry, 'justification', at) ?? unjustified(wordsIn(entry, 'kind', at)),
  );
  return { reason: [...new Set(reasons)].join('; ') };
}

const unjustified = (kind: string | undefined): string =>
  kind === 'inSource' ? 'suppressed in the source code, without a reason' : 'suppressed in the tool, without a reason';

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * The id that the tool itself keeps stable from scan to scan: `correlationGuid` or a fingerprint. Hashes of lines are
 * not stable, and words such as Semgrep's "requires login" are no fingerprint: taken as one they would make all results the same.
 */
function identityOf(result: JsonMembers, at: string): string | undefined {
  const guid = wordsIn(result, 'correlationGuid', at);
  if (guid !== undefined && GUID.test(guid)) return guid.toLowerCase();
  const fingerprints = objectIn(result, 'fingerprints', at) ?? {};
  const key = Object.keys(fingerprints)
    .filter((name) => !/line|region|context/i.test(name))
    .sort()
    .at(-1);
  const value = key === undefined ? undefined : wordsIn(fingerprints, key, `${at}.fingerprints`);
  return value !== undefined && /^\S{16,}$/.test(value) && /\d/.test(value) ? JSON.stringify([key, value]) : undefined;
}
