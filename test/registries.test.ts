import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { READERS } from '@scangate/core';
import { REPORTERS } from '@scangate/core/reporters';
import { describe, expect, it } from 'vitest';
import { CI_ADAPTERS } from '../apps/cli/src/ci-adapters.js';

/* The folder is the registry: what lies there is listed, and what is listed lies there. */

const path = (relative: string): string => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const folders = (relative: string): string[] =>
  readdirSync(path(relative), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

describe('registries', () => {
  it('report formats', () => {
    const formats = READERS.map(({ format }) => format);
    expect(formats).toEqual(folders('packages/core/src/scanners/report'));
    for (const format of formats) {
      expect(readdirSync(path('packages/core/test/scanners/report')), `test of ${format}`).toContain(
        `${format}.test.ts`,
      );
    }
  });

  it('reporters', () => {
    const helpers = ['describe', 'escape', 'index', 'reporter'];
    const files = readdirSync(path('packages/core/src/reporters')).map((name) => name.replace(/\.ts$/, ''));
    expect(REPORTERS.map(({ format }) => format)).toEqual(files.filter((name) => !helpers.includes(name)).sort());
  });

  it('CI adapters', () => {
    const packages = folders('packages').filter((name) => name.startsWith('ci-'));
    expect(CI_ADAPTERS.map(({ tool }) => `ci-${tool}`)).toEqual(packages);
  });

  it('every run-time dependency is a line in docs/dependencies.md, and every line a dependency', () => {
    const manifests = [
      ...folders('packages').map((name) => `packages/${name}`),
      ...folders('apps').map((name) => `apps/${name}`),
    ];
    const wanted = new Map<string, string>();
    for (const manifest of manifests) {
      const { dependencies = {} } = JSON.parse(readFileSync(path(`${manifest}/package.json`), 'utf8'));
      for (const [name, version] of Object.entries(dependencies as Record<string, string>)) {
        if (name !== 'scangate' && !name.startsWith('@scangate/')) wanted.set(name, version.split('.')[0] ?? '');
      }
    }
    const page = readFileSync(path('docs/dependencies.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([^`]+)` \| (\d+) \|/gm)].map(([, name, major]) => [name, major]);
    expect(listed.sort()).toEqual([...wanted].sort());
  });

  it('no package runs an install script', () => {
    const { packages } = JSON.parse(readFileSync(path('package-lock.json'), 'utf8'));
    const own = Object.values(packages as Record<string, { dev?: boolean; hasInstallScript?: boolean }>);
    expect(own.filter(({ dev, hasInstallScript }) => !dev && hasInstallScript)).toEqual([]);
  });
});
