import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProcess } from '../scripts/demo/scanners.mjs';
import { GITLAB_CI_LOCAL, ROOT } from './tools.mjs';

export const BIN = join(ROOT, 'apps/cli/bin/scangate.mjs');
const TEMPLATES = join(ROOT, 'packages/ci-gitlab/templates');

/** Where gitlab-ci-local lays the files of a job that ended. */
const artifactsOf = (project: string, job: string): string => join(project, '.gitlab-ci-local/artifacts', job);

export interface Pipeline {
  /** `PASS`, `WARN` or `FAIL` of each job, as the last lines say. The exit of the program does not tell. */
  jobs: Record<string, string>;
  log: string;
  /** A file among the artifacts of a job. */
  artifact(job: string, path: string): Promise<string>;
}

/** A project with these files, committed, and with the templates where GitLab looks for components. */
export async function makeProject(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(folder, { recursive: true });
  await cp(TEMPLATES, join(folder, 'templates'), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@shop.example', '-c', 'init.defaultBranch=main'];
  for (const args of [
    ['init', '--quiet'],
    ['remote', 'add', 'origin', 'git@gitlab.example:shop/shop.git'],
    ['add', '--all'],
    [...identity, 'commit', '--quiet', '--message', 'everything'],
  ]) {
    const { code, stderr } = await runProcess('git', [...identity, ...args], { cwd: folder });
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  }
  return folder;
}

/** Really executes the pipeline of a project, each job in a folder of its own. */
export async function runPipeline(
  project: string,
  { file = '.gitlab-ci.yml', variables = {} }: { file?: string; variables?: Readonly<Record<string, string>> } = {},
): Promise<Pipeline> {
  const args = [GITLAB_CI_LOCAL, '--file', file, '--force-shell-executor', '--shell-isolation', '--color=false'];
  for (const [name, value] of Object.entries(variables)) args.push('--variable', `${name}=${value}`);
  // The settings of the user must not change what is tried.
  const { stdout, stderr } = await runProcess(process.execPath, args, {
    cwd: project,
    env: { HOME: project, NO_COLOR: '1' },
    timeoutMs: 120_000,
  });
  const log = `${stdout}${stderr}`;
  const results = [...log.matchAll(/^ (PASS|WARN|FAIL) +(\S+)(?: +pre_script)? *$/gm)];
  return {
    jobs: Object.fromEntries(results.map(([, result = '', job = '']) => [job, result])),
    log,
    artifact: (job, path) => readFile(join(artifactsOf(project, job), path), 'utf8'),
  };
}
