import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import {
  missingReports,
  runFast,
  type Simulator,
  type SimulatorChoice,
  verdictIn,
  withSimulator,
  writeConfig,
} from './support.js';

/* An image that a build made, scanned by a sensor: the built program, a container runtime that is a script, the simulator. */

interface Images {
  sha(name: string): string;
  /** Variables of the pipeline; the runtime has these images, by the names that the script is asked for. */
  env(local?: Readonly<Record<string, string>>): Record<string, string>;
  /** What the runtime was asked for. */
  asked(): string[];
}

/** A container runtime that has some images; a tag for the sensor is seen by the simulator's sensor. */
const RUNTIME = `import { appendFileSync } from 'node:fs';
const args = process.argv.slice(2);
appendFileSync(process.env.RUNTIME_LOG, args.join(' ') + '\\n');
const images = JSON.parse(process.env.RUNTIME_IMAGES);
if (args[0] === 'image') {
  const sha = images[args.at(-1)];
  if (sha === undefined) {
    console.error('No such image: ' + args.at(-1));
    process.exit(1);
  }
  console.log('sha256:' + sha + ' []');
} else {
  const sha = args[2].split(':')[1];
  const answer = await fetch(process.env.RUNTIME_DOOR + '/__simulator/sensor?sha=' + sha, { method: 'POST' });
  process.exit(answer.ok ? 0 : 1);
}
`;

async function imagesFor(folder: string, simulator: Simulator): Promise<Images> {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'runtime.mjs'), RUNTIME);
  writeFileSync(join(bin, 'docker'), `#!/bin/sh\nexec "${process.execPath}" "${bin}/runtime.mjs" "$@"\n`);
  chmodSync(join(bin, 'docker'), 0o755);
  const log = join(folder, 'runtime.log');
  writeFileSync(log, '');
  const state = (await simulator.state()) as unknown as { images: { sha: string; names: string[] }[] };
  return {
    sha: (name) => state.images.find(({ names }) => names.includes(name))?.sha ?? '',
    env: (local) => ({
      ...simulator.env,
      // The real runtime of the machine must not be asked.
      PATH: [...(local ? [bin] : []), dirname(process.execPath), '/bin'].join(delimiter),
      ...(local ? { RUNTIME_LOG: log, RUNTIME_IMAGES: JSON.stringify(local), RUNTIME_DOOR: simulator.said.api } : {}),
    }),
    asked: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
  };
}

const inBoth = (
  work: (folder: string, simulator: Simulator, images: Images) => Promise<void>,
  options: SimulatorChoice = {},
): Promise<void> =>
  inTemporaryFolder((folder) =>
    withSimulator(options, async (simulator) => work(folder, simulator, await imagesFor(folder, simulator))),
  );

/** A process of the machine takes real time, which must not look like minutes. */
const CALM = { speed: 60 };

const REPOSITORY = 'registry.example.test/shop';
const built = (name: string, more = ''): string =>
  `{ scanner: qualys-container, image: "${REPOSITORY}/${name}"${more} }`;

const codesIn = (folder: string): string[] =>
  verdictIn(folder).targets.flatMap(({ problems }) => problems.map(({ code }) => code));

describe.concurrent('an image that was built', () => {
  it('is tagged for the sensor, waited for and judged', async () => {
    await inBoth(async (folder, simulator, { sha, env, asked }) => {
      writeConfig(folder, { built: built('api:1.5') });
      const local = { [`${REPOSITORY}/api:1.5`]: sha('shop/api:1.5') };
      const { exit, stderr } = await runFast(simulator, ['run'], folder, env(local));
      expect([exit, stderr, missingReports(folder)]).toEqual(['pass', '', []]);
      expect(asked()).toEqual([
        `image inspect --format {{.Id}} {{json .RepoDigests}} ${REPOSITORY}/api:1.5`,
        `tag ${sha('shop/api:1.5')} qualys_scan_target:${sha('shop/api:1.5')}`,
      ]);
      expect(readFileSync(join(folder, 'scangate-out/findings.ndjson'), 'utf8')).toContain('"990003"');
    }, CALM);
  });

  it('that was scanned before is scanned again, and the old scan is not taken for the new one', async () => {
    await inBoth(async (folder, simulator, { sha, env, asked }) => {
      writeConfig(folder, { built: built('api:1.4') });
      const local = { [`${REPOSITORY}/api:1.4`]: sha('shop/api:1.4') };
      const { exit, stdout } = await runFast(simulator, ['run'], folder, env(local));
      expect([exit, asked().map((line) => line.split(' ')[0])]).toEqual(['fail', ['image', 'tag']]);
      expect(stdout).toMatch(/^built: (?:waiting for a scan after that of|scanned, not processed yet)/m);
    }, CALM);
  });

  it('that cannot be tagged is said at once, and nothing is looked for on the platform', async () => {
    await inBoth(async (folder, simulator, { sha, env }) => {
      writeConfig(folder, { built: built('api:1.5') });
      writeFileSync(
        join(folder, 'bin/runtime.mjs'),
        RUNTIME.replace('process.exit(answer.ok ? 0 : 1);', "console.error('no space left'); process.exit(1);"),
      );
      const local = { [`${REPOSITORY}/api:1.5`]: sha('shop/api:1.5') };
      const { exit, stderr } = await runFast(simulator, ['run'], folder, env(local));
      expect([exit, codesIn(folder)], stderr).toEqual(['inconclusive', ['SCANGATE_PROGRAM_FAILED']]);
      expect(stderr).toContain('no space left');
    }, CALM);
  });

  it('that was pushed is found by its name when its scan is young, and a clean one passes', async () => {
    await inBoth(async (folder, simulator, { env }) => {
      writeConfig(folder, { docs: built('handbook:2.0'), scratch: built('scratch:1') });
      const { exit, stderr } = await runFast(simulator, ['run'], folder, env());
      expect([exit, stderr]).toEqual(['pass', '']);
    });
  });

  it.each([
    ['nobody has seen', 'api:1.5'],
    ['was scanned long ago', 'legacy:1.0'],
  ])('that %s is waited for until the limit, and is never a pass', async (_, name) => {
    await inBoth(async (folder, simulator, { env }) => {
      writeConfig(folder, { built: built(name, ', wait: 10m') });
      const { exit } = await runFast(simulator, ['run'], folder, env());
      expect([exit, codesIn(folder)]).toEqual(['timeout', ['SCANGATE_SCAN_TIMEOUT']]);
    });
  });

  it('with malware and secrets fails a rule about them', async () => {
    await inBoth(async (folder, simulator, { env }) => {
      const rules = 'rules: [{ name: nothing at all, select: { kind: [confirmed, secret] }, max: 0 }]';
      writeConfig(folder, { built: built('infected:1') }, rules);
      expect((await runFast(simulator, ['run'], folder, env())).exit).toBe('fail');
    });
  });

  it.each([
    ['unknown-status', 'inconclusive'],
    ['cancelled', 'inconclusive'],
    ['scan-error', 'inconclusive'],
    ['counter-mismatch', 'inconclusive'],
    ['error-in-200=route:csapi', 'temporary'],
  ])('with the fault %s is %s', async (fault, expected) => {
    await inBoth(
      async (folder, simulator, { env }) => {
        writeConfig(folder, { built: built('handbook:2.0') });
        expect((await runFast(simulator, ['run'], folder, env())).exit).toBe(expected);
      },
      { faults: [fault] },
    );
  });
});
