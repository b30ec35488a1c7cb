import { describe, expect, it } from 'vitest';
import { qualysRegistry } from '../../../src/scanners/qualys-registry/index.js';
import type { RegistryTarget } from '../../../src/scanners/qualys-registry/target.js';
import { buildStage } from '../../../src/testing/index.js';
import { type CsParts, CsPlatform, IMAGE, image, NOW_MS, TOKEN } from '../qualys-container/platform.js';
import { codesOf, collectedBy } from '../qualys-container/support.js';

const DAY_MS = 86_400_000;
const CONTEXT = { targetName: 'shipped', runId: 'run-1' };

function bench(parts: CsParts = {}, of: 'image' | 'job' = 'image') {
  const platform = new CsPlatform(parts, of);
  const stage = buildStage((request) => platform.answer(request));
  const { services } = stage;
  const planned = (more: Partial<RegistryTarget> = {}) =>
    qualysRegistry.plan({ scanner: 'qualys-registry', image: IMAGE, ...more }, CONTEXT, services);
  return {
    platform,
    stage,
    planned,
    started: async (more: Partial<RegistryTarget> = {}) => qualysRegistry.launch(await planned(more), services),
    collect: async (more: Partial<RegistryTarget> = {}) =>
      collectedBy(qualysRegistry, await qualysRegistry.launch(await planned(more), services), services),
  };
}

const scannedAgo = (ms: number): CsParts => ({ images: [image({ lastScanned: String(NOW_MS - ms) })] });

describe('an image in its registry', () => {
  it('is asked for and nothing is started', async () => {
    const { stage, platform, collect } = bench(scannedAgo(DAY_MS));
    const { findings, statement } = await collect();
    expect(findings).toHaveLength(2);
    expect(statement.problems).toEqual([]);
    expect(statement.state).toBe('SUCCESS');
    expect(platform.launches).toBe(0);
    const methods = stage.requests.filter(({ path }) => path.startsWith('/csapi')).map(({ method }) => method);
    expect(new Set(methods)).toEqual(new Set(['GET']));
  });

  it('that the platform does not know is inconclusive, before anything else', async () => {
    await expect(bench({ images: [] }).planned()).rejects.toMatchObject({ code: 'SCANGATE_SCAN_UNKNOWN_TARGET' });
  });

  it.each([
    [7 * DAY_MS - 60_000, undefined, []],
    [8 * DAY_MS, undefined, ['SCANGATE_SCAN_STALE']],
    [8 * DAY_MS, '9d', []],
    [2 * 3_600_000, '90m', ['SCANGATE_SCAN_STALE']],
  ])('scanned %d ms ago with maxAge %s', async (ago, maxAge, codes) => {
    const parts = scannedAgo(ago);
    expect(codesOf(await bench({ ...parts, details: parts.images?.[0] ?? {} }).collect({ maxAge }))).toEqual(codes);
  });

  it('that was never scanned is no clean image', async () => {
    const never = { lastScanned: null, scanStatus: null };
    const parts = { images: [image(never)], details: never, vulnerabilities: null };
    const { findings, statement } = await bench(parts).collect();
    expect(findings).toEqual([]);
    expect(codesOf({ statement })).toEqual(['SCANGATE_SCAN_INCOMPLETE', 'SCANGATE_SCAN_UNKNOWN_TARGET']);
  });

  it('that only a pipeline has seen is not in a registry', async () => {
    const parts = { images: [image({ source: ['CICD'], registryUuid: null, lastScanned: String(NOW_MS) })] };
    expect(codesOf(await bench(parts).collect())).toEqual(['SCANGATE_SCAN_UNKNOWN_TARGET']);
  });
});

describe('a scan of the registry', () => {
  it('is of one tag, at once, and named with the id of the run', async () => {
    const { stage, started } = bench({}, 'job');
    const handle = await started({ scanNow: true });
    const launch = stage.requests.find(({ method, path }) => method === 'POST' && path.startsWith('/csapi'));
    expect(launch?.path).toBe('/csapi/v1.3/registry/00000000-0000-4000-8000-0000000000aa/schedule');
    expect(JSON.parse(launch?.body ?? '')).toEqual({
      name: 'scangate shipped run-1',
      registryType: 'DockerV2-Private',
      onDemand: true,
      filters: [{ repoTags: [{ repo: 'shop/api', tag: '1.4' }], days: null }],
    });
    expect(handle).toMatchObject({ scanId: '00000000-0000-4000-8000-0000000000aa/job-1', reference: 'job-1' });
  });

  it('can be forced', async () => {
    const { stage, started } = bench({}, 'job');
    await started({ scanNow: 'force' });
    expect(stage.requests.at(-1)?.body).toContain('"forceScan":true');
  });

  it('brings an image that was not known before', async () => {
    const { platform, stage, planned } = bench({ images: [] }, 'job');
    const handle = await qualysRegistry.launch(await planned({ scanNow: true }), stage.services);
    platform.parts.images?.push(image());
    expect([...(await qualysRegistry.progress([handle], stage.services)).values()]).toEqual([
      { phase: 'ended', state: 'Finished, SUCCESS' },
    ]);
  });

  it('whose results are not there yet is being processed, for ten minutes', async () => {
    const schedule = { jobCompletionDate: String(NOW_MS - 60_000) };
    const { platform, stage, planned } = bench({ images: [], schedule }, 'job');
    const handle = await qualysRegistry.launch(await planned({ scanNow: true }), stage.services);
    const phase = async () => [...(await qualysRegistry.progress([handle], stage.services)).values()][0]?.phase;
    expect(await phase()).toBe('processing');
    platform.parts.schedule = { jobCompletionDate: String(NOW_MS - 3_600_000) };
    expect(await phase()).toBe('ended');
    await expect(qualysRegistry.findings(handle, stage.services).next()).rejects.toMatchObject({
      code: 'SCANGATE_SCAN_UNKNOWN_TARGET',
    });
  });

  it.each([
    ['Error', null, 'SCANGATE_SCAN_FAILED'],
    ['Finished', [{ errorCode: 'CMS-1', message: 'cannot pull' }], 'SCANGATE_SCAN_INCOMPLETE'],
    ['Finished', 'cannot pull', 'SCANGATE_SCAN_INCOMPLETE'],
    ['Canceled', null, 'SCANGATE_SCAN_CANCELLED'],
    ['Adjourned', null, 'SCANGATE_SCAN_UNKNOWN_STATE'],
  ])('that ended as %s with the errors %j', async (status, errors, code) => {
    expect(codesOf(await bench({ schedule: { status, errors } }, 'job').collect({ scanNow: true }))).toEqual([code]);
  });

  it('that is not listed any more is a problem, and not waited for as if it had ended', async () => {
    const { platform, stage, started } = bench({}, 'job');
    const handle = await started({ scanNow: true });
    platform.launches = 0;
    expect(await qualysRegistry.progress([handle], stage.services)).toEqual(new Map());
    expect(codesOf(await collectedBy(qualysRegistry, handle, stage.services))).toEqual(['SCANGATE_SCAN_GONE']);
  });

  it('is cancelled, and once it has ended that is no error', async () => {
    const { platform, stage, started } = bench({}, 'job');
    const handle = await started({ scanNow: true });
    platform.situation = 'running';
    await qualysRegistry.cancel(handle, stage.services);
    platform.situation = 'done';
    await qualysRegistry.cancel(handle, stage.services);
    expect(platform.cancels).toBe(2);
  });

  it('needs a tag, and a registry that the platform knows', async () => {
    const { planned } = bench({}, 'job');
    await expect(planned({ image: 'registry.example.test/shop/api', scanNow: true })).rejects.toMatchObject({
      code: 'SCANGATE_CONFIG_INVALID',
    });
    const parts = { images: [] };
    const elsewhere = bench(parts, 'job').planned({ image: 'other.example/shop/api:1.4', scanNow: true });
    await expect(elsewhere).rejects.toMatchObject({
      code: 'SCANGATE_QUALYS_NOT_FOUND',
      message: 'the platform does not know the registry other.example; it knows registry.example.test',
    });
  });
});

describe('long lists', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      image({ sha: index.toString(16).padStart(64, '0'), uuid: `u-${index}`, repo: null, repoDigests: null }),
    );

  it('are read to their end', async () => {
    const { stage, planned } = bench({ images: [...many(450), image()] });
    await planned();
    expect(stage.requests.filter(({ path }) => path.endsWith('/images'))).toHaveLength(3);
  });

  it.each([
    ['the first page again', (page: number) => Math.min(page, 1)],
    ['a page that is lost', (page: number) => (page === 2 ? 99 : page)],
  ])('with %s are an error', async (_, pageOf) => {
    const platform = new CsPlatform({ images: [...many(450), image()] });
    const stage = buildStage((request) => {
      const page = Number(request.query.get('pageNumber'));
      if (page > 0) request.query.set('pageNumber', String(pageOf(page)));
      return platform.answer(request);
    });
    const planned = qualysRegistry.plan({ scanner: 'qualys-registry', image: IMAGE }, CONTEXT, stage.services);
    await expect(planned).rejects.toMatchObject({ code: 'SCANGATE_QUALYS_ANSWER' });
  });

  it('that the platform does not give to their end are refused', async () => {
    const page = JSON.stringify({ data: [image()], count: 10_001 });
    const stage = buildStage(({ path }) => (path === '/auth' ? TOKEN : page));
    const planned = qualysRegistry.plan({ scanner: 'qualys-registry', image: IMAGE }, CONTEXT, stage.services);
    await expect(planned).rejects.toMatchObject({ code: 'SCANGATE_SCAN_INCOMPLETE' });
  });
});
