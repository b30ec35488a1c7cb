import type { RawFinding } from '../../../src/model/finding.js';
import type { ScanStatement } from '../../../src/model/scan.js';
import type { QualysClient, TextCache } from '../../../src/qualys/index.js';
import { qualysWas } from '../../../src/scanners/qualys-was/index.js';
import type { WasTarget } from '../../../src/scanners/qualys-was/target.js';
import { readReportAs } from '../../../src/scanners/report/index.js';
import type { ScanHandle, ScanPhase, ScanPlan, ScanServices } from '../../../src/scanners/scanner.js';
import { buildMachine } from '../../../src/testing/fake-machine.js';
import { benchFor, credentialsOf, type Simulator, startSimulator, urlsOf } from '../../qualys/support.js';

export const SHOP: WasTarget = {
  scanner: 'qualys-was',
  webApp: 'Shop (staging)',
  optionProfile: 'default',
  authRecord: 'default',
};

const noCache: TextCache = { get: async () => undefined, put: async () => undefined };

export interface WasBench {
  simulator: Simulator;
  services: ScanServices;
  log: string[];
  client: QualysClient;
  /** Moves the platform's clock. */
  advance(seconds: number): Promise<void>;
  faults(...faults: string[]): Promise<void>;
  door(): Promise<Door>;
}

interface Door {
  scans: { id: number; name: string; status: string; resultsStatus: string; unfinished: boolean }[];
  running: number[];
  launchesByName: Record<string, number>;
  launches: { name: string; scanId: number; webAppId: number }[];
  calls: Record<string, number>;
  callsTotal: number;
  webApps: { id: number; name: string; url: string }[];
}

export interface BenchOptions {
  faults?: string[];
  seed?: string;
  credentials?: 'password' | 'client';
}

/** A simulator of its own, whose clock moves only when it is told to, and the services of a run against it. */
export async function wasBench({
  faults = [],
  seed = 'demo',
  credentials = 'password',
}: BenchOptions = {}): Promise<WasBench> {
  const simulator = await startSimulator(
    ...['--seed', seed, '--speed', '0.001'],
    ...faults.flatMap((fault) => ['--fault', fault]),
  );
  const { client } = benchFor(urlsOf(simulator), { credentials: await credentialsOf(simulator, credentials) });
  const log: string[] = [];
  const services = servicesFor(client, log);
  const door = async (): Promise<Door> => (await fetch(`${simulator.api}/__simulator/state`)).json() as Promise<Door>;
  const post = async (path: string, body?: string): Promise<void> => {
    const answer = await fetch(`${simulator.api}/__simulator/${path}`, { method: 'POST', ...(body ? { body } : {}) });
    if (!answer.ok) throw new Error(await answer.text());
  };
  return {
    simulator,
    client,
    services,
    log,
    door,
    advance: (seconds) => post(`advance?seconds=${seconds}`),
    faults: (...next) => post('faults', JSON.stringify(next)),
  };
}

const servicesFor = (client: QualysClient, log: string[] = []): ScanServices => ({
  qualys: () => client,
  now: () => Date.now(),
  machine: buildMachine({ program: () => undefined }),
  readReport: readReportAs,
  cache: noCache,
  signal: new AbortController().signal,
  log: (line) => log.push(line),
});

export const planOf = (
  target: Partial<WasTarget>,
  { services }: Pick<WasBench, 'services'>,
  runId = 'run-1',
): Promise<ScanPlan> =>
  qualysWas.plan({ scanner: 'qualys-was', ...target }, { targetName: 'shop-web', runId }, services);

export async function launched(
  bench: WasBench,
  target: Partial<WasTarget> = SHOP,
  runId = 'run-1',
): Promise<ScanHandle> {
  return qualysWas.launch(await planOf(target, bench, runId), bench.services);
}

export interface Waited {
  handle: ScanHandle;
  phases: ScanPhase[];
  states: string[];
}

const MAX_POLLS = 60;

/** Asks and lets the platform's time pass, until the scan has ended. */
export async function untilEnded(handle: ScanHandle, bench: WasBench, stepSeconds = 240): Promise<Waited> {
  const phases: ScanPhase[] = [];
  const states: string[] = [];
  for (let poll = 0; poll < MAX_POLLS; poll++) {
    const progress = await qualysWas.progress([handle], bench.services);
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

export async function collected(handle: ScanHandle, { services }: Pick<WasBench, 'services'>): Promise<Collected> {
  const reading = qualysWas.findings(handle, services);
  const findings: RawFinding[] = [];
  for (;;) {
    const step = await reading.next();
    if (step.done) return { findings, statement: step.value };
    findings.push(...step.value);
  }
}

/** The whole of a scan, from the plan to its findings. */
export async function scanned(
  options: BenchOptions = {},
  target: Partial<WasTarget> = SHOP,
): Promise<Collected & Waited & { bench: WasBench }> {
  const bench = await wasBench(options);
  const waited = await untilEnded(await launched(bench, target), bench);
  return { ...waited, ...(await collected(waited.handle, bench)), bench };
}

export const codesOf = ({ statement }: Pick<Collected, 'statement'>): string[] =>
  statement.problems.map(({ code }) => code);
