import type { HttpHeaders } from '../http/index.js';

export type CallFamily = 'auth' | 'fo' | 'qps' | 'gateway';

export interface ApiCall {
  family: CallFamily;
  /** Method and path with ids replaced: `GET /qps/rest/3.0/status/was/wasscan/*`. */
  route: string;
  safe: boolean;
}

/** Held while a call is under way. */
export interface CallPermit {
  /** Tells what the platform said about its limits. */
  observe(answer: { status: number; headers: HttpHeaders }): void;
  /** Must be called once; further calls do nothing. */
  release(): void;
}

export interface BudgetReport {
  calls: number;
  inFlight: number;
  /** Calls that had to wait for a place. */
  waited: number;
  byRoute: Record<string, number>;
  /** Last values of the platform, where it sent any. */
  limit?: number;
  remaining?: number;
  windowSeconds?: number;
}

/** One object that every call asks, retries and sign-in included. */
export interface CallBudget {
  take(call: ApiCall, signal?: AbortSignal): Promise<CallPermit>;
  report(): BudgetReport;
}
