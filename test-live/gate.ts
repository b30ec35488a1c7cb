import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProcessEnd, runProcess } from '../scripts/demo/scanners.mjs';
import { ROOT } from './tools.mjs';

export const DEMO = join(ROOT, 'demo');
export const POLICY = join(DEMO, 'scangate.yml');
const CLI = join(ROOT, 'apps', 'cli', 'bin', 'scangate.mjs');

/** What the live tests look at in verdict.json. */
export interface SeenVerdict {
  outcome: string;
  exitCode: number;
  targets: {
    name: string;
    format?: string;
    state: string;
    evidence?: string;
    counts: { total: number; bySeverity: Record<string, number> };
  }[];
  reasons: { code: string; outcome: string; target?: string }[];
}

export interface Gated extends ProcessEnd {
  verdict: SeenVerdict;
  /** Folder of the report files. */
  out: string;
}

/** The gate as a pipeline starts it: a process of its own, judged by its exit code. */
export async function evaluate(reports: readonly string[], policy: readonly string[], out: string): Promise<Gated> {
  const args = [CLI, 'evaluate', ...reports, ...policy, '--out', out, '--ci', 'none'];
  const end = await runProcess(process.execPath, args, { timeoutMs: 60_000 });
  const verdict = JSON.parse(await readFile(join(out, 'verdict.json'), 'utf8')) as SeenVerdict;
  return { ...end, verdict, out };
}

/** `scangate run` over these targets, in a folder of its own; each counts by itself. */
export async function runTargets(
  folder: string,
  targets: Record<string, object>,
  env: Record<string, string> = {},
): Promise<Gated> {
  const rule = { name: 'nothing high', select: { severity: { atLeast: 'high' } }, max: 0 };
  // JSON is YAML.
  await writeFile(join(folder, 'scangate.yml'), JSON.stringify({ version: 1, targets, policy: { rules: [rule] } }));
  const end = await runProcess(process.execPath, [CLI, 'run', '--ci', 'none'], {
    cwd: folder,
    timeoutMs: 180_000,
    env,
  });
  const out = join(folder, 'scangate-out');
  const verdict = JSON.parse(await readFile(join(out, 'verdict.json'), 'utf8')) as SeenVerdict;
  return { ...end, verdict, out };
}

/** The shape that every verdict over one report is compared with. */
export const outcomeOf = ({ code, verdict }: Gated) => ({
  code,
  exitCode: verdict.exitCode,
  outcome: verdict.outcome,
  format: verdict.targets[0]?.format,
  total: verdict.targets[0]?.counts.total,
});

/** The ids of all findings, as findings.ndjson has them. */
export async function idsOf({ out }: Gated): Promise<string[]> {
  const lines = (await readFile(join(out, 'findings.ndjson'), 'utf8')).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { vulnerability: { id: string } }).vulnerability.id);
}

export const codesOf = ({ verdict }: Gated): string[] => verdict.reasons.map(({ code }) => code);

export const makeScratch = (): Promise<string> => mkdtemp(join(tmpdir(), 'scangate-live-'));
export const removeScratch = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
