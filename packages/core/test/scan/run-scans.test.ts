import { describe, expect, it } from 'vitest';
import { ScangateError } from '../../src/errors.js';
import { FakePlatform, FakeStore, MINUTE_MS, START_MS, startProcess, VirtualClock, wholeRun } from './support.js';

const codes = (results: readonly unknown[]) =>
  results.map((result) => (result instanceof ScangateError ? result.code : result));

const newPlatform = (behaviour: Partial<FakePlatform['behaviour']> = {}): FakePlatform => {
  const platform = new FakePlatform(new VirtualClock());
  Object.assign(platform.behaviour, behaviour);
  return platform;
};

const stored = (store: FakeStore, target = 'shop') => JSON.parse(store.texts.get(target) ?? 'null');

describe('a run', () => {
  it('plans, launches, waits, reads, and marks the scan as judged', async () => {
    const { results, platform, store, events } = await wholeRun();
    expect(results).toEqual([1]);
    expect([...new Set(platform.calls)]).toEqual(['plan', 'launch', 'progress', 'findings', 'cleanUp']);
    expect(stored(store).end).toMatchObject({ how: 'judged', cleanedUp: true });
    expect(events.filter(({ isNews }) => isNews).map(({ kind }) => kind)).toEqual([
      'planned',
      'launched',
      'progress',
      'progress',
      'heartbeat',
      'heartbeat',
      'ended',
    ]);
  });

  it('writes the intent before it launches', async () => {
    const store = new FakeStore();
    const platform = newPlatform();
    let seen: unknown;
    platform.behaviour.onLaunch = () => {
      seen = stored(store);
      return undefined;
    };
    await wholeRun({ store, platform });
    expect(seen).toMatchObject({ schema: 'scangate.state/1', target: 'shop', plan: { scanName: expect.any(String) } });
    expect(seen).not.toHaveProperty('launch');
  });

  it('costs about 12 looks in 40 minutes, and ends within one pause after the results are there', async () => {
    const platform = newPlatform({ runMs: 40 * MINUTE_MS });
    await wholeRun({ platform });
    expect(platform.count('progress')).toBeLessThanOrEqual(13);
    expect(platform.clock.now() - START_MS).toBeLessThanOrEqual(47 * MINUTE_MS + 5_000);
  });

  it('asks about 20 scans with one call each time', async () => {
    const platform = newPlatform({ runMs: 40 * MINUTE_MS });
    const jobs = Array.from({ length: 20 }, (_, index) => ({ name: `shop-${index}` }));
    const { results } = await wholeRun({ jobs, platform });
    expect(results).toEqual(jobs.map(() => 1));
    expect([platform.count('launch'), platform.count('findings'), platform.count('find')]).toEqual([20, 20, 0]);
    expect(platform.count('progress')).toBeLessThanOrEqual(14);
  });

  describe('of scans that end at different times', () => {
    /** When each was seen to end, and when its findings were asked for, in minutes since the start. */
    const course = async (lateMs: number, behaviour: Partial<FakePlatform['behaviour']> = {}) => {
      const platform = newPlatform(behaviour);
      const progressOf = platform.progressOf.bind(platform);
      platform.progressOf = (scan) =>
        progressOf(scan.plan.target === 'late' ? { ...scan, launchedMs: scan.launchedMs + lateMs } : scan);
      const minute = (): number => (platform.clock.now() - START_MS) / MINUTE_MS;
      const read: number[] = [];
      platform.behaviour.onFindings = () => {
        read.push(minute());
      };
      const ended: number[] = [];
      const { results } = await wholeRun({
        jobs: [{ name: 'early' }, { name: 'late' }],
        platform,
        world: { onEvent: ({ kind }) => kind === 'ended' && ended.push(minute()) },
      });
      expect(results).toEqual([1, 1]);
      return { read, ended };
    };

    it('reads those that end close together when all have ended', async () => {
      const { read, ended } = await course(3 * MINUTE_MS);
      const [first = 0, last = 0] = ended;
      expect(last - first).toBeGreaterThan(0.5);
      expect(read.every((at) => at >= last && at < last + 0.1)).toBe(true);
    });

    it('keeps what has ended waiting for one pause at most', async () => {
      const { read, ended } = await course(180 * MINUTE_MS);
      const [first = 0, last = 0] = ended;
      expect(last - first).toBeGreaterThan(170);
      expect((read[0] ?? 0) - first).toBeGreaterThan(4);
      expect((read[0] ?? 0) - first).toBeLessThanOrEqual(5.1);
      expect((read[1] ?? 0) - last).toBeLessThan(0.1);
    });
  });

  it('has a bounded number of scans alive', async () => {
    const platform = newPlatform();
    let most = 0;
    platform.behaviour.onProgress = () => {
      most = Math.max(most, platform.unfinished.length);
    };
    const jobs = Array.from({ length: 5 }, (_, index) => ({ name: `shop-${index}` }));
    const { results } = await wholeRun({ jobs, platform, world: { parallel: 2 } });
    expect([results, most]).toEqual([[1, 1, 1, 1, 1], 2]);
  });

  it('is never silent for 5 minutes, even when the platform hangs', async () => {
    const clock = new VirtualClock();
    const platform = new FakePlatform(clock);
    Object.assign(platform.behaviour, { runMs: 90 * MINUTE_MS, historyMs: [93 * MINUTE_MS] });
    const atMs: number[] = [];
    let hangs = 0;
    const fake = startProcess({ platform, world: { onEvent: ({ isNews }) => isNews && atMs.push(clock.now()) } });
    const original = platform.progressOf.bind(platform);
    platform.progressOf = (scan) => {
      hangs++;
      return original(scan);
    };
    await clock.drive(fake.judge());
    await clock.drive(fake.run.close());
    const gaps = atMs.slice(1).map((ms, index) => ms - (atMs[index] ?? 0));
    expect(hangs).toBeGreaterThan(0);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(5 * MINUTE_MS);
  });

  it('lets other targets go on when one cannot be planned', async () => {
    const platform = newPlatform();
    let plans = 0;
    platform.behaviour.onPlan = () => {
      if (++plans === 1) throw new ScangateError('SCANGATE_QUALYS_REFUSED', 'no such permission');
    };
    const { results } = await wholeRun({ platform, jobs: [{ name: 'a' }, { name: 'b' }] });
    expect(codes(results)).toEqual(['SCANGATE_QUALYS_REFUSED', 1]);
  });

  it('uses a scan that may be reused, and neither cancels nor cleans up after it', async () => {
    const platform = newPlatform();
    const other = await wholeRun({ platform, jobs: [{ name: 'other' }] });
    const plan = stored(other.store, 'other').plan;
    platform.behaviour.reusable = { plan, scanId: '1' };
    const { results, store } = await wholeRun({ platform, jobs: [{ reuse: { kind: 'finished', maxAgeMs: 1000 } }] });
    expect([results, platform.count('launch'), platform.cleaned]).toEqual([[1], 1, [plan.scanName]]);
    expect(stored(store).launch).toMatchObject({ adopted: true, scanId: '1' });
  });
});

describe('a launch whose answer is lost', () => {
  it('is found by its name, never repeated', async () => {
    const platform = newPlatform({ onLaunch: () => 'lost', hiddenTimes: 2 });
    const { results, events } = await wholeRun({ platform });
    expect([results, platform.count('launch'), platform.count('find')]).toEqual([[1], 1, 3]);
    expect(events.map(({ kind }) => kind).slice(0, 3)).toEqual(['planned', 'trouble', 'launched']);
  });

  it('and that cannot be found is temporary; the next run looks again before it launches', async () => {
    const platform = newPlatform({ onLaunch: () => 'lost', hiddenTimes: 4 });
    const first = await wholeRun({ platform });
    expect(codes(first.results)).toEqual(['SCANGATE_SCAN_LOST_LAUNCH']);
    const second = await wholeRun({ platform, store: first.store });
    expect([second.results, platform.count('launch')]).toEqual([[1], 1]);
  });

  it('while one that was refused leaves nothing behind', async () => {
    const { results, platform, store } = await wholeRun({ platform: newPlatform({ onLaunch: () => 'refused' }) });
    expect([codes(results), platform.count('find'), store.texts.size, platform.cleaned.length]).toEqual([
      ['SCANGATE_QUALYS_REFUSED'],
      0,
      0,
      1,
    ]);
  });
});

describe('an earlier run', () => {
  it('that was killed at any write or call is taken up: one scan, the same findings', async () => {
    const undisturbed = await wholeRun();
    const steps = undisturbed.platform.calls.length;
    for (let killAt = 1; killAt <= steps; killAt++) {
      const platform = newPlatform();
      const store = new FakeStore();
      const first = startProcess({ platform, store });
      const judged = first.judge();
      judged.catch(() => undefined);
      const dead = killed(platform, killAt);
      await platform.clock.drive(Promise.race([judged, dead]));
      platform.clock.kill();
      const { results } = await wholeRun({ platform, store });
      expect([killAt, results, platform.scans.length]).toEqual([killAt, [1], 1]);
    }
  });

  it('that finished is no hindrance: the next run starts its own scan', async () => {
    const first = await wholeRun();
    const { results, platform } = await wholeRun({ platform: first.platform, store: first.store });
    expect([results, platform.scans.length]).toEqual([[1], 2]);
  });

  it('of more than a day ago whose scan has ended says nothing of today', async () => {
    const platform = newPlatform();
    const store = new FakeStore();
    const first = startProcess({ platform, store });
    await platform.clock.drive(first.run.handle('shop'));
    await platform.clock.drive(platform.clock.sleep(25 * 60 * MINUTE_MS));
    const { results } = await wholeRun({ platform, store });
    expect([results, platform.scans.length]).toEqual([[1], 2]);
  });

  it.each([
    ['is no JSON', () => '{"schema":', 'SCANGATE_STATE_UNREADABLE'],
    ['is empty', () => '', 'SCANGATE_STATE_UNREADABLE'],
    ['is of a later version', () => '{"schema":"scangate.state/2"}', 'SCANGATE_STATE_UNREADABLE'],
    ['lacks a field', (text: string) => text.replace('"digest"', '"digets"'), 'SCANGATE_STATE_UNREADABLE'],
    ['is of another target', (text: string) => text.replaceAll('"shop"', '"shap"'), 'SCANGATE_STATE_FOREIGN'],
    ['is of another web application', (text: string) => text.replace('digest-1', 'digest-0'), 'SCANGATE_STATE_FOREIGN'],
  ])('whose state %s is inconclusive, and nothing is launched', async (_, spoil, code) => {
    const platform = newPlatform();
    const store = new FakeStore();
    const first = startProcess({ platform, store, world: { mode: 'start' } });
    await platform.clock.drive(first.run.handle('shop'));
    store.texts.set('shop', spoil(store.texts.get('shop') ?? ''));
    const { results } = await wholeRun({ platform, store });
    expect([codes(results), platform.scans.length]).toEqual([[code], 1]);
  });
});

/** Resolves when the platform has got this many calls; from then on the process is not driven any more. */
function killed(platform: FakePlatform, calls: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (platform.calls.length >= calls) resolve();
      else setImmediate(look);
    };
    look();
  });
}

describe('start and collect', () => {
  it('are the two halves of a run, by way of the state alone', async () => {
    const platform = newPlatform();
    const store = new FakeStore();
    const start = startProcess({ platform, store, world: { mode: 'start' } });
    const handle = await platform.clock.drive(start.run.handle('shop'));
    await platform.clock.drive(start.run.close());
    expect([handle.scanId, platform.count('progress')]).toEqual(['1', 0]);
    const other = new FakeStore();
    other.texts.set('shop', store.texts.get('shop') ?? '');
    const collect = await wholeRun({ platform, store: other, world: { mode: 'collect' } });
    expect([collect.results, platform.scans.length]).toEqual([[1], 1]);
    const again = await wholeRun({ platform, store: other, world: { mode: 'collect' } });
    expect(again.results).toEqual([1]);
  });

  it('start twice is one scan', async () => {
    const platform = newPlatform();
    const store = new FakeStore();
    for (let times = 0; times < 2; times++) {
      const start = startProcess({ platform, store, world: { mode: 'start' } });
      await platform.clock.drive(start.run.handle('shop'));
    }
    expect(platform.scans.length).toBe(1);
  });

  it('collect without a start is inconclusive', async () => {
    const { results, platform } = await wholeRun({ world: { mode: 'collect' } });
    expect([codes(results), platform.scans.length]).toEqual([['SCANGATE_STATE_MISSING'], 0]);
  });
});

describe('a limit', () => {
  it.each([
    ['wait.queue', { queueMs: 5 * MINUTE_MS }, { queueMs: 60 * MINUTE_MS }, /still SUBMITTED and wait\.queue is 5m/],
    ['wait.run', { runMs: 30 * MINUTE_MS }, { runMs: 600 * MINUTE_MS }, /still RUNNING and wait\.run is 30m/],
    [
      'wait.results',
      { resultsMs: 10 * MINUTE_MS },
      { resultsMs: 90 * MINUTE_MS },
      /PROCESSING and wait\.results is 10m/,
    ],
    ['wait', { totalMs: 20 * MINUTE_MS }, { runMs: 600 * MINUTE_MS }, /still RUNNING and wait is 20m/],
  ])('%s ends the wait on time; the scan goes on and can be collected', async (_, limits, behaviour, message) => {
    const platform = newPlatform(behaviour);
    const { results, store, events } = await wholeRun({ platform, jobs: [{ limits }] });
    const [error] = results;
    expect(error).toMatchObject({ code: 'SCANGATE_SCAN_TIMEOUT', message: expect.stringMatching(message) });
    expect((error as ScangateError).mend).toContain('scangate collect shop');
    expect([platform.unfinished.length, stored(store).end, events.at(-1)?.kind]).toEqual([1, undefined, 'kept']);
    const later = await wholeRun({ platform, store, world: { mode: 'collect' } });
    expect(later.results).toEqual([1]);
  });

  it('cancels the scan when asked to', async () => {
    const platform = newPlatform({ runMs: 600 * MINUTE_MS });
    const jobs = [{ limits: { runMs: 30 * MINUTE_MS }, onTimeout: 'cancel' as const }];
    const { results, store } = await wholeRun({ platform, jobs });
    expect([codes(results), platform.unfinished.length]).toEqual([['SCANGATE_SCAN_TIMEOUT'], 0]);
    expect(stored(store).end).toMatchObject({ how: 'cancelled', cleanedUp: true });
    const later = await wholeRun({ platform, store, world: { mode: 'collect' } });
    expect(codes(later.results)).toEqual(['SCANGATE_SCAN_CANCELLED']);
  });
});

describe('a signal', () => {
  it.each([0, 100, 300, 1_000, 5 * MINUTE_MS, 11 * MINUTE_MS])(
    'after %d ms leaves nothing running, within 10 s',
    async (afterMs) => {
      const platform = newPlatform();
      const { clock } = platform;
      const fake = startProcess({ platform });
      const work = fake.judge();
      const atMs = START_MS + afterMs;
      await clock.drive(clock.sleep(afterMs));
      fake.interrupt();
      const result = await clock.drive(work);
      await clock.drive(fake.run.close());
      expect(result).toMatchObject({ code: 'SCANGATE_SCAN_INTERRUPTED' });
      expect(platform.unfinished).toEqual([]);
      expect(clock.now() - atMs).toBeLessThanOrEqual(10_000);
    },
  );

  it('leaves the scan alone when asked to, and says how to collect it', async () => {
    const platform = newPlatform();
    const fake = startProcess({ platform, jobs: [{ onAbort: 'keep' }] });
    const work = fake.judge();
    await platform.clock.drive(platform.clock.sleep(2 * MINUTE_MS));
    fake.interrupt();
    const result = await platform.clock.drive(work);
    expect(result).toMatchObject({ code: 'SCANGATE_SCAN_INTERRUPTED', mend: expect.stringContaining('collect shop') });
    expect(platform.unfinished.length).toBe(1);
  });

  it('says so when the scan cannot be cancelled, and keeps the state', async () => {
    const platform = newPlatform({
      onCancel: () => {
        throw new ScangateError('SCANGATE_QUALYS_UNAVAILABLE', 'maintenance');
      },
    });
    const fake = startProcess({ platform });
    const work = fake.judge();
    await platform.clock.drive(platform.clock.sleep(2 * MINUTE_MS));
    fake.interrupt();
    const result = await platform.clock.drive(work);
    expect(result).toMatchObject({ message: expect.stringContaining('could not be cancelled and may go on') });
    expect(stored(fake.store).end).toBeUndefined();
  });
});

describe('a platform that cannot be asked', () => {
  const unavailable = (): never => {
    throw new ScangateError('SCANGATE_QUALYS_UNAVAILABLE', 'maintenance');
  };

  it('is asked again, four times', async () => {
    let times = 0;
    const platform = newPlatform({ onProgress: () => ++times <= 4 && unavailable() });
    const { results, events } = await wholeRun({ platform });
    expect([results, events.filter(({ kind }) => kind === 'trouble').length]).toEqual([[1], 4]);
  });

  it('is given up after the fifth time; the state stays', async () => {
    const platform = newPlatform({ onProgress: unavailable });
    const { results, store } = await wholeRun({ platform });
    expect([codes(results), stored(store).end]).toEqual([['SCANGATE_QUALYS_UNAVAILABLE'], undefined]);
    platform.behaviour.onProgress = () => undefined;
    const later = await wholeRun({ platform, store });
    expect([later.results, platform.scans.length]).toEqual([[1], 1]);
  });

  it('is not asked again when it refuses', async () => {
    const platform = newPlatform({
      onProgress: () => {
        throw new ScangateError('SCANGATE_QUALYS_REFUSED', 'no');
      },
    });
    const { results } = await wholeRun({ platform });
    expect([codes(results), platform.count('progress')]).toEqual([['SCANGATE_QUALYS_REFUSED'], 1]);
  });

  it('and no longer lists the scan has lost it', async () => {
    const { results } = await wholeRun({ platform: newPlatform({ isListed: false }) });
    expect(codes(results)).toEqual(['SCANGATE_SCAN_GONE']);
  });
});
