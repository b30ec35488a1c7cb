import type { FindingKind, RawFinding } from '../../../model/finding.js';
import { severityOfLevel } from '../../../model/severity.js';
import { child, childrenOf, textAt, type XmlElement } from '../../../wire/xml.js';
import { aliasList, cveNames } from '../../normalise.js';
import { flagOf01, linksOf, portOf } from '../../qualys-host.js';
import { baseScore, catalogueText, evidenceOf, qidOf, scoreList, titleOfQid } from '../../qualys-words.js';

/** The groups of a host, the element each holds, and its kind. */
export const GROUPS: ReadonlyMap<string, { element: string; kind: FindingKind }> = new Map([
  ['VULNS', { element: 'VULN', kind: 'confirmed' }],
  ['PRACTICES', { element: 'PRACTICE', kind: 'potential' }],
  ['INFOS', { element: 'INFO', kind: 'information' }],
  ['SERVICES', { element: 'SERVICE', kind: 'information' }],
]);

/** A detection on a host: `IP > group > CAT > element`. */
export function finding(element: XmlElement, category: XmlElement, host: XmlElement, kind: FindingKind): RawFinding {
  const qid = qidOf(element.attributes.number, element.name);
  const at = `${element.name} ${qid}`;
  const level = element.attributes.severity?.trim();
  const cves = childrenOf(child(element, 'CVE_ID_LIST'), 'CVE_ID').map((cve) => textAt(cve, 'ID'));
  return {
    vulnerability: {
      source: 'qualys',
      id: qid,
      title: textAt(element, 'TITLE') ?? titleOfQid(qid),
      // The scan result names the CVEs of a detection that has any.
      aliases: aliasList(qid, cveNames(...cves, element.attributes.cveid)),
      links: linksOf(element),
    },
    kind,
    severity: severityOfLevel(level),
    vendorSeverity: level,
    cvss: scoreList(
      baseScore(textAt(element, 'CVSS3_BASE'), '3.1', at),
      baseScore(textAt(element, 'CVSS_BASE'), '2.0', at),
    ),
    pci: flagOf01(textAt(element, 'PCI_FLAG'), `${at}.PCI_FLAG`),
    location: {
      kind: 'host',
      host: wordsOf(category.attributes.fqdn) ?? wordsOf(host.attributes.name),
      ip: wordsOf(host.attributes.value),
      port: portOf(category.attributes.port, at),
      protocol: wordsOf(category.attributes.protocol),
      instance: textAt(element, 'INSTANCE') ?? wordsOf(category.attributes.misc),
    },
    description: catalogueText(textAt(element, 'DIAGNOSIS')),
    impact: catalogueText(textAt(element, 'CONSEQUENCE')),
    remediation: catalogueText(textAt(element, 'SOLUTION')),
    evidence: evidenceOf(textAt(element, 'RESULT')),
  };
}

const wordsOf = (attribute: string | undefined): string | undefined =>
  attribute === undefined || attribute.trim() === '' ? undefined : attribute.trim();
