import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder, runProcess } from '../support/cli.js';

/* GitHub Actions through the running program: what the runner reads out of files. */

const REPORT = JSON.stringify({
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'demo',
          rules: [{ id: 'R1', properties: { 'security-severity': '9.8' }, shortDescription: { text: 'worst' } }],
        },
      },
      results: [
        {
          ruleId: 'R1',
          level: 'error',
          message: { text: 'bad\n::error::lie' },
          locations: [{ physicalLocation: { artifactLocation: { uri: 'src/a.c' }, region: { startLine: 7 } } }],
        },
      ],
    },
  ],
});

const build = { CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_RUN_NUMBER: '7' };

describe('a run on GitHub Actions', () => {
  it('annotates, and appends to the summary and the outputs of the step', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'demo.sarif'), REPORT);
      writeFileSync(join(folder, 'summary'), '# Earlier\n');
      const env = {
        ...build,
        GITHUB_STEP_SUMMARY: join(folder, 'summary'),
        GITHUB_OUTPUT: join(folder, 'output'),
      };
      const { exit, stdout, stderr } = await runProcess(['evaluate', 'demo.sarif', '--fail-on', 'high'], folder, {
        env,
      });
      expect(exit, stderr).toBe('fail');
      const commands = stdout.split('\n').filter((line) => line.trimStart().startsWith('::'));
      expect(commands).toHaveLength(2);
      expect(commands[1]).toMatch(/^::error file=src\/a\.c,line=7,title=R1::CRITICAL R1 /);
      const summary = readFileSync(join(folder, 'scangate-out/summary.md'), 'utf8');
      expect(readFileSync(join(folder, 'summary'), 'utf8')).toBe(`# Earlier\n${summary}`);
      expect(readFileSync(join(folder, 'output'), 'utf8')).toContain(
        'outcome=fail\nexit_code=1\nfindings_critical=1\n',
      );
      expect(stderr).toContain('scangate: wrote the summary of the job and the outputs of the step\n');
    });
  });

  it('keeps its verdict where the runner’s files cannot be written', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'demo.sarif'), REPORT);
      const env = { ...build, GITHUB_OUTPUT: join(folder, 'no/such/folder') };
      const { exit, stderr } = await runProcess(['evaluate', 'demo.sarif', '--fail-on', 'high'], folder, { env });
      expect(exit).toBe('fail');
      expect(stderr).toMatch(/GitHub Actions could not be told: .*SCANGATE_OUTPUT_UNWRITABLE.*mend: /);
    });
  });
});
