import { describe, expect, it } from 'vitest';
import type { QpsRecord, QpsSearch, QualysClient } from '../../../src/qualys/index.js';
import { qualysWas } from '../../../src/scanners/qualys-was/index.js';
import type { WasTarget } from '../../../src/scanners/qualys-was/target.js';
import type { ScanHandle } from '../../../src/scanners/scanner.js';
import type { JsonMembers } from '../../../src/wire/json.js';
import { type BenchOptions, type Collected, codesOf, collected, launched, type WasBench, wasBench } from './support.js';

const GET = 'GET /qps/rest/3.0/get/was/wasscan/:id';
const DOWNLOAD = 'GET /qps/rest/3.0/download/was/wasscan/:id';
const FINDINGS = 'POST /qps/rest/3.0/search/was/finding';
const KNOWLEDGE = 'GET|POST /api/:version/fo/knowledge_base/vuln/';

const WEB_APPS: Partial<WasTarget>[] = [1001, 1002, 1003, 1007].map((webApp) => ({ webApp }));

/** Scans that all have ended, and were seen to. */
async function ended(
  options: BenchOptions = {},
  targets = WEB_APPS,
  client = (bench: WasBench): QualysClient => bench.client,
) {
  const made = await wasBench(options);
  const spoiled = client(made);
  const bench = { ...made, client: spoiled, services: { ...made.services, qualys: () => spoiled } };
  const handles: ScanHandle[] = [];
  for (const [index, target] of targets.entries()) handles.push(await launched(bench, target, `run-${index}`));
  await bench.advance(7200);
  await qualysWas.progress(handles, bench.services);
  return { bench, handles };
}

/** One after another, as the gate does. */
async function collectedAll(handles: readonly ScanHandle[], bench: Pick<WasBench, 'services'>): Promise<Collected[]> {
  const all: Collected[] = [];
  for (const handle of handles) all.push(await collected(handle, bench));
  return all;
}

/** By a client that knows nothing of other scans. */
async function collectedAlone(handles: readonly ScanHandle[], { services, client }: WasBench): Promise<Collected[]> {
  const all: Collected[] = [];
  for (const handle of handles) {
    const stranger = { ...client };
    all.push(await collected(handle, { services: { ...services, qualys: () => stranger } }));
  }
  return all;
}

const costOf = async (bench: WasBench, work: () => Promise<unknown>): Promise<Record<string, number>> => {
  const before = (await bench.door()).calls;
  await work();
  const { calls } = await bench.door();
  return Object.fromEntries(
    [GET, DOWNLOAD, FINDINGS, KNOWLEDGE].map((route) => [route, (calls[route] ?? 0) - (before[route] ?? 0)]),
  );
};

/** A client whose searches of one object give other records where `isMeant` says so. */
const spoiling =
  (object: string, isMeant: (search: QpsSearch) => boolean, spoil: (page: QpsRecord[]) => QpsRecord[]) =>
  ({ client }: WasBench): QualysClient => ({
    ...client,
    async *qpsSearch(search) {
      const pages = client.qpsSearch(search);
      for (;;) {
        const step = await pages.next();
        if (step.done) return step.value;
        yield search.object === object && isMeant(search) ? spoil(step.value) : step.value;
      }
    },
  });

const isForMany = ({ criteria = [] }: QpsSearch): boolean =>
  criteria.some(({ field, operator }) => field === 'webApp.id' && operator === 'IN');

describe('scans that have ended are collected', () => {
  it('with one search for findings, one look into the KnowledgeBase, and a download each: the same as each alone', async () => {
    const { bench, handles } = await ended();
    const alone = await collectedAlone(handles, bench);
    let together: Collected[] = [];
    const cost = await costOf(bench, async () => {
      together = await collectedAll(handles, bench);
    });
    expect(together).toEqual(alone);
    expect(together.map(({ findings }) => findings.length > 0)).toEqual([true, true, true, true]);
    expect(together.flatMap(codesOf)).toEqual([]);
    expect(cost).toEqual({ [GET]: 0, [DOWNLOAD]: 4, [FINDINGS]: 1, [KNOWLEDGE]: 1 });
  });

  it('with the same result, whether one after another or at once', async () => {
    const { bench, handles } = await ended();
    const alone = await collectedAlone(handles, bench);
    let atOnce: Collected[] = [];
    const cost = await costOf(bench, async () => {
      atOnce = await Promise.all(handles.map((handle) => collected(handle, bench)));
    });
    expect(atOnce).toEqual(alone);
    expect([cost[DOWNLOAD], cost[GET]]).toEqual([4, 0]);
    expect(cost[FINDINGS]).toBeLessThanOrEqual(4);
  });

  it('as far as they have ended: one that still runs is not among them', async () => {
    const bench = await wasBench();
    const early = [await launched(bench, { webApp: 1001 }, 'a'), await launched(bench, { webApp: 1002 }, 'b')];
    await bench.advance(7200);
    const late = await launched(bench, { webApp: 1003 }, 'c');
    await qualysWas.progress([...early, late], bench.services);
    expect((await collectedAll(early, bench)).flatMap(codesOf)).toEqual([]);
    await bench.advance(7200);
    await qualysWas.progress([late], bench.services);
    const [alone] = await collectedAlone([late], bench);
    expect(await collected(late, bench)).toEqual(alone);
  });

  it('anew, when they are collected again', async () => {
    const { bench, handles } = await ended();
    const first = await collectedAll(handles, bench);
    let second: Collected[] = [];
    const cost = await costOf(bench, async () => {
      second = await collectedAll(handles, bench);
    });
    expect(second).toEqual(first);
    expect(cost).toEqual({ [GET]: 4, [DOWNLOAD]: 4, [FINDINGS]: 4, [KNOWLEDGE]: 0 });
  });

  it('anew in another run, whatever this one knows', async () => {
    const { bench, handles } = await ended();
    await collected(handles[0] as ScanHandle, bench);
    const services = { ...bench.services, signal: new AbortController().signal };
    const cost = await costOf(bench, async () => {
      expect((await collectedAll(handles, { services })).flatMap(codesOf)).toEqual([]);
    });
    expect(cost).toEqual({ [GET]: 4, [DOWNLOAD]: 4, [FINDINGS]: 4, [KNOWLEDGE]: 3 });
  });

  it('anew, when somebody has looked at them again', async () => {
    const { bench, handles } = await ended();
    await collected(handles[0] as ScanHandle, bench);
    await qualysWas.progress(handles.slice(1), bench.services);
    const cost = await costOf(bench, async () => {
      expect((await collectedAll(handles.slice(1), bench)).flatMap(codesOf)).toEqual([]);
    });
    expect(cost).toEqual({ [GET]: 0, [DOWNLOAD]: 3, [FINDINGS]: 1, [KNOWLEDGE]: 0 });
  });

  it('with the findings of two scans of one web application kept apart', async () => {
    const bench = await wasBench();
    const first = await launched(bench, { webApp: 1001 }, 'a');
    await bench.advance(7200);
    const second = await launched(bench, { webApp: 1001 }, 'b');
    await bench.advance(7200);
    await qualysWas.progress([first, second], bench.services);
    const alone = await collectedAlone([first, second], bench);
    expect(await collectedAll([first, second], bench)).toEqual(alone);
  });

  it('as one scan of several web applications, with one search', async () => {
    const { bench, handles } = await ended({}, [{ webApps: [1001, 1002, 1003] }]);
    const alone = await collectedAlone(handles, bench);
    const cost = await costOf(bench, async () => {
      expect(await collectedAll(handles, bench)).toEqual(alone);
    });
    expect([cost[FINDINGS], cost[DOWNLOAD]]).toEqual([1, 3]);
  });
});

describe('the record of the last look', () => {
  it('is not enough where it says too little: the whole record is asked for', async () => {
    const short = spoiling(
      'wasscan',
      () => true,
      (page) =>
        page.map(({ type, value }) => {
          const { linksCrawled: _, ...summary } = value.summary as JsonMembers;
          return { type, value: { ...value, summary } };
        }),
    );
    const { bench, handles } = await ended({}, WEB_APPS, short);
    const cost = await costOf(bench, async () => {
      expect((await collectedAll(handles, bench)).flatMap(codesOf)).toEqual([]);
    });
    expect(cost).toEqual({ [GET]: 4, [DOWNLOAD]: 4, [FINDINGS]: 4, [KNOWLEDGE]: expect.any(Number) });
  });

  it.each(['auth-failed', 'time-limit', 'no-host-alive', 'unknown-status', 'scan-error'])(
    'is not enough where it has something against the scan: %s',
    async (fault) => {
      const { bench, handles } = await ended({ faults: [fault] }, [
        { webApp: 1001, authRecord: 'default' },
        { webApp: 1007, authRecord: 'default' },
      ]);
      const alone = await collectedAlone(handles, bench);
      expect(alone.map((one) => codesOf(one).length > 0)).toEqual([true, true]);
      const cost = await costOf(bench, async () => {
        expect(await collectedAll(handles, bench)).toEqual(alone);
      });
      expect(cost[GET]).toBe(2);
    },
  );
});

describe('what one search found for many is not taken', () => {
  it.each<[name: string, spoil: (page: QpsRecord[]) => QpsRecord[]]>([
    ['where records are missing', (page) => page.filter(({ value }) => value.type !== 'VULNERABILITY')],
    ['where one record is missing', (page) => page.filter((_, index) => index !== 0)],
    [
      'where a record names no web application',
      (page) => page.map(({ type, value }) => ({ type, value: { ...value, webApp: null } })),
    ],
    [
      'where a record is of another web application',
      (page) => page.map(({ type, value }) => ({ type, value: { ...value, webApp: { id: 4711 } } })),
    ],
    [
      'where a record cannot be read',
      (page) =>
        page.map(({ type, value }, index) => ({ type, value: index === 3 ? { ...value, severity: [4] } : value })),
    ],
  ])('%s: each scan is searched for alone, and nothing is lost', async (_, spoil) => {
    const { bench, handles } = await ended({}, WEB_APPS, spoiling('finding', isForMany, spoil));
    const alone = await collectedAlone(handles, bench);
    expect(await collectedAll(handles, bench)).toEqual(alone);
    expect(alone.flatMap(codesOf)).toEqual([]);
    expect(bench.log.join('\n')).toContain('alone');
  });

  it('where the lists of the scan and the search differ in truth: that is told as ever', async () => {
    const lossy = spoiling(
      'finding',
      () => true,
      (page) => page.filter(({ value }) => value.type !== 'VULNERABILITY'),
    );
    const { bench, handles } = await ended({}, [{ webApp: 1001 }, { webApp: 1003 }], lossy);
    const alone = await collectedAlone(handles, bench);
    expect(await collectedAll(handles, bench)).toEqual(alone);
  });

  it('where a page is repeated: the scan with many pages fails, the others do not', async () => {
    const { bench, handles } = await ended();
    await bench.faults('repeated-page');
    const outcomes: string[] = [];
    for (const handle of handles) {
      outcomes.push(
        await collected(handle, bench).then(
          (one) => codesOf(one).join(),
          (error: { code: string }) => error.code,
        ),
      );
    }
    expect(outcomes[0]).toBe('SCANGATE_QUALYS_ANSWER');
    expect(outcomes).toContain('');
  });

  it('where the platform refuses to search for many', async () => {
    const { bench, handles } = await ended();
    await bench.faults('error-in-200=times:1,route:search/was/finding');
    const outcome = await collectedAll(handles, bench).then(
      (all) => all.flatMap(codesOf),
      (error: { code: string }) => [error.code],
    );
    expect(outcome).toEqual([]);
  });

  it('where there are very many: they are read page by page, and never held', async () => {
    const { bench, handles } = await ended({ seed: 'demo,findings=10500' }, [{ webApp: 1005 }, { webApp: 1002 }]);
    const [big, small] = handles as [ScanHandle, ScanHandle];
    let pages = 0;
    for await (const batch of qualysWas.findings(big, bench.services)) {
      if (pages++ === 0) expect((await bench.door()).calls[DOWNLOAD]).toBeUndefined();
      expect(batch.length).toBeLessThanOrEqual(1000);
    }
    expect(pages).toBeGreaterThan(10);
    expect(codesOf(await collected(small, bench))).toEqual([]);
  });

  it('where the call fails: the error is told, and the next scan tries again', async () => {
    const { bench, handles } = await ended();
    await bench.faults('maintenance-503');
    await expect(collected(handles[0] as ScanHandle, bench)).rejects.toMatchObject({
      code: 'SCANGATE_QUALYS_UNAVAILABLE',
    });
    await bench.faults();
    const rest = handles.slice(1);
    const cost = await costOf(bench, async () => {
      expect((await collectedAll(rest, bench)).flatMap(codesOf)).toEqual([]);
    });
    expect(cost).toEqual({ [GET]: 0, [DOWNLOAD]: 3, [FINDINGS]: 1, [KNOWLEDGE]: 1 });
  });
});

describe('the KnowledgeBase', () => {
  it('is asked again an hour later for what it had nothing for', async () => {
    const { bench, handles } = await ended({}, [{ webApp: 1001 }]);
    const [handle] = handles as [ScanHandle];
    await bench.faults('kb-missing-qid=qid:150003');
    await collected(handle, bench);
    await bench.faults();
    const remedies = async (aheadMs: number) => {
      const services = { ...bench.services, now: () => Date.now() + aheadMs };
      const { findings } = await collected(handle, { services });
      return findings
        .filter(({ vulnerability }) => vulnerability.id === '150003')
        .map(({ remediation }) => remediation);
    };
    expect(await remedies(0)).toEqual([undefined]);
    expect(await remedies(3_601_000)).toEqual([expect.any(String)]);
  });
});
