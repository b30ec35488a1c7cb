import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem } from '../../../model/scan.js';
import type { ProgramEnd } from '../../machine.js';
import { scanProblem } from '../../problem.js';
import { howItEnded } from '../../program.js';
import type { QScannerDetails } from './details.js';
import type { Answer } from './exit-status.js';

/** What the policy of the platform adds to the scan. */
export interface PlatformVerdict {
  findings: RawFinding[];
  problems: ScanProblem[];
  /** `exit 42, DENY` */
  state: string;
}

const DENY_MEND = 'read on the platform which rule of the policy denies it; mend that, or change the policy';
const NO_VERDICT = 'the policy of the platform gave no verdict (AUDIT): no policy matched, or it only observes';
const AUDIT_MEND =
  'bind a policy to the pipeline (qscanner.policyTags), or say what this means with qscanner.onAudit: pass, warn or fail';

/**
 * `DENY` is a control that failed, and fails the target whatever the rules count.
 * `AUDIT` says that no policy decided. What that means is for `onAudit` to say; until then it is inconclusive.
 */
export function platformVerdict(answer: Answer, details: QScannerDetails, end: ProgramEnd): PlatformVerdict {
  const { mode, onAudit } = details;
  const state = mode === 'get-report' && answer === 'ALLOW' ? 'exit 0' : `exit ${end.status ?? '?'}, ${answer}`;
  if (answer === 'ALLOW' || (answer === 'AUDIT' && onAudit === 'pass')) return { findings: [], problems: [], state };
  if (answer === 'DENY' || onAudit === 'fail') {
    const problem = scanProblem('SCANGATE_SCAN_DENIED', `the policy of the platform says ${answer}`, DENY_MEND);
    return { findings: [policyFinding(answer, 'control', end)], problems: [problem], state };
  }
  if (onAudit === 'warn') {
    const problem = scanProblem('SCANGATE_SCAN_AUDITED', NO_VERDICT);
    return { findings: [policyFinding(answer, 'information', end)], problems: [problem], state };
  }
  return { findings: [], problems: [scanProblem('SCANGATE_SCAN_UNDECIDED', NO_VERDICT, AUDIT_MEND)], state };
}

function policyFinding(answer: Answer, kind: 'control' | 'information', end: ProgramEnd): RawFinding {
  const failed = kind === 'control';
  return {
    vulnerability: {
      source: 'qscanner',
      id: `policy-${answer.toLowerCase()}`,
      title: `Qualys policy evaluation: ${answer}`,
      aliases: [],
    },
    kind,
    severity: failed ? 'critical' : 'info',
    vendorSeverity: answer,
    state: failed ? 'fail' : 'audit',
    location: { kind: 'control', control: 'policy evaluation' },
    description: failed
      ? 'A centralised policy of the Qualys platform does not let this through.'
      : 'No centralised policy of the Qualys platform decided on this.',
    remediation: failed ? 'Mend what the policy names, or change the policy on the platform.' : undefined,
    evidence: `QScanner ended with ${howItEnded(end)}`,
  };
}
