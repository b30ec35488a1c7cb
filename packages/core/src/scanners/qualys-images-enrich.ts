import type { RawFinding } from '../model/finding.js';
import { QualysError } from '../qualys/index.js';
import type { KnowledgeBaseEntry } from '../qualys/types.js';
import type { JsonMembers } from '../wire/json.js';
import { asObject, wordsIn } from '../wire/take.js';
import { aliasList } from './normalise.js';
import { elementsIn } from './qualys-images-members.js';
import type { ScanServices } from './scanner.js';

/** What `threatIntel` of a vulnerability says: its raised flags in words, with the names that it lists. */
function threatsOf(entry: JsonMembers): string | undefined {
  const { threatIntel } = entry;
  if (threatIntel === undefined || threatIntel === null) return undefined;
  const flags = asObject(threatIntel, 'threatIntel');
  const words = Object.keys(flags)
    .filter((key) => flags[key] === true)
    .map((key) => {
      const names = elementsIn(flags, `${key}Names`).map(String);
      const word = key.replace(/([a-z\d])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);
      return names.length === 0 ? word : `${word} (${names.join(', ')})`;
    });
  return words.length === 0 ? undefined : `Threat intelligence: ${words.join(', ')}.`;
}

/** Exploitability by QID, as the image lists it. */
export function threatsByQid(image: JsonMembers): Map<string, string> {
  const threats = new Map<string, string>();
  for (const value of elementsIn(image, 'vulnerabilities')) {
    const entry = asObject(value, 'vulnerabilities[]');
    const qid = wordsIn(entry, 'qid', 'vulnerabilities[]');
    const text = threatsOf(entry);
    if (qid !== undefined && text !== undefined) threats.set(qid, text);
  }
  return threats;
}

/** Adds to findings of images what only the KnowledgeBase knows. Every QID is asked for once. */
export class ImageEnricher {
  private readonly known = new Map<string, KnowledgeBaseEntry | undefined>();
  private isRefused = false;

  constructor(private readonly services: ScanServices) {}

  async enrich(findings: RawFinding[], threats: ReadonlyMap<string, string>): Promise<RawFinding[]> {
    const qids = new Set(findings.filter(isQualys).map(({ vulnerability }) => vulnerability.id));
    await this.lookUp([...qids].filter((qid) => !this.known.has(qid)));
    return findings.map((finding) => {
      if (!isQualys(finding)) return finding;
      const { id } = finding.vulnerability;
      return enriched(finding, this.known.get(id), threats.get(id));
    });
  }

  private async lookUp(qids: readonly string[]): Promise<void> {
    if (qids.length === 0 || this.isRefused) return;
    const { services } = this;
    try {
      const { entries } = await services.qualys().knowledgeBase.lookUp(qids, { signal: services.signal });
      for (const qid of qids) this.known.set(qid, entries.get(qid));
    } catch (error) {
      // Many subscriptions with containers alone may not read it. Findings without it are whole.
      if (!(error instanceof QualysError && error.kind === 'permission')) throw error;
      this.isRefused = true;
      services.log(`findings have no PCI flag and description: ${error.message}`);
    }
  }
}

const isQualys = ({ vulnerability }: RawFinding): boolean => vulnerability.source === 'qualys';

/** What the image itself says stands before the catalogue. */
function enriched(finding: RawFinding, entry: KnowledgeBaseEntry | undefined, threats: string | undefined): RawFinding {
  const impact = [threats, finding.impact ?? entry?.consequence].filter((text) => text !== undefined).join(' ');
  const withThreats = impact === '' ? finding : { ...finding, impact };
  if (!entry) return withThreats;
  const { vulnerability } = finding;
  const { id, title } = vulnerability;
  const isCisa = entry.threats.some((threat) => /cisa.*known.*exploited/i.test(threat));
  return {
    ...withThreats,
    vulnerability: {
      ...vulnerability,
      title: title === `QID ${id}` ? (entry.title ?? title) : title,
      aliases: vulnerability.aliases ?? aliasList(id, entry.cves),
    },
    cvss: finding.cvss ?? (entry.cvss.length > 0 ? entry.cvss : undefined),
    pci: finding.pci ?? entry.pci,
    knownExploited: finding.knownExploited ?? (isCisa ? true : undefined),
    fix: finding.fix ?? (entry.patchable === undefined ? undefined : { available: entry.patchable }),
    description: finding.description ?? entry.diagnosis,
    remediation: finding.remediation ?? entry.solution,
  };
}
