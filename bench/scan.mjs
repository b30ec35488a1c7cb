// What scanning costs: calls to the platform, how soon the verdict comes, memory of a large collection. Against the
// simulator, with both clocks running fast.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const CLI = path('../apps/cli/bin/scangate.mjs');
const SIMULATOR = path('../apps/simulator/bin/qualys-simulator.mjs');
const FAST_CLOCK = path('../apps/cli/test/scan/fast-clock.mjs');
const MEMORY = path('./report-memory.cjs');
const POLICY = 'policy:\n  rules: [{ name: nothing critical, select: { severity: { atLeast: critical } }, max: 0 }]\n';

async function withSimulator({ seed, speed }, work) {
  const anchor = Date.now();
  const args = ['--port', '0', '--seed', seed, '--speed', String(speed), '--start', new Date(anchor).toISOString()];
  const child = spawn(process.execPath, [SIMULATOR, ...args, '--exit-with-parent'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const line = await new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('close', (code) => reject(new Error(`the simulator ended with ${code}`)));
    });
    const said = JSON.parse(line);
    const env = {
      PATH: process.env.PATH,
      SCANGATE_QUALYS_API_URL: said.api,
      SCANGATE_QUALYS_GATEWAY_URL: said.gateway,
      SCANGATE_QUALYS_PORTAL_URL: said.portal,
      SCANGATE_QUALYS_USERNAME: said.username,
      SCANGATE_QUALYS_PASSWORD: said.password,
      TEST_CLOCK_SPEED: String(speed),
      TEST_CLOCK_ANCHOR: String(anchor),
    };
    return await work(env, async () => (await fetch(`${said.api}/__simulator/state`)).json());
  } finally {
    child.kill();
  }
}

/** Makes web applications that the seed does not have. */
async function createWebApps(env, names) {
  const headers = {
    authorization: `Basic ${Buffer.from(`${env.SCANGATE_QUALYS_USERNAME}:${env.SCANGATE_QUALYS_PASSWORD}`).toString('base64')}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'x-requested-with': 'bench',
  };
  for (const [index, name] of names.entries()) {
    const body = JSON.stringify({
      ServiceRequest: { data: { WebApp: { name, url: `https://fleet-${index}.example.test/` } } },
    });
    const answer = await fetch(`${env.SCANGATE_QUALYS_API_URL}/qps/rest/3.0/create/was/webapp`, {
      method: 'POST',
      headers,
      body,
    });
    const text = await answer.text();
    if (!text.includes('SUCCESS')) throw new Error(`the web application ${name} was not made: ${text.slice(0, 200)}`);
  }
}

/** Runs `scangate run` over the targets: exit status, peak memory in MB, and how many calls the simulator counted. */
async function scan(seed, speed, targets, webApps = []) {
  const folder = mkdtempSync(join(tmpdir(), 'scangate-bench-'));
  try {
    writeFileSync(
      join(folder, 'scangate.yml'),
      `version: 1\ntargets:\n${targets.map((one) => `  ${one}\n`).join('')}${POLICY}`,
    );
    return await withSimulator({ seed, speed }, async (env, state) => {
      await createWebApps(env, webApps);
      const before = (await state()).callsTotal;
      const rss = join(folder, 'rss');
      const status = await new Promise((resolve, reject) => {
        const child = spawn(process.execPath, ['--import', FAST_CLOCK, CLI, 'run', '--quiet'], {
          cwd: folder,
          env: { ...env, HOME: folder, NODE_OPTIONS: `--require ${MEMORY}`, SCANGATE_BENCH_RSS: rss },
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        child.on('error', reject);
        child.on('close', resolve);
      });
      return { status, peakMb: Number(readFileSync(rss, 'utf8')) / 1024, calls: (await state()).callsTotal - before };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {(name: string, value: number, limit: number, unit: string, detail?: string) => void} row */
export async function scanning(row) {
  const known = await scan('demo,minutes=40', 1200, ['docs: { scanner: qualys-was, webApp: Handbook }']);
  row('a scan of 40 minutes, with a history', known.calls, 25, 'calls', `exit ${known.status}`);
  const fresh = await scan('demo,minutes=40', 1200, [
    'fresh: { scanner: qualys-was, webApp: "Never scanned", optionProfile: "Quick look" }',
  ]);
  row('a scan of 40 minutes, without a history', fresh.calls, 25, 'calls', `exit ${fresh.status}`);
  const names = Array.from({ length: 20 }, (_, index) => `Fleet ${index + 1}`);
  const targets = names.map(
    (name, index) => `t${index}: { scanner: qualys-was, webApp: "${name}", optionProfile: "Quick look" }`,
  );
  // Slower, so that a launch takes about a second of the simulated time: the scans end close together.
  const fleet = await scan('demo', 100, targets, names);
  row('20 targets at once, by name', fleet.calls, 60, 'calls', `exit ${fleet.status}`);
  const big = await scan('demo,findings=200000', 1200, [
    'big: { scanner: qualys-was, webApp: "Big catalogue", optionProfile: "Quick look" }',
  ]);
  row('200,000 findings over 200 pages, peak memory', big.peakMb, 300, 'MB', `exit ${big.status}, ${big.calls} calls`);
}
