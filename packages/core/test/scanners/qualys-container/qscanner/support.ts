import { ScangateError } from '../../../../src/errors.js';
import { EXIT_CODES, type ExitName } from '../../../../src/exit-code.js';
import { runGate } from '../../../../src/gate.js';
import type { RawFinding } from '../../../../src/model/finding.js';
import type { ScanStatement } from '../../../../src/model/scan.js';
import type { Verdict } from '../../../../src/model/verdict.js';
import { compilePolicy, PolicyInput } from '../../../../src/policy/index.js';
import type { ProgramSpec } from '../../../../src/scanners/machine.js';
import { qscannerWay } from '../../../../src/scanners/qualys-container/qscanner/index.js';
import type { QScannerSettings } from '../../../../src/scanners/qualys-container/qscanner/settings.js';
import type { ContainerTarget } from '../../../../src/scanners/qualys-container/target.js';
import type { FindingStream, ScanHandle, ScanServices } from '../../../../src/scanners/scanner.js';
import { buildMachine, type FakeMachine, type FakeProgram } from '../../../../src/testing/fake-machine.js';
import { buildStage, type PlatformRequest } from '../../../../src/testing/scanner-stage.js';

/** When the machine of the tests starts and ends programs. */
export const START_MS = Date.UTC(2031, 1, 3, 4, 5, 6);

export const TOKEN = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIHRva2VuIn0.c2lnbmF0dXJl';

const software = {
  name: 'libdemo',
  installedVersion: '1.0',
  fixedVersion: '1.2',
  layerSHA: 'sha256:a1',
};

/** A rule of the report, and the one result that it has. */
export interface Flaw {
  id: number;
  properties: Record<string, unknown>;
}

/** `*-Report.sarif.json` as the reference describes it. */
export const sarif = (flaws: readonly Flaw[] = [], change: object = {}): string =>
  JSON.stringify({
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'QScanner',
            version: '5.0.0',
            rules: flaws.map(({ id, properties }) => ({
              id: String(id),
              name: `flaw ${id}`,
              shortDescription: { text: `flaw ${id}` },
              properties,
            })),
          },
        },
        results: flaws.map(({ id }) => ({
          ruleId: String(id),
          level: 'error',
          message: { text: 'a flaw' },
          properties: { QID: id, vulnerableSoftware: [software] },
        })),
        properties: { imageID: 'sha256:01', imageDigest: `sha256:${'d'.repeat(64)}` },
        ...change,
      },
    ],
  });

export const performed = (type: string, status = 'SUCCESS', partial: unknown = ''): object => ({
  ScanType: type,
  ScanDuration: '2s',
  Status: status,
  PartialScanInfo: partial,
});

/** `*-ScanResult.json` as the reference describes it: a scan of packages and secrets that found no secret. */
export const result = (change: object = {}): string =>
  JSON.stringify({
    SchemaVersion: 1,
    QScannerVersion: '5.0.0',
    ScansPerformed: [performed('OS'), performed('SCA'), performed('SECRET')],
    Metadata: {
      ScanStartTime: new Date(START_MS).toISOString(),
      ScanEndTime: new Date(START_MS + 9_000).toISOString(),
      Target: { OS: 'debian', Architecture: 'amd64', ImageID: `sha256:${'c'.repeat(64)}`, RepoTags: ['shop:1.4'] },
    },
    OSResults: [{ Target: 'debian 12', Packages: [{ Name: 'libdemo', Version: '1.0' }] }],
    SCAResults: null,
    SecretResults: null,
    FileInsightResults: null,
    ...change,
  });

export const files = (resultText = result(), sarifText = sarif()): Record<string, string> => ({
  'shop_1.4-ScanResult.json': resultText,
  'shop_1.4-Report.sarif.json': sarifText,
  'shop_1.4.db.xz': 'a list of changes',
});

export interface Scene {
  settings?: QScannerSettings;
  target?: Partial<ContainerTarget>;
  /** What each run of the program does, in order; the last one for all that follow. */
  runs?: readonly FakeProgram[];
  version?: FakeProgram;
  isMissing?: boolean;
  downloads?: Record<string, string>;
  /** A body for what is not the sign-in; undefined for 404. */
  answer?: (request: PlatformRequest) => string | undefined;
}

export interface Course {
  machine: FakeMachine;
  services: ScanServices;
  requests: PlatformRequest[];
  target: ContainerTarget;
  /** Moves the clock of machine and services. */
  wait(ms: number): void;
  /** The scans that were started, without questions for the version. */
  scans(): ProgramSpec[];
}

export function courseOf({
  settings = {},
  target = {},
  runs = [{ files: files() }],
  version = { stdout: 'qscanner version 5.0.0\n' },
  isMissing = false,
  downloads = {},
  answer = () => undefined,
}: Scene = {}): Course {
  let nowMs = START_MS;
  let started = 0;
  const isVersion = ({ args }: ProgramSpec): boolean => args.includes('--version');
  const machine = buildMachine({
    program: (spec) => {
      if (isMissing) return undefined;
      if (isVersion(spec)) return version;
      return runs[Math.min(started++, runs.length - 1)];
    },
    downloads,
    now: () => nowMs,
  });
  const stage = buildStage((request) => (request.path === '/auth' ? TOKEN : answer(request)), machine);
  return {
    machine,
    services: { ...stage.services, now: () => nowMs },
    requests: stage.requests,
    target: { scanner: 'qualys-container', image: 'shop:1.4', ...target, qscanner: settings },
    wait: (ms) => {
      nowMs += ms;
    },
    scans: () => machine.ran.filter((spec) => !isVersion(spec)),
  };
}

const viaStateFile = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export const planOf = ({ target, services }: Course) =>
  qscannerWay.plan(target, { targetName: 'shop', runId: 'run-1' }, services);

export async function launched(course: Course): Promise<ScanHandle> {
  const plan = await planOf(course);
  return viaStateFile(await qscannerWay.launch(viaStateFile(plan), course.services));
}

/** Asks for the progress until the scan has ended, and tells the states that it went through. */
export async function ended(course: Course, handle: ScanHandle): Promise<string[]> {
  const states: string[] = [];
  for (let look = 0; look < 100; look++) {
    const progress = (await qscannerWay.progress([handle], course.services)).get(handle.plan.scanName);
    if (progress && progress.state !== states.at(-1)) states.push(progress.state);
    if (progress?.phase === 'ended') return states;
    course.wait(10_000);
  }
  throw new Error(`it never ended: ${states.join('; ')}`);
}

export interface Collected {
  findings: RawFinding[];
  statement: ScanStatement;
}

async function drained(stream: FindingStream): Promise<Collected> {
  const findings: RawFinding[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done) return { findings, statement: step.value };
    findings.push(...step.value);
  }
}

/** The whole course of a scan. */
export async function scan(scene: Scene = {}): Promise<Collected> {
  const course = courseOf(scene);
  const handle = await launched(course);
  await ended(course, handle);
  return drained(qscannerWay.findings(handle, course.services));
}

/** The ScangateError that something ends with. Anything else is a bug. */
export async function refusalOf(work: Promise<unknown>): Promise<Pick<ScangateError, 'code' | 'message' | 'mend'>> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ScangateError)) throw error;
    return { code: error.code, message: error.message, mend: error.mend };
  }
  throw new Error('it ended well');
}

const NOTHING_CRITICAL = { rules: [{ name: 'nothing critical', select: { severity: 'critical' }, max: 0 }] };

export interface GateEnd {
  exit: ExitName;
  /** How many findings each rule counted. */
  observed: Record<string, number>;
  codes: string[];
  verdict: Verdict;
}

/** The verdict of the gate over a whole scan. */
export async function gate(scene: Scene = {}, policy: unknown = NOTHING_CRITICAL): Promise<GateEnd> {
  const target = {
    name: 'shop',
    scanner: 'qualys-container',
    async *findings(): FindingStream {
      const course = courseOf(scene);
      const handle = await launched(course);
      await ended(course, handle);
      return yield* qscannerWay.findings(handle, course.services);
    },
  };
  const { verdict } = await runGate({
    targets: [target],
    policy: await compilePolicy(PolicyInput.parse(policy), 'test'),
    toolVersion: '0',
    ci: null,
    exitOnWarn: false,
    now: () => new Date(START_MS),
  });
  return {
    exit: Object.entries(EXIT_CODES).find(([, code]) => code === verdict.exitCode)?.[0] as ExitName,
    observed: Object.fromEntries(verdict.rules.map(({ name, observed }) => [name, observed])),
    codes: verdict.reasons.map(({ code }) => code),
    verdict,
  };
}
