import type { CvssScore } from '../model/finding.js';
import { CVSS_VERSIONS } from '../model/kinds.js';
import { plainText } from '../wire/plain-text.js';
import { child, childrenOf, textAt, type XmlElement } from '../wire/xml.js';
import type { KnowledgeBaseEntry } from './types.js';

/**
 * A `VULN` of the KnowledgeBase. What is not there, or not readable, is absent: a rule that needs it says so then.
 * Undefined without a QID, since nobody could have asked for it. Source: docs.qualys.com, KnowledgeBase output DTD, read 2026-11-23.
 */
export function entryOf(vuln: XmlElement): KnowledgeBaseEntry | undefined {
  const qid = /^0*(\d{1,10})$/.exec(textAt(vuln, 'QID') ?? '')?.[1];
  if (qid === undefined) return undefined;
  const level = textAt(vuln, 'SEVERITY_LEVEL');
  return withoutAbsent({
    qid,
    title: plainText(textAt(vuln, 'TITLE')),
    vulnType: textAt(vuln, 'VULN_TYPE'),
    category: textAt(vuln, 'CATEGORY'),
    severityLevel: level !== undefined && /^[1-5]$/.test(level) ? Number(level) : undefined,
    cves: idsIn(vuln, 'CVE_LIST', 'CVE').map((cve) => cve.toUpperCase()),
    cvss: cvssOf(vuln),
    pci: flag(vuln, 'PCI_FLAG'),
    patchable: flag(vuln, 'PATCHABLE'),
    diagnosis: words(vuln, 'DIAGNOSIS'),
    consequence: words(vuln, 'CONSEQUENCE'),
    solution: words(vuln, 'SOLUTION'),
    publishedAt: textAt(vuln, 'PUBLISHED_DATETIME'),
    modifiedAt: textAt(vuln, 'LAST_SERVICE_MODIFICATION_DATETIME'),
    vendorReferences: childrenOf(child(vuln, 'VENDOR_REFERENCE_LIST'), 'VENDOR_REFERENCE').flatMap(referenceOf),
    threats: childrenOf(child(vuln, 'THREAT_INTELLIGENCE'), 'THREAT_INTEL')
      .map((threat) => threat.text.trim())
      .filter((word) => word !== ''),
    isDisabled: flag(vuln, 'IS_DISABLED'),
  });
}

type Loose<T> = { [K in keyof T]: T[K] | undefined };

function withoutAbsent(entry: Loose<Required<KnowledgeBaseEntry>>): KnowledgeBaseEntry {
  return Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== undefined),
  ) as unknown as KnowledgeBaseEntry;
}

function flag(vuln: XmlElement, name: string): boolean | undefined {
  const word = textAt(vuln, name);
  return word === '1' ? true : word === '0' ? false : undefined;
}

/** The vendor's text and, below it, what the subscription added. */
function words(vuln: XmlElement, name: string): string | undefined {
  const texts = [textAt(vuln, name), textAt(vuln, `${name}_COMMENT`)].map(plainText);
  const known = texts.filter((text) => text !== undefined && !/^(?:n\/a|not\s+applicable)\.?$/i.test(text));
  return known.length === 0 ? undefined : known.join('\n');
}

const idsIn = (vuln: XmlElement, list: string, item: string): string[] =>
  childrenOf(child(vuln, list), item)
    .map((element) => textAt(element, 'ID'))
    .filter((id) => id !== undefined);

function referenceOf(element: XmlElement): { id: string; url?: string }[] {
  const id = textAt(element, 'ID');
  const url = textAt(element, 'URL');
  return id === undefined ? [] : [{ id, ...(url === undefined ? {} : { url }) }];
}

function cvssOf(vuln: XmlElement): CvssScore[] {
  const third = child(vuln, 'CVSS_V3');
  const said = textAt(third, 'CVSS3_VERSION');
  return [scoreOf(child(vuln, 'CVSS'), '2.0'), scoreOf(third, said === '3.0' ? '3.0' : '3.1')].filter(
    (score) => score !== undefined,
  );
}

/** The platform writes 0.0 for what was never scored, so that 0 without a vector is no score. */
function scoreOf(element: XmlElement | undefined, version: CvssScore['version']): CvssScore | undefined {
  const base = child(element, 'BASE');
  const score = Number(base?.text.trim() || Number.NaN);
  const vector = textAt(element, 'VECTOR_STRING');
  if (!(score >= 0 && score <= 10) || (score === 0 && vector === undefined)) return undefined;
  const named = /^CVSS:(\d\.\d)\//.exec(vector ?? '')?.[1];
  const source = base?.attributes.source;
  return {
    version: CVSS_VERSIONS.find((known) => known === named) ?? version,
    score,
    ...(vector === undefined ? {} : { vector }),
    ...(source === undefined ? {} : { source }),
  };
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');

const isObjects = (value: unknown, name: string, type: string): boolean =>
  Array.isArray(value) &&
  value.every((item) => typeof item === 'object' && item !== null && typeof Reflect.get(item, name) === type);

const TEXT_FIELDS = [
  'title',
  'vulnType',
  'category',
  'diagnosis',
  'consequence',
  'solution',
  'publishedAt',
  'modifiedAt',
];
const FLAG_FIELDS = ['pci', 'patchable', 'isDisabled'];

/** Whether a value out of a cache has the form of an entry. */
export function isEntry(value: unknown): value is KnowledgeBaseEntry {
  if (typeof value !== 'object' || value === null) return false;
  const of = (name: string): unknown => Reflect.get(value, name);
  const isOptional = (type: string) => (name: string) => of(name) === undefined || typeof of(name) === type;
  return (
    typeof of('qid') === 'string' &&
    isTexts(of('cves')) &&
    isTexts(of('threats')) &&
    isObjects(of('cvss'), 'score', 'number') &&
    isObjects(of('vendorReferences'), 'id', 'string') &&
    TEXT_FIELDS.every(isOptional('string')) &&
    FLAG_FIELDS.every(isOptional('boolean')) &&
    isOptional('number')('severityLevel')
  );
}
