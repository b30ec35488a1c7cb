import { ScangateError } from '../../../errors.js';
import type { CvssScore, RawFinding } from '../../../model/finding.js';
import { severityOfWord } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, numberIn, objectIn, requiredTextIn, textIn, textsIn, wordsIn } from '../../../wire/take.js';
import { aliasList, cvssVersion, cweNumbers } from '../../normalise.js';

/** What a list element inherits from its result. */
export interface ResultContext {
  target: string;
  type: string | undefined;
  class: string | undefined;
  /** Namespace, kind and name in a Kubernetes report. */
  resource: string | undefined;
}

/** Trivy's UNKNOWN is our unknown; its other words are the shared ones. */
const severityOf = (members: JsonMembers, at: string): Pick<RawFinding, 'severity' | 'vendorSeverity'> => {
  const word = wordsIn(members, 'Severity', at);
  return { severity: severityOfWord(word), vendorSeverity: word };
};

const identityOf = (context: ResultContext, ...parts: (string | undefined)[]): string | undefined =>
  context.resource === undefined ? undefined : JSON.stringify([context.resource, ...parts]);

export function vulnerabilityFinding(members: JsonMembers, context: ResultContext, at: string): RawFinding {
  const id = requiredTextIn(members, 'VulnerabilityID', at);
  const name = requiredTextIn(members, 'PkgName', at);
  const fixedVersion = wordsIn(members, 'FixedVersion', at);
  const layer = objectIn(members, 'Layer', at) ?? {};
  const path = wordsIn(members, 'PkgPath', at) ?? (context.class === 'lang-pkgs' ? context.target : undefined);
  return {
    vulnerability: {
      source: wordsIn(objectIn(members, 'DataSource', at) ?? {}, 'ID', at) ?? 'trivy',
      id,
      title: wordsIn(members, 'Title', at) ?? id,
      aliases: aliasList(id, textsIn(members, 'VendorIDs', at)),
      cwe: cweNumbers(textsIn(members, 'CweIDs', at)),
      links: linksOf(members, at),
    },
    kind: 'confirmed',
    ...severityOf(members, at),
    cvss: scoresOf(members, at),
    fix: { available: fixedVersion !== undefined, version: fixedVersion },
    state: wordsIn(members, 'Status', at),
    identity: identityOf(context, name, path),
    location: {
      kind: 'package',
      name,
      version: wordsIn(members, 'InstalledVersion', at),
      ecosystem: context.type,
      purl: wordsIn(objectIn(members, 'PkgIdentifier', at) ?? {}, 'PURL', at),
      path,
      layer: wordsIn(layer, 'DiffID', at) ?? wordsIn(layer, 'Digest', at),
      artifact: context.resource ?? context.target,
    },
    description: wordsIn(members, 'Description', at),
    remediation: fixedVersion === undefined ? undefined : `Update ${name} to ${fixedVersion}.`,
  };
}

function linksOf(members: JsonMembers, at: string): string[] | undefined {
  const primary = wordsIn(members, 'PrimaryURL', at);
  const links = primary === undefined ? [] : [primary];
  return links.length > 0 ? links : undefined;
}

function scoresOf(members: JsonMembers, at: string): CvssScore[] | undefined {
  const sources = objectIn(members, 'CVSS', at);
  if (!sources) return undefined;
  const scores: CvssScore[] = [];
  for (const [source, value] of Object.entries(sources)) {
    const scored = asObject(value, `${at}.CVSS.${source}`);
    const add = (scoreKey: string, vectorKey: string, fallback: CvssScore['version']): void => {
      const score = numberIn(scored, scoreKey, at);
      if (score === undefined) return;
      if (score < 0 || score > 10)
        throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.CVSS.${source}.${scoreKey}: ${score} is no CVSS score`);
      const vector = wordsIn(scored, vectorKey, at);
      scores.push({ version: cvssVersion(vector) ?? fallback, score, vector, source });
    };
    add('V40Score', 'V40Vector', '4.0');
    add('V3Score', 'V3Vector', '3.1');
    add('V2Score', 'V2Vector', '2.0');
  }
  return scores.length > 0 ? scores : undefined;
}

/** A failed check; one that Trivy itself exempted is a finding set aside; a passed one is none. */
export function misconfigurationFinding(
  members: JsonMembers,
  context: ResultContext,
  at: string,
): RawFinding | undefined {
  const status = wordsIn(members, 'Status', at) ?? 'FAIL';
  if (status === 'PASS') return undefined;
  if (status !== 'FAIL' && status !== 'EXCEPTION') {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.Status: "${status}" is not known`);
  }
  // Some checks have no short id: Trivy writes `N/A` and names them in AVDID alone.
  const shortId = requiredTextIn(members, 'ID', at);
  const longId = wordsIn(members, 'AVDID', at);
  const id = shortId === 'N/A' && longId !== undefined ? longId : shortId;
  const cause = objectIn(members, 'CauseMetadata', at) ?? {};
  const resource = wordsIn(cause, 'Resource', at);
  return {
    vulnerability: {
      source: 'trivy',
      id,
      title: wordsIn(members, 'Title', at) ?? id,
      aliases: aliasList(id, [longId ?? '']),
      links: linksOf(members, at),
    },
    kind: 'misconfiguration',
    ...severityOf(members, at),
    ignored: status === 'EXCEPTION' ? { reason: 'exempted by a Trivy policy exception' } : undefined,
    identity: identityOf(context, resource),
    location: {
      kind: 'file',
      path: context.target,
      line: numberIn(cause, 'StartLine', at) || undefined,
      endLine: numberIn(cause, 'EndLine', at) || undefined,
      resource: resource ?? context.resource,
    },
    description: wordsIn(members, 'Description', at),
    evidence: wordsIn(members, 'Message', at),
    remediation: wordsIn(members, 'Resolution', at),
  };
}

/** Trivy masks the secret itself (`****`); only its masked line is carried on. */
export function secretFinding(members: JsonMembers, context: ResultContext, at: string): RawFinding {
  const id = requiredTextIn(members, 'RuleID', at);
  return {
    vulnerability: { source: 'trivy', id, title: wordsIn(members, 'Title', at) ?? id },
    kind: 'secret',
    ...severityOf(members, at),
    identity: identityOf(context, context.target),
    location: {
      kind: 'file',
      path: context.target,
      line: numberIn(members, 'StartLine', at) || undefined,
      endLine: numberIn(members, 'EndLine', at) || undefined,
    },
    description: wordsIn(members, 'Category', at),
    remediation: 'Revoke the secret, then remove it from the file and its history.',
  };
}

const MODIFIED: Record<string, (members: JsonMembers, context: ResultContext, at: string) => RawFinding | undefined> = {
  vulnerability: (members, context, at) => vulnerabilityFinding(members, context, at),
  misconfiguration: (members, context, at) => misconfigurationFinding(members, context, at),
  secret: (members, context, at) => secretFinding(members, context, at),
  license: (members, context, at) => licenceFinding(members, context, at),
};

/** Statuses with which Trivy itself leaves a finding out; one with another status counts. */
const SET_ASIDE = ['ignored', 'not_affected', 'fixed'];

/** What `--show-suppressed` writes: a finding that an ignore file or a VEX document changed. */
export function modifiedFinding(members: JsonMembers, context: ResultContext, at: string): RawFinding | undefined {
  const type = requiredTextIn(members, 'Type', at);
  const make = Object.hasOwn(MODIFIED, type) ? MODIFIED[type] : undefined;
  if (!make) throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.Type: "${type}" is not known`);
  const finding = make(asObject(members.Finding, `${at}.Finding`), context, `${at}.Finding`);
  const status = requiredTextIn(members, 'Status', at);
  if (!finding || !SET_ASIDE.includes(status)) return finding;
  const words = [status, wordsIn(members, 'Statement', at), wordsIn(members, 'Source', at)];
  return { ...finding, ignored: { reason: words.filter((word) => word !== undefined).join(', ') } };
}

/** A licence that a policy may forbid: a control on the package that carries it. */
export function licenceFinding(members: JsonMembers, context: ResultContext, at: string): RawFinding {
  const name = requiredTextIn(members, 'Name', at);
  const packageName = wordsIn(members, 'PkgName', at);
  const path = wordsIn(members, 'FilePath', at) ?? (context.target === '' ? undefined : context.target);
  return {
    vulnerability: {
      source: 'licence',
      id: name,
      title: `licence ${name}`,
      links: linkOf(textIn(members, 'Link', at)),
    },
    kind: 'control',
    ...severityOf(members, at),
    identity: identityOf(context, packageName, path),
    location:
      packageName === undefined
        ? { kind: 'file', path: path ?? context.target }
        : { kind: 'package', name: packageName, path, artifact: context.resource ?? context.target },
    description: wordsIn(members, 'Category', at),
  };
}

const linkOf = (link: string | undefined): string[] | undefined =>
  link === undefined || link === '' ? undefined : [link];
