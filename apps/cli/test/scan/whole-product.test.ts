import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import { missingReports, runFast, type Simulator, verdictIn, withSimulator } from './support.js';

/* One configuration over a web application, an image, a host and templates: the example, as it stands. */

const EXAMPLE = fileURLToPath(new URL('../../../../examples/whole-product', import.meta.url));
const OPEN_BUCKET = 'resource "aws_s3_bucket" "logs" {\n  acl = "public-read"\n}\n';

const inBoth = (
  work: (folder: string, simulator: Simulator) => Promise<void>,
  faults: readonly string[] = [],
): Promise<void> =>
  inTemporaryFolder((folder) =>
    withSimulator({ faults }, async (simulator) => {
      cpSync(EXAMPLE, folder, { recursive: true });
      await work(folder, simulator);
    }),
  );

/** The real container runtime of the machine must not be asked. */
const PATH = [dirname(process.execPath), '/bin'].join(delimiter);
const GREEN = { WEB_APP: 'Handbook', IMAGE: 'registry.example.test/shop/handbook:2.0', HOST: '192.0.2.11' };
const RED = { ...GREEN, WEB_APP: 'Shop (staging)', HOST: '192.0.2.10' };

describe.concurrent('one gate over the whole product', () => {
  it('gives one verdict and one set of reports: green', async () => {
    await inBoth(async (folder, simulator) => {
      const { exit, stdout, stderr } = await runFast(simulator, ['run'], folder, { ...simulator.env, PATH, ...GREEN });
      expect([exit, missingReports(folder)], `${stdout}${stderr}`).toEqual(['pass', []]);
      const { outcome, targets, rules } = verdictIn(folder);
      expect(outcome).toBe('pass');
      expect(targets.map(({ name, scanner, state }) => ({ name, scanner, state }))).toEqual([
        { name: 'web', scanner: 'qualys-was', state: 'complete' },
        { name: 'image', scanner: 'qualys-container', state: 'complete' },
        { name: 'host', scanner: 'qualys-vm', state: 'complete' },
        { name: 'templates', scanner: 'qualys-iac', state: 'complete' },
      ]);
      expect(rules.map((rule) => rule.outcome)).toEqual(['pass', 'pass', 'pass', 'pass']);
      const { running } = await simulator.state();
      expect(running).toEqual([]);
    });
  });

  it('names in one list what is wrong anywhere: red', async () => {
    await inBoth(async (folder, simulator) => {
      writeFileSync(join(folder, 'infra/logs.tf'), OPEN_BUCKET);
      const { exit } = await runFast(simulator, ['run'], folder, { ...simulator.env, PATH, ...RED });
      expect([exit, missingReports(folder)]).toEqual(['fail', []]);
      const findings = readFileSync(join(folder, 'scangate-out/findings.ndjson'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { target: string; location: { kind: string } });
      expect([...new Set(findings.map(({ target }) => target))].sort()).toEqual(['host', 'templates', 'web']);
      const junit = readFileSync(join(folder, 'scangate-out/junit.xml'), 'utf8');
      for (const name of ['web', 'image', 'host', 'templates'])
        expect(junit).toContain(`<testsuite name="target ${name}"`);
    });
  });

  it('is not green when one of them could not be seen, and judges the others all the same', async () => {
    await inBoth(async (folder, simulator) => {
      writeFileSync(join(folder, 'infra/broken.tf'), 'resource "aws_s3_bucket" {{{\n');
      const { exit } = await runFast(simulator, ['run'], folder, { ...simulator.env, PATH, ...GREEN });
      expect(exit).toBe('inconclusive');
      expect(verdictIn(folder).targets.map(({ name, state }) => [name, state])).toEqual([
        ['web', 'complete'],
        ['image', 'complete'],
        ['host', 'complete'],
        ['templates', 'incomplete'],
      ]);
    });
  });

  it('can be started on one agent and collected on another', async () => {
    await inBoth(async (folder, simulator) => {
      const env = { ...simulator.env, PATH, ...GREEN };
      const started = await runFast(simulator, ['start', '--state', 'travels'], folder, env);
      expect([started.exit, existsSync(join(folder, 'scangate-out'))], started.stderr).toEqual(['pass', false]);
      await inTemporaryFolder(async (other) => {
        cpSync(folder, other, { recursive: true });
        const { exit, stderr } = await runFast(simulator, ['collect', '--state', 'travels'], other, env);
        expect([exit, missingReports(other)], stderr).toEqual(['pass', []]);
        expect(verdictIn(other).targets).toHaveLength(4);
      });
    });
  });
});
