import { describe, expect, it } from 'vitest';
import { qscannerWay } from '../../../../src/scanners/qualys-container/qscanner/index.js';
import type { ScanHandle } from '../../../../src/scanners/scanner.js';
import { type Course, courseOf, ended, files, launched, planOf, refusalOf, result, scan } from './support.js';

const collect = async ({ services }: Course, handle: ScanHandle): Promise<unknown> => {
  const stream = qscannerWay.findings(handle, services);
  for (;;) {
    const step = await stream.next();
    if (step.done) return step.value;
  }
};

// Without times: the runs are at different ones.
const good = { files: files(result({ Metadata: {} })) };

describe('the course of a scan', () => {
  it('writes into the new folder of the scan', async () => {
    const course = courseOf();
    await launched(course);
    const [spec] = course.scans();
    expect(spec?.command).toBe('/usr/bin/qscanner');
    expect(spec?.args.slice(-2)).toEqual(['--output-dir', '/state/programs/scangate shop run-1']);
    expect(spec?.timeoutMs).toBe(2_700_000);
  });

  it('is found by its name once it was started, and not before', async () => {
    const course = courseOf({ runs: [{ runsOn: true }] });
    const plan = await planOf(course);
    expect(await qscannerWay.find(plan, course.services)).toBeUndefined();
    const handle = await qscannerWay.launch(plan, course.services);
    expect(await qscannerWay.find(plan, course.services)).toEqual({ plan, scanId: handle.scanId });
    expect(await qscannerWay.findReusable(plan, { kind: 'running' }, course.services)).toBeUndefined();
  });

  it('runs until it ends, and nothing is judged before', async () => {
    const course = courseOf({ runs: [{ runsOn: true, lastLine: 'layer 3 of 9' }] });
    const handle = await launched(course);
    const progress = await qscannerWay.progress([handle], course.services);
    expect(Object.fromEntries(progress)).toEqual({
      'scangate shop run-1': { phase: 'running', state: 'running', note: 'layer 3 of 9' },
    });
    expect((await refusalOf(collect(course, handle))).code).toBe('SCANGATE_SCAN_INCOMPLETE');
  });

  it('is stopped, twice, and then never green', async () => {
    const course = courseOf({ runs: [{ ...good, runsOn: true }] });
    const handle = await launched(course);
    await qscannerWay.cancel(handle, course.services);
    await qscannerWay.cancel(handle, course.services);
    expect(await ended(course, handle)).toEqual(['signal SIGTERM']);
    expect((await refusalOf(collect(course, handle))).code).toBe('SCANGATE_SCAN_CANCELLED');
  });

  it('says that nobody saw the end of a run whose process was killed', async () => {
    const course = courseOf({ runs: [{ ...good, runsOn: true }] });
    const handle = await launched(course);
    course.machine.forget();
    expect(await ended(course, handle)).toEqual(['lost']);
    expect(await qscannerWay.find(handle.plan, course.services)).toBeUndefined();
    expect((await refusalOf(collect(course, handle))).code).toBe('SCANGATE_PROGRAM_FAILED');
  });

  it('says that nothing is left of a scan whose folder is gone', async () => {
    const handle = await launched(courseOf());
    const elsewhere = courseOf();
    expect(await ended(elsewhere, handle)).toEqual(['unknown here']);
    await qscannerWay.cancel(handle, elsewhere.services);
    expect((await refusalOf(collect(elsewhere, handle))).code).toBe('SCANGATE_PROGRAM_NO_REPORT');
  });

  it('says that its time was over', async () => {
    expect(await refusalOf(scan({ runs: [{ ...good, signal: 'SIGKILL', stopped: 'time' }] }))).toEqual({
      code: 'SCANGATE_SCAN_TIMEOUT',
      message: 'QScanner did not end within its time and was ended',
      mend: 'allow more time with qscanner.timeout, or leave folders out with qscanner.excludeDirs',
    });
  });

  it('refuses a plan that is not its own', async () => {
    const course = courseOf();
    const handle = await launched(course);
    const foreign = { ...handle, plan: { ...handle.plan, details: { way: 'qscanner' } } };
    expect((await refusalOf(qscannerWay.launch(foreign.plan, course.services))).code).toBe('SCANGATE_REPORT_SHAPE');
  });
});

describe('a platform that is not ready', () => {
  it.each([31, 32, 33, 40, 41])('is tried again after exit %i, in a new folder', async (status) => {
    const course = courseOf({ runs: [{ status, files: { 'stale-ScanResult.json': '{}' } }, good] });
    const handle = await launched(course);
    expect(await ended(course, handle)).toEqual([
      `waiting for run 2 of 3 after exit ${status}`,
      'running, run 2 of 3',
      'exit 0',
    ]);
    expect(course.scans().map(({ args }) => args.at(-1))).toEqual([
      '/state/programs/scangate shop run-1',
      '/state/programs/scangate shop run-1 run 2',
    ]);
    expect(await collect(course, handle)).toMatchObject({ problems: [] });
  });

  it('is asked again after 30 and 90 seconds, and no more', async () => {
    const course = courseOf({ runs: [{ status: 40, stderr: 'report is not ready' }] });
    const handle = await launched(course);
    const startsAt: [number, number][] = [];
    for (let second = 0; second <= 200; second += 10) {
      await qscannerWay.progress([handle], course.services);
      if (course.scans().length !== (startsAt.at(-1)?.[1] ?? 1)) startsAt.push([second, course.scans().length]);
      course.wait(10_000);
    }
    expect(startsAt).toEqual([
      [30, 2],
      [120, 3],
    ]);
    expect(await refusalOf(collect(course, handle))).toEqual({
      code: 'SCANGATE_PROGRAM_FAILED',
      message:
        'QScanner failed in the last of 3 runs, the vulnerability report could not be fetched from the platform: it ended with status 40: report is not ready',
      mend: 'check that this machine reaches the gateway of the platform, and run the step again',
    });
  });

  it('goes on in another process from what the machine keeps', async () => {
    const course = courseOf({ runs: [{ status: 33 }, good] });
    const handle = await launched(course);
    course.wait(60_000);
    expect(await ended(course, JSON.parse(JSON.stringify(handle)))).toEqual(['running, run 2 of 3', 'exit 0']);
  });

  it('is not tried again when the gate stopped the program', async () => {
    const course = courseOf({ runs: [{ status: 40, stopped: 'cancelled' }] });
    const handle = await launched(course);
    expect(await ended(course, handle)).toEqual(['exit 40']);
    expect(course.scans()).toHaveLength(1);
  });
});
