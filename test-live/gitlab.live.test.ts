import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Ajv from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Simulator } from '../apps/cli/test/scan/support.js';
import { runProcess } from '../scripts/demo/scanners.mjs';
import { makeScratch, removeScratch } from './gate.js';
import { BIN, makeProject, type Pipeline, runPipeline } from './gitlab-ci-local.js';
import { ROOT } from './tools.mjs';

/* The template and the components, executed as pipelines; and what they write, read by what GitLab reads it with. */

const SCHEMAS = process.env.SCANGATE_SCHEMAS ?? join(ROOT, '..', 'shared', 'schemas');
const NO_SCHEMAS = 'no schemas there: name their folder in SCANGATE_SCHEMAS';
const COMMAND = `node ${BIN}`;

const REPORTS: Record<string, string> = {
  'gl-code-quality-report.json': 'codequality.tightened.json',
  'gl-container-scanning-report.json': 'container-scanning-report-format-15.2.0.json',
  'gl-dast-report.json': 'dast-report-format-15.2.1.composed.json',
  'gl-dependency-scanning-report.json': 'dependency-scanning-report-format-15.1.5.json',
  'gl-sast-report.json': 'sast-report-format-15.2.1.composed.json',
};

const rule = (action: string, max: number): string =>
  `rules: [{ name: few highs, select: { severity: high }, max: ${max}, action: ${action} }]\n`;

/** What a job is asked, the result that the pipeline shows, and what later jobs are told. */
const SITUATIONS = {
  pass: { args: 'evaluate reports/trivy.json --policy pass.yml', result: 'PASS', told: 'pass 0' },
  warn: { args: 'evaluate reports/trivy.json --policy warn.yml', result: 'WARN', told: 'warn 3' },
  fail: { args: 'evaluate reports/trivy.json reports/wapiti.json --policy fail.yml', result: 'FAIL', told: 'fail 1' },
  inconclusive: { args: 'evaluate reports/half.json --policy pass.yml', result: 'FAIL', told: 'inconclusive 4' },
} as const;
type Situation = keyof typeof SITUATIONS;
const NAMES = Object.keys(SITUATIONS) as Situation[];

let scratch: string;
let files: Record<string, string>;

beforeAll(async () => {
  scratch = await makeScratch();
  const demo = (name: string) => readFile(join(ROOT, 'demo/reports', name), 'utf8');
  const wapiti = await demo('wapiti.json');
  files = {
    'reports/trivy.json': await demo('trivy-config.json'),
    'reports/wapiti.json': wapiti,
    'reports/half.json': wapiti.slice(0, wapiti.length / 2),
    'pass.yml': rule('fail', 99),
    'warn.yml': rule('warn', 1),
    'fail.yml': rule('fail', 1),
  };
});
afterAll(() => removeScratch(scratch));

const TELL = `tell:
  stage: deploy
  needs: [gate]
  when: always
  script: ['echo "told: $SCANGATE_OUTCOME $SCANGATE_EXIT_CODE"']
`;

const FORMS: Record<string, (args: string) => string> = {
  template: (args) => `include: [{ local: templates/scangate.gitlab-ci.yml }]
gate:
  extends: .scangate
  variables: { SCANGATE_COMMAND: "${COMMAND}", SCANGATE_ARGUMENTS: "${args}" }
`,
  component: (args) => `include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/scangate@$CI_COMMIT_SHA
    inputs: { job_name: gate, command: "${COMMAND}", arguments: "${args}" }
`,
};

describe.each(Object.keys(FORMS))('a pipeline with the %s', (form) => {
  const pipelines = new Map<Situation, Pipeline>();
  const pipelineOf = (situation: Situation): Pipeline => {
    const pipeline = pipelines.get(situation);
    if (!pipeline) throw new Error(`${situation} was not run`);
    return pipeline;
  };

  test.for(NAMES)('ends as the gate says: %s', async (situation) => {
    const { args, result, told } = SITUATIONS[situation];
    const pipeline = FORMS[form]?.(args) ?? '';
    const project = await makeProject(join(scratch, form, situation), {
      ...files,
      '.gitlab-ci.yml': `${pipeline}${TELL}`,
    });
    const run = await runPipeline(project);
    pipelines.set(situation, run);
    expect(run.jobs, run.log).toEqual({ gate: result, tell: 'PASS' });
    expect(run.log).toContain(`told: ${told}`);
    expect(run.log).toContain('json schema validated');
  });

  test.for(NAMES)("writes what GitLab's schemas take: %s", async (situation, { skip }) => {
    skip(!existsSync(SCHEMAS), NO_SCHEMAS);
    for (const [name, schema] of Object.entries(REPORTS)) {
      const ajv = new Ajv.default({ strict: false, logger: false });
      const validate = ajv.compile(JSON.parse(await readFile(join(SCHEMAS, 'gitlab', schema), 'utf8')) as object);
      validate(JSON.parse(await pipelineOf(situation).artifact('gate', `scangate-out/${name}`)));
      expect(validate.errors, name).toBeNull();
    }
  });

  test('folds the findings of the log', () => {
    const { log } = pipelineOf('fail');
    expect(log).toMatch(/scangate_rule_1 took \d+ ?ms/);
  });

  test('names the reports by kind', async () => {
    const count = async (name: string) => {
      const text = await pipelineOf('fail').artifact('gate', `scangate-out/gl-${name}-report.json`);
      return (JSON.parse(text) as { vulnerabilities: unknown[] }).vulnerabilities.length;
    };
    const counts = {
      sast: await count('sast'),
      dast: await count('dast'),
      container: await count('container-scanning'),
      dependency: await count('dependency-scanning'),
    };
    expect(counts).toEqual({ sast: 41, dast: 11, container: 0, dependency: 0 });
  });
});

describe('start in one job, collect in another', () => {
  const forms: Record<string, string> = {
    template: `include: [{ local: templates/scangate.gitlab-ci.yml }]
scangate-start: { extends: .scangate-start }
scangate-collect: { extends: .scangate-collect, needs: [scangate-start], when: delayed, start_in: 1 second }
`,
    component: `include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/scangate-start-collect@$CI_COMMIT_SHA
    inputs: { collect_after: 1 second }
`,
  };

  test.each(Object.keys(forms))('with the %s', async (form) => {
    const simulator = await Simulator.start();
    try {
      const project = await makeProject(join(scratch, 'start-collect', form), {
        '.gitlab-ci.yml': forms[form] ?? '',
        'scangate.yml': `version: 1
targets: { shop-web: { scanner: qualys-was, webApp: "Shop (staging)" } }
policy: { rules: [{ name: nothing critical, select: { severity: critical }, max: 0 }] }
`,
      });
      const clock = join(ROOT, 'apps/cli/test/scan/fast-clock.mjs');
      const variables = {
        ...simulator.env,
        ...simulator.clock,
        SCANGATE_COMMAND: `node --import ${clock} ${BIN}`,
        SCANGATE_CACHE: join(scratch, 'cache', form),
      };
      const run = await runPipeline(project, { variables });
      expect(run.jobs, run.log).toEqual({ 'scangate-start': 'PASS', 'scangate-collect': 'FAIL' });
      const verdict = JSON.parse(await run.artifact('scangate-collect', 'scangate-out/verdict.json')) as object;
      expect(verdict).toMatchObject({
        outcome: 'fail',
        exitCode: 1,
        targets: [{ name: 'shop-web', state: 'complete' }],
      });
      // One scan: the second job took up the first one's.
      expect((await simulator.state()).launches.map(({ name }) => name)).toHaveLength(1);
    } finally {
      simulator.stop();
    }
  });
});

test('the example runs the demo, stops what must be stopped, and lets through what is clean', async () => {
  const project = await makeProject(join(scratch, 'example'), {});
  for (const part of ['examples/gitlab', 'packages/ci-gitlab/templates', 'demo']) {
    await cp(join(ROOT, part), join(project, part), { recursive: true });
  }
  await runProcess('git', ['add', '--all'], { cwd: project });
  const run = await runPipeline(project, {
    file: 'examples/gitlab/.gitlab-ci.yml',
    variables: { SCANGATE_COMMAND: COMMAND },
  });
  expect(run.jobs, run.log).toEqual({ demo: 'PASS', gate: 'FAIL', clean: 'PASS', deploy: 'PASS' });
  expect(run.log).toContain('The gate said pass with 0 critical findings.');
});

/** GitLab reads JUnit through this conversion. Prints the cases that are left, each with what is shown of it. */
const RUBY = `
require 'json'
require 'active_support'
require 'active_support/core_ext/hash/conversions'
suites = Array.wrap(Hash.from_xml(File.read(ARGV[0]))['testsuites']['testsuite'])
cases = suites.flat_map { |suite| Array.wrap(suite['testcase']).map { |one| one.merge('suite' => suite['name']) } }
puts JSON.generate(cases)
`;

interface RubyCase {
  suite: string;
  name: string;
  classname: string;
  failure?: unknown;
  error?: unknown;
}

async function rubyCases(xml: string, name: string): Promise<RubyCase[]> {
  const file = join(scratch, `${name}.xml`);
  await writeFile(file, xml);
  const { code, stdout, stderr } = await runProcess('ruby', ['-e', RUBY, file]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as RubyCase[];
}

describe("GitLab's conversion of XML reads junit.xml", () => {
  test.for(NAMES)('of a verdict that is %s: every case, each with its text', async (situation) => {
    const project = join(scratch, 'template', situation);
    const xml = await readFile(join(project, '.gitlab-ci-local/artifacts/gate/scangate-out/junit.xml'), 'utf8');
    const cases = await rubyCases(xml, `junit-${situation}`);
    expect(cases).toHaveLength(xml.match(/<testcase /g)?.length ?? -1);
    // GitLab ignores the second of two cases with the same names.
    expect(new Set(cases.map(({ suite, classname, name }) => JSON.stringify([suite, classname, name]))).size).toBe(
      cases.length,
    );
    const broken = cases.flatMap(({ failure, error }) => [failure, error].filter((text) => text !== undefined));
    expect(broken.map((text) => typeof text)).toEqual(broken.map(() => 'string'));
    expect(broken.length > 0).toBe(situation === 'fail' || situation === 'inconclusive');
  });

  test('of a hostile report: not one case more', async () => {
    const attack = ']]></failure></testcase><testcase name="x"/>\u001b[31m\u0000&#27;\ud800';
    const report = {
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: attack } },
          results: [{ ruleId: attack, level: 'error', message: { text: attack } }],
        },
      ],
    };
    await writeFile(join(scratch, 'hostile.sarif'), JSON.stringify(report));
    const args = [BIN, 'evaluate', 'hostile.sarif', '--fail-on', 'info', '--out', 'hostile', '--ci', 'gitlab'];
    const { code } = await runProcess(process.execPath, args, { cwd: scratch });
    expect(code).not.toBe(0);
    const cases = await rubyCases(await readFile(join(scratch, 'hostile/junit.xml'), 'utf8'), 'junit-hostile');
    expect(cases.map(({ name }) => name)).toEqual([
      'the policy was judged',
      'info or above',
      'scan of hostile is complete',
    ]);
  });
});
