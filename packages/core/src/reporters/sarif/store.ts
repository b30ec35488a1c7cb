import type { Finding } from '../../model/finding.js';
import type { JudgedFinding } from '../../model/judged.js';
import type { Severity } from '../../model/severity.js';
import { jsonText } from '../escape/json.js';
import { isSuppressed, type ResultParts, resultParts } from './results.js';
import { ruleId, ruleJson, ruleKey } from './rules.js';

export interface SarifLimits {
  /** Results, and so rules too. */
  maxResults: number;
  /** Results and rules together, UTF-8. */
  maxBytes: number;
}

export interface KeptRule {
  key: string;
  json: string;
  /** The rule's id as a JSON text. */
  idJson: string;
  bytes: number;
  uses: number;
}

export interface KeptResult extends ResultParts {
  rule: KeptRule;
  target: string;
  severity: Severity;
  bytes: number;
}

/**
 * Importance, least first. Unknown stands below critical alone: it may be anything, but must not push out what is known
 * to be the worst. What somebody set aside goes first.
 */
const SUPPRESSED = 0;
const RANKS: Record<Severity, number> = { info: 1, low: 2, medium: 3, high: 4, unknown: 5, critical: 6 };

/** What is added to a result only at the end: rule index and separators, and the place of an anchored one. */
const RESULT_OVERHEAD_BYTES = 80;
export const MAX_ANCHOR_BYTES = 160;

/** Keeps the most important results within the limits. Renders only what may stay. */
export class ResultStore {
  readonly dropped = new Map<Severity, number>();
  private readonly ranks: KeptResult[][] = Array.from({ length: 7 }, () => []);
  private readonly rules = new Map<string, KeptRule>();
  private count = 0;
  private bytes = 0;
  /** Ranks up to this one have lost a result already: nothing more of them is taken. */
  private closedRank = -1;

  constructor(
    private readonly limits: SarifLimits,
    private readonly ruleNames: readonly string[],
  ) {}

  add(judged: JudgedFinding): void {
    const { finding } = judged;
    const rank = isSuppressed(judged) ? SUPPRESSED : RANKS[finding.severity];
    if (rank <= this.closedRank) {
      this.drop(finding.severity);
      return;
    }
    const rule = this.ruleOf(finding);
    const parts = resultParts(judged, this.ruleNames);
    const bytes =
      Buffer.byteLength(parts.rest) +
      (parts.physical?.length ?? MAX_ANCHOR_BYTES) +
      Buffer.byteLength(rule.idJson) +
      RESULT_OVERHEAD_BYTES;
    rule.uses++;
    this.ranks[rank]?.push({ ...parts, rule, bytes, target: finding.target, severity: finding.severity });
    this.count++;
    this.bytes += bytes;
    while (this.count > this.limits.maxResults || this.bytes > this.limits.maxBytes) this.evict();
  }

  /** Most important first, each rank in order of arrival. */
  list(): KeptResult[] {
    return this.ranks.toReversed().flat();
  }

  private ruleOf(finding: Finding): KeptRule {
    const key = ruleKey(finding);
    const known = this.rules.get(key);
    if (known) return known;
    const json = ruleJson(finding);
    const rule = { key, json, idJson: jsonText(ruleId(finding)), bytes: Buffer.byteLength(json) + 2, uses: 0 };
    this.rules.set(key, rule);
    this.bytes += rule.bytes;
    return rule;
  }

  private evict(): void {
    const rank = this.ranks.findIndex((results) => results.length > 0);
    const result = this.ranks[rank]?.pop() as KeptResult;
    this.closedRank = Math.max(this.closedRank, rank);
    this.count--;
    this.bytes -= result.bytes;
    this.drop(result.severity);
    if (--result.rule.uses > 0) return;
    this.rules.delete(result.rule.key);
    this.bytes -= result.rule.bytes;
  }

  private drop(severity: Severity): void {
    this.dropped.set(severity, (this.dropped.get(severity) ?? 0) + 1);
  }
}
