import type { RawFinding } from '../model/finding.js';
import { severityOfLevel } from '../model/severity.js';
import { QualysError } from '../qualys/index.js';
import type { KnowledgeBaseEntry } from '../qualys/types.js';
import { aliasList } from './normalise.js';
import { Knowledge } from './qualys-knowledge.js';
import { kindOfWord, titleOfQid } from './qualys-words.js';
import type { ScanServices } from './scanner.js';

/** Adds to findings what only the KnowledgeBase knows. */
export class Enricher {
  private readonly known = new Map<string, Known | undefined>();
  private readonly knowledge: Knowledge;
  private isRefused = false;

  constructor(private readonly services: ScanServices) {
    this.knowledge = Knowledge.of(services);
  }

  /** Completes the findings. One whose QID the platform has nothing for stays as it is: the fields are absent, and nothing else. */
  async enrich(findings: RawFinding[]): Promise<RawFinding[]> {
    await this.learn(qidsOf(findings));
    for (const finding of findings) {
      const known = isQualys(finding) ? this.known.get(finding.vulnerability.id) : undefined;
      if (known) complete(finding, known);
    }
    return findings;
  }

  /**
   * What can be completed without a call; the rest is handed to `leave`. For whoever reads an answer that takes the
   * place of a call: asking while it is open would wait for its end.
   */
  enrichKnown(findings: RawFinding[], leave: (finding: RawFinding) => void): RawFinding[] {
    if (this.isRefused) return findings;
    return findings.filter((finding) => {
      if (!isQualys(finding)) return true;
      const known = this.known.get(finding.vulnerability.id);
      if (known) complete(finding, known);
      else if (!this.known.has(finding.vulnerability.id)) {
        leave(finding);
        return false;
      }
      return true;
    });
  }

  /**
   * Findings out of the lists of a downloaded scan, which name neither severity nor kind: the catalogue's level is the
   * QID's own, and a QID that is only ever potential is potential.
   */
  async enrichListed(findings: RawFinding[]): Promise<RawFinding[]> {
    const known = await this.enrich(findings);
    return known.map((finding) => withCatalogueLevel(finding, this.known.get(finding.vulnerability.id)?.entry));
  }

  /** Asks for QIDs that are not known yet. */
  async learn(qids: Iterable<string>): Promise<void> {
    const wanted = [...qids].filter((qid) => !this.known.has(qid));
    if (wanted.length === 0 || this.isRefused) return;
    try {
      await this.knowledge.lookUp(wanted, this.services);
    } catch (error) {
      // Some subscriptions may not read it. Findings without it are whole, and rules that need its fields say so.
      if (!(error instanceof QualysError && error.kind === 'permission')) throw error;
      this.isRefused = true;
      this.services.log(`findings have no CVE, PCI flag and remediation: ${error.message}`);
      return;
    }
    for (const qid of wanted) {
      const entry = this.knowledge.get(qid);
      this.known.set(qid, entry && knownOf(entry));
    }
  }
}

/** QIDs that the KnowledgeBase can be asked for. */
export const qidsOf = (findings: readonly RawFinding[]): Set<string> =>
  new Set(findings.filter(isQualys).map(({ vulnerability }) => vulnerability.id));

const isQualys = ({ vulnerability }: RawFinding): boolean => vulnerability.source === 'qualys';

/** What an entry adds, made once for each QID: there may be a million findings of a few hundred. */
interface Known {
  entry: KnowledgeBaseEntry;
  /** Of a finding that names its QID and nothing else. */
  vulnerability: RawFinding['vulnerability'];
  cvss: RawFinding['cvss'];
  fix: RawFinding['fix'];
}

function knownOf(entry: KnowledgeBaseEntry): Known {
  const { qid, title = titleOfQid(qid), cves, cvss, patchable } = entry;
  const links = entry.vendorReferences.map(({ url }) => url).filter((url) => url !== undefined);
  return {
    entry,
    vulnerability: {
      source: 'qualys',
      id: qid,
      title,
      aliases: aliasList(qid, cves),
      ...(links.length === 0 ? {} : { links }),
    },
    cvss: cvss.length === 0 ? undefined : cvss,
    fix: patchable === undefined ? undefined : { available: patchable },
  };
}

/** Completes the finding, which nobody else has seen yet. */
function complete(finding: RawFinding, known: Known): void {
  const { entry } = known;
  finding.vulnerability = namesOf(finding.vulnerability, known.vulnerability);
  finding.cvss = scoresOf(finding.cvss, known.cvss);
  finding.pci ??= entry.pci;
  finding.fix ??= known.fix;
  finding.description ??= entry.diagnosis;
  finding.impact ??= entry.consequence;
  finding.remediation ??= entry.solution;
}

function namesOf(own: RawFinding['vulnerability'], known: RawFinding['vulnerability']): RawFinding['vulnerability'] {
  const { id, title, aliases, cwe, owasp } = own;
  const isBare = title === titleOfQid(id);
  if (isBare && aliases === undefined && cwe === undefined && owasp === undefined) return known;
  return {
    ...own,
    ...known,
    title: isBare ? known.title : title,
    // What the source itself names is true of this target; the catalogue lists what the QID may stand for.
    aliases: aliases === undefined ? known.aliases : aliasList(id, [...aliases, ...(known.aliases ?? [])]),
  };
}

const major = (version: string): string => version.slice(0, 1);

/** The catalogue gives vectors, so its score of a version stands before that of the finding, which has none. */
function scoresOf(own: RawFinding['cvss'], known: RawFinding['cvss']): RawFinding['cvss'] {
  if (own === undefined || known === undefined) return own ?? known;
  const others = own.filter(({ version }) => !known.some((score) => major(score.version) === major(version)));
  return others.length === 0 ? known : [...known, ...others];
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
