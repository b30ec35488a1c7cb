import { describe, expect, it } from 'vitest';
import { qualysVm } from '../../../src/scanners/qualys-vm/index.js';
import { BUILD, CLEAN, codesOf, collected, launched, planOf, scanned, untilEnded, vmBench } from './support.js';

describe('a scan of a host', () => {
  it('is launched, watched until it is processed, and collected, by few calls', async () => {
    const bench = await vmBench({ seed: 'demo,minutes=40' });
    const plan = await planOf(BUILD, bench);
    expect(await qualysVm.find(plan, bench.services)).toBeUndefined();
    const handle = await qualysVm.launch(plan, bench.services);
    const { phases, states } = await untilEnded(handle, bench, 222);
    expect([...new Set(phases)]).toEqual(['queued', 'running', 'processing', 'ended']);
    expect(states.at(-2)).toBe('Finished, not processed');
    expect(states.at(-1)).toBe('Finished');
    const { findings, statement } = await collected(handle, bench);
    expect(statement).toEqual({
      tool: { name: 'Qualys VM' },
      subject: 'host 192.0.2.10',
      reference: handle.scanId,
      link: handle.link,
      startedAt: expect.stringMatching(/^20\d\d-.*Z$/),
      finishedAt: expect.stringMatching(/^20\d\d-.*Z$/),
      state: 'Finished',
      evidence: expect.stringMatching(/^the summary of the scan launched .*: Finished, 1 of 1 hosts active$/),
      problems: [],
    });
    expect(findings.map(({ vulnerability, kind, severity }) => [vulnerability.id, kind, severity])).toEqual([
      ['38173', 'confirmed', 'low'],
      ['105484', 'confirmed', 'critical'],
      ['45038', 'information', 'info'],
    ]);
    const { calls, launchesByName } = await bench.door();
    expect(launchesByName).toEqual({ [plan.scanName]: 1 });
    expect(calls).toEqual({
      'GET|POST /api/:version/fo/subscription/option_profile/vm/': 1,
      // History, find, launch, one for each look, and two of the collecting.
      'GET|POST /api/:version/fo/scan/': 3 + phases.length + 2,
      'GET|POST /api/:version/fo/knowledge_base/vuln/': 1,
    });
  });

  it('gives its handle a link, and is found by its title', async () => {
    const bench = await vmBench();
    const handle = await launched(bench);
    expect(handle.scanId).toMatch(/^scan\/\d+\.\d+$/);
    expect(handle.link).toMatch(/\/fo\/report\/report_view\.php\?&id=31\d+$/);
    expect((await qualysVm.find(handle.plan, bench.services))?.scanId).toBe(handle.scanId);
    const other = { ...handle.plan, scanName: 'Weekly scan of build-10.example.test' };
    expect(await qualysVm.find(other, bench.services)).toBeUndefined();
  });

  it('is found when the answer to its launch was lost, and was launched once', async () => {
    const bench = await vmBench({ faults: ['launch-lost-answer'] });
    const plan = await planOf(BUILD, bench);
    await expect(qualysVm.launch(plan, bench.services)).rejects.toThrow();
    expect((await qualysVm.find(plan, bench.services))?.scanId).toMatch(/^scan\//);
    expect((await bench.door()).launchesByName).toEqual({ [plan.scanName]: 1 });
  });

  it('says how far it is, with one call for many', async () => {
    const bench = await vmBench();
    const handles = [
      await launched(bench, BUILD, 'run-1'),
      await launched(bench, CLEAN, 'run-2'),
      await launched(bench, { host: '192.0.2.12' }, 'run-3'),
    ];
    await bench.advance(200);
    const before = (await bench.door()).callsTotal;
    const progress = await qualysVm.progress(handles, bench.services);
    expect((await bench.door()).callsTotal - before).toBe(1);
    expect([...progress]).toEqual(handles.map(({ plan }) => [plan.scanName, { phase: 'running', state: 'Running' }]));
  });

  it('can be cancelled, twice, after its end, and when it is gone', async () => {
    const bench = await vmBench();
    const handle = await launched(bench);
    await bench.advance(100);
    await qualysVm.cancel(handle, bench.services);
    await qualysVm.cancel(handle, bench.services);
    expect((await bench.door()).running).toEqual([]);
    const { states } = await untilEnded(handle, bench);
    expect(states).toEqual(['Canceled']);
    expect(codesOf(await collected(handle, bench))).toEqual(['SCANGATE_SCAN_CANCELLED']);
    await qualysVm.cancel({ ...handle, scanId: 'scan/1.2' }, bench.services);
    const done = await scanned();
    await expect(qualysVm.cancel(done.handle, done.bench.services)).resolves.toBeUndefined();
  });

  it('that is gone has ended, and says so', async () => {
    const bench = await vmBench();
    const handle = { ...(await launched(bench)), scanId: 'scan/1.2' };
    expect([...(await qualysVm.progress([handle], bench.services)).values()]).toEqual([
      { phase: 'ended', state: 'Deleted' },
    ]);
    const { findings, statement } = await collected(handle, bench);
    expect([findings, statement.evidence, codesOf({ statement })]).toEqual([[], undefined, ['SCANGATE_SCAN_GONE']]);
  });

  it('that somebody paused is waited for, and can be cancelled', async () => {
    const bench = await vmBench({ faults: ['stuck-running=word:Paused'] });
    const handle = await launched(bench);
    await bench.advance(3600);
    expect([...(await qualysVm.progress([handle], bench.services)).values()]).toEqual([
      { phase: 'running', state: 'Paused' },
    ]);
    await qualysVm.cancel(handle, bench.services);
    expect((await bench.door()).running).toEqual([]);
  });
});

describe('the ends of a scan', () => {
  it.each([
    ['scan-error', 'Error', ['SCANGATE_SCAN_FAILED'], 0],
    ['cancelled', 'Canceled', ['SCANGATE_SCAN_CANCELLED'], 3],
    ['no-host-alive', 'Finished, No_Host', ['SCANGATE_SCAN_NOTHING_REACHED', 'SCANGATE_SCAN_INCOMPLETE'], 0],
    ['unknown-status', 'HIBERNATED', ['SCANGATE_SCAN_UNKNOWN_STATE'], 0],
    ['time-limit', 'Finished', ['SCANGATE_SCAN_NOTHING_REACHED', 'SCANGATE_SCAN_INCOMPLETE'], 0],
    ['auth-failed', 'Finished', ['SCANGATE_SCAN_AUTH_FAILED'], 4],
    ['counter-mismatch', 'Finished', ['SCANGATE_SCAN_COUNT_MISMATCH'], 3],
    ['unknown-severity', 'Finished', [], 3],
  ])('%s: %s', async (fault, state, codes, count) => {
    const { findings, statement } = await scanned({ faults: [fault] });
    expect([statement.state, codesOf({ statement }).sort(), findings.length]).toEqual([state, codes.sort(), count]);
    if (fault === 'unknown-severity') expect(findings[0]).toMatchObject({ severity: 'unknown', vendorSeverity: '6' });
  });

  it('a clean host passes with evidence, and its information is listed', async () => {
    const { findings, statement } = await scanned({}, CLEAN);
    expect([statement.state, statement.problems]).toEqual(['Finished, No_Vuln', []]);
    expect(findings.map(({ kind }) => kind)).toEqual(['information']);
  });

  it('a host without a single detection is seen all the same', async () => {
    const { findings, statement } = await scanned({}, { hosts: ['192.0.2.16', '192.0.2.11'] });
    expect([findings.length, statement.problems]).toEqual([1, []]);
  });

  it('results that come late are waited for', async () => {
    const { phases, statement } = await scanned({ faults: ['processing-late=seconds:3600'] });
    expect(phases.filter((phase) => phase === 'processing').length).toBeGreaterThan(10);
    expect(statement.problems).toEqual([]);
  });

  it('one dead host of several makes it incomplete, and is named', async () => {
    const { findings, statement } = await scanned({}, { ranges: ['192.0.2.10-192.0.2.13'] });
    expect(findings.length).toBe(9);
    expect(statement.problems.map(({ code, message }) => [code, message])).toEqual([
      ['SCANGATE_SCAN_INCOMPLETE', '1 entry of the target not scanned (host not alive ip): 192.0.2.13'],
    ]);
  });

  it('what the configuration excludes is not missing', async () => {
    const target = { ranges: ['192.0.2.8/29'], exclude: ['192.0.2.8-192.0.2.9', '192.0.2.13', '192.0.2.15'] };
    const { statement } = await scanned({}, target);
    expect(statement.problems).toEqual([]);
  });

  it('a name that is not found is named', async () => {
    const { statement } = await scanned({}, { hosts: ['build-10.example.test', 'gone.example.test'] });
    expect(statement.problems.map(({ message }) => message)).toEqual([
      '1 entry of the target not scanned (hostname not found ip): gone.example.test',
    ]);
  });
});

describe('the records of hosts', () => {
  it('give status, dates and scores of the hosts that were scanned', async () => {
    const { findings, statement } = await scanned({}, { ...BUILD, detections: 'host' });
    expect(statement.problems).toEqual([]);
    expect(statement.evidence).toMatch(/; the platform has 3 detections of 1 host on record$/);
    expect(findings[0]).toMatchObject({
      vulnerability: { id: '38173', title: 'Certificate cannot be trusted' },
      status: 'active',
      qds: 36,
      epss: 0.00232,
      pci: true,
      location: { kind: 'host', host: 'build-10.example.test', ip: '192.0.2.10', port: 443 },
      remediation: expect.stringContaining('scan again'),
    });
  });

  it('come page by page', async () => {
    const all = await scanned(
      { faults: ['missing-page=times:1,route:nowhere'] },
      {
        hosts: ['192.0.2.10', '192.0.2.11', '192.0.2.12'],
        detections: 'host',
      },
    );
    expect([all.findings.length, all.statement.problems]).toEqual([10, []]);
  });

  it.each([
    ['missing-page', ['SCANGATE_SCAN_INCOMPLETE', 'SCANGATE_SCAN_INCOMPLETE']],
    ['repeated-page', 'SCANGATE_QUALYS_ANSWER'],
  ])('%s is never taken for the whole', async (fault, codes) => {
    const bench = await vmBench({ faults: [fault] });
    const { handle } = await untilEnded(
      await launched(bench, { hosts: ['192.0.2.10', '192.0.2.12'], detections: 'host' }),
      bench,
    );
    const outcome = await collected(handle, bench).then(codesOf, (error: { code: string }) => error.code);
    expect(outcome).toEqual(codes);
  });

  it('that lag behind make it incomplete', async () => {
    const bench = await vmBench({ faults: ['processing-late=seconds:3600'] });
    const handle = await launched(bench, { host: '192.0.2.12', detections: 'host' });
    await bench.advance(700);
    expect(codesOf(await collected(handle, bench))).toEqual(['SCANGATE_SCAN_INCOMPLETE', 'SCANGATE_SCAN_INCOMPLETE']);
  });
});

describe('reuse', () => {
  const running = { kind: 'running' } as const;
  const day = { kind: 'finished', maxAgeMs: 86_400_000 } as const;

  it('takes a running scan of the same hosts with the same option profile', async () => {
    const bench = await vmBench();
    const handle = await launched(bench);
    const reusable = async (target: Parameters<typeof planOf>[0]) =>
      (await qualysVm.findReusable(await planOf(target, bench, 'run-2'), running, bench.services))?.scanId;
    expect(await reusable(BUILD)).toBe(handle.scanId);
    expect(await reusable({ ranges: ['192.0.2.10-192.0.2.10'] })).toBe(handle.scanId);
    expect(await reusable({ ...BUILD, optionProfile: 'Quick look' })).toBeUndefined();
    expect(await reusable(CLEAN)).toBeUndefined();
    expect(await reusable({ hosts: ['192.0.2.10', '192.0.2.11'] })).toBeUndefined();
  });

  it('takes a finished one that is young enough and complete', async () => {
    const { bench, handle } = await scanned();
    const plan = await planOf(BUILD, bench, 'run-2');
    expect(await qualysVm.findReusable(plan, running, bench.services)).toBeUndefined();
    expect((await qualysVm.findReusable(plan, day, bench.services))?.scanId).toBe(handle.scanId);
    const short = { kind: 'finished', maxAgeMs: 60_000 } as const;
    await bench.advance(600);
    expect(await qualysVm.findReusable(plan, short, bench.services)).toBeUndefined();
  });

  it('takes none that reached nothing', async () => {
    const { bench } = await scanned({ faults: ['no-host-alive'] });
    const plan = await planOf(BUILD, bench, 'run-2');
    expect(await qualysVm.findReusable(plan, day, bench.services)).toBeUndefined();
  });

  it('compares asset groups by their titles', async () => {
    const bench = await vmBench();
    const handle = await launched(bench, { assetGroups: ['Builders'] });
    const plan = await planOf({ assetGroups: [7201] }, bench, 'run-2');
    expect((await qualysVm.findReusable(plan, running, bench.services))?.scanId).toBe(handle.scanId);
    const more = await planOf({ assetGroups: [7201], host: '192.0.2.10' }, bench, 'run-3');
    expect(await qualysVm.findReusable(more, running, bench.services)).toBeUndefined();
  });
});
