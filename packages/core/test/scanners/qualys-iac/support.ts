import type { RawFinding } from '../../../src/model/finding.js';
import type { ScanStatement } from '../../../src/model/scan.js';
import type { QualysClient } from '../../../src/qualys/index.js';
import type { Machine } from '../../../src/scanners/machine.js';
import { qualysIac } from '../../../src/scanners/qualys-iac/index.js';
import type { IacTarget } from '../../../src/scanners/qualys-iac/target.js';
import type { PlanContext, ScanHandle, ScanServices } from '../../../src/scanners/scanner.js';
import { buildStage, type Stage } from '../../../src/testing/index.js';
import { benchFor, credentialsOf, startSimulator, urlsOf } from '../../qualys/support.js';
import { type IacParts, IacPlatform, infra, machineWith } from './platform.js';

export const TARGET: IacTarget = { scanner: 'qualys-iac', path: 'infra' };
const CONTEXT: PlanContext = { targetName: 'templates', runId: 'run-1' };

interface Collected {
  findings: RawFinding[];
  statement: ScanStatement;
}

export async function collected(handle: ScanHandle, { services }: { services: ScanServices }): Promise<Collected> {
  const reading = qualysIac.findings(handle, services);
  const findings: RawFinding[] = [];
  for (;;) {
    const step = await reading.next();
    if (step.done) return { findings, statement: step.value };
    findings.push(...step.value);
  }
}

export const codesOf = ({ statement }: Pick<Collected, 'statement'>): string[] =>
  statement.problems.map(({ code }) => code);

interface Staged {
  platform: IacPlatform;
  stage: Stage;
  handle: ScanHandle;
  collect: () => Promise<Collected>;
}

/** A scan that has ended, on a platform in memory. */
export async function staged(
  parts: IacParts = {},
  { machine = infra(), target = TARGET }: { machine?: Machine; target?: IacTarget } = {},
): Promise<Staged> {
  const platform = new IacPlatform(parts);
  const stage = buildStage((request) => platform.answer(request), machine);
  const handle = await qualysIac.launch(await qualysIac.plan(target, CONTEXT, stage.services), stage.services);
  platform.situation = 'done';
  return { platform, stage, handle, collect: () => collected(handle, stage) };
}

interface IacBench {
  client: QualysClient;
  services: ScanServices;
  advance(seconds: number): Promise<void>;
  door(): Promise<Door>;
}

interface Door {
  iacScans: { id: string; name: string; status: string; files: string[]; tags: Record<string, string>[] }[];
}

interface BenchOptions {
  faults?: string[];
  files?: Record<string, string | Uint8Array>;
  credentials?: 'password' | 'client';
}

/** A simulator of its own, whose clock moves only when it is told to, and the services of a run against it. */
export async function iacBench(options: BenchOptions = {}): Promise<IacBench> {
  const { faults = [], files = {}, credentials = 'password' } = options;
  const simulator = await startSimulator('--speed', '0.001', ...faults.flatMap((fault) => ['--fault', fault]));
  const { client } = benchFor(urlsOf(simulator), { credentials: await credentialsOf(simulator, credentials) });
  const { services } = buildStage(() => undefined, machineWith(files));
  return {
    client,
    services: { ...services, qualys: () => client, now: () => Date.now() },
    advance: async (seconds) => {
      const answer = await fetch(`${simulator.api}/__simulator/advance?seconds=${seconds}`, { method: 'POST' });
      if (!answer.ok) throw new Error(await answer.text());
    },
    door: async () => (await fetch(`${simulator.api}/__simulator/state`)).json() as Promise<Door>,
  };
}

/** The whole of a scan, from the plan to its findings. */
export async function scanned(options: BenchOptions): Promise<Collected & { bench: IacBench; handle: ScanHandle }> {
  const bench = await iacBench(options);
  const handle = await qualysIac.launch(await qualysIac.plan(TARGET, CONTEXT, bench.services), bench.services);
  await bench.advance(300);
  return { ...(await collected(handle, bench)), bench, handle };
}

export const planFor = (target: Partial<IacTarget>, machine: Machine, context: Partial<PlanContext> = {}) => {
  const stage = buildStage((request) => new IacPlatform().answer(request), machine);
  return qualysIac.plan({ ...TARGET, ...target }, { ...CONTEXT, ...context }, stage.services);
};
