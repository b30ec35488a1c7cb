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

/* What Cloud Agents know, as pipelines ask for it: the built program against the simulator's process. */

const inBoth = (
  work: (folder: string, simulator: Simulator) => Promise<void>,
  options: SimulatorChoice = {},
): Promise<void> =>
  inTemporaryFolder((folder) =>
    withSimulator({ seed: 'demo,agents=on', ...options }, (simulator) => work(folder, simulator)),
  );

const agent = (settings: string): string => `{ scanner: qualys-agent, ${settings} }`;

const requestsOf = async (simulator: Simulator): Promise<number> => {
  const state = (await simulator.state()) as unknown as { agentRequests: unknown[] };
  return state.agentRequests.length;
};

const findingsIn = (folder: string): { vulnerability: { id: string }; kind: string }[] =>
  readFileSync(join(folder, 'scangate-out/findings.ndjson'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe.concurrent('scangate run with agents', () => {
  it('fails a golden image without an agent, and passes one that has it', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { golden: agent('host: bare-20.example.test, requireAgent: true') });
      const bare = await runFast(simulator, ['run'], folder);
      expect([bare.exit, bare.stderr, missingReports(folder)]).toEqual(['fail', '', []]);
      expect(findingsIn(folder)).toMatchObject([{ vulnerability: { id: 'agent-required' }, kind: 'control' }]);
      writeConfig(folder, { golden: agent('host: golden-18.example.test, requireAgent: true') });
      const good = await runFast(simulator, ['run'], folder);
      expect([good.exit, await requestsOf(simulator)]).toEqual(['pass', 0]);
      expect(verdictIn(folder).targets).toMatchObject([{ name: 'golden', scanner: 'qualys-agent', state: 'complete' }]);
    });
  });

  it.each([
    ['a machine that nobody knows', 'host: gone.example.test', 'inconclusive', 'SCANGATE_SCAN_UNKNOWN_TARGET'],
    ['a scan that is too old', 'host: stale-19.example.test', 'inconclusive', 'SCANGATE_SCAN_STALE'],
    ['an agent that has never scanned', 'host: new-21.example.test', 'inconclusive', 'SCANGATE_SCAN_STALE'],
    ['two machines of one name', 'host: twin.example.test', 'usage', 'SCANGATE_QUALYS_AMBIGUOUS'],
  ])('is never green over %s', async (_, settings, expected, code) => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { host: agent(settings) });
      const { exit, stderr } = await runFast(simulator, ['run'], folder);
      expect([exit, missingReports(folder)]).toEqual([expected, []]);
      expect(stderr).toContain(code);
    });
  });

  it('asks for a scan, waits for it, and judges what only that scan saw', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { host: agent('instanceId: i-00000000000008108'), build: agent('ip: 192.0.2.101') });
      expect((await runFast(simulator, ['run'], folder)).exit).toBe('pass');
      writeConfig(folder, { build: agent('ip: 192.0.2.101, onDemand: true, wait: 30d') });
      const { exit, stdout } = await runFast(simulator, ['run'], folder);
      expect([exit, await requestsOf(simulator)]).toEqual(['fail', 1]);
      expect(findingsIn(folder).map(({ vulnerability }) => vulnerability.id)).toContain('105484');
      expect(stdout).toMatch(/^build: ended: scanned/m);
    });
  });

  it('starts and collects in two steps', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { build: agent('host: build-17.example.test, onDemand: vulnerability, wait: 30d') });
      expect((await runFast(simulator, ['start'], folder)).exit).toBe('pass');
      const { exit } = await runFast(simulator, ['collect'], folder);
      expect([exit, await requestsOf(simulator)]).toEqual(['fail', 1]);
    });
  });

  it('takes a scan up whose request was never answered, without another request', async () => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { build: agent('host: build-17.example.test, onDemand: true, wait: 30d') });
        // It is found by its result alone, which may take longer than the first run looks for it.
        let { exit } = await runFast(simulator, ['run'], folder);
        if (exit === 'temporary') ({ exit } = await runFast(simulator, ['run'], folder));
        expect([exit, await requestsOf(simulator)]).toEqual(['fail', 1]);
      },
      { faults: ['launch-lost-answer=route:ods/ca'] },
    );
  });

  it('says that a scan goes on when it is interrupted, since nobody can stop it', async () => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { build: agent('host: build-17.example.test, onDemand: true, wait: 30d') });
        const run = startFast(simulator, ['run'], folder);
        await run.says('build: waiting for the agent');
        run.child.kill('SIGTERM');
        const { exit, stdout } = await run.done;
        expect([exit, missingReports(folder)]).toEqual(['terminated', []]);
        expect(stdout).toMatch(/^build: the scan scangate build \S+ goes on$/m);
        expect(stdout).not.toContain('cancelled');
      },
      { faults: ['stuck-running'] },
    );
  });
});
