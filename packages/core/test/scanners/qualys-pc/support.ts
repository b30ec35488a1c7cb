import type { RawFinding } from '../../../src/model/finding.js';
import type { ScanStatement } from '../../../src/model/scan.js';
import { qualysPc } from '../../../src/scanners/qualys-pc/index.js';
import type { PcTarget } from '../../../src/scanners/qualys-pc/target.js';
import type { ScanHandle } from '../../../src/scanners/scanner.js';
import { buildStage, type Stage } from '../../../src/testing/index.js';
import { type PcParts, PcPlatform } from './platform.js';

export const POSTURE: PcTarget = { scanner: 'qualys-pc', policies: ['CIS Debian 12'], host: '192.0.2.10' };
export const SCAN: PcTarget = { ...POSTURE, mode: 'scan', optionProfile: 'Compliance', scannerAppliance: 'External' };

export interface Collected {
  findings: RawFinding[];
  statement: ScanStatement;
}

export interface Staged {
  platform: PcPlatform;
  stage: Stage;
  handle: ScanHandle;
  collect(): Promise<Collected>;
}

/** A target whose scan, if it has one, has been launched and is done. */
export async function staged(
  parts: PcParts = {},
  target: PcTarget = POSTURE,
  platform = new PcPlatform(parts),
): Promise<Staged> {
  const stage = buildStage((request) => platform.answer(request));
  const plan = await qualysPc.plan(target, { targetName: 'hardening', runId: 'run-1' }, stage.services);
  const handle = await qualysPc.launch(plan, stage.services);
  platform.situation = 'done';
  return { platform, stage, handle, collect: () => collected(handle, stage) };
}

export async function collected(handle: ScanHandle, { services }: Stage): Promise<Collected> {
  const reading = qualysPc.findings(handle, services);
  const findings: RawFinding[] = [];
  for (;;) {
    const step = await reading.next();
    if (step.done) return { findings, statement: step.value };
    findings.push(...step.value);
  }
}

export const judged = async (parts: PcParts = {}, target: PcTarget = POSTURE): Promise<Collected> =>
  (await staged(parts, target)).collect();

export const codesOf = ({ statement }: Pick<Collected, 'statement'>): string[] =>
  statement.problems.map(({ code }) => code);

export const controlsOf = ({ findings }: Collected): string[] => findings.map(({ vulnerability }) => vulnerability.id);

/** The code that the work ends with, or `none`. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
