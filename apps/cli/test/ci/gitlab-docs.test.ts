import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder, runProcess } from '../support/cli.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** The fenced blocks of the page between two headings, by language. */
function blocksOf(page: string, from: string, to: string): string[] {
  const part = page.slice(page.indexOf(from), page.indexOf(to));
  return [...part.matchAll(/^```(?:text|xml|json)\n(.*?)\n```$/gms)].map(([, block = '']) => block);
}

describe('docs/ci/gitlab.md', () => {
  it('shows what the program really writes', () =>
    inTemporaryFolder(async (folder) => {
      const page = readFileSync(join(ROOT, 'docs/ci/gitlab.md'), 'utf8');
      const { exit, stdout } = await runProcess(
        ['evaluate', join(ROOT, 'demo/reports/trivy-packages.json'), '--policy', join(ROOT, 'demo/scangate.yml')],
        folder,
        { env: { GITLAB_CI: 'true' } },
      );
      expect(exit).toBe('fail');
      const written = (name: string): string => readFileSync(join(folder, 'scangate-out', name), 'utf8');
      const places: [string, string, string][] = [
        ['### Log', '### Tests', stdout],
        ['### Tests', '### Code Quality', written('junit.xml')],
        ['### Code Quality', '### Security', written('gl-code-quality-report.json')],
        ['### Security', '### Note', written('gl-dependency-scanning-report.json')],
        ['### Variables', '## Not holding', written('scangate.env')],
      ];
      for (const [from, to, text] of places) {
        const blocks = blocksOf(page, from, to);
        expect(blocks.length, from).toBeGreaterThan(0);
        for (const block of blocks) expect(text, from).toContain(block);
      }
    }));
});
