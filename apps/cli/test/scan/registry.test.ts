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

/* Images in a registry, as a pipeline asks for them: the built program against the simulator's process. */

const inBoth = (
  work: (folder: string, simulator: Simulator) => Promise<void>,
  options: SimulatorChoice = {},
): Promise<void> => inTemporaryFolder((folder) => withSimulator(options, (simulator) => work(folder, simulator)));

const image = (name: string, more = ''): string =>
  `{ scanner: qualys-registry, image: "registry.example.test/shop/${name}"${more} }`;

const LENIENT = 'rules: [{ name: lenient, select: { severity: { atLeast: critical } }, max: 99 }]';

const codesIn = (folder: string): string[] =>
  verdictIn(folder).targets.flatMap(({ problems }) => problems.map(({ code }) => code));

const registryScans = async (simulator: Simulator): Promise<string[]> => {
  const state = (await simulator.state()) as unknown as { registryScans: { status: string }[] };
  return state.registryScans.map(({ status }) => status);
};

describe.concurrent('an image in its registry', () => {
  it('is judged as it is known, without a scan', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { shipped: image('api:1.4'), docs: image('handbook:2.0') });
      const { exit, stderr } = await runFast(simulator, ['run'], folder);
      expect([exit, stderr, missingReports(folder)]).toEqual(['fail', '', []]);
      expect(verdictIn(folder).targets.map(({ name, state }) => [name, state])).toEqual([
        ['shipped', 'complete'],
        ['docs', 'complete'],
      ]);
      expect(await registryScans(simulator)).toEqual([]);
    });
  });

  it('that is clean passes, also where its list stays null', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { docs: image('handbook:2.0'), scratch: image('scratch:1') });
      expect((await runFast(simulator, ['run'], folder)).exit).toBe('pass');
    });
  });

  it.each([
    ['too old', 'legacy:1.0', 'SCANGATE_SCAN_STALE'],
    ['not in a registry', 'infected:1', 'SCANGATE_SCAN_UNKNOWN_TARGET'],
    ['not known', 'nothing:1', 'SCANGATE_SCAN_UNKNOWN_TARGET'],
  ])('that is %s is never a pass', async (_, name, code) => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { shipped: image(name) }, LENIENT);
      const { exit } = await runFast(simulator, ['run'], folder);
      expect([exit, codesIn(folder)]).toEqual(['inconclusive', [code]]);
    });
  });

  it('that two images have the name of is a question to the user', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { shipped: image('twin:latest') });
      const { exit, stderr } = await runFast(simulator, ['run'], folder);
      expect(exit).toBe('usage');
      expect(stderr).toMatch(/the platform knows 2 images as registry\.example\.test\/shop\/twin:latest: .*digest/);
    });
  });

  it.each([[[]], [['launch-lost-answer=route:POST /csapi/v1.3/registry']]])(
    'is scanned when that is asked for, and once, with the faults %j',
    async (faults) => {
      await inBoth(
        async (folder, simulator) => {
          writeConfig(folder, { shipped: image('api:1.5', ', scanNow: true') });
          const { exit, stdout } = await runFast(simulator, ['run'], folder);
          expect(exit).toBe('pass');
          expect(stdout).toMatch(/^shipped: ended: Finished, SUCCESS/m);
          expect(await registryScans(simulator)).toEqual(['Finished']);
          expect(readFileSync(join(folder, 'scangate-out/findings.ndjson'), 'utf8')).toContain('"990003"');
        },
        { faults },
      );
    },
  );

  it('leaves no registry scan behind when it is interrupted', async () => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { shipped: image('api:1.5', ', scanNow: true') });
        const run = startFast(simulator, ['run'], folder);
        await run.says('shipped: started');
        run.child.kill('SIGTERM');
        const { exit } = await run.done;
        expect([exit, await registryScans(simulator)]).toEqual(['terminated', ['Canceled']]);
      },
      { faults: ['stuck-running'] },
    );
  });

  it.each([
    ['html-error=route:csapi', 'temporary'],
    ['error-in-200=route:csapi', 'temporary'],
    ['wrong-password', 'refused'],
    ['counter-mismatch', 'inconclusive'],
    ['unknown-status', 'inconclusive'],
    ['scan-error', 'inconclusive'],
    ['cancelled', 'inconclusive'],
  ])('with the fault %s is %s', async (fault, expected) => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { shipped: image('api:1.4') }, LENIENT);
        expect((await runFast(simulator, ['run'], folder)).exit).toBe(expected);
      },
      { faults: [fault] },
    );
  });
});
