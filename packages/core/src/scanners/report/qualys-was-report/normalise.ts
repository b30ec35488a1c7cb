import { excerpt, ScangateError } from '../../../errors.js';
import type { CvssScore, FindingKind, RawFinding } from '../../../model/finding.js';
import { severityOfLevel } from '../../../model/severity.js';
import { flagOf } from '../../../wire/take.js';
import { child, childrenOf, descend, textAt, type XmlElement } from '../../../wire/xml.js';
import { aliasList, cveNames, cweNumbers, maskSecret } from '../../normalise.js';
import {
  baseScore,
  catalogueText,
  evidenceOf,
  evidenceOfBase64,
  kindOfWord,
  qidOf,
  scoreList,
  statusOf,
  titleOfQid,
} from '../../qualys-words.js';

/** The lists of results, and what they make of an element until the glossary says more. */
export const LISTS: ReadonlyMap<string, { kind: FindingKind; elements: readonly string[] }> = new Map([
  ['VULNERABILITY_LIST', { kind: 'confirmed', elements: ['VULNERABILITY'] }],
  ['SENSITIVE_CONTENT_LIST', { kind: 'sensitive-content', elements: ['SENSITIVE_CONTENT', 'VULNERABILITY'] }],
  ['INFORMATION_GATHERED_LIST', { kind: 'information', elements: ['INFORMATION_GATHERED'] }],
]);

/** A result as it is held until the glossary has come: what the element itself says. */
export interface HeldResult {
  qid: string;
  /** Whether the element itself says that it is potential or confirmed; absent: the glossary's category decides. */
  potential?: boolean | undefined;
  part: Pick<
    RawFinding,
    'kind' | 'status' | 'state' | 'ignored' | 'firstSeen' | 'lastSeen' | 'location' | 'evidence' | 'identity'
  >;
}

/** What the glossary says of a QID. */
export interface GlossaryEntry {
  kind: FindingKind | undefined;
  vulnerability: RawFinding['vulnerability'];
  level: string | undefined;
  cvss: CvssScore[] | undefined;
  description: string | undefined;
  impact: string | undefined;
  remediation: string | undefined;
}

function flagAt(element: XmlElement, name: string): boolean | undefined {
  const word = textAt(element, name);
  if (word === undefined) return undefined;
  const flag = flagOf(word);
  if (flag === undefined) {
    throw new ScangateError(
      'SCANGATE_REPORT_SHAPE',
      `${element.name}.${name}: expected true or false, got "${excerpt(word, 30)}"`,
    );
  }
  return flag;
}

export function heldResult(
  element: XmlElement,
  kind: FindingKind,
  timeOf: (text: string | undefined) => string | undefined,
): HeldResult {
  const payload = descend(element, 'PAYLOADS', 'PAYLOAD');
  return {
    qid: qidOf(textAt(element, 'QID'), element.name),
    potential: flagAt(element, 'POTENTIAL'),
    part: {
      kind,
      ...statusOf(textAt(element, 'STATUS')),
      ignored: flagAt(element, 'IGNORED') === true ? { reason: ignoredReason(element) } : undefined,
      firstSeen: timeOf(textAt(element, 'FIRST_TIME_DETECTED')),
      lastSeen: timeOf(textAt(element, 'LAST_TIME_DETECTED') ?? textAt(element, 'DETECTION_DATE')),
      identity: textAt(element, 'UNIQUE_ID'),
      location: {
        kind: 'web',
        url: textAt(element, 'URL'),
        method: textAt(payload, 'REQUEST', 'METHOD'),
        parameter: textAt(element, 'PARAM'),
      },
      evidence: kind === 'sensitive-content' ? contentEvidence(element) : resultEvidence(element, payload),
    },
  };
}

function ignoredReason(element: XmlElement): string {
  const reason = textAt(element, 'IGNORED_REASON') ?? textAt(element, 'IGNORE_REASON');
  const comment = textAt(element, 'IGNORED_COMMENT') ?? textAt(element, 'IGNORE_COMMENT');
  return ['ignored in Qualys WAS', reason, comment].filter((part) => part !== undefined).join(': ');
}

/** What was sent and how to get there. Headers may hold credentials, and bodies are base64: neither is carried. */
function resultEvidence(element: XmlElement, payload: XmlElement | undefined): string | undefined {
  const data = child(element, 'DATA');
  if (data) return data.attributes.base64 === 'true' ? evidenceOfBase64(data.text) : evidenceOf(data.text);
  const request = child(payload, 'REQUEST');
  const sent = [textAt(request, 'METHOD'), textAt(request, 'URL')].filter((part) => part !== undefined).join(' ');
  const words = textAt(payload, 'PAYLOAD');
  const more = childrenOf(child(element, 'PAYLOADS'), 'PAYLOAD').length - 1;
  const path = childrenOf(child(element, 'ACCESS_PATH'), 'URL').map(({ text }) => text.trim());
  const login = textAt(element, 'AUTHENTICATION');
  const lines = [
    sent,
    words === undefined || words === 'N/A' ? '' : `payload: ${words}`,
    more > 0 ? `further payloads: ${more}` : '',
    path.length > 0 ? `reached by: ${path.join(' > ')}` : '',
    login === undefined ? '' : `authentication: ${login}`,
  ];
  return evidenceOf(lines.filter((line) => line !== '').join('\n'));
}

/** Sensitive content is what must not leave the report: card numbers, social security numbers. */
function contentEvidence(element: XmlElement): string | undefined {
  const content = maskSecret(textAt(element, 'CONTENT'));
  return content === undefined ? undefined : `content: ${content}`;
}

export function glossaryEntry(element: XmlElement): [qid: string, entry: GlossaryEntry] {
  const qid = qidOf(textAt(element, 'QID'), 'GLOSSARY.QID_LIST.QID');
  const at = `GLOSSARY QID ${qid}`;
  const owasp = textAt(element, 'OWASP')
    ?.split(',')
    .map((code) => code.trim());
  const version3 = child(element, 'CVSS_V3');
  return [
    qid,
    {
      kind: kindOfWord(textAt(element, 'CATEGORY')),
      vulnerability: {
        source: 'qualys',
        id: qid,
        title: textAt(element, 'TITLE') ?? titleOfQid(qid),
        // The glossary names the CVEs of an entry that has any.
        aliases: aliasList(
          qid,
          cveNames(...childrenOf(element, 'CVE').map(({ text }) => text), textAt(element, 'CVE_ID')),
        ),
        cwe: cweNumbers(textAt(element, 'CWE')?.split(',') ?? []),
        owasp,
      },
      level: textAt(element, 'SEVERITY'),
      cvss: scoreList(
        baseScore(
          textAt(version3, 'BASE') ?? textAt(version3, 'CVSS_V3_BASE') ?? textAt(element, 'CVSS_V3_BASE'),
          '3.1',
          at,
        ),
        baseScore(textAt(element, 'CVSS_BASE'), '2.0', at),
      ),
      description: catalogueText(textAt(element, 'DESCRIPTION')),
      impact: catalogueText(textAt(element, 'IMPACT')),
      remediation: catalogueText(textAt(element, 'SOLUTION')),
    },
  ];
}

/** A held result with its glossary entry. Without one the severity is unknown; the finding stands all the same. */
export function finding(
  { qid, potential, part }: HeldResult,
  entry: GlossaryEntry | undefined,
  webAppUrl: string | undefined,
): RawFinding {
  const location =
    part.location.kind === 'web' && part.location.url === undefined
      ? { ...part.location, url: webAppUrl }
      : part.location;
  const common = { ...part, location, kind: kindOf(part.kind, potential, entry) };
  if (!entry) {
    return { vulnerability: { source: 'qualys', id: qid, title: titleOfQid(qid) }, ...common, severity: 'unknown' };
  }
  return {
    vulnerability: entry.vulnerability,
    ...common,
    severity: severityOfLevel(entry.level),
    vendorSeverity: entry.level,
    cvss: entry.cvss,
    description: entry.description,
    impact: entry.impact,
    remediation: entry.remediation,
  };
}

/** Of vulnerabilities alone, what the element says goes before the category of its QID. */
function kindOf(listed: FindingKind, potential: boolean | undefined, entry: GlossaryEntry | undefined): FindingKind {
  if (listed !== 'confirmed') return listed;
  return (potential ?? entry?.kind === 'potential') ? 'potential' : 'confirmed';
}
