import type { CvssScore, RawFinding } from '../../../model/finding.js';
import { severityOfScore, severityOfWord, severityRank } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, listIn, numberIn, objectIn, requiredTextIn, wordsIn } from '../../../wire/take.js';
import { checkedScore, scoreOfVector } from '../../cvss.js';
import { aliasList, cvssVersion, cweNumbers } from '../../normalise.js';
import { type Components, type PackageLocation, placeOfReference } from './components.js';

/** Whether every component that the vulnerability refers to has been read. */
export const isResolved = (vulnerability: JsonMembers, components: Components, at: string): boolean =>
  affectsOf(vulnerability, at).every(({ ref }) => components.find(ref) !== undefined);

/** One finding for each component that is affected; one without a place where the vulnerability names none. */
export function vulnerabilityFindings(vulnerability: JsonMembers, components: Components, at: string): RawFinding[] {
  const common = commonFields(vulnerability, at);
  const affects = affectsOf(vulnerability, at);
  if (affects.length === 0) return [{ ...common, location: { kind: 'none' } }];
  return affects.map(({ ref, versions }) => {
    const place = components.find(ref) ?? placeOfReference(ref);
    return { ...common, ignored: common.ignored ?? unaffectedBy(versions, place), location: place };
  });
}

function commonFields(vulnerability: JsonMembers, at: string): Omit<RawFinding, 'location'> {
  const references = listIn(vulnerability, 'references', at).map((value) => asObject(value, `${at}.references[]`));
  const id = idOf(vulnerability, references, at);
  const source = objectIn(vulnerability, 'source', at) ?? {};
  const sourceName = wordsIn(source, 'name', `${at}.source`);
  const ratings = listIn(vulnerability, 'ratings', at).map((value) =>
    ratingOf(asObject(value, `${at}.ratings[]`), `${at}.ratings[]`),
  );
  const analysis = objectIn(vulnerability, 'analysis', at) ?? {};
  const state = wordsIn(analysis, 'state', `${at}.analysis`);
  return {
    vulnerability: {
      source: sourceName ?? 'cyclonedx',
      id,
      title: id,
      aliases: aliasesOf(id, references, at),
      cwe: cweNumbers(
        listIn(vulnerability, 'cwes', at).map((value) => (typeof value === 'number' ? value : String(value))),
      ),
      links: linksOf(vulnerability, source, at),
    },
    kind: 'confirmed',
    ...severityOf(ratings, sourceName),
    cvss: scoresOf(ratings),
    ignored: ignoredBy(analysis, state, `${at}.analysis`),
    state,
    description: wordsIn(vulnerability, 'description', at) ?? wordsIn(vulnerability, 'detail', at),
    remediation: remediationOf(vulnerability, at),
    evidence: wordsIn(analysis, 'detail', `${at}.analysis`),
  };
}

/** `id` is optional since 1.4; its equivalents or its own reference then name the vulnerability. */
function idOf(vulnerability: JsonMembers, references: JsonMembers[], at: string): string {
  const equivalent = references
    .map((reference) => wordsIn(reference, 'id', `${at}.references[]`))
    .find((id) => id !== undefined);
  return (
    wordsIn(vulnerability, 'id', at) ??
    equivalent ??
    wordsIn(vulnerability, 'bom-ref', at) ??
    requiredTextIn(vulnerability, 'id', at)
  );
}

function aliasesOf(id: string, references: JsonMembers[], at: string): string[] | undefined {
  if (references.length === 0 && !/^CVE-/i.test(id)) return undefined;
  return aliasList(
    id,
    references.map((reference) => wordsIn(reference, 'id', `${at}.references[]`) ?? ''),
  );
}

function linksOf(vulnerability: JsonMembers, source: JsonMembers, at: string): string[] | undefined {
  const advisories = listIn(vulnerability, 'advisories', at).map((value) =>
    wordsIn(asObject(value, `${at}.advisories[]`), 'url', at),
  );
  const links = [wordsIn(source, 'url', `${at}.source`), ...advisories].filter((link) => link !== undefined);
  return links.length > 0 ? [...new Set(links)] : undefined;
}

interface Affected {
  ref: string;
  versions: JsonMembers[];
}

function affectsOf(vulnerability: JsonMembers, at: string): Affected[] {
  return listIn(vulnerability, 'affects', at).map((value) => {
    const target = asObject(value, `${at}.affects[]`);
    const versions = listIn(target, 'versions', `${at}.affects[]`).map((entry) =>
      asObject(entry, `${at}.affects[].versions[]`),
    );
    return { ref: requiredTextIn(target, 'ref', `${at}.affects[]`), versions };
  });
}

/** Set aside only where the report says of this very version, or of every version it lists, that it is unaffected. */
function unaffectedBy(versions: JsonMembers[], { version }: PackageLocation): RawFinding['ignored'] {
  const own = versions.filter((entry) => version !== undefined && entry.version === version);
  const said = own.length > 0 ? own : versions;
  if (said.length === 0 || said.some(({ status }) => status !== 'unaffected')) return undefined;
  return { reason: `the report lists version ${version ?? 'of the component'} as unaffected` };
}

interface Rating {
  source: string | undefined;
  word: string | undefined;
  cvss: CvssScore | undefined;
}

const METHODS: Record<string, CvssScore['version']> = { cvssv2: '2.0', cvssv3: '3.0', cvssv31: '3.1', cvssv4: '4.0' };

function ratingOf(rating: JsonMembers, at: string): Rating {
  const source = wordsIn(objectIn(rating, 'source', at) ?? {}, 'name', `${at}.source`);
  const method =
    wordsIn(rating, 'method', at)
      ?.toLowerCase()
      .replace(/[^a-z0-9]/g, '') ?? '';
  const vector = wordsIn(rating, 'vector', at);
  const score = numberIn(rating, 'score', at);
  const version = cvssVersion(vector) ?? (Object.hasOwn(METHODS, method) ? METHODS[method] : undefined);
  const word = wordsIn(rating, 'severity', at);
  // Other methods, such as OWASP or SSVC, have scales of their own that no CVSS threshold fits.
  if (version === undefined || (score === undefined && vector === undefined)) return { source, word, cvss: undefined };
  const cvss =
    score === undefined
      ? scoreOfVector(vector ?? '', at, version)
      : checkedScore({ version, score, vector }, `${at}.score`);
  return { source, word, cvss: { ...cvss, source } };
}

function scoresOf(ratings: Rating[]): CvssScore[] | undefined {
  const scores = ratings.map(({ cvss }) => cvss).filter((cvss) => cvss !== undefined);
  return scores.length > 0 ? scores : undefined;
}

/**
 * Many may rate one vulnerability. The word of its own source counts, which knows the package best (a distribution's
 * fixes, say); where that is silent, the highest of all words; where nobody gives a word, the highest CVSS score.
 */
function severityOf(ratings: Rating[], source: string | undefined): Pick<RawFinding, 'severity' | 'vendorSeverity'> {
  const said = ratings.filter(({ word }) => word !== undefined && word.toLowerCase() !== 'unknown');
  const own = said.filter((rating) => source !== undefined && rating.source === source);
  const words = (own.length > 0 ? own : said).map(({ word }) => word as string);
  const strange = words.find((word) => severityOfWord(word) === 'unknown');
  if (strange !== undefined) return { severity: 'unknown', vendorSeverity: strange };
  if (words.length > 0) {
    const highest = words.reduce((a, b) => (severityRank(severityOfWord(b)) > severityRank(severityOfWord(a)) ? b : a));
    return { severity: severityOfWord(highest), vendorSeverity: highest };
  }
  const scores = ratings.map(({ cvss }) => cvss?.score).filter((score) => score !== undefined);
  const word = ratings.find((rating) => rating.word !== undefined)?.word;
  return { severity: severityOfScore(scores.length > 0 ? Math.max(...scores) : undefined), vendorSeverity: word };
}

/** States in which the author of the report has judged that nothing is left to do. Any other state counts. */
const SETTLED = new Set(['not_affected', 'false_positive', 'resolved', 'resolved_with_pedigree']);

function ignoredBy(analysis: JsonMembers, state: string | undefined, at: string): RawFinding['ignored'] {
  if (state === undefined || !SETTLED.has(state)) return undefined;
  const justification = wordsIn(analysis, 'justification', at);
  const detail = wordsIn(analysis, 'detail', at);
  return {
    reason: `${state}${justification === undefined ? '' : ` (${justification})`}${detail === undefined ? '' : `: ${detail}`}`,
  };
}

function remediationOf(vulnerability: JsonMembers, at: string): string | undefined {
  const recommendation = wordsIn(vulnerability, 'recommendation', at);
  const workaround = wordsIn(vulnerability, 'workaround', at);
  const parts = [recommendation, workaround === undefined ? undefined : `Workaround: ${workaround}`].filter(
    (part) => part !== undefined,
  );
  return parts.length > 0 ? parts.join('\n') : undefined;
}
