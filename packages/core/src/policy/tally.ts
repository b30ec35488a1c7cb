import type { Finding } from '../model/finding.js';
import { Highlights } from './highlights.js';

const MAX_FINGERPRINTS = 10_000;

/** What one rule has seen: of one target while it is read, of all targets in the end. */
export class Tally {
  observed = 0;
  undecided = 0;
  readonly missingFields = new Map<string, number>();
  readonly fingerprints: string[] = [];
  readonly counted = new Highlights();
  readonly open = new Highlights();

  count(finding: Finding): void {
    this.observed++;
    if (this.fingerprints.length < MAX_FINGERPRINTS) this.fingerprints.push(finding.fingerprint);
    this.counted.add(finding);
  }

  miss(finding: Finding, fields: readonly string[]): void {
    this.undecided++;
    for (const field of new Set(fields)) this.missingFields.set(field, (this.missingFields.get(field) ?? 0) + 1);
    this.open.add(finding);
  }

  merge(other: Tally): void {
    this.observed += other.observed;
    this.undecided += other.undecided;
    for (const [field, count] of other.missingFields)
      this.missingFields.set(field, (this.missingFields.get(field) ?? 0) + count);
    this.fingerprints.push(...other.fingerprints.slice(0, MAX_FINGERPRINTS - this.fingerprints.length));
    this.counted.merge(other.counted);
    this.open.merge(other.open);
  }
}
