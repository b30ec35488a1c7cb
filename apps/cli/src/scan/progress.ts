import type { CiAdapter } from '@scangate/core/ci';
import { terminalText } from '@scangate/core/reporters';
import { heartbeatText, type ScanEvent } from '@scangate/core/scan';
import type { Context } from '../context.js';
import type { Secrets } from '../secrets.js';

const CLEAR_LINE = '\r\u001b[2K';
const LIVE_COLUMNS = 100;
const REDRAW_MS = 1_000;

/**
 * Shows how scans go on: lines in a log; on a terminal one line besides that is written again and again. Quiet runs get
 * the lines on standard error, since a step without any output is ended by some CI tools.
 */
export class ProgressDisplay {
  private readonly live = new Map<string, { event: ScanEvent; atMs: number }>();
  private isShown = false;
  private readonly isLive: boolean;
  private readonly over = new AbortController();

  constructor(
    private readonly context: Context,
    private readonly secrets: Secrets,
    private readonly isQuiet: boolean,
    private readonly adapter?: CiAdapter | undefined,
  ) {
    this.isLive = context.process.stdout.isTTY === true && !isQuiet;
    // Its sleep is rejected when the run is over. The line only shows what is known: no verdict hangs on it.
    if (this.isLive) this.redraw().catch(() => undefined);
  }

  show(event: ScanEvent): void {
    const { target, text, kind, isNews } = event;
    this.clear();
    if (isNews && !(this.isQuiet && kind === 'progress')) {
      const stream = this.isQuiet ? this.context.process.stderr : this.context.process.stdout;
      const line = this.clean(`${target}: ${text}`);
      const inOwnWords = this.isQuiet ? undefined : this.adapter?.progress?.(line);
      stream.write(inOwnWords ?? `${line}\n`);
    }
    if (event.facts !== undefined && kind !== 'ended') this.live.set(target, { event, atMs: this.nowMs() });
    else if (kind !== 'trouble') this.live.delete(target);
    this.draw();
  }

  /** Ends the live line; what is written from now on stands on lines of its own. */
  end(): void {
    this.over.abort(new Error('the display is over'));
    this.clear();
    this.live.clear();
  }

  private nowMs(): number {
    return this.context.now().getTime();
  }

  private clean(text: string): string {
    return terminalText(this.secrets.redact(text));
  }

  private async redraw(): Promise<void> {
    while (!this.over.signal.aborted) {
      await this.context.sleep(REDRAW_MS, this.over.signal);
      this.draw();
    }
  }

  private draw(): void {
    if (!this.isLive || this.over.signal.aborted) return;
    const [first, ...others] = this.live.values();
    if (!first?.event.facts) return;
    const passedMs = this.nowMs() - first.atMs;
    const { facts } = first.event;
    const shown = heartbeatText({
      ...facts,
      elapsedMs: facts.elapsedMs + passedMs,
      nextMs: facts.nextMs === undefined ? undefined : Math.max(0, facts.nextMs - passedMs),
    });
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    const line = this.clean(`${first.event.target}: ${shown}`).slice(0, LIVE_COLUMNS - more.length);
    this.context.process.stdout.write(`${CLEAR_LINE}${line}${more}`);
    this.isShown = true;
  }

  private clear(): void {
    if (!this.isShown) return;
    this.context.process.stdout.write(CLEAR_LINE);
    this.isShown = false;
  }
}
