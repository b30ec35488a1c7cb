import type { DeliveryInput } from '../ci/ci-adapter.js';
import type { RawFinding } from '../model/finding.js';
import type { Severity } from '../model/severity.js';
import type { Outcome } from '../model/verdict.js';
import { buildJudgement, buildRawFinding } from './builders.js';

export interface DeliverySketch {
  outcome?: Outcome;
  /** Added to every text that a report, a policy or a repository can choose. */
  text?: string;
}

const MAX_RULE_NAME_CHARS = 200;

const rawFinding = (severity: Severity, id: string, text: string): RawFinding =>
  buildRawFinding({
    vulnerability: { source: 'nvd', id: `${id}${text}`, title: `heap overflow${text}`, aliases: [] },
    severity,
    location: { kind: 'package', name: `libexample${text}`, version: `1.0${text}`, ecosystem: 'debian' },
    remediation: `update to 1.1${text}`,
  });

/** A judged scan of one image with two critical findings; one that is not green by half is also not seen whole. */
export async function buildDeliveryInput({ outcome = 'fail', text = '' }: DeliverySketch = {}): Promise<DeliveryInput> {
  const ruleName = (name: string): string => `${name}${text}`.slice(0, MAX_RULE_NAME_CHARS);
  const problem = { code: 'SCANGATE_SCAN_INCOMPLETE', message: `not seen whole${text}`, mend: `scan again${text}` };
  const { judgement } = await buildJudgement({
    policySource: `scangate.yml${text}`,
    policy: {
      rules: [
        {
          name: ruleName('nothing critical'),
          select: { severity: 'critical' },
          max: outcome === 'fail' || outcome === 'warn' ? 0 : 2,
          action: outcome === 'warn' ? 'warn' : 'fail',
        },
        { name: ruleName('few highs'), select: { severity: 'high' }, max: 3 },
      ],
    },
    targets: [
      {
        name: `shop-image${text}`,
        findings: [rawFinding('critical', 'CVE-2099-0001', text), rawFinding('critical', 'CVE-2099-0002', text)],
        statement: { problems: outcome === 'fail' || outcome === 'inconclusive' ? [problem] : [] },
      },
    ],
  });
  return {
    ...judgement,
    context: { tool: 'any', name: 'Any', branch: `topic${text}`, mergeRequest: `12${text}` },
    reports: [
      { format: 'junit', path: 'scangate-out/junit.xml' },
      { format: 'html', path: 'scangate-out/report/index.html' },
      { format: 'sarif', path: 'scangate-out/scangate.sarif' },
    ],
  };
}
