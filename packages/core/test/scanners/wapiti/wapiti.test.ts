import { describe, expect, it } from 'vitest';
import { ScangateError } from '../../../src/errors.js';
import type { ProgramSpec, Reached } from '../../../src/scanners/machine.js';
import { wapiti } from '../../../src/scanners/wapiti/index.js';
import type { WebTarget } from '../../../src/scanners/web-program.js';
import { zap } from '../../../src/scanners/zap/index.js';
import { buildMachine, buildStage, collectAll } from '../../../src/testing/index.js';
import { ZAP_VERSION_TEXT, zapReport } from '../zap/support.js';
import { MODULES_TEXT, wapitiReport } from './support.js';

const FOUND = '[*] Wapiti found 7 URLs and forms during the scan\n';
const SKETCH = { madeAtMs: Date.UTC(2031, 1, 3, 4, 5, 7), isForeign: false, hasUnknownSeverity: false };

interface Sketch {
  target?: Partial<WebTarget>;
  installed?: string[];
  modules?: string;
  version?: string;
  stdout?: string;
  stderr?: string;
  status?: number;
  /** Findings in the report. */
  found?: number;
  /** What the address says, time after time. */
  reached?: Reached[];
}

const UP: Reached = { answers: true, status: 200 };
const DOWN: Reached = { answers: false, reason: 'the connection is refused' };

async function scan(sketch: Sketch = {}, scanner = wapiti) {
  const { installed = ['wapiti'], modules = MODULES_TEXT, version = '3.0.4', reached = [UP, UP], found = 0 } = sketch;
  const { stdout = FOUND, stderr = '', status = 0 } = sketch;
  const program = ({ command, args, files }: ProgramSpec) => {
    if (command.endsWith('zap.sh')) {
      if (args.includes('-version')) return { stdout: ZAP_VERSION_TEXT };
      return { files: { 'zap.json': zapReport(files ?? {}, SKETCH) } };
    }
    if (args.includes('--version')) return { stdout: `Wapiti-${version} (wapiti.sourceforge.io)\nWapiti ${version}\n` };
    if (args.includes('--list-modules')) return { stdout: modules };
    return { stdout, stderr, status, files: { 'wapiti.json': wapitiReport(args, SKETCH, { found }) } };
  };
  const answers = [...reached];
  const machine = buildMachine({
    program,
    isThere: (command) => installed.includes(command),
    reach: () => answers.shift() ?? DOWN,
  });
  const { services } = buildStage(() => undefined, machine);
  const target = { url: 'http://127.0.0.1:8080', ...sketch.target };
  const plan = await scanner.plan(target, { targetName: 'shop', runId: 'run-1' }, services);
  const handle = await scanner.launch(plan, services);
  return { plan, spec: machine.ran.at(-1), collect: () => collectAll(scanner.findings(handle, services)) };
}

const collected = async (sketch?: Sketch) => (await (await scan(sketch)).collect()).statement;
const codesOf = async (sketch: Sketch) => (await collected(sketch)).problems.map(({ code }) => code);

async function errorOf(work: Promise<unknown>): Promise<ScangateError> {
  const error: unknown = await work.then(
    () => new Error('it went well'),
    (reason: unknown) => reason,
  );
  if (error instanceof ScangateError) return error;
  throw error;
}

describe('the call of Wapiti', () => {
  it('names the modules that this version has, a session of its own, and where the report goes', async () => {
    const folder = '/state/programs/scangate shop run-1';
    const { spec, plan } = await scan();
    expect(spec?.args).toEqual([
      ...['--url', 'http://127.0.0.1:8080/', '--scope', 'folder'],
      ...['--module', 'blindsql,cookieflags,csp,exec,file,http_headers,permanentxss,redirect,sql,xss'],
      ...['--format', 'json', '--output', `${folder}/wapiti.json`],
      ...['--store-session', `${folder}/session`, '--store-config', `${folder}/config`, '--flush-session'],
      ...['--no-bugreport', '--verbose', '0'],
    ]);
    expect(spec).toMatchObject({ witness: 'http://127.0.0.1:8080/', env: { LC_ALL: 'C.UTF-8' } });
    expect(plan).toMatchObject({ subject: 'web application http://127.0.0.1:8080', details: { version: '3.0.4' } });
  });

  it('names what every version has where the list cannot be read', async () => {
    const { spec } = await scan({ modules: 'something else' });
    expect(spec?.args[5]).toBe('cookieflags,csp,exec,file,http_headers,permanentxss,redirect,sql,xss');
  });

  it('passes on what the target says', async () => {
    const target: Partial<WebTarget> = { scope: 'page', modules: ['sql', 'ssrf'], maxScanTime: '2m', wait: '10m' };
    const { spec } = await scan({ target });
    expect(spec?.args.slice(2, 6)).toEqual(['--scope', 'page', '--module', 'sql,ssrf']);
    expect(spec?.args.slice(-2)).toEqual(['--max-scan-time', '120']);
    expect(spec?.timeoutMs).toBe(615_000);
  });
});

describe('what Wapiti keeps to itself', () => {
  it('a clean report is evidence when addresses were found and the application was up', async () => {
    expect(await collected()).toMatchObject({
      evidence: 'Wapiti found 7 addresses and forms, and nothing wrong with them',
      problems: [],
    });
  });

  it.each<[string, Sketch, string]>([
    ['it found no address', { stdout: FOUND.replace('7', '0') }, 'SCANGATE_SCAN_NOTHING_REACHED'],
    ['it does not say whether it found one', { stdout: '' }, 'SCANGATE_SCAN_NOTHING_REACHED'],
    ['the application was gone at the end', { reached: [UP, DOWN] }, 'SCANGATE_SCAN_INCOMPLETE'],
    [
      'the application was broken at the end',
      { reached: [UP, { answers: true, status: 503 }] },
      'SCANGATE_SCAN_INCOMPLETE',
    ],
    [
      'it found nothing and the application was gone',
      { stdout: '', reached: [UP, DOWN] },
      'SCANGATE_SCAN_NOTHING_REACHED',
    ],
    [
      'requests failed',
      { stdout: `${FOUND}3 requests were skipped due to network issues` },
      'SCANGATE_SCAN_INCOMPLETE',
    ],
    ['its time was over', { stdout: `${FOUND}Max scan time was reached, stopping.` }, 'SCANGATE_SCAN_INCOMPLETE'],
    ['a module is unknown', { stdout: `${FOUND}[!] Unable to find a module named sqk` }, 'SCANGATE_SCAN_INCOMPLETE'],
    ['a module cannot be loaded', { stdout: `${FOUND}[!] Could not find module x` }, 'SCANGATE_SCAN_INCOMPLETE'],
    ['a module broke', { stderr: '  File "/usr/lib/x.py", line 7, in attack\n' }, 'SCANGATE_SCAN_INCOMPLETE'],
    [
      'its session was locked',
      { stdout: `${FOUND}[!] Can't store informations in persister.` },
      'SCANGATE_SCAN_INCOMPLETE',
    ],
  ])('is a problem when %s', async (_, sketch, code) => {
    expect(await codesOf(sketch)).toContain(code);
  });

  it('keeps the findings of a scan that is not whole', async () => {
    const { collect } = await scan({ found: 2, reached: [UP, DOWN] });
    const { findings, statement } = await collect();
    expect(findings).toHaveLength(2);
    expect(statement.problems.map(({ code }) => code)).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });

  it('says that the application was gone when Wapiti fails over it', async () => {
    const { collect } = await scan({ status: 1, reached: [UP, DOWN] });
    expect((await errorOf(collect())).message).toContain('was down after the scan');
  });

  it.each<Reached>([DOWN, { answers: true, status: 500 }])(
    'does not begin when the application is down: %j',
    async (down) => {
      const { code, message } = await errorOf(scan({ reached: [down] }));
      expect([code, message]).toEqual([
        'SCANGATE_SCAN_NOTHING_REACHED',
        expect.stringContaining('was down before the scan'),
      ]);
    },
  );
});

describe('the other program', () => {
  it('stands in when the target allows it, and is named', async () => {
    const { plan, collect } = await scan({ installed: ['zap.sh'], target: { orElse: 'zap' } });
    expect(plan).toMatchObject({ scanner: 'wapiti', details: { tool: 'zap', title: 'ZAP', version: '2.15.0' } });
    expect((await collect()).statement.tool).toEqual({ name: 'ZAP', version: '2.15.0' });
    const back = await scan({ target: { orElse: 'wapiti' } }, zap);
    expect(back.plan).toMatchObject({ scanner: 'zap', details: { tool: 'wapiti', title: 'Wapiti' } });
  });

  it('does not when its own is there', async () => {
    const { plan } = await scan({ installed: ['wapiti', 'zap.sh'], target: { orElse: 'zap' } });
    expect(plan.details).toMatchObject({ tool: 'wapiti' });
  });

  it.each<Sketch>([{ installed: ['zap.sh'] }, { installed: [], target: { orElse: 'zap' } }])(
    'does not unasked, nor when it is missing too: %j',
    async (sketch) => {
      expect((await errorOf(scan(sketch))).code).toBe('SCANGATE_PROGRAM_MISSING');
    },
  );

  it('does not for a version of its own that is unknown', async () => {
    const sketch = { installed: ['wapiti', 'zap.sh'], version: '4.0', target: { orElse: 'zap' } };
    expect((await errorOf(scan(sketch))).code).toBe('SCANGATE_PROGRAM_VERSION');
  });
});
