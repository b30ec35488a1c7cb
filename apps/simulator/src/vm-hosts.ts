/** The records of hosts, as the scans of machines leave them. */
import type { Connector, Detection, Host, Machine, Seed, VmScan } from './model.js';
import { vmState } from './vm-state.js';

const FIRST_HOST_ID = 8100;
const CONNECTOR_MS = 60_000;

/** PENDING, RUNNING and then FINISHED_SUCCESS. */
export function connectorState(ranAt: number | undefined, now: number): string {
  if (ranAt === undefined || now >= ranAt + CONNECTOR_MS) return 'FINISHED_SUCCESS';
  return now < ranAt + CONNECTOR_MS / 3 ? 'PENDING' : 'RUNNING';
}

export const isConnectorDone = (ranAt: number | undefined, now: number): boolean =>
  ranAt !== undefined && now >= ranAt + CONNECTOR_MS;

/** Whether the platform knows the machine: an instance that is new is known once the connector of its account has run. */
export function isKnown(
  { instance }: Machine,
  connectors: readonly Connector[],
  isDone: (connectorId: number) => boolean,
): boolean {
  if (!instance?.hidden) return true;
  return connectors.some(({ id, accountId }) => accountId === instance.accountId && isDone(id));
}

const hostIdOf = (machine: Machine): number => FIRST_HOST_ID + Number(machine.ip.split('.').at(-1));

function scanned(before: Host | undefined, machine: Machine, at: number): Host {
  const old = new Map(before?.detections.map((detection) => [detection.qid, detection]));
  const seen = machine.flaws.map((flaw): Detection => {
    const known = old.get(flaw.qid);
    const isInfo = flaw.type === 'Info';
    return { ...flaw, ...(isInfo ? {} : { status: known ? 'Active' : 'New' }), first: known?.first ?? at, last: at };
  });
  const gone = [...old.values()].filter(({ qid }) => !machine.flaws.some((flaw) => flaw.qid === qid));
  const fixed = gone.filter(({ type }) => type !== 'Info').map((one): Detection => ({ ...one, status: 'Fixed' }));
  const record = before ?? recordOf(machine, at);
  return { ...record, scanned: at, detections: [...seen, ...fixed] };
}

function recordOf(machine: Machine, at: number): Host {
  const id = hostIdOf(machine);
  const { instance } = machine;
  return {
    id,
    assetId: id + 80_000,
    ip: machine.ip,
    os: machine.os,
    dns: machine.name,
    tracking: instance ? 'INSTANCE_ID' : 'IP',
    ...(instance ? { cloud: instance } : {}),
    created: at,
    scanned: at,
    detections: [],
  };
}

/** Hosts with what the processed scans found on them, in the order of their ends. */
export function hostsOf(seed: Seed, scans: Iterable<VmScan>, now: number): readonly Host[] {
  const hosts = new Map(seed.hosts.map((host) => [host.ip, host]));
  const done = [...scans]
    .map((scan) => ({ scan, is: vmState(scan, now) }))
    .filter(({ is }) => is.processed)
    .sort((a, b) => (a.is.ended ?? 0) - (b.is.ended ?? 0));
  for (const { scan, is } of done) {
    for (const machine of scan.machines) {
      const before = hosts.get(machine.ip);
      const at = is.ended ?? scan.launched;
      // Scans of the past are in the records that the subscription starts with.
      const isOld = before !== undefined && at <= before.scanned;
      if (!machine.alive || isOld || scan.discontinued.includes(machine.ip)) continue;
      hosts.set(machine.ip, scanned(before, machine, at));
    }
  }
  return [...hosts.values()];
}

/** Hosts, and instances that a connector brought in. */
export function assetsOf(
  seed: Seed,
  scans: Iterable<VmScan>,
  now: number,
  known: (machine: Machine) => boolean,
): readonly Host[] {
  const hosts = hostsOf(seed, scans, now);
  const others = seed.machines.filter(
    (machine) => machine.instance && known(machine) && !hosts.some(({ ip }) => ip === machine.ip),
  );
  return [...hosts, ...others.map((machine) => recordOf(machine, now))];
}
