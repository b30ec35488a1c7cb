import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  makeTrivyCache,
  runTrivy,
  TRIVY_ARGUMENTS,
  type TrivyKind,
  type TrivyOptions,
  trivyEnvironment,
} from '../scripts/demo/scanners.mjs';
import { codesOf, DEMO, evaluate, idsOf, makeScratch, outcomeOf, POLICY, removeScratch } from './gate.js';
import { TRIVY_BIN } from './tools.mjs';

type Format = NonNullable<TrivyOptions['format']>;

let scratch: string;
let cache: string;
let count = 0;

beforeAll(async () => {
  scratch = await makeScratch();
  cache = await makeTrivyCache(join(scratch, 'trivy'));
});
afterAll(() => removeScratch(scratch));

const fresh = (name: string): string => join(scratch, `${++count}-${name}`);

const scans = new Map<string, Promise<string>>();

/** The report file of a scan; each scan runs once. */
function scan(kind: TrivyKind, target: string, format: Format = 'json'): Promise<string> {
  const key = [kind, target, format].join(' ');
  const known = scans.get(key) ?? runScan(kind, target, format);
  scans.set(key, known);
  return known;
}

async function runScan(kind: TrivyKind, target: string, format: Format): Promise<string> {
  const stdoutFile = fresh(`${kind}.${format}`);
  const end = await runTrivy(TRIVY_BIN, kind, target, { cwd: DEMO, cache, format, stdoutFile });
  expect(end).toMatchObject({ code: 0, signal: null });
  return stdoutFile;
}

const gate = (report: string, ...policy: string[]) => evaluate([report], policy, fresh('out'));

const readJson = async <T>(file: string): Promise<T> => JSON.parse(await readFile(file, 'utf8')) as T;

/** The scanner's own counters: an independent witness of how many findings the gate must see. */
async function failuresIn(report: string): Promise<number> {
  const { Results } = await readJson<{ Results: { MisconfSummary?: { Failures: number } }[] }>(report);
  return Results.reduce((sum, { MisconfSummary }) => sum + (MisconfSummary?.Failures ?? 0), 0);
}

describe('Trivy JSON', () => {
  test('templates with mistakes are red', async () => {
    const report = await scan('config', 'inputs');
    const total = await failuresIn(report);
    expect(total).toBeGreaterThan(20);
    const gated = await gate(report, '--fail-on', 'critical');
    expect(outcomeOf(gated)).toEqual({ code: 1, exitCode: 1, outcome: 'fail', format: 'trivy', total });
  });

  // Some checks have no short id: Trivy writes `"ID": "N/A"` and names them in AVDID alone.
  test('every failed check has an id that a policy can name', async () => {
    const gated = await gate(await scan('config', 'inputs'), '--fail-on', 'critical');
    expect((await idsOf(gated)).filter((id) => !/^(DS\d+|KSV\d+|AVD-[A-Z]+-\d+)$/.test(id))).toEqual([]);
  });

  test('mended templates are green, with the evidence of the scan', async () => {
    const report = await scan('config', 'inputs-clean');
    const total = await failuresIn(report);
    const gated = await gate(report, '--fail-on', 'medium');
    expect(outcomeOf(gated)).toEqual({ code: 0, exitCode: 0, outcome: 'pass', format: 'trivy', total });
    expect(gated.verdict.targets[0]?.evidence).toContain('Trivy');
  });

  test('vulnerable packages are red under the policy file of the demo', async () => {
    const gated = await gate(await scan('packages', 'inputs'), '--policy', POLICY);
    expect(outcomeOf(gated)).toEqual({ code: 1, exitCode: 1, outcome: 'fail', format: 'trivy', total: 4 });
  });

  test('updated packages are green under the same policy', async () => {
    const gated = await gate(await scan('packages', 'inputs-clean'), '--policy', POLICY);
    expect(outcomeOf(gated)).toEqual({ code: 0, exitCode: 0, outcome: 'pass', format: 'trivy', total: 0 });
  });

  test('the committed sample is what this Trivy writes', async () => {
    const written = await readJson(await scan('config', 'inputs'));
    expect(written).toEqual(await readJson(join(DEMO, 'reports', 'trivy-config.json')));
  });
});

describe('Trivy saw nothing', () => {
  test.each<Format>(['json', 'sarif', 'cyclonedx'])(
    'a folder with nothing to scan is inconclusive (%s)',
    async (format) => {
      const folder = fresh('empty');
      await mkdir(folder);
      const gated = await gate(await scan('config', folder, format), '--fail-on', 'low');
      expect(outcomeOf(gated)).toMatchObject({ code: 4, exitCode: 4, outcome: 'inconclusive', total: 0 });
      expect(codesOf(gated)).toContain('SCANGATE_SCAN_NO_EVIDENCE');
    },
  );

  test('without its database Trivy writes nothing, and that is inconclusive', async () => {
    const stdoutFile = fresh('no-database.json');
    const end = await runTrivy(TRIVY_BIN, 'packages', 'inputs', { cwd: DEMO, cache: fresh('no-cache'), stdoutFile });
    expect(end.code).toBe(1);
    const gated = await gate(stdoutFile, '--fail-on', 'low');
    expect(outcomeOf(gated)).toMatchObject({ code: 4, outcome: 'inconclusive' });
    expect(codesOf(gated)).toContain('SCANGATE_REPORT_EMPTY');
  });

  test('killed while it writes, it leaves half a report: inconclusive', async () => {
    const report = fresh('killed.json');
    await writeFile(report, await firstBytesThenKill());
    const gated = await gate(report, '--fail-on', 'critical=100000');
    expect(outcomeOf(gated)).toMatchObject({ code: 4, exitCode: 4, outcome: 'inconclusive' });
    expect(codesOf(gated)).toContain('SCANGATE_REPORT_TRUNCATED');
  });
});

/** Reads the first piece, then kills the writer. With the passed checks the report is larger than any pipe's buffer. */
async function firstBytesThenKill(): Promise<Buffer> {
  const child = spawn(TRIVY_BIN, [...TRIVY_ARGUMENTS.config, '--include-non-failures', '--format', 'json', 'inputs'], {
    cwd: DEMO,
    env: { ...process.env, ...trivyEnvironment(cache) },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  const ended = once(child, 'close');
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  child.stdout.pause();
  child.kill('SIGKILL');
  child.stdout.resume();
  expect(await ended).toEqual([null, 'SIGKILL']);
  return first;
}

describe('the other formats of the same scans', () => {
  test('SARIF is red with as many findings as the JSON report', async () => {
    const total = await failuresIn(await scan('config', 'inputs'));
    const gated = await gate(await scan('config', 'inputs', 'sarif'), '--fail-on', 'critical');
    expect(outcomeOf(gated)).toEqual({ code: 1, exitCode: 1, outcome: 'fail', format: 'sarif', total });
  });

  // Trivy lets all checks without a short id share one SARIF rule, with the severity of the last one.
  test('SARIF is not milder than the JSON report of the same scan', async () => {
    const json = await gate(await scan('config', 'inputs'), '--fail-on', 'critical');
    const written = await gate(await scan('config', 'inputs', 'sarif'), '--fail-on', 'critical');
    expect(written.verdict.targets[0]?.counts.bySeverity).toEqual(json.verdict.targets[0]?.counts.bySeverity);
  });

  test('SARIF of the mended templates is green', async () => {
    const gated = await gate(await scan('config', 'inputs-clean', 'sarif'), '--fail-on', 'medium');
    expect(outcomeOf(gated)).toEqual({ code: 0, exitCode: 0, outcome: 'pass', format: 'sarif', total: 2 });
  });

  test('CycloneDX of vulnerable packages is red', async () => {
    const gated = await gate(await scan('packages', 'inputs', 'cyclonedx'), '--fail-on', 'critical');
    expect(outcomeOf(gated)).toEqual({ code: 1, exitCode: 1, outcome: 'fail', format: 'cyclonedx', total: 4 });
  });

  // CycloneDX has no room for misconfigurations: Trivy writes an empty list of vulnerabilities and exits 0.
  test('CycloneDX of templates with mistakes is inconclusive, never green', async () => {
    const gated = await gate(await scan('config', 'inputs', 'cyclonedx'), '--fail-on', 'low');
    expect(outcomeOf(gated)).toMatchObject({ code: 4, outcome: 'inconclusive', format: 'cyclonedx', total: 0 });
  });

  // Trivy writes the same document, components and an empty list, when it was never asked for vulnerabilities.
  test('CycloneDX without a vulnerability is inconclusive: a list of components is no scan', async () => {
    const gated = await gate(await scan('packages', 'inputs-clean', 'cyclonedx'), '--fail-on', 'low');
    expect(outcomeOf(gated)).toMatchObject({ code: 4, outcome: 'inconclusive', format: 'cyclonedx', total: 0 });
  });
});
