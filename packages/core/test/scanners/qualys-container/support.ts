import { runGate } from '../../../src/gate.js';
import type { RawFinding } from '../../../src/model/finding.js';
import type { ScanStatement } from '../../../src/model/scan.js';
import { compilePolicy, PolicyInput } from '../../../src/policy/index.js';
import type { Machine } from '../../../src/scanners/machine.js';
import { qualysContainer } from '../../../src/scanners/qualys-container/index.js';
import type { ContainerTarget } from '../../../src/scanners/qualys-container/target.js';
import type { ScanHandle, Scanner, ScanServices } from '../../../src/scanners/scanner.js';
import { buildMachine, buildStage, type FakeProgram, type ScannerSituation } from '../../../src/testing/index.js';
import { type CsParts, CsPlatform, IMAGE, SHA } from './platform.js';

export interface Collected {
  findings: RawFinding[];
  statement: ScanStatement;
}

export async function collectedBy(
  scanner: Scanner<never>,
  handle: ScanHandle,
  services: ScanServices,
): Promise<Collected> {
  const reading = scanner.findings(handle, services);
  const findings: RawFinding[] = [];
  for (;;) {
    const step = await reading.next();
    if (step.done) return { findings, statement: step.value };
    findings.push(...step.value);
  }
}

export const codesOf = ({ statement }: Pick<Collected, 'statement'>): string[] =>
  statement.problems.map(({ code }) => code);

/** A machine with these container runtimes; none of them has an image unless `inspect` says so. */
export const withRuntimes = (
  runtimes: Readonly<Record<string, { inspect?: FakeProgram; tag?: FakeProgram }>>,
): ReturnType<typeof buildMachine> =>
  buildMachine({
    program: ({ command, args }) => {
      const runtime = runtimes[command.replace(/^.*\//, '')];
      if (!runtime) return undefined;
      if (args[0] === 'image') return runtime.inspect ?? { status: 1, stderr: 'No such image' };
      return runtime.tag ?? {};
    },
  });

export const DOCKER = { docker: { inspect: { stdout: `sha256:${SHA} []\n` } } };

interface Staged {
  platform: CsPlatform;
  stage: ReturnType<typeof buildStage>;
  handle: ScanHandle;
  progress(): Promise<string>;
  collect(): Promise<Collected>;
}

/** The scan of an image on a platform in memory, from its launch on. */
export async function staged(
  parts: CsParts = {},
  options: { target?: Partial<ContainerTarget>; machine?: Machine; situation?: ScannerSituation } = {},
): Promise<Staged> {
  const platform = new CsPlatform(parts);
  const stage = buildStage((request) => platform.answer(request), options.machine);
  const target: ContainerTarget = { scanner: 'qualys-container', image: IMAGE, ...options.target };
  const plan = await qualysContainer.plan(target, { targetName: 'shop', runId: 'run-1' }, stage.services);
  const handle = await qualysContainer.launch(plan, stage.services);
  platform.situation = options.situation ?? 'done';
  return {
    platform,
    stage,
    handle,
    progress: async () => {
      const one = (await qualysContainer.progress([handle], stage.services)).get(plan.scanName);
      return one ? `${one.phase}: ${one.state}` : 'absent';
    },
    collect: () => collectedBy(qualysContainer, handle, stage.services),
  };
}

/** What a policy of one rule says of the image. */
export async function outcomeOf(select: object, parts: CsParts = {}): Promise<string> {
  const { handle, stage } = await staged(parts);
  const policy = await compilePolicy(PolicyInput.parse({ rules: [{ name: 'rule', select, max: 0 }] }), 'test');
  const target = {
    name: 'shop',
    scanner: 'qualys-container',
    findings: () => qualysContainer.findings(handle, stage.services),
  };
  const now = () => new Date('2031-02-03T05:10:00Z');
  const { verdict } = await runGate({ targets: [target], policy, toolVersion: '0', ci: null, exitOnWarn: false, now });
  return verdict.outcome;
}
