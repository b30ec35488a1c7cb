import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '@scangate/core/config';
import Ajv from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CI_ADAPTERS } from '../apps/cli/src/ci-adapters.js';

/* The pipelines under examples/. Jenkinsfiles and CircleCI's own parser: test-live. */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const EXAMPLES = join(ROOT, 'examples');
const SCHEMAS = process.env.SCANGATE_SCHEMAS ?? join(ROOT, '../shared/schemas');
const circleSchema = join(SCHEMAS, 'circleci/circleci-config.json');

const files = readdirSync(EXAMPLES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(EXAMPLES.length + 1));
const text = (path: string): string => readFileSync(join(EXAMPLES, path), 'utf8');

type Step = Record<string, unknown> & { run?: string | { command: string } };

describe('the examples', () => {
  it.each(CI_ADAPTERS.map(({ tool }) => tool))('of %s have a page, and a job that runs the demo', (tool) => {
    const own = files.filter((file) => file.startsWith(`${tool}/`));
    expect(text(`${tool}/README.md`)).toContain(`docs/ci/${tool}.md`);
    expect(existsSync(join(ROOT, `docs/ci/${tool}.md`))).toBe(true);
    const demos = own.filter((file) => /npm ci && npm run demo|scangate demo|demo$/m.test(text(file)));
    expect(demos.filter((file) => !file.endsWith('.md'))).not.toEqual([]);
  });

  const configs = files
    .filter((file) => ['scangate.yml', 'start-collect.yml'].includes(basename(file)))
    .filter((file) => !file.includes('/.'));
  it('have a configuration each', () => {
    expect(configs).toEqual(expect.arrayContaining(['azure/scangate.yml', 'jenkins/start-collect.yml']));
    expect(configs.length).toBeGreaterThanOrEqual(7);
  });

  it.each(configs)('are configured as the program wants it: %s', (file) => {
    const variables = [...text(file).matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, 'example.test']);
    const config = parseConfig(text(file), file, Object.fromEntries(variables));
    expect(Object.keys(config.targets ?? {}).length).toBeGreaterThan(0);
    expect(config.policy).toBeDefined();
  });

  it('let a scan go on that a pipeline without an executor asks about again', () => {
    const { targets } = parseConfig(text('jenkins/start-collect.yml'), 'start-collect.yml', {});
    expect(targets?.['shop-web']).toMatchObject({ wait: '1m', onTimeout: 'keep', onAbort: 'keep' });
  });
});

describe('the pipeline for CircleCI', () => {
  const orb = parse(readFileSync(join(ROOT, 'packages/ci-circleci/orb/orb.yml'), 'utf8')) as Record<string, unknown>;
  const { version: _version, description: _description, display: _display, examples: _examples, ...inline } = orb;
  const config = parse(text('circleci/.circleci/config.yml')) as Record<string, unknown>;

  it.skipIf(!existsSync(circleSchema))('fits the schema: by the orb, with the packed orb in it, and without', () => {
    const ajv = new Ajv.default({ strict: false, logger: false });
    const validate = ajv.compile(JSON.parse(readFileSync(circleSchema, 'utf8')) as object);
    const forms = [config, { ...config, orbs: { scangate: inline } }, parse(text('circleci/inline.yml'))];
    for (const form of forms) {
      validate(form);
      expect(validate.errors ?? []).toEqual([]);
    }
    validate({ ...config, jobs: { demo: { docker: [{ image: 'x' }], steps: [{ run: { comand: 'x' } }] } } });
    expect(validate.errors ?? []).not.toEqual([]);
  });

  it('stores tests and artifacts after the gate', () => {
    const { jobs } = parse(text('circleci/inline.yml')) as { jobs: Record<string, { steps: Step[] }> };
    expect(jobs.gate?.steps.slice(-2)).toEqual([
      { store_test_results: { path: 'scangate-out/junit.xml' } },
      { store_artifacts: { path: 'scangate-out', destination: 'scangate' } },
    ]);
  });
});

describe('the workflow for GitHub Actions', () => {
  const { jobs } = parse(text('github/.github/workflows/scangate.yml')) as {
    jobs: Record<string, { steps: (Step & { id?: string; if?: string; env?: object })[] }>;
  };
  const steps = jobs.gate?.steps ?? [];
  const gate = steps.findIndex(({ id }) => id === 'gate');

  it('gives the credentials to the gate alone, in the environment', () => {
    expect(steps[gate]?.env).toEqual({
      SCANGATE_QUALYS_USERNAME: '${{ secrets.QUALYS_USERNAME }}',
      SCANGATE_QUALYS_PASSWORD: '${{ secrets.QUALYS_PASSWORD }}',
    });
    expect(JSON.stringify(steps.filter((_, index) => index !== gate))).not.toContain('secrets.');
    // What another may choose is never a part of a script.
    for (const { run } of steps) expect(String(run ?? '')).not.toContain('${{');
  });

  it('shows what was written whatever the verdict is', () => {
    expect(steps.slice(gate + 1).map((step) => step.if?.includes('!cancelled()'))).toEqual([true, true, true]);
  });
});

describe('the pipeline for Azure', () => {
  const { jobs } = parse(text('azure/azure-pipelines.yml')) as {
    jobs: { job: string; steps: (Step & { condition?: string; name?: string; inputs?: Record<string, unknown> })[] }[];
  };
  const steps = jobs.find(({ job }) => job === 'gate')?.steps ?? [];

  it('publishes the tests whatever the verdict is, and leaves the result to the gate', () => {
    expect(steps.map(({ condition }) => condition)).toEqual([undefined, 'succeededOrFailed()', 'succeededOrFailed()']);
    expect(steps[1]?.inputs).toMatchObject({
      testResultsFormat: 'JUnit',
      testResultsFiles: 'scangate-out/junit.xml',
      failTaskOnFailedTests: false,
    });
  });
});
