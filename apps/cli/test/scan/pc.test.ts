import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import {
  missingReports,
  runFast,
  type Simulator,
  type SimulatorChoice,
  startFast,
  verdictIn,
  withSimulator,
  writeConfig,
} from './support.js';

/* Policy compliance, as pipelines run it: the built program against the simulator's process. */

const POLICY = 'rules: [{ name: nothing urgent, select: { severity: { atLeast: critical } }, max: 0 }]';
const POSTURE = '{ scanner: qualys-pc, policies: ["CIS Debian 12"], host: 192.0.2.10 }';
const CLEAN = '{ scanner: qualys-pc, policies: ["House rules"], assetGroups: ["Build hosts"] }';
const scanOf = (more = ''): string =>
  `{ scanner: qualys-pc, policies: [992], host: 192.0.2.10, mode: scan, optionProfile: Compliance profile${more} }`;

interface Ran {
  folder: string;
  simulator: Simulator;
  exit: unknown;
  stdout: string;
  stderr: string;
  changes: string[];
}

const ran = (target: string, look: (seen: Ran) => Promise<void> | void, options: SimulatorChoice = {}) =>
  inTemporaryFolder((folder) =>
    withSimulator(options, async (simulator) => {
      writeConfig(folder, { hardening: target }, POLICY);
      const { exit, stdout, stderr } = await runFast(simulator, ['run'], folder);
      const { complianceChanges } = (await simulator.state()) as unknown as { complianceChanges: string[] };
      await look({ folder, simulator, exit, stdout, stderr, changes: complianceChanges });
    }),
  );

const codesIn = (folder: string): string[] => verdictIn(folder).reasons.map(({ code }) => code);

interface Line {
  fingerprint: string;
  vulnerability: { id: string };
  state?: string;
  severity: string;
  ignored?: { reason: string };
  location: { control: string; subject?: string; instance?: string };
}

const findingsIn = (folder: string): Line[] =>
  readFileSync(join(folder, 'scangate-out/findings.ndjson'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

describe.concurrent('scangate run with qualys-pc', () => {
  it('judges the current posture, starts no scan and changes nothing', async () => {
    await ran(POSTURE, async ({ folder, simulator, exit, stderr, changes }) => {
      expect([exit, stderr, missingReports(folder)]).toEqual(['fail', '', []]);
      const { launches, running } = await simulator.state();
      expect({ launches, running, changes }).toEqual({ launches: [], running: [], changes: [] });
      const found = findingsIn(folder).map(({ vulnerability, state, severity, ignored }) => [
        vulnerability.id,
        state,
        severity,
        ignored !== undefined,
      ]);
      expect(found).toEqual([
        ['1045', 'Failed', 'critical', false],
        ['1050', 'Failed', 'medium', false],
        ['1071', 'Failed', 'high', true],
        ['1072', 'Failed', 'low', false],
        ['1073', 'Failed', 'medium', false],
        ['1074', 'Passed', 'low', true],
        ['1141', 'Failed', 'high', false],
        ['11410', 'Failed', 'low', false],
        ['2181', 'Failed', 'medium', false],
      ]);
    });
  });

  it('passes when every control of every policy is met on every host', async () => {
    await ran(CLEAN, ({ folder, exit, stderr }) => {
      expect([exit, stderr]).toEqual(['pass', '']);
      const [target] = verdictIn(folder).targets;
      expect(target?.evidence).toBe('The platform evaluated policy House rules (992): 6 passed on 2 hosts');
    });
  });

  it('scans, waits until the posture shows the scan, and judges it', async () => {
    await ran(
      '{ scanner: qualys-pc, policies: [991, 992], hosts: [192.0.2.10], mode: scan, optionProfile: 41, scannerAppliance: External }',
      async ({ folder, simulator, exit, stdout, stderr, changes }) => {
        expect([exit, stderr], stdout).toEqual(['fail', '']);
        expect(stdout).toMatch(/^hardening: started scangate hardening \w+ \(id compliance\/\d+\.\d+\)/m);
        expect(stdout).toMatch(/^hardening: ended: Finished/m);
        const { launches, running } = await simulator.state();
        expect([launches.length, running, changes]).toEqual([1, [], []]);
        // The scan has found this one mended.
        expect(findingsIn(folder).map(({ vulnerability }) => vulnerability.id)).not.toContain('1050');
        expect(codesIn(folder)).toEqual(['SCANGATE_RULE_VIOLATED']);
      },
    );
  });

  it('changes the subscription as far as the configuration says so', async () => {
    const target =
      '{ scanner: qualys-pc, policies: ["House rules"], assetGroups: ["Clean, and quiet"], mode: scan, optionProfile: 41, scannerAppliance: default, changes: { assignAssetGroups: true } }';
    await ran(target, ({ exit, changes, stderr }) => {
      expect([exit, changes], stderr).toEqual(['pass', ['policy 992: asset groups 7102 added']]);
    });
    await ran(scanOf(', changes: { addHosts: true }'), ({ exit, changes, stderr }) => {
      expect([exit, changes], stderr).toEqual(['pass', ['addresses 192.0.2.10 added']]);
    });
  });

  it('is cancelled by a signal, and started and collected in two steps', async () => {
    await inTemporaryFolder((folder) =>
      withSimulator({ seed: 'demo,minutes=600' }, async (simulator) => {
        writeConfig(folder, { hardening: scanOf() }, POLICY);
        const run = startFast(simulator, ['run'], folder);
        await run.says('hardening: Running');
        run.child.kill('SIGTERM');
        expect([(await run.done).exit, (await simulator.state()).running]).toEqual(['terminated', []]);
      }),
    );
    await inTemporaryFolder((folder) =>
      withSimulator({}, async (simulator) => {
        writeConfig(folder, { hardening: scanOf(), now: CLEAN }, POLICY);
        const start = await runFast(simulator, ['start'], folder);
        const collect = await runFast(simulator, ['collect'], folder);
        expect([start.exit, collect.exit, (await simulator.state()).launches.length]).toEqual(['pass', 'pass', 1]);
      }),
    );
  });
});

interface FaultCase {
  fault: string;
  target?: string;
  exit: string;
  codes: string[];
  launches?: number;
  speed?: number;
}

const CASES: readonly FaultCase[] = [
  // The wait that the platform names is of real seconds, and must fit into the limit of a call.
  { fault: 'rate-limited', target: CLEAN, exit: 'pass', codes: [], launches: 0, speed: 60 },
  { fault: 'concurrency', target: CLEAN, exit: 'pass', codes: [], launches: 0, speed: 60 },
  { fault: 'maintenance-503', exit: 'temporary', codes: ['SCANGATE_QUALYS_UNAVAILABLE'], launches: 0 },
  { fault: 'html-error', exit: 'temporary', codes: ['SCANGATE_QUALYS_UNAVAILABLE'], launches: 0 },
  { fault: 'cut-socket', exit: 'pass', codes: [] },
  { fault: 'truncated-page', exit: 'pass', codes: [] },
  { fault: 'slow-body=seconds:1', exit: 'pass', codes: [] },
  {
    fault: 'repeated-page',
    target: scanOf().replace('992', '991'),
    exit: 'inconclusive',
    codes: ['SCANGATE_QUALYS_ANSWER'],
  },
  {
    fault: 'missing-page',
    target: scanOf().replace('992', '991'),
    exit: 'inconclusive',
    codes: ['SCANGATE_QUALYS_ANSWER'],
  },
  { fault: 'wrong-password', exit: 'refused', codes: ['SCANGATE_QUALYS_REFUSED'], launches: 0 },
  { fault: 'error-in-200', exit: 'refused', codes: ['SCANGATE_QUALYS_REFUSED'] },
  { fault: 'launch-lost-answer', exit: 'pass', codes: [] },
  { fault: 'scan-error', exit: 'inconclusive', codes: ['SCANGATE_SCAN_FAILED'] },
  { fault: 'no-host-alive', exit: 'inconclusive', codes: ['SCANGATE_SCAN_NOTHING_REACHED'] },
  { fault: 'cancelled', exit: 'inconclusive', codes: ['SCANGATE_SCAN_CANCELLED'] },
  { fault: 'auth-failed', exit: 'inconclusive', codes: ['SCANGATE_SCAN_AUTH_FAILED', 'SCANGATE_SCAN_INCOMPLETE'] },
  { fault: 'stuck-running', target: scanOf(', wait: { run: 30m }'), exit: 'timeout', codes: ['SCANGATE_SCAN_TIMEOUT'] },
  { fault: 'processing-late=seconds:1800', exit: 'pass', codes: [] },
  { fault: 'counter-mismatch', exit: 'inconclusive', codes: ['SCANGATE_SCAN_COUNT_MISMATCH'] },
  { fault: 'unknown-status', exit: 'inconclusive', codes: ['SCANGATE_SCAN_UNKNOWN_STATE'] },
  {
    fault: 'unknown-severity',
    target: POSTURE,
    exit: 'inconclusive',
    codes: ['SCANGATE_RULE_MISSING_FIELD'],
    launches: 0,
  },
];

describe.concurrent('a fault of the platform and qualys-pc', () => {
  it.each(CASES)('$fault: $exit', async ({ fault, target = scanOf(), exit, codes, launches = 1, speed }) => {
    await ran(
      target,
      async ({ folder, simulator, ...result }) => {
        const state = await simulator.state();
        expect({
          exit: result.exit,
          codes: codesIn(folder),
          launches: Object.values(state.launchesByName),
          running: state.running,
          missing: missingReports(folder),
        }).toEqual({ exit, codes, launches: Array.from({ length: launches }, () => 1), running: [], missing: [] });
      },
      { faults: [fault], ...(speed === undefined ? {} : { speed }) },
    );
  });
});

const REFUSED: readonly (readonly [name: string, target: string, exit: string, code: string])[] = [
  ['a host that nobody has looked at', POSTURE.replace('.10', '.99'), 'inconclusive', 'SCANGATE_SCAN_UNKNOWN_TARGET'],
  [
    'a policy without a host',
    POSTURE.replace('CIS Debian 12', 'Never evaluated'),
    'inconclusive',
    'SCANGATE_SCAN_INCOMPLETE',
  ],
  [
    'a control that cannot be decided',
    POSTURE.replace('CIS Debian 12', 'Audit'),
    // It is not met, either.
    'fail',
    'SCANGATE_SCAN_INCOMPLETE',
  ],
  ['a posture that is too old', CLEAN.replace(' }', ', maxAge: 24h }'), 'inconclusive', 'SCANGATE_SCAN_STALE'],
  ['an empty asset group', CLEAN.replace('Build hosts', 'Nobody'), 'inconclusive', 'SCANGATE_SCAN_UNKNOWN_TARGET'],
  ['a policy that is not there', CLEAN.replace('House rules', 'House rule'), 'usage', 'SCANGATE_QUALYS_NOT_FOUND'],
];

describe.concurrent('what qualys-pc never calls green', () => {
  it.each(REFUSED)('%s', async (_, target, exit, code) => {
    await ran(target, ({ folder, exit: ended }) => {
      expect(ended).toBe(exit);
      expect(codesIn(folder)).toContain(code);
    });
  });
});
