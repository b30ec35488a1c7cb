import type { HttpHeaders } from '../http/index.js';
import type { ApiCall, BudgetReport, CallBudget, CallPermit } from './call-budget.js';
import { type LimitHeaders, limitHeaders } from './limits.js';

export interface CallBudgetOptions {
  /**
   * Calls at the same time. The standard service allows two for a whole subscription, and other pipelines share them:
   * default 1.
   */
  maxInFlight?: number;
}

/** A budget for one process. Sign-in is counted, but takes no place: the platform does not limit it. */
export function createCallBudget({ maxInFlight = 1 }: CallBudgetOptions = {}): CallBudget {
  return new ProcessBudget(maxInFlight);
}

class ProcessBudget implements CallBudget {
  private calls = 0;
  private waited = 0;
  private inFlight = 0;
  private readonly byRoute = new Map<string, number>();
  private readonly queue: (() => void)[] = [];
  private said: LimitHeaders = {};

  constructor(private readonly maxInFlight: number) {}

  async take(call: ApiCall, signal?: AbortSignal): Promise<CallPermit> {
    signal?.throwIfAborted();
    const takesPlace = call.family !== 'auth';
    if (takesPlace) {
      if (this.inFlight >= this.maxInFlight) await this.wait(signal);
      else this.inFlight++;
    }
    this.calls++;
    this.byRoute.set(call.route, (this.byRoute.get(call.route) ?? 0) + 1);
    let isHeld = takesPlace;
    return {
      observe: ({ headers }: { headers: HttpHeaders }) => {
        this.said = { ...this.said, ...limitHeaders(headers) };
      },
      release: () => {
        if (isHeld) this.pass();
        isHeld = false;
      },
    };
  }

  report(): BudgetReport {
    return {
      calls: this.calls,
      inFlight: this.inFlight,
      waited: this.waited,
      byRoute: Object.fromEntries(this.byRoute),
      ...this.said,
    };
  }

  /** The place of a call that has ended goes to the one that waited longest. */
  private pass(): void {
    const next = this.queue.shift();
    if (next) next();
    else this.inFlight--;
  }

  private async wait(signal: AbortSignal | undefined): Promise<void> {
    this.waited++;
    await new Promise<void>((resolve, reject) => {
      const turn = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.queue.splice(this.queue.indexOf(turn), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.queue.push(turn);
    });
  }
}
