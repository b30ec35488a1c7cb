import { excerpt, ScangateError } from '../errors.js';
import type { FindingKind, RawFinding } from '../model/finding.js';
import { severityOfLevel } from '../model/severity.js';
import type { JsonMembers } from '../wire/json.js';
import { flagIn, requiredTextIn, wordsIn } from '../wire/take.js';
import { aliasList } from './normalise.js';
import { baseScore, catalogueText, scoreList } from './qualys-words.js';

/** The three kinds of the scan result; the summary row has a `type` of another meaning. */
const KINDS: Record<string, FindingKind> = { vuln: 'confirmed', practice: 'potential', ig: 'information' };

/** Text that says something. The platform writes a dash for nothing. */
export function saidIn(members: JsonMembers, key: string, at: string): string | undefined {
  const text = wordsIn(members, key, at);
  return text === undefined || /^[-–—]+$/.test(text) ? undefined : text;
}

function kindOf(members: JsonMembers, at: string): FindingKind {
  const word = requiredTextIn(members, 'type', at);
  const kind = Object.hasOwn(KINDS, word.toLowerCase()) ? KINDS[word.toLowerCase()] : undefined;
  if (kind === undefined)
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.type: "${excerpt(word)}" is not known`);
  return kind;
}

/** One detection on one host. */
export function detectionFinding(members: JsonMembers, at: string): RawFinding {
  const qid = requiredTextIn(members, 'qid', at);
  const severity = saidIn(members, 'severity', at);
  return {
    vulnerability: {
      source: 'qualys',
      id: qid,
      title: saidIn(members, 'title', at) ?? `QID ${qid}`,
      aliases: aliasesOf(members, qid, at),
    },
    kind: kindOf(members, at),
    severity: severityOfLevel(severity),
    vendorSeverity: severity,
    cvss: scoresOf(members, at),
    pci: saidIn(members, 'pci_vuln', at) === undefined ? undefined : flagIn(members, 'pci_vuln', at),
    location: {
      kind: 'host',
      host: saidIn(members, 'fqdn', at) ?? saidIn(members, 'dns', at) ?? saidIn(members, 'netbios', at),
      ip: saidIn(members, 'ip', at),
      port: portOf(members, at),
      protocol: saidIn(members, 'protocol', at),
      instance: saidIn(members, 'instance', at),
    },
    description: catalogueText(saidIn(members, 'threat', at)),
    impact: impactOf(members, at),
    remediation: catalogueText(saidIn(members, 'solution', at)),
    evidence: saidIn(members, 'results', at),
  };
}

/** Brief output has no CVE column: then nothing is said. In the extended one an empty column says that there are none. */
function aliasesOf(members: JsonMembers, qid: string, at: string): string[] | undefined {
  if (members.cve_id === undefined) return undefined;
  const names = [saidIn(members, 'cve_id', at), saidIn(members, 'vendor_reference', at)].flatMap(
    (text) => text?.split(',') ?? [],
  );
  return aliasList(qid, names);
}

function portOf(members: JsonMembers, at: string): number | undefined {
  const text = saidIn(members, 'port', at);
  if (text === undefined || text === '0') return undefined;
  if (!/^\d{1,5}$/.test(text))
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.port: "${excerpt(text)}" is no port`);
  return Number(text);
}

/** The vector of version 3 does not say 3.0 or 3.1; the platform's own scores are 3.1. */
const scoresOf = (members: JsonMembers, at: string): RawFinding['cvss'] =>
  scoreList(
    baseScore(saidIn(members, 'cvss3_base', at), '3.1', `${at}.cvss3_base`),
    baseScore(saidIn(members, 'cvss_base', at), '2.0', `${at}.cvss_base`),
  );

function impactOf(members: JsonMembers, at: string): string | undefined {
  const exploits = catalogueText(saidIn(members, 'exploitability', at));
  const malware = catalogueText(saidIn(members, 'associated_malware', at));
  const parts = [
    catalogueText(saidIn(members, 'impact', at)),
    exploits && `Known exploits: ${exploits}`,
    malware && `Associated malware: ${malware}`,
  ].filter((part) => part !== undefined && part !== '');
  return parts.length > 0 ? parts.join('\n') : undefined;
}
