import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CI_ADAPTERS } from '../apps/cli/src/ci-adapters.js';

/* What holds for every adapter, in its code and in what it brings to the CI tool. */

const PACKAGES = fileURLToPath(new URL('../packages', import.meta.url));
const MAX_LINES = 200;

const folders = readdirSync(PACKAGES).filter((name) => name.startsWith('ci-'));
const under = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Packed files are not written by hand. */
const PACKED = new Set(['orb.yml', 'scangate.xml']);
const written = folders.flatMap((folder) =>
  under(join(PACKAGES, folder)).filter(
    (path) =>
      !/\/(?:dist|node_modules|test|\.turbo)\//.test(path) &&
      /\.(?:ts|groovy|sh|yml)$/.test(path) &&
      !PACKED.has(basename(path)),
  ),
);

describe('the adapters', () => {
  it('are as many as there are packages', () => {
    expect(folders).toEqual(CI_ADAPTERS.map(({ tool }) => `ci-${tool}`));
  });

  it.each(written.map((path) => [path.slice(PACKAGES.length + 1), path]))('are small: %s', (_, path) => {
    expect(readFileSync(path, 'utf8').trimEnd().split('\n').length).toBeLessThan(MAX_LINES);
  });

  it('choose no exit status: the table of the core does', () => {
    const code = written.filter((path) => path.endsWith('.ts'));
    expect(code.length).toBeGreaterThan(CI_ADAPTERS.length);
    for (const path of code) {
      expect(readFileSync(path, 'utf8'), path).not.toMatch(/EXIT_CODES|exit-code|process\.exit|\bexitCode\s*[:=](?!=)/);
    }
  });
});
