import type { RawFinding } from '../model/finding.js';
import { severityOfLevel } from '../model/severity.js';
import { QualysError } from '../qualys/index.js';
import type { KnowledgeBaseEntry } from '../qualys/types.js';
import { aliasList } from './normalise.js';
import { kindOfWord, titleOfQid } from './qualys-words.js';
import type { ScanServices } from './scanner.js';

/** Adds to findings what only the KnowledgeBase knows. Every QID is asked for once in a run. */
export class Enricher {
  private readonly known = new Map<string, KnowledgeBaseEntry | undefined>();
  private isRefused = false;

  constructor(private readonly services: ScanServices) {}

  /** A finding whose QID the platform has nothing for stays as it is: the fields are absent, and nothing else. */
  async enrich(findings: RawFinding[]): Promise<RawFinding[]> {
    const qids = new Set(findings.filter(isQualys).map(({ vulnerability }) => vulnerability.id));
    await this.lookUp([...qids].filter((qid) => !this.known.has(qid)));
    return findings.map((finding) => {
      const entry = isQualys(finding) ? this.known.get(finding.vulnerability.id) : undefined;
      return entry ? enriched(finding, entry) : finding;
    });
  }

  /**
   * What can be completed without a call; the rest is handed to `leave`. For whoever reads an answer that takes the
   * place of a call: asking while it is open would wait for its end.
   */
  enrichKnown(findings: RawFinding[], leave: (finding: RawFinding) => void): RawFinding[] {
    const ready: RawFinding[] = [];
    for (const finding of findings) {
      const qid = finding.vulnerability.id;
      if (!isQualys(finding) || this.isRefused) ready.push(finding);
      else if (!this.known.has(qid)) leave(finding);
      else {
        const entry = this.known.get(qid);
        ready.push(entry ? enriched(finding, entry) : finding);
      }
    }
    return ready;
  }

  /** Asks for QIDs that are not known yet. */
  async learn(qids: Iterable<string>): Promise<void> {
    await this.lookUp([...qids].filter((qid) => !this.known.has(qid)));
  }

  /**
   * Findings out of the lists of a downloaded scan, which name neither severity nor kind: the catalogue's level is the
   * QID's own, and a QID that is only ever potential is potential.
   */
  async enrichListed(findings: RawFinding[]): Promise<RawFinding[]> {
    const known = await this.enrich(findings);
    return known.map((finding) => withCatalogueLevel(finding, this.known.get(finding.vulnerability.id)));
  }

  private async lookUp(qids: readonly string[]): Promise<void> {
    if (qids.length === 0 || this.isRefused) return;
    const { services } = this;
    try {
      const { entries, missing } = await services.qualys().knowledgeBase.lookUp(qids, { signal: services.signal });
      for (const qid of qids) this.known.set(qid, entries.get(qid));
      if (missing.length > 0) services.log(`the KnowledgeBase has nothing for QID ${missing.join(', ')}`);
    } catch (error) {
      // Some subscriptions may not read it. Findings without it are whole, and rules that need its fields say so.
      if (!(error instanceof QualysError && error.kind === 'permission')) throw error;
      this.isRefused = true;
      services.log(`findings have no CVE, PCI flag and remediation: ${error.message}`);
    }
  }
}

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
      // What the source itself names is true of this target; the catalogue lists what the QID may stand for.
      aliases: aliasList(vulnerability.id, [...(vulnerability.aliases ?? []), ...entry.cves]),
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
