/** Policy compliance: scans, and the posture that follows from them. */
import type { Clock } from './clock.js';
import type { CompliancePolicy, PostureRow, PostureStatus, Seed } from './model.js';

export type ComplianceOutcome =
  | { readonly kind: 'good' | 'stuck' | 'no-host' | 'error' | 'cancelled' }
  | {
      readonly kind: 'unknown';
      readonly word: string;
    };

export interface ComplianceScan {
  readonly id: number;
  readonly reference: string;
  readonly title: string;
  readonly launched: number;
  readonly profileId: number;
  /** As the list shows it. */
  readonly target: string;
  readonly groupIds: readonly number[];
  readonly hostIds: readonly number[];
  readonly runSeconds: number;
  readonly settleSeconds: number;
  readonly outcome: ComplianceOutcome;
  /** Hosts that it cannot log in to. */
  readonly refused: readonly number[];
  cancelledAt?: number;
}

export interface ComplianceState {
  readonly state: string;
  readonly subState?: string;
  readonly processed: boolean;
  readonly unfinished: boolean;
  readonly ended?: number;
  /** When the posture shows the scan. */
  readonly evaluated?: number;
}

export interface Compliance {
  readonly scans: Map<string, ComplianceScan>;
  /** Asset groups of a policy, as they are now. */
  readonly policyGroups: Map<number, number[]>;
  readonly enabledHosts: Set<number>;
  /** What callers changed, in words. */
  readonly changes: string[];
  nextId(): number;
  state(scan: ComplianceScan): ComplianceState;
  /** When a compliance scan last looked at the host; absent: never. */
  hostScanned(hostId: number): number | undefined;
  policyEvaluated(policy: CompliancePolicy): number | undefined;
  statusOf(row: PostureRow): PostureStatus;
}

const QUEUE_MS = 30_000;
/** From the processing of the results to the evaluation of the policies. */
const EVALUATION_MS = 60_000;

function complianceState(scan: ComplianceScan, now: number): ComplianceState {
  const start = scan.launched + QUEUE_MS;
  const half = start + scan.runSeconds * 500;
  const end = start + scan.runSeconds * 1000;
  const { outcome, cancelledAt } = scan;
  const over = (state: string, ended: number, subState?: string): ComplianceState => ({
    state,
    processed: false,
    unfinished: false,
    ended,
    ...(subState === undefined ? {} : { subState }),
  });
  if (cancelledAt !== undefined) return over('Canceled', cancelledAt);
  if (now < start) return { state: 'Queued', processed: false, unfinished: true };
  if (outcome.kind === 'error' && now >= half) return over('Error', half);
  if (outcome.kind === 'cancelled' && now >= half) return over('Canceled', half);
  if (now < end || outcome.kind === 'stuck') return { state: 'Running', processed: false, unfinished: true };
  if (outcome.kind === 'unknown') return over(outcome.word, end);
  const settled = end + scan.settleSeconds * 1000;
  const processed = now >= settled;
  if (outcome.kind === 'no-host') return { ...over('Finished', end, 'No_Host'), processed };
  return { ...over('Finished', end), processed, evaluated: settled + EVALUATION_MS };
}

export function createCompliance(seed: Seed, clock: Clock): Compliance {
  const { compliance } = seed;
  const scans = new Map<string, ComplianceScan>();
  const policyGroups = new Map(compliance.policies.map(({ id, groupIds }) => [id, [...groupIds]]));
  let next = 77_000;
  const state = (scan: ComplianceScan): ComplianceState => complianceState(scan, clock.now());
  /** Scans that the posture of the host shows. */
  const shown = (hostId: number): ComplianceState[] =>
    [...scans.values()]
      .filter(({ hostIds, refused }) => hostIds.includes(hostId) && !refused.includes(hostId))
      .map(state)
      .filter(({ evaluated }) => evaluated !== undefined && evaluated <= clock.now());
  const hostScanned = (hostId: number): number | undefined => {
    const before = compliance.posture.some((row) => row.hostId === hostId)
      ? seed.hosts.find(({ id }) => id === hostId)?.scanned
      : undefined;
    const times = [before, ...shown(hostId).map(({ ended }) => ended)].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.max(...times);
  };
  return {
    scans,
    policyGroups,
    enabledHosts: new Set(compliance.enabledHosts),
    changes: [],
    nextId: () => {
      next += 1;
      return next;
    },
    state,
    hostScanned,
    policyEvaluated: ({ id, active, evaluated }) => {
      const groups = compliance.groups.filter((group) => policyGroups.get(id)?.includes(group.id));
      const hostIds = groups.flatMap((group) => group.hostIds);
      const own = [...scans.values()].filter((scan) => scan.hostIds.some((hostId) => hostIds.includes(hostId)));
      const times = (active ? own : [])
        .map((scan) => state(scan).evaluated)
        .filter((time) => time !== undefined && time <= clock.now());
      const all = [evaluated, ...times].filter((time) => time !== undefined);
      return all.length === 0 ? undefined : Math.max(...all);
    },
    statusOf: (row) => (shown(row.hostId).length > 0 ? (row.next ?? row.status) : row.status),
  };
}
