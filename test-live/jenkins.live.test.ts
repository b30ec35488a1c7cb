import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeScratch, removeScratch } from './gate.js';
import { type Build, runBuilds, type Scenario, writeProgram } from './jenkins-server.js';
import { ROOT } from './tools.mjs';

/* The step of the library, executed by Groovy. Its scripts really run, under the shell that the script names. */

const BIN = join(ROOT, 'apps/cli/bin/scangate.mjs');
const HOSTILE = ["it's", '$(touch pwned)', '`touch pwned`', 'a b', '--out', '"', '\\', '!x', '-', '*', 'a\nb', '~'];

/** Writes down its words, and does what a verdict does: leaves files and ends with a status. */
const FAKE = `#!/bin/sh
for word in "$@"; do printf '%s\\0' "$word"; done >words
env | grep ^SCANGATE_ | sort >variables
mkdir -p scangate-out/report
for name in junit.xml jenkins-issues.json scangate.sarif report/index.html; do
  [ -z "$FAKE_SILENT" ] || break
  echo new >"scangate-out/$name"
done
exit "$FAKE_EXIT"
`;

let scratch: string;
let builds: Map<string, Build>;

const build = (name: string): Build => {
  const found = builds.get(name);
  if (!found) throw new Error(`${name} was not run`);
  return found;
};
const stepsOf = (name: string, step: string) => build(name).steps.filter((one) => one.step === step);
const workspaceOf = (name: string): string => join(build(name).folder, 'workspace-1');
const wordsOf = async (name: string): Promise<string[]> =>
  (await readFile(join(workspaceOf(name), 'words'), 'utf8')).split('\0').slice(0, -1);

const groovyText = (text: string): string =>
  `'${text.replace(/[\\']/g, (unit) => `\\${unit}`).replaceAll('\n', '\\n')}'`;

/** A scenario whose scangate is the fake one, ending with a status. */
const fake = (name: string, script: string, status = 0, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  script,
  ...rest,
  environment: { PATH: `${join(scratch, 'bin')}:/usr/bin:/bin`, FAKE_EXIT: String(status), ...rest.environment },
});

const EXITS: Record<string, [status: number, result: Build['result'], message: string | null]> = {
  pass: [0, 'SUCCESS', null],
  fail: [1, 'FAILURE', 'scangate: the policy is violated (exit 1); see the log of this step'],
  usage: [2, 'FAILURE', 'scangate: the step is set up wrongly (usage) (exit 2); see the log of this step'],
  warn: [3, 'UNSTABLE', 'scangate: the policy warns; see the scangate report of this build'],
  inconclusive: [
    4,
    'FAILURE',
    'scangate: inconclusive: not everything could be seen, so there is no verdict (exit 4); see the log of this step',
  ],
  timeout: [5, 'FAILURE', 'scangate: the wait is over; the scan was not judged (exit 5); see the log of this step'],
  refused: [
    6,
    'FAILURE',
    'scangate: the platform refused: credentials, permission or entitlement (exit 6); see the log of this step',
  ],
  internal: [70, 'FAILURE', 'scangate: internal error (exit 70); see the log of this step'],
  temporary: [
    75,
    'FAILURE',
    'scangate: temporary: quota or network, after all retries (exit 75); see the log of this step',
  ],
  killed: [137, 'FAILURE', 'scangate: it ended in an unknown way (exit 137); see the log of this step'],
};

const MISUSED: Record<string, [script: string, message: RegExp]> = {
  'a parameter nobody knows': ["scangate(polcy: 'x.yml')", /^scangate: unknown parameter polcy; known are command, /],
  'a command nobody knows': ["scangate(command: 'scan')", /^scangate: the command is run, start, collect or evaluate/],
  'reports without evaluate': [
    "scangate(reports: ['trivy.json'])",
    /^scangate: reports belong to the command evaluate/,
  ],
  'targets with evaluate': ["scangate(command: 'evaluate', targets: 'shop')", /^scangate: targets belong to the comm/],
  'a kind of credentials nobody knows': [
    "scangate(credentialsId: 'qualys', credentialsType: 'ssh')",
    /^scangate: credentialsType is password, client or token, not ssh/,
  ],
  'a kind of issues nobody knows': ["scangate(issues: 'checkstyle')", /^scangate: issues is native, sarif or false/],
};

const CREDENTIALS = { qualys: { username: 'builder', password: 's3cret', text: 't0ken' } };

beforeAll(async () => {
  scratch = await makeScratch();
  await writeProgram(join(scratch, 'bin/scangate'), FAKE);
  const real = {
    PATH: process.env.PATH ?? '',
    SCANGATE_BIN: BIN,
    JENKINS_URL: 'https://jenkins.example/',
    BUILD_NUMBER: '7',
  };
  const demo = (name: string): string => groovyText(join(ROOT, 'demo/reports', name));
  const evaluate = (report: string, rest: string): string =>
    `scangate(command: 'evaluate', reports: [${demo(report)}]${rest})`;
  const stale = "writeFile(file: 'scangate-out/junit.xml', text: 'old')\n";
  builds = await runBuilds(join(scratch, 'builds'), [
    ...Object.entries(EXITS).map(([name, [status]]) => fake(name, 'scangate()', status)),
    ...Object.entries(MISUSED).map(([name, [script]]) => fake(name, script)),
    fake('returnStatus', 'scangate(returnStatus: true)', 1),
    fake('returnTimeout', "scangate(command: 'collect', returnTimeout: true)", 5),
    fake('stale', `${stale}scangate()`, 4, { environment: { FAKE_SILENT: '1' } }),
    fake('no plugins', 'scangate()', 1, { missing: ['junit', 'recordIssues', 'issues', 'publishHTML'] }),
    fake('sarif', "scangate(issues: 'sarif', id: 'web', name: 'Web gate', html: false, archive: false)"),
    fake('unpublished', 'scangate(publish: false)'),
    fake('start', "scangate(command: 'start', targets: 'shop-web', policy: 'p.yml', failOn: 'high', state: 's')"),
    fake(
      'hostile',
      `scangate(command: 'evaluate', reports: [${HOSTILE.map(groovyText)}], config: ${groovyText(HOSTILE.join(''))},
                failOn: ['critical', "high=\${1 + 2}"], options: ['--verbose'], quiet: true)`,
    ),
    ...['password', 'client', 'token'].map((type) =>
      fake(`credentials ${type}`, `scangate(credentialsId: 'qualys', credentialsType: '${type}')`, 0, {
        credentials: CREDENTIALS,
      }),
    ),
    { name: 'nothing there', script: 'scangate()', environment: { PATH: '/usr/bin:/bin' } },
    { name: 'real fail', script: evaluate('trivy-config.json', ", failOn: 'critical'"), environment: real },
    {
      name: 'real warn',
      script: `node('linux') { checkout(scm); ${evaluate('trivy-config.json', ", policy: 'warn.yml'")} }`,
      files: { 'warn.yml': 'rules: [{ name: few, select: { severity: high }, max: 0, action: warn }]\n' },
      environment: real,
    },
    {
      name: 'real inconclusive',
      script: "scangate(command: 'evaluate', reports: 'gone.json', failOn: 'high')",
      environment: real,
    },
  ]);
});
afterAll(() => removeScratch(scratch));

describe('the result of a build', () => {
  test.each(Object.entries(EXITS))('is in words of its own: %s', (name, [, result, message]) => {
    expect([build(name).result, build(name).message]).toEqual([result, message]);
  });

  test.each(Object.entries(MISUSED))('is red, before anything runs, for %s', (name, [, message]) => {
    expect(build(name)).toMatchObject({ result: 'FAILURE', message: expect.stringMatching(message), steps: [] });
  });

  test('is left to the pipeline where that is asked for', () => {
    expect(build('returnStatus')).toMatchObject({ result: 'SUCCESS', value: 1 });
    expect(stepsOf('returnStatus', 'junit')).toHaveLength(1);
  });

  test('is not there yet, and nothing is shown, while a pipeline waits for the scan by itself', () => {
    expect(build('returnTimeout')).toMatchObject({ result: 'SUCCESS', value: 5 });
    expect(build('returnTimeout').steps.map(({ step }) => step)).toEqual(['sh']);
  });

  test('is inconclusive where the agent has no scangate', () => {
    expect(build('nothing there')).toMatchObject({ result: 'FAILURE', message: EXITS.inconclusive?.[2] });
    expect(stepsOf('nothing there', 'sh')[0]?.output).toContain('scangate: mend: install it (npm install scangate)');
  });
});

describe('the plugins', () => {
  test('are handed what was written, and never decide the result', () => {
    expect(build('fail').steps.slice(1)).toEqual([
      {
        step: 'junit',
        testResults: 'scangate-out/junit.xml',
        allowEmptyResults: true,
        skipMarkingBuildUnstable: true,
        skipMarkingStageUnstable: true,
        skipPublishingChecks: true,
        skipOldReports: true,
        seen: ['scangate-out/junit.xml'],
      },
      {
        step: 'recordIssues',
        tool: { issues: { pattern: 'scangate-out/jenkins-issues.json', id: 'scangate', name: 'scangate' } },
        enabledForFailure: true,
        skipBlames: true,
        quiet: true,
        seen: ['scangate-out/jenkins-issues.json'],
      },
      {
        step: 'publishHTML',
        target: {
          reportDir: 'scangate-out/report',
          reportFiles: 'index.html',
          reportName: 'scangate',
          keepAll: true,
          alwaysLinkToLastBuild: true,
          allowMissing: true,
        },
        seen: ['scangate-out/report/index.html'],
      },
      {
        step: 'archiveArtifacts',
        artifacts: 'scangate-out/**',
        allowEmptyArchive: true,
        fingerprint: false,
        seen: expect.arrayContaining(['scangate-out/junit.xml', 'scangate-out/report/index.html']),
      },
    ]);
  });

  test('that are missing are named, and the verdict stands', () => {
    expect(build('no plugins')).toMatchObject({ result: 'FAILURE', message: EXITS.fail?.[2] });
    expect(stepsOf('no plugins', 'echo').map(({ value }) => value)).toEqual(
      [
        ['junit', 'junit'],
        ['recordIssues', 'issues'],
        ['publishHTML', 'publishHTML'],
      ].map(
        ([step, lacking]) =>
          `scangate: this server has no step ${step}, so its reports are not shown there (No such DSL method '${lacking}' found among steps)`,
      ),
    );
    expect(stepsOf('no plugins', 'archiveArtifacts')).toHaveLength(1);
  });

  test('are chosen, named and left out by parameters', () => {
    expect(stepsOf('sarif', 'recordIssues')[0]?.tool).toEqual({
      sarif: { pattern: 'scangate-out/scangate.sarif', id: 'web', name: 'Web gate' },
    });
    expect(build('sarif').steps.map(({ step }) => step)).toEqual(['sh', 'junit', 'recordIssues']);
    expect(build('unpublished').steps.map(({ step }) => step)).toEqual(['sh']);
  });

  test('see no report of an earlier build', () => {
    expect(stepsOf('stale', 'junit')[0]?.seen).toEqual([]);
    expect(build('stale').result).toBe('FAILURE');
  });
});

describe('the script', () => {
  test('hands over every word as it is, and runs no part of it', async () => {
    expect(await wordsOf('hostile')).toEqual([
      ...['evaluate', '--out', 'scangate-out', '--exit-on-warn', '--config', HOSTILE.join('')],
      ...['--fail-on', 'critical', '--fail-on', 'high=3', '--quiet', '--verbose', '--', ...HOSTILE],
    ]);
    expect(await readdir(workspaceOf('hostile'))).not.toContain('pwned');
    // No command is echoed into the log, and the wrapper does not stay.
    expect(stepsOf('hostile', 'sh')).toEqual([{ step: 'sh', label: 'scangate evaluate', status: 0, output: '' }]);
    expect(await readdir(`${workspaceOf('hostile')}@tmp`)).toEqual(['output']);
  });

  test('gives start what it knows, so that collect can be given the same', async () => {
    expect(await wordsOf('start')).toEqual(['start', '--state', 's', '--', 'shop-web']);
    expect(build('start').steps.map(({ step }) => step)).toEqual(['sh']);
  });

  test.each([
    ['password', { SCANGATE_QUALYS_USERNAME: 'builder', SCANGATE_QUALYS_PASSWORD: 's3cret' }],
    ['client', { SCANGATE_QUALYS_CLIENT_ID: 'builder', SCANGATE_QUALYS_CLIENT_SECRET: 's3cret' }],
    ['token', { SCANGATE_QUALYS_TOKEN: 't0ken' }],
  ])('has the credentials in its environment alone: %s', async (type, variables) => {
    const name = `credentials ${type}`;
    const lines = Object.entries(variables).map(([variable, value]) => `${variable}=${value}\n`);
    const seen = await readFile(join(workspaceOf(name), 'variables'), 'utf8');
    expect(seen).toBe(lines.sort().join(''));
    expect((await wordsOf(name)).join(' ')).not.toMatch(/s3cret|t0ken/);
    expect(build(name).result).toBe('SUCCESS');
  });
});

describe('with the real program', () => {
  test.each([
    ['real fail', 'FAILURE', EXITS.fail?.[2]],
    ['real warn', 'UNSTABLE', EXITS.warn?.[2]],
    ['real inconclusive', 'FAILURE', EXITS.inconclusive?.[2]],
  ])('%s', (name, result, message) => {
    expect([build(name).result, build(name).message], String(stepsOf(name, 'sh')[0]?.output)).toEqual([
      result,
      message,
    ]);
    expect(['junit', 'recordIssues', 'publishHTML'].map((step) => stepsOf(name, step)[0]?.seen)).toEqual([
      ['scangate-out/junit.xml'],
      ['scangate-out/jenkins-issues.json'],
      ['scangate-out/report/index.html'],
    ]);
  });
});
