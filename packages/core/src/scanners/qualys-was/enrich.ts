import type { RawFinding } from '../../model/finding.js';
import { severityOfLevel } from '../../model/severity.js';
import { QualysError } from '../../qualys/index.js';
import type { KnowledgeBaseEntry } from '../../qualys/types.js';
import { aliasList } from '../normalise.js';
import { kindOfWord, titleOfQid } from '../qualys-words.js';
import type { ScanServices } from '../scanner.js';
import { Knowledge } from './knowledge.js';

/** Adds to findings what only the KnowledgeBase knows. */
export class Enricher {
  private readonly knowledge: Knowledge;
  private isRefused = false;

  constructor(private readonly services: ScanServices) {
    this.knowledge = Knowledge.of(services);
  }

  /** A finding whose QID the platform has nothing for stays as it is: the fields are absent, and nothing else. */
  async enrich(findings: RawFinding[]): Promise<RawFinding[]> {
    await this.lookUp(qidsOf(findings));
    return findings.map((finding) => {
      const entry = this.entryOf(finding);
      return entry ? enriched(finding, entry) : finding;
    });
  }

  /**
   * Findings out of the lists of a downloaded scan, which name neither severity nor kind: the catalogue's level is the
   * QID's own, and a QID that is only ever potential is potential.
   */
  async enrichListed(findings: RawFinding[]): Promise<RawFinding[]> {
    const known = await this.enrich(findings);
    return known.map((finding) => withCatalogueLevel(finding, this.entryOf(finding)));
  }

  private entryOf(finding: RawFinding): KnowledgeBaseEntry | undefined {
    return isQualys(finding) ? this.knowledge.get(finding.vulnerability.id) : undefined;
  }

  private async lookUp(qids: ReadonlySet<string>): Promise<void> {
    if (this.isRefused) return;
    try {
      await this.knowledge.lookUp(qids, this.services);
    } catch (error) {
      // Some subscriptions may not read it. Findings without it are whole, and rules that need its fields say so.
      if (!(error instanceof QualysError && error.kind === 'permission')) throw error;
      this.isRefused = true;
      this.services.log(`findings have no CVE, PCI flag and remediation: ${error.message}`);
    }
  }
}

/** QIDs that the KnowledgeBase can be asked for. */
export const qidsOf = (findings: readonly RawFinding[]): Set<string> =>
  new Set(findings.filter(isQualys).map(({ vulnerability }) => vulnerability.id));

const isQualys = ({ vulnerability }: RawFinding): boolean => vulnerability.source === 'qualys';

function enriched(finding: RawFinding, entry: KnowledgeBaseEntry): RawFinding {
  const { vulnerability } = finding;
  const links = entry.vendorReferences.map(({ url }) => url).filter((url) => url !== undefined);
  return {
    ...finding,
    vulnerability: {
      ...vulnerability,
      title:
        vulnerability.title === titleOfQid(vulnerability.id)
          ? (entry.title ?? vulnerability.title)
          : vulnerability.title,
      aliases: aliasList(vulnerability.id, entry.cves),
      ...(links.length === 0 ? {} : { links }),
    },
    cvss: scoresOf(finding, entry),
    pci: finding.pci ?? entry.pci,
    fix: finding.fix ?? (entry.patchable === undefined ? undefined : { available: entry.patchable }),
    description: finding.description ?? entry.diagnosis,
    impact: finding.impact ?? entry.consequence,
    remediation: finding.remediation ?? entry.solution,
  };
}

/** The catalogue gives vectors, so its score of a version stands before that of the finding, which has none. */
function scoresOf({ cvss = [] }: RawFinding, entry: KnowledgeBaseEntry): RawFinding['cvss'] {
  const major = (version: string): string => version.slice(0, 1);
  const own = cvss.filter(({ version }) => !entry.cvss.some((score) => major(score.version) === major(version)));
  const scores = [...entry.cvss, ...own];
  return scores.length === 0 ? undefined : scores;
}

function withCatalogueLevel(finding: RawFinding, entry: KnowledgeBaseEntry | undefined): RawFinding {
  if (!entry || finding.severity !== 'unknown' || finding.vendorSeverity !== undefined) return finding;
  const level = entry.severityLevel;
  const isPotential = finding.kind === 'confirmed' && kindOfWord(entry.vulnType) === 'potential';
  return {
    ...finding,
    ...(isPotential ? { kind: 'potential' } : {}),
    ...(level === undefined ? {} : { severity: severityOfLevel(String(level)), vendorSeverity: String(level) }),
  };
}
