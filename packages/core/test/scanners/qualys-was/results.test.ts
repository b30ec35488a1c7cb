import { describe, expect, it } from 'vitest';
import { qualysWas } from '../../../src/scanners/qualys-was/index.js';
import { phaseOf } from '../../../src/scanners/qualys-was/progress.js';
import { isSeenBy, type ScanWindow } from '../../../src/scanners/qualys-was/seen.js';
import { buildStage } from '../../../src/testing/index.js';
import { finding, type WasParts, WasPlatform } from './platform.js';
import { collected } from './support.js';

async function collect(parts: WasParts, spoil?: (path: string) => string | undefined) {
  const platform = new WasPlatform(parts);
  const stage = buildStage((request) => spoil?.(request.path) ?? platform.answer(request));
  const target = { scanner: 'qualys-was', webApp: 'Shop' } as const;
  const plan = await qualysWas.plan(target, { targetName: 'shop', runId: 'run-1' }, stage.services);
  const handle = await qualysWas.launch(plan, stage.services);
  platform.situation = 'done';
  return collected(handle, stage);
}

const seenBy = (ids: number[]) => ({
  history: { set: ids.map((id) => ({ WebAppFindingHistory: { scanData: { id } } })) },
});

describe('which findings a scan saw', () => {
  const scan: ScanWindow = { id: '7', launchedMs: 1_000_000_000_000, endedMs: 1_000_000_600_000, isMulti: false };
  const at = (ms: number) => new Date(ms).toISOString();
  const dates = (first: number, last: number) => ({ firstDetectedDate: at(first), lastDetectedDate: at(last) });
  const { launchedMs = 0, endedMs = 0 } = scan;

  it('is decided by the history, where there is one', () => {
    expect(isSeenBy(scan, { ...seenBy([3, 7, 9]), ...dates(0, 0) })).toBe(true);
    expect(isSeenBy(scan, { ...seenBy([3, 9]), ...dates(launchedMs, endedMs) })).toBe(false);
    expect(isSeenBy(scan, { history: { set: { scanData: { id: '7' } } } })).toBe(true);
    expect(isSeenBy(scan, { history: { list: [{ WebAppFindingHistory: { scanData: { id: 8 } } }] } })).toBe(false);
  });

  it('is decided by the dates otherwise, to the side of seen', () => {
    for (const history of [{}, { history: '' }, { history: { set: [] } }, { history: { set: '' } }]) {
      expect(isSeenBy(scan, { ...history, ...dates(launchedMs, endedMs) })).toBe(true);
      expect(isSeenBy(scan, { ...history, ...dates(launchedMs - 1000, endedMs + 1000) })).toBe(true);
      expect(isSeenBy(scan, { ...history, ...dates(endedMs + 1000, endedMs + 2000) })).toBe(false);
      expect(isSeenBy(scan, { ...history, ...dates(launchedMs - 2000, launchedMs - 1000) })).toBe(false);
      expect(isSeenBy(scan, history)).toBe(true);
    }
  });

  it('is decided by the dates for a record that stands for several scans', () => {
    expect(isSeenBy({ ...scan, isMulti: true }, { ...seenBy([8]), ...dates(launchedMs, endedMs) })).toBe(true);
    expect(isSeenBy({ id: '7', isMulti: true }, {})).toBe(true);
  });
});

describe('the lists of the scan against the search', () => {
  const element = (qid: number, more = {}) => ({
    WasScanVuln: { qid, uri: `https://shop.example.test/${qid}`, ...more },
  });
  const results = (qids: number[], more = {}) => ({
    results: {
      vulns: { count: qids.length, list: qids.map((qid) => element(qid)) },
      stats: { global: { nbVulnsTotal: qids.length } },
      ...more,
    },
  });
  const codes = async (parts: WasParts) => (await collect(parts)).statement.problems.map(({ code }) => code);

  it('agree', async () => {
    expect(await codes(results([150_001, 150_002]))).toEqual([]);
  });

  it('differ: the scan lists more of a QID, or fewer', async () => {
    expect(await codes(results([150_001, 150_001, 150_002]))).toEqual(['SCANGATE_SCAN_COUNT_MISMATCH']);
    expect(await codes(results([150_001]))).toEqual(['SCANGATE_SCAN_COUNT_MISMATCH']);
    expect(await codes(results([]))).toEqual(['SCANGATE_SCAN_COUNT_MISMATCH']);
  });

  it('differ by what is ignored or potential, which is no contradiction', async () => {
    const findings = [
      finding(1),
      finding(2, { isIgnored: 'true' }),
      finding(3, { potential: 'true' }),
      finding(4, { potential: 'true', isIgnored: 'true' }),
    ];
    expect(await codes({ findings, ...results([150_001, 150_002, 150_003, 150_004]) })).toEqual([]);
    expect(await codes({ findings, ...results([150_001, 150_003]) })).toEqual([]);
    expect(await codes({ findings, ...results([150_001, 150_002]) })).toEqual([]);
    expect(await codes({ findings, ...results([150_001]) })).toEqual([]);
    expect(await codes({ findings, ...results([150_001, 150_002, 150_003]) })).toEqual([
      'SCANGATE_SCAN_COUNT_MISMATCH',
    ]);
  });

  it('that the search has nothing of are findings too, with the level of the catalogue', async () => {
    const more = {
      sensitiveContents: {
        count: 1,
        list: [
          {
            WasScanSensitiveContent: {
              qid: 150_016,
              uri: 'https://shop.example.test/card',
              content: '4111111111111111',
            },
          },
        ],
      },
      igs: {
        count: 1,
        list: [{ WasScanIg: { qid: 150_009, title: 'Links', data: { value: 'MyBsaW5rcw', base64: 'true' } } }],
      },
      stats: { global: { nbVulnsTotal: 3, nbScsTotal: 1, nbIgsTotal: 1 } },
    };
    const { findings, statement } = await collect(results([150_001, 150_002, 150_009], more));
    expect(statement.problems).toEqual([]);
    expect(
      findings
        .slice(2)
        .map(({ kind, severity, vulnerability, evidence }) => [kind, severity, vulnerability.id, evidence]),
    ).toEqual([
      ['confirmed', 'high', '150009', undefined],
      ['sensitive-content', 'high', '150016', 'content: 4111****'],
      ['information', 'high', '150009', '3 links'],
    ]);
  });
});

describe('answers that refuse', () => {
  const refused = JSON.stringify({
    ServiceResponse: { responseCode: 'INVALID_REQUEST', responseErrorDetails: { errorMessage: 'not yet' } },
  });

  it('a download that the platform refuses makes the scan incomplete', async () => {
    const { findings, statement } = await collect({}, (path) => (path.includes('/download/') ? refused : undefined));
    expect(findings).toHaveLength(2);
    expect(statement.evidence).toBeUndefined();
    expect(statement.problems.map(({ code, message }) => [code, message.includes('not yet')])).toEqual([
      ['SCANGATE_SCAN_INCOMPLETE', true],
    ]);
  });

  it('a KnowledgeBase that the user may not read leaves the fields absent', async () => {
    const denied =
      '<SIMPLE_RETURN><RESPONSE><CODE>2003</CODE><TEXT>Registration must be completed</TEXT></RESPONSE></SIMPLE_RETURN>';
    const { findings, statement } = await collect({}, (path) => (path.includes('knowledge_base') ? denied : undefined));
    expect(statement.problems).toEqual([]);
    expect(findings.map(({ pci, vulnerability }) => [pci, vulnerability.aliases])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('a history that the platform refuses is none', async () => {
    const platform = new WasPlatform();
    const stage = buildStage((request) =>
      request.path.endsWith('/search/was/wasscan') ? refused : platform.answer(request),
    );
    const target = { scanner: 'qualys-was', webApp: 'Shop' } as const;
    const plan = await qualysWas.plan(target, { targetName: 'shop', runId: 'run-1' }, stage.services);
    expect(plan.historyMs).toEqual([]);
  });

  it('a search for scans by id that the platform refuses is replaced by one call each', async () => {
    const platform = new WasPlatform();
    const stage = buildStage((request) =>
      request.body.includes('"operator":"IN"') ? refused : platform.answer(request),
    );
    const target = { scanner: 'qualys-was', webApp: 'Shop' } as const;
    const plan = await qualysWas.plan(target, { targetName: 'shop', runId: 'run-1' }, stage.services);
    const handle = await qualysWas.launch(plan, stage.services);
    platform.situation = 'running';
    expect([...(await qualysWas.progress([handle], stage.services)).values()]).toEqual([
      { phase: 'running', state: 'RUNNING, RUNNING', linksCrawled: 12 },
    ]);
  });

  it('a cancelling that keeps results and is not known is done without', async () => {
    const platform = new WasPlatform();
    const stage = buildStage((request) =>
      request.body.includes('cancelWithResults') ? refused : platform.answer(request),
    );
    const target = { scanner: 'qualys-was', webApp: 'Shop' } as const;
    const plan = await qualysWas.plan(target, { targetName: 'shop', runId: 'run-1' }, stage.services);
    const handle = await qualysWas.launch(plan, stage.services);
    platform.situation = 'running';
    await qualysWas.cancel(handle, stage.services);
    expect(stage.requests.filter(({ path }) => path.includes('/cancel/')).map(({ body }) => body)).toEqual([
      '{"ServiceRequest":{"data":{"WasScan":{"cancelWithResults":"true"}}}}',
      '',
    ]);
  });

  it('a download in XML is read as well', async () => {
    const xml = `<WasScan><id>7001</id><reference>was/1.7001</reference><type>VULNERABILITY</type><status>FINISHED</status>
<summary><resultsStatus>SUCCESSFUL</resultsStatus><authStatus>NONE</authStatus></summary>
<vulns><count>2</count><list><WasScanVuln><qid>150001</qid></WasScanVuln><WasScanVuln><qid>150002</qid></WasScanVuln></list></vulns></WasScan>`;
    const { findings, statement } = await collect({}, (path) => (path.includes('/download/') ? xml : undefined));
    expect(findings).toHaveLength(2);
    expect(statement.problems).toEqual([]);
  });
});

it('reads both states as the vendor describes them', () => {
  const rows: [string | undefined, string | undefined, string][] = [
    ['SUBMITTED', 'SUBMITTED', 'queued'],
    ['submitted', undefined, 'queued'],
    ['RUNNING', 'RUNNING', 'running'],
    ['PROCESSING', undefined, 'processing'],
    ['FINISHED', 'TO_BE_PROCESSED', 'processing'],
    ['FINISHED', 'PROCESSING', 'processing'],
    ['FINISHED', 'SUCCESSFUL', 'ended'],
    ['FINISHED', 'FINISHED', 'ended'],
    ['FINISHED', 'NO_HOST_ALIVE', 'ended'],
    ['FINISHED', undefined, 'ended'],
    ['FINISHED', 'SOMETHING_NEW', 'ended'],
    ['ERROR', 'SCAN_INTERNAL_ERROR', 'ended'],
    ['CANCELED', 'CANCELING', 'processing'],
    ['Cancelled', 'Cancelling', 'processing'],
    ['CANCELED', 'CANCELED', 'ended'],
    ['CANCELED', 'CANCELED_WITH_RESULTS', 'ended'],
    ['HIBERNATED', 'RUNNING', 'ended'],
    [undefined, undefined, 'ended'],
  ];
  expect(rows.map(([status, results]) => phaseOf(status, results))).toEqual(rows.map(([, , phase]) => phase));
});
