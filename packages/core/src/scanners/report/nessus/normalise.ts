import { excerpt, ScangateError } from '../../../errors.js';
import type { CvssScore, RawFinding } from '../../../model/finding.js';
import { type Severity, severityOfWord } from '../../../model/severity.js';
import { child, childrenOf, textAt, type XmlElement } from '../../../wire/xml.js';
import { aliasList, cvssVersion, cweNumbers, zonedTime } from '../../normalise.js';

/** The machine an item is about. */
export interface NessusHost {
  /** As the user or the network named it. */
  name: string;
  ip: string | undefined;
}

/** Severity attribute of an item; the same numbers in every version since 5. */
const SEVERITIES: Record<string, Severity> = { 0: 'info', 1: 'low', 2: 'medium', 3: 'high', 4: 'critical' };

/**
 * What a compliance check ended with, and what it is here:
 * PASSED nothing (counted); FAILED a control finding; WARNING a potential finding, since the audit leaves the decision to
 * a person; ERROR a control finding and a problem, since the check could not be made.
 */
const COMPLIANCE_KINDS = {
  PASSED: undefined,
  FAILED: 'control',
  WARNING: 'potential',
  ERROR: 'control',
} as const;
export type ComplianceResult = keyof typeof COMPLIANCE_KINDS;

/** Result of a compliance check; undefined for an item that is none. Throws `SCANGATE_REPORT_SHAPE` for an unknown word. */
export function complianceResult(item: XmlElement): ComplianceResult | undefined {
  const word = textAt(item, 'compliance-result');
  if (word === undefined) return undefined;
  if (!Object.hasOwn(COMPLIANCE_KINDS, word)) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `the compliance result "${excerpt(word)}" is not known`);
  }
  return word as ComplianceResult;
}

/** Properties of a host by name, such as `host-ip` and `HOST_END`. */
export function propertiesOf(host: XmlElement): Map<string, string> {
  const tags = childrenOf(child(host, 'HostProperties'), 'tag');
  return new Map(tags.map(({ attributes, text }) => [attributes.name ?? '', text.trim()]));
}

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]+)$/i;

export function hostOf(host: XmlElement): NessusHost {
  const properties = propertiesOf(host);
  const name = host.attributes.name?.trim() ?? '';
  const fqdn = properties.get('host-fqdn') || properties.get('netbios-name');
  const named = name !== '' && !ADDRESS.test(name) ? name : fqdn || name;
  if (named === '') throw new ScangateError('SCANGATE_REPORT_SHAPE', 'ReportHost@name is missing');
  return { name: named, ip: properties.get('host-ip') || (ADDRESS.test(name) ? name : undefined) };
}

function severityOf(item: XmlElement): Pick<RawFinding, 'severity' | 'vendorSeverity'> {
  const number = item.attributes.severity?.trim();
  const word = textAt(item, 'risk_factor');
  if (number === undefined || number === '') return { severity: severityOfWord(word), vendorSeverity: word };
  return {
    severity: Object.hasOwn(SEVERITIES, number) ? (SEVERITIES[number] as Severity) : 'unknown',
    vendorSeverity: number,
  };
}

const allText = (item: XmlElement, name: string): string[] =>
  childrenOf(item, name)
    .map(({ text }) => text.trim())
    .filter((text) => text !== '');

function requiredAttribute(item: XmlElement, name: string): string {
  const value = item.attributes[name]?.trim();
  if (value === undefined || value === '')
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `ReportItem@${name} is missing`);
  return value;
}

/** A plugin's report. Level 0 is information, unless a user lowered to it what the plugin itself calls a risk. */
export function itemFinding(item: XmlElement, host: NessusHost): RawFinding {
  const id = requiredAttribute(item, 'pluginID');
  const lowered = severityOfWord(textAt(item, 'risk_factor') ?? 'none') !== 'info';
  const patched = textAt(item, 'patch_publication_date') !== undefined;
  const solution = textAt(item, 'solution');
  const severity = severityOf(item);
  return {
    vulnerability: {
      source: 'nessus',
      id,
      title: item.attributes.pluginName?.trim() || textAt(item, 'plugin_name') || `plugin ${id}`,
      ...namesOf(item, id),
      links: linksOf(textAt(item, 'see_also')),
    },
    kind: severity.severity === 'info' && !lowered ? 'information' : 'confirmed',
    ...severity,
    cvss: scoresOf(item),
    epss: numberAt(item, 'epss_score', 1),
    knownExploited: isKnownExploited(item) || undefined,
    fix: patched ? { available: true } : undefined,
    firstSeen: zonedTime(textAt(item, 'first_found')),
    lastSeen: zonedTime(textAt(item, 'last_found')),
    location: {
      kind: 'host',
      host: host.name,
      ip: host.ip,
      port: portOf(item),
      protocol: item.attributes.protocol?.trim() || undefined,
    },
    description: textAt(item, 'description') ?? textAt(item, 'synopsis'),
    remediation: solution?.toLowerCase() === 'n/a' ? undefined : solution,
    evidence: textAt(item, 'plugin_output'),
  };
}

/** Port 0 stands for the host as a whole. */
function portOf(item: XmlElement): number | undefined {
  const text = item.attributes.port?.trim() ?? '';
  if (text === '' || text === '0') return undefined;
  if (!/^\d{1,5}$/.test(text))
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `ReportItem@port: "${excerpt(text)}" is no port`);
  return Number(text);
}

const XREF = /^(CWE|OWASP|CISA-[A-Z-]+):\s*(.+)$/i;

/** CVE, CWE and OWASP names; the other cross references (`RHSA:2020:1234`, `MSKB:...`) are names of the same flaw. */
function namesOf(item: XmlElement, id: string): Pick<RawFinding['vulnerability'], 'aliases' | 'cwe' | 'owasp'> {
  const references = allText(item, 'xref').map((text) => ({ text, parts: XREF.exec(text) }));
  const inCatalogue = (name: string): string[] =>
    references.flatMap(({ parts }) => (parts?.[1]?.toUpperCase() === name ? [parts[2] as string] : []));
  const owasp = inCatalogue('OWASP');
  return {
    aliases: aliasList(id, [
      ...allText(item, 'cve'),
      ...references.flatMap(({ text, parts }) => (parts ? [] : [text])),
    ]),
    cwe: cweNumbers([...allText(item, 'cwe'), ...inCatalogue('CWE')]),
    owasp: owasp.length > 0 ? owasp : undefined,
  };
}

const isKnownExploited = (item: XmlElement): boolean =>
  textAt(item, 'cisa-known-exploited') !== undefined ||
  allText(item, 'xref').some((text) => /^CISA-KNOWN-EXPLOITED:/i.test(text));

function linksOf(text: string | undefined): string[] | undefined {
  const links = text?.split(/\s+/).filter((link) => /^https?:\/\//i.test(link));
  return links && links.length > 0 ? links : undefined;
}

function numberAt(item: XmlElement, name: string, max: number): number | undefined {
  const text = textAt(item, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!(number >= 0 && number <= max)) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${name}: "${excerpt(text)}" is no number from 0 to ${max}`);
  }
  return number;
}

function scoresOf(item: XmlElement): CvssScore[] | undefined {
  const scores: CvssScore[] = [];
  const add = (scoreName: string, vectorName: string, fallback: CvssScore['version']): void => {
    const score = numberAt(item, scoreName, 10);
    if (score === undefined) return;
    // Version 2 vectors come as `CVSS2#AV:N/...`.
    const vector = textAt(item, vectorName)?.replace(/^CVSS2#/, '');
    scores.push({ version: cvssVersion(vector) ?? fallback, score, vector });
  };
  add('cvss4_base_score', 'cvss4_vector', '4.0');
  add('cvss3_base_score', 'cvss3_vector', '3.0');
  add('cvss_base_score', 'cvss_vector', '2.0');
  return scores.length > 0 ? scores : undefined;
}

/** A compliance check that was not passed. The plugin is the audit's engine, so the check's own name is its id. */
export function complianceFinding(
  item: XmlElement,
  host: NessusHost,
  result: ComplianceResult,
): RawFinding | undefined {
  const kind = COMPLIANCE_KINDS[result];
  if (kind === undefined) return undefined;
  const name = textAt(item, 'compliance-check-name') ?? textAt(item, 'compliance-check-id');
  if (name === undefined)
    throw new ScangateError('SCANGATE_REPORT_SHAPE', 'a compliance check has neither name nor id');
  const expected = textAt(item, 'compliance-policy-value');
  const found = textAt(item, 'compliance-actual-value') ?? textAt(item, 'compliance-error');
  return {
    vulnerability: {
      source: 'nessus-compliance',
      id: name,
      title: name,
      aliases: [],
      links: linksOf(textAt(item, 'compliance-see-also')),
    },
    kind,
    ...severityOf(item),
    state: result,
    location: { kind: 'control', control: name, subject: host.name, instance: textAt(item, 'compliance-audit-file') },
    description: textAt(item, 'compliance-info'),
    remediation: textAt(item, 'compliance-solution'),
    evidence: [expected && `expected: ${expected}`, found && `found: ${found}`].filter(Boolean).join('\n') || undefined,
  };
}
