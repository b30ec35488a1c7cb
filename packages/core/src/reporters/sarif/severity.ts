import type { CvssScore } from '../../model/finding.js';
import { type Severity, severityOfScore } from '../../model/severity.js';

type Level = 'error' | 'warning' | 'note';

const LEVELS: Record<Severity, Level> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
  unknown: 'warning',
};

/** SARIF level. Unknown is a warning: it is never below anything, and no error is known. */
export const levelOf = (severity: Severity): Level => LEVELS[severity];

const MIDDLE: Record<Exclude<Severity, 'unknown'>, number> = { critical: 9.5, high: 8, medium: 5.5, low: 2, info: 0 };

/**
 * GitHub's `security-severity`, a number as text on the rule: over 9.0 is critical, 7.0 high, 4.0 medium, 0.1 low
 * (GitHub's page on SARIF support, read 2026-11-23). It is the highest CVSS score that agrees with the severity the gate
 * judged by, else the middle of its band: the page must not say another severity than the verdict. Undefined for an
 * unknown severity without a score.
 */
export function securitySeverity(severity: Severity, cvss: readonly CvssScore[] = []): string | undefined {
  const scores = cvss.map(({ score }) => score);
  if (severity === 'unknown') return scores.length > 0 ? Math.max(...scores).toFixed(1) : undefined;
  const agreeing = scores.filter((score) => severityOfScore(score) === severity && score !== 9);
  return (agreeing.length > 0 ? Math.max(...agreeing) : MIDDLE[severity]).toFixed(1);
}
