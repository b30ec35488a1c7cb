import type { RawFinding } from '../../../src/model/finding.js';
import type { ScanStatement } from '../../../src/model/scan.js';
import { qualysAgent } from '../../../src/scanners/qualys-agent/index.js';
import type { AgentTarget } from '../../../src/scanners/qualys-agent/target.js';
import type { ScanHandle, ScanPlan, ScanServices } from '../../../src/scanners/scanner.js';
import { buildStage, type Stage } from '../../../src/testing/index.js';
import { benchFor, credentialsOf, startSimulator, urlsOf } from '../../qualys/support.js';
import { type AgentParts, AgentPlatform } from './platform.js';

interface Collected {
  findings: RawFinding[];
  statement: ScanStatement;
}

export async function collected(handle: ScanHandle, { services }: { services: ScanServices }): Promise<Collected> {
  const reading = qualysAgent.findings(handle, services);
  const findings: RawFinding[] = [];
  for (;;) {
    const step = await reading.next();
    if (step.done) return { findings, statement: step.value };
    findings.push(...step.value);
  }
}

export const codesOf = ({ statement }: Pick<Collected, 'statement'>): string[] =>
  statement.problems.map(({ code }) => code);

export const planFor = (target: Partial<AgentTarget>, services: ScanServices, runId = 'run-1'): Promise<ScanPlan> =>
  qualysAgent.plan({ scanner: 'qualys-agent', ...target }, { targetName: 'golden', runId }, services);

interface Staged {
  platform: AgentPlatform;
  stage: Stage;
  plan(target: Partial<AgentTarget>): Promise<ScanPlan>;
  launch(target: Partial<AgentTarget>): Promise<ScanHandle>;
}

/** A platform in memory. */
export function staged(parts: AgentParts = {}): Staged {
  const platform = new AgentPlatform(parts);
  const stage = buildStage((request) => platform.answer(request));
  const plan = (target: Partial<AgentTarget>) => planFor(target, stage.services);
  return { platform, stage, plan, launch: async (target) => qualysAgent.launch(await plan(target), stage.services) };
}

interface AgentBench {
  services: ScanServices;
  advance(seconds: number): Promise<void>;
  door(): Promise<{ agentRequests: { assetId: number; scan: string }[]; callsTotal: number }>;
}

/** A simulator of its own, whose clock moves only when it is told to, and the services of a run against it. */
export async function agentBench(...faults: string[]): Promise<AgentBench> {
  const args = ['--seed', 'demo,agents=on', '--speed', '0.001', ...faults.flatMap((fault) => ['--fault', fault])];
  const simulator = await startSimulator(...args);
  const { client } = benchFor(urlsOf(simulator), { credentials: await credentialsOf(simulator, 'password') });
  const { services } = buildStage(() => undefined);
  return {
    services: { ...services, qualys: () => client, now: () => Date.now() },
    advance: async (seconds) => {
      const answer = await fetch(`${simulator.api}/__simulator/advance?seconds=${seconds}`, { method: 'POST' });
      if (!answer.ok) throw new Error(await answer.text());
    },
    door: async () => (await fetch(`${simulator.api}/__simulator/state`)).json() as ReturnType<AgentBench['door']>,
  };
}

/** What is known of a machine now, without a scan. */
export async function current(target: Partial<AgentTarget>, bench: AgentBench): Promise<Collected> {
  return collected(await qualysAgent.launch(await planFor(target, bench.services), bench.services), bench);
}
