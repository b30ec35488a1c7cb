import type { ProgramEnd, ProgramSpec, ProgramState, Reached } from '@scangate/core/scanners';
import { Child, type ChildWorld } from './child.js';
import { identityOf, isAlive, type ProcessIdentity, signalGroup } from './identity.js';
import type { Attempt, ProgramRecords } from './records.js';

/** As for a program of our own: between being asked to end and being ended. */
const LEFTOVER_GRACE_MS = 5_000;
const LEFTOVER_LOOK_MS = 100;

export interface ProgramsWorld extends ChildWorld {
  reach(url: string): Promise<Reached>;
  log(line: string): void;
}

interface Started {
  child: Child;
  attempt: Attempt;
  /** Resolves when the end is on record. */
  recorded: Promise<ProgramEnd>;
  end?: ProgramEnd | undefined;
}

/** The long programs of this process, and what is known of those of others. */
export class Programs {
  private readonly started = new Map<string, Started>();
  private readonly children = new Set<Child>();

  constructor(
    private readonly records: ProgramRecords,
    private readonly world: ProgramsWorld,
  ) {}

  async run(spec: ProgramSpec, signal?: AbortSignal): Promise<ProgramEnd> {
    signal?.throwIfAborted();
    const child = await this.begin(spec);
    const abort = (): void => {
      child.stop('cancelled').catch(() => undefined);
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    try {
      return await child.end;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.children.delete(child);
      signal?.throwIfAborted();
    }
  }

  async start(scanName: string, make: (folder: string) => ProgramSpec): Promise<void> {
    this.records.prune(this.world.now(), (attempts) => attempts.some((attempt) => this.isRunning(attempt)));
    for (const attempt of this.records.attempts(scanName)) await this.endLeftover(attempt);
    const attempt = this.records.create(scanName);
    const starter = identityOf(process.pid);
    let child: Child | undefined;
    try {
      const spec = make(attempt.files);
      this.records.give(attempt, spec.files ?? {});
      this.records.writeStart(attempt, { startedAtMs: this.world.now(), starter });
      child = await this.begin(spec);
      const { startedAtMs } = child;
      this.follow(scanName, attempt, child, spec);
      this.records.writeStart(attempt, { startedAtMs, starter, program: identityOf(child.pid) });
    } catch (error) {
      await child?.stop('cancelled');
      await this.started.get(scanName)?.recorded;
      this.started.delete(scanName);
      this.records.remove(attempt);
      throw error;
    }
  }

  async state(scanName: string): Promise<ProgramState> {
    const ours = this.started.get(scanName);
    if (ours) {
      const { child, end } = ours;
      if (end) return { kind: 'ended', end };
      return { kind: 'running', startedAtMs: child.startedAtMs, lastLine: child.lastLine };
    }
    const [attempt] = this.records.attempts(scanName);
    if (!attempt) return { kind: 'none' };
    const end = this.records.readEnd(attempt);
    if (end) return { kind: 'ended', end };
    const { startedAtMs = 0, starter } = this.records.readStart(attempt) ?? {};
    return { kind: starter && isAlive(starter) ? 'running' : 'lost', startedAtMs };
  }

  async stop(scanName: string): Promise<void> {
    const ours = this.started.get(scanName);
    if (ours) {
      await ours.child.stop('cancelled');
      await ours.recorded;
      return;
    }
    for (const attempt of this.records.attempts(scanName)) await this.endLeftover(attempt);
  }

  /** Folder of the newest run of a scan. */
  folderOf(scanName: string): string | undefined {
    return (this.started.get(scanName)?.attempt ?? this.records.attempts(scanName)[0])?.files;
  }

  async close(): Promise<void> {
    await Promise.all([...this.children].map((child) => child.stop('cancelled')));
    await Promise.all([...this.started.values()].map(({ recorded }) => recorded));
  }

  private async begin(spec: ProgramSpec): Promise<Child> {
    const child = await Child.start(spec, this.world);
    this.children.add(child);
    return child;
  }

  private follow(scanName: string, attempt: Attempt, child: Child, { witness }: ProgramSpec): void {
    const started: Started = { child, attempt, recorded: this.recorded(attempt, child, witness) };
    this.started.set(scanName, started);
    started.recorded = started.recorded.then((end) => {
      started.end = end;
      return end;
    });
    // Whoever asks for the state is told; nobody may be waiting here.
    started.recorded.catch(() => undefined);
  }

  private async recorded(attempt: Attempt, child: Child, witness: string | undefined): Promise<ProgramEnd> {
    const end = await child.end;
    this.children.delete(child);
    if (witness !== undefined && end.stopped === undefined) end.witness = await this.asked(witness);
    try {
      this.records.writeEnd(attempt, end);
    } catch (error) {
      // This process knows; another one will find it lost, which is never green.
      this.world.log(`the end of a program could not be kept: ${String(error)}`);
    }
    return end;
  }

  private async asked(url: string): Promise<Reached> {
    try {
      return await this.world.reach(url);
    } catch (error) {
      return { answers: false, reason: `it could not be asked: ${String(error)}` };
    }
  }

  private isRunning(attempt: Attempt): boolean {
    const program = this.records.readStart(attempt)?.program;
    return program !== undefined && isAlive(program);
  }

  /** A program whose starter was killed may go on. It is ended when it is surely that one. */
  private async endLeftover(attempt: Attempt): Promise<void> {
    if (this.records.readEnd(attempt)) return;
    const program = this.records.readStart(attempt)?.program;
    if (!program || !isAlive(program)) return;
    this.world.log(`ending a program that an earlier run left behind: process ${program.pid}`);
    signalGroup(program.pid, 'SIGTERM');
    await this.untilGone(program);
    // What it started may be deaf, and still be there when it is gone itself.
    signalGroup(program.pid, 'SIGKILL');
    await this.untilGone(program);
  }

  private async untilGone(program: ProcessIdentity): Promise<void> {
    for (let waitedMs = 0; waitedMs < LEFTOVER_GRACE_MS && isAlive(program); waitedMs += LEFTOVER_LOOK_MS) {
      await this.world.sleep(LEFTOVER_LOOK_MS);
    }
  }
}
