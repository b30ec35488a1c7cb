/** The ordered scale, lowest first. `unknown` stands outside it: it is never below anything. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;

export type KnownSeverity = (typeof SEVERITIES)[number];
export type Severity = KnownSeverity | 'unknown';

/** 1 (info) to 5 (critical), the vendor's own numbering; 0 for unknown. */
export const severityRank = (severity: Severity): number =>
  severity === 'unknown' ? 0 : SEVERITIES.indexOf(severity) + 1;

/** Qualys levels 1-5 (design section 4). Anything else is unknown, never guessed. */
export function severityOfLevel(level: unknown): Severity {
  const text = typeof level === 'number' ? String(level) : typeof level === 'string' ? level.trim() : '';
  return /^[1-5]$/.test(text) ? (SEVERITIES[Number(text) - 1] as KnownSeverity) : 'unknown';
}

/** CVSS bands of design section 4, for reports that carry a score but no severity of their own. */
export function severityOfScore(score: number | undefined): Severity {
  if (score === undefined || !(score >= 0 && score <= 10)) return 'unknown';
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'info';
}

const WORDS: Record<string, Severity> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  moderate: 'medium',
  low: 'low',
  info: 'info',
  informational: 'info',
  information: 'info',
  negligible: 'info',
  none: 'info',
};

/** The words scanners share for the five levels, any case. A word not in the table is unknown. */
export function severityOfWord(word: unknown): Severity {
  if (typeof word !== 'string') return 'unknown';
  const key = word.trim().toLowerCase();
  return Object.hasOwn(WORDS, key) ? (WORDS[key] as Severity) : 'unknown';
}
