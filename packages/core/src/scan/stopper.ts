import { ScangateError } from '../errors.js';
import type { ScanHandle } from '../scanners/scanner.js';
import { graceOf } from './grace.js';
import { type Launcher, nameOf } from './launcher.js';
import { handleOf, type StateRecord } from './state.js';
import type { ScanJob, ScanWorld } from './types.js';

/** A cancelled pipeline is killed soon after it was asked to end: 10 seconds are promised. */
const STOP_MS = 6_000;
/** Looks for a scan whose launch was cut off. */
const LOOK_AGAIN_MS = [0, 1_000];

/** Stops scans on the platform when nobody waits for them any longer. */
export class Stopper {
  constructor(
    private readonly world: ScanWorld,
    private readonly launcher: Launcher,
  ) {}

  /** Runs a part of a job; when it ends by signal or by time, does with the scan what the job says. */
  async guard<T>(job: ScanJob, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { signal } = this.world;
      if (signal.aborted) throw await this.abandoned(job);
      if (error instanceof ScangateError && error.code === 'SCANGATE_SCAN_TIMEOUT') {
        throw await this.timedOut(job, error);
      }
      throw error;
    }
  }

  private async timedOut(job: ScanJob, error: ScangateError): Promise<ScangateError> {
    const end = job.onTimeout === 'cancel' || this.isLocal(job) ? await this.cancel(job) : 'kept';
    if (end === 'cancelled') {
      return new ScangateError('SCANGATE_SCAN_TIMEOUT', `${error.message}; it was cancelled`, {
        mend: 'allow a longer wait, or scan less',
      });
    }
    this.launcher.tell(job, 'kept', 'the scan goes on');
    const mend = `scangate collect ${job.name} judges it later with the same state folder; or allow a longer wait`;
    const note = end === 'not cancelled' ? '; it could not be cancelled' : '; it goes on';
    return new ScangateError('SCANGATE_SCAN_TIMEOUT', `${error.message}${note}`, { mend });
  }

  /** The reason of the signal, with what became of the scan. */
  private async abandoned(job: ScanJob): Promise<unknown> {
    const { reason } = this.world.signal;
    if (!(reason instanceof ScangateError)) return reason;
    const record = this.launcher.records.get(job.name);
    if (!record || record.end) return reason;
    const end = job.onAbort === 'cancel' || this.isLocal(job) ? await this.cancel(job) : 'kept';
    if (end === 'cancelled') {
      return new ScangateError(reason.code, `${reason.message}: the scan ${record.plan.scanName} was cancelled`);
    }
    if (end === 'nothing there') return reason;
    const what = end === 'kept' ? 'goes on' : 'could not be cancelled and may go on';
    this.launcher.tell(job, 'kept', `the scan ${record.plan.scanName} ${what}`);
    return new ScangateError(reason.code, `${reason.message}: the scan ${record.plan.scanName} ${what}`, {
      mend: `scangate collect ${job.name} judges it later with the same state folder`,
    });
  }

  /** What ends with this process cannot be left running. */
  private isLocal(job: ScanJob): boolean {
    return this.launcher.records.get(job.name)?.plan.isLocal === true;
  }

  private async cancel(job: ScanJob): Promise<'cancelled' | 'kept' | 'not cancelled' | 'nothing there'> {
    const record = this.launcher.records.get(job.name);
    if (!record || record.end) return 'nothing there';
    // A scan of somebody else is not ours to stop.
    if (record.launch?.adopted) return 'kept';
    const late = new ScangateError('SCANGATE_HTTP_TIMEOUT', 'there was no time left to cancel the scan');
    const grace = graceOf(STOP_MS, this.world.sleep, late);
    try {
      const handle = handleOf(record) ?? (await this.lookFor(job, record, grace.signal));
      if (!handle) return 'nothing there';
      await job.scanner.cancel(handle, this.world.services(grace.signal));
      await this.end(job, record, handle, grace.signal);
      return 'cancelled';
    } catch (error) {
      if (!(error instanceof ScangateError)) throw error;
      this.launcher.tell(job, 'trouble', `the scan could not be cancelled: ${error.message}`);
      return 'not cancelled';
    } finally {
      grace.end();
    }
  }

  private lookFor(job: ScanJob, record: StateRecord, signal: AbortSignal): Promise<ScanHandle | undefined> {
    return this.launcher.find(job, record.plan, signal, LOOK_AGAIN_MS);
  }

  private async end(job: ScanJob, record: StateRecord, handle: ScanHandle, signal: AbortSignal): Promise<void> {
    this.launcher.tell(job, 'cancelled', `cancelled ${nameOf(handle)}`, handle);
    const cleanedUp = job.scanner.cleanUp === undefined;
    const end = { at: this.launcher.stamp(), how: 'cancelled', cleanedUp } as const;
    const saved = await this.launcher.save({ ...record, end });
    if (!cleanedUp) await this.launcher.cleanUp(job, saved, signal);
  }
}
