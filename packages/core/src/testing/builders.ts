import { toFinding } from '../fingerprint.js';
import type { Finding, RawFinding } from '../model/finding.js';
import type { JudgedFinding, Judgement } from '../model/judged.js';
import type { ScanProblem, ScanStatement } from '../model/scan.js';
import type { CiContext } from '../model/verdict.js';
import { compilePolicy, Judge, PolicyInput } from '../policy/index.js';

/** A finding that says little: a confirmed high vulnerability in a package. */
export function buildRawFinding(overrides: Partial<RawFinding> = {}): RawFinding {
  return {
    vulnerability: { source: 'debian', id: 'CVE-2099-0001', title: 'libexample: heap overflow', aliases: [] },
    kind: 'confirmed',
    severity: 'high',
    location: { kind: 'package', name: 'libexample', version: '1.0', ecosystem: 'debian' },
    ...overrides,
  };
}

/** As {@link buildRawFinding}, in a scan of a target. */
export const buildFinding = (overrides: Partial<RawFinding> = {}, target = 'shop-image', scanner = 'trivy'): Finding =>
  toFinding(buildRawFinding(overrides), scanner, target);

export const buildStatement = (overrides: Partial<ScanStatement> = {}): ScanStatement => ({
  tool: { name: 'Trivy', version: '0.69.1' },
  evidence: 'the report lists 1 result',
  problems: [],
  ...overrides,
});

export interface TargetSketch {
  name: string;
  scanner?: string;
  source?: string;
  findings?: readonly RawFinding[];
  statement?: Partial<ScanStatement>;
  /** The report could not be read to its end. */
  unreadable?: ScanProblem;
}

export interface JudgementSketch {
  /** A policy as a user writes it. */
  policy: unknown;
  policySource?: string;
  targets: readonly TargetSketch[];
  ci?: CiContext;
}

export interface BuiltJudgement {
  ruleNames: string[];
  /** What reporters get one by one. */
  findings: JudgedFinding[];
  judgement: Judgement;
}

const EXIT_CODES = { pass: 0, warn: 0, fail: 1, inconclusive: 4 };

/** Judges made-up findings with the real policy engine, at a fixed time. */
export async function buildJudgement({
  policy,
  policySource = 'scangate.yml',
  targets,
  ci,
}: JudgementSketch): Promise<BuiltJudgement> {
  const compiled = await compilePolicy(PolicyInput.parse(policy), policySource);
  const judge = new Judge(compiled, Date.parse('2026-11-23T10:00:00Z'));
  const findings = targets.flatMap((target) => judgeTarget(judge, target));
  const { highlights, ...judged } = judge.end();
  const { source, include, onIncomplete } = compiled;
  return {
    ruleNames: compiled.rules.map(({ name }) => name),
    findings,
    judgement: {
      highlights,
      verdict: {
        schema: 'scangate.verdict/1',
        tool: { name: 'scangate', version: '0.1.0' },
        startedAt: '2026-11-23T10:00:00.000Z',
        finishedAt: '2026-11-23T10:00:01.250Z',
        ci: ci ?? null,
        policy: { source, digest: '0'.repeat(64), include: [...include], onIncomplete },
        exitCode: EXIT_CODES[judged.outcome],
        waivers: { used: [], expired: [], unused: [] },
        baseline: null,
        ...judged,
      },
    },
  };
}

function judgeTarget(
  judge: Judge,
  { name, scanner = 'trivy', source, findings = [], statement, unreadable }: TargetSketch,
): JudgedFinding[] {
  const target = judge.target({ name, scanner, format: scanner, source: source ?? `${name}.json`, tags: [] });
  const judged = findings.map((raw) => target.judge(toFinding(raw, scanner, name)));
  if (unreadable) target.unreadable(unreadable);
  else target.end(buildStatement(statement));
  return judged;
}
