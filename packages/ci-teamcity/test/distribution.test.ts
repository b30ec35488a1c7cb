import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metaRunner } from '../../../scripts/teamcity-meta-runner.mjs';
import { parseServiceMessage } from './service-message-parser.js';

const text = (path: string): string => readFileSync(join(import.meta.dirname, '..', path), 'utf8');

interface Input {
  type: string;
  label: string;
  default: string;
  options?: string[];
}

interface Recipe {
  name: string;
  description: string;
  inputs: Record<string, Input>[];
  steps: { name: string; script: string }[];
}

const recipe = parse(text('recipe/scangate.yml')) as Recipe;
const script = recipe.steps[0]?.script ?? '';
const inputs = recipe.inputs.flatMap((input) => Object.entries(input));

/** Attributes of every element of a name. */
function elementsOf(xml: string, name: string): Record<string, string>[] {
  const found: Record<string, string>[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', (tag) => {
    if (tag.name === name) found.push({ ...tag.attributes } as Record<string, string>);
  });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
  return found;
}

describe('the recipe', () => {
  it('has what TeamCity wants of one', () => {
    expect(recipe.name).toMatch(/^[a-z-]{3,100}$/);
    expect(recipe.description.length).toBeLessThanOrEqual(1000);
    expect(recipe.steps).toHaveLength(1);
    for (const [name, { type, label, default: value }] of inputs) {
      // As an environment variable it is never put into the script as text.
      expect(name).toMatch(/^env\.input_[a-z_]+$/);
      expect(['text', 'select']).toContain(type);
      expect([label === '', typeof value]).toEqual([false, 'string']);
    }
    expect(script).not.toContain('%');
  });
});

describe('the meta-runner', () => {
  const xml = text('meta-runner/scangate.xml');

  it('is written from the recipe', () => {
    expect(xml).toBe(metaRunner());
  });

  it('has the same inputs and the same script', () => {
    const params = elementsOf(xml, 'param');
    expect(params.find(({ name }) => name === 'script.content')?.value).toBe(script);
    const own = params.filter(({ name }) => name?.startsWith('env.'));
    expect(own.map(({ name, value }) => [name, value])).toEqual(
      inputs.map(([name, { default: value }]) => [name, value]),
    );
    expect(own[0]?.spec).toMatch(/^select label='Command' .* data_1='run' data_2='start' data_3='collect'/);
    expect(elementsOf(xml, 'meta-runner')).toEqual([{ name: 'scangate' }]);
  });
});

/** Runs the script of the recipe with a program that writes down its arguments. */
function run(shell: string, given: Record<string, string>, hasProgram = true) {
  const folder = mkdtempSync(join(tmpdir(), 'scangate-recipe-'));
  try {
    if (hasProgram) {
      writeFileSync(join(folder, 'scangate'), `#!/bin/sh\nprintf '%s\\n' "$@" >"$WORDS"\nexit 1\n`);
      chmodSync(join(folder, 'scangate'), 0o755);
    }
    writeFileSync(join(folder, 'script.sh'), script);
    const defaults = Object.fromEntries(inputs.map(([name, one]) => [name.slice('env.'.length), one.default]));
    const env = { PATH: folder, WORDS: join(folder, 'words'), ...defaults, ...given };
    const { status, stdout } = spawnSync(shell, [join(folder, 'script.sh')], { cwd: folder, encoding: 'utf8', env });
    const words = existsSync(env.WORDS) ? readFileSync(env.WORDS, 'utf8').split('\n').slice(0, -1) : [];
    return { status, stdout, words };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.each(['/bin/dash', '/bin/bash'])('the script under %s', (shell) => {
  it('hands over what is set, and the exit status back', () => {
    const given = {
      input_command: 'evaluate',
      input_names: 'a b.json\n$(id)\n*',
      input_policy: "it's.yml",
      input_fail_on: 'critical\nhigh=3',
      input_config: 'c.yml',
    };
    expect(run(shell, given)).toMatchObject({
      status: 1,
      words: [
        ...['evaluate', '--config', 'c.yml', '--policy', "it's.yml", '--fail-on', 'critical', '--fail-on', 'high=3'],
        ...['--', 'a b.json', '$(id)', '*'],
      ],
    });
    expect(run(shell, {}).words).toEqual(['run', '--']);
    expect(run(shell, { input_command: 'start', input_policy: 'p' }).words).toEqual(['start', '--']);
  });

  it('is red, with a build problem, where nothing can be started', () => {
    const { status, stdout } = run(shell, {}, false);
    expect(status).toBe(4);
    expect(parseServiceMessage(stdout.trimEnd())).toEqual({
      name: 'buildProblem',
      attributes: {
        identity: 'scangate_missing',
        description: 'scangate: neither scangate nor Node 20.19 is on this agent',
      },
    });
  });
});
