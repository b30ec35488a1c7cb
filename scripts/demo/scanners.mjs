/** Runs the real scanners of the demo and of the live tests. Each process has a time limit and is ended by its own id. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseFile, databaseMetadata } from './vulnerabilities.mjs';

/** Time-based injection and the modules that call strangers' hosts (ssrf, xxe) stay out. */
const WAPITI_MODULES = 'blindsql,cookieflags,csp,exec,file,http_headers,permanentxss,redirect,sql,xss';

/** Ends with the exit code or signal, and what was written; standard output goes to `stdoutFile` when one is named. */
export async function runProcess(file, args, { cwd, env = {}, timeoutMs = 120_000, stdoutFile } = {}) {
  const target = stdoutFile === undefined ? undefined : await open(stdoutFile, 'w');
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(file, args, {
        cwd,
        env: { ...process.env, ...env },
        stdio: ['ignore', target?.fd ?? 'pipe', 'pipe'],
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
      });
      const written = { stdout: [], stderr: [] };
      for (const stream of ['stdout', 'stderr']) child[stream]?.on('data', (chunk) => written[stream].push(chunk));
      child.on('error', reject);
      child.on('close', (code, signal) => {
        const [stdout, stderr] = [written.stdout, written.stderr].map((chunks) => Buffer.concat(chunks).toString());
        resolve({ code, signal, stdout, stderr });
      });
    });
  } finally {
    await target?.close();
  }
}

/** A scratch folder that is gone when `use` has ended. */
export async function withScratch(use) {
  const folder = await mkdtemp(join(tmpdir(), 'scangate-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A Trivy cache folder with the vulnerability database of the demo, so that nothing is fetched. */
export async function makeTrivyCache(folder) {
  await mkdir(join(folder, 'db'), { recursive: true });
  await writeFile(join(folder, 'db', 'trivy.db'), databaseFile());
  await writeFile(join(folder, 'db', 'metadata.json'), databaseMetadata());
  return folder;
}

/** What `trivy` is asked: `config` looks for misconfigurations, `packages` for vulnerable packages. */
export const TRIVY_ARGUMENTS = {
  config: ['config', '--quiet', '--skip-policy-update'],
  // Without --list-all-pkgs a clean scan is written exactly like one that looked at nothing.
  packages: ['fs', '--quiet', '--scanners', 'vuln', '--list-all-pkgs', '--skip-db-update', '--offline-scan'],
};

export const trivyEnvironment = (cache) => ({ TRIVY_CACHE_DIR: cache, TRIVY_NO_PROGRESS: 'true' });

export const runTrivy = (binary, kind, target, { cwd, cache, format = 'json', stdoutFile }) =>
  runProcess(binary, [...TRIVY_ARGUMENTS[kind], '--format', format, target], {
    cwd,
    stdoutFile,
    env: trivyEnvironment(cache),
  });

export const runWapiti = (url, reportFile, { scratch, modules = WAPITI_MODULES, format = 'json' }) =>
  runProcess(
    'wapiti',
    [
      ...['--url', url, '--scope', 'domain', '--module', modules, '--format', format, '--output', reportFile],
      ...['--store-session', join(scratch, 'session'), '--store-config', join(scratch, 'config')],
      ...['--flush-session', '--no-bugreport', '--verbose', '0', '--max-scan-time', '120'],
    ],
    { env: { HOME: scratch }, timeoutMs: 180_000 },
  );

/** Starts a small web application, hands its address to `use`, and ends it. */
export async function withApp(file, use) {
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 300_000,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    const url = await Promise.race([
      new Promise((resolve) => child.stdout.once('data', (chunk) => resolve(chunk.toString().trim()))),
      ended.then(() => Promise.reject(new Error(`${file} ended before it was ready`))),
    ]);
    return await use(url);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}
