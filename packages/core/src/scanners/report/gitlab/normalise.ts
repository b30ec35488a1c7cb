import type { CvssScore, RawFinding } from '../../../model/finding.js';
import { severityOfWord } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, listIn, numberIn, objectIn, requiredTextIn, wordsIn } from '../../../wire/take.js';
import { scoreOfVector } from '../../cvss.js';
import { aliasList, cveNames, cweNumbers } from '../../normalise.js';

/*
 * `raw_source_code_extract` and, in old reports, `cve` of a secret hold the secret or a hash of it: they are never read.
 */

/** One element of `vulnerabilities`. Its kind is the caller's business: it follows from the type of the scan. */
export function vulnerabilityFinding(members: JsonMembers, kind: 'confirmed' | 'secret', at: string): RawFinding {
  const identifiers = listIn(members, 'identifiers', at).map((value) =>
    identifierOf(asObject(value, `${at}.identifiers[]`), `${at}.identifiers[]`),
  );
  const primary = identifiers[0] ?? oldIdentifier(members, at);
  const word = wordsIn(members, 'severity', at);
  const location = objectIn(members, 'location', at) ?? {};
  return {
    vulnerability: {
      source: primary.type,
      id: primary.value,
      title: wordsIn(members, 'message', at) ?? wordsIn(members, 'name', at) ?? primary.name,
      aliases: aliasesOf(primary, identifiers),
      cwe: weaknessesOf(identifiers),
      owasp: owaspOf(identifiers),
      links: linksOf(members, identifiers, at),
    },
    kind,
    severity: severityOfWord(word),
    vendorSeverity: word,
    cvss: scoresOf(members, at),
    identity: identityOf(location, `${at}.location`),
    location: locationOf(location, `${at}.location`),
    description: wordsIn(members, 'description', at),
    remediation:
      wordsIn(members, 'solution', at) ??
      (kind === 'secret' ? 'Revoke the secret, then remove it from the file and its history.' : undefined),
    evidence: evidenceOf(members, location, at),
  };
}

interface Identifier {
  type: string;
  name: string;
  value: string;
  url: string | undefined;
}

function identifierOf(members: JsonMembers, at: string): Identifier {
  const value = wordsIn(members, 'value', at) ?? requiredTextIn(members, 'name', at);
  return {
    type: wordsIn(members, 'type', at) ?? 'gitlab',
    name: wordsIn(members, 'name', at) ?? value,
    value,
    url: wordsIn(members, 'url', at),
  };
}

/** Reports before identifiers were required name the vulnerability in `cve`, or not at all. */
function oldIdentifier(members: JsonMembers, at: string): Identifier {
  const [cve] = cveNames(wordsIn(members, 'cve', at));
  const value = cve ?? requiredTextIn(members, 'name', at);
  return { type: cve === undefined ? 'gitlab' : 'cve', name: value, value, url: undefined };
}

const isType = ({ type }: Identifier, ...words: string[]): boolean => words.includes(type.toLowerCase());

/** All other names but classifications. A list of identifiers without a CVE says that there is none; no list says nothing. */
function aliasesOf(primary: Identifier, identifiers: Identifier[]): string[] | undefined {
  if (identifiers.length === 0 && !isType(primary, 'cve')) return undefined;
  const others = identifiers.slice(1).filter((identifier) => !isType(identifier, 'cwe', 'owasp', 'wasc'));
  return aliasList(
    primary.value,
    others.map((identifier) =>
      isType(identifier, 'cve')
        ? (cveNames(identifier.value, identifier.name)[0] ?? identifier.value)
        : identifier.value,
    ),
  );
}

/** By name first: some analysers write their rule's name as the value of a CWE. */
const weaknessesOf = (identifiers: Identifier[]): number[] | undefined =>
  cweNumbers(
    identifiers
      .filter((identifier) => isType(identifier, 'cwe'))
      .map(({ name, value }) => (cweNumbers([name]) ? name : value)),
  );

function owaspOf(identifiers: Identifier[]): string[] | undefined {
  const categories = identifiers.filter((identifier) => isType(identifier, 'owasp')).map(({ value }) => value);
  return categories.length > 0 ? categories : undefined;
}

function linksOf(members: JsonMembers, identifiers: Identifier[], at: string): string[] | undefined {
  const links = listIn(members, 'links', at).map((value) =>
    wordsIn(asObject(value, `${at}.links[]`), 'url', `${at}.links[]`),
  );
  const all = [...identifiers.map(({ url }) => url), ...links].filter((link) => link !== undefined);
  return all.length > 0 ? [...new Set(all)] : undefined;
}

/** GitLab carries vectors alone; the score follows from them. */
function scoresOf(members: JsonMembers, at: string): CvssScore[] | undefined {
  const scores = listIn(members, 'cvss_vectors', at).map((value) => {
    const scored = asObject(value, `${at}.cvss_vectors[]`);
    const vector = requiredTextIn(scored, 'vector', `${at}.cvss_vectors[]`);
    return {
      ...scoreOfVector(vector, `${at}.cvss_vectors[]`),
      source: wordsIn(scored, 'vendor', `${at}.cvss_vectors[]`),
    };
  });
  return scores.length > 0 ? scores : undefined;
}

/** The shape of the location tells the report types apart; a report may come without a type. */
function locationOf(location: JsonMembers, at: string): RawFinding['location'] {
  const dependency = objectIn(location, 'dependency', at);
  if (dependency) return packageLocation(location, dependency, at);
  const path = wordsIn(location, 'file', at);
  if (path !== undefined) {
    const code = [wordsIn(location, 'class', at), wordsIn(location, 'method', at)].filter((part) => part !== undefined);
    return {
      kind: 'file',
      path,
      line: numberIn(location, 'start_line', at) || undefined,
      endLine: numberIn(location, 'end_line', at) || undefined,
      resource: code.length > 0 ? code.join('.') : undefined,
    };
  }
  const url = `${wordsIn(location, 'hostname', at) ?? ''}${wordsIn(location, 'path', at) ?? ''}`;
  const parameter = wordsIn(location, 'param', at);
  if (url === '' && parameter === undefined) return { kind: 'none' };
  return { kind: 'web', url: url === '' ? undefined : url, method: wordsIn(location, 'method', at), parameter };
}

function packageLocation(location: JsonMembers, dependency: JsonMembers, at: string): RawFinding['location'] {
  return {
    kind: 'package',
    name: requiredTextIn(objectIn(dependency, 'package', `${at}.dependency`) ?? {}, 'name', `${at}.dependency.package`),
    version: wordsIn(dependency, 'version', `${at}.dependency`),
    path: wordsIn(location, 'file', at),
    artifact: wordsIn(location, 'image', at),
  };
}

/** A package in a cluster is told from the same package in another workload by the resource that runs it. */
function identityOf(location: JsonMembers, at: string): string | undefined {
  const resource = objectIn(location, 'kubernetes_resource', at);
  const dependency = objectIn(location, 'dependency', at);
  if (!resource || !dependency) return undefined;
  const parts = ['namespace', 'kind', 'name', 'container_name'].map(
    (key) => wordsIn(resource, key, `${at}.kubernetes_resource`) ?? '',
  );
  const name = wordsIn(objectIn(dependency, 'package', at) ?? {}, 'name', at);
  return JSON.stringify([...parts, name]);
}

function evidenceOf(members: JsonMembers, location: JsonMembers, at: string): string | undefined {
  const commit = objectIn(location, 'commit', `${at}.location`) ?? {};
  const resource = objectIn(location, 'kubernetes_resource', `${at}.location`) ?? {};
  const sha = wordsIn(commit, 'sha', `${at}.location.commit`);
  const system = wordsIn(location, 'operating_system', `${at}.location`);
  const workload = ['namespace', 'kind', 'name', 'container_name']
    .map((key) => wordsIn(resource, key, at))
    .filter((part) => part !== undefined);
  const crash = ['crash_type', 'crash_state']
    .map((key) => wordsIn(location, key, `${at}.location`))
    .filter((part) => part !== undefined);
  const flags = listIn(members, 'flags', at).map((value) =>
    flagText(asObject(value, `${at}.flags[]`), `${at}.flags[]`),
  );
  const parts = [
    typeof members.evidence === 'string'
      ? members.evidence
      : wordsIn(objectIn(members, 'evidence', at) ?? {}, 'summary', `${at}.evidence`),
    system === undefined ? undefined : `operating system ${system}`,
    workload.length > 0 ? `runs as ${workload.join('/')}` : undefined,
    crash.length > 0 ? crash.join(': ') : undefined,
    sha === undefined || /^0+$/.test(sha) ? undefined : `commit ${sha}`,
    ...flags,
  ].filter((part) => part !== undefined && part !== '');
  return parts.length > 0 ? parts.join('\n') : undefined;
}

/** A flag is a hint of the analyser. GitLab goes on to show such a vulnerability, so it is not set aside here either. */
function flagText(flag: JsonMembers, at: string): string {
  const parts = [wordsIn(flag, 'origin', at), wordsIn(flag, 'description', at)].filter((part) => part !== undefined);
  return `${wordsIn(flag, 'type', at) ?? 'flagged'}${parts.length > 0 ? ` (${parts.join(': ')})` : ''}`;
}
