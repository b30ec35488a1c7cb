import { ScangateError } from '../errors.js';
import type { ScanHandle, ScanPlan } from '../scanners/scanner.js';
import { showDuration } from './duration.js';
import { graceAfter } from './grace.js';
import { handleOf, launchOf, newRecord, refuseForeign, type StateBook, type StateRecord } from './state.js';
import type { ScanEventKind, ScanJob, ScanWorld } from './types.js';

/** A launch that is under way when the process is told to end may finish, so that the scan is known and can be cancelled. */
const LAUNCH_GRACE_MS = 2_000;
/** A scan is not always listed the moment it was accepted. */
const LOOK_AGAIN_MS = [0, 3_000, 8_000, 15_000];
/** An unfinished scan that is older says nothing of what the pipeline just made, unless it still runs. */
const STALE_MS = 24 * 3_600_000;

/** A scan that exists, and what is kept of it. */
export interface Live {
  job: ScanJob;
  handle: ScanHandle;
  record: StateRecord;
  /** It was launched by an earlier process, so it may have ended already. */
  isOld: boolean;
}

/** Gets the scan of a job: the one that an earlier run began, one that may be reused, or a new one. */
export class Launcher {
  /** What is on record for each target, for whoever has to stop its scan. */
  readonly records = new Map<string, StateRecord>();

  constructor(
    private readonly world: ScanWorld,
    private readonly book: StateBook,
  ) {}

  async read(job: ScanJob): Promise<StateRecord | undefined> {
    const record = await this.book.read(job);
    if (record) this.records.set(job.name, record);
    return record;
  }

  /** Whether the job will need a plan of its own. */
  needsPlan(record: StateRecord | undefined): boolean {
    if (this.world.mode === 'collect') return false;
    return record === undefined || record.end !== undefined || record.plan.isLocal === true;
  }

  plan(job: ScanJob): Promise<ScanPlan> {
    const { signal, runId, branch, build } = this.world;
    return job.scanner.plan(job.target, { targetName: job.name, runId, branch, build }, this.world.services(signal));
  }

  async obtain(job: ScanJob, record: StateRecord | undefined, planned: Promise<ScanPlan> | undefined): Promise<Live> {
    this.world.signal.throwIfAborted();
    if (this.world.mode === 'collect') return await this.collectable(job, record);
    if (record?.plan.isLocal && record.end === undefined) await this.leaveBehind(job, record);
    else if (record !== undefined && record.end === undefined) {
      const live = await this.resume(job, record);
      if (live) return live;
    }
    if (record?.end?.cleanedUp === false) await this.cleanUp(job, record, this.world.signal);
    return await this.begin(job, await (planned ?? this.plan(job)));
  }

  async save(record: StateRecord): Promise<StateRecord> {
    await this.book.write(record);
    this.records.set(record.target, record);
    return record;
  }

  /** Takes back what was made for the scan. A failure is told, and tried again by the next run. */
  async cleanUp(job: ScanJob, record: StateRecord, signal: AbortSignal): Promise<void> {
    try {
      const services = this.world.services(signal);
      await job.scanner.cleanUp?.(handleOf(record) ?? record.plan, services);
    } catch (error) {
      if (!(error instanceof ScangateError)) throw error;
      this.tell(job, 'trouble', `what was made for the scan could not be taken back: ${error.message}`);
      return;
    }
    if (record.end) await this.save({ ...record, end: { ...record.end, cleanedUp: true } });
  }

  /** The scan by its unique name. Asks a few times when it should be there. */
  async find(job: ScanJob, plan: ScanPlan, signal: AbortSignal, pausesMs: readonly number[] = LOOK_AGAIN_MS) {
    for (const pauseMs of pausesMs) {
      if (pauseMs > 0) await this.world.sleep(pauseMs, signal);
      const handle = await job.scanner.find(plan, this.world.services(signal));
      if (handle) return handle;
    }
    return undefined;
  }

  tell(job: ScanJob, kind: ScanEventKind, text: string, handle?: ScanHandle): void {
    this.world.onEvent({ kind, target: job.name, text, handle, isNews: true });
  }

  private async collectable(job: ScanJob, record: StateRecord | undefined): Promise<Live> {
    if (!record) {
      throw new ScangateError('SCANGATE_STATE_MISSING', 'there is nothing to collect: no scan was started here');
    }
    refuseForeign(record, job);
    if (record.end?.how === 'cancelled') {
      throw new ScangateError('SCANGATE_SCAN_CANCELLED', `the scan ${record.plan.scanName} was cancelled`);
    }
    const known = handleOf(record);
    if (known) return { job, handle: known, record, isOld: true };
    const found = await this.find(job, record.plan, this.world.signal);
    if (found) return { job, handle: found, record: await this.note(record, found, false), isOld: true };
    throw new ScangateError(
      'SCANGATE_STATE_MISSING',
      `the scan ${record.plan.scanName} was never started: the process that meant to start it ended before`,
      { mend: 'run scangate start or scangate run again' },
    );
  }

  /** The scan of an unfinished record; undefined when it is of no use any more. */
  private async resume(job: ScanJob, record: StateRecord): Promise<Live | undefined> {
    const plan = record.plan;
    const ageMs = this.world.now() - Date.parse(record.createdAt);
    const isStale = ageMs > STALE_MS;
    const handle = handleOf(record) ?? (await this.find(job, plan, this.world.signal));
    if (!handle) {
      if (isStale) return undefined;
      this.tell(job, 'resumed', `an earlier run meant to start ${plan.scanName} and did not; it is started now`);
      return await this.launch(job, record);
    }
    const kept = record.launch ? record : await this.note(record, handle, false);
    if (isStale && (await this.hasEnded(job, handle))) {
      this.tell(
        job,
        'resumed',
        `the scan ${plan.scanName} of an earlier run is ${showDuration(ageMs)} old: not judged`,
      );
      return undefined;
    }
    this.tell(job, 'resumed', `taking up the scan that an earlier run started: ${nameOf(handle)}`, handle);
    return { job, handle, record: kept, isOld: true };
  }

  /**
   * A program of an earlier run looked at what was there then, and costs nothing on a platform: it is ended if it still
   * runs without anybody waiting for it, and never judged by a run that came later.
   */
  private async leaveBehind(job: ScanJob, { plan }: StateRecord): Promise<void> {
    const services = this.world.services(this.world.signal);
    const isKnown = (await job.scanner.find(plan, services)) !== undefined;
    if (!isKnown) await job.scanner.cancel({ plan, scanId: plan.scanName }, services);
    this.tell(job, 'resumed', `an earlier run did not judge ${plan.scanName}: it is scanned anew`);
  }

  private async hasEnded(job: ScanJob, handle: ScanHandle): Promise<boolean> {
    const progress = await job.scanner.progress([handle], this.world.services(this.world.signal));
    const phase = progress.get(handle.plan.scanName)?.phase;
    return phase === undefined || phase === 'ended';
  }

  private async begin(job: ScanJob, plan: ScanPlan): Promise<Live> {
    const { world } = this;
    this.tell(job, 'planned', `going to scan ${plan.subject}`);
    const record = newRecord(job, plan, world.runId, this.stamp());
    if (job.reuse) {
      const handle = await job.scanner.findReusable(plan, job.reuse, world.services(world.signal));
      if (handle) {
        this.tell(job, 'adopted', `using a scan that exists already: ${nameOf(handle)}`, handle);
        return { job, handle, record: await this.note(record, handle, true), isOld: true };
      }
    }
    return await this.launch(job, record);
  }

  /** The only place that launches. The intent is on the disk before, so that a scan is never started twice. */
  private async launch(job: ScanJob, intent: StateRecord): Promise<Live> {
    const { world } = this;
    world.signal.throwIfAborted();
    await this.save(intent);
    const plan = intent.plan;
    const grace = graceAfter(world.signal, LAUNCH_GRACE_MS, world.sleep);
    try {
      const handle = await job.scanner.launch(plan, world.services(grace.signal));
      const record = await this.note(intent, handle, false);
      this.tell(job, 'launched', `started ${nameOf(handle)}`, handle);
      return { job, handle, record, isOld: false };
    } catch (error) {
      if (!(error instanceof ScangateError)) throw error;
      return await this.afterFailedLaunch(job, intent, error, grace.signal);
    } finally {
      grace.end();
    }
  }

  private async afterFailedLaunch(
    job: ScanJob,
    intent: StateRecord,
    error: ScangateError,
    signal: AbortSignal,
  ): Promise<Live> {
    const plan = intent.plan;
    // A program on this machine runs or does not: there is no answer that could be lost.
    if (plan.isLocal) await job.scanner.cancel({ plan, scanId: plan.scanName }, this.world.services(signal));
    if (plan.isLocal || !this.world.mayHaveActed(error)) {
      await this.cleanUp(job, intent, signal);
      await this.book.remove(job.name);
      this.records.delete(job.name);
      throw error;
    }
    this.tell(job, 'trouble', `the answer to the launch was lost, looking for ${plan.scanName}: ${error.message}`);
    const handle = await this.find(job, plan, signal);
    if (!handle) {
      throw new ScangateError(
        'SCANGATE_SCAN_LOST_LAUNCH',
        `no scan ${plan.scanName} is found after: ${error.message}`,
        {
          cause: error,
        },
      );
    }
    const record = await this.note(intent, handle, false);
    this.tell(job, 'launched', `started ${nameOf(handle)}; found by its name`, handle);
    return { job, handle, record, isOld: false };
  }

  /** Puts the scan on record. */
  private note(record: StateRecord, handle: ScanHandle, adopted: boolean): Promise<StateRecord> {
    return this.save({ ...record, launch: launchOf(handle, this.stamp(), adopted) });
  }

  stamp(): string {
    return new Date(this.world.now()).toISOString();
  }
}

/** For people: the name, the id, and the page of the scan. */
export function nameOf({ plan, scanId, link }: ScanHandle): string {
  if (plan.isLocal) return plan.scanName;
  return `${plan.scanName} (id ${scanId})${link === undefined ? '' : `, ${link}`}`;
}
