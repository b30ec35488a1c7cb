import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const WRAPPER = join(import.meta.dirname, '../library/resources/scangate/scangate.sh');

/** A program that says who it is and what it was given, and ends with 3. */
const program = (name: string): string => `#!/bin/sh\nprintf '%s' '${name}'\nprintf ' [%s]' "$@"\nexit 3\n`;
const node = (version: string): string =>
  `#!/bin/sh\nif [ "$1" = --version ]; then echo '${version}'; exit 0; fi\nprintf 'node'\nshift\nprintf ' [%s]' "$@"\nexit 3\n`;

function run(
  shell: string,
  files: Record<string, string>,
  env: (folder: string) => Record<string, string>,
  cwd = '.',
): { status: number | null; stdout: string; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'scangate-wrapper-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
    }
    mkdirSync(join(folder, cwd), { recursive: true });
    const variables = { PATH: `${folder}/bin:/usr/bin:/bin`, SCANGATE_NODE: '/nowhere/node', ...env(folder) };
    const { status, stdout, stderr } = spawnSync(shell, [WRAPPER, 'run', 'a b', "it's", '$(id)'], {
      cwd: join(folder, cwd),
      encoding: 'utf8',
      env: variables,
    });
    return { status, stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ARGUMENTS = " [run] [a b] [it's] [$(id)]";

describe.each(['/bin/dash', '/bin/bash'])('scangate.sh under %s', (shell) => {
  it('takes the program that is named before all others', () => {
    const files = { 'own/gate': program('named'), 'bin/scangate': program('in PATH') };
    const { status, stdout } = run(shell, files, (folder) => ({ SCANGATE_BIN: `${folder}/own/gate` }));
    expect([status, stdout]).toEqual([3, `named${ARGUMENTS}`]);
  });

  it('takes a standalone program in PATH without asking for Node', () => {
    const { status, stdout } = run(shell, { 'bin/scangate': program('in PATH') }, () => ({}));
    expect([status, stdout]).toEqual([3, `in PATH${ARGUMENTS}`]);
  });

  it('finds the installed package from a folder below, and runs it with Node', () => {
    const files = {
      'node_modules/.bin/scangate': '#!/usr/bin/env node\n',
      'bin/node': node('v22.12.0'),
    };
    const { status, stdout } = run(shell, files, () => ({ SCANGATE_NODE: 'node' }), 'service/web');
    expect([status, stdout]).toEqual([3, `node${ARGUMENTS}`]);
  });

  it.each([
    ['v20.19.0', 3],
    ['v20.18.3', 4],
    ['v18.20.0', 4],
    ['v24.0.0', 3],
    ['nonsense', 4],
  ])('Node %s ends with %i', (version, expected) => {
    const files = { 'own/gate.mjs': '', 'bin/node': node(version) };
    const { status, stderr } = run(shell, files, (folder) => ({
      SCANGATE_BIN: `${folder}/own/gate.mjs`,
      SCANGATE_NODE: 'node',
    }));
    expect(status).toBe(expected);
    if (expected === 4) expect(stderr).toMatch(/^scangate: inconclusive: Node .*\nscangate: mend: /);
  });

  it('is inconclusive, and never green, when there is nothing to run', () => {
    for (const env of [{}, { SCANGATE_BIN: '/nowhere/scangate' }]) {
      const { status, stderr } = run(shell, {}, () => env as Record<string, string>);
      expect([status, stderr]).toEqual([4, expect.stringMatching(/^scangate: inconclusive: .*\nscangate: mend: /)]);
    }
  });
});
