import { describe, expect, it } from 'vitest';
import { type ErrorCode, ScangateError } from '../src/errors.js';
import { EXIT_CODES, type ExitName } from '../src/exit-code.js';
import { type GateInput, runGate, type ScanTarget } from '../src/gate.js';
import type { RawFinding } from '../src/model/finding.js';
import { compilePolicy, PolicyInput } from '../src/policy/index.js';
import { buildRawFinding, buildStatement } from '../src/testing/builders.js';

const scan = (name: string, findings: RawFinding[] = []): ScanTarget => ({
  name,
  scanner: 'fake',
  async *findings() {
    yield findings;
    return buildStatement({ evidence: 'the scan finished' });
  },
});

const broken = (name: string, code: ErrorCode): ScanTarget => ({
  name,
  scanner: 'fake',
  findings: () => failing(new ScangateError(code, `${name} broke`)),
});

async function* failing(error: ScangateError): AsyncGenerator<RawFinding[], never, undefined> {
  yield [];
  throw error;
}

async function* unopened(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array();
  throw new ScangateError('SCANGATE_REPORT_MISSING', 'the report does not exist');
}

const report = { name: 'report', source: 'gone.json', open: unopened };

async function exitOf(targets: GateInput['targets'], more: Partial<GateInput> = {}): Promise<ExitName> {
  const policy = await compilePolicy(
    PolicyInput.parse({ rules: [{ name: 'no high', select: { severity: { atLeast: 'high' } }, max: 0 }] }),
    'test',
  );
  const now = () => new Date('2026-11-23T10:00:00Z');
  const { verdict } = await runGate({ targets, policy, toolVersion: '0', ci: null, exitOnWarn: false, now, ...more });
  return Object.entries(EXIT_CODES).find(([, code]) => code === verdict.exitCode)?.[0] as ExitName;
}

const red = scan('red', [buildRawFinding()]);
const green = scan('green');

describe('runGate over scans', () => {
  it.each<[string, GateInput['targets'], ExitName]>([
    ['a clean scan', [green], 'pass'],
    ['a violated rule', [green, red], 'fail'],
    ['a refusal alone', [green, broken('a', 'SCANGATE_QUALYS_REFUSED')], 'refused'],
    ['a time-out alone', [broken('a', 'SCANGATE_SCAN_TIMEOUT')], 'timeout'],
    ['a passing failure alone', [broken('a', 'SCANGATE_QUALYS_UNAVAILABLE')], 'temporary'],
    [
      'two failures of one kind',
      [broken('a', 'SCANGATE_HTTP_CUT'), broken('b', 'SCANGATE_QUALYS_LIMITED')],
      'temporary',
    ],
    [
      'failures of two kinds',
      [broken('a', 'SCANGATE_QUALYS_REFUSED'), broken('b', 'SCANGATE_SCAN_TIMEOUT')],
      'inconclusive',
    ],
    ['a time-out beside a report that is missing', [broken('a', 'SCANGATE_SCAN_TIMEOUT'), report], 'inconclusive'],
    ['a time-out beside a violated rule', [broken('a', 'SCANGATE_SCAN_TIMEOUT'), red], 'fail'],
  ])('%s', async (_, targets, exit) => {
    expect(await exitOf(targets)).toBe(exit);
  });

  it('an interruption stands for itself', async () => {
    const interruption = () => 'terminated' as const;
    expect(await exitOf([broken('a', 'SCANGATE_SCAN_INTERRUPTED')], { interruption })).toBe('terminated');
    expect(await exitOf([red], { interruption })).toBe('terminated');
  });
});
