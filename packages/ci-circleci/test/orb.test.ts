import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packOrb } from '../../../scripts/pack-orb.mjs';

const ORB = join(import.meta.dirname, '../orb');
const SCHEMAS = process.env.SCANGATE_SCHEMAS ?? join(import.meta.dirname, '../../../../shared/schemas');
const schemaFile = join(SCHEMAS, 'circleci/circleci-config.json');
const text = (path: string): string => readFileSync(join(ORB, path), 'utf8');

interface Step {
  run?: { command: string; environment: Record<string, string> };
  store_test_results?: { path: string };
  store_artifacts?: { path: string };
}

interface Element {
  description: string;
  parameters?: Record<string, { type: string; default?: unknown; description: string }>;
  steps?: Step[];
}

interface Orb {
  commands: Record<string, Element>;
  jobs: Record<string, Element>;
  executors: Record<string, Element>;
  examples: Record<string, { description: string; usage: object }>;
}

const orb = parse(text('orb.yml')) as Orb;

describe('the orb', () => {
  it('is packed from its source', () => {
    expect(text('orb.yml')).toBe(packOrb());
  });

  it('has commands, a job, an executor and examples, each with a description', () => {
    expect(Object.keys(orb.commands)).toEqual(['collect', 'evaluate', 'scan', 'start']);
    expect(Object.keys(orb.jobs)).toEqual(['gate']);
    expect(Object.keys(orb.executors)).toEqual(['default']);
    expect(Object.keys(orb.examples)).toEqual(['evaluate', 'scan', 'start-collect']);
    for (const kind of [orb.commands, orb.jobs, orb.executors]) {
      for (const { description, parameters = {} } of Object.values(kind)) {
        expect(description.trim()).not.toBe('');
        for (const parameter of Object.values(parameters)) expect(parameter.description).not.toBe('');
      }
    }
  });

  it.each(Object.entries(orb.commands))('hands its parameters over in the environment alone: %s', (_, command) => {
    const { run } = command.steps?.find((step) => step.run !== undefined) ?? {};
    expect(run?.command).not.toContain('<<');
    const named = Object.keys(command.parameters ?? {});
    const handed = Object.fromEntries(named.map((name) => [`PARAM_${name.toUpperCase()}`, `<< parameters.${name} >>`]));
    expect(run?.environment).toEqual({ PARAM_SUBCOMMAND: expect.any(String), ...handed });
  });

  it.each(['scan', 'collect', 'evaluate'])('shows tests and artifacts after %s, whatever its outcome', (name) => {
    const steps = orb.commands[name]?.steps ?? [];
    const [results, artifacts] = [steps.at(-2), steps.at(-1)];
    expect(results?.store_test_results).toEqual({ path: '<< parameters.out >>/junit.xml' });
    expect(artifacts?.store_artifacts).toEqual({ path: '<< parameters.out >>', destination: 'scangate' });
  });

  it.skipIf(!existsSync(schemaFile))('fits the schema of CircleCI, and so do its examples', () => {
    const ajv = new Ajv.default({ strict: false, logger: false });
    const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);
    for (const value of [orb, ...Object.values(orb.examples).map(({ usage }) => usage)]) {
      validate(JSON.parse(JSON.stringify(value)));
      expect(validate.errors ?? []).toEqual([]);
    }
  });
});

/** Runs the script of the orb with a program that writes down its arguments; gives these and the exit status. */
function runScript(environment: Record<string, string>): { status: number | null; words: string[]; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'scangate-orb-'));
  try {
    const program = join(folder, 'scangate');
    writeFileSync(program, `#!/bin/sh\nfor word in "$@"; do printf '%s\\0' "$word"; done >"$WORDS"\nexit 3\n`);
    chmodSync(program, 0o755);
    const words = join(folder, 'words');
    const env = { PATH: `${folder}:/usr/bin:/bin`, WORDS: words, ...environment };
    const { status, stderr } = spawnSync('/bin/bash', ['-eo', 'pipefail', join(ORB, 'src/scripts/scangate.sh')], {
      env,
      cwd: folder,
      encoding: 'utf8',
    });
    const written = existsSync(words) ? readFileSync(words, 'utf8').split('\0').slice(0, -1) : [];
    return { status, words: written, stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the script of the orb', () => {
  it('hands over what is set, list by list, and the exit status back', () => {
    const { status, words } = runScript({
      PARAM_SUBCOMMAND: 'run',
      PARAM_CONFIG: 'ci/scangate.yml',
      PARAM_STATE: '.scangate/state',
      PARAM_FAIL_ON: 'critical\nhigh=3\n',
      PARAM_OUT: 'out folder',
      PARAM_OPTIONS: '--quiet',
      PARAM_TARGETS: 'shop\nimage',
    });
    expect([status, words]).toEqual([
      3,
      [
        ...['run', '--config', 'ci/scangate.yml', '--state', '.scangate/state', '--out', 'out folder'],
        ...['--fail-on', 'critical', '--fail-on', 'high=3', '--quiet', '--', 'shop', 'image'],
      ],
    ]);
  });

  it('gives each command what it knows', () => {
    const all = { PARAM_STATE: 's', PARAM_OUT: 'o', PARAM_POLICY: 'p' };
    expect(runScript({ PARAM_SUBCOMMAND: 'start', ...all }).words).toEqual(['start', '--state', 's', '--']);
    expect(runScript({ PARAM_SUBCOMMAND: 'evaluate', ...all, PARAM_REPORTS: 'a b.json' }).words).toEqual([
      ...['evaluate', '--policy', 'p', '--out', 'o', '--', 'a b.json'],
    ]);
  });

  it('never runs a part of a parameter, and never takes a name for an option', () => {
    const hostile = fc
      .array(fc.constantFrom('$(touch x)', '`id`', ';', '*', "'", '"', '\\', ' ', '--out', '-', '$HOME', '!', '~'), {
        minLength: 1,
        maxLength: 4,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(hostile, (word) => {
        const { words } = runScript({ PARAM_SUBCOMMAND: 'evaluate', PARAM_REPORTS: word, PARAM_CONFIG: word });
        expect(words).toEqual(['evaluate', '--config', word, '--', word]);
      }),
      { numRuns: 25 },
    );
  });

  it('starts another program where one is named, and is inconclusive where there is nothing to start', () => {
    expect(runScript({ PARAM_SUBCOMMAND: 'run', PARAM_COMMAND: '/bin/false' }).status).toBe(1);
    const { status, stderr } = runScript({ PARAM_SUBCOMMAND: 'run', PATH: '/nowhere' });
    expect([status, stderr]).toEqual([4, expect.stringMatching(/^scangate: inconclusive: .*\nscangate: mend: /)]);
  });
});
