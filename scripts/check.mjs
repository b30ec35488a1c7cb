/**
 * Everything that can be checked without running the program: node scripts/check.mjs [NAME...]
 * Runs the checks in order, prints one line for each and the output of those that fail, and ends with 1 if any failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');

const CHECKS = [
  ['types', 'tsc -p tsconfig.json'],
  ['biome', 'biome ci --error-on-warnings --max-diagnostics=100 --colors=off'],
  ['walls', 'node scripts/checks/walls.mjs'],
  ['knip', 'knip --no-config-hints'],
  ['lockfile', 'node scripts/checks/lockfile.mjs'],
  ['build', 'node scripts/turbo.mjs run build --output-logs=errors-only'],
  ['declarations', 'node scripts/turbo.mjs run types --output-logs=errors-only'],
  ['packages', 'node scripts/checks/packages.mjs'],
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !CHECKS.some(([known]) => known === name));
if (unknown.length > 0) {
  console.error(`no such check: ${unknown.join(', ')}; there are ${CHECKS.map(([name]) => name).join(', ')}`);
  process.exit(2);
}

const failed = CHECKS.filter(([name]) => asked.length === 0 || asked.includes(name)).filter(
  ([name, command]) => !passes(name, command),
);
console.log(failed.length === 0 ? '\nall checks passed' : `\nfailed: ${failed.map(([name]) => name).join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

function passes(name, command) {
  const script = /^node (\S+)/.exec(command)?.[1];
  if (script !== undefined && !existsSync(join(root, script))) {
    console.log(`FAIL  ${name}: ${script} does not exist`);
    return false;
  }
  const startedAt = performance.now();
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, TURBO_TELEMETRY_DISABLED: '1' };
  const { status, error, stdout, stderr } = spawnSync(command, {
    cwd: root,
    env,
    shell: true,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (status === 0) {
    console.log(`ok    ${name} (${seconds} s)`);
    return true;
  }
  const output = `${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`.trim().replace(/^/gm, '      ');
  console.log(`FAIL  ${name} (${seconds} s): ${command}\n${output}`);
  return false;
}
