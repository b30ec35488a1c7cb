import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../scripts/ci/sum-tests.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'scangate-sum-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

const suite = (passed: number, failed = 0, testResults: Results['testResults'] = []): Results => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: 2,
  testResults,
});

function sum(suites: Record<string, Results | undefined>) {
  const files = Object.entries(suites).map(([name, results]) => {
    const file = join(folder, `${name}.json`);
    rmSync(file, { force: true });
    if (results) writeFileSync(file, JSON.stringify(results));
    return file;
  });
  const { status, stdout } = spawnSync(process.execPath, [SCRIPT, ...files], { encoding: 'utf8', timeout: 20_000 });
  return { status, lines: stdout.trimEnd().split('\n') };
}

test('adds the suites and ends with the sum', () => {
  expect(sum({ unit: suite(5), live: suite(3) })).toEqual({
    status: 0,
    lines: ['unit: 5 passed, 0 failed, 2 skipped', 'live: 3 passed, 0 failed, 2 skipped', '8 passed, 0 failed'],
  });
});

test('a failed test fails the sum', () => {
  expect(sum({ unit: suite(5, 1) })).toMatchObject({ status: 1, lines: [expect.anything(), '5 passed, 1 failed'] });
});

test('a test file that cannot be loaded is a failure, though vitest counts no failed test in it', () => {
  const unloaded = { status: 'failed', assertionResults: [] };
  expect(sum({ unit: suite(5, 0, [unloaded]) })).toMatchObject({
    status: 1,
    lines: [expect.anything(), '5 passed, 1 failed'],
  });
});

test('a suite that wrote nothing or ran nothing is a failure', () => {
  expect(sum({ unit: suite(5), live: undefined })).toMatchObject({ status: 1 });
  expect(sum({ unit: suite(5), live: suite(0) }).lines.at(-1)).toBe('5 passed, 1 failed');
  expect(sum({})).toMatchObject({ status: 1, lines: ['0 passed, 0 failed'] });
});
