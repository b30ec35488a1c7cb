import type { ExitName } from '@scangate/core/exit-code';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import {
  missingReports,
  NOTHING_CRITICAL,
  runFast,
  type Simulator,
  type SimulatorChoice,
  startFast,
  verdictIn,
  withSimulator,
  writeConfig,
} from './support.js';

/* Scans of hosts, end to end: the built program against the simulator, each a process of its own. */

const BUILD = '{ scanner: qualys-vm, host: 192.0.2.10, optionProfile: "Initial Options", scannerAppliance: External }';
const CLEAN = '{ scanner: qualys-vm, host: 192.0.2.11 }';
const RECORDS = '{ scanner: qualys-vm, hosts: [192.0.2.11, 192.0.2.14], detections: host }';
const IMPATIENT = '{ scanner: qualys-vm, host: 192.0.2.11, wait: { run: 20m } }';
const ANY_CRITICAL = NOTHING_CRITICAL.replace('max: 0', 'max: 1000');
const ANY_PCI = 'rules: [{ name: card data, select: { pci: true }, max: 1000 }]';

const inBoth = (
  work: (folder: string, simulator: Simulator) => Promise<void>,
  options: SimulatorChoice = {},
): Promise<void> => inTemporaryFolder((folder) => withSimulator(options, (simulator) => work(folder, simulator)));

describe.concurrent('scangate run over hosts', () => {
  it('scans, judges and reports: one host fails, one passes', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { build: BUILD, clean: CLEAN, records: RECORDS });
      const { exit, stdout, stderr } = await runFast(simulator, ['run'], folder);
      expect([exit, stderr, missingReports(folder)]).toEqual(['fail', '', []]);
      expect(
        verdictIn(folder).targets.map(({ name, scanner, state, counts }) => [name, scanner, state, counts.total]),
      ).toEqual([
        ['build', 'qualys-vm', 'complete', 3],
        ['clean', 'qualys-vm', 'complete', 1],
        ['records', 'qualys-vm', 'complete', 5],
      ]);
      expect(verdictIn(folder).rules.map(({ observed }) => observed)).toEqual([1]);
      expect(stdout).toMatch(
        /^build: started scangate build \w+ \(id scan\/\d+\.\d+\), http.*report_view\.php\?&id=\d+$/m,
      );
      expect(stdout).toMatch(/^build: (Queued|Loading|Running), .* elapsed, .*next look in /m);
      expect(stdout).toMatch(/^build: ended: Finished/m);
      const { running, launchesByName } = await simulator.state();
      expect([running, Object.values(launchesByName)]).toEqual([[], [1, 1, 1]]);
    });
  });

  it('passes a clean host', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { clean: CLEAN });
      const { exit, stdout } = await runFast(simulator, ['run', '--quiet'], folder);
      expect(exit, stdout).toBe('pass');
      expect(verdictIn(folder).targets[0]?.scan).toMatchObject({
        reference: expect.stringMatching(/^scan\//),
        state: 'Finished, No_Vuln',
        link: expect.stringContaining('report_view.php'),
      });
    });
  });

  it('start and collect are a run in two halves', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { build: BUILD, clean: CLEAN });
      const start = await runFast(simulator, ['start', '--json'], folder);
      const said = JSON.parse(start.stdout) as { scans: { target: string; scanId: string }[] };
      expect([start.exit, said.scans.map(({ target }) => target)]).toEqual(['pass', ['build', 'clean']]);
      const collect = await runFast(simulator, ['collect'], folder);
      expect([collect.exit, missingReports(folder)]).toEqual(['fail', []]);
      expect((await simulator.state()).launches).toHaveLength(2);
      expect((await runFast(simulator, ['collect', 'clean'], folder)).exit).toBe('pass');
      expect((await simulator.state()).launches).toHaveLength(2);
    });
  });

  it('SIGTERM cancels the scans within 10 s', async () => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { build: BUILD, clean: CLEAN });
        const run = startFast(simulator, ['run'], folder);
        await Promise.all([run.says('build: Running'), run.says('clean: Running')]);
        const begun = Date.now();
        run.child.kill('SIGTERM');
        const result = await run.done;
        expect([result.exit, missingReports(folder)], result.stderr).toEqual(['terminated', []]);
        expect(Date.now() - begun).toBeLessThan(10_000);
        const { running, scans } = await simulator.state();
        expect([running, scans.filter(({ launchedHere }) => launchedHere).map(({ status }) => status)]).toEqual([
          [],
          ['Canceled', 'Canceled'],
        ]);
      },
      { seed: 'demo,minutes=600' },
    );
  });

  it('keeps a paused scan when it is told to, and collects it once somebody resumed it', async () => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { clean: IMPATIENT.replace('wait:', 'onTimeout: keep, wait:') });
        const { exit, stderr } = await runFast(simulator, ['run'], folder);
        expect([exit, (await simulator.state()).running.length]).toEqual(['timeout', 1]);
        expect(stderr).toMatch(/is still (Running|Paused).*scangate collect clean judges it later/);
      },
      { faults: ['stuck-running=word:Paused'] },
    );
  });

  it('names the candidates when a name is wrong, and starts nothing', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { build: BUILD.replace('Initial Options', 'Inital Options') });
      const { exit, stderr } = await runFast(simulator, ['run'], folder);
      expect([exit, (await simulator.state()).launches]).toEqual(['usage', []]);
      expect(stderr).toContain('did you mean "Initial Options"?');
    });
  });

  it('takes at most 25 calls for a scan of 40 minutes', async () => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { clean: CLEAN });
        const { exit, stdout } = await runFast(simulator, ['run'], folder);
        const { callsTotal, calls } = await simulator.state();
        console.log(`40 minutes, a host: ${callsTotal} calls`, calls);
        expect([exit, callsTotal <= 25], stdout).toEqual(['pass', true]);
      },
      { seed: 'demo,minutes=40' },
    );
  });

  it('runs a connector only where the configuration says so', async () => {
    await inBoth(async (folder, simulator) => {
      const ec2 = (more: string): string =>
        `{ scanner: qualys-vm, ec2: { connector: cloud account, instances: [i-00000000000008015]${more} }, scannerAppliance: office-scanner }`;
      writeConfig(folder, { cloud: ec2('') });
      const refused = await runFast(simulator, ['run'], folder);
      expect([refused.exit, (await simulator.state()).launches]).toEqual(['inconclusive', []]);
      expect(refused.stderr).toContain('set ec2.runConnector');
      writeConfig(folder, { cloud: ec2(', runConnector: true') });
      const { exit, stdout } = await runFast(simulator, ['run'], folder);
      expect(exit, stdout).toBe('pass');
      expect((await simulator.state()).launches).toHaveLength(1);
    });
  });
});

interface FaultCase {
  fault: string;
  target: string;
  exit: ExitName;
  code?: string;
  launches?: number;
  policy?: string;
}

/** Exit codes of a clean host, or of what the fault is about. */
const CASES: readonly FaultCase[] = [
  { fault: 'rate-limited', target: CLEAN, exit: 'pass' },
  { fault: 'concurrency', target: CLEAN, exit: 'pass' },
  { fault: 'maintenance-503', target: CLEAN, exit: 'temporary', code: 'SCANGATE_QUALYS_UNAVAILABLE', launches: 0 },
  { fault: 'html-error', target: CLEAN, exit: 'temporary', code: 'SCANGATE_QUALYS_UNAVAILABLE', launches: 0 },
  { fault: 'html-error=times:2,route:action=list', target: CLEAN, exit: 'pass' },
  {
    fault: 'html-error=times:all,route:action=fetch',
    target: CLEAN,
    exit: 'temporary',
    code: 'SCANGATE_QUALYS_UNAVAILABLE',
  },
  { fault: 'cut-socket', target: CLEAN, exit: 'pass' },
  { fault: 'cut-socket', target: RECORDS, exit: 'pass' },
  { fault: 'slow-body=seconds:1', target: CLEAN, exit: 'pass' },
  { fault: 'truncated-page', target: CLEAN, exit: 'pass' },
  { fault: 'truncated-page=times:1,route:detection', target: RECORDS, exit: 'pass' },
  { fault: 'repeated-page', target: RECORDS, exit: 'inconclusive', code: 'SCANGATE_QUALYS_ANSWER' },
  { fault: 'missing-page', target: RECORDS, exit: 'inconclusive', code: 'SCANGATE_SCAN_INCOMPLETE' },
  { fault: 'wrong-password', target: CLEAN, exit: 'refused', code: 'SCANGATE_QUALYS_REFUSED', launches: 0 },
  { fault: 'error-in-200', target: CLEAN, exit: 'refused', code: 'SCANGATE_QUALYS_REFUSED' },
  { fault: 'launch-lost-answer', target: CLEAN, exit: 'pass' },
  { fault: 'scan-error', target: CLEAN, exit: 'inconclusive', code: 'SCANGATE_SCAN_FAILED' },
  { fault: 'no-host-alive', target: CLEAN, exit: 'inconclusive', code: 'SCANGATE_SCAN_NOTHING_REACHED' },
  { fault: 'no-host-alive=hosts:some', target: RECORDS, exit: 'inconclusive', code: 'SCANGATE_SCAN_INCOMPLETE' },
  { fault: 'time-limit', target: RECORDS, exit: 'inconclusive', code: 'SCANGATE_SCAN_INCOMPLETE' },
  { fault: 'cancelled', target: CLEAN, exit: 'inconclusive', code: 'SCANGATE_SCAN_CANCELLED' },
  { fault: 'auth-failed', target: CLEAN, exit: 'inconclusive', code: 'SCANGATE_SCAN_AUTH_FAILED' },
  { fault: 'stuck-running', target: IMPATIENT, exit: 'timeout', code: 'SCANGATE_SCAN_TIMEOUT' },
  { fault: 'stuck-running=word:Paused', target: IMPATIENT, exit: 'timeout', code: 'SCANGATE_SCAN_TIMEOUT' },
  { fault: 'processing-late=seconds:1800', target: CLEAN, exit: 'pass' },
  {
    fault: 'processing-late=seconds:86400',
    target: CLEAN.replace(' }', ', wait: { results: 30m } }'),
    exit: 'timeout',
    code: 'SCANGATE_SCAN_TIMEOUT',
  },
  {
    fault: 'kb-missing-qid=qid:38173',
    target: RECORDS,
    policy: ANY_PCI,
    exit: 'inconclusive',
    code: 'SCANGATE_RULE_MISSING_FIELD',
  },
  { fault: 'counter-mismatch', target: CLEAN, exit: 'inconclusive', code: 'SCANGATE_SCAN_COUNT_MISMATCH' },
  { fault: 'unknown-status', target: CLEAN, exit: 'inconclusive', code: 'SCANGATE_SCAN_UNKNOWN_STATE' },
  {
    fault: 'unknown-severity',
    target: BUILD,
    policy: ANY_CRITICAL,
    exit: 'inconclusive',
    code: 'SCANGATE_RULE_MISSING_FIELD',
  },
  {
    fault: 'unknown-severity',
    target: RECORDS,
    policy: ANY_CRITICAL,
    exit: 'inconclusive',
    code: 'SCANGATE_RULE_MISSING_FIELD',
  },
];

describe('a fault of the platform, while hosts are scanned', () => {
  it.concurrent.each(CASES)('$fault, $target: $exit', async ({ fault, target, exit, code, launches = 1, policy }) => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { build: target }, policy);
        const result = await runFast(simulator, ['run'], folder);
        const state = await simulator.state();
        expect({
          exit: result.exit,
          missing: missingReports(folder),
          launches: Object.values(state.launchesByName),
          running: state.running,
        }).toEqual({ exit, missing: [], launches: Array.from({ length: launches }, () => 1), running: [] });
        const lines = result.stderr.split('\n').filter(Boolean);
        if (code === undefined) expect(lines).toEqual([]);
        else expect(lines.join('\n')).toMatch(new RegExp(`scangate: inconclusive: .+ \\(${code}\\); mend: .+`));
      },
      { faults: [fault] },
    );
  });
});
