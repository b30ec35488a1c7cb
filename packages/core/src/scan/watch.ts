import { ERRORS, ScangateError } from '../errors.js';
import type { ScanHandle, Scanner, ScanPhase, ScanProgress } from '../scanners/scanner.js';
import { showDuration } from './duration.js';
import { type Heartbeat, heartbeatText, type ScanFacts } from './heartbeat.js';
import type { Live } from './launcher.js';
import { nextPollMs } from './poll-plan.js';
import type { ScanWorld, WaitLimits } from './types.js';

/** Looks in a row that may fail for reasons that pass, each tried several times by the client. */
const MAX_FAILURES = 5;
const AFTER_FAILURE_MS = 60_000;
/** A program on this machine costs nothing to look at. */
const LOCAL_POLL_MS = 500;
/** Answers in a row that may lack a scan. */
const MAX_ABSENCES = 3;

interface Watched {
  live: Live;
  /** By our clock. */
  launchedMs: number;
  sinceMs: number;
  phase: ScanPhase;
  phaseSinceMs: number;
  last: ScanProgress | undefined;
  absences: number;
  nextMs: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** Waits for the scans of one scanner: one question for all of them, asked when the first one is due. */
export class Watch {
  private readonly active = new Map<string, Watched>();
  private isLooping = false;
  private wake = new AbortController();
  private failures = 0;

  constructor(
    private readonly scanner: Scanner<unknown>,
    private readonly world: ScanWorld,
    private readonly heartbeat: Heartbeat,
  ) {}

  /**
   * Resolves when the scan has ended. Rejects with `SCANGATE_SCAN_TIMEOUT` at a limit, and with what makes further
   * looks useless.
   */
  ended(live: Live): Promise<void> {
    const { now } = this.world;
    return new Promise((resolve, reject) => {
      const launchedMs = Math.min(now(), Date.parse(live.record.launch?.at ?? live.record.createdAt));
      const watched: Watched = {
        live,
        launchedMs,
        sinceMs: now(),
        phase: 'queued',
        phaseSinceMs: now(),
        last: undefined,
        absences: 0,
        nextMs: now(),
        resolve,
        reject,
      };
      if (!live.isOld) this.schedule(watched);
      this.active.set(live.handle.plan.scanName, watched);
      this.wake.abort();
      if (!this.isLooping) this.loop().catch((error: unknown) => this.rejectAll(error));
    });
  }

  /** Lines that are due although nothing changes. */
  beat(): void {
    for (const watched of this.active.values()) this.tell(watched, 'heartbeat');
  }

  get targets(): string[] {
    return [...this.active.values()].map(({ live }) => live.job.name);
  }

  private async loop(): Promise<void> {
    this.isLooping = true;
    try {
      while (this.active.size > 0) {
        await this.pause();
        if ([...this.active.values()].some(({ nextMs }) => nextMs <= this.world.now())) await this.look();
      }
    } finally {
      this.isLooping = false;
    }
  }

  /** Until the first scan is due, or another one joins. */
  private async pause(): Promise<void> {
    const { world } = this;
    this.wake = new AbortController();
    const waitMs = Math.min(...[...this.active.values()].map(({ nextMs }) => nextMs)) - world.now();
    world.signal.throwIfAborted();
    if (waitMs <= 0) return;
    const { signal: wake } = this.wake;
    try {
      await world.sleep(waitMs, AbortSignal.any([wake, world.signal]));
    } catch (error) {
      if (world.signal.aborted || !wake.aborted) throw error;
    }
  }

  private async look(): Promise<void> {
    const asked = [...this.active.values()];
    let progress: Map<string, ScanProgress>;
    try {
      const handles: ScanHandle[] = asked.map(({ live }) => live.handle);
      progress = await this.scanner.progress(handles, this.world.services(this.world.signal));
    } catch (error) {
      this.failed(asked, error);
      return;
    }
    this.failures = 0;
    for (const watched of asked) this.take(watched, progress.get(watched.live.handle.plan.scanName));
  }

  /** A look that failed says nothing about the scans: what passes is waited for, all else ends the wait. */
  private failed(asked: readonly Watched[], error: unknown): void {
    const { signal, now } = this.world;
    const isPassing = error instanceof ScangateError && ERRORS[error.code].exit === 'temporary' && !signal.aborted;
    if (!isPassing || ++this.failures >= MAX_FAILURES) {
      for (const watched of asked) this.settle(watched, error);
      return;
    }
    for (const watched of asked) {
      this.world.onEvent({
        kind: 'trouble',
        target: watched.live.job.name,
        text: `the platform could not be asked (${this.failures} of ${MAX_FAILURES} times): ${error.message}`,
        isNews: true,
      });
      if (this.isOverdue(watched)) continue;
      watched.nextMs = Math.min(now() + AFTER_FAILURE_MS, this.deadlineMs(watched));
    }
  }

  private take(watched: Watched, progress: ScanProgress | undefined): void {
    if (!progress) {
      if (++watched.absences >= MAX_ABSENCES) {
        const { scanName } = watched.live.handle.plan;
        this.settle(
          watched,
          new ScangateError('SCANGATE_SCAN_GONE', `the platform does not list the scan ${scanName}`),
        );
      } else if (!this.isOverdue(watched)) this.schedule(watched);
      return;
    }
    watched.absences = 0;
    if (progress.phase !== watched.phase) {
      watched.phase = progress.phase;
      watched.phaseSinceMs = this.world.now();
    }
    watched.last = progress;
    if (progress.phase === 'ended') {
      this.tell(watched, 'ended');
      this.settle(watched);
    } else if (!this.isOverdue(watched)) {
      this.schedule(watched);
      this.tell(watched, 'progress');
    }
  }

  private schedule(watched: Watched): void {
    const { now, random } = this.world;
    const { phase, phaseSinceMs, launchedMs, live } = watched;
    if (phase === 'ended') return;
    const ageMs = now() - launchedMs;
    const { historyMs, isLocal } = live.handle.plan;
    if (isLocal) {
      watched.nextMs = Math.min(now() + LOCAL_POLL_MS, this.deadlineMs(watched));
      return;
    }
    const pauseMs = nextPollMs({ phase, ageMs, phaseAgeMs: now() - phaseSinceMs, historyMs }, random());
    watched.nextMs = Math.min(now() + pauseMs, this.deadlineMs(watched));
  }

  private deadlineMs(watched: Watched): number {
    return Math.min(...limitsOf(watched).map(({ atMs }) => atMs));
  }

  /** Ends the wait of a scan whose limit has passed. */
  private isOverdue(watched: Watched): boolean {
    const { now } = this.world;
    const passed = limitsOf(watched).find(({ atMs }) => atMs <= now());
    if (!passed) return false;
    const state = watched.last?.state ?? 'unknown';
    const { subject, scanName } = watched.live.handle.plan;
    const limit = `${passed.name} is ${showDuration(passed.limitMs)}`;
    this.settle(
      watched,
      new ScangateError('SCANGATE_SCAN_TIMEOUT', `${subject}: the scan ${scanName} is still ${state} and ${limit}`),
    );
    return true;
  }

  private settle(watched: Watched, error?: unknown): void {
    this.active.delete(watched.live.handle.plan.scanName);
    if (error === undefined) watched.resolve();
    else watched.reject(error);
  }

  private rejectAll(error: unknown): void {
    for (const watched of [...this.active.values()]) this.settle(watched, error);
  }

  private tell(watched: Watched, kind: 'progress' | 'heartbeat' | 'ended'): void {
    const { world } = this;
    const { live, launchedMs, last } = watched;
    const nowMs = world.now();
    const facts: ScanFacts = {
      state: last?.state ?? 'launched',
      elapsedMs: nowMs - launchedMs,
      linksCrawled: last?.linksCrawled,
      part: last?.part,
      note: last?.note,
      nextMs: kind === 'ended' || live.handle.plan.isLocal ? undefined : Math.max(0, watched.nextMs - nowMs),
    };
    const isDue = this.heartbeat.isDue(live.job.name, facts.state, nowMs);
    const isNews = isDue || kind === 'ended';
    const text = `${kind === 'ended' ? 'ended: ' : ''}${heartbeatText(facts)}`;
    world.onEvent({ kind, target: live.job.name, text, handle: live.handle, facts, isNews });
  }
}

interface PassedLimit {
  name: string;
  limitMs: number;
  atMs: number;
}

function limitsOf({ live, phase, phaseSinceMs, sinceMs }: Watched): PassedLimit[] {
  const { limits } = live.job;
  const names: Partial<Record<ScanPhase, [name: string, key: keyof WaitLimits]>> = {
    queued: ['wait.queue', 'queueMs'],
    running: ['wait.run', 'runMs'],
    processing: ['wait.results', 'resultsMs'],
  };
  const [name, key] = names[phase] ?? [];
  const phaseLimitMs = key === undefined ? undefined : limits[key];
  return [
    ...(name === undefined || phaseLimitMs === undefined
      ? []
      : [{ name, limitMs: phaseLimitMs, atMs: phaseSinceMs + phaseLimitMs }]),
    ...(limits.totalMs === undefined
      ? []
      : [{ name: 'wait', limitMs: limits.totalMs, atMs: sinceMs + limits.totalMs }]),
  ];
}
