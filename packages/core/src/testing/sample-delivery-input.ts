import type { DeliveryInput } from '../ci/ci-adapter.js';
import type { Finding } from '../model/finding.js';
import type { Severity } from '../model/severity.js';
import type { Outcome, Reason, VerdictRule } from '../model/verdict.js';

export interface SampleOptions {
  outcome?: Outcome;
  /** Added to every text that a report, a policy or a repository can choose. */
  text?: string;
}

const finding = (severity: Severity, id: string, text: string): Finding => ({
  fingerprint: '0123456789abcdef0123456789abcdef',
  scanner: 'report',
  target: `shop-image${text}`,
  vulnerability: { source: 'nvd', id: `${id}${text}`, title: `a flaw in libexample${text}`, aliases: [id] },
  kind: 'confirmed',
  severity,
  location: { kind: 'package', name: `libexample${text}`, version: '1.0' },
  remediation: `update to 1.1${text}`,
});

const rule = (name: string, outcome: Outcome, observed: number): VerdictRule => ({
  name,
  action: 'fail',
  operator: 'at most',
  limit: 0,
  observed,
  missing: { count: 0, fields: {}, treatedAs: 'inconclusive' },
  outcome,
  fingerprints: [],
  fingerprintsOmitted: observed,
});

const EXIT_CODE: Record<Outcome, number> = { pass: 0, warn: 0, fail: 1, inconclusive: 4 };

/** A judgement with one rule that decides the outcome, one that holds, and one target that was not seen whole. */
export function sampleDeliveryInput({ outcome = 'fail', text = '' }: SampleOptions = {}): DeliveryInput {
  const deciding = `nothing critical${text}`;
  const reasons: Reason[] =
    outcome === 'pass'
      ? []
      : [
          {
            outcome,
            code: 'SCANGATE_RULE_VIOLATED',
            message: `${deciding}: 2 found, at most 0${text}`,
            rule: deciding,
          },
          {
            outcome,
            code: 'SCANGATE_SCAN_INCOMPLETE',
            message: `not seen whole${text}`,
            mend: `scan again${text}`,
            target: `shop${text}`,
          },
        ];
  return {
    verdict: {
      schema: 'scangate.verdict/1',
      tool: { name: 'scangate', version: '0.1.0' },
      startedAt: '2026-11-23T10:00:00.000Z',
      finishedAt: '2026-11-23T10:00:01.000Z',
      ci: null,
      policy: { source: 'scangate.yml', digest: '0'.repeat(64), include: [], onIncomplete: 'inconclusive' },
      outcome,
      exitCode: EXIT_CODE[outcome],
      targets: [
        {
          name: `shop-image${text}`,
          scanner: 'report',
          format: 'trivy',
          source: `trivy.json${text}`,
          scan: {},
          state: 'complete',
          problems: [],
          counts: {
            total: 4,
            counted: 3,
            byKind: { confirmed: 3, information: 1 },
            bySeverity: { critical: 2, unknown: 1 },
            leftOut: [{ reason: 'information', count: 1 }],
            partlyExcluded: 0,
          },
        },
      ],
      rules: [rule(deciding, outcome, 2), rule(`few highs${text}`, 'pass', 0)],
      waivers: { used: [], expired: [], unused: [] },
      baseline: null,
      reasons,
    },
    highlights: [
      {
        counted: [finding('critical', 'CVE-2099-0001', text), finding('critical', 'CVE-2099-0002', text)],
        undecided: [],
      },
      { counted: [], undecided: [] },
    ],
    context: { tool: 'any', name: 'Any', branch: `topic${text}`, mergeRequest: `12${text}` },
    reports: [
      { format: 'junit', path: 'scangate-out/junit.xml' },
      { format: 'html', path: 'scangate-out/report/index.html' },
      { format: 'sarif', path: 'scangate-out/scangate.sarif' },
    ],
  };
}
