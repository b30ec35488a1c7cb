import { excerpt, ScangateError } from '../../../errors.js';
import type { CvssScore, RawFinding } from '../../../model/finding.js';
import { severityOfLevel } from '../../../model/severity.js';
import { flagOf } from '../../../wire/take.js';
import { child, childrenOf, textAt, type XmlElement } from '../../../wire/xml.js';
import { aliasList, cveNames } from '../../normalise.js';
import { flagOf01, linksOf, portOf } from '../../qualys-host.js';
import {
  baseScore,
  catalogueText,
  evidenceOf,
  platformTime,
  qidOf,
  requiredKind,
  scoreList,
  statusOf,
  titleOfQid,
} from '../../qualys-words.js';

/** A detection as it is held until the glossary has come. */
export interface HeldDetection {
  qid: string;
  part: Pick<RawFinding, 'kind' | 'status' | 'state' | 'ignored' | 'firstSeen' | 'lastSeen' | 'location' | 'evidence'>;
}

/** What the glossary says of a QID. */
export type GlossaryEntry = Pick<
  RawFinding,
  'vulnerability' | 'cvss' | 'pci' | 'description' | 'impact' | 'remediation'
> & {
  level: string | undefined;
};

/** The QID of `<QID id="qid_38173">38173</QID>`; some writers leave the text out. */
function qidIn(element: XmlElement): string {
  const inner = child(element, 'QID');
  const text = inner?.text.trim();
  const id = inner?.attributes.id ?? element.attributes.id;
  return qidOf(text === undefined || text === '' ? id?.replace(/^qid_/i, '') : text, element.name);
}

export function heldDetection(element: XmlElement, host: XmlElement): HeldDetection {
  const qid = qidIn(element);
  const at = `VULN_INFO ${qid}`;
  const ssl = textAt(element, 'SSL');
  if (ssl !== undefined && flagOf(ssl) === undefined) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.SSL: expected true or false, got "${excerpt(ssl, 30)}"`);
  }
  return {
    qid,
    part: {
      kind: requiredKind(textAt(element, 'TYPE'), at),
      ...statusParts(textAt(element, 'VULN_STATUS'), element),
      firstSeen: platformTime(textAt(element, 'FIRST_FOUND')),
      lastSeen: platformTime(textAt(element, 'LAST_FOUND')),
      location: {
        kind: 'host',
        host: textAt(element, 'FQDN') ?? textAt(host, 'DNS') ?? textAt(host, 'NETBIOS'),
        ip: textAt(host, 'IP') ?? textAt(host, 'IPV6'),
        port: portOf(textAt(element, 'PORT'), at),
        protocol: textAt(element, 'PROTOCOL'),
        service: textAt(element, 'SERVICE') ?? (ssl !== undefined && flagOf(ssl) ? 'ssl' : undefined),
        instance: textAt(element, 'INSTANCE'),
      },
      evidence: evidenceOf(textAt(element, 'RESULT')),
    },
  };
}

/** `Active`, and what sets it aside: an ignored ticket, or `Ignored` and `Disabled` beside the status. */
function statusParts(words: string | undefined, element: XmlElement): Pick<RawFinding, 'status' | 'state' | 'ignored'> {
  const parts = words?.split(/[,;/]/).map((word) => word.trim()) ?? [];
  const aside = parts.find((word) => /^(?:ignored|disabled)$/i.test(word));
  const ticket = textAt(element, 'TICKET_STATE');
  const status = statusOf(parts.find((word) => word !== '' && word !== aside));
  if (aside !== undefined) return { ...status, ignored: { reason: `${aside.toLowerCase()} in Qualys VM` } };
  if (ticket === undefined || !/ignored/i.test(ticket)) return status;
  return {
    ...status,
    ignored: { reason: `remediation ticket ${textAt(element, 'TICKET_NUMBER') ?? '(no number)'} is ${ticket}` },
  };
}

export function glossaryEntry(element: XmlElement): [qid: string, entry: GlossaryEntry] {
  const qid = qidIn(element);
  const at = `VULN_DETAILS ${qid}`;
  const cves = childrenOf(child(element, 'CVE_ID_LIST'), 'CVE_ID').map((cve) => textAt(cve, 'ID'));
  const scores: (CvssScore | undefined)[] = [
    baseScore(textAt(element, 'CVSS3_SCORE', 'CVSS3_BASE'), '3.1', at),
    baseScore(textAt(element, 'CVSS_SCORE', 'CVSS_BASE'), '2.0', at),
  ];
  return [
    qid,
    {
      vulnerability: {
        source: 'qualys',
        id: qid,
        title: textAt(element, 'TITLE') ?? titleOfQid(qid),
        // The glossary names the CVEs of an entry that has any.
        aliases: aliasList(qid, cveNames(...cves)),
        links: linksOf(element),
      },
      level: textAt(element, 'SEVERITY'),
      cvss: scoreList(...scores),
      pci: flagOf01(textAt(element, 'PCI_FLAG'), `${at}.PCI_FLAG`),
      description: catalogueText(textAt(element, 'THREAT') ?? textAt(element, 'DIAGNOSIS')),
      impact: catalogueText(textAt(element, 'IMPACT') ?? textAt(element, 'CONSEQUENCE')),
      remediation: catalogueText(textAt(element, 'SOLUTION')),
    },
  ];
}

/** A held detection with its glossary entry. Without one the severity is unknown; the finding stands all the same. */
export function finding({ qid, part }: HeldDetection, entry: GlossaryEntry | undefined): RawFinding {
  if (!entry)
    return { vulnerability: { source: 'qualys', id: qid, title: titleOfQid(qid) }, ...part, severity: 'unknown' };
  const { level, ...details } = entry;
  return { ...details, ...part, severity: severityOfLevel(level), vendorSeverity: level };
}
