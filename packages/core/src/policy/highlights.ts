import type { Finding } from '../model/finding.js';
import { MAX_HIGHLIGHTS } from '../model/judged.js';
import { severityRank } from '../model/severity.js';

/** Unknown stands first: it may be the worst. */
const weight = ({ severity }: Finding): number => (severity === 'unknown' ? 6 : severityRank(severity));

/** Keeps the most severe findings, each severity in order of arrival, in bounded memory. */
export class Highlights {
  private readonly bySeverity: Finding[][] = [[], [], [], [], [], [], []];

  add(finding: Finding): void {
    const bucket = this.bySeverity[weight(finding)] as Finding[];
    if (bucket.length < MAX_HIGHLIGHTS) bucket.push(finding);
  }

  merge(other: Highlights): void {
    for (const finding of other.list()) this.add(finding);
  }

  list(): Finding[] {
    return this.bySeverity.toReversed().flat().slice(0, MAX_HIGHLIGHTS);
  }
}
