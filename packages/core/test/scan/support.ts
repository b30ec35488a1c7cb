import { setMaxListeners } from 'node:events';
import { ScangateError } from '../../src/errors.js';
import type { RawFinding } from '../../src/model/finding.js';
import type { ScanStatement } from '../../src/model/scan.js';
import { runScans, type ScanEvent, type ScanJob, type ScanRun, type ScanWorld } from '../../src/scan/index.js';
import { readReportAs } from '../../src/scanners/report/index.js';
import type { Reuse, ScanHandle, Scanner, ScanPlan, ScanProgress, ScanServices } from '../../src/scanners/scanner.js';
import { buildRawFinding, buildStatement } from '../../src/testing/builders.js';
import { buildMachine } from '../../src/testing/fake-machine.js';

export const START_MS = Date.UTC(2026, 10, 23, 10);
export const MINUTE_MS = 60_000;

/** Time that passes only when everybody waits. */
export class VirtualClock {
  private nowMs = START_MS;
  private readonly timers = new Set<{ atMs: number; fire(): void }>();

  now = (): number => this.nowMs;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = {
        atMs: this.nowMs + ms,
        fire: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      const abort = (): void => {
        this.timers.delete(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.timers.add(timer);
    });

  /** Whoever waits now never wakes: `kill -9`. */
  kill(): void {
    this.timers.clear();
  }

  /** Runs until the work is done, from timer to timer. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = (): void => {
      isDone = true;
    };
    work.then(done, done);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return await work;
      const next = [...this.timers].toSorted((a, b) => a.atMs - b.atMs)[0];
      if (!next) throw new Error('everybody waits, and nobody will wake them');
      this.timers.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.fire();
    }
  }
}

export interface FakeScan {
  id: string;
  plan: ScanPlan;
  launchedMs: number;
  cancelledMs?: number;
}

/** What the fake platform does; each part can be told to misbehave. */
export interface FakeBehaviour {
  queueMs: number;
  runMs: number;
  resultsMs: number;
  historyMs: number[];
  onPlan?(): void;
  /** `lost`: the scan starts, and the answer never comes. `refused`: nothing starts. */
  onLaunch?(): 'lost' | 'refused' | undefined;
  onProgress?(): void;
  onCancel?(): void;
  onFindings?(): void;
  /** Finds nothing this many times. */
  hiddenTimes: number;
  findings: RawFinding[];
  reusable?: ScanHandle;
  isListed: boolean;
}

class LostAnswer extends ScangateError {}

/** The platform, which outlives every process. */
export class FakePlatform {
  readonly scans: FakeScan[] = [];
  readonly calls: string[] = [];
  readonly behaviour: FakeBehaviour = {
    queueMs: 30_000,
    runMs: 10 * MINUTE_MS,
    resultsMs: 90_000,
    historyMs: [],
    hiddenTimes: 0,
    findings: [buildRawFinding()],
    isListed: true,
  };
  readonly reuseAsked: Reuse[] = [];
  readonly cleaned: string[] = [];

  constructor(readonly clock: VirtualClock) {}

  progressOf(scan: FakeScan): ScanProgress {
    const { queueMs, runMs, resultsMs } = this.behaviour;
    if (scan.cancelledMs !== undefined) return { phase: 'ended', state: 'CANCELED' };
    const ageMs = this.clock.now() - scan.launchedMs;
    if (ageMs < queueMs) return { phase: 'queued', state: 'SUBMITTED' };
    if (ageMs < queueMs + runMs) return { phase: 'running', state: 'RUNNING', linksCrawled: Math.floor(ageMs / 5_000) };
    if (ageMs < queueMs + runMs + resultsMs) return { phase: 'processing', state: 'FINISHED, PROCESSING' };
    return { phase: 'ended', state: 'FINISHED' };
  }

  get unfinished(): FakeScan[] {
    return this.scans.filter((scan) => this.progressOf(scan).phase !== 'ended');
  }

  count(call: string): number {
    return this.calls.filter((one) => one === call).length;
  }
}

class FakeScanner implements Scanner<unknown> {
  readonly name = 'fake';
  readonly needsPlatform = true;

  constructor(private readonly platform: FakePlatform) {}

  private async call(name: string, { signal }: ScanServices): Promise<void> {
    signal.throwIfAborted();
    this.platform.calls.push(name);
    await this.platform.clock.sleep(200, signal);
  }

  async plan(_target: unknown, { targetName, runId }: { targetName: string; runId: string }, services: ScanServices) {
    await this.call('plan', services);
    this.platform.behaviour.onPlan?.();
    const scanName = `scangate ${targetName} ${runId}`;
    const { historyMs } = this.platform.behaviour;
    return { target: targetName, scanner: 'fake', subject: 'the shop', scanName, details: { webApp: 1 }, historyMs };
  }

  async find(plan: ScanPlan, services: ScanServices): Promise<ScanHandle | undefined> {
    await this.call('find', services);
    if (this.platform.behaviour.hiddenTimes-- > 0) return undefined;
    const scan = this.platform.scans.find((one) => one.plan.scanName === plan.scanName);
    return scan && { plan, scanId: scan.id };
  }

  async findReusable(_plan: ScanPlan, reuse: Reuse, services: ScanServices): Promise<ScanHandle | undefined> {
    await this.call('findReusable', services);
    this.platform.reuseAsked.push(reuse);
    return this.platform.behaviour.reusable;
  }

  async launch(plan: ScanPlan, services: ScanServices): Promise<ScanHandle> {
    const { platform } = this;
    services.signal.throwIfAborted();
    const how = platform.behaviour.onLaunch?.();
    platform.calls.push('launch');
    if (how === 'refused') throw new ScangateError('SCANGATE_QUALYS_REFUSED', 'no permission to scan');
    const scan = { id: String(platform.scans.length + 1), plan, launchedMs: platform.clock.now() };
    platform.scans.push(scan);
    await platform.clock.sleep(500, services.signal);
    if (how === 'lost') throw new LostAnswer('SCANGATE_HTTP_CUT', 'the connection broke');
    return { plan, scanId: scan.id, link: `https://portal.example/${scan.id}`, launchedAtMs: scan.launchedMs };
  }

  async progress(handles: readonly ScanHandle[], services: ScanServices): Promise<Map<string, ScanProgress>> {
    await this.call('progress', services);
    const { behaviour, scans } = this.platform;
    behaviour.onProgress?.();
    const found = new Map<string, ScanProgress>();
    if (!behaviour.isListed) return found;
    for (const { plan } of handles) {
      const scan = scans.find((one) => one.plan.scanName === plan.scanName);
      if (scan) found.set(plan.scanName, this.platform.progressOf(scan));
    }
    return found;
  }

  async cancel({ plan }: ScanHandle, services: ScanServices): Promise<void> {
    await this.call('cancel', services);
    this.platform.behaviour.onCancel?.();
    const scan = this.platform.scans.find((one) => one.plan.scanName === plan.scanName);
    if (scan) scan.cancelledMs ??= this.platform.clock.now();
  }

  async *findings(_handle: ScanHandle, services: ScanServices): AsyncGenerator<RawFinding[], ScanStatement, undefined> {
    await this.call('findings', services);
    this.platform.behaviour.onFindings?.();
    yield this.platform.behaviour.findings;
    return buildStatement({ tool: { name: 'Fake' }, evidence: 'the scan finished' });
  }

  async cleanUp(handle: ScanHandle | ScanPlan, services: ScanServices): Promise<void> {
    await this.call('cleanUp', services);
    this.platform.cleaned.push('plan' in handle ? handle.plan.scanName : handle.scanName);
  }
}

/** A folder of state files that outlives a process and can travel. */
export class FakeStore {
  readonly texts = new Map<string, string>();
  writes = 0;

  async read(target: string): Promise<string | undefined> {
    return this.texts.get(target);
  }

  async write(target: string, text: string): Promise<void> {
    this.writes++;
    this.texts.set(target, text);
  }

  async remove(target: string): Promise<void> {
    this.texts.delete(target);
  }
}

export interface Sketch {
  jobs?: Partial<ScanJob>[];
  world?: Partial<ScanWorld>;
  store?: FakeStore;
  platform?: FakePlatform;
}

let runs = 0;

/** One process: its scans, its signal and what it printed. */
export interface FakeProcess {
  run: ScanRun;
  events: ScanEvent[];
  store: FakeStore;
  platform: FakePlatform;
  interrupt(): void;
  /** Waits for a target and reads it: the number of findings, or the error. */
  judge(target?: string): Promise<number | ScangateError>;
}

export function startProcess({ jobs = [{}], world = {}, ...given }: Sketch = {}): FakeProcess {
  const platform = given.platform ?? new FakePlatform(new VirtualClock());
  const store = given.store ?? new FakeStore();
  const scanner = new FakeScanner(platform);
  const controller = new AbortController();
  // One listener for each target is no leak.
  setMaxListeners(0, controller.signal);
  const events: ScanEvent[] = [];
  const { clock } = platform;
  const run = runScans(
    jobs.map((job) => ({
      name: 'shop',
      scanner,
      target: { webApp: 'Shop' },
      digest: 'digest-1',
      limits: {},
      onTimeout: 'keep',
      onAbort: 'cancel',
      ...job,
    })),
    {
      mode: 'run',
      now: clock.now,
      sleep: clock.sleep,
      random: () => 0.5,
      services: (signal) => ({
        qualys: () => {
          throw new Error('the fake needs no platform');
        },
        now: clock.now,
        machine: buildMachine({ program: () => undefined }),
        readReport: readReportAs,
        cache: { get: async () => undefined, put: async () => undefined },
        signal,
        log: () => undefined,
      }),
      store,
      runId: `run-${++runs}`,
      signal: controller.signal,
      mayHaveActed: (error) => !(error instanceof ScangateError) || error instanceof LostAnswer || isReason(error),
      onEvent: (event) => events.push(event),
      ...world,
    },
  );
  const judge = async (target = 'shop'): Promise<number | ScangateError> => {
    let count = 0;
    const reading = run.findings(target);
    try {
      for (let step = await reading.next(); !step.done; step = await reading.next()) count += step.value.length;
      return count;
    } catch (error) {
      if (!(error instanceof ScangateError)) throw error;
      return error;
    }
  };
  const interrupt = (): void => controller.abort(new ScangateError('SCANGATE_SCAN_INTERRUPTED', 'SIGTERM'));
  return { run, events, store, platform, interrupt, judge };
}

const isReason = (error: ScangateError): boolean => error.code === 'SCANGATE_SCAN_INTERRUPTED';

/** A whole process: waits for every target, settles, ends. */
export async function wholeRun(sketch: Sketch = {}): Promise<FakeProcess & { results: (number | ScangateError)[] }> {
  const fake = startProcess(sketch);
  const names = (sketch.jobs ?? [{}]).map(({ name = 'shop' }) => name);
  const results = await fake.platform.clock.drive(
    (async () => {
      const judged: (number | ScangateError)[] = [];
      for (const name of names) judged.push(await fake.judge(name));
      await fake.run.settle();
      await fake.run.close();
      return judged;
    })(),
  );
  return { ...fake, results };
}
