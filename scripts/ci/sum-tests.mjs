/**
 * Adds up the vitest results (json reporter) of several suites: node scripts/ci/sum-tests.mjs FILE...
 * Ends with the line `N passed, N failed`, and with 1 when anything failed, a result is missing or a suite ran nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const sum = { passed: 0, failed: 0 };
for (const file of process.argv.slice(2)) {
  const { passed, failed, skipped, note = '' } = suiteIn(file);
  console.log(`${basename(file, '.json')}: ${passed} passed, ${failed} failed, ${skipped} skipped${note}`);
  sum.passed += passed;
  sum.failed += failed;
}
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;

/** What did not run counts as one failure: a missing file, a suite without a test, a file that could not be loaded. */
function suiteIn(file) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0, note: ' (no results were written)' };
  const {
    numPassedTests: passed,
    numFailedTests,
    numPendingTests: skipped,
    testResults,
  } = JSON.parse(readFileSync(file, 'utf8'));
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = numFailedTests + unloaded;
  return passed + failed === 0 ? { passed, failed: 1, skipped, note: ' (no test ran)' } : { passed, failed, skipped };
}
