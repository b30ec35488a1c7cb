import { describe, expect, it } from 'vitest';
import { ScangateError } from '../../../src/errors.js';
import type { ProgramSpec } from '../../../src/scanners/machine.js';
import type { TrivyTarget } from '../../../src/scanners/trivy/details.js';
import { trivy } from '../../../src/scanners/trivy/index.js';
import { buildMachine, buildStage, collectAll, type FakeMachineParts } from '../../../src/testing/index.js';

interface Sketch extends Partial<FakeMachineParts> {
  version?: string;
  report?: object;
  stderr?: string;
}

/** Plans, starts and collects; gives the call and what came of it. */
async function scan(target: Omit<TrivyTarget, 'scanner'>, sketch: Sketch = {}) {
  const { version = '0.58.1', report, stderr = '', ...parts } = sketch;
  const program = ({ args }: ProgramSpec) => {
    if (args.includes('--version')) return { stdout: `Version: ${version}\n` };
    const body = { SchemaVersion: 2, ArtifactName: args.at(-1), ...report };
    return { stderr, files: { 'trivy.json': JSON.stringify(body) } };
  };
  const userFiles = { 'src/package-lock.json': '{}', 'infra/main.tf': '', 'shop.tar': '', 'layout/index.json': '' };
  const machine = buildMachine({ program, userFiles, ...parts });
  const { services } = buildStage(() => undefined, machine);
  const plan = await trivy.plan({ scanner: 'trivy', ...target }, { targetName: 'shop', runId: 'run-1' }, services);
  const handle = await trivy.launch(plan, services);
  const spec = machine.ran.at(-1);
  return { plan, spec, args: spec?.args ?? [], collect: () => collectAll(trivy.findings(handle, services)) };
}

const argsOf = async (target: Omit<TrivyTarget, 'scanner'>, sketch?: Sketch) => (await scan(target, sketch)).args;

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ScangateError) return error.code;
  throw error ?? new Error('it went well');
};

const FOLDER = '/state/programs/scangate shop run-1';
const COMMON = [
  ...['--config', `${FOLDER}/trivy.yaml`, '--timeout', '3615s'],
  ...['--format', 'json', '--output', `${FOLDER}/trivy.json`, '--exit-code', '0'],
  ...['--severity', 'UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL'],
];

describe('the call of Trivy', () => {
  it('asks for everything that a report could leave out', async () => {
    expect(await argsOf({ filesystem: 'src' })).toEqual([
      ...['filesystem', ...COMMON, '--cache-backend', 'memory'],
      ...['--scanners', 'vuln,secret', '--list-all-pkgs', '--ignore-unfixed=false', '--no-progress'],
      ...['--show-suppressed', '--', 'src'],
    ]);
  });

  it('is that of an old version where it is one', async () => {
    const args = await argsOf(
      { filesystem: 'src', scanners: ['misconfig', 'vuln'], offline: true },
      { version: '0.46.0' },
    );
    expect(args).toEqual([
      ...['filesystem', ...COMMON],
      ...['--scanners', 'config,vuln', '--list-all-pkgs', '--ignore-unfixed=false', '--no-progress'],
      ...['--ignorefile', `${FOLDER}/ignore-nothing`],
      ...['--offline-scan', '--skip-db-update', '--skip-java-db-update', '--skip-policy-update', '--', 'src'],
    ]);
  });

  it('takes no ignore file for templates, since it could not show what that hides', async () => {
    expect(await argsOf({ config: 'infra', offline: true })).toEqual([
      ...['config', ...COMMON, '--cache-backend', 'memory', '--ignorefile', `${FOLDER}/ignore-nothing`],
      ...['--skip-check-update', '--', 'infra'],
    ]);
  });

  it.each([
    ['shop.tar', ['--input', 'shop.tar']],
    ['layout', ['--input', 'layout']],
    ['registry.example/shop:1.4', ['--', 'registry.example/shop:1.4']],
    ['-shop', ['--', '-shop']],
  ])('takes %s for what it is', async (image, last) => {
    expect((await argsOf({ image })).slice(-2)).toEqual(last);
  });

  it('passes on what the target says', async () => {
    const target = {
      image: 'shop:1',
      platform: 'linux/arm64',
      cacheDir: '/cache',
      skipDirs: ['a', 'b'],
      skipFiles: ['c'],
      skipDbUpdate: true,
      wait: '5m',
    };
    const { args, spec } = await scan(target);
    expect(args.slice(1, 7)).toEqual([
      '--config',
      `${FOLDER}/trivy.yaml`,
      '--timeout',
      '315s',
      '--cache-dir',
      '/cache',
    ]);
    expect(args.join(' ')).toContain('--skip-dirs a --skip-dirs b --skip-files c');
    expect(args.slice(-6)).toEqual([
      '--skip-db-update',
      '--skip-java-db-update',
      '--platform',
      'linux/arm64',
      '--',
      'shop:1',
    ]);
    expect(spec?.timeoutMs).toBe(315_000);
  });

  it('lets no setting of the surroundings leave findings out', async () => {
    const { spec } = await scan({ image: 'shop:1' });
    expect(spec?.files).toEqual({ 'trivy.yaml': '{}\n', 'ignore-nothing': '' });
    expect(spec?.env).toMatchObject({
      TRIVY_SEVERITY: '',
      TRIVY_IGNORE_UNFIXED: '',
      TRIVY_SKIP_DIRS: '',
      TRIVY_QUIET: '',
    });
  });

  it('is not made for paths that are not there', async () => {
    for (const target of [
      { filesystem: 'nowhere' },
      { config: 'nowhere' },
      { image: './shop' },
      { image: 'other.tar' },
    ]) {
      expect(await codeOf(scan(target)), JSON.stringify(target)).toBe('SCANGATE_TARGET_FILES');
    }
  });
});

describe('the version of Trivy', () => {
  it.each(['0.45.0', '0.69.3', 'v0.58.1'])('%s is known', async (version) => {
    expect((await scan({ image: 'shop:1' }, { version })).plan.details).toMatchObject({ title: 'Trivy' });
  });

  it('of a build without a number is the one that the target tells', async () => {
    const target = { image: 'shop:1', programVersion: '0.46.0' };
    expect((await scan(target, { version: 'dev' })).plan.details).toMatchObject({ version: '0.46.0' });
    expect((await scan(target, { version: '0.60.0' })).plan.details).toMatchObject({ version: '0.60.0' });
    expect(await codeOf(scan({ image: 'shop:1', programVersion: '0.20.0' }, { version: 'dev' }))).toBe(
      'SCANGATE_PROGRAM_VERSION',
    );
  });
});

describe('the report of Trivy', () => {
  const SECRETS = 'INFO\tSecret scanning is enabled';

  it('is about its target, however the path is written', async () => {
    const { collect } = await scan({ filesystem: 'src/' }, { report: { ArtifactName: './src' } });
    expect((await collect()).statement.problems).toEqual([]);
  });

  it('without a secret is evidence when Trivy looked for secrets and there were files', async () => {
    const { collect } = await scan({ filesystem: 'src', scanners: ['secret'] }, { stderr: SECRETS });
    expect((await collect()).statement).toMatchObject({
      evidence: 'Trivy looked for secrets below src, where 1 file is',
      problems: [],
    });
  });

  it.each([
    ['it did not say so', { scanners: ['secret'] }, ''],
    ['other things were asked for too', { scanners: ['secret', 'vuln'] }, SECRETS],
    ['it was the default', {}, SECRETS],
  ] as const)('without any result is no evidence when %s', async (_, target, stderr) => {
    const scanners = 'scanners' in target ? [...target.scanners] : undefined;
    const { collect } = await scan({ filesystem: 'src', scanners }, { stderr });
    expect((await collect()).statement.evidence).toBeUndefined();
  });

  it('tells the version of the program where it has none of its own', async () => {
    const { collect } = await scan({ filesystem: 'src' }, { version: '0.46.0' });
    expect((await collect()).statement).toMatchObject({
      tool: { name: 'Trivy', version: '0.46.0' },
      reference: 'scangate shop run-1',
      state: 'status 0',
    });
  });
});
