import { describe, expect, it } from 'vitest';
import { ScangateError } from '../errors.js';
import type { RawFinding } from '../model/finding.js';
import type { ScanStatement } from '../model/scan.js';
import type { Machine } from '../scanners/machine.js';
import { SCANNERS } from '../scanners/registry.js';
import type { ScanHandle, Scanner, ScanPlan } from '../scanners/scanner.js';
import { buildStage, MISHAPS, type PlatformRequest, type Stage } from './scanner-stage.js';

/** What the platform of the contract says of the one scan that it knows. */
export type ScannerSituation =
  | 'queued'
  | 'running'
  | 'processing'
  | 'done'
  | 'cancelled'
  /** A state that no documentation names. */
  | 'unknown state'
  | 'unknown severity'
  /** Every list of one element is the element itself. */
  | 'bare elements'
  /** The findings come on two pages, and the second is the first one again. */
  | 'repeated page'
  /** The findings come on two pages, and the second is empty. */
  | 'missing page';

/** A platform that behaves: it has one scan, from its launch on, in the situation it was told. */
export interface ScannerPlatform {
  situation: ScannerSituation;
  /** The body of a good answer; undefined for what is not there. */
  answer(request: PlatformRequest): string | undefined;
  /** Scans that were started. */
  launches: number;
}

export interface ScannerContract<T> {
  target: T;
  /** Programs and files that the target needs. Default: there are none. */
  machine?(): Machine;
  platform(): ScannerPlatform;
  /** Situations that this product knows no state for, such as one without a call to cancel. Default: it knows all. */
  lacks?: readonly ('cancelled' | 'unknown state')[];
  /** From which situation on a scan is found that was launched. Default `running`; `done` where scans have no names. */
  foundWhen?: 'running' | 'done';
  /** How many findings the scan has. */
  count: number;
  /**
   * Nothing is started on the platform, so a launch may be repeated, nothing is found by the name of a scan, and a
   * mishap of the network does not hinder it.
   */
  launchesNothing?: boolean;
  /** What is known now is read: there is nothing to wait for, and progress asks nothing. */
  waitsForNothing?: boolean;
  /** Changes of an answer to `findings` by which a part has a type that is not allowed. Each must be refused. */
  wrongTypes: { name: string; change: (body: string) => string }[];
}

interface Actors<T> {
  scanner: Scanner<T>;
  platform: ScannerPlatform;
  stage: Stage;
  plan: () => Promise<ScanPlan>;
  launch: () => Promise<ScanHandle>;
  collect: (handle: ScanHandle) => Promise<{ findings: RawFinding[]; statement: ScanStatement }>;
}

function actors<T>(scanner: Scanner<T>, contract: ScannerContract<T>): Actors<T> {
  const platform = contract.platform();
  const stage = buildStage((request) => platform.answer(request), contract.machine?.());
  const { services } = stage;
  const plan = () => scanner.plan(contract.target, { targetName: 'shop', runId: 'run-1' }, services);
  return {
    scanner,
    platform,
    stage,
    plan,
    launch: async () => scanner.launch(await plan(), services),
    collect: async (handle) => {
      const reading = scanner.findings(handle, services);
      const findings: RawFinding[] = [];
      for (;;) {
        const step = await reading.next();
        if (step.done) return { findings, statement: step.value };
        findings.push(...step.value);
      }
    },
  };
}

/** The ScangateError that it ends with; undefined when it ends well. Anything else is a bug, and thrown. */
async function refusalOf(work: Promise<unknown>): Promise<ScangateError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof ScangateError) return error;
    throw error;
  }
}

/** The contract of a scanner, run over every member of the registry. */
export function describeScanner<T>(scanner: Scanner<T>, contract: ScannerContract<T>): void {
  describe(`scanner ${scanner.name}`, () => {
    describeCourse(scanner, contract);
    describeStates(scanner, contract);
    describeResults(scanner, contract);
    for (const name of Object.keys(MISHAPS)) describeMishap(name, scanner, contract);
  });
}

const viaStateFile = <V>(value: V): V => JSON.parse(JSON.stringify(value)) as V;

function describeCourse<T>(scanner: Scanner<T>, contract: ScannerContract<T>): void {
  it('stands in the registry', () => {
    expect(SCANNERS).toContain(scanner);
  });

  it('plans without changing anything, and the plan survives a state file', async () => {
    const { platform, plan, stage } = actors(scanner, contract);
    const made = await plan();
    expect(platform.launches).toBe(0);
    expect(made).toMatchObject({ target: 'shop', scanner: scanner.name });
    expect(made.scanName).toContain('run-1');
    expect(made.subject).not.toBe('');
    expect(await scanner.find(viaStateFile(made), stage.services)).toBeUndefined();
    await scanner.launch(viaStateFile(made), stage.services);
    expect(platform.launches).toBe(contract.launchesNothing ? 0 : 1);
  });

  it('finds by its name what it has launched, on another machine too', async () => {
    const { platform, stage, launch } = actors(scanner, contract);
    const handle = viaStateFile(await launch());
    platform.situation = contract.foundWhen ?? 'running';
    const found = await scanner.find(handle.plan, stage.services);
    expect(found?.scanId).toBe(contract.launchesNothing ? undefined : handle.scanId);
    const progress = await scanner.progress([handle], stage.services);
    expect([...progress.keys()]).toEqual([handle.plan.scanName]);
  });

  it('asks nothing for no scans', async () => {
    const { stage } = actors(scanner, contract);
    expect(await scanner.progress([], stage.services)).toEqual(new Map());
    expect(stage.requests).toEqual([]);
  });

  it('cancels twice, and after the end', async () => {
    const { platform, stage, launch } = actors(scanner, contract);
    const handle = await launch();
    await scanner.cancel(handle, stage.services);
    platform.situation = 'done';
    await scanner.cancel(handle, stage.services);
  });
}

function describeStates<T>(scanner: Scanner<T>, contract: ScannerContract<T>): void {
  const phases = {
    queued: 'queued',
    running: 'running',
    processing: 'processing',
    done: 'ended',
    cancelled: 'ended',
    'unknown state': 'ended',
  } as const;
  const lacks: readonly string[] = contract.lacks ?? [];
  for (const [situation, usual] of Object.entries(phases).filter(([name]) => !lacks.includes(name))) {
    const phase = contract.waitsForNothing ? 'ended' : usual;
    it(`says ${phase} of a scan that is ${situation}, however often it is asked`, async () => {
      const { platform, stage, launch } = actors(scanner, contract);
      const handle = await launch();
      platform.situation = situation as ScannerSituation;
      for (let ask = 0; ask < 20; ask++) {
        const progress = (await scanner.progress([handle], stage.services)).get(handle.plan.scanName);
        expect(progress?.phase).toBe(phase);
        expect(progress?.state).not.toBe('');
      }
    });
  }

  for (const situation of (['cancelled', 'unknown state'] as const).filter((name) => !lacks.includes(name))) {
    it(`states a problem of a scan that is ${situation}`, async () => {
      const { platform, launch, collect } = actors(scanner, contract);
      const handle = await launch();
      platform.situation = situation;
      const { statement } = await collect(handle);
      const code = situation === 'cancelled' ? 'SCANGATE_SCAN_CANCELLED' : 'SCANGATE_SCAN_UNKNOWN_STATE';
      expect(statement.problems.map((problem) => problem.code)).toContain(code);
    });
  }
}

function describeResults<T>(scanner: Scanner<T>, contract: ScannerContract<T>): void {
  const collectIn = async (situation: ScannerSituation) => {
    const { platform, launch, collect } = actors(scanner, contract);
    const handle = await launch();
    platform.situation = situation;
    return collect(handle);
  };

  it('gives every finding, with evidence and without problems', async () => {
    const { findings, statement } = await collectIn('done');
    expect(findings).toHaveLength(contract.count);
    expect(statement.problems).toEqual([]);
    expect(statement.evidence).toBeDefined();
    expect(statement.state).toBeDefined();
  });

  it('takes one element for a list of one', async () => {
    expect(await collectIn('bare elements')).toEqual(await collectIn('done'));
  });

  it('keeps an unknown severity as unknown, never dropped or guessed', async () => {
    const { findings } = await collectIn('unknown severity');
    expect(findings).toHaveLength(contract.count);
    expect(findings.filter(({ severity }) => severity === 'unknown').length).toBeGreaterThan(0);
  });

  for (const situation of ['repeated page', 'missing page'] as const) {
    it(`never takes a ${situation} for the whole`, async () => {
      const outcome = await collectIn(situation).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ScangateError);
      else expect((outcome as { statement: ScanStatement }).statement.problems).not.toEqual([]);
    });
  }

  for (const { name, change } of contract.wrongTypes) {
    it(`refuses wrong types: ${name}`, async () => {
      const { platform, stage, launch, collect } = actors(scanner, contract);
      const handle = await launch();
      platform.situation = 'done';
      let changed = 0;
      const spoil = (body: string): string => {
        const next = change(body);
        if (next !== body) changed++;
        return next;
      };
      stage.mishap = { kind: 'change', change: spoil };
      expect((await refusalOf(collect(handle)))?.code).toMatch(/^SCANGATE_/);
      expect(changed).toBeGreaterThan(0);
    });
  }
}

function describeMishap<T>(name: string, scanner: Scanner<T>, contract: ScannerContract<T>): void {
  const mishap = MISHAPS[name];
  const spoiled = async () => {
    const all = actors(scanner, contract);
    const handle = await all.launch();
    all.platform.situation = 'done';
    all.stage.mishap = mishap;
    return { ...all, handle };
  };

  it(`fails to plan, find and collect under ${name}`, async () => {
    const { stage, handle, plan, collect } = await spoiled();
    expect((await refusalOf(plan()))?.code).toMatch(/^SCANGATE_/);
    // A scan that is not found would be launched again.
    if (!contract.launchesNothing) {
      expect((await refusalOf(scanner.find(handle.plan, stage.services)))?.code).toMatch(/^SCANGATE_/);
    }
    expect((await refusalOf(collect(handle)))?.code).toMatch(/^SCANGATE_/);
  });

  it(`never says that a scan has ended under ${name}`, async () => {
    const { stage, handle } = await spoiled();
    if (contract.waitsForNothing) {
      const before = stage.requests.length;
      await scanner.progress([handle], stage.services);
      expect(stage.requests.length).toBe(before);
      return;
    }
    expect((await refusalOf(scanner.progress([handle], stage.services)))?.code).toMatch(/^SCANGATE_/);
  });

  it(`never launches twice under ${name}`, async () => {
    const { platform, stage, plan } = actors(scanner, contract);
    const made = await plan();
    const before = stage.requests.length;
    stage.mishap = mishap;
    const refusal = await refusalOf(scanner.launch(made, stage.services));
    if (contract.launchesNothing) expect(refusal).toBeUndefined();
    else expect(refusal?.code).toMatch(/^SCANGATE_/);
    expect(stage.requests.length - before).toBeLessThanOrEqual(2);
    expect(platform.launches).toBeLessThanOrEqual(1);
  });
}
