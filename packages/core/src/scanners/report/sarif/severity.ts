import { excerpt, ScangateError } from '../../../errors.js';
import type { FindingKind, RawFinding } from '../../../model/finding.js';
import { type Severity, severityOfScore, severityOfWord, severityRank } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, listIn, numberIn, objectIn, wordsIn } from '../../../wire/take.js';
import { cweNumbers } from '../../normalise.js';
import { type Rule, ruleIdOf } from './rules.js';

/*
 * How SARIF's words become ours. All tables read 2026-11-23 from SARIF 2.1.0 (errata 01), sections 3.27.9, 3.27.10 and
 * 3.34, and from GitHub's page on SARIF support for code scanning (`security-severity`, `problem.severity`).
 */

/** `level`, for a tool that gives no severity of its own; SARIF means by it how serious the tool thinks the result is. */
const LEVELS: Readonly<Record<string, Severity>> = { error: 'high', warning: 'medium', note: 'low', none: 'info' };

/** Words of `properties.severity` and `problem.severity` beside the common ones. */
const TOOL_WORDS: Readonly<Record<string, Severity>> = { ...LEVELS, recommendation: 'low' };

/** What a result's `kind` means here. A result that passed or does not apply is no finding. */
const RESULT_KINDS: Readonly<Record<string, 'finding' | 'potential' | 'information' | 'none'>> = {
  fail: 'finding',
  open: 'potential',
  review: 'potential',
  informational: 'information',
  pass: 'none',
  notApplicable: 'none',
};

export type ResultMeaning = (typeof RESULT_KINDS)[string];

/** Throws `SCANGATE_REPORT_SHAPE` for a kind that nobody knows: it may be a pass, it may be a failure. */
export function meaningOf(result: JsonMembers, at: string): ResultMeaning {
  const kind = wordsIn(result, 'kind', at) ?? 'fail';
  const meaning = own(RESULT_KINDS, kind);
  if (meaning === undefined)
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.kind: "${excerpt(kind)}" is not known`);
  return meaning;
}

/** What a tool looks for, by its name; rules that say it themselves (tags, ids) win. */
const KIND_OF_TOOL: readonly [RegExp, FindingKind][] = [
  [
    /gitleaks|trufflehog|secretlint|detect-?secrets|ggshield|gitguardian|talisman|nosey ?parker|kingfisher|whispers/i,
    'secret',
  ],
  [
    /checkov|tfsec|\bkics\b|terrascan|tflint|hadolint|dockle|kube-?linter|kubescape|kubesec|polaris|cfn[-_]?(?:lint|nag)|snyk iac/i,
    'misconfiguration',
  ],
];

const KIND_OF_TAG: Readonly<Record<string, FindingKind>> = {
  secret: 'secret',
  secrets: 'secret',
  misconfiguration: 'misconfiguration',
  misconfig: 'misconfiguration',
  license: 'control',
  licence: 'control',
};

/** Analysers of own source code: what they find has no CVE, so that a missing one says that there is none. */
const SOURCE_ANALYSER =
  /codeql|semgrep|opengrep|eslint|bandit|gosec|spotbugs|find-?sec|sonar|flawfinder|cppcheck|brakeman|\bpmd\b|scriptanalyzer|clang|infer\b|njsscan|mobsf|phpstan|psalm|rubocop|detekt|roslyn|devskim|pylint|\bruff\b|shellcheck|security code scan/i;

export const isSourceAnalyser = (tool: string): boolean => SOURCE_ANALYSER.test(tool);

/** What a rule is about, whatever came of it. */
export function topicOf(tool: string, id: string, tags: readonly string[]): FindingKind {
  if (/^CKV_SECRET_/.test(id)) return 'secret';
  const tagged = tags.map((tag) => own(KIND_OF_TAG, tag.toLowerCase())).find((kind) => kind !== undefined);
  return tagged ?? KIND_OF_TOOL.find(([name]) => name.test(tool))?.[1] ?? 'confirmed';
}

/** The property bag of the result, then that of its rule. */
export type Bags = readonly JsonMembers[];

/** A scalar of the first bag that has it, as text. Bags are free: anything else is shown, not understood. */
export function bagText(bags: Bags, key: string): string | undefined {
  const value = bags
    .map((bag) => bag[key])
    .find((candidate) => candidate !== undefined && candidate !== null && candidate !== '');
  if (value === undefined) return undefined;
  return typeof value === 'string'
    ? value.trim()
    : typeof value === 'number'
      ? String(value)
      : excerpt(JSON.stringify(value));
}

/** The texts of a bag's member, which may be one text or a list of them. */
export function bagTexts(bags: Bags, key: string): string[] {
  return bags
    .flatMap((bag) => bag[key])
    .flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? [String(value)] : []));
}

export type Rating = Pick<RawFinding, 'severity' | 'vendorSeverity'>;

/**
 * `security-severity` by the CVSS bands; else the tool's own word; else the level of the result, of its rule, or
 * `warning`, which is what SARIF says an absent level means. A result to be looked at (`open`, `review`) has no level.
 */
export function ratingOf(
  result: JsonMembers,
  rule: Rule | undefined,
  run: JsonMembers,
  bags: Bags,
  meaning: ResultMeaning,
): Rating {
  const score = bagText(bags, 'security-severity');
  if (score !== undefined) {
    // Trivy writes 0.0 for a severity that it does not know, and says so in a tag.
    const isUnknown = Number(score) === 0 && bagTexts(bags, 'tags').includes('UNKNOWN');
    const severity = isUnknown || score === '' ? 'unknown' : severityOfScore(Number(score));
    return { severity: worseOf(severity, ownLevel(result, rule)), vendorSeverity: score };
  }
  const word = bagText(bags, 'severity') ?? bagText(bags, 'problem.severity');
  if (word !== undefined)
    return { severity: own(TOOL_WORDS, word.toLowerCase()) ?? severityOfWord(word), vendorSeverity: word };
  const stated = wordsIn(result, 'level', 'result');
  if (meaning === 'potential' && (stated === undefined || stated === 'none'))
    return { severity: 'unknown', vendorSeverity: stated };
  const level = stated ?? (meaning === 'information' ? 'none' : (configuredLevel(result, run) ?? defaultLevel(rule)));
  return { severity: own(LEVELS, level) ?? 'unknown', vendorSeverity: level };
}

/**
 * The level of a result that speaks against its rule. Trivy puts all checks without a short id under one rule, whose
 * score is that of the last one: a result that says `error` under a rule that says `note` is not what the score says.
 */
function ownLevel(result: JsonMembers, rule: Rule | undefined): Severity | undefined {
  const level = wordsIn(result, 'level', 'result');
  const isScored = objectIn(result, 'properties', 'result')?.['security-severity'] !== undefined;
  const usual = statedLevel(rule);
  if (level === undefined || usual === undefined || isScored || level === usual) return undefined;
  return own(LEVELS, level);
}

const worseOf = (severity: Severity, other: Severity | undefined): Severity =>
  severity !== 'unknown' && other !== undefined && severityRank(other) > severityRank(severity) ? other : severity;

const statedLevel = (rule: Rule | undefined): string | undefined =>
  wordsIn((rule && objectIn(rule.members, 'defaultConfiguration', 'rule')) ?? {}, 'level', 'rule.defaultConfiguration');

const defaultLevel = (rule: Rule | undefined): string => statedLevel(rule) ?? 'warning';

/** The invocation that made a result, where the result names it. */
export const invocationIndexOf = (result: JsonMembers): number =>
  numberIn(objectIn(result, 'provenance', 'result') ?? {}, 'invocationIndex', 'result.provenance') ?? -1;

/** The level that the invocation set for the rule in place of its default one. */
function configuredLevel(result: JsonMembers, run: JsonMembers): string | undefined {
  const invocation = listIn(run, 'invocations', 'run')[invocationIndexOf(result)];
  const id = ruleIdOf(result, 'result');
  if (invocation === undefined || id === undefined) return undefined;
  const at = 'ruleConfigurationOverrides[]';
  for (const value of listIn(asObject(invocation, 'invocations[]'), 'ruleConfigurationOverrides', 'invocations[]')) {
    const override = asObject(value, at);
    if (wordsIn(objectIn(override, 'descriptor', at) ?? {}, 'id', at) !== id) continue;
    return wordsIn(objectIn(override, 'configuration', at) ?? {}, 'level', at);
  }
  return undefined;
}

/** CWE numbers out of tags such as `external/cwe/cwe-079`, of `cwe` properties and of references to the CWE taxonomy. */
export function cweOf(bags: Bags, taxa: readonly JsonMembers[]): number[] | undefined {
  const tagged = bagTexts(bags, 'tags').flatMap((tag) => /\bcwe[-_: ]?\d{1,6}/i.exec(tag)?.[0] ?? []);
  const classified = taxa.filter(isCwe).flatMap((taxon) => wordsIn(taxon, 'id', 'taxa[]') ?? []);
  return cweNumbers([...tagged, ...bagTexts(bags, 'cwe'), ...bagTexts(bags, 'cwes'), ...classified]);
}

const isCwe = (taxon: JsonMembers): boolean =>
  wordsIn(objectIn(taxon, 'toolComponent', 'taxa[]') ?? {}, 'name', 'taxa[]')?.toUpperCase() === 'CWE' ||
  /^CWE-\d/i.test(wordsIn(taxon, 'id', 'taxa[]') ?? '');

/** OWASP categories of tags such as `OWASP-A03:2021 - Injection`. */
export function owaspOf(bags: Bags): string[] | undefined {
  const categories = bagTexts(bags, 'tags').flatMap(
    (tag) => /^\S{0,40}owasp.{0,40}?\b(A\d{1,2}:\d{4})/i.exec(tag)?.[1]?.toUpperCase() ?? [],
  );
  return categories.length > 0 ? [...new Set(categories)] : undefined;
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
