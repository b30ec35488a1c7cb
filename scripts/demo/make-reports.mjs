/**
 * Makes demo/reports by running the scanners for real on demo/inputs and demo/inputs-clean:
 *
 *   TRIVY_BIN=/path/to/trivy node scripts/demo/make-reports.mjs
 *
 * Needs Trivy (TRIVY_BIN, or `trivy` on the path) and Wapiti 3.0.4 (`wapiti` on the path). `node test-live/setup.mjs`
 * installs both on Debian and prints where Trivy is. What the scanners write is kept as it is.
 */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTrivyCache, runTrivy, runWapiti, withApp, withScratch } from './scanners.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const demo = join(root, 'demo');
const trivy = process.env.TRIVY_BIN ?? 'trivy';

const VARIANTS = [
  { inputs: 'inputs', suffix: '' },
  { inputs: 'inputs-clean', suffix: '-clean' },
];

async function makeAll(scratch) {
  const cache = await makeTrivyCache(join(scratch, 'trivy'));
  for (const { inputs, suffix } of VARIANTS) {
    for (const kind of ['config', 'packages']) {
      const name = `trivy-${kind}${suffix}.json`;
      const stdoutFile = join(scratch, name);
      // From inside the folder, so that the report holds no path of this machine.
      expectSuccess(name, await runTrivy(trivy, kind, inputs, { cwd: demo, cache, stdoutFile }));
      await keep(stdoutFile, name);
    }
    const name = `wapiti${suffix}.json`;
    const written = join(scratch, name);
    await withApp(join(demo, inputs, 'web', 'app.mjs'), async (url) => {
      expectSuccess(name, await runWapiti(url, written, { scratch }));
    });
    await keep(written, name);
  }
}

function expectSuccess(name, { code, signal, stderr }) {
  if (code !== 0) throw new Error(`the scanner that writes ${name} ended with ${code ?? signal}:\n${stderr}`);
}

async function keep(file, name) {
  const text = await readFile(file, 'utf8');
  for (const own of [root, scratchRoot(file), hostname()]) {
    if (text.includes(own)) throw new Error(`${name} names this machine: ${own}`);
  }
  await copyFile(file, join(demo, 'reports', name));
  console.log(`demo/reports/${name}  ${text.length} characters`);
}

const scratchRoot = (file) => file.slice(0, file.lastIndexOf('/'));

await mkdir(join(demo, 'reports'), { recursive: true });
await withScratch(makeAll);
