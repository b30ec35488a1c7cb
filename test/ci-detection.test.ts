import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CiContext } from '@scangate/core/model';
import envCi from 'env-ci';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CI_ADAPTERS, detectCi, rivalsIn } from '../apps/cli/src/ci-adapters.js';
import { BUILD_FACTS, CI_BUILDS, type CiBuild } from './ci-environments.js';

/* `--ci auto` against two libraries that tell CI tools by their environment, over the same builds. */

const load = createRequire(import.meta.url);

type Condition = string | string[] | Record<string, unknown>;
const VENDORS = JSON.parse(readFileSync(load.resolve('ci-info/vendors.json'), 'utf8')) as {
  constant: string;
  env: Condition;
}[];

/** How ci-info calls the tools that have an adapter here. */
const OURS: Record<string, string> = {
  AZURE_PIPELINES: 'azure',
  BAMBOO: 'bamboo',
  CIRCLE: 'circleci',
  GITHUB_ACTIONS: 'github',
  GITLAB: 'gitlab',
  JENKINS: 'jenkins',
  TEAMCITY: 'teamcity',
};
const SERVICES: Record<string, string> = { azurePipelines: 'azure' };

/** Variables that meet the condition by which ci-info tells a tool. */
function meet(condition: Condition): Record<string, string> {
  if (typeof condition === 'string') return { [condition]: 'true' };
  if (Array.isArray(condition)) return Object.assign({}, ...condition.map(meet));
  if ('env' in condition) return { [String(condition.env)]: String(condition.includes) };
  if ('any' in condition) return meet(String((condition.any as string[])[0]));
  return condition as Record<string, string>;
}

/** What ci-info says, which it reads out of the process when it is loaded. */
function askCiInfo(env: Record<string, string>): { id: string | null; isPR: boolean | null } {
  vi.stubGlobal('process', { ...process, env });
  for (const key of Object.keys(load.cache)) if (key.includes('/ci-info/')) delete load.cache[key];
  return load('ci-info') as { id: string | null; isPR: boolean | null };
}

/** env-ci names the page of the pipeline on GitLab, and none on Azure and TeamCity. */
const SAME_PAGE = ['bamboo', 'circleci', 'github', 'jenkins'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scangate-ci-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What env-ci says of a build. GitHub's runner tells of a pull request in a file. */
function askEnvCi({ env, event }: CiBuild): Record<string, unknown> {
  if (event === undefined) return envCi({ env, cwd: '/' }) as Record<string, unknown>;
  const path = join(folder, 'event.json');
  writeFileSync(path, JSON.stringify(event));
  return envCi({ env: { ...env, GITHUB_EVENT_PATH: path }, cwd: '/' }) as Record<string, unknown>;
}

const toolIn = (env: Record<string, string>): string | undefined => detectCi('auto', env)?.context.tool;

afterEach(() => vi.unstubAllGlobals());

describe('--ci auto', () => {
  it('has a build of every tool', () => {
    expect([...new Set(CI_BUILDS.map(({ tool }) => tool))].sort()).toEqual(CI_ADAPTERS.map(({ tool }) => tool));
    expect(Object.values(OURS).sort()).toEqual(CI_ADAPTERS.map(({ tool }) => tool));
  });

  it.each(CI_BUILDS)('sees what ci-info and env-ci see: $tool, $name', (build: CiBuild) => {
    const { tool, env, pullRequest } = build;
    expect(toolIn(env)).toBe(tool);
    const { id, isPR } = askCiInfo(env);
    expect(OURS[id ?? '']).toBe(tool);
    // ci-info cannot tell for some tools, and says null.
    if (isPR !== null) expect(isPR).toBe(pullRequest !== undefined);
    vi.unstubAllGlobals();
    const { service } = askEnvCi(build);
    expect(SERVICES[String(service)] ?? service).toBe(tool);
  });

  it.each(CI_BUILDS)('says of a build what env-ci says: $tool, $name', (build: CiBuild) => {
    const { env, commit, branch, targetBranch, pullRequest } = build;
    const context = detectCi('auto', env)?.context as CiContext;
    const facts = BUILD_FACTS[build.tool];
    expect(context).toMatchObject(defined({ commit, branch, targetBranch, mergeRequest: pullRequest, ...facts }));
    const theirs = askEnvCi(build);
    if (SAME_PAGE.includes(build.tool)) expect(theirs.buildUrl).toBe(facts?.buildUrl);
    expect(theirs.commit).toBe(context.commit);
    if (pullRequest === undefined) {
      // TeamCity hands no branch to a process; env-ci would ask git.
      if (build.tool !== 'teamcity') expect(theirs.branch).toBe(context.branch);
    } else {
      expect(String(theirs.pr)).toBe(context.mergeRequest);
      // Jenkins names both branches in variables that env-ci does not read, GitHub the one that the change comes from.
      if (build.tool !== 'jenkins') expect(theirs.branch).toBe(targetBranch);
      if (build.tool !== 'jenkins' && build.tool !== 'github') expect(theirs.prBranch).toBe(branch);
    }
  });

  const others = VENDORS.filter(({ constant }) => OURS[constant] === undefined);
  it.each(others)('takes a build of $constant for none of ours', ({ constant, env }) => {
    const variables = { CI: 'true', BUILD_NUMBER: '7', ...meet(env) };
    expect(askCiInfo(variables).id).toBe(constant);
    expect(toolIn(variables)).toBeUndefined();
  });

  it('sees nothing on the desk of a developer', () => {
    expect(toolIn({ PATH: '/usr/bin', HOME: '/home/dev', CI: 'true' })).toBeUndefined();
  });

  it('speaks to nobody when the environment is of two tools at once', () => {
    const first = CI_BUILDS.filter(({ name }) => name === 'push');
    for (const one of first) {
      for (const other of first.filter(({ tool }) => tool !== one.tool)) {
        const env = { ...one.env, ...other.env };
        expect(toolIn(env), `${one.tool} and ${other.tool}`).toBeUndefined();
        expect(rivalsIn(env).sort()).toEqual([one.tool, other.tool].sort());
        expect(detectCi(one.tool, env)?.context.tool).toBe(one.tool);
      }
    }
  });
});

const defined = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
