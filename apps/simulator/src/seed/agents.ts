/** Machines with agents, each there for a reason. They are part of the subscription with `--seed demo,agents=on`. */
import { stableGuid } from '../hash.js';
import type { AgentHost, Detection } from '../model.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const VERSION = '6.1.0.28';

type Seen = Pick<Detection, 'qid' | 'type' | 'severity' | 'results'>;

interface Facts {
  readonly number: number;
  readonly name: string;
  /** Absent: no agent. */
  readonly agent?: number;
  /** How long ago the last scan was. Absent: never. */
  readonly scannedAgo?: number;
  readonly instance?: string;
  readonly found?: readonly Seen[];
  readonly next?: readonly Seen[];
}

const CERTIFICATE: Seen = { qid: 38173, type: 'Confirmed', severity: 2, results: 'subject\tissuer' };
const OLD_SYSTEM: Seen = { qid: 105484, type: 'Confirmed', severity: 5, results: 'old system' };
const INFORMATION: Seen = { qid: 45038, type: 'Info', severity: 1, results: 'Scan duration: 42 seconds' };

const FACTS: readonly Facts[] = [
  // A harmless finding, and an urgent one that only the next scan sees.
  { number: 1, name: 'build-17', agent: 1, scannedAgo: 2 * HOUR, found: [CERTIFICATE], next: [OLD_SYSTEM] },
  // Nothing but information.
  { number: 2, name: 'golden-18', agent: 2, scannedAgo: HOUR },
  { number: 3, name: 'stale-19', agent: 3, scannedAgo: 5 * DAY, found: [CERTIFICATE] },
  { number: 4, name: 'bare-20', scannedAgo: DAY, found: [CERTIFICATE] },
  { number: 5, name: 'twin', agent: 5, scannedAgo: HOUR },
  { number: 6, name: 'twin', agent: 6, scannedAgo: HOUR },
  { number: 7, name: 'new-21', agent: 7 },
  // The same machine twice: by its agent, and by an appliance.
  { number: 8, name: 'both-22', agent: 8, scannedAgo: HOUR, instance: 'i-00000000000008108' },
  { number: 9, name: 'both-22', scannedAgo: 3 * DAY, found: [CERTIFICATE] },
];

function agentHost(facts: Facts, start: number): AgentHost {
  const { number, name, agent, scannedAgo, instance, found = [], next = [] } = facts;
  const first = start - 30 * DAY;
  const scanned = start - (scannedAgo ?? 0);
  const seen = { first, last: scanned };
  const cloud = instance && { instanceId: instance, accountId: '000000000042', region: 'eu-west-1' };
  return {
    host: {
      id: 8100 + number,
      assetId: 88_100 + number,
      ip: `192.0.2.${100 + number}`,
      os: 'Linux 6.x',
      dns: `${name}.example.test`,
      tracking: agent === undefined ? 'IP' : 'QAGENT',
      ...(cloud ? { cloud } : {}),
      created: first,
      scanned,
      detections: [
        ...found.map((one) => ({ ...one, status: 'Active' as const, ...seen })),
        { ...INFORMATION, ...seen },
      ],
    },
    ...(agent === undefined ? {} : { agent: { uuid: stableGuid('agent', agent), version: VERSION } }),
    wasScanned: scannedAgo !== undefined,
    checkedIn: start - (scannedAgo ?? HOUR),
    next: next.map((one) => ({ ...one, status: 'New', ...seen })),
  };
}

export const agentHosts = (start: number): readonly AgentHost[] => FACTS.map((facts) => agentHost(facts, start));
