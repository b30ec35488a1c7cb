import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isThere, until } from '../machine/support.js';
import { inTemporaryFolder } from '../support/cli.js';
import {
  type Behaviour,
  type FakeName,
  gate,
  install,
  outcomeIn,
  pidsIn,
  startGate,
  verdictIn,
  writeConfig,
} from './support.js';

/* Trivy as a child process of the built program, without an account anywhere. */

const TARGET = { scanner: 'trivy', filesystem: 'src' };

async function inProject<T>(target: object, work: (folder: string) => Promise<T>, ...programs: FakeName[]): Promise<T> {
  return await inTemporaryFolder((folder) => {
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src/package-lock.json'), '{}');
    install(folder, ...(programs.length === 0 ? (['trivy'] as const) : programs));
    writeConfig(folder, { shop: target });
    return work(folder);
  });
}

const judged = (behaviour: Behaviour, target: object = TARGET) =>
  inProject(target, async (folder) => {
    const { exit, stdout, stderr } = await gate(['run', '--ci', 'none'], folder, behaviour);
    return { exit, text: stdout + stderr, ...outcomeIn(folder) };
  });

describe('scangate run, with Trivy', () => {
  it('passes a clean report of this run, and tells the version', async () => {
    await inProject(TARGET, async (folder) => {
      expect(await gate(['run', '--ci', 'none'], folder)).toMatchObject({ exit: 'pass' });
      expect(outcomeIn(folder)).toEqual({ outcome: 'pass', exitCode: 0, total: 0, codes: [] });
      const [target] = verdictIn(folder).targets;
      expect(target).toMatchObject({ name: 'shop', scanner: 'trivy', tool: { name: 'Trivy', version: '0.58.1' } });
      expect(target?.evidence).toContain('lang-pkgs');
      const state = JSON.parse(readFileSync(join(folder, '.scangate/state/shop.json'), 'utf8')) as {
        end?: { how: string };
      };
      expect(state.end?.how).toBe('judged');
    });
  });

  it('fails on a finding that the policy does not allow', async () => {
    expect(await judged({ FAKE_MODE: 'red' })).toMatchObject({ exit: 'fail', outcome: 'fail', total: 1 });
  });

  const inconclusive: [mode: string, code: string][] = [
    ['silent', 'SCANGATE_PROGRAM_NO_REPORT'],
    ['empty', 'SCANGATE_PROGRAM_NO_REPORT'],
    ['half', 'SCANGATE_REPORT_TRUNCATED'],
    ['failed', 'SCANGATE_PROGRAM_FAILED'],
    ['red-and-failed', 'SCANGATE_PROGRAM_FAILED'],
    ['stale', 'SCANGATE_SCAN_STALE'],
    ['foreign', 'SCANGATE_REPORT_FOREIGN'],
  ];
  it.each(inconclusive)('is inconclusive after a scan that is %s: %s', async (mode, code) => {
    expect(await judged({ FAKE_MODE: mode })).toMatchObject({
      exit: 'inconclusive',
      outcome: 'inconclusive',
      codes: [code],
      text: expect.stringContaining(code),
    });
  });

  it('says what Trivy printed when it failed', async () => {
    expect((await judged({ FAKE_MODE: 'failed' })).text).toContain('the database cannot be downloaded');
  });

  it.each(['Version: 0.12.0', 'Version: 2.0.0', 'Version: dev', 'no version'])(
    'is inconclusive with a Trivy that says "%s", and names the versions that work',
    async (version) => {
      const { exit, codes, text } = await judged({ FAKE_VERSION: version });
      expect({ exit, codes }).toEqual({ exit: 'inconclusive', codes: ['SCANGATE_PROGRAM_VERSION'] });
      expect(text).toContain('0.45 or newer');
    },
  );

  it('takes the version from the configuration for a build that calls itself dev', async () => {
    const target = { ...TARGET, programVersion: '0.46.0' };
    expect(await judged({ FAKE_VERSION: 'Version: dev' }, target)).toMatchObject({ exit: 'pass' });
  });

  it('is inconclusive without Trivy, and says how to mend it', async () => {
    await inProject(
      TARGET,
      async (folder) => {
        const { exit, stdout, stderr } = await gate(['run', '--ci', 'none'], folder);
        expect(exit).toBe('inconclusive');
        expect(outcomeIn(folder).codes).toEqual(['SCANGATE_PROGRAM_MISSING']);
        expect(stdout + stderr).toContain('put it in PATH');
      },
      'wapiti',
    );
  });

  it('is inconclusive about files that are not there', async () => {
    expect((await judged({}, { scanner: 'trivy', config: 'nowhere' })).codes).toEqual(['SCANGATE_TARGET_FILES']);
    expect((await judged({}, { scanner: 'trivy', image: 'shop.tar' })).codes).toEqual(['SCANGATE_TARGET_FILES']);
  });

  it('takes no report that an earlier run left lying around', async () => {
    await inProject(TARGET, async (folder) => {
      expect((await gate(['run', '--ci', 'none'], folder)).exit).toBe('pass');
      for (const place of ['.', 'src', '.scangate/state', '.scangate/state/programs']) {
        writeFileSync(join(folder, place, 'trivy.json'), readReport(folder));
      }
      expect((await gate(['run', '--ci', 'none'], folder, { FAKE_MODE: 'silent' })).exit).toBe('inconclusive');
      expect(outcomeIn(folder).codes).toEqual(['SCANGATE_PROGRAM_NO_REPORT']);
    });
  });

  it('ends Trivy and all that it started when its time is over: exit 5', async () => {
    await inProject({ ...TARGET, wait: '2s' }, async (folder) => {
      const pids = join(folder, 'pids');
      const { exit, stderr, stdout } = await gate(['run', '--ci', 'none'], folder, {
        FAKE_MODE: 'forever',
        FAKE_PIDS: pids,
      });
      expect(exit).toBe('timeout');
      expect(outcomeIn(folder).codes).toEqual(['SCANGATE_SCAN_TIMEOUT']);
      expect(stdout + stderr).not.toContain('scangate collect');
      expect(pidsIn(pids).map(isThere)).toEqual([false, false]);
    });
  });
});

/** The report of the one run so far. */
function readReport(folder: string): string {
  const programs = join(folder, '.scangate/state/programs');
  const [scan = ''] = readdirSync(programs);
  return readFileSync(join(programs, scan, '1/files/trivy.json'), 'utf8');
}

describe('scangate run with Trivy, when it is told to end', () => {
  const running = async (folder: string) => {
    const pids = join(folder, 'pids');
    const started = startGate(['run', '--ci', 'none'], folder, { FAKE_MODE: 'forever', FAKE_PIDS: pids });
    await until(() => started.stdout().includes('started scangate shop'));
    const both = await until(() => {
      try {
        return pidsIn(pids).length === 2 && pidsIn(pids);
      } catch {
        return undefined;
      }
    });
    return { started, both };
  };

  it.each([
    ['SIGTERM', 'terminated'],
    ['SIGINT', 'interrupted'],
  ] as const)('%s ends Trivy and all that it started', async (signal, exit) => {
    await inProject(TARGET, async (folder) => {
      const { started, both } = await running(folder);
      started.child.kill(signal);
      expect((await started.done).exit).toBe(exit);
      expect(both.map(isThere)).toEqual([false, false]);
      expect(outcomeIn(folder)).toMatchObject({ outcome: 'inconclusive', codes: ['SCANGATE_SCAN_INTERRUPTED'] });
    });
  });

  it('a second signal ends both at once', async () => {
    await inProject(TARGET, async (folder) => {
      const { started, both } = await running(folder);
      started.child.kill('SIGTERM');
      started.child.kill('SIGINT');
      await started.done;
      await until(() => !both.some(isThere));
    });
  });

  it('after kill -9 the next run ends what was left behind, and scans anew, once', async () => {
    await inProject(TARGET, async (folder) => {
      const { started, both } = await running(folder);
      started.child.kill('SIGKILL');
      await started.done;
      expect(both.map(isThere)).toEqual([true, true]);
      const { exit, stdout } = await gate(['run', '--ci', 'none'], folder, { FAKE_MODE: 'red' });
      expect(exit).toBe('fail');
      expect(stdout.match(/started scangate shop/g)).toHaveLength(1);
      await until(() => !both.some(isThere));
    });
  });
});

describe('scangate start and collect, with Trivy', () => {
  it('start waits for the end, and collect judges it in a process of its own', async () => {
    await inProject(TARGET, async (folder) => {
      const start = await gate(['start', '--json', '--ci', 'none'], folder, { FAKE_MODE: 'red' });
      expect(start.exit).toBe('pass');
      expect(JSON.parse(start.stdout)).toMatchObject({ scans: [{ target: 'shop', scanner: 'trivy' }], failed: [] });
      // The program is needed no more.
      const collect = await gate(['collect', '--ci', 'none'], folder, { FAKE_MODE: 'failed' });
      expect(collect.exit).toBe('fail');
      expect(outcomeIn(folder)).toMatchObject({ outcome: 'fail', total: 1 });
    });
  });

  it('start says when the wait was over, and collect that it was cancelled', async () => {
    await inProject({ ...TARGET, wait: '1s' }, async (folder) => {
      const pids = join(folder, 'pids');
      const start = await gate(['start', '--ci', 'none'], folder, { FAKE_MODE: 'forever', FAKE_PIDS: pids });
      expect(start.exit).toBe('timeout');
      expect(pidsIn(pids).map(isThere)).toEqual([false, false]);
      expect((await gate(['collect', '--ci', 'none'], folder)).exit).toBe('inconclusive');
      expect(outcomeIn(folder).codes).toEqual(['SCANGATE_SCAN_CANCELLED']);
    });
  });

  it('collect without the folder of the program is inconclusive', async () => {
    await inProject(TARGET, async (folder) => {
      await gate(['start', '--ci', 'none'], folder);
      rmSync(join(folder, '.scangate/state/programs'), { recursive: true });
      expect((await gate(['collect', '--ci', 'none'], folder)).exit).toBe('inconclusive');
      expect(outcomeIn(folder).codes).toEqual(['SCANGATE_PROGRAM_NO_REPORT']);
    });
  });
});
