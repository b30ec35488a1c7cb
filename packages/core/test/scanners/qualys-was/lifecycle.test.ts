import { describe, expect, it } from 'vitest';
import { QualysError } from '../../../src/qualys/index.js';
import { qualysWas } from '../../../src/scanners/qualys-was/index.js';
import { codesOf, collected, launched, planOf, SHOP, scanned, untilEnded, wasBench } from './support.js';

describe('a scan', () => {
  it('is launched, watched and collected, by at most 25 calls with twelve polls', async () => {
    const bench = await wasBench({ seed: 'demo,minutes=40' });
    const plan = await planOf({ ...SHOP, optionProfile: 9001, authRecord: 7001 }, bench);
    const { services } = bench;
    expect(await qualysWas.find(plan, services)).toBeUndefined();
    const handle = await qualysWas.launch(plan, services);
    const { phases, states } = await untilEnded(handle, bench, 230);
    expect(phases.slice(0, 2)).toEqual(['queued', 'running']);
    expect(states.at(-1)).toBe('FINISHED, SUCCESSFUL');
    expect(phases).toHaveLength(12);
    expect(codesOf(await collected(handle, bench))).toEqual([]);
    const { calls, callsTotal, launchesByName } = await bench.door();
    expect(launchesByName).toEqual({ [plan.scanName]: 1 });
    // Plan 4, find and launch 1 each, twelve polls, collect 3: the last poll had the whole record of the scan.
    expect(calls).toEqual({
      'POST /qps/rest/3.0/search/was/webapp': 1,
      'POST /qps/rest/3.0/search/was/optionprofile': 1,
      'POST /qps/rest/3.0/search/was/webappauthrecord': 1,
      'POST /qps/rest/3.0/search/was/wasscan': 14,
      'POST /qps/rest/3.0/launch/was/wasscan': 1,
      'POST /qps/rest/3.0/search/was/finding': 1,
      'GET|POST /api/:version/fo/knowledge_base/vuln/': 1,
      'GET /qps/rest/3.0/download/was/wasscan/:id': 1,
    });
    expect(callsTotal).toBe(21);
  });

  it('gives its handle a link, and is found by its name', async () => {
    const bench = await wasBench();
    const handle = await launched(bench);
    expect(handle.link).toBe(
      `${bench.simulator.portal}/was/#/reports/online-reports/email-report/scan/${handle.scanId}`,
    );
    expect(Math.abs((handle.launchedAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
    const found = await qualysWas.find(handle.plan, bench.services);
    expect(found?.scanId).toBe(handle.scanId);
    expect(found?.reference).toMatch(/^was\/\d+\.\d+$/);
    expect(await qualysWas.find({ ...handle.plan, scanName: 'Weekly scan' }, bench.services)).toBeUndefined();
  });

  it('is found when the answer to its launch was lost, and was launched once', async () => {
    const bench = await wasBench({ faults: ['launch-lost-answer'] });
    const plan = await planOf(SHOP, bench);
    await expect(qualysWas.launch(plan, bench.services)).rejects.toThrow();
    expect(await qualysWas.find(plan, bench.services)).toMatchObject({ scanId: '5000001' });
    expect((await bench.door()).launchesByName).toEqual({ [plan.scanName]: 1 });
  });

  it('is not launched while another one runs, with the reason of the platform', async () => {
    const bench = await wasBench();
    await launched(bench);
    const plan = await planOf(SHOP, bench, 'run-2');
    await expect(qualysWas.launch(plan, bench.services)).rejects.toThrow(/already in progress/);
  });

  it('says how far it is, with one call for many', async () => {
    const bench = await wasBench();
    const handles = await Promise.all([
      launched(bench, SHOP, 'run-1'),
      launched(bench, { webApp: 1002 }, 'run-2'),
      launched(bench, { webApp: 1003 }, 'run-3'),
    ]);
    await bench.advance(200);
    const before = (await bench.door()).callsTotal;
    const progress = await qualysWas.progress(handles, bench.services);
    expect((await bench.door()).callsTotal - before).toBe(1);
    expect([...progress.keys()]).toEqual(handles.map(({ plan }) => plan.scanName));
    expect(progress.get('scangate shop-web run-1')).toEqual({
      phase: 'running',
      state: 'RUNNING, RUNNING',
      linksCrawled: expect.toSatisfy((links: number) => links > 10 && links <= 148),
    });
  });

  it('can be cancelled with what it has found, twice, and when it is gone', async () => {
    const bench = await wasBench();
    const handle = await launched(bench);
    await bench.advance(330);
    await qualysWas.cancel(handle, bench.services);
    await qualysWas.cancel(handle, bench.services);
    expect((await bench.door()).running).toEqual([]);
    const { states, phases } = await untilEnded(handle, bench, 40);
    expect([phases[0], states.at(-1)]).toEqual(['processing', 'CANCELED, CANCELED_WITH_RESULTS']);
    const { findings, statement } = await collected(handle, bench);
    expect(findings.length).toBeGreaterThan(5);
    expect(codesOf({ statement })).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
    await qualysWas.cancel({ ...handle, scanId: '999' }, bench.services);
  });

  it('that ended long ago needs no cancelling', async () => {
    const { handle, bench } = await scanned();
    await expect(qualysWas.cancel(handle, bench.services)).resolves.toBeUndefined();
  });

  it('that is gone has ended, and says so', async () => {
    const bench = await wasBench();
    const handle = { ...(await launched(bench)), scanId: '999' };
    expect([...(await qualysWas.progress([handle], bench.services)).values()]).toEqual([
      { phase: 'ended', state: 'DELETED' },
    ]);
    const { findings, statement } = await collected(handle, bench);
    expect(findings).toEqual([]);
    expect(statement.evidence).toBeUndefined();
    expect(statement.problems.map(({ message }) => message)).toEqual(['the scan 999 is not on the platform any more']);
  });
});

describe('reuse', () => {
  const running = { kind: 'running' } as const;
  const day = { kind: 'finished', maxAgeMs: 86_400_000 } as const;

  it('takes a running scan of the same web application and settings', async () => {
    const bench = await wasBench();
    const handle = await launched(bench);
    const reusable = async (target: Parameters<typeof planOf>[0]) =>
      (await qualysWas.findReusable(await planOf(target, bench, 'run-2'), running, bench.services))?.scanId;
    expect(await reusable(SHOP)).toBe(handle.scanId);
    expect(await reusable({ ...SHOP, authRecord: 'none' })).toBeUndefined();
    expect(await reusable({ ...SHOP, optionProfile: 9003 })).toBeUndefined();
    expect(await reusable({ ...SHOP, type: 'discovery' })).toBeUndefined();
    expect(await reusable({ webApp: 1002 })).toBeUndefined();
  });

  it('takes a finished one that is young enough and complete', async () => {
    const { bench, handle } = await scanned();
    const plan = await planOf(SHOP, bench, 'run-2');
    expect(await qualysWas.findReusable(plan, running, bench.services)).toBeUndefined();
    expect((await qualysWas.findReusable(plan, day, bench.services))?.scanId).toBe(handle.scanId);
    await bench.advance(90_000);
    await bench.client.portalVersion();
    expect(await qualysWas.findReusable(plan, day, bench.services)).toBeUndefined();
  });

  it('takes no finished one that could not log in', async () => {
    const { bench } = await scanned({ faults: ['auth-failed'] });
    const plan = await planOf(SHOP, bench, 'run-2');
    expect(await qualysWas.findReusable(plan, day, bench.services)).toBeUndefined();
  });

  it('judges findings of the scan it took, not of those before', async () => {
    const { bench, findings } = await scanned();
    const plan = await planOf(SHOP, bench, 'run-2');
    const handle = await qualysWas.findReusable(plan, day, bench.services);
    if (!handle) throw new Error('nothing found');
    expect((await collected(handle, bench)).findings).toEqual(findings);
  });
});

describe('findings', () => {
  it('are only those that this scan saw, also when it is collected after a later one', async () => {
    const { bench, handle, findings } = await scanned();
    const second = await launched(bench, SHOP, 'run-2');
    await untilEnded(second, bench);
    const late = await collected(handle, bench);
    const ids = (all: typeof findings) => all.map(({ identity }) => identity).sort();
    expect(ids(late.findings)).toEqual(ids(findings));
    expect(late.statement.problems).toEqual([]);
    expect(findings.every(({ status }) => status !== 'fixed')).toBe(true);
  });

  it('of a clean web application are information only, with evidence of the scan', async () => {
    const { findings, statement } = await scanned({}, { webApp: 'Handbook' });
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['information']));
    expect(statement.problems).toEqual([]);
    expect(statement.evidence).toMatch(/^The platform lists the results of 1 scan: was\/.* \(FINISHED, FINISHED\)$/);
  });

  it('carry what a person needs to mend them', async () => {
    const { findings } = await scanned();
    const finding = findings.find(({ vulnerability }) => vulnerability.id === '150440');
    expect(finding?.vulnerability.aliases?.[0]).toMatch(/^CVE-/);
    expect(finding).toMatchObject({
      kind: 'confirmed',
      pci: expect.any(Boolean),
      qds: expect.any(Number),
      description: expect.any(String),
      impact: expect.any(String),
      remediation: expect.any(String),
      cvss: expect.arrayContaining([expect.objectContaining({ version: '3.1', vector: expect.any(String) })]),
    });
    expect(findings.filter(({ ignored }) => ignored).map(({ ignored }) => ignored?.reason)).toContain(
      'ignored in Qualys WAS: RISK_ACCEPTED: Accepted until the new sign-in is there.',
    );
  });
});

it('many findings come page by page, and none is lost', async () => {
  const bench = await wasBench({ seed: 'demo,findings=4500' });
  const { handle } = await untilEnded(await launched(bench, { webApp: 1005 }), bench);
  const sizes: number[] = [];
  for await (const batch of qualysWas.findings(handle, bench.services)) {
    if (sizes.length === 0)
      expect((await bench.door()).calls['GET /qps/rest/3.0/download/was/wasscan/:id']).toBeUndefined();
    sizes.push(batch.length);
  }
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
  const { calls } = await bench.door();
  expect(calls['POST /qps/rest/3.0/search/was/finding']).toBe(5);
  expect(calls['GET|POST /api/:version/fo/knowledge_base/vuln/']).toBe(1);
});

describe('a scan of several web applications', () => {
  it('is one: watched together, collected together', async () => {
    const bench = await wasBench();
    const handle = await launched(bench, { webApps: [1001, 1002, 1003] });
    expect(handle.scanId.split(',')).toHaveLength(3);
    const before = (await bench.door()).callsTotal;
    await qualysWas.progress([handle], bench.services);
    expect((await bench.door()).callsTotal - before).toBe(1);
    const { states } = await untilEnded(handle, bench);
    expect(states.at(-1)).toBe('FINISHED, SUCCESSFUL, FINISHED, FINISHED (3 of 3 scans ended)');
    const { findings, statement } = await collected(handle, bench);
    expect(statement.problems).toEqual([]);
    expect(statement.subject).toContain('Handbook (https://handbook.example.test/)');
    expect(
      new Set(findings.map(({ location }) => (location.kind === 'web' ? new URL(location.url ?? '').host : ''))),
    ).toEqual(new Set(['shop-staging.example.test', 'handbook.example.test', 'portal.example.test']));
    expect((await qualysWas.find(handle.plan, bench.services))?.scanId).toBe(handle.scanId);
  });

  it('names a web application that was left out', async () => {
    const bench = await wasBench();
    await launched(bench, { webApp: 1002 }, 'other');
    const handle = await launched(bench, { webApps: [1001, 1002] });
    await untilEnded(handle, bench);
    const { problems } = (await collected(handle, bench)).statement;
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['SCANGATE_SCAN_INCOMPLETE', '1 web application was not scanned: Handbook'],
    ]);
  });

  it('that started nothing is an error', async () => {
    const bench = await wasBench();
    await launched(bench, { webApp: 1002 }, 'other');
    await launched(bench, { webApp: 1003 }, 'another');
    await expect(launched(bench, { webApps: [1002, 1003] })).rejects.toMatchObject({ code: 'SCANGATE_SCAN_FAILED' });
  });
});

describe('a web application for a review environment', () => {
  const target = { url: 'https://review-17.example.test/', create: { tags: ['staging'] }, authRecord: 'Shop tester' };

  it('is created for the scan, and removed afterwards', async () => {
    const bench = await wasBench();
    const plan = await planOf(target, bench);
    expect(plan.subject).toBe('a web application for https://review-17.example.test/');
    expect((await bench.door()).webApps).toHaveLength(7);
    const handle = await qualysWas.launch(plan, bench.services);
    expect((await bench.door()).webApps.at(-1)).toMatchObject({
      name: 'scangate shop-web run-1',
      url: 'https://review-17.example.test/',
    });
    await untilEnded(handle, bench);
    const { findings, statement } = await collected(handle, bench);
    expect(statement.problems).toEqual([]);
    expect(findings.length).toBeGreaterThan(0);
    await qualysWas.cleanUp?.(handle, bench.services);
    await qualysWas.cleanUp?.(plan, bench.services);
    expect((await bench.door()).webApps).toHaveLength(7);
  });

  it('is not made twice, and can be removed by the plan alone, when the launch fails after it', async () => {
    const bench = await wasBench({ faults: ['html-error=times:all,route:launch'] });
    const plan = await planOf(target, bench);
    await expect(qualysWas.launch(plan, bench.services)).rejects.toThrow();
    await expect(qualysWas.launch(plan, bench.services)).rejects.toThrow();
    expect((await bench.door()).webApps).toHaveLength(8);
    await qualysWas.cleanUp?.(plan, bench.services);
    expect((await bench.door()).webApps).toHaveLength(7);
  });

  it('leaves web applications alone that it has not made', async () => {
    const bench = await wasBench();
    const plan = await planOf(SHOP, bench);
    await qualysWas.cleanUp?.(plan, bench.services);
    expect((await bench.door()).webApps).toHaveLength(7);
  });
});

it('errors of the platform come through as they are', async () => {
  const bench = await wasBench({ faults: ['wrong-password'] });
  await expect(planOf(SHOP, bench)).rejects.toSatisfy(
    (error) => error instanceof QualysError && error.code === 'SCANGATE_QUALYS_REFUSED',
  );
});
