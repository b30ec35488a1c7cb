import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CASES, type Case } from './support/cannot-lie.js';
import { inTemporaryFolder, runAsNobody, runHere } from './support/cli.js';

function layOut(folder: string, { files = {}, arrange }: Case): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  arrange?.(folder);
}

describe.each([...new Set(CASES.map(({ group }) => group))])('a gate that cannot lie: %s', (group) => {
  it.each(CASES.filter((one) => one.group === group).map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await inTemporaryFolder(async (folder) => {
      layOut(folder, one);
      const args = ['evaluate', ...one.args];
      const run = one.asNobody
        ? runAsNobody(args, folder)
        : runHere(args, folder, one.stdin === undefined ? {} : { stdin: one.stdin });
      const { exit, stdout, stderr } = await run;
      expect(`${exit}\n${stdout}${stderr}`.split('\n')[0]).toBe(one.exit);
      if (one.code !== undefined) expect(stdout + stderr).toContain(one.code);
      if (one.exit === 'inconclusive') {
        const lines = stderr.split('\n').filter((line) => line.startsWith('scangate: inconclusive: '));
        expect(lines.length).toBeGreaterThan(0);
        expect(lines.every((line) => /\(SCANGATE_[A-Z_]+\); mend: \S/.test(line))).toBe(true);
      }
      if (one.exit === 'usage') {
        expect(stderr).not.toBe('');
        expect(existsSync(join(folder, 'scangate-out/verdict.json'))).toBe(false);
      } else {
        const verdict = JSON.parse(readFileSync(join(folder, 'scangate-out/verdict.json'), 'utf8'));
        expect(verdict.outcome).toBe(one.exit);
        for (const name of ['findings.ndjson', 'junit.xml', 'scangate.sarif', 'summary.md']) {
          expect(existsSync(join(folder, 'scangate-out', name)), name).toBe(true);
        }
      }
    });
  });
});
