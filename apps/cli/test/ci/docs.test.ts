import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder, runProcess } from '../support/cli.js';

/* What the pages of the CI tools show is what the program writes. GitLab's has a test of its own. */

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const REPORT = join(ROOT, 'demo/reports/trivy-packages.json');
const WARN_RULE = '{ name: few highs, select: { severity: high }, max: 1, action: warn }';

/** The variables by which each tool is told. */
const TOOLS: Record<string, Record<string, string>> = {
  azure: { TF_BUILD: 'True' },
  bamboo: { bamboo_agentId: '1', bamboo_buildKey: 'SEC-GATE-SCAN' },
  circleci: { CIRCLECI: 'true' },
  github: { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: 'outputs' },
  jenkins: { JENKINS_URL: 'https://jenkins.example/' },
  teamcity: { TEAMCITY_VERSION: '2025.03' },
};

/** What is run for each heading of a page. */
const SITUATIONS: Record<string, { args: string[]; exit: string }> = {
  '### A policy that is violated': {
    args: ['evaluate', REPORT, '--policy', join(ROOT, 'demo/scangate.yml')],
    exit: 'fail',
  },
  '### A warning': { args: ['evaluate', REPORT, '--policy', 'warn.yml'], exit: 'pass' },
  '### Inconclusive': { args: ['evaluate', 'gone.json', '--fail-on', 'high'], exit: 'inconclusive' },
};

const pageOf = (tool: string): string => readFileSync(join(ROOT, `docs/ci/${tool}.md`), 'utf8');

/** The text below a heading, to the next one. */
function section(page: string, heading: string): string {
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`no heading ${heading}`);
  const rest = page.slice(start + heading.length + 2);
  const end = rest.search(/^##+ /m);
  return end < 0 ? rest : rest.slice(0, end);
}

const blocksOf = (text: string): string[] =>
  [...text.matchAll(/^```(?:text|xml|json)\n(.*?)\n```$/gms)].map(([, block = '']) => block);

/** Everything that was printed and written, each file once. */
function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

describe.each(Object.keys(TOOLS))('docs/ci/%s.md', (tool) => {
  it.each(Object.entries(SITUATIONS))('shows what the program really writes: %s', (heading, { args, exit }) =>
    inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'warn.yml'), `rules: [${WARN_RULE}]\n`);
      const env = Object.fromEntries(
        Object.entries(TOOLS[tool] ?? {}).map(([name, value]) => [
          name,
          value === 'outputs' ? join(folder, value) : value,
        ]),
      );
      const run = await runProcess(args, folder, { env });
      expect(run.exit, run.stderr).toBe(exit);
      const texts = [run.stdout, ...textsIn(folder)];
      const shown = blocksOf(section(pageOf(tool), heading));
      expect(shown.length, heading).toBeGreaterThan(0);
      for (const block of shown) expect(texts.filter((text) => text.includes(block)).length, block).toBeGreaterThan(0);
      if (exit === 'pass') expect(section(pageOf(tool), heading)).toContain(WARN_RULE);
    }),
  );

  it('has what every page has, and links that lead somewhere', () => {
    const page = pageOf(tool);
    expect(page).toMatch(/^# \S.*\n\n```(?:yaml|groovy|kotlin)\n/);
    for (const heading of ['## What appears where', '## Limits']) expect(page).toContain(`\n${heading}\n`);
    expect(page).toMatch(/\n## How the (?:build|job|step) ends\n/);
    const links = [...page.matchAll(/\]\((?!https:)([^)#]+)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(existsSync(join(ROOT, 'docs/ci', link)), link).toBe(true);
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`docs/ci/${tool}.md`);
  });
});

describe('docs/ci/jenkins.md', () => {
  it('has the words and the parameters of the step', () => {
    const page = pageOf('jenkins');
    const step = readFileSync(join(ROOT, 'packages/ci-jenkins/library/vars/scangate.groovy'), 'utf8');
    const words = [...step.matchAll(/^ {8}([1-9]): '([^']+)',$/gm)].map(([, code, text]) => [code, text]);
    expect(words.map(([code]) => code)).toEqual(['1', '2', '4', '5', '6']);
    for (const [code, text] of words.filter(([code]) => code !== '2')) {
      expect(page).toContain(`| ${code} | FAILURE | ${text} |`);
    }
    const list = /List known = \[([^\]]+)\]/.exec(step)?.[1] ?? '';
    const known = [...list.matchAll(/'(\w+)'/g)].map(([, name = '']) => name);
    const table = section(page, '## Installing the step').match(/^\| `[^|]+\|/gm) ?? [];
    const documented = table.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
    expect(documented.toSorted()).toEqual(known.toSorted());
    const help = readFileSync(join(ROOT, 'packages/ci-jenkins/library/vars/scangate.txt'), 'utf8');
    const helped = [...help.matchAll(/<dt>([^<]+)<\/dt>/g)].flatMap(([, names = '']) => names.split(', '));
    expect(helped.toSorted()).toEqual(known.toSorted());
  });
});
