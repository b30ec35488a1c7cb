import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { clean, red } from './support/cannot-lie.js';
import { inTemporaryFolder, runProcess } from './support/cli.js';

/* The built program as a pipeline runs it. `npm test` builds first. */

describe('the program', () => {
  it('answers --version and --help, and knows no command without one', async () => {
    await inTemporaryFolder(async (folder) => {
      expect(await runProcess(['--version'], folder)).toEqual({
        exit: 'pass',
        stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
        stderr: '',
      });
      const help = await runProcess(['evaluate', '--help'], folder);
      expect([help.exit, help.stdout.includes('--fail-on'), help.stdout.includes('trivy')]).toEqual([
        'pass',
        true,
        true,
      ]);
      expect((await runProcess([], folder)).exit).toBe('usage');
      expect((await runProcess(['evaluat'], folder)).exit).toBe('usage');
    });
  });

  it('passes, fails, is inconclusive, warns: the process ends with the code of the table', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'red.json'), red);
      writeFileSync(join(folder, 'clean.json'), clean);
      writeFileSync(join(folder, 'warn.yml'), 'rules: [{ name: a, max: 0, action: warn }]');
      const evaluate = async (...args: string[]) => (await runProcess(['evaluate', ...args], folder)).exit;
      expect(await evaluate('clean.json', '--fail-on', 'critical')).toBe('pass');
      expect(await evaluate('red.json', '--fail-on', 'critical')).toBe('fail');
      expect(await evaluate('red.json', '--fail-on', 'critical=1')).toBe('pass');
      expect(await evaluate('gone.json', '--fail-on', 'critical')).toBe('inconclusive');
      expect(await evaluate('red.json', '--policy', 'warn.yml')).toBe('pass');
      expect(await evaluate('red.json', '--policy', 'warn.yml', '--exit-on-warn')).toBe('warn');
      expect(await evaluate('red.json', '--policy', 'gone.yml')).toBe('usage');
    });
  });

  it('reads standard input', async () => {
    await inTemporaryFolder(async (folder) => {
      expect((await runProcess(['evaluate', 'trivy=-', '--fail-on', 'critical'], folder, { stdin: red })).exit).toBe(
        'fail',
      );
      expect((await runProcess(['evaluate', '-', '--fail-on', 'critical'], folder, { stdin: '' })).exit).toBe(
        'inconclusive',
      );
    });
  });

  it('judges the targets of scangate.yml, all or those named, with paths relative to the file', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'red.json'), red);
      writeFileSync(join(folder, 'clean.json'), clean);
      writeFileSync(
        join(folder, 'scangate.yml'),
        'version: 1\ntargets:\n  bad: { scanner: report, path: "${NAME}.json" }\n  good: { scanner: report, path: clean.json }\npolicy:\n  rules: [{ name: a, max: 0 }]\n',
      );
      const env = { NAME: 'red' };
      expect((await runProcess(['run'], folder, { env })).exit).toBe('fail');
      expect((await runProcess(['run', 'good'], folder, { env })).exit).toBe('pass');
      expect((await runProcess(['evaluate'], folder, { env })).exit).toBe('fail');
      const unknown = await runProcess(['run', 'goood'], folder, { env });
      expect([unknown.exit, unknown.stderr.includes('did you mean "good"?')]).toEqual(['usage', true]);
      expect((await runProcess(['run'], folder)).stderr).toContain(
        'scangate.yml:3:33: targets.bad.path: the environment variable NAME is not set',
      );
    });
  });

  it('takes options from the environment; a flag wins', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'red.json'), red);
      const env = {
        SCANGATE_FAIL_ON: 'critical',
        SCANGATE_OUT: 'elsewhere',
        SCANGATE_REPORT: 'junit',
        SCANGATE_QUIET: 'true',
      };
      const { exit, stdout } = await runProcess(['evaluate', 'red.json'], folder, { env });
      expect([exit, stdout.split('\n').length]).toEqual(['fail', 2]);
      expect([
        existsSync(join(folder, 'elsewhere/junit.xml')),
        existsSync(join(folder, 'elsewhere/verdict.json')),
      ]).toEqual([true, false]);
      expect((await runProcess(['evaluate', 'red.json', '--fail-on', 'critical=1'], folder, { env })).exit).toBe(
        'pass',
      );
      expect(
        (await runProcess(['evaluate', 'red.json'], folder, { env: { ...env, SCANGATE_QUIET: 'perhaps' } })).exit,
      ).toBe('usage');
    });
  });

  it('never writes over the report that it is to judge', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'red.json'), red);
      for (const report of ['json=red.json', 'junit=./red.json', `sarif=${join(folder, 'red.json')}`]) {
        const { exit, stderr } = await runProcess(
          ['evaluate', 'red.json', '--fail-on', 'critical', '--report', report],
          folder,
        );
        expect([exit, stderr.includes('would be written over red.json')]).toEqual(['usage', true]);
      }
      expect(readFileSync(join(folder, 'red.json'), 'utf8')).toBe(red);
      expect(
        (
          await runProcess(
            ['evaluate', 'red.json', '--fail-on', 'critical', '--report', 'json=a', '--report', 'sarif=./a'],
            folder,
          )
        ).exit,
      ).toBe('usage');
    });
  });

  it('leaves no verdict of an earlier run behind when it cannot make one', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'clean.json'), clean);
      await runProcess(['evaluate', 'clean.json', '--fail-on', 'critical'], folder);
      await runProcess(['evaluate', 'gone.json', '--fail-on', 'critical'], folder);
      expect(JSON.parse(readFileSync(join(folder, 'scangate-out/verdict.json'), 'utf8')).outcome).toBe('inconclusive');
      expect(readFileSync(join(folder, 'scangate-out/findings.ndjson'), 'utf8')).toBe('');
    });
  });

  it('redacts secrets of the environment from everything, whatever a report holds', async () => {
    await inTemporaryFolder(async (folder) => {
      const secret = 'hunter2-very-secret';
      writeFileSync(
        join(folder, 'red.json'),
        red.replace('libdemo', `lib ${secret} ${Buffer.from(`x:${secret}`).toString('base64')}`),
      );
      const env = { SCANGATE_QUALYS_PASSWORD: secret };
      const { stdout, stderr } = await runProcess(['evaluate', 'red.json', '--fail-on', 'critical'], folder, { env });
      const files = ['verdict.json', 'findings.ndjson', 'junit.xml', 'scangate.sarif', 'summary.md'].map((name) =>
        readFileSync(join(folder, 'scangate-out', name), 'utf8'),
      );
      for (const text of [stdout, stderr, ...files]) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
      }
      expect(files[1]).toContain('[redacted]');
    });
  });

  it.each(['none', 'azure', 'bamboo', 'circleci', 'github', 'gitlab', 'jenkins', 'teamcity'])(
    'redacts a secret that every syntax would write in its own way: --ci %s',
    async (tool) => {
      await inTemporaryFolder(async (folder) => {
        const secret = `p_w*d#1$<&>'"|[x]:y,z;%20\`q~@home!`;
        const report = JSON.parse(red.replace('libdemo', 'lib MARK')) as object;
        writeFileSync(
          join(folder, 'red.json'),
          JSON.stringify(report, (_, value) => (typeof value === 'string' ? value.replaceAll('MARK', secret) : value)),
        );
        const env = { SCANGATE_QUALYS_PASSWORD: secret };
        const args = ['evaluate', 'red.json', '--fail-on', 'critical', '--ci', tool];
        const { exit, stdout, stderr } = await runProcess(args, folder, { env });
        expect(exit).toBe('fail');
        const names = readdirSync(join(folder, 'scangate-out'), { recursive: true, encoding: 'utf8' });
        const files = names
          .map((name) => join(folder, 'scangate-out', name))
          .filter((path) => statSync(path).isFile())
          .map((path) => readFileSync(path, 'utf8'));
        expect(files.length).toBeGreaterThan(5);
        // Letters and digits of the secret, which no syntax escapes, in their order.
        const bones = /p\S{0,20}w\S{0,20}d\S{0,20}1\S{0,60}x\S{0,20}y\S{0,20}z/;
        for (const text of [stdout, stderr, ...files]) expect(text).not.toMatch(bones);
        expect(files.filter((text) => /\[redacted\\?\]/.test(text)).length).toBeGreaterThan(2);
      });
    },
  );

  it('runs the example of the library', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'red.json'), red);
      const example = fileURLToPath(new URL('../../../examples/library/judge.mjs', import.meta.url));
      const { status, stdout } = spawnSync(process.execPath, [example, join(folder, 'red.json')], { encoding: 'utf8' });
      expect([status, stdout]).toEqual([1, 'fail rule "nothing critical": at most 0, observed 1 CVE-2099-0001\n']);
    });
  });
});
