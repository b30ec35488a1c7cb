import { ERRORS, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { KnowledgeBaseEntry } from '../../../qualys/types.js';
import { aliasList } from '../../normalise.js';
import { titleOfQid } from '../../qualys-words.js';
import type { FindingStream, ScanServices } from '../../scanner.js';

/** Words of the platform's threat intelligence that speak of attacks, and not of what one could do. */
const EXPLOITED = /^(?:cisa_known_exploited|active_attacks)/i;

/** QIDs of a report that is read for them alone. */
export async function qidsOf(report: FindingStream): Promise<Set<string>> {
  const qids = new Set<string>();
  for (;;) {
    const step = await report.next();
    if (step.done) return qids;
    for (const { vulnerability } of step.value) if (vulnerability.source === 'qualys') qids.add(vulnerability.id);
  }
}

/**
 * What the KnowledgeBase says of these QIDs: the report names neither scores nor exploitability. An account that may
 * not read it gets findings without them, and rules that need them say so; any other failure is thrown, since a score
 * that is missing by chance would change the verdict.
 */
export async function lookUp(
  qids: ReadonlySet<string>,
  services: ScanServices,
): Promise<ReadonlyMap<string, KnowledgeBaseEntry>> {
  if (qids.size === 0) return new Map();
  try {
    return (await services.qualys().knowledgeBase.lookUp(qids, { signal: services.signal })).entries;
  } catch (error) {
    if (!(error instanceof ScangateError) || ERRORS[error.code].exit !== 'refused') throw error;
    services.log(`findings have no scores, PCI flag and exploitability: ${error.message}`);
    return new Map();
  }
}

/** The findings of a report with what is known of their QIDs. What the report says itself stands. */
export async function* enriched(report: FindingStream, known: ReadonlyMap<string, KnowledgeBaseEntry>): FindingStream {
  for (;;) {
    const step = await report.next();
    if (step.done) return step.value;
    yield step.value.map((finding) => {
      const { source, id } = finding.vulnerability;
      const entry = source === 'qualys' ? known.get(id) : undefined;
      return entry === undefined ? finding : withEntry(finding, entry);
    });
  }
}

function withEntry(finding: RawFinding, entry: KnowledgeBaseEntry): RawFinding {
  const { vulnerability } = finding;
  const { id } = vulnerability;
  const links = entry.vendorReferences.flatMap(({ url }) => (url === undefined ? [] : [url]));
  const isNameless = vulnerability.title === id || vulnerability.title === titleOfQid(id);
  return {
    ...finding,
    vulnerability: {
      ...vulnerability,
      title: isNameless ? (entry.title ?? vulnerability.title) : vulnerability.title,
      aliases: aliasList(id, [...(vulnerability.aliases ?? []), ...entry.cves]),
      links: vulnerability.links ?? (links.length === 0 ? undefined : links),
    },
    cvss: finding.cvss ?? (entry.cvss.length === 0 ? undefined : entry.cvss),
    pci: finding.pci ?? entry.pci,
    knownExploited: finding.knownExploited ?? (entry.threats.some((word) => EXPLOITED.test(word)) || undefined),
    fix: finding.fix ?? (entry.patchable === undefined ? undefined : { available: entry.patchable }),
    description: finding.description ?? entry.diagnosis,
    impact: finding.impact ?? impactOf(entry),
    remediation: finding.remediation ?? entry.solution,
  };
}

function impactOf({ consequence, threats }: KnowledgeBaseEntry): string | undefined {
  const said = threats.length === 0 ? undefined : `Threats: ${threats.join(', ').replaceAll('_', ' ')}.`;
  return [consequence, said].filter((text) => text !== undefined).join('\n') || undefined;
}
