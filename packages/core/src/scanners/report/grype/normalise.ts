import type { CvssScore, RawFinding } from '../../../model/finding.js';
import { CVSS_VERSIONS } from '../../../model/kinds.js';
import { severityOfWord } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, listIn, numberIn, objectIn, requiredTextIn, textsIn, wordsIn } from '../../../wire/take.js';
import { checkedScore, scoreOfVector } from '../../cvss.js';
import { aliasList, cvssVersion, cweNumbers } from '../../normalise.js';

/** One element of `matches` or `ignoredMatches`: a vulnerability in a package. */
export function matchFinding(match: JsonMembers, at: string, ignored?: RawFinding['ignored']): RawFinding {
  const vulnerability = asObject(match.vulnerability, `${at}.vulnerability`);
  const artifact = asObject(match.artifact, `${at}.artifact`);
  const related = listIn(match, 'relatedVulnerabilities', at).map((value) =>
    asObject(value, `${at}.relatedVulnerabilities[]`),
  );
  const id = requiredTextIn(vulnerability, 'id', `${at}.vulnerability`);
  const name = requiredTextIn(artifact, 'name', `${at}.artifact`);
  const word = wordsIn(vulnerability, 'severity', at);
  const fix = objectIn(vulnerability, 'fix', at) ?? {};
  const versions = textsIn(fix, 'versions', `${at}.fix`).filter((version) => version !== '');
  const state = wordsIn(fix, 'state', `${at}.fix`);
  return {
    vulnerability: {
      source: wordsIn(vulnerability, 'namespace', at) ?? 'grype',
      id,
      title: id,
      aliases: aliasesOf(id, match, related, at),
      cwe: weaknessesOf([vulnerability, ...related], at),
      links: linksOf(vulnerability, at),
    },
    kind: 'confirmed',
    severity: severityOfWord(word),
    vendorSeverity: word,
    cvss: scoresOf([vulnerability, ...related], at),
    epss: epssOf([vulnerability, ...related], at),
    knownExploited: exploitedOf([vulnerability, ...related], at),
    fix: fixOf(state, versions),
    state,
    ignored,
    location: locationOf(artifact, name, `${at}.artifact`),
    description: [vulnerability, ...related]
      .map((source) => wordsIn(source, 'description', at))
      .find((text) => text !== undefined),
    remediation: remediationOf(name, state, versions),
    evidence: evidenceOf(match, at),
  };
}

/** The identifiers of related records, such as the CVE behind a GHSA. A report without that list does not say. */
function aliasesOf(id: string, match: JsonMembers, related: JsonMembers[], at: string): string[] | undefined {
  if (!('relatedVulnerabilities' in match) && !/^CVE-/i.test(id)) return undefined;
  return aliasList(
    id,
    related.map((record) => requiredTextIn(record, 'id', `${at}.relatedVulnerabilities[]`)),
  );
}

function weaknessesOf(sources: JsonMembers[], at: string): number[] | undefined {
  const names = sources.flatMap((source) =>
    listIn(source, 'cwes', at).map((value) =>
      typeof value === 'string' ? value : requiredTextIn(asObject(value, `${at}.cwes[]`), 'cwe', at),
    ),
  );
  return cweNumbers(names);
}

function linksOf(vulnerability: JsonMembers, at: string): string[] | undefined {
  const advisories = listIn(vulnerability, 'advisories', at).map((value) =>
    wordsIn(asObject(value, `${at}.advisories[]`), 'link', at),
  );
  const links = [wordsIn(vulnerability, 'dataSource', at), ...advisories].filter((link) => link !== undefined);
  return links.length > 0 ? [...new Set(links)] : undefined;
}

/** Scores of the record itself first, then those of related records: the CVE behind a GHSA is often the only one scored. */
function scoresOf(sources: JsonMembers[], at: string): CvssScore[] | undefined {
  const scores = sources.flatMap((source) => {
    const namespace = wordsIn(source, 'namespace', at);
    return listIn(source, 'cvss', at).map((value) =>
      scoreOf(asObject(value, `${at}.cvss[]`), namespace, `${at}.cvss[]`),
    );
  });
  const unique = new Map(scores.filter((score) => score !== undefined).map((score) => [JSON.stringify(score), score]));
  return unique.size > 0 ? [...unique.values()] : undefined;
}

function scoreOf(scored: JsonMembers, namespace: string | undefined, at: string): CvssScore | undefined {
  const score = numberIn(objectIn(scored, 'metrics', at) ?? {}, 'baseScore', `${at}.metrics`);
  const vector = wordsIn(scored, 'vector', at);
  const source = wordsIn(scored, 'source', at) ?? namespace;
  if (score === undefined) return vector === undefined ? undefined : { ...scoreOfVector(vector, at), source };
  const stated = wordsIn(scored, 'version', at);
  const version = cvssVersion(vector) ?? CVSS_VERSIONS.find((known) => known === stated);
  // A number of an unknown scale can be compared with nothing.
  return version === undefined ? undefined : checkedScore({ version, score, vector, source }, at);
}

/** The highest of the CVEs behind the record, each of which has its own. */
function epssOf(sources: JsonMembers[], at: string): number | undefined {
  const values = sources.flatMap((source) =>
    listIn(source, 'epss', at).map((value) => numberIn(asObject(value, `${at}.epss[]`), 'epss', `${at}.epss[]`)),
  );
  return values.reduce(
    (highest, value) => (highest === undefined || (value !== undefined && value > highest) ? value : highest),
    undefined,
  );
}

/**
 * Grype leaves the list out where it is empty, so only a record that carries `risk`, which came with the same database,
 * says "not known as exploited" by its absence. Whether the database had the catalogue is judged at the end of the report.
 */
function exploitedOf(sources: JsonMembers[], at: string): boolean | undefined {
  if (sources.some((source) => listIn(source, 'knownExploited', at).length > 0)) return true;
  return saysNotExploited(sources) ? false : undefined;
}

const saysNotExploited = (sources: JsonMembers[]): boolean =>
  sources.some((source) => source.risk !== undefined || Array.isArray(source.knownExploited));

function fixOf(state: string | undefined, versions: string[]): RawFinding['fix'] {
  if (versions.length > 0) return { available: true, version: versions.join(', ') };
  if (state === 'fixed') return { available: true };
  return state === 'not-fixed' || state === 'wont-fix' ? { available: false } : undefined;
}

function remediationOf(name: string, state: string | undefined, versions: string[]): string | undefined {
  if (versions.length > 0) return `Update ${name} to ${versions.join(' or ')}.`;
  if (state === 'wont-fix') return `The vendor will not fix this in ${name}: replace or remove the package.`;
  return undefined;
}

function locationOf(artifact: JsonMembers, name: string, at: string): RawFinding['location'] {
  const [first] = listIn(artifact, 'locations', at);
  const place = first === undefined ? {} : asObject(first, `${at}.locations[]`);
  return {
    kind: 'package',
    name,
    version: wordsIn(artifact, 'version', at),
    ecosystem: wordsIn(artifact, 'type', at),
    purl: wordsIn(artifact, 'purl', at),
    path: wordsIn(place, 'path', `${at}.locations[]`) ?? wordsIn(place, 'realPath', `${at}.locations[]`),
    layer: wordsIn(place, 'layerID', `${at}.locations[]`),
  };
}

/** How Grype came to the match: an exact one on the distribution's data weighs more than one by CPE. */
function evidenceOf(match: JsonMembers, at: string): string | undefined {
  const value = oneDetail(match, at);
  if (!value) return undefined;
  const found = objectIn(value, 'found', `${at}.matchDetails[]`) ?? {};
  const constraint = wordsIn(found, 'versionConstraint', at);
  const type = wordsIn(value, 'type', at) ?? wordsIn(value, 'matcher', at);
  const parts = [type, constraint === undefined ? undefined : `affected versions: ${constraint}`];
  return parts.filter((part) => part !== undefined).join('; ') || undefined;
}

function oneDetail(match: JsonMembers, at: string): JsonMembers | undefined {
  const [first] = listIn(match, 'matchDetails', at);
  return first === undefined ? undefined : asObject(first, `${at}.matchDetails[]`);
}

/** Why Grype set a match aside: the rule's own reason, a VEX statement, or what the rule looks at. */
export function ignoredReason(match: JsonMembers, at: string): string {
  const reasons = listIn(match, 'appliedIgnoreRules', at).map((value) => {
    const rule = asObject(value, `${at}.appliedIgnoreRules[]`);
    const reason = wordsIn(rule, 'reason', at);
    if (reason !== undefined) return reason;
    const vex = [wordsIn(rule, 'vex-status', at), wordsIn(rule, 'vex-justification', at)].filter(
      (word) => word !== undefined,
    );
    if (vex.length > 0) return `VEX: ${vex.join(', ')}`;
    return ruleText(rule, at);
  });
  return [...new Set(reasons)].join('; ') || 'ignored by Grype';
}

function ruleText(rule: JsonMembers, at: string): string {
  const parts = ['vulnerability', 'namespace', 'fix-state', 'match-type'].map(
    (key) => [key, wordsIn(rule, key, at)] as const,
  );
  const named = objectIn(rule, 'package', at) ?? {};
  const packageParts = ['name', 'version', 'type', 'location', 'upstream-name'].map(
    (key) => [`package ${key}`, wordsIn(named, key, at)] as const,
  );
  const text = [...parts, ...packageParts]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} ${value}`);
  return text.length > 0 ? `ignore rule: ${text.join(', ')}` : 'ignored by Grype';
}
