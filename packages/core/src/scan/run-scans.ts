import { ERRORS, ScangateError } from '../errors.js';
import type { RawFinding } from '../model/finding.js';
import type { ScanStatement } from '../model/scan.js';
import type { ScanHandle, Scanner, ScanPlan } from '../scanners/scanner.js';
import { Heartbeat } from './heartbeat.js';
import { Launcher, type Live } from './launcher.js';
import { MAX_POLL_MS } from './poll-plan.js';
import { Slots } from './slots.js';
import { StateBook, type StateRecord } from './state.js';
import { Stopper } from './stopper.js';
import type { ScanJob, ScanWorld } from './types.js';
import { Watch } from './watch.js';

const PARALLEL = 20;

/** The scans of one process. All of them are under way at once; whoever judges takes them one by one. */
export interface ScanRun {
  /**
   * The scan of a target, as soon as it is known to exist; when scans are only started, a program of this machine as soon
   * as it has ended. Throws a ScangateError.
   */
  handle(target: string): Promise<ScanHandle>;
  /**
   * Waits for the scan of a target to end and reads its findings. Throws a ScangateError; then nothing of this target
   * may be judged.
   */
  findings(target: string): AsyncGenerator<RawFinding[], ScanStatement, undefined>;
  /** Call it when the verdict is safe on the disk: marks what was judged as finished, and takes back what was made. */
  settle(): Promise<void>;
  /** Ends what still waits. Never throws. */
  close(): Promise<void>;
}

interface Entry {
  job: ScanJob;
  live: Promise<Live>;
  ended: Promise<Live>;
  /** By our clock; undefined until its end was seen. */
  endedMs?: number | undefined;
  /** How far the reading of its findings came. */
  read: 'no' | 'whole' | 'failed';
}

/** Starts or takes up the scans of these jobs, within the limits of the world. Reads and launches begin at once. */
export function runScans(jobs: readonly ScanJob[], world: ScanWorld): ScanRun {
  return new Run(jobs, world);
}

class Run implements ScanRun {
  private readonly book: StateBook;
  private readonly launcher: Launcher;
  private readonly stopper: Stopper;
  private readonly heartbeat = new Heartbeat();
  private readonly watches = new Map<Scanner<unknown>, Watch>();
  private readonly entries = new Map<string, Entry>();
  private readonly slots: Slots;
  private readonly over = new AbortController();

  constructor(
    jobs: readonly ScanJob[],
    private readonly world: ScanWorld,
  ) {
    this.book = new StateBook(world.store);
    this.launcher = new Launcher(world, this.book);
    this.stopper = new Stopper(world, this.launcher);
    this.slots = new Slots(world.parallel ?? PARALLEL);
    const prepared = this.prepare(jobs);
    for (const [index, job] of jobs.entries()) {
      const ready = prepared.then((all) => all[index] as Prepared);
      this.entries.set(job.name, this.enter(job, ready));
    }
    // Its sleep is rejected when the run is over. The heartbeat only talks: no verdict hangs on it.
    this.keepBeating().catch(() => undefined);
  }

  async handle(target: string): Promise<ScanHandle> {
    const { live, ended } = this.entry(target);
    const { handle } = await live;
    if (this.world.mode === 'start' && handle.plan.isLocal) await ended;
    return handle;
  }

  async *findings(target: string): AsyncGenerator<RawFinding[], ScanStatement, undefined> {
    const entry = this.entry(target);
    const { job, handle } = await entry.ended;
    await this.othersEnd(entry);
    this.world.signal.throwIfAborted();
    try {
      const statement = yield* job.scanner.findings(handle, this.world.services(this.world.signal));
      entry.read = 'whole';
      return statement;
    } catch (error) {
      if (isLasting(error)) entry.read = 'failed';
      throw error;
    }
  }

  async settle(): Promise<void> {
    for (const { job, read } of this.entries.values()) {
      const record = this.launcher.records.get(job.name);
      if (read === 'no' || record === undefined || (record.end && record.end.how !== 'failed')) continue;
      const end = { at: this.launcher.stamp(), how: read === 'whole' ? 'judged' : 'failed', cleanedUp: true } as const;
      const needsCleaning = job.scanner.cleanUp !== undefined && record.launch?.adopted === false;
      const saved = await this.launcher.save({ ...record, end: { ...end, cleanedUp: !needsCleaning } });
      if (needsCleaning) await this.launcher.cleanUp(job, saved, this.world.signal);
    }
  }

  async close(): Promise<void> {
    this.over.abort(new Error('the run is over'));
    await Promise.allSettled([...this.entries.values()].map(({ ended }) => ended));
  }

  private entry(target: string): Entry {
    const entry = this.entries.get(target);
    if (!entry) throw new Error(`no scan target is called ${target}`);
    return entry;
  }

  /** All plans are asked for in one go, so that a scanner can answer many with one call. */
  private async prepare(jobs: readonly ScanJob[]): Promise<Prepared[]> {
    const read = await Promise.all(
      jobs.map(async (job): Promise<Prepared> => {
        try {
          return { record: await this.launcher.read(job) };
        } catch (error) {
          return { error };
        }
      }),
    );
    return read.map((one, index) => {
      if (one.error !== undefined || !this.launcher.needsPlan(one.record) || this.world.signal.aborted) return one;
      const planned = this.launcher.plan(jobs[index] as ScanJob);
      // Awaited later, perhaps never.
      planned.catch(() => undefined);
      return { ...one, planned };
    });
  }

  private enter(job: ScanJob, ready: Promise<Prepared>): Entry {
    let leave = (): void => undefined;
    const live = (async () => {
      const { record, error, planned } = await ready;
      if (error !== undefined) throw error;
      leave = await this.slots.enter(this.world.signal);
      return await this.stopper.guard(job, () => this.launcher.obtain(job, record, planned));
    })();
    const ended = this.follow(job, live).finally(() => leave());
    // Each is looked at by whoever judges, and that may come late.
    live.catch(() => undefined);
    const entry: Entry = { job, live, ended, read: 'no' };
    ended.then(
      () => {
        entry.endedMs = this.world.now();
      },
      () => undefined,
    );
    return entry;
  }

  /**
   * Scans that end close together are read together, which lets a scanner ask for all of them with few calls. The
   * verdict is no later for it: it waits for the others anyhow.
   */
  private async othersEnd({ job, live, endedMs = 0 }: Entry): Promise<void> {
    const { world, over } = this;
    const patienceMs = endedMs + MAX_POLL_MS - world.now();
    const others = [...this.entries.values()].filter(
      (other) => other.live !== live && other.job.scanner === job.scanner,
    );
    if (others.length === 0 || patienceMs <= 0 || (await live).handle.plan.isLocal) return;
    const enough = new AbortController();
    const sleep = world.sleep(patienceMs, AbortSignal.any([world.signal, over.signal, enough.signal]));
    await Promise.race([Promise.allSettled(others.map(({ ended }) => ended)), sleep.catch(() => undefined)]);
    enough.abort(new Error('all have ended'));
  }

  private async follow(job: ScanJob, live: Promise<Live>): Promise<Live> {
    const known = await live;
    if (this.world.mode === 'start' && !known.handle.plan.isLocal) {
      // The signal came with the answer to the launch.
      if (this.world.signal.aborted) await this.stopper.guard(job, async () => this.world.signal.throwIfAborted());
      return known;
    }
    if (known.record.end !== undefined) return known;
    await this.stopper.guard(job, () => this.watchOf(job.scanner).ended(known));
    return known;
  }

  private watchOf(scanner: Scanner<unknown>): Watch {
    let watch = this.watches.get(scanner);
    if (!watch) {
      watch = new Watch(scanner, this.world, this.heartbeat);
      this.watches.set(scanner, watch);
    }
    return watch;
  }

  /** Goes on while a look at the platform hangs, which is when silence is most dangerous. */
  private async keepBeating(): Promise<void> {
    const { world, heartbeat, watches } = this;
    const end = AbortSignal.any([this.over.signal, world.signal]);
    while (!end.aborted) {
      const targets = [...watches.values()].flatMap((watch) => watch.targets);
      const waitMs = heartbeat.nextMs(targets, world.now()) - world.now();
      await world.sleep(Math.max(1_000, waitMs), end);
      for (const watch of watches.values()) watch.beat();
    }
  }
}

interface Prepared {
  record?: StateRecord | undefined;
  error?: unknown;
  planned?: Promise<ScanPlan> | undefined;
}

/** Whether reading the findings again would end the same way. */
function isLasting(error: unknown): boolean {
  if (!(error instanceof ScangateError)) return false;
  const { exit } = ERRORS[error.code];
  return exit === 'inconclusive' || exit === 'usage';
}
