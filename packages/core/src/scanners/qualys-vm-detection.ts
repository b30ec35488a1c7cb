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

/** Text of each child by its name, read in one pass: there may be a million detections of twenty children. */
function textsOf(element: XmlElement): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { name, text } of element.children) {
    const words = text.trim();
    if (words !== '') texts.set(name, words);
  }
  return texts;
}

/** A detection. The KnowledgeBase holds its title, CVEs and texts; the answer has none of them. */
export function detectionOf(element: XmlElement, { host, ip }: HostNames): RawFinding {
  const texts = textsOf(element);
  const qid = qidOf(texts.get('QID'), 'DETECTION');
  const at = `DETECTION ${qid}`;
  const level = texts.get('SEVERITY');
  const cves = cveNames(texts.get('ASSET_CVE'));
  return {
    vulnerability: { source: 'qualys', id: qid, title: titleOfQid(qid), aliases: cves.length > 0 ? cves : undefined },
    kind: requiredKind(texts.get('TYPE'), at),
    severity: severityOfLevel(level),
    vendorSeverity: level,
    qds: scoreOf(texts.get('QDS'), 100, `${at}.QDS`),
    ...factorsOf(element, at),
    ...statusOf(texts.get('STATUS')),
    ignored: ignoredOf(texts, at),
    firstSeen: platformTime(texts.get('FIRST_FOUND_DATETIME')),
    lastSeen: platformTime(texts.get('LAST_FOUND_DATETIME')),
    identity: texts.get('UNIQUE_VULN_ID'),
    location: {
      kind: 'host',
      host: texts.get('FQDN') ?? host,
      ip,
      port: portOf(texts.get('PORT'), at),
      protocol: texts.get('PROTOCOL'),
      service: texts.get('SERVICE') ?? (flagOf01(texts.get('SSL'), `${at}.SSL`) ? 'ssl' : undefined),
      instance: texts.get('INSTANCE'),
    },
    evidence: evidenceOf(texts.get('RESULTS')),
  };
}

function ignoredOf(texts: ReadonlyMap<string, string>, at: string): RawFinding['ignored'] {
  if (flagOf01(texts.get('IS_IGNORED'), `${at}.IS_IGNORED`)) return { reason: 'ignored in Qualys VM' };
  if (flagOf01(texts.get('IS_DISABLED'), `${at}.IS_DISABLED`))
    return { reason: 'disabled in the Qualys KnowledgeBase' };
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
function factorsOf(element: XmlElement, at: string): Pick<RawFinding, 'cvss' | 'epss' | 'knownExploited'> {
  const list = element.children.find(({ name }) => name === 'QDS_FACTORS');
  if (!list) return {};
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
