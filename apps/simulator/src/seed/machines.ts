/** The machines of the demo subscription, each there for a reason. */
import type { Flaw, Machine, Seed, VmGroup, VmProfile, VmScan } from '../model.js';

const DAY = 86_400_000;

const CERTIFICATE: Flaw = { qid: 38173, type: 'Confirmed', severity: 2, port: 443, results: 'subject\tissuer' };
const OLD_SYSTEM: Flaw = { qid: 105484, type: 'Confirmed', severity: 5, results: 'old system' };
const OLD_SHELL: Flaw = { qid: 38739, type: 'Confirmed', severity: 4, port: 22, results: 'version\tmend\n8.9\t9.6' };
const ROUTER: Flaw = { qid: 316760, type: 'Potential', severity: 3, results: 'banner only' };
const DURATION: Flaw = { qid: 45038, type: 'Info', severity: 1, results: 'Scan duration: 480 seconds' };
const SYSTEM: Flaw = { qid: 45017, type: 'Info', severity: 2, results: 'Linux 6.x\tTCP/IP fingerprint' };

const ACCOUNT = '000000000042';

const machine = (last: number, name: string, flaws: readonly Flaw[], more: Partial<Machine> = {}): Machine => ({
  ip: `192.0.2.${last}`,
  name: `${name}.example.test`,
  os: 'Linux 6.x',
  alive: true,
  tagIds: [301],
  flaws,
  ...more,
});

const instance = (number: number, hidden = false) => ({
  instanceId: `i-${String(number).padStart(17, '0')}`,
  accountId: ACCOUNT,
  region: 'eu-west-1',
  hidden,
});

const MACHINES: readonly Machine[] = [
  machine(10, 'build-10', [CERTIFICATE, OLD_SYSTEM, DURATION], { os: 'Linux 5.x' }),
  machine(11, 'build-11', [DURATION], { instance: instance(8002) }),
  machine(12, 'web-12', [CERTIFICATE, OLD_SHELL, ROUTER, DURATION, SYSTEM]),
  machine(13, 'dark-13', [], { alive: false, tagIds: [302] }),
  machine(14, 'build-14', [CERTIFICATE, DURATION, SYSTEM]),
  machine(15, 'cloud-15', [CERTIFICATE, DURATION], { instance: instance(8015, true), tagIds: [] }),
  // Alive, and nothing of it is worth a word.
  machine(16, 'quiet-16', [], { tagIds: [] }),
];

const GROUPS: readonly VmGroup[] = [
  { id: 7201, title: 'Builders', ips: ['192.0.2.11', '192.0.2.14'] },
  { id: 7202, title: 'Everything', ips: ['192.0.2.10-192.0.2.13'], names: ['build-14.example.test'] },
  { id: 7203, title: 'Builders (old)', ips: ['192.0.2.13'] },
];

const INITIAL: VmProfile = { id: 9101, title: 'Initial Options', list: 'vm', isDefault: true };
const PROFILES: readonly VmProfile[] = [
  INITIAL,
  { id: 9102, title: 'Quick look', list: 'vm', isDefault: false },
  { id: 9103, title: 'Payment Card Industry (PCI) Options', list: 'pci', isDefault: false },
];

/** Scans of the first two machines in the last weeks. */
function pastScans(start: number): readonly VmScan[] {
  return MACHINES.slice(0, 2).map((one, at): VmScan => {
    const launched = start - 14 * DAY + at * DAY;
    return {
      id: 3_000_001 + at,
      reference: `scan/${Math.floor(launched / 1000)}.0000${at + 1}`,
      title: `Weekly scan of ${one.name}`,
      type: 'Scheduled',
      priority: 0,
      launched,
      target: one.ip,
      machines: [one],
      silent: [],
      unresolved: [],
      excluded: [],
      assetGroups: [],
      profile: INITIAL,
      appliance: 'External',
      network: 'Global Default Network',
      pace: { queueSeconds: 30, runSeconds: 480, settleSeconds: 90 },
      outcome: { kind: 'good' },
      discontinued: [],
      loginFails: false,
    };
  });
}

type VmSeed = Pick<
  Seed,
  'machines' | 'vmGroups' | 'networks' | 'vmProfiles' | 'connectors' | 'pastVmScans' | 'vmRunSeconds'
>;

export function vmSeed(start: number, scanMinutes: number | undefined): VmSeed {
  return {
    machines: MACHINES,
    vmGroups: GROUPS,
    networks: [
      { id: 0, name: 'Global Default Network' },
      { id: 5001, name: 'Cellar' },
    ],
    vmProfiles: PROFILES,
    connectors: [{ id: 7701, name: 'cloud account', accountId: ACCOUNT }],
    pastVmScans: pastScans(start),
    vmRunSeconds: scanMinutes === undefined ? 480 : scanMinutes * 60,
  };
}
