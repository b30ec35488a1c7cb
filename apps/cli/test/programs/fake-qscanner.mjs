#!/usr/bin/env node
/*
 * A stand-in for QScanner with its flags, files and exit codes, and invented findings. It speaks to the gateway only to
 * have its token accepted. https://docs.qualys.com/en/qscanner/latest/ (read 2026-11-23).
 *
 * FAKE_QSCANNER_VERSION  what --version says. Default 5.0.0.
 * FAKE_QSCANNER_RECORD   a file that gets one line of JSON for each run: arguments, token, folder, process id.
 * FAKE_QSCANNER_RUNS     JSON: what each run does, the last one for all that follow:
 *                        { exit, write: ["result", "sarif"], delayMs, flaws: [[qid, level, level of the customer]],
 *                          secrets, result: changes of the result file, says }
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const COMMANDS = ['image', 'repo', 'rootfs', 'container'];
const MODES = ['inventory-only', 'scan-only', 'get-report', 'evaluate-policy'];
const SCAN_TYPES = ['pkg', 'os', 'sca', 'secret', 'malware', 'fileinsight', 'compliance'];
const FORMATS = {
  format: ['json', 'spdx', 'spdx-tlv', 'cyclonedx', 'db'],
  'report-format': ['table', 'sarif', 'json', 'gitlab'],
};
const FLAGS = [
  'pod',
  'mode',
  'scan-types',
  'format',
  'report-format',
  'output-dir',
  'scan-timeout',
  'policy-tags',
  'proxy',
];
FLAGS.push('exclude-dirs', 'exclude-files', 'storage-driver', 'platform', 'access-token', 'log-level');

const {
  FAKE_QSCANNER_VERSION: version = '5.0.0',
  FAKE_QSCANNER_RECORD: record,
  FAKE_QSCANNER_RUNS: plans,
} = process.env;

/** Ends with a status and its reason, which the real one prints to standard error. */
function fail(status, reason) {
  process.stderr.write(`ERROR ${reason}\n`);
  process.exit(status);
}

function parse([command, name, ...rest]) {
  if (!COMMANDS.includes(command) || name === undefined) fail(2, `unknown command ${command}`);
  const flags = { 'scan-target-info': [] };
  for (let index = 0; index < rest.length; index++) {
    if (rest[index] === '--offline-scan=true') flags['offline-scan'] = true;
    else {
      const key = rest[index].replace(/^--/, '');
      const value = rest[++index];
      if (key === 'scan-target-info') flags[key].push(value);
      else if (FLAGS.includes(key) && value !== undefined) flags[key] = value;
      else fail(2, `unknown flag --${key}`);
    }
  }
  const list = (key) => (flags[key] ?? '').split(',').filter(Boolean);
  if (!MODES.includes(flags.mode)) fail(2, `unknown mode ${flags.mode}`);
  if (!list('scan-types').every((type) => SCAN_TYPES.includes(type))) fail(2, 'unknown scan type');
  for (const [key, known] of Object.entries(FORMATS)) {
    if (!list(key).every((format) => known.includes(format))) fail(2, `unknown --${key} ${flags[key]}`);
  }
  if (!/^\d+(ms|s|m|h)$/.test(flags['scan-timeout'] ?? '300s')) fail(2, 'the scan timeout has no unit');
  return { command, name, flags, list };
}

/** The clock of the tests, which may run faster. */
function now() {
  const speed = Number(process.env.TEST_CLOCK_SPEED ?? 1);
  const anchor = Number(process.env.TEST_CLOCK_ANCHOR ?? 0);
  return new Date(anchor + (Date.now() - anchor) * speed);
}

/** What this run does, by the number of runs on record. */
function planOf() {
  const all = JSON.parse(plans ?? '[{}]');
  const before =
    record !== undefined && existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n').length : 0;
  return all[Math.min(before, all.length - 1)];
}

async function checkToken(pod, token) {
  if (token === undefined) fail(1, 'an access token is required');
  const headers = { authorization: `Bearer ${token}`, 'request-source': 'gateway' };
  const answer = await fetch(`${pod}/qps/rest/portal/version`, { headers }).catch((error) => fail(33, error.message));
  if (answer.status !== 200) fail(33, `the platform answered ${answer.status}`);
}

const performedBy = (type) => (type === 'pkg' ? ['OS', 'SCA'] : [type.toUpperCase()]);

function resultOf({ command, name, list }, plan, startedAt) {
  const types = list('scan-types').flatMap(performedBy);
  const performed = types.map((ScanType) => ({ ScanType, ScanDuration: '1s', Status: 'SUCCESS', PartialScanInfo: '' }));
  const secrets = plan.secrets ?? 0;
  const found = Array.from({ length: secrets }, (_, index) => ({
    RuleID: `demo-key-${index}`,
    Category: 'Demo',
    Severity: 'HIGH',
    Title: 'Demo key',
    StartLine: 3,
    EndLine: 3,
    Match: 'KEY=not-for-reports',
  }));
  return {
    SchemaVersion: 1,
    QScannerVersion: version,
    ScansPerformed: performed,
    Metadata: {
      ScanStartTime: startedAt.toISOString(),
      ScanEndTime: now().toISOString(),
      Target: {
        OS: 'debian',
        Architecture: 'amd64',
        ...(command === 'image' ? { ImageID: `sha256:${'c'.repeat(64)}`, RepoTags: [name], RepoDigests: [] } : {}),
      },
    },
    OSResults: [{ Target: 'debian 12', Packages: [{ Name: 'libdemo', Version: '1.0', Arch: 'amd64' }] }],
    SCAResults: null,
    SecretResults: types.includes('SECRET') ? [{ Target: 'app/.env', Secrets: found }] : null,
    FileInsightResults: null,
    ...plan.result,
  };
}

function sarifOf({ flaws = [] }) {
  return {
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'QScanner',
            version,
            rules: flaws.map(([qid, severity, customerSeverity]) => ({
              id: String(qid),
              name: `QID ${qid}`,
              shortDescription: { text: `QID ${qid}` },
              properties: { severity, customerSeverity },
            })),
          },
        },
        results: flaws.map(([qid]) => ({
          ruleId: String(qid),
          level: 'error',
          message: { text: 'libdemo is vulnerable' },
          properties: {
            QID: qid,
            vulnerableSoftware: [
              { name: 'libdemo', installedVersion: '1.0', fixedVersion: '1.2', layerSHA: `sha256:${'a'.repeat(64)}` },
            ],
          },
        })),
        properties: { imageID: `sha256:${'c'.repeat(64)}` },
      },
    ],
  };
}

const args = process.argv.slice(2);
if (args.includes('--version')) {
  process.stdout.write(`qscanner version ${version}\n`);
  process.exit(0);
}
const call = parse(args);
const plan = planOf();
const folder = call.flags['output-dir'] ?? join(homedir(), 'qualys/qscanner/data');
const token = process.env.QUALYS_ACCESS_TOKEN ?? call.flags['access-token'];
const startedAt = now();
if (record !== undefined) appendFileSync(record, `${JSON.stringify({ args, token, folder, pid: process.pid })}\n`);
process.stdout.write(`scanning ${call.name}\n`);
if (call.flags.mode !== 'inventory-only') await checkToken(call.flags.pod, token);
if (plan.delayMs) await new Promise((resolve) => setTimeout(resolve, plan.delayMs));
const exit = plan.exit ?? 0;
const write = plan.write ?? ([0, 42, 43].includes(exit) ? ['result', 'sarif'] : []);
const prefix = join(folder, call.name.replace(/[^A-Za-z0-9.]+/g, '_'));
mkdirSync(folder, { recursive: true });
writeFileSync(`${prefix}.db.xz`, 'a list of changes');
if (write.includes('result') && call.list('format').includes('json')) {
  writeFileSync(`${prefix}-ScanResult.json`, JSON.stringify(resultOf(call, plan, startedAt)));
}
if (write.includes('sarif') && call.list('report-format').includes('sarif')) {
  writeFileSync(`${prefix}-Report.sarif.json`, JSON.stringify(sarifOf(plan)));
}
if (plan.says) process.stderr.write(`${plan.says}\n`);
process.exit(exit);
