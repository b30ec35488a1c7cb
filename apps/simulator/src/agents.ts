/** Machines with a Cloud Agent: what the inventory and the detections know of them while an on-demand scan runs. */
import type { Clock } from './clock.js';
import type { AgentHost, Host } from './model.js';

export interface AgentRequest {
  readonly assetId: number;
  readonly at: number;
  readonly scan: string;
  /** How long it takes to be seen, to be done, and to be in the detections. Absent: the agent never answers. */
  readonly pace?: { readonly pickupSeconds: number; readonly runSeconds: number; readonly settleSeconds: number };
}

/** What the inventory says of a machine beside what it says of every host. */
export interface AgentFacts {
  /** Absent on a machine without an agent. */
  readonly agent?: { readonly uuid: string; readonly version: string; readonly checkedIn: number };
  readonly wasScanned: boolean;
}

export interface Agents {
  /** As the asset inventory shows them. */
  inventory(): readonly Host[];
  facts(assetId: number): AgentFacts | undefined;
  /** As the host lists and the detections show them, which learn of a scan later. */
  hosts(): readonly Host[];
  request(request: AgentRequest): void;
  readonly requests: readonly AgentRequest[];
}

const SCAN = 'Vulnerability_Scan';

/** When a scan is done, or is in the detections. */
function doneAt({ at, pace }: AgentRequest, settled: boolean): number {
  if (pace === undefined) return Number.POSITIVE_INFINITY;
  return at + (pace.pickupSeconds + pace.runSeconds + (settled ? pace.settleSeconds : 0)) * 1000;
}

export function createAgents(seeded: readonly AgentHost[], clock: Clock): Agents {
  const requests: AgentRequest[] = [];
  const latest = (assetId: number, settled: boolean): AgentRequest | undefined =>
    requests.findLast((one) => one.assetId === assetId && one.scan === SCAN && clock.now() >= doneAt(one, settled));
  const viewOf = ({ host, next }: AgentHost, settled: boolean): Host => {
    const done = latest(host.assetId, settled);
    if (done === undefined) return host;
    const scanned = doneAt(done, false);
    const found = next.map((one) => ({ ...one, first: scanned, last: scanned }));
    return { ...host, scanned, detections: [...host.detections, ...found] };
  };
  const checkedIn = (one: AgentHost): number => {
    const seen = requests
      .filter(({ assetId, pace }) => assetId === one.host.assetId && pace !== undefined)
      .map(({ at, pace }) => at + (pace?.pickupSeconds ?? 0) * 1000)
      .filter((at) => at <= clock.now());
    return Math.max(one.checkedIn, ...seen);
  };
  const wasScanned = (one: AgentHost, settled: boolean): boolean =>
    one.wasScanned || latest(one.host.assetId, settled) !== undefined;
  return {
    requests,
    inventory: () => seeded.map((one) => viewOf(one, false)),
    facts: (assetId) => {
      const one = seeded.find(({ host }) => host.assetId === assetId);
      if (one === undefined) return undefined;
      const agent = one.agent && { ...one.agent, checkedIn: checkedIn(one) };
      return { wasScanned: wasScanned(one, false), ...(agent ? { agent } : {}) };
    },
    hosts: () => seeded.filter((one) => wasScanned(one, true)).map((one) => viewOf(one, true)),
    request: (request) => {
      const { assetId, at, scan } = request;
      const isPending = requests.some(
        (one) => one.assetId === assetId && one.scan === scan && clock.now() < doneAt(one, false),
      );
      // An agent that is about to scan scans once, however often it is asked.
      requests.push(isPending ? { assetId, at, scan: `${scan} (again)` } : request);
    },
  };
}
