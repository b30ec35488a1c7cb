// npm run bench: time and memory as ratios to something plain, measured in one run. Not a test: machines differ.
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { detections } from './detections.mjs';
import { trivyReport, wasReport } from './generate.mjs';
import { bestInTurn, measure } from './measure.mjs';
import { scanning } from './scan.mjs';

const BIN = fileURLToPath(new URL('../apps/cli/bin/scangate.mjs', import.meta.url));
const only = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'scangate-bench-'));
const cache = fileURLToPath(new URL('../.cache/bench/', import.meta.url));
mkdirSync(cache, { recursive: true });
const rows = [];
let missed = 0;

function row(name, value, limit, unit, detail = '') {
  const held = value <= limit;
  if (!held) missed++;
  rows.push(
    `${held ? 'ok  ' : 'MISS'}  ${name.padEnd(58)} ${value.toFixed(2).padStart(8)} ${unit}  (limit ${limit} ${unit})  ${detail}`,
  );
  console.log(rows.at(-1));
}

const wanted = (name) => only.length === 0 || only.includes(name);
const made = (name, make) => {
  const path = join(cache, name);
  if (!existsSync(path)) make(path);
  return path;
};
const evaluate = (report, ...more) => [
  BIN,
  'evaluate',
  report,
  '--fail-on',
  'critical',
  '--out',
  join(folder, 'out'),
  '--ci',
  'none',
  '--quiet',
  ...more,
];
const node = (code, ...args) => ['--input-type=module', '-e', code, ...args];
const mb = (path) => `${(statSync(path).size / 1e6).toFixed(0)} MB`;

const PARSE = `import { readFileSync } from 'node:fs'; const r = JSON.parse(readFileSync(process.argv[1], 'utf8')); let n = 0; for (const x of r.Results) n += x.Vulnerabilities.length; console.log(n);`;
const SAXES = `import { createReadStream } from 'node:fs'; import { SaxesParser } from 'saxes'; const p = new SaxesParser(); for await (const c of createReadStream(process.argv[1], { encoding: 'utf8', highWaterMark: 1 << 20 })) p.write(c); p.close();`;

function startUp() {
  const small = join(folder, 'small.json');
  trivyReport(small, 20);
  writeFileSync(
    join(folder, 'policy.yml'),
    'rules:\n  - { name: nothing urgent, select: { severity: { atLeast: critical } }, max: 0 }\n',
  );
  const plain = { ms: Infinity };
  const version = { ms: Infinity };
  const judged = { ms: Infinity };
  const byPolicy = { ms: Infinity };
  const keep = (slot, args) => {
    slot.ms = Math.min(slot.ms, measure(args, { memory: false, cwd: folder }).ms);
  };
  for (let round = 0; round < 15; round++) {
    keep(plain, ['-e', '0']);
    keep(version, [BIN, '--version']);
    keep(judged, evaluate(small));
    keep(byPolicy, [
      BIN,
      'evaluate',
      small,
      '--policy',
      'policy.yml',
      '--out',
      join(folder, 'out'),
      '--ci',
      'none',
      '--quiet',
    ]);
  }
  row('scangate --version, against node -e 0', version.ms / plain.ms, 1.6, 'x', `${version.ms.toFixed(0)} ms`);
  row('a small report by --fail-on, against node -e 0', judged.ms / plain.ms, 3, 'x', `${judged.ms.toFixed(0)} ms`);
  row(
    'a small report by a policy file, against node -e 0',
    byPolicy.ms / plain.ms,
    3,
    'x',
    `${byPolicy.ms.toFixed(0)} ms`,
  );
}

function bigJson() {
  const ten = made('trivy-10000.json', (path) => trivyReport(path, 10_000));
  const hundred = made('trivy-100000.json', (path) => trivyReport(path, 100_000));
  const [parse, judged, less] = bestInTurn(
    4,
    () => measure(node(PARSE, hundred)),
    () => measure(evaluate(hundred)),
    () => measure(evaluate(ten)),
  );
  row(
    `100,000 findings, against JSON.parse (${mb(hundred)})`,
    judged.ms / parse.ms,
    4,
    'x',
    `${judged.ms.toFixed(0)} ms against ${parse.ms.toFixed(0)} ms`,
  );
  row('100,000 findings, peak memory', judged.peakMb, 350, 'MB', `JSON.parse: ${parse.peakMb.toFixed(0)} MB`);
  row('100,000 findings, against 10,000', judged.ms / less.ms, 12, 'x', `${less.ms.toFixed(0)} ms`);
}

function bigXml() {
  const was = made('was.xml', (path) => wasReport(path, 29_000));
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const [bare, judged, all] = bestInTurn(
    5,
    () => measure(node(SAXES, was), { cwd }),
    () => measure(evaluate(was, '--report', 'json')),
    () => measure(evaluate(was)),
  );
  const against = `against ${bare.ms.toFixed(0)} ms`;
  row(
    `WAS report judged, against bare saxes (${mb(was)})`,
    judged.ms / bare.ms,
    2,
    'x',
    `${judged.ms.toFixed(0)} ms ${against}`,
  );
  row('WAS report judged, peak memory', judged.peakMb, 200, 'MB', `bare saxes: ${bare.peakMb.toFixed(0)} MB`);
  row('the same with every report file, peak memory', all.peakMb, 200, 'MB');
  console.log(
    `info  the same with every report file, against bare saxes: ${(all.ms / bare.ms).toFixed(2)} x, ${all.ms.toFixed(0)} ms ${against}`,
  );
}

function hugeJson() {
  const huge = made('trivy-400000.json', (path) => trivyReport(path, 400_000));
  const judged = measure(evaluate(huge));
  row(
    `beyond V8's longest string (${mb(huge)}): exit 1 expected`,
    Math.abs((judged.status ?? 99) - 1),
    0,
    '',
    `${judged.ms.toFixed(0)} ms, ${judged.peakMb.toFixed(0)} MB`,
  );
}

if (wanted('start')) startUp();
if (wanted('json')) bigJson();
if (wanted('xml')) bigXml();
if (wanted('huge')) hugeJson();
if (wanted('scan')) await scanning(row);
if (wanted('detections')) await detections(row);
rmSync(folder, { recursive: true, force: true });
console.log(`${rows.length - missed} held, ${missed} missed`);
process.exitCode = missed > 0 ? 1 : 0;
