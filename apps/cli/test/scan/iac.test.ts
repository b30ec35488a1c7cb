import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

/* Scans of templates, as pipelines run them: the built program, real files, and the simulator's process. */

const BUCKET = '# the logs\nresource "aws_s3_bucket" "logs" {\n  acl = "public-read"\n}\n';
const FINE = 'resource "aws_s3_bucket" "data" {\n  versioning { enabled = true }\n}\n';
const NO_HIGHS = 'rules: [{ name: no highs, select: { severity: { atLeast: high } }, max: 0 }]';
const TEMPLATES = '{ scanner: qualys-iac, path: infra }';

const inBoth = (
  files: Record<string, string>,
  work: (folder: string, simulator: Simulator) => Promise<void>,
  options: SimulatorChoice = {},
): Promise<void> =>
  inTemporaryFolder((folder) =>
    withSimulator(options, async (simulator) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(join(folder, name, '..'), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
      writeConfig(folder, { templates: TEMPLATES }, NO_HIGHS);
      await work(folder, simulator);
    }),
  );

const uploadsOf = async (simulator: Simulator): Promise<string[][]> => {
  const state = (await simulator.state()) as unknown as { iacScans: { files: string[] }[] };
  return state.iacScans.map(({ files }) => files);
};

const placesIn = (folder: string): unknown[] =>
  readFileSync(join(folder, 'scangate-out/findings.ndjson'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { location: unknown }).location);

describe.concurrent('scangate run over templates', () => {
  it('fails by what is wrong, and points at file, line and resource', async () => {
    await inBoth({ 'infra/net/main.tf': BUCKET, 'other.tf': BUCKET }, async (folder, simulator) => {
      const { exit, stdout, stderr } = await runFast(simulator, ['run'], folder);
      expect([exit, stderr, missingReports(folder)]).toEqual(['fail', '', []]);
      const place = { kind: 'file', path: 'infra/net/main.tf', line: 2, resource: 'aws_s3_bucket.logs' };
      expect(placesIn(folder)).toEqual([place, place]);
      expect(await uploadsOf(simulator)).toEqual([['net/main.tf']]);
      expect(stdout).toMatch(/^templates: going to scan 1 template in infra$/m);
      expect(verdictIn(folder).targets).toMatchObject([{ scanner: 'qualys-iac', state: 'complete' }]);
    });
  });

  it('passes what is fine, and leaves out what Git ignores and what links lead to', async () => {
    const files = {
      '.gitignore': 'node_modules/\n',
      'infra/main.tf': FINE,
      'infra/node_modules/x/package.json': '{',
      'infra/.gitignore': '*.auto.tf\n',
      'infra/old.auto.tf': BUCKET,
      'outside/main.tf': BUCKET,
    };
    await inBoth(files, async (folder, simulator) => {
      symlinkSync('../outside', join(folder, 'infra/shared'));
      const { exit, stdout } = await runFast(simulator, ['run'], folder);
      expect([exit, await uploadsOf(simulator)]).toEqual(['pass', [['main.tf']]]);
      expect(stdout).toContain('1 template in infra; 1 link is not followed: shared');
    });
  });

  it.each([
    ['a template that cannot be parsed', { 'infra/a.tf': FINE, 'infra/b.tf': 'resource {' }, [], 'PARSING_ERRORS'],
    ['nothing that the platform knows', { 'infra/values.yaml': 'a: 1\n' }, [], 'NO_EVIDENCE'],
    ['a scan that failed', { 'infra/a.tf': FINE }, ['scan-error'], 'SCAN_FAILED'],
    ['a state that nobody knows', { 'infra/a.tf': FINE }, ['unknown-status=route:iac'], 'UNKNOWN_STATE'],
    ['counters that disagree', { 'infra/a.tf': FINE }, ['counter-mismatch=route:iac'], 'COUNT_MISMATCH'],
    ['a finished scan with an empty result', { 'infra/a.tf': FINE }, ['empty-result'], 'NO_EVIDENCE'],
    ['no template at all', { 'infra/README.md': '' }, [], 'TARGET_FILES'],
  ])('is never green over %s', async (_, files, faults, code) => {
    await inBoth(
      files,
      async (folder, simulator) => {
        const { exit, stderr } = await runFast(simulator, ['run'], folder);
        expect([exit, missingReports(folder)]).toEqual(['inconclusive', []]);
        expect(stderr).toContain(code);
      },
      { faults },
    );
  });

  it('finds the scan whose upload was never answered, and uploads nothing twice', async () => {
    await inBoth(
      { 'infra/main.tf': BUCKET },
      async (folder, simulator) => {
        const { exit, stdout } = await runFast(simulator, ['run'], folder);
        expect([exit, await uploadsOf(simulator)]).toEqual(['fail', [['main.tf']]]);
        expect(stdout).toContain('found by its name');
      },
      { faults: ['launch-lost-answer=route:iac/scan'] },
    );
  });

  it('starts here and is collected in a folder without the templates', async () => {
    await inBoth({ 'infra/main.tf': BUCKET }, async (folder, simulator) => {
      expect((await runFast(simulator, ['start'], folder)).exit).toBe('pass');
      await inTemporaryFolder(async (second) => {
        cpSync(folder, second, { recursive: true });
        rmSync(join(second, 'infra'), { recursive: true });
        const { exit } = await runFast(simulator, ['collect'], second);
        expect([exit, await uploadsOf(simulator)]).toEqual(['fail', [['main.tf']]]);
        const place = { kind: 'file', path: 'infra/main.tf', resource: 'aws_s3_bucket.logs' };
        expect(placesIn(second)).toEqual([place, place]);
      });
    });
  });

  it('does not judge templates by the scan of others, and scans them in the next run', async () => {
    await inBoth({ 'infra/main.tf': FINE }, async (folder, simulator) => {
      await runFast(simulator, ['start'], folder);
      writeFileSync(join(folder, 'infra/main.tf'), BUCKET);
      const stale = await runFast(simulator, ['run'], folder);
      expect([stale.exit, stale.stderr]).toEqual(['inconclusive', expect.stringContaining('SCANGATE_SCAN_STALE')]);
      expect((await runFast(simulator, ['run'], folder)).exit).toBe('fail');
      expect(await uploadsOf(simulator)).toHaveLength(2);
    });
  });
});
