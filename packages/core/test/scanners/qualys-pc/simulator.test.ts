import { describe, expect, it } from 'vitest';
import type { RawFinding } from '../../../src/model/finding.js';
import type { ScanStatement } from '../../../src/model/scan.js';
import { qualysPc } from '../../../src/scanners/qualys-pc/index.js';
import type { PcTarget } from '../../../src/scanners/qualys-pc/target.js';
import { readReportAs } from '../../../src/scanners/report/index.js';
import type { ScanHandle, ScanServices } from '../../../src/scanners/scanner.js';
import { buildMachine } from '../../../src/testing/fake-machine.js';
import { benchFor, credentialsOf, startSimulator, urlsOf } from '../../qualys/support.js';

/* Against the simulator, which was written from the documentation of the API alone. */

interface Door {
  complianceChanges: string[];
  running: number[];
  launchesByName: Record<string, number>;
}

async function bench(...faults: string[]) {
  const simulator = await startSimulator(
    '--seed',
    'demo',
    '--speed',
    '0.001',
    ...faults.flatMap((one) => ['--fault', one]),
  );
  const { client } = benchFor(urlsOf(simulator), { credentials: await credentialsOf(simulator, 'password') });
  const services: ScanServices = {
    qualys: () => client,
    now: () => Date.now(),
    machine: buildMachine({ program: () => undefined }),
    readReport: readReportAs,
    cache: { get: async () => undefined, put: async () => undefined },
    signal: new AbortController().signal,
    log: () => undefined,
  };
  return {
    services,
    door: async () => (await (await fetch(`${simulator.api}/__simulator/state`)).json()) as Door,
    advance: (seconds: number) => fetch(`${simulator.api}/__simulator/advance?seconds=${seconds}`, { method: 'POST' }),
    launch: async (target: Omit<PcTarget, 'scanner'>) => {
      const plan = await qualysPc.plan({ scanner: 'qualys-pc', ...target }, { targetName: 'x', runId: 'r1' }, services);
      return qualysPc.launch(plan, services);
    },
    collect: async (handle: ScanHandle) => {
      const findings: RawFinding[] = [];
      const reading = qualysPc.findings(handle, services);
      for (;;) {
        const step = await reading.next();
        if (step.done) return summary(findings, step.value);
        findings.push(...step.value);
      }
    },
  };
}

const summary = (findings: readonly RawFinding[], { problems, evidence }: ScanStatement) => ({
  controls: findings.map(({ vulnerability }) => vulnerability.id),
  hosts: [...new Set(findings.map(({ location }) => (location.kind === 'control' ? location.subject : '')))],
  codes: problems.map(({ code }) => code),
  evidence,
});

const ALL = ['1045', '1050', '1071', '1072', '1073', '1074', '1141', '11410', '2181'];
const FIRST = ['build-10.example.test'];
const one = (counts: string): string => `The platform evaluated policy ${counts}`;

describe('against the simulator', () => {
  it.each<[string, Partial<PcTarget>, unknown]>([
    [
      'a host by address',
      { host: '192.0.2.10' },
      { controls: ALL, hosts: FIRST, codes: [], evidence: one('CIS Debian 12 (991): 3 passed, 8 failed on 1 host') },
    ],
    [
      'a host by name',
      { host: 'build-10.example.test' },
      { controls: ALL, hosts: FIRST, codes: [], evidence: one('CIS Debian 12 (991): 3 passed, 8 failed on 1 host') },
    ],
    [
      'an asset group with a comma in its title',
      { assetGroups: ['Clean, and quiet'] },
      { controls: [], hosts: [], codes: [], evidence: one('CIS Debian 12 (991): 9 passed on 1 host') },
    ],
    [
      'hosts by the names of tags',
      { hostTags: { include: ['staging', 'production'], exclude: ['staging'] } },
      { controls: [], hosts: [], codes: [], evidence: one('CIS Debian 12 (991): 9 passed on 1 host') },
    ],
    [
      'hosts by the ids of tags',
      { hostTags: { include: [301, 302] } },
      { controls: ALL, hosts: FIRST, codes: [], evidence: one('CIS Debian 12 (991): 12 passed, 8 failed on 2 hosts') },
    ],
    [
      'a name that nothing has',
      { hosts: ['build-99.example.test'] },
      { controls: [], hosts: [], codes: ['SCANGATE_SCAN_UNKNOWN_TARGET'], evidence: undefined },
    ],
  ])('reads the posture of %s', async (_, hosts, expected) => {
    const { launch, collect, door } = await bench();
    expect(await collect(await launch({ policies: [991], ...hosts }))).toEqual(expected);
    expect((await door()).complianceChanges).toEqual([]);
  });

  it.each(['repeated-page', 'missing-page'])('never takes a %s for the whole', async (fault) => {
    const { launch, collect } = await bench(fault);
    const handle = await launch({ policies: [991], host: '192.0.2.10' });
    await expect(collect(handle)).rejects.toMatchObject({ code: 'SCANGATE_QUALYS_ANSWER' });
  });

  it('waits for the posture, which shows what the scan has changed', async () => {
    const { launch, collect, advance, services } = await bench();
    const handle = await launch({ policies: [991], host: '192.0.2.10', mode: 'scan', optionProfile: 41 });
    const phases: string[] = [];
    for (let looks = 0; looks < 30 && phases.at(-1) !== 'ended'; looks++) {
      const progress = (await qualysPc.progress([handle], services)).get(handle.plan.scanName);
      if (progress && progress.phase !== phases.at(-1)) phases.push(progress.phase);
      await advance(30);
    }
    expect(phases).toEqual(['queued', 'running', 'processing', 'ended']);
    expect((await collect(handle)).controls).toEqual(ALL.filter((id) => id !== '1050'));
  });

  it('cancels a scan, once and again', async () => {
    const { launch, services, advance, door } = await bench('stuck-running');
    const handle = await launch({ policies: [991], host: '192.0.2.10', mode: 'scan', optionProfile: 41 });
    await advance(3600);
    await qualysPc.cancel(handle, services);
    await qualysPc.cancel(handle, services);
    expect((await door()).running).toEqual([]);
  });

  it('finds by its title a scan whose launch was never answered', async () => {
    const { launch, services, door } = await bench('launch-lost-answer');
    const target = { policies: [991], host: '192.0.2.10', mode: 'scan', optionProfile: 'Compliance profile' } as const;
    const plan = await qualysPc.plan(
      { scanner: 'qualys-pc', ...target, policies: [991] },
      { targetName: 'x', runId: 'r1' },
      services,
    );
    await expect(launch({ ...target, policies: [991] })).rejects.toThrow();
    expect((await qualysPc.find(plan, services))?.scanId).toMatch(/^compliance\/\d+\.\d+$/);
    expect((await door()).launchesByName).toEqual({ [plan.scanName]: 1 });
  });
});
