import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/* What runs from an image, as a pipeline asks for it: the built program against the simulator's process. */

const inBoth = (
  work: (folder: string, simulator: Simulator) => Promise<void>,
  options: SimulatorChoice = {},
): Promise<void> => inTemporaryFolder((folder) => withSimulator(options, (simulator) => work(folder, simulator)));

const running = (name: string, more = ''): string =>
  `{ scanner: qualys-runtime, image: "registry.example.test/shop/${name}"${more} }`;

const LENIENT = 'rules: [{ name: lenient, select: { kind: confirmed, severity: { atLeast: critical } }, max: 99 }]';

const codesIn = (folder: string): string[] =>
  verdictIn(folder).targets.flatMap(({ problems }) => problems.map(({ code }) => code));

interface Line {
  kind: string;
  vulnerability: { source: string; id: string };
}

const findingsIn = (folder: string): string[] =>
  readFileSync(join(folder, 'scangate-out/findings.ndjson'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
    .map(({ kind, vulnerability: { source, id } }) => `${kind} ${source} ${id}`);

describe.concurrent('what runs', () => {
  it('of an image is judged: its findings, its drift, and the central policy that denies it', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { live: running('api', ', policies: [Production]') });
      const { exit, stderr } = await runFast(simulator, ['run'], folder);
      expect([exit, missingReports(folder)]).toEqual(['fail', []]);
      // Neither a drift nor a policy has a severity.
      expect(stderr).toMatch(/^scangate: inconclusive: rule "nothing critical": 2 findings cannot be decided/);
      const [target] = verdictIn(folder).targets;
      expect(target?.state).toBe('complete');
      const found = findingsIn(folder);
      expect(found).toContain('confirmed qualys 990001');
      expect(found).toContain('confirmed qualys 990010');
      expect(found).toContain('control qualys-runtime drift');
      expect(found.filter((line) => line.startsWith('control qualys-central-policy'))).toHaveLength(1);
    });
  });

  it('is nothing of an image that the platform knows: that passes, and is said', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { live: running('handbook') });
      const { exit } = await runFast(simulator, ['run'], folder);
      expect(exit).toBe('pass');
      expect(readFileSync(join(folder, 'scangate-out/verdict.json'), 'utf8')).toContain('0 containers run');
    });
  });

  it.each([
    ['not known', 'nothing', '', 'SCANGATE_SCAN_UNKNOWN_TARGET'],
    ['not seen for long', 'legacy', '', 'SCANGATE_SCAN_STALE'],
    ['under a policy that cannot be judged', 'api', ', policies: [Pipelines]', 'SCANGATE_SCAN_INCOMPLETE'],
  ])('%s is never a pass', async (_, name, more, code) => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { live: running(name, more) }, LENIENT);
      const { exit } = await runFast(simulator, ['run'], folder);
      expect([exit, codesIn(folder)]).toEqual(['inconclusive', [code]]);
    });
  });

  it.each([
    ['repeated-page=route:csapi', 'twin', 'inconclusive'],
    ['missing-page=times:all,route:csapi', 'twin', 'inconclusive'],
    ['missing-page=times:all,route:csapi/v1.3/containers', 'api', 'inconclusive'],
    ['unknown-status', 'api', 'inconclusive'],
    ['counter-mismatch', 'api', 'inconclusive'],
    ['error-in-200=route:csapi', 'api', 'temporary'],
    ['html-error=route:csapi/v1.3/containers', 'api', 'temporary'],
  ])('with the fault %s of %s is %s', async (fault, name, expected) => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { live: running(name) }, LENIENT);
        expect((await runFast(simulator, ['run'], folder)).exit).toBe(expected);
      },
      { faults: [fault] },
    );
  });

  it.each(['missing-page=route:csapi', 'single-object-list', 'expired-token=route:csapi', 'rate-limited=route:csapi'])(
    'is found in spite of the fault %s',
    async (fault) => {
      await inBoth(
        async (folder, simulator) => {
          writeConfig(folder, { live: running('handbook'), twin: running('twin') });
          expect((await runFast(simulator, ['run'], folder)).exit).toBe('pass');
        },
        { faults: [fault] },
      );
    },
  );
});
