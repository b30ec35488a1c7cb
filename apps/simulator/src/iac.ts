/** Scans of infrastructure templates: they wait, run, end, and then their result is written. */
import type { Clock } from './clock.js';
import type { ArchivedFile } from './zip.js';

export interface IacScan {
  readonly uuid: string;
  readonly name: string;
  readonly tags: readonly Readonly<Record<string, string>>[];
  readonly onlyFailed: boolean;
  readonly files: readonly ArchivedFile[];
  readonly launched: number;
  /** How it ends; `stuck` never does. */
  readonly outcome: 'FINISHED' | 'ERROR' | 'stuck' | { readonly word: string };
  readonly settleSeconds: number;
  readonly empty: boolean;
  readonly extraFailed: number;
  /** Word in place of a criticality. */
  readonly criticality?: string;
}

export interface IacState {
  /** In the list. */
  readonly status: string;
  /** In the result. */
  readonly resultStatus: string;
}

const QUEUE_SECONDS = 20;
const RUN_SECONDS = 60;

export function iacState({ launched, outcome, settleSeconds }: IacScan, clock: Clock): IacState {
  const seconds = (clock.now() - launched) / 1000;
  if (seconds < QUEUE_SECONDS) return { status: 'SUBMITTED', resultStatus: 'SUBMITTED' };
  if (seconds < QUEUE_SECONDS + RUN_SECONDS || outcome === 'stuck') {
    return { status: 'PROCESSING', resultStatus: 'PROCESSING' };
  }
  const status = typeof outcome === 'string' ? outcome : outcome.word;
  const isLate = status === 'FINISHED' && seconds < QUEUE_SECONDS + RUN_SECONDS + settleSeconds;
  return { status, resultStatus: isLate ? 'PROCESSING' : status };
}
