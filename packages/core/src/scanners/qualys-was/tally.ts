import type { FindingKind, RawFinding } from '../../model/finding.js';
import type { ScanProblem } from '../../model/scan.js';
import { scanProblem } from '../problem.js';

type ListName = 'vulnerabilities' | 'sensitive contents' | 'information';

const listOf = (kind: FindingKind): ListName =>
  kind === 'sensitive-content' ? 'sensitive contents' : kind === 'information' ? 'information' : 'vulnerabilities';

interface Counts {
  all: number;
  ignored: number;
  potential: number;
  ignoredPotential: number;
}

const noCounts = (): Counts => ({ all: 0, ignored: 0, potential: 0, ignoredPotential: 0 });

/** How often each list holds each QID: in what the search found, and in what the scan itself lists. */
export class Tally {
  private readonly found = new Map<ListName, Counts>();
  private readonly foundQids = new Set<string>();
  private listed = new Map<ListName, number>();

  addFound({ kind, vulnerability, ignored }: RawFinding): void {
    const list = listOf(kind);
    const counts = this.found.get(list) ?? noCounts();
    const isPotential = kind === 'potential';
    counts.all++;
    if (ignored) counts.ignored++;
    if (isPotential) counts.potential++;
    if (ignored && isPotential) counts.ignoredPotential++;
    this.found.set(list, counts);
    this.foundQids.add(`${list} ${vulnerability.id}`);
  }

  /** Whether the search found this QID in this list. */
  knows({ kind, vulnerability }: RawFinding): boolean {
    return this.foundQids.has(`${listOf(kind)} ${vulnerability.id}`);
  }

  /** Counts an element of the scan's own lists that the search has found too. */
  addListed({ kind }: RawFinding): void {
    const list = listOf(kind);
    this.listed.set(list, (this.listed.get(list) ?? 0) + 1);
  }

  forgetListed(): void {
    this.listed = new Map();
  }

  /**
   * The two counted against each other; information counts for nothing by itself and is left out. Whether the scan
   * counts what was ignored, or is only potential, is not documented, so it may be without either.
   */
  problems(name: string): ScanProblem[] {
    return (['vulnerabilities', 'sensitive contents'] as const).flatMap((list) => {
      const { all, ignored, potential, ignoredPotential } = this.found.get(list) ?? noCounts();
      const listed = this.listed.get(list) ?? 0;
      const confirmed = all - potential;
      if ([all, all - ignored, confirmed, confirmed - ignored + ignoredPotential].includes(listed)) return [];
      return [
        scanProblem(
          'SCANGATE_SCAN_COUNT_MISMATCH',
          `the scan ${name} lists ${listed} ${list} that the search for findings has ${all} of`,
          'collect again: the platform may still be working on the results',
        ),
      ];
    });
  }
}
