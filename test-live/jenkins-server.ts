import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProcess } from '../scripts/demo/scanners.mjs';
import { JAVA_HOME, ROOT } from './tools.mjs';

export const LIBRARY = join(ROOT, 'packages/ci-jenkins/library');
const SERVER = join(ROOT, 'test-live/jenkins/server.groovy');

export interface Scenario {
  name: string;
  /** A pipeline script. */
  script: string;
  /** What `checkout` brings, by path. */
  files?: Readonly<Record<string, string>>;
  /** What the processes of `sh` see besides what the server sets. */
  environment: Readonly<Record<string, string>>;
  credentials?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Steps whose plugin this server lacks. */
  missing?: readonly string[];
}

export interface BuildStep {
  step: string;
  [argument: string]: unknown;
}

export interface Build {
  result: 'SUCCESS' | 'UNSTABLE' | 'FAILURE';
  message: string | null;
  steps: BuildStep[];
  /** What the script gave back, where it is a number. */
  value: number | null;
  /** Where each scenario has its workspaces. */
  folder: string;
}

/** Runs pipeline scripts with the library of the adapter, in one process of Groovy, in order. */
export async function runBuilds(folder: string, scenarios: readonly Scenario[]): Promise<Map<string, Build>> {
  await mkdir(folder, { recursive: true });
  const placed = scenarios.map((scenario, index) => ({ ...scenario, folder: join(folder, String(index)) }));
  const [given, results] = [join(folder, 'scenarios.json'), join(folder, 'results.json')];
  await writeFile(given, JSON.stringify(placed));
  const end = await runProcess('groovy', [SERVER, LIBRARY, given, results], {
    env: { JAVA_HOME, HOME: folder },
    timeoutMs: 200_000,
  });
  if (end.code !== 0) throw new Error(`groovy ended with ${end.code ?? end.signal}: ${end.stdout}${end.stderr}`);
  const builds = JSON.parse(await readFile(results, 'utf8')) as (Build & { name: string; executors: number })[];
  return new Map(
    builds.map(({ name, executors, ...build }, index) => {
      if (executors !== 0) throw new Error(`${name}: ${executors} executors are still held`);
      return [name, { ...build, folder: placed[index]?.folder ?? '' }];
    }),
  );
}

/** A program for the processes of `sh` to find. */
export async function writeProgram(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, 0o755);
}
