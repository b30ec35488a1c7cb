import type { Severity } from './severity.js';
import type { Verdict } from './verdict.js';

/**
 * Findings that the policy's default population looks at, over all targets, most severe first. A word that is not on
 * the scale counts as unknown, so that no finding is lost between the columns.
 */
export function countBySeverity({ targets }: Pick<Verdict, 'targets'>): Record<Severity, number> {
  const counts: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, info: 0, unknown: 0 };
  for (const target of targets) {
    for (const [word, count] of Object.entries(target.counts.bySeverity)) {
      counts[Object.hasOwn(counts, word) ? (word as Severity) : 'unknown'] += count;
    }
  }
  return counts;
}
