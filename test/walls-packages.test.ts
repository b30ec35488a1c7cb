import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/* The walls that are not rules of a linter: what a package exports, and what knip finds unused. One violation for each. */

const root = fileURLToPath(new URL('..', import.meta.url));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scangate-walls-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the exports map', () => {
  const importing = (specifier: string) =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', `await import('${specifier}')`], {
      cwd: root,
      encoding: 'utf8',
    });

  it.each([
    '@scangate/core/src/errors.ts',
    '@scangate/core/dist/index.js',
    '@scangate/core/wire',
    '@scangate/ci-gitlab/src/index.ts',
  ])('refuses the deep import %s', (specifier) => {
    const { status, stderr } = importing(specifier);
    expect([status, stderr.includes('ERR_PACKAGE_PATH_NOT_EXPORTED')]).toEqual([1, true]);
  });

  it('lets the public rooms in', () => {
    for (const room of ['', '/model', '/config', '/policy', '/scanners', '/reporters', '/ci']) {
      expect(importing(`@scangate/core${room}`).stderr).toBe('');
    }
  });
});

describe('knip', () => {
  it('refuses a file, an export and a dependency that nobody uses', () => {
    const place = join(folder, 'knip');
    for (const part of [
      'package.json',
      'knip.json',
      'tsconfig.json',
      'tsconfig.base.json',
      'packages/core/package.json',
      'packages/core/tsconfig.json',
      'packages/core/tsup.config.ts',
    ]) {
      mkdirSync(join(place, part, '..'), { recursive: true });
      cpSync(join(root, part), join(place, part));
    }
    symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'), 'junction');
    const source = join(place, 'packages/core/src');
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, 'index.ts'), "export { used } from './one.js';\n");
    writeFileSync(join(source, 'one.ts'), 'export const used = 1;\nexport const plantedExport = 2;\n');
    writeFileSync(join(source, 'planted-file.ts'), 'export const nobody = 3;\n');
    const { stdout } = spawnSync(
      join(root, 'node_modules/.bin/knip'),
      ['--no-config-hints', '--workspace', 'packages/core'],
      {
        cwd: place,
        encoding: 'utf8',
        env: { ...process.env, CI: 'true' },
      },
    );
    for (const planted of ['plantedExport', 'planted-file.ts', 'saxes']) expect(stdout).toContain(planted);
  });
});
