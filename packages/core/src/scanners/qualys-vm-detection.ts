import { excerpt, ScangateError } from '../errors.js';
import type { CvssScore, RawFinding } from '../model/finding.js';
import { severityOfLevel } from '../model/severity.js';
import { textAt, type XmlElement } from '../wire/xml.js';
import { cveNames } from './normalise.js';
import { flagOf01, portOf } from './qualys-host.js';
import {
  baseScore,
  evidenceOf,
  platformTime,
  qidOf,
  requiredKind,
  scoreList,
  statusOf,
  titleOfQid,
} from './qualys-words.js';

/** Names and addresses of a host, looked up once for all of its detections. */
export interface HostNames {
  host: string | undefined;
  ip: string | undefined;
}

export const hostNames = (host: XmlElement): HostNames => ({
  host:
    textAt(host, 'DNS') ??
    textAt(host, 'DNS_DATA', 'FQDN') ??
    textAt(host, 'NETBIOS') ??
    textAt(host, 'CLOUD_RESOURCE_ID') ??
    textAt(host, 'EC2_INSTANCE_ID'),
  ip: textAt(host, 'IP') ?? textAt(host, 'IPV6'),
});

/** Members of a detection that a finding has a place for. */
interface Texts {
  UNIQUE_VULN_ID: string | undefined;
  QID: string | undefined;
  TYPE: string | undefined;
  SEVERITY: string | undefined;
  PORT: string | undefined;
  PROTOCOL: string | undefined;
  FQDN: string | undefined;
  SSL: string | undefined;
  INSTANCE: string | undefined;
  RESULTS: string | undefined;
  STATUS: string | undefined;
  FIRST_FOUND_DATETIME: string | undefined;
  LAST_FOUND_DATETIME: string | undefined;
  QDS: string | undefined;
  SERVICE: string | undefined;
  IS_IGNORED: string | undefined;
  IS_DISABLED: string | undefined;
  ASSET_CVE: string | undefined;
}

const noTexts = (): Texts => ({
  UNIQUE_VULN_ID: undefined,
  QID: undefined,
  TYPE: undefined,
  SEVERITY: undefined,
  PORT: undefined,
  PROTOCOL: undefined,
  FQDN: undefined,
  SSL: undefined,
  INSTANCE: undefined,
  RESULTS: undefined,
  STATUS: undefined,
  FIRST_FOUND_DATETIME: undefined,
  LAST_FOUND_DATETIME: undefined,
  QDS: undefined,
  SERVICE: undefined,
  IS_IGNORED: undefined,
  IS_DISABLED: undefined,
  ASSET_CVE: undefined,
});

const MEMBERS = new Set<string>(Object.keys(noTexts()));

/** Text of each child by its name, read in one pass: there may be a million detections of twenty children. */
function textsOf(element: XmlElement): Texts {
  const texts = noTexts();
  for (const { name, text } of element.children) {
    if (!MEMBERS.has(name)) continue;
    const words = text.trim();
    if (words !== '') texts[name as keyof Texts] = words;
  }
  return texts;
}

/**
 * A detection. The KnowledgeBase holds its title, CVEs and texts; the answer has none of them. Member by member, with
 * those that the KnowledgeBase adds: spreads would take half of the reading.
 */
export function detectionOf(element: XmlElement, { host, ip }: HostNames): RawFinding {
  const texts = textsOf(element);
  const qid = qidOf(texts.QID, 'DETECTION');
  const at = `DETECTION ${qid}`;
  const cves = texts.ASSET_CVE === undefined ? [] : cveNames(texts.ASSET_CVE);
  const { status, state } = statusOf(texts.STATUS);
  const factors = factorsOf(element, at);
  return {
    vulnerability: { source: 'qualys', id: qid, title: titleOfQid(qid), aliases: cves.length > 0 ? cves : undefined },
    kind: requiredKind(texts.TYPE, at),
    severity: severityOfLevel(texts.SEVERITY),
    vendorSeverity: texts.SEVERITY,
    cvss: factors?.cvss,
    qds: scoreOf(texts.QDS, 100, `${at}.QDS`),
    epss: factors?.epss,
    knownExploited: factors?.knownExploited,
    pci: undefined,
    status,
    ignored: ignoredOf(texts, at),
    firstSeen: platformTime(texts.FIRST_FOUND_DATETIME),
    lastSeen: platformTime(texts.LAST_FOUND_DATETIME),
    fix: undefined,
    state,
    identity: texts.UNIQUE_VULN_ID,
    location: {
      kind: 'host',
      host: texts.FQDN ?? host,
      ip,
      port: portOf(texts.PORT, at),
      protocol: texts.PROTOCOL,
      service: texts.SERVICE ?? (flagOf01(texts.SSL, `${at}.SSL`) ? 'ssl' : undefined),
      instance: texts.INSTANCE,
    },
    description: undefined,
    impact: undefined,
    remediation: undefined,
    evidence: evidenceOf(texts.RESULTS),
  };
}

function ignoredOf(texts: Texts, at: string): RawFinding['ignored'] {
  if (flagOf01(texts.IS_IGNORED, `${at}.IS_IGNORED`)) return { reason: 'ignored in Qualys VM' };
  if (flagOf01(texts.IS_DISABLED, `${at}.IS_DISABLED`)) return { reason: 'disabled in the Qualys KnowledgeBase' };
  return undefined;
}

function scoreOf(text: string | undefined, max: number, at: string): number | undefined {
  if (text === undefined) return undefined;
  const score = Number(text);
  if (score >= 0 && score <= max) return score;
  throw new ScangateError(
    'SCANGATE_REPORT_SHAPE',
    `${at}: expected a number from 0 to ${max}, got "${excerpt(text, 30)}"`,
  );
}

/** `QDS_FACTORS`: what the score was made of. */
function factorsOf(element: XmlElement, at: string): Pick<RawFinding, 'cvss' | 'epss' | 'knownExploited'> | undefined {
  const list = element.children.find(({ name }) => name === 'QDS_FACTORS');
  if (!list) return undefined;
  const factors = new Map<string, string>();
  for (const { attributes, text } of list.children) factors.set(attributes.name?.toLowerCase() ?? '', text.trim());
  return {
    cvss: scoreList(scoreOfFactors(factors, at)),
    epss: scoreOf(factors.get('epss'), 1, `${at}.epss`),
    knownExploited: knownExploited(factors.get('cisa_vuln')),
  };
}

/** The list of known exploited vulnerabilities of CISA. A word that is not known says nothing. */
function knownExploited(word: string | undefined): boolean | undefined {
  if (word === undefined) return undefined;
  return /^yes$/i.test(word) ? true : /^no$/i.test(word) ? false : undefined;
}

/** `CVSS_version` is `v2`, `v3.x`, `v3.1` or `v4.0`; a score without a version that is known is left out. */
function scoreOfFactors(factors: ReadonlyMap<string, string>, at: string): CvssScore | undefined {
  const [, major, minor] = /^v?([234])(?:\.(\d|x))?$/i.exec(factors.get('cvss_version') ?? '') ?? [];
  if (major === undefined) return undefined;
  const version: CvssScore['version'] = major === '2' ? '2.0' : major === '4' ? '4.0' : minor === '0' ? '3.0' : '3.1';
  const vector = factors.get('cvss_vector');
  return baseScore(vector ? `${factors.get('cvss') ?? ''} (${vector})` : factors.get('cvss'), version, at);
}
