// What a million host detections cost on their way from the platform into judging: time against a bare saxes pass over
// the same bytes, and peak memory. A server on this machine makes the pages while they are asked for.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SaxesParser } from 'saxes';
import { addressOf, detectionPage, HOSTS_ON_PAGE } from './detection-pages.mjs';

const SELF = fileURLToPath(import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const CLI = path('../apps/cli/bin/scangate.mjs');
const FAST_CLOCK = path('../apps/cli/test/scan/fast-clock.mjs');
const COST = path('./report-cost.cjs');
const REF = 'scan/1793600000.10001';
const DETECTIONS = '/api/5.0/fo/asset/host/vm/detection/';

const document = (root, response) =>
  `<!DOCTYPE ${root} SYSTEM "x.dtd"><${root}><RESPONSE><DATETIME>2026-11-02T10:00:00Z</DATETIME>${response}</RESPONSE></${root}>`;

const knowledgeBase = (ids) =>
  document(
    'KNOWLEDGE_BASE_VULN_LIST_OUTPUT',
    `<VULN_LIST>${ids
      .split(',')
      .map(
        (qid) =>
          `<VULN><QID>${qid}</QID><VULN_TYPE>Vulnerability</VULN_TYPE><SEVERITY_LEVEL>3</SEVERITY_LEVEL><TITLE>Flaw ${qid}</TITLE><PATCHABLE>1</PATCHABLE><CVE_LIST><CVE><ID>CVE-2026-${qid}</ID></CVE></CVE_LIST><DIAGNOSIS>A flaw of a library.</DIAGNOSIS><SOLUTION>Update it.</SOLUTION><CVSS_V3><BASE>7.5</BASE><VECTOR_STRING>CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N</VECTOR_STRING><CVSS3_VERSION>3.1</CVSS3_VERSION></CVSS_V3><PCI_FLAG>1</PCI_FLAG></VULN>`,
      )
      .join('')}</VULN_LIST>`,
  );

function* scanRows(hosts) {
  yield {
    launch_date: '11/02/2026 09:00:00',
    active_hosts: String(hosts),
    total_hosts: String(hosts),
    status: 'Finished',
    reference: REF,
  };
  for (let number = 0; number < hosts; number++) {
    yield { ip: addressOf(number), qid: 45038, type: 'Ig', severity: '1', title: 'Scan time' };
  }
}

/** A platform of one scan, which ends at once. */
function serve(pages) {
  const hosts = pages * HOSTS_ON_PAGE;
  let title = '';
  // The next page is made while this one is read, so that making it is in nobody's time.
  const ready = new Map();
  const pageText = (page, next) => ready.get(page) ?? detectionPage(page, pages, next);
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url, 'http://127.0.0.1');
    const fields = new URLSearchParams([...url.searchParams, ...new URLSearchParams(body)]);
    const origin = `http://127.0.0.1:${server.address().port}`;
    const next = (id) => `${origin}${DETECTIONS}?action=list&truncation_limit=${HOSTS_ON_PAGE}&id_min=${id}`;
    const action = fields.get('action');
    if (action === 'launch') title = fields.get('scan_title');
    if (url.pathname === DETECTIONS) {
      const page = Math.floor((Number(fields.get('id_min') ?? 1) - 1) / HOSTS_ON_PAGE);
      response.end(pageText(page, next), () => {
        ready.clear();
        const following = (page + 1) % pages;
        ready.set(following, detectionPage(following, pages, next));
      });
    } else if (url.pathname.includes('knowledge_base')) response.end(knowledgeBase(fields.get('ids')));
    else if (url.pathname.includes('option_profile')) {
      response.end(
        '<OPTION_PROFILES><OPTION_PROFILE><BASIC_INFO><ID>1</ID><GROUP_NAME>Initial Options</GROUP_NAME><IS_DEFAULT>1</IS_DEFAULT></BASIC_INFO></OPTION_PROFILE></OPTION_PROFILES>',
      );
    } else if (action === 'fetch') response.end(JSON.stringify([...scanRows(hosts)]));
    else if (action === 'launch') {
      response.end(
        `<SIMPLE_RETURN><RESPONSE><TEXT>New vm scan launched</TEXT><ITEM_LIST><ITEM><KEY>ID</KEY><VALUE>1</VALUE></ITEM><ITEM><KEY>REFERENCE</KEY><VALUE>${REF}</VALUE></ITEM></ITEM_LIST></RESPONSE></SIMPLE_RETURN>`,
      );
    } else {
      const scan = `<SCAN_LIST><SCAN><REF>${REF}</REF><TITLE>${title}</TITLE><LAUNCH_DATETIME>2026-11-02T09:00:00Z</LAUNCH_DATETIME><PROCESSED>1</PROCESSED><STATUS><STATE>Finished</STATE></STATUS></SCAN></SCAN_LIST>`;
      response.end(document('SCAN_LIST_OUTPUT', title === '' ? '' : scan));
    }
  });
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
  process.stdin.on('close', () => process.exit()).resume();
}

/** The bare pass: nothing but the bytes through the parser, page by page. */
async function bare(origin) {
  let address = `${origin}${DETECTIONS}`;
  while (address) {
    const response = await new Promise((resolve, reject) => get(address, resolve).on('error', reject));
    response.setEncoding('utf8');
    const parser = new SaxesParser();
    address = '';
    parser.on('cdata', (text) => {
      if (text.startsWith('http')) address = text;
    });
    for await (const chunk of response) parser.write(chunk);
    parser.close();
  }
}

/** Runs this file, or the CLI, as a process: time, processor time and peak memory. */
async function measured(args, options, cost) {
  const begun = process.hrtime.bigint();
  const env = { ...options.env, NODE_OPTIONS: `--require ${COST}`, SCANGATE_BENCH_COST: cost };
  const status = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { ...options, env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('close', resolve);
  });
  const ms = Number(process.hrtime.bigint() - begun) / 1e6;
  const [peakKb, cpuMs] = readFileSync(cost, 'utf8').split(' ').map(Number);
  return { status, ms, cpuMs, peakMb: peakKb / 1024 };
}

async function withServer(pages, work) {
  const child = spawn(process.execPath, [SELF, 'serve', String(pages)], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    return await work(
      await new Promise((resolve, reject) => {
        createInterface({ input: child.stdout }).once('line', resolve);
        child.once('close', (code) => reject(new Error(`the server ended with ${code}`)));
      }),
    );
  } finally {
    child.stdin.end();
  }
}

function judged(origin, folder, hosts) {
  writeFileSync(
    join(folder, 'scangate.yml'),
    `version: 1
targets:
  fleet: { scanner: qualys-vm, ranges: ["${addressOf(0)}-${addressOf(hosts - 1)}"], detections: host }
policy:
  rules: [{ name: nothing critical, select: { severity: { atLeast: critical } }, max: 0 }]
`,
  );
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    SCANGATE_QUALYS_API_URL: origin,
    SCANGATE_QUALYS_GATEWAY_URL: origin,
    SCANGATE_QUALYS_PORTAL_URL: origin,
    SCANGATE_QUALYS_USERNAME: 'bench',
    SCANGATE_QUALYS_PASSWORD: 'bench-bench',
    TEST_CLOCK_SPEED: '1200',
    TEST_CLOCK_ANCHOR: String(Date.now()),
  };
  rmSync(join(folder, '.scangate'), { recursive: true, force: true });
  const args = ['--import', FAST_CLOCK, CLI, 'run', '--quiet', '--ci', 'none', '--report', 'json'];
  return measured(args, { cwd: folder, env }, join(folder, 'cost'));
}

/** @param {(name: string, value: number, limit: number, unit: string, detail?: string) => void} row */
export async function detections(row, pages = 1000, rounds = 2) {
  const folder = mkdtempSync(join(tmpdir(), 'scangate-bench-'));
  try {
    await withServer(pages, async (origin) => {
      const env = { PATH: process.env.PATH };
      const best = [];
      // In turn, and the faster of each: what disturbs a measurement only makes it slower.
      for (let round = 0; round < rounds; round++) {
        const results = [
          await measured([SELF, 'bare', origin], { env }, join(folder, 'bare-cost')),
          await judged(origin, folder, pages * HOSTS_ON_PAGE),
        ];
        for (const [at, one] of results.entries()) if (!best[at] || one.ms < best[at].ms) best[at] = one;
      }
      const [plain, run] = best;
      const name = `${pages * 1000} host detections over ${pages} pages`;
      const { targets } = JSON.parse(readFileSync(join(folder, 'scangate-out/verdict.json'), 'utf8'));
      row(
        `${name}: detections missing`,
        pages * 1000 - targets[0].counts.total,
        0,
        '',
        `exit ${run.status}, ${targets[0].state}`,
      );
      const against = `${run.ms.toFixed(0)} ms against ${plain.ms.toFixed(0)} ms`;
      row(`${name}, judged, against bare saxes`, run.ms / plain.ms, 2, 'x', against);
      const processor = `${run.cpuMs.toFixed(0)} ms against ${plain.cpuMs.toFixed(0)} ms`;
      row(`${name}, processor time against bare saxes`, run.cpuMs / plain.cpuMs, 2, 'x', processor);
      row(`${name}, peak memory`, run.peakMb, 300, 'MB', `bare saxes: ${plain.peakMb.toFixed(0)} MB`);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === SELF) {
  if (process.argv[2] === 'serve') serve(Number(process.argv[3]));
  else await bare(process.argv[3]);
}
