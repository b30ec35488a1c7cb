import type { RawFinding } from '../../../src/model/finding.js';
import type { ScanStatement } from '../../../src/model/scan.js';
import type { QualysClient } from '../../../src/qualys/index.js';
import { qualysVm } from '../../../src/scanners/qualys-vm/index.js';
import type { VmTarget } from '../../../src/scanners/qualys-vm/target.js';
import { readReportAs } from '../../../src/scanners/report/index.js';
import type { ScanHandle, ScanPhase, ScanPlan, ScanServices } from '../../../src/scanners/scanner.js';
import { buildMachine } from '../../../src/testing/fake-machine.js';
import { buildStage, type Stage } from '../../../src/testing/index.js';
import { benchFor, credentialsOf, type Simulator, startSimulator, urlsOf } from '../../qualys/support.js';
import { type VmParts, VmPlatform } from './platform.js';

/** A host with something urgent, and one that is clean. */
export const BUILD: Partial<VmTarget> = { host: '192.0.2.10' };
export const CLEAN: Partial<VmTarget> = { host: '192.0.2.11' };

interface Door {
  scans: { id: number; name: string; type: string; status: string; unfinished: boolean; launchedHere: boolean }[];
  running: number[];
  launchesByName: Record<string, number>;
  calls: Record<string, number>;
  callsTotal: number;
  connectorRuns: number[];
}

export interface VmBench {
  simulator: Simulator;
  services: ScanServices;
  log: string[];
  client: QualysClient;
  /** Waits of the client, milliseconds; none takes time. */
  sleeps: number[];
  /** Moves the platform's clock. */
  advance(seconds: number): Promise<void>;
  faults(...faults: string[]): Promise<void>;
  door(): Promise<Door>;
}

export interface BenchOptions {
  faults?: string[];
  seed?: string;
}

/** A simulator of its own, whose clock moves only when it is told to, and the services of a run against it. */
export async function vmBench({ faults = [], seed = 'demo' }: BenchOptions = {}): Promise<VmBench> {
  const simulator = await startSimulator(
    ...['--seed', seed, '--speed', '0.001'],
    ...faults.flatMap((fault) => ['--fault', fault]),
  );
  const { client, sleeps } = benchFor(urlsOf(simulator), { credentials: await credentialsOf(simulator, 'password') });
  const log: string[] = [];
  const post = async (path: string, body?: string): Promise<void> => {
    const answer = await fetch(`${simulator.api}/__simulator/${path}`, { method: 'POST', ...(body ? { body } : {}) });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const advance = (seconds: number): Promise<void> => post(`advance?seconds=${seconds}`);
  let aheadMs = 0;
  const services: ScanServices = {
    qualys: () => client,
    now: () => Date.now() + aheadMs,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      aheadMs += ms;
      await advance(ms / 1000);
    },
    machine: buildMachine({ program: () => undefined }),
    readReport: readReportAs,
    cache: { get: async () => undefined, put: async () => undefined },
    signal: new AbortController().signal,
    log: (line) => log.push(line),
  };
  return {
    simulator,
    client,
    sleeps,
    services,
    log,
    advance,
    door: async () => (await fetch(`${simulator.api}/__simulator/state`)).json() as Promise<Door>,
    faults: (...next) => post('faults', JSON.stringify(next)),
  };
}

export const planOf = (
  target: Partial<VmTarget>,
  { services }: Pick<VmBench, 'services'>,
  runId = 'run-1',
): Promise<ScanPlan> =>
  qualysVm.plan({ scanner: 'qualys-vm', ...target }, { targetName: 'build-host', runId }, services);

export async function launched(
  bench: Pick<VmBench, 'services'>,
  target: Partial<VmTarget> = BUILD,
  runId = 'run-1',
): Promise<ScanHandle> {
  return qualysVm.launch(await planOf(target, bench, runId), bench.services);
}

export interface Waited {
  handle: ScanHandle;
  phases: ScanPhase[];
  states: string[];
}

const MAX_POLLS = 40;

/** Asks and lets the platform's time pass, until the scan has ended. */
export async function untilEnded(handle: ScanHandle, bench: VmBench, stepSeconds = 240): Promise<Waited> {
  const phases: ScanPhase[] = [];
  const states: string[] = [];
  for (let poll = 0; poll < MAX_POLLS; poll++) {
    const progress = await qualysVm.progress([handle], bench.services);
    const { phase, state } = progress.get(handle.plan.scanName) ?? { phase: 'queued', state: '(none)' };
    phases.push(phase);
    states.push(state);
    if (phase === 'ended') return { handle, phases, states };
    await bench.advance(stepSeconds);
  }
  return { handle, phases, states };
}

export interface Collected {
  findings: RawFinding[];
  statement: ScanStatement;
}

export async function collected(handle: ScanHandle, { services }: Pick<VmBench, 'services'>): Promise<Collected> {
  const reading = qualysVm.findings(handle, services);
  const findings: RawFinding[] = [];
  for (;;) {
    const step = await reading.next();
    if (step.done) return { findings, statement: step.value };
    findings.push(...step.value);
  }
}

/** The whole of a scan against the simulator, from the plan to its findings. */
export async function scanned(
  options: BenchOptions = {},
  target: Partial<VmTarget> = BUILD,
): Promise<Collected & Waited & { bench: VmBench }> {
  const bench = await vmBench(options);
  const waited = await untilEnded(await launched(bench, target), bench);
  return { ...waited, ...(await collected(waited.handle, bench)), bench };
}

export interface Staged {
  platform: VmPlatform;
  stage: Stage;
  handle: ScanHandle;
  collect(): Promise<Collected>;
}

/** A finished scan on the platform in memory. */
export async function staged(
  parts: VmParts = {},
  target: Partial<VmTarget> = BUILD,
  spoil: (platform: VmPlatform) => void = () => undefined,
): Promise<Staged> {
  const platform = new VmPlatform(parts);
  spoil(platform);
  const stage = buildStage((request) => platform.answer(request));
  const handle = await launched(stage, target);
  platform.situation = 'done';
  return { platform, stage, handle, collect: () => collected(handle, stage) };
}

export const codesOf = ({ statement }: Pick<Collected, 'statement'>): string[] =>
  statement.problems.map(({ code }) => code);
