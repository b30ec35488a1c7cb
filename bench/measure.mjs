// Runs a child process and tells its time and its peak memory.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const preload = new URL('./report-memory.cjs', import.meta.url).pathname;

/** @returns {{ ms: number, peakMb: number, status: number | null, stdout: string, stderr: string }} */
export function measure(args, options = {}) {
  const file = join(tmpdir(), `scangate-bench-${process.pid}.rss`);
  const started = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
    env: {
      ...process.env,
      ...options.env,
      ...(options.memory === false ? {} : { NODE_OPTIONS: `--require ${preload}`, SCANGATE_BENCH_RSS: file }),
    },
  });
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  let peakMb = Number.NaN;
  if (options.memory !== false) {
    peakMb = Number(readFileSync(file, 'utf8')) / 1024;
    rmSync(file, { force: true });
  }
  return { ms, peakMb, status, stdout, stderr };
}

/**
 * The fastest of several runs of each, one after the other in turn: what disturbs a measurement only ever makes it
 * slower, and a machine that changes its pace changes it for all of them.
 */
export function bestInTurn(rounds, ...runs) {
  const fastest = runs.map((run) => run());
  for (let round = 1; round < rounds; round++) {
    for (const [index, run] of runs.entries()) {
      const result = run();
      if (result.ms < fastest[index].ms) fastest[index] = result;
    }
  }
  return fastest;
}
