import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../errors.js';
import { ScangateError } from '../errors.js';
import type { RawFinding } from '../model/finding.js';
import type { ScanStatement } from '../model/scan.js';
import type { ProgramSpec } from '../scanners/machine.js';
import { SCANNERS } from '../scanners/registry.js';
import type { ScanHandle, Scanner, ScanPlan, ScanServices } from '../scanners/scanner.js';
import { buildMachine, type FakeMachine, type FakeMachineParts, type FakeProgram } from './fake-machine.js';
import { buildStage, collectAll } from './scanner-stage.js';

/** When the programs of the contract run: the clock of its stage. */
const NOW_MS = Date.UTC(2031, 1, 3, 4, 5, 6);
const DAY_MS = 86_400_000;

/** What is asked of a report beside being whole and of this run. */
export interface ReportSketch {
  /** When it says that it was made, milliseconds since the epoch. */
  madeAtMs: number;
  /** About something else than the call asked for. */
  isForeign: boolean;
  /** One severity is a word that nobody knows. */
  hasUnknownSeverity: boolean;
}

export interface ProgramContract<T> {
  target: T;
  /** Name under which the program is there. */
  command: string;
  /** What short calls print: the question for the version, and others before the scan. Undefined for the scan itself. */
  asks(spec: ProgramSpec): string | undefined;
  /** What it prints, asked for its version, that must be refused. */
  unknownVersions: Readonly<Record<string, string>>;
  /** Path of the report in the folder of the scan. */
  reportFile: string;
  /** The report of a scan with {@link count} findings. */
  report(spec: ProgramSpec, sketch: ReportSketch): string;
  /** What a scan that went well prints. */
  prints?(spec: ProgramSpec): Pick<FakeProgram, 'stdout' | 'stderr'>;
  /** How many findings the scan has; one has the unknown severity when that is asked for. */
  count: number;
  /** The report with an element in place of each list of one, where the format knows that. */
  bareElements?(report: string): string;
  /** Changes of a report by which a part has a type that is not allowed. Each must be refused. */
  wrongTypes: { name: string; change: (report: string) => string }[];
  /** Whether the report says when it was made. */
  isDated: boolean;
  /** What else the machine has: files of the target, downloads, addresses that answer. */
  machine?: Omit<FakeMachineParts, 'program' | 'isThere' | 'now'>;
  /** Other services than those of the stage, such as an account. */
  services?(services: ScanServices): ScanServices;
  /** Code for a program that is not there. Default `SCANGATE_PROGRAM_MISSING`. */
  missingCode?: ErrorCode;
}

interface Play {
  /** What the scan does; the contract's report is added unless it brings files of its own. */
  scan?: Partial<FakeProgram>;
  sketch?: Partial<ReportSketch>;
  /** What it prints, asked for its version. */
  version?: string;
  isMissing?: boolean;
  change?(report: string): string;
}

interface Actors {
  machine: FakeMachine;
  services: ScanServices;
  requests: readonly unknown[];
  plan(): Promise<ScanPlan>;
  launch(): Promise<ScanHandle>;
  collect(handle: ScanHandle): Promise<{ findings: RawFinding[]; statement: ScanStatement }>;
  /** Scans that were started. */
  starts(): number;
}

const DEFAULT_SKETCH: ReportSketch = { madeAtMs: NOW_MS + 1_000, isForeign: false, hasUnknownSeverity: false };

function actors<T>(scanner: Scanner<T>, contract: ProgramContract<T>, play: Play = {}): Actors {
  const { asks } = contract;
  const isThere = (command: string): boolean =>
    !play.isMissing && (command.startsWith('/cache/') || `/${command}`.endsWith(`/${contract.command}`));
  const program = (spec: ProgramSpec): FakeProgram | undefined => {
    if (!isThere(spec.command)) return undefined;
    const said = asks(spec);
    if (said !== undefined) return { stdout: play.version ?? said };
    const report = contract.report(spec, { ...DEFAULT_SKETCH, ...play.sketch });
    const files = { [contract.reportFile]: play.change?.(report) ?? report };
    return { files, ...contract.prints?.(spec), ...play.scan };
  };
  const { downloads, ...rest } = contract.machine ?? {};
  const known = play.isMissing || downloads === undefined ? {} : { downloads };
  const machine = buildMachine({ ...rest, ...known, program, isThere, now: () => NOW_MS });
  const stage = buildStage(() => undefined, machine);
  const services = contract.services?.(stage.services) ?? stage.services;
  const plan = () => scanner.plan(contract.target, { targetName: 'shop', runId: 'run-1' }, services);
  return {
    machine,
    services,
    requests: stage.requests,
    plan,
    launch: async () => scanner.launch(viaStateFile(await plan()), services),
    collect: (handle) => collectAll(scanner.findings(viaStateFile(handle), services)),
    starts: () => machine.ran.filter((spec) => asks(spec) === undefined).length,
  };
}

const viaStateFile = <V>(value: V): V => JSON.parse(JSON.stringify(value)) as V;

/** Code of the ScangateError that it ends with; undefined when it ends well. Anything else is a bug, and thrown. */
async function refusalOf(work: Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof ScangateError) return error.code;
    throw error;
  }
}

/** The contract of a scanner that is a program on this machine. */
export function describeProgramScanner<T>(scanner: Scanner<T>, contract: ProgramContract<T>): void {
  describe(`program ${scanner.name}`, () => {
    describeProgram(scanner, contract);
    describeCourse(scanner, contract);
    describeEnds(scanner, contract);
    describeReports(scanner, contract);
  });
}

function describeProgram<T>(scanner: Scanner<T>, contract: ProgramContract<T>): void {
  it('stands in the registry', () => {
    expect(SCANNERS).toContain(scanner);
  });

  it('names the program that is missing', async () => {
    const { plan, starts } = actors(scanner, contract, { isMissing: true });
    expect(await refusalOf(plan())).toBe(contract.missingCode ?? 'SCANGATE_PROGRAM_MISSING');
    expect(starts()).toBe(0);
  });

  for (const [name, version] of Object.entries(contract.unknownVersions)) {
    it(`refuses ${name}`, async () => {
      const { plan, starts } = actors(scanner, contract, { version });
      expect(await refusalOf(plan())).toBe('SCANGATE_PROGRAM_VERSION');
      expect(starts()).toBe(0);
    });
  }

  it('plans without starting anything, for a state file', async () => {
    const { plan, services, starts, requests } = actors(scanner, contract);
    const made = await plan();
    expect(starts()).toBe(0);
    expect(made).toMatchObject({ target: 'shop', scanner: scanner.name, isLocal: true });
    expect(made.scanName).toContain('run-1');
    expect(made.subject).not.toBe('');
    expect(viaStateFile(made)).toEqual(made);
    expect(await scanner.find(viaStateFile(made), services)).toBeUndefined();
    if (!scanner.needsPlatform) expect(requests).toEqual([]);
  });

  it('refuses a plan that is not its own', async () => {
    const { plan, services, starts } = actors(scanner, contract);
    const made = { ...(await plan()), details: { somebody: 'else' } };
    expect(await refusalOf(scanner.launch(made, services))).toMatch(/^SCANGATE_/);
    expect(starts()).toBe(0);
  });
}

function describeCourse<T>(scanner: Scanner<T>, contract: ProgramContract<T>): void {
  const runsOn = { scan: { runsOn: true, lastLine: 'looking at things' } };

  it('finds what it has started', async () => {
    const { services, launch, starts } = actors(scanner, contract, runsOn);
    const handle = await launch();
    expect(starts()).toBe(1);
    expect((await scanner.find(handle.plan, services))?.scanId).toBe(handle.scanId);
  });

  it('says that it runs, however often it is asked', async () => {
    const { services, launch, starts } = actors(scanner, contract, runsOn);
    const handle = await launch();
    for (let ask = 0; ask < 50; ask++) {
      const progress = (await scanner.progress([handle], services)).get(handle.plan.scanName);
      expect(progress).toMatchObject({ phase: 'running' });
      expect(progress?.state).not.toBe('');
    }
    expect(starts()).toBe(1);
  });

  it('asks nothing for no scans', async () => {
    const { services, machine } = actors(scanner, contract);
    expect(await scanner.progress([], services)).toEqual(new Map());
    expect(machine.ran).toEqual([]);
  });

  it('has no results while it runs', async () => {
    const { launch, collect } = actors(scanner, contract, runsOn);
    expect(await refusalOf(collect(await launch()))).toBe('SCANGATE_SCAN_INCOMPLETE');
  });

  it('has results that come with its end', async () => {
    const { services, machine, launch, collect } = actors(scanner, contract, runsOn);
    const handle = await launch();
    await machine.finish();
    expect((await scanner.progress([handle], services)).get(handle.plan.scanName)?.phase).toBe('ended');
    expect((await collect(handle)).findings).toHaveLength(contract.count);
  });

  it('cancels twice, and after the end', async () => {
    const { services, machine, launch, collect } = actors(scanner, contract, runsOn);
    const handle = await launch();
    await scanner.cancel(handle, services);
    await scanner.cancel(handle, services);
    await machine.finish();
    await scanner.cancel(handle, services);
    expect((await scanner.progress([handle], services)).get(handle.plan.scanName)?.phase).toBe('ended');
    expect(await refusalOf(collect(handle))).toBe('SCANGATE_SCAN_CANCELLED');
  });

  it('does not find what was lost with another process, and is started once more', async () => {
    const { services, machine, launch, collect, starts } = actors(scanner, contract, runsOn);
    const handle = await launch();
    machine.forget();
    expect(await scanner.find(handle.plan, services)).toBeUndefined();
    expect((await scanner.progress([handle], services)).get(handle.plan.scanName)?.phase).toBe('ended');
    expect(await refusalOf(collect(handle))).toBe('SCANGATE_PROGRAM_FAILED');
    const again = await scanner.launch(handle.plan, services);
    expect(starts()).toBe(2);
    await machine.finish();
    expect((await collect(again)).findings).toHaveLength(contract.count);
  });

  it('has no results of a scan that nobody knows', async () => {
    const { services, plan, collect } = actors(scanner, contract);
    const handle = { plan: await plan(), scanId: 'somewhere else' };
    expect((await scanner.progress([handle], services)).get(handle.plan.scanName)?.phase).toBe('ended');
    expect(await refusalOf(collect(handle))).toBe('SCANGATE_PROGRAM_NO_REPORT');
  });

  it('takes no earlier scan for this one', async () => {
    const { services, launch } = actors(scanner, contract);
    const { plan } = await launch();
    expect(await scanner.findReusable(plan, { kind: 'finished', maxAgeMs: DAY_MS }, services)).toBeUndefined();
  });
}

function describeEnds<T>(scanner: Scanner<T>, contract: ProgramContract<T>): void {
  const ends: Record<string, [scan: Partial<FakeProgram>, code: ErrorCode]> = {
    'failed, with a whole report': [{ status: 1, stderr: 'it went wrong' }, 'SCANGATE_PROGRAM_FAILED'],
    'failed with a status of its shell': [{ status: 127 }, 'SCANGATE_PROGRAM_FAILED'],
    'was killed by a signal, with a whole report': [{ signal: 'SIGKILL' }, 'SCANGATE_PROGRAM_FAILED'],
    'was ended since its time was over': [{ signal: 'SIGTERM', stopped: 'time' }, 'SCANGATE_SCAN_TIMEOUT'],
    'ended by itself while it was cancelled': [{ status: 0, stopped: 'cancelled' }, 'SCANGATE_SCAN_CANCELLED'],
    'left no report and status 0': [{ files: {} }, 'SCANGATE_PROGRAM_NO_REPORT'],
    'left an empty report and status 0': [{ files: { [contract.reportFile]: '' } }, 'SCANGATE_PROGRAM_NO_REPORT'],
    'left a report under another name': [{ files: { 'other.json': '{}' } }, 'SCANGATE_PROGRAM_NO_REPORT'],
  };
  for (const [name, [scan, code]] of Object.entries(ends)) {
    it(`gives nothing of a program that ${name}`, async () => {
      const { services, launch, collect } = actors(scanner, contract, { scan });
      const handle = await launch();
      expect((await scanner.progress([handle], services)).get(handle.plan.scanName)?.phase).toBe('ended');
      expect(await refusalOf(collect(handle))).toBe(code);
    });
  }
}

function describeReports<T>(scanner: Scanner<T>, contract: ProgramContract<T>): void {
  const collected = async (play: Play = {}) => {
    const { launch, collect } = actors(scanner, contract, play);
    return collect(await launch());
  };
  const codesOf = ({ problems }: ScanStatement): string[] => problems.map(({ code }) => code);

  it('gives every finding, with evidence, without problems, and says which version found it', async () => {
    const { findings, statement } = await collected();
    expect(findings).toHaveLength(contract.count);
    expect(statement.problems).toEqual([]);
    expect(statement.evidence).toBeDefined();
    expect(statement.state).toBeDefined();
    expect(statement.tool.version).toMatch(/\d/);
  });

  it('keeps an unknown severity as unknown, never dropped or guessed', async () => {
    const { findings } = await collected({ sketch: { hasUnknownSeverity: true } });
    expect(findings).toHaveLength(contract.count);
    expect(findings.some(({ severity }) => severity === 'unknown')).toBe(true);
  });

  it('states a problem of a report about something else', async () => {
    expect(codesOf((await collected({ sketch: { isForeign: true } })).statement)).toContain('SCANGATE_REPORT_FOREIGN');
  });

  if (contract.isDated) {
    it('states a problem of a report that was made before the scan', async () => {
      const { statement } = await collected({ sketch: { madeAtMs: NOW_MS - DAY_MS } });
      expect(codesOf(statement)).toContain('SCANGATE_SCAN_STALE');
    });
  }

  const { bareElements } = contract;
  if (bareElements !== undefined) {
    it('takes one element for a list of one', async () => {
      expect(await collected({ change: bareElements })).toEqual(await collected());
    });
  }

  const damages: Record<string, (report: string) => string> = {
    'a report cut in the middle': (report) => report.slice(0, Math.floor(report.length / 2)),
    'a report without its last character': (report) => report.trimEnd().slice(0, -1),
    'a report with a log line in it': (report) => `INFO starting\n${report}`,
    'two reports in one file': (report) => `${report}\n${report}`,
    'a report of blanks': () => '   \n',
  };
  for (const [name, change] of [
    ...Object.entries(damages),
    ...contract.wrongTypes.map((wrong) => [`wrong types: ${wrong.name}`, wrong.change] as const),
  ]) {
    it(`refuses ${name}`, async () => {
      let isChanged = false;
      const spoil = (report: string): string => {
        const next = change(report);
        isChanged = next !== report;
        return next;
      };
      expect(await refusalOf(collected({ change: spoil }))).toMatch(/^SCANGATE_REPORT_/);
      expect(isChanged).toBe(true);
    });
  }

  it('takes nothing from a web page in place of a report', async () => {
    const page = '<!DOCTYPE html><html><body>Sign in</body></html>';
    const outcome = await collected({ change: () => page }).catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ScangateError);
    else expect((outcome as { statement: ScanStatement }).statement.problems).not.toEqual([]);
  });
}
