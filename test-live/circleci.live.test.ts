import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runProcess } from '../scripts/demo/scanners.mjs';
import { makeScratch, removeScratch } from './gate.js';
import { CIRCLECI_PARSER, ROOT } from './tools.mjs';

/* The packed orb: its script under bats, and configurations that use it under CircleCI's own parser. */

const BIN = join(ROOT, 'apps/cli/bin/scangate.mjs');

type Element = { parameters?: object; steps?: { run?: { command: string } }[] };

interface Orb {
  commands: Record<string, Element>;
  jobs: Record<string, Element>;
  executors: Record<string, Element>;
  examples: Record<string, { usage: object }>;
}

interface Parser {
  parseConfig(config: unknown, manifests: Record<string, unknown>): { generate(): string };
  parseOrbManifest(manifest: Record<string, unknown>): unknown;
  parseReusableCommands(commands: unknown): { name: string }[];
  parseReusableExecutors(executors: unknown): { name: string }[];
}

const parser = createRequire(import.meta.url)(CIRCLECI_PARSER) as Parser;

let scratch: string;
let orb: Orb;
beforeAll(async () => {
  scratch = await makeScratch();
  orb = parse(await readFile(join(ROOT, 'packages/ci-circleci/orb/orb.yml'), 'utf8')) as Orb;
});
afterAll(() => removeScratch(scratch));

/** The parser asks for the parameters of each element alone. */
const parametersOf = (elements: Record<string, Element>) =>
  Object.fromEntries(Object.entries(elements).map(([name, { parameters = {} }]) => [name, parameters]));

function parseWithOrb(config: unknown): string {
  const manifest = parser.parseOrbManifest({
    commands: parametersOf(orb.commands),
    jobs: parametersOf(orb.jobs),
    executors: parametersOf(orb.executors),
  });
  return JSON.stringify(parser.parseConfig(config, { scangate: manifest }).generate());
}

test('bats: the script that every command of the orb holds', async () => {
  const scripts = Object.values(orb.commands).map(({ steps = [] }) => steps.find(({ run }) => run)?.run?.command);
  expect([scripts.length, new Set(scripts).size]).toEqual([4, 1]);
  const [script, gate] = [join(scratch, 'scangate.sh'), join(scratch, 'gate')];
  await writeFile(script, scripts[0] ?? '');
  await writeFile(gate, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  await chmod(gate, 0o755);
  const { code, stdout, stderr } = await runProcess('bats', ['--tap', join(ROOT, 'test-live/circleci/orb.bats')], {
    env: { SCRIPT: script, GATE: gate, ROOT },
  });
  expect(code, `${stdout}${stderr}`).toBe(0);
  expect(stdout.split('\n').filter((line) => line.startsWith('ok '))).toHaveLength(8);
});

describe("CircleCI's parser", () => {
  test('takes the commands and the executor of the orb', () => {
    expect(parser.parseReusableCommands(orb.commands).map(({ name }) => name)).toEqual(Object.keys(orb.commands));
    expect(parser.parseReusableExecutors(orb.executors).map(({ name }) => name)).toEqual(['default']);
  });

  test('takes the examples of the project, with the orb and without', async () => {
    const example = (name: string) => readFile(join(ROOT, 'examples/circleci', name), 'utf8');
    const config = parseWithOrb(await example('.circleci/config.yml'));
    for (const part of ['"scangate/gate"', '"scangate/start"', '"scangate/collect"', 'npm ci && npm run demo']) {
      expect(config).toContain(part);
    }
    expect(JSON.stringify(parser.parseConfig(await example('inline.yml'), {}).generate())).toContain(
      '"store_test_results":{"path":"scangate-out/junit.xml"}',
    );
  });

  test('takes the examples that the orb brings', () => {
    for (const [name, { usage }] of Object.entries(orb.examples)) {
      // Jobs are optional in a configuration, and not for this parser.
      const config = { jobs: { build: { docker: [{ image: 'cimg/base:2024.12' }], steps: ['checkout'] } }, ...usage };
      expect(parseWithOrb(config), name).toContain('scangate/scangate@0.1.0');
    }
  });

  test('refuses a command that the orb does not have', async () => {
    const config = await readFile(join(ROOT, 'examples/circleci/.circleci/config.yml'), 'utf8');
    expect(() => parseWithOrb(config.replace('scangate/start', 'scangate/begin'))).toThrow('scangate/begin not found');
  });
});

test('shellcheck has nothing to say about any script that a pipeline runs', async () => {
  const recipe = parse(await readFile(join(ROOT, 'packages/ci-teamcity/recipe/scangate.yml'), 'utf8')) as {
    steps: { script: string }[];
  };
  const ofTeamCity = join(scratch, 'recipe.sh');
  await writeFile(ofTeamCity, recipe.steps[0]?.script ?? '');
  const broken = join(scratch, 'broken.sh');
  await writeFile(broken, '#!/bin/sh\nrm $1\n');
  const check = (...args: string[]) => runProcess('shellcheck', ['--format=gcc', ...args], { cwd: ROOT });
  expect(
    await check(
      ...['.ci/run', 'packages/ci-circleci/orb/src/scripts/scangate.sh'],
      ...['packages/ci-jenkins/library/resources/scangate/scangate.sh'],
      ...['packages/ci-bamboo/scangate.sh', 'packages/ci-bamboo/run-scangate.sh'],
    ),
  ).toMatchObject({ code: 0, stdout: '' });
  // Its inputs are variables that TeamCity sets.
  expect(await check('--exclude=SC2154', ofTeamCity)).toMatchObject({ code: 0, stdout: '' });
  expect(await check(broken)).toMatchObject({ code: 1 });
});
