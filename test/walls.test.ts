import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * One planted violation for each wall, in a small tree of the same layout under the real rules: a rule that stops
 * working is noticed here. That the real tree is clean is what `npm run check` says.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WALLS = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  forbidden: { name: string; comment?: string }[];
};

/** Files that break nothing. */
const SOUND: Record<string, string> = {
  'packages/core/src/index.ts': "export * from './gate.js';",
  'packages/core/src/errors.ts': 'export const errors = 1;',
  'packages/core/src/gate.ts': "import './scanners/index.js'; import './policy/index.js'; export const gate = 1;",
  'packages/core/src/model/index.ts': "import { z } from 'zod'; export const model = z;",
  'packages/core/src/wire/index.ts': "import '../errors.js'; export const wire = 1;",
  'packages/core/src/http/index.ts': "import 'undici'; import 'node:tls'; export const http = 1;",
  'packages/core/src/qualys/index.ts': "import '../http/index.js'; export const qualys = 1;",
  'packages/core/src/scanners/index.ts': "import './qualys-was/index.js'; import './report/index.js';",
  'packages/core/src/scanners/normalise.ts': "import '../model/index.js'; export const normalise = 1;",
  'packages/core/src/scanners/qualys-was/index.ts': "import '../../qualys/index.js'; import '../normalise.js';",
  'packages/core/src/scanners/qualys-vm/index.ts': "import '../../http/index.js';",
  'packages/core/src/scanners/report/index.ts': "import './trivy/index.js'; import './grype/index.js';",
  'packages/core/src/scanners/report/trivy/index.ts': "import '../../normalise.js'; export const trivy = 1;",
  'packages/core/src/scanners/report/grype/index.ts':
    "import '../../../wire/index.js'; export const at = new Date('2026-11-23');",
  'packages/core/src/policy/index.ts':
    "import { createHash } from 'node:crypto'; import './schema.js'; export const digest = createHash;",
  'packages/core/src/policy/schema.ts': "import '../model/index.js'; export const schema = 1;",
  'packages/core/src/reporters/index.ts':
    "import '../model/index.js'; export type Reporter = string; export const reporter = 1;",
  'packages/core/src/ci/index.ts':
    "import type { Reporter } from '../reporters/index.js'; export type Adapter = Reporter;",
  'packages/core/src/config/index.ts': "import '../policy/schema.js'; export const config = 1;",
  'packages/core/src/testing/index.ts': "import 'vitest'; import '../gate.js'; export const testing = 1;",
  'packages/core/test/gate.test.ts': "import '../src/testing/index.js'; export const helper = 1;",
  'packages/ci-gitlab/src/index.ts': "import type { Adapter } from '@scangate/core/ci'; export type Gitlab = Adapter;",
  'packages/ci-jenkins/src/index.ts': "import { model } from '@scangate/core/model'; export const jenkins = model;",
  'packages/ci-jenkins/test/jenkins.test.ts': "import '../src/index.js'; import '@scangate/core/testing';",
  'apps/cli/src/main.ts':
    "import '@scangate/core'; import '@scangate/ci-gitlab'; console.log(process.argv, Date.now());",
  'apps/simulator/src/main.ts': "import 'node:http'; export const startedAt = new Date();",
};

/** Rule of `.dependency-cruiser.cjs`: file and line that break it. */
const BROKEN_WALLS: Record<string, [file: string, code: string]> = {
  'model-knows-only-zod': ['packages/core/src/model/planted.ts', "import '../errors.js';"],
  'tables-know-only-the-model': ['packages/core/src/redact.ts', "import './policy/index.js';"],
  'wire-is-syntax-only': ['packages/core/src/wire/planted.ts', "import '../model/index.js';"],
  'http-is-transport-only': ['packages/core/src/http/planted.ts', "import '../qualys/index.js';"],
  'qualys-stands-on-http': ['packages/core/src/qualys/planted.ts', "import '../scanners/normalise.js';"],
  'scanners-only-find': ['packages/core/src/scanners/qualys-vm/planted.ts', "import '../../policy/index.js';"],
  'scanner-knows-no-other-scanner': [
    'packages/core/src/scanners/qualys-vm/other.ts',
    "import '../qualys-was/index.js';",
  ],
  'report-format-knows-no-other-format': [
    'packages/core/src/scanners/report/grype/other.ts',
    "import '../trivy/index.js';",
  ],
  'scan-only-waits': ['packages/core/src/scan/planted.ts', "import '../scanners/qualys-was/index.js';"],
  'policy-only-judges': [
    'packages/core/src/policy/planted.ts',
    "import type { Reporter } from '../reporters/index.js'; export type R = Reporter;",
  ],
  'reporters-only-render': ['packages/core/src/reporters/planted.ts', "import '../policy/index.js';"],
  'ci-is-only-a-contract': ['packages/core/src/ci/planted.ts', "import '../gate.js';"],
  'ci-takes-only-types-from-reporters': [
    'packages/core/src/ci/value.ts',
    "import { reporter } from '../reporters/index.js'; export const r = reporter;",
  ],
  'config-only-reads-text': ['packages/core/src/config/planted.ts', "import '../policy/index.js';"],
  'gate-knows-no-output': ['packages/core/src/gate/planted.ts', "import '../reporters/index.js';"],
  'room-is-listed': ['packages/core/src/scanners/report/trivy/planted.ts', "import '../../../../src/attic/index.js';"],
  'core-knows-nobody-above': ['packages/core/src/policy/above.ts', "import '@scangate/ci-gitlab';"],
  'adapter-uses-three-doors': ['packages/ci-gitlab/src/planted.ts', "import '@scangate/core/policy';"],
  'adapter-knows-no-other-adapter': ['packages/ci-gitlab/test/planted.test.ts', "import '@scangate/ci-jenkins';"],
  'simulator-stands-alone': [
    'apps/simulator/src/planted.ts',
    "import type { model } from '@scangate/core/model'; export type M = typeof model;",
  ],
  'relative-path-stays-in-package': ['apps/cli/src/planted.ts', "import '../../../packages/core/src/model/index.js';"],
  'public-entries-only': ['apps/cli/src/deep.ts', "import '@scangate/core/src/policy/schema.js';"],
  'no-cycle': ['packages/core/src/reporters/one.ts', "import './two.js'; export const one = 1;"],
  'source-knows-no-test': ['packages/core/src/policy/tested.ts', "import '../../test/gate.test.js';"],
  'testing-is-for-tests': ['packages/ci-jenkins/src/planted.ts', "import '@scangate/core/testing';"],
  'network-stays-in-http': ['packages/core/src/scanners/qualys-vm/fetching.ts', "import 'undici';"],
};

/** What a plant needs beside it. */
const BESIDE: Record<string, string> = {
  'packages/core/src/attic/index.ts': 'export const attic = 1;',
  'packages/core/src/reporters/two.ts': "import './one.js';",
};

/** What biome must say to a line: name of the plant, category, message, code. */
const BROKEN_LINES: [name: string, category: string, message: RegExp, code: string][] = [
  ['process', 'lint/style/noRestrictedGlobals', /global variable process/, 'export const a = process.env;'],
  ['console', 'lint/style/noRestrictedGlobals', /global variable console/, "console.log('a');"],
  [
    'performance',
    'lint/style/noRestrictedGlobals',
    /global variable performance/,
    'export const a = performance.now();',
  ],
  ['fetch', 'lint/style/noRestrictedGlobals', /global variable fetch/, "export const a = fetch('x');"],
  [
    'globalThis',
    'lint/style/noRestrictedGlobals',
    /global variable globalThis/,
    'export const a = globalThis.process;',
  ],
  ['global', 'lint/style/noRestrictedGlobals', /global variable global/, 'export const a = global.process;'],
  [
    'process-import',
    'lint/style/noRestrictedImports',
    /belongs in apps\/cli/,
    "import { env } from 'node:process'; export const a = env;",
  ],
  [
    'fs',
    'lint/style/noRestrictedImports',
    /no disk/,
    "import { readFileSync } from 'node:fs'; export const a = readFileSync;",
  ],
  [
    'fs-promises',
    'lint/style/noRestrictedImports',
    /no disk/,
    "import { readFile } from 'node:fs/promises'; export const a = readFile;",
  ],
  ['child-process', 'lint/style/noRestrictedImports', /processes/, "export const a = import('node:child_process');"],
  [
    'random-bytes',
    'lint/style/noRestrictedImports',
    /Chance belongs/,
    "import { randomUUID } from 'node:crypto'; export const a = randomUUID;",
  ],
  [
    'bare-fs',
    'lint/style/useNodejsImportProtocol',
    /node:/,
    "import { readFileSync } from 'fs'; export const a = readFileSync;",
  ],
  ['date-now', 'plugin', /no-clock/, 'export const a = Date.now();'],
  ['date-now-passed', 'plugin', /no-clock/, 'export const a = (clock = Date.now): number => clock();'],
  ['new-date', 'plugin', /no-clock/, 'export const a = new Date();'],
  ['new-date-bare', 'plugin', /no-clock/, 'export const a = new Date;'],
  ['date-call', 'plugin', /no-clock/, 'export const a = Date();'],
  ['math-random', 'plugin', /no-chance/, 'export const a = Math.random();'],
  [
    'undeclared',
    'lint/correctness/noUndeclaredDependencies',
    /left-pad|package.json/,
    "import pad from 'left-pad'; export const a = pad;",
  ],
];
const lineFile = (name: string): string => `packages/core/src/policy/line-${name}.ts`;

interface Diagnostic {
  category: string;
  message: string;
  location: { path: string };
}

interface Run {
  status: number;
  stdout: string;
}

let tree = '';
let walls: Run;
let lint: Run;
let lockfile: Run;

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), `${text}\n`);
};

const run = (command: string, ...args: string[]): Promise<Run> =>
  new Promise((resolve) => {
    execFile(command, args, { cwd: tree, maxBuffer: 2 ** 26 }, (error, stdout) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout });
    });
  });

function plantTree(): void {
  for (const file of ['.dependency-cruiser.cjs', '.gitignore', 'biome.json', 'tsconfig.base.json', 'scripts/lint']) {
    cpSync(join(ROOT, file), join(tree, file), { recursive: true });
  }
  for (const folder of ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(ROOT, parent)).map((name) => `${parent}/${name}`),
  )) {
    const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    write(
      `${folder}/package.json`,
      JSON.stringify({ ...manifest, dependencies: { ...manifest.dependencies, undici: '1.0.0' } }),
    );
    const [, name = ''] = folder.split('/');
    mkdirSync(join(tree, 'node_modules/@scangate'), { recursive: true });
    symlinkSync(join(tree, folder), join(tree, 'node_modules/@scangate', name));
  }
  for (const name of ['undici', 'zod', 'vitest', 'left-pad']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, 'exports.z = 1;');
  }
  for (const [file, code] of [...Object.entries(SOUND), ...Object.values(BROKEN_WALLS), ...Object.entries(BESIDE)])
    write(file, code);
  for (const [name, , , code] of BROKEN_LINES) write(lineFile(name), code);
  write(
    'package-lock.json',
    JSON.stringify({
      packages: { 'node_modules/undici': { resolved: 'https://host.example/undici.tgz', integrity: 'sha512-x' } },
    }),
  );
}

beforeAll(async () => {
  tree = realpathSync(mkdtempSync(join(tmpdir(), 'scangate-walls-')));
  plantTree();
  [walls, lint, lockfile] = await Promise.all([
    run(process.execPath, join(ROOT, 'scripts/checks/walls.mjs')),
    run(join(ROOT, 'node_modules/.bin/biome'), 'lint', '--reporter=json', '--max-diagnostics=none'),
    run(process.execPath, join(ROOT, 'scripts/checks/lockfile.mjs')),
  ]);
}, 60_000);

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('the walls between rooms', () => {
  it('has a plant for every rule, and a sentence in every rule', () => {
    expect(Object.keys(BROKEN_WALLS).toSorted()).toEqual(WALLS.forbidden.map(({ name }) => name).toSorted());
    for (const { name, comment } of WALLS.forbidden) expect(comment, name).toMatch(/^[A-Z].{40,}\.$/);
  });

  it.each(Object.entries(BROKEN_WALLS))('%s', (name, [file]) => {
    const comment = WALLS.forbidden.find((rule) => rule.name === name)?.comment;
    expect(walls.stdout).toContain(`${name}: ${file} -> `);
    expect(walls.stdout).toContain(`\n  ${comment}\n`);
  });

  it('leaves sound files alone', () => {
    const accused = walls.stdout.split('\n').flatMap((line) => /^\S+: (\S+) -> /.exec(line)?.[1] ?? []);
    expect(accused.filter((file) => file in SOUND)).toEqual([]);
  });

  it('ends with 1, whatever the number of violations', () => {
    expect(walls.status).toBe(1);
  });
});

describe('the purity of the packages', () => {
  const diagnosticsOf = (file: string): Diagnostic[] =>
    (JSON.parse(lint.stdout) as { diagnostics: Diagnostic[] }).diagnostics.filter(
      ({ location }) => location.path === file,
    );

  it.each(BROKEN_LINES)('%s', (name, category, message) => {
    expect(diagnosticsOf(lineFile(name))).toContainEqual(
      expect.objectContaining({ category, message: expect.stringMatching(message), severity: 'error' }),
    );
  });

  it('leaves sound files alone', () => {
    const accused = Object.keys(SOUND).flatMap((file) =>
      diagnosticsOf(file).filter(({ category }) => BROKEN_LINES.some(([, known]) => known === category)),
    );
    expect(accused).toEqual([]);
  });
});

it('refuses a lockfile that names a host', () => {
  expect(lockfile.status).toBe(1);
  expect(lockfile.stdout).toContain('node_modules/undici: names where it was fetched from');
});
