import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Simulator } from '../apps/cli/test/scan/support.js';
import { runProcess } from '../scripts/demo/scanners.mjs';
import { makeScratch, removeScratch } from './gate.js';
import { type Build, LIBRARY, runBuilds, writeProgram } from './jenkins-server.js';
import { GROOVY_LINT, JAVA_HOME, ROOT } from './tools.mjs';

/* The pipelines of examples/jenkins, executed by Groovy with the step of the library; and both, read by a linter. */

const BIN = join(ROOT, 'apps/cli/bin/scangate.mjs');
const EXAMPLES = join(ROOT, 'examples/jenkins');
const VIOLATED = 'scangate: the policy is violated (exit 1); see the log of this step';

let scratch: string;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => removeScratch(scratch));

describe('the pipelines of examples/jenkins', () => {
  const example = (name: string): Promise<string> => readFile(join(EXAMPLES, name), 'utf8');

  test('scan, judge, and wait for hours without an executor', async () => {
    // Asked about twice in vain, then judged.
    const bin = join(scratch, 'example-bin');
    const counter = join(scratch, 'looks');
    await writeProgram(join(bin, 'npm'), '#!/bin/sh\necho "npm $*"\n');
    await writeProgram(
      join(bin, 'scangate'),
      `#!/bin/sh
[ "$1" != start ] || { mkdir -p .scangate/state; echo '{}' >.scangate/state/shop-web.json; exit 0; }
[ "$1" = collect ] || exit 0
[ -f .scangate/state/shop-web.json ] && [ -f start-collect.yml ] || exit 2
echo look >>'${counter}'
[ "$(wc -l <'${counter}')" -gt 2 ] || exit 5
`,
    );
    const files = { 'start-collect.yml': await example('start-collect.yml') };
    const environment = { PATH: `${bin}:/usr/bin:/bin` };
    const run = await runBuilds(
      join(scratch, 'examples'),
      await Promise.all(
        ['Jenkinsfile', 'Jenkinsfile.scripted', 'Jenkinsfile.start-collect'].map(async (name) => ({
          name,
          script: await example(name),
          files,
          environment,
          credentials: { qualys: { username: 'builder', password: 's3cret' } },
        })),
      ),
    );
    const told = (name: string) =>
      run.get(name)?.steps.flatMap(({ step, status, label, executors, files: stashed }) => {
        if (step === 'sh') return [`${label ?? 'sh'}: ${status}`];
        if (step === 'stash') return [`stash ${String(stashed)}`];
        return step === 'sleep'
          ? [`sleep holding ${executors}`]
          : ['node', 'unstash', 'junit'].includes(step)
            ? [step]
            : [];
      });
    expect([...run.values()].map(({ result }) => result)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
    expect(told('Jenkinsfile')).toEqual(['node', 'sh: 0', 'node', 'scangate run: 0', 'junit']);
    expect(told('Jenkinsfile.scripted')).toEqual(['node', 'sh: 0', 'scangate evaluate: 0', 'junit']);
    const look = (status: number) => ['sleep holding 0', 'node', 'unstash', `scangate collect: ${status}`];
    expect(told('Jenkinsfile.start-collect')).toEqual([
      ...['node', 'scangate start: 0', 'stash .scangate/state/shop-web.json,start-collect.yml'],
      ...[...look(5), ...look(5), ...look(0), 'junit'],
    ]);
  });

  test('really start a scan on one agent and judge it on another', async () => {
    const simulator = await Simulator.start({ seed: 'demo,minutes=60', speed: 400 });
    try {
      const clock = join(ROOT, 'apps/cli/test/scan/fast-clock.mjs');
      const bin = join(scratch, 'real-bin');
      await writeProgram(join(bin, 'scangate'), `#!/bin/sh\nexec node --import '${clock}' '${BIN}' "$@"\n`);
      const run = await runBuilds(join(scratch, 'two-nodes'), [
        {
          name: 'start-collect',
          script: await example('Jenkinsfile.start-collect'),
          files: { 'start-collect.yml': await example('start-collect.yml') },
          environment: {
            PATH: `${bin}:${process.env.PATH ?? ''}`,
            HOME: join(scratch, 'home'),
            SCANGATE_QUALYS_API_URL: simulator.said.api,
            SCANGATE_QUALYS_GATEWAY_URL: simulator.said.gateway,
            SCANGATE_QUALYS_PORTAL_URL: simulator.said.portal,
            ...simulator.clock,
          },
          credentials: { qualys: { username: simulator.said.username, password: simulator.said.password } },
        },
      ]);
      const { result, message, steps } = run.get('start-collect') as Build;
      const ends = steps.filter(({ step }) => step === 'sh').map(({ status }) => status);
      const log = steps.map(({ output }) => output ?? '').join('\n');
      expect([result, message], log).toEqual(['FAILURE', VIOLATED]);
      // Started, still running at least once, judged.
      expect([ends[0], ends.slice(1, -1).length > 0, new Set(ends.slice(1, -1)), ends.at(-1)], log).toEqual([
        ...[0, true, new Set([5]), 1],
      ]);
      expect((await simulator.state()).launches).toHaveLength(1);
      expect(steps.filter(({ step }) => step === 'junit')).toHaveLength(1);
    } finally {
      simulator.stop();
    }
  });
});

test('npm-groovy-lint finds no error in the library and the examples, and one in what is broken', async () => {
  const folder = join(scratch, 'lint');
  await cp(LIBRARY, join(folder, 'library'), { recursive: true });
  for (const name of ['Jenkinsfile', 'Jenkinsfile.scripted', 'Jenkinsfile.start-collect']) {
    // The linter knows them by this name alone.
    await cp(join(EXAMPLES, name), join(folder, name.replace('Jenkinsfile', 'example'), 'Jenkinsfile'));
  }
  await writeFile(join(folder, 'broken.groovy'), 'Map broken = [\n');
  const output = join(folder, 'found.json');
  const args = ['--noserver', '--failon', 'none', '--config', 'recommended-jenkinsfile', '--path', folder];
  const end = await runProcess(process.execPath, [GROOVY_LINT, ...args, '--output', output], {
    env: { JAVA_HOME, PATH: `${JAVA_HOME}/bin:${process.env.PATH}`, HOME: scratch },
    timeoutMs: 200_000,
  });
  expect(end.code, end.stderr).toBe(0);
  const { files } = JSON.parse(await readFile(output, 'utf8')) as {
    files: Record<string, { errors: { severity: string; rule: string; line: number }[] }>;
  };
  const errors = Object.entries(files).map(([file, found]) => [
    file.slice(folder.length + 1),
    found.errors.filter(({ severity }) => severity === 'error').map(({ rule, line }) => `${rule} in line ${line}`),
  ]);
  expect(Object.fromEntries(errors)).toEqual({
    'broken.groovy': [expect.stringMatching(/^NglParseError/)],
    'example/Jenkinsfile': [],
    'example.scripted/Jenkinsfile': [],
    'example.start-collect/Jenkinsfile': [],
    'library/vars/scangate.groovy': [],
  });
});
