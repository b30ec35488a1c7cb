import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ScangateError } from '../../src/errors.js';
import type { ScanWorld } from '../../src/scan/index.js';
import { type ProgramDetails, programDetails, programScanner } from '../../src/scanners/program-scanner.js';
import { readReportAs } from '../../src/scanners/report/index.js';
import type { Scanner } from '../../src/scanners/scanner.js';
import { buildRawFinding, buildStatement } from '../../src/testing/builders.js';
import { buildMachine, type FakeMachine, type FakeProgram } from '../../src/testing/fake-machine.js';
import {
  FakePlatform,
  type FakeProcess,
  FakeStore,
  MINUTE_MS,
  type Sketch,
  startProcess,
  VirtualClock,
} from './support.js';

/* Scans that are programs of this machine: they end with the process, and are never judged by a later run. */

const scanner: Scanner<unknown> = programScanner<unknown, ProgramDetails>({
  name: 'local',
  details: z.strictObject(programDetails),
  plan: async () => ({
    subject: 'the files',
    details: { title: 'Looker', path: '/usr/bin/looker', version: '1.0', timeoutMs: 60 * MINUTE_MS },
  }),
  call: () => ({ args: ['--look'] }),
  findings: async function* () {
    yield [buildRawFinding()];
    return buildStatement({ evidence: 'it looked' });
  },
});

interface Agent {
  platform: FakePlatform;
  store: FakeStore;
  machine: FakeMachine;
  process(mode?: ScanWorld['mode'], sketch?: Sketch): FakeProcess;
}

/** One machine with its state folder; processes come and go. */
function agent(program: FakeProgram | 'nothing' = { runsOn: true, lastLine: 'looking at the third file' }): Agent {
  const clock = new VirtualClock();
  const platform = new FakePlatform(clock);
  const store = new FakeStore();
  const machine = buildMachine({ program: () => (program === 'nothing' ? undefined : program), now: clock.now });
  const services: ScanWorld['services'] = (signal) => ({
    qualys: () => {
      throw new Error('a program needs no platform');
    },
    now: clock.now,
    machine,
    readReport: readReportAs,
    cache: { get: async () => undefined, put: async () => undefined },
    signal,
    log: () => undefined,
  });
  return {
    platform,
    store,
    machine,
    process: (mode = 'run', { jobs = [{}], world = {} } = {}) =>
      startProcess({
        platform,
        store,
        jobs: jobs.map((job) => ({ scanner, ...job })),
        world: { mode, services, ...world },
      }),
  };
}

const starts = ({ machine }: Agent): number => machine.ran.length;

async function finishAfter({ platform, machine }: Agent, ms: number): Promise<void> {
  await platform.clock.sleep(ms);
  await machine.finish();
}

/** Judges, settles and ends a process whose program comes to its end after three minutes. */
async function whole(all: Agent, fake: FakeProcess): Promise<number | ScangateError> {
  return await all.platform.clock.drive(
    (async () => {
      const [result] = await Promise.all([fake.judge(), finishAfter(all, 3 * MINUTE_MS)]);
      await fake.run.settle();
      await fake.run.close();
      return result;
    })(),
  );
}

const codeOf = (result: number | ScangateError): string =>
  result instanceof ScangateError ? result.code : `${result} findings`;

const recordIn = ({ store }: Agent) => JSON.parse(store.texts.get('shop') ?? '{}') as { end?: { how: string } };

describe('scans on this machine', () => {
  it('waits for the end, and says meanwhile what the program does', async () => {
    const all = agent();
    const fake = all.process();
    expect(await whole(all, fake)).toBe(1);
    expect(recordIn(all).end?.how).toBe('judged');
    const texts = fake.events.map(({ text }) => text);
    expect(texts.some((text) => /^running, .* elapsed, now: looking at the third file$/.test(text))).toBe(true);
  });

  it('sees the end within a second', async () => {
    const all = agent();
    const fake = all.process();
    await whole(all, fake);
    const ended = fake.events.find(({ kind }) => kind === 'ended');
    expect(ended?.facts?.elapsedMs).toBeLessThanOrEqual(3 * MINUTE_MS + 1_000);
  });

  it('start waits for the end, and collect judges it in another process', async () => {
    const all = agent();
    const first = all.process('start');
    let isOver = false;
    await all.platform.clock.drive(
      (async () => {
        const handle = first.run.handle('shop').then(() => {
          isOver = true;
        });
        await all.platform.clock.sleep(2 * MINUTE_MS);
        expect(isOver).toBe(false);
        await all.machine.finish();
        await handle;
        await first.run.close();
      })(),
    );
    const second = all.process('collect');
    expect(await whole(all, second)).toBe(1);
    expect(starts(all)).toBe(1);
  });

  it('is started once more after kill -9, and what was left behind is ended', async () => {
    const all = agent();
    const first = all.process();
    const running = all.platform.clock.sleep(MINUTE_MS);
    await all.platform.clock.drive(running);
    expect(starts(all)).toBe(1);
    all.platform.clock.kill();
    all.machine.forget();
    const second = all.process();
    expect(await whole(all, second)).toBe(1);
    expect(starts(all)).toBe(2);
    expect(first.events.map(({ kind }) => kind)).not.toContain('ended');
    expect(second.events.map(({ kind }) => kind)).toContain('resumed');
    expect(recordIn(all).end?.how).toBe('judged');
    const third = all.process();
    expect(await whole(all, third)).toBe(1);
    expect(starts(all)).toBe(3);
  });

  it('is scanned anew although something else was being scanned, and not collected for that', async () => {
    const all = agent();
    all.process();
    await all.platform.clock.drive(finishAfter(all, MINUTE_MS));
    all.platform.clock.kill();
    const changed = { jobs: [{ digest: 'digest-2' }] };
    expect(codeOf(await whole(all, all.process('collect', changed)))).toBe('SCANGATE_STATE_FOREIGN');
    expect(await whole(all, all.process('run', changed))).toBe(1);
    expect(starts(all)).toBe(2);
  });

  it('does not judge what ended in an earlier run that died before its verdict', async () => {
    const all = agent();
    all.process();
    await all.platform.clock.drive(finishAfter(all, MINUTE_MS));
    all.platform.clock.kill();
    const second = all.process();
    expect(await whole(all, second)).toBe(1);
    expect(starts(all)).toBe(2);
  });

  it.each(['cancel', 'keep'] as const)('is ended by a signal, whatever the job says (%s)', async (onAbort) => {
    const all = agent();
    const fake = all.process('run', { jobs: [{ onAbort }] });
    const result = await all.platform.clock.drive(
      (async () => {
        const judged = fake.judge();
        await all.platform.clock.sleep(MINUTE_MS);
        fake.interrupt();
        const outcome = await judged;
        await fake.run.close();
        return outcome;
      })(),
    );
    expect(result).toMatchObject({
      code: 'SCANGATE_SCAN_INTERRUPTED',
      message: expect.stringContaining('was cancelled'),
    });
    expect(recordIn(all).end?.how).toBe('cancelled');
    const [name = ''] = fake.events.flatMap(({ handle }) => handle?.plan.scanName ?? []);
    expect(await all.machine.state(name)).toMatchObject({ kind: 'ended', end: { stopped: 'cancelled' } });
  });

  it.each(['cancel', 'keep'] as const)(
    'is ended at the end of the wait, whatever the job says (%s)',
    async (onTimeout) => {
      const all = agent();
      const fake = all.process('run', { jobs: [{ onTimeout, limits: { totalMs: 2 * MINUTE_MS } }] });
      expect(codeOf(await whole(all, fake))).toBe('SCANGATE_SCAN_TIMEOUT');
      expect(fake.events.map(({ kind }) => kind)).not.toContain('kept');
      expect(recordIn(all).end?.how).toBe('cancelled');
    },
  );

  it('says at once what keeps the program from starting, and leaves nothing on record', async () => {
    const all = agent('nothing');
    const fake = all.process('run', { world: { mayHaveActed: () => true } });
    const begun = all.platform.clock.now();
    const result = await all.platform.clock.drive(fake.judge());
    expect(codeOf(result)).toBe('SCANGATE_PROGRAM_MISSING');
    expect(all.platform.clock.now() - begun).toBeLessThan(1_000);
    expect(all.store.texts.get('shop')).toBeUndefined();
  });

  it('ends a program that could not be put on record', async () => {
    const all = agent();
    let writes = 0;
    let scanName = '';
    all.store.write = async (target, text) => {
      scanName = (JSON.parse(text) as { plan: { scanName: string } }).plan.scanName;
      if (++writes === 2) throw new ScangateError('SCANGATE_STATE_UNWRITABLE', 'the disk is full');
      all.store.texts.set(target, text);
    };
    const fake = all.process();
    expect(codeOf(await all.platform.clock.drive(fake.judge()))).toBe('SCANGATE_STATE_UNWRITABLE');
    expect(await all.machine.state(scanName)).toMatchObject({ kind: 'ended', end: { stopped: 'cancelled' } });
  });

  it('cannot be collected when it was lost', async () => {
    const all = agent();
    all.process();
    await all.platform.clock.drive(all.platform.clock.sleep(MINUTE_MS));
    all.platform.clock.kill();
    all.machine.forget();
    expect(codeOf(await whole(all, all.process('collect')))).toBe('SCANGATE_PROGRAM_FAILED');
    expect(starts(all)).toBe(1);
  });
});
