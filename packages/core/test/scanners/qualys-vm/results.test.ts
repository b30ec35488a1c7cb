import { describe, expect, it } from 'vitest';
import type { HttpAnswer, HttpClient } from '../../../src/http/index.js';
import { HttpError } from '../../../src/http/index.js';
import { createQualysClient } from '../../../src/qualys/index.js';
import { qualysVm } from '../../../src/scanners/qualys-vm/index.js';
import { phaseOf } from '../../../src/scanners/qualys-vm/progress.js';
import { durationOf } from '../../../src/scanners/qualys-vm/scan-list.js';
import type { VmTarget } from '../../../src/scanners/qualys-vm/target.js';
import { buildStage } from '../../../src/testing/index.js';
import { detection, host, REF, row, simpleReturn, type VmParts, VmPlatform } from './platform.js';
import { BUILD, codesOf, collected, launched, staged } from './support.js';

const ORIGIN = 'https://platform.example.test';

/** A platform whose answers to fetch and detections are cut `cuts` times, and what comes of it. */
async function collectedThroughCuts(
  parts: VmParts,
  target: Partial<VmTarget>,
  { cuts, change = (body) => body }: { cuts: number; change?: (body: string, attempt: number) => string },
) {
  const platform = new VmPlatform(parts);
  const stage = buildStage((request) => platform.answer(request));
  const handle = await launched(stage, target);
  platform.situation = 'done';
  let left = cuts;
  let attempt = 0;
  const http: HttpClient = {
    request: async ({ url, method, body = '' }) => {
      const { pathname, searchParams } = new URL(url);
      const text = platform.answer({ method, path: pathname, query: searchParams, body: String(body) }) ?? '';
      const isCut = /action=fetch|vm\/detection/.test(`${url} ${body}`) && left-- > 0;
      const sent = /action=fetch/.test(url) ? change(text, attempt++) : text;
      const answer: HttpAnswer = {
        status: text === '' ? 404 : 200,
        headers: {},
        body: pieces(sent, isCut),
        text: async () => sent,
        close: () => undefined,
      };
      return answer;
    },
    close: async () => undefined,
  };
  const client = createQualysClient({
    http,
    urls: { api: ORIGIN, gateway: ORIGIN, portal: ORIGIN },
    credentials: { kind: 'password', username: 'somebody', password: 'something' },
    now: stage.services.now,
    sleep: async () => undefined,
    random: () => 0.5,
  });
  return collected(handle, { services: { ...stage.services, qualys: () => client } });
}

/** The text in small pieces; nearly all of it, and then a broken connection. */
async function* pieces(text: string, isCut: boolean): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  const end = isCut ? Math.floor(bytes.length * 0.9) : bytes.length;
  for (let at = 0; at < end; at += 50_000) yield bytes.subarray(at, Math.min(end, at + 50_000));
  if (isCut) throw new HttpError('SCANGATE_HTTP_CUT', 'the connection broke', 'maybe');
}

const manyRows = Array.from({ length: 800 }, (_, at) => row(38_000 + at, { instance: `instance ${at}` }));

describe('an answer that breaks off', () => {
  it('is asked for again, and no finding comes twice or is lost', async () => {
    const whole = await collectedThroughCuts({ rows: manyRows }, BUILD, { cuts: 0 });
    const again = await collectedThroughCuts({ rows: manyRows }, BUILD, { cuts: 2 });
    expect(whole.findings).toHaveLength(800);
    const ids = (all: typeof whole) => all.findings.map(({ vulnerability }) => vulnerability.id).sort();
    expect([ids(again), again.statement]).toEqual([ids(whole), whole.statement]);
  });

  it('is an error when it keeps breaking off', async () => {
    await expect(collectedThroughCuts({ rows: manyRows }, BUILD, { cuts: 9 })).rejects.toMatchObject({
      code: 'SCANGATE_HTTP_CUT',
    });
  });

  it('is an error when it comes differently the next time', async () => {
    const change = (body: string, attempt: number): string => (attempt === 0 ? body : body.replace('38001', '39001'));
    await expect(collectedThroughCuts({ rows: manyRows }, BUILD, { cuts: 1, change })).rejects.toMatchObject({
      code: 'SCANGATE_QUALYS_ANSWER',
      message: expect.stringContaining('differently'),
    });
  });

  it('is the same for host detections, page by page', async () => {
    const page = (id: number, ip: string) =>
      host(id, ip, Array.from({ length: 300 }, (_, at) => detection(38_000 + at)).join(''));
    const parts = {
      hosts: [page(1, '192.0.2.10'), page(2, '192.0.2.11')],
      rows: [row(1), row(2, { ip: '192.0.2.11' })],
      summary: { active_hosts: '2', total_hosts: '2' },
    };
    const target: Partial<VmTarget> = { hosts: ['192.0.2.10', '192.0.2.11'], detections: 'host' };
    const whole = await collectedThroughCuts(parts, target, { cuts: 0 });
    const again = await collectedThroughCuts(parts, target, { cuts: 2 });
    expect([whole.findings.length, whole.statement.problems]).toEqual([600, []]);
    expect([again.findings.length, again.statement]).toEqual([600, whole.statement]);
  });
});

describe('the records of hosts', () => {
  const target = { host: '192.0.2.10', detections: 'host' } as const;

  it('are asked for with everything that a policy may look at', async () => {
    const { stage, collect } = await staged({}, target);
    await collect();
    const asked = stage.requests.filter(({ path }) => path.includes('/vm/detection/')).map(({ body }) => body);
    expect(asked.map((body) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
      {
        action: 'list',
        ips: '192.0.2.10',
        vm_scan_since: '2031-02-03T04:05:00Z',
        truncation_limit: '100',
        status: 'New,Active,Re-Opened,Fixed',
        show_igs: '1',
        show_results: '1',
        show_qds: '1',
        show_qds_factors: '1',
        include_ignored: '1',
        include_disabled: '1',
      },
    ]);
  });

  it('are followed on the API server only', async () => {
    for (const address of [
      'https://elsewhere.example/api/5.0/fo/asset/host/vm/detection/?id_min=9',
      '/api/2.0/fo/scan/?id_min=9',
    ]) {
      const { platform, collect } = await staged({ hosts: [host(1, '192.0.2.10', detection(1)), ''] }, target);
      const answer = platform.answer.bind(platform);
      platform.answer = (request) =>
        answer(request)?.replace(/<URL>.*<\/URL>/, `<URL>${address.replaceAll('&', '&amp;')}</URL>`);
      await expect(collect()).rejects.toMatchObject({ code: expect.stringMatching(/ORIGIN|ANSWER/) });
    }
  });

  it('of a host that was scanned and is not there make it incomplete', async () => {
    const { collect } = await staged({ hosts: [host(1, '192.0.2.99', detection(1))] }, target);
    expect((await collect()).statement.problems.map(({ message }) => message)).toEqual([
      'hosts were scanned and have no detections on record since: 192.0.2.10',
    ]);
  });
});

describe('answers that refuse', () => {
  const withAnswer = async (part: string, body: string, target: Partial<VmTarget> = BUILD) => {
    const one = await staged({}, target);
    const answer = one.platform.answer.bind(one.platform);
    one.platform.answer = (request) =>
      `${request.path}?${request.query}${request.body}`.includes(part) ? body : answer(request);
    return one.collect();
  };

  it('results that the platform refuses make the scan incomplete', async () => {
    const { findings, statement } = await withAnswer('action=fetch', simpleReturn('not yet', '<CODE>1905</CODE>'));
    expect([findings, statement.evidence, codesOf({ statement })]).toEqual([
      [],
      undefined,
      ['SCANGATE_SCAN_INCOMPLETE'],
    ]);
  });

  it('XML where JSON was asked for is an error', async () => {
    await expect(withAnswer('action=fetch', '<SCAN><IP/></SCAN>')).rejects.toMatchObject({
      code: 'SCANGATE_QUALYS_ANSWER',
      message: `the results of the scan ${REF} are no JSON`,
    });
  });

  it('a KnowledgeBase that the user may not read leaves the fields as the results have them', async () => {
    const { findings, statement } = await withAnswer('knowledge_base', simpleReturn('no', '<CODE>2012</CODE>'));
    expect(statement.problems).toEqual([]);
    expect(findings.map(({ pci, remediation, fix }) => [pci, remediation, fix])).toEqual([
      [true, 'Mend it.', undefined],
      [true, 'Mend it.', undefined],
    ]);
  });

  it('a launch that names no scan is an error that looks for the scan', async () => {
    const platform = new VmPlatform();
    const stage = buildStage((request) =>
      request.body.includes('action=launch') ? simpleReturn('New vm scan launched') : platform.answer(request),
    );
    await expect(launched(stage)).rejects.toMatchObject({
      code: 'SCANGATE_QUALYS_ANSWER',
      message: 'the platform took the launch and named no scan: New vm scan launched',
    });
  });

  it('a cancelling that the platform refuses for another reason is an error', async () => {
    const { platform, stage, handle } = await staged();
    platform.situation = 'running';
    const answer = platform.answer.bind(platform);
    platform.answer = (request) =>
      request.body.includes('action=cancel') ? simpleReturn('not yours', '<CODE>1901</CODE>') : answer(request);
    await expect(qualysVm.cancel(handle, stage.services)).rejects.toThrow('not yours');
  });
});

describe('a finding', () => {
  it('carries what the results and the KnowledgeBase know', async () => {
    const { findings } = await (await staged({ rows: [row(38_173)] })).collect();
    expect(findings).toEqual([
      {
        vulnerability: {
          source: 'qualys',
          id: '38173',
          title: 'flaw 38173',
          aliases: ['CVE-2031-38173'],
        },
        kind: 'confirmed',
        severity: 'high',
        vendorSeverity: '4',
        cvss: [
          { version: '3.1', score: 9.8, vector: 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
          { version: '2.0', score: 7.5, vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' },
        ],
        pci: true,
        fix: { available: true },
        location: { kind: 'host', host: 'build.example.test', ip: '192.0.2.10', port: 443, protocol: 'tcp' },
        description: 'A flaw.',
        impact: 'Harm.',
        remediation: 'Mend it.',
        evidence: 'seen',
      },
    ]);
  });
});

it('reads the states as the vendor lists them', () => {
  const rows: [state: string | undefined, sub: string | undefined, processed: boolean | undefined, phase: string][] = [
    ['Queued', undefined, false, 'queued'],
    ['Loading', undefined, false, 'queued'],
    ['Running', undefined, false, 'running'],
    ['Paused', undefined, false, 'running'],
    ['Finished', undefined, false, 'processing'],
    ['Finished', 'No_Vuln', false, 'processing'],
    ['Finished', 'No_Vuln', true, 'ended'],
    ['Finished', undefined, undefined, 'ended'],
    ['Finished', 'No_Host', false, 'ended'],
    ['Canceled', undefined, false, 'ended'],
    ['Cancelled', undefined, false, 'ended'],
    ['Error', undefined, false, 'ended'],
    ['Stopped', undefined, false, 'ended'],
    ['Hibernated', undefined, false, 'ended'],
    [undefined, undefined, undefined, 'ended'],
  ];
  expect(rows.map(([state, subState, processed]) => phaseOf({ state, subState, processed }))).toEqual(
    rows.map(([, , , phase]) => phase),
  );
});

it('says that a finished scan does not tell whether it was processed', async () => {
  const { collect } = await staged({ scan: { PROCESSED: '' } });
  expect(codesOf(await collect())).toEqual(['SCANGATE_SCAN_UNKNOWN_STATE']);
});

it.each([
  ['Finished', 'Half_Way', 'SCANGATE_SCAN_UNKNOWN_STATE'],
  ['Finished', 'No_Host', 'SCANGATE_SCAN_NOTHING_REACHED'],
  ['Stopped', undefined, 'SCANGATE_SCAN_INCOMPLETE'],
  ['Error', undefined, 'SCANGATE_SCAN_FAILED'],
])('a scan that is %s, %s is no pass', async (STATE, SUB_STATE, code) => {
  const { collect } = await staged({ scan: { STATE, ...(SUB_STATE === undefined ? {} : { SUB_STATE }) } });
  expect(codesOf(await collect())).toContain(code);
});

it('reads durations', () => {
  expect(['00:12:03', '2 days 01:00:00', '1 day 00:00:01', '26:00:00', 'Pending', undefined].map(durationOf)).toEqual([
    723_000,
    176_400_000,
    86_401_000,
    93_600_000,
    undefined,
    undefined,
  ]);
});
