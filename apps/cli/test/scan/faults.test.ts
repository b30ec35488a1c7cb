import type { ExitName } from '@scangate/core/exit-code';
import { beforeAll, describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import {
  HANDBOOK,
  judgedIn,
  missingReports,
  NOTHING_CRITICAL,
  runFast,
  SHOP,
  type Simulator,
  withSimulator,
  writeConfig,
} from './support.js';

/* Every fault of the simulator, end to end: the built program against the simulator, each a process of its own. */

interface FaultCase {
  fault: string;
  target: string;
  /** `undisturbed`: the fault is overcome, and the verdict is the one of a run without it. */
  exit: 'undisturbed' | ExitName;
  code?: string;
  launches?: number;
  policy?: string;
  seed?: string;
  signIn?: 'client';
}

const MEMBERS = '{ scanner: qualys-was, webApp: 1007, authRecord: default }';
const BIG = '{ scanner: qualys-was, webApp: 1005 }';
const BIG_SEED = 'demo,findings=1500,minutes=5';
const IMPATIENT = '{ scanner: qualys-was, webApp: Handbook, wait: { run: 20m } }';
const ANY_PCI = 'rules: [{ name: card data, select: { pci: true }, max: 1000 }]';
const MANY_CRITICAL = NOTHING_CRITICAL.replace('max: 0', 'max: 1000');

const CASES: readonly FaultCase[] = [
  { fault: 'rate-limited', target: SHOP, exit: 'undisturbed' },
  { fault: 'concurrency', target: SHOP, exit: 'undisturbed' },
  { fault: 'maintenance-503', target: SHOP, exit: 'temporary', code: 'SCANGATE_QUALYS_UNAVAILABLE', launches: 0 },
  { fault: 'html-error', target: SHOP, exit: 'temporary', code: 'SCANGATE_QUALYS_UNAVAILABLE', launches: 0 },
  { fault: 'cut-socket', target: SHOP, exit: 'undisturbed' },
  { fault: 'slow-body=seconds:1', target: SHOP, exit: 'undisturbed' },
  { fault: 'truncated-page', target: SHOP, exit: 'undisturbed' },
  { fault: 'repeated-page', target: BIG, seed: BIG_SEED, exit: 'inconclusive', code: 'SCANGATE_QUALYS_ANSWER' },
  { fault: 'missing-page', target: BIG, seed: BIG_SEED, exit: 'inconclusive', code: 'SCANGATE_QUALYS_ANSWER' },
  { fault: 'expired-token', target: SHOP, exit: 'undisturbed', signIn: 'client' },
  { fault: 'wrong-password', target: SHOP, exit: 'refused', code: 'SCANGATE_QUALYS_REFUSED', launches: 0 },
  { fault: 'error-in-200', target: SHOP, exit: 'inconclusive', code: 'SCANGATE_QUALYS_ANSWER' },
  { fault: 'launch-lost-answer', target: SHOP, exit: 'undisturbed' },
  { fault: 'scan-error', target: HANDBOOK, exit: 'inconclusive', code: 'SCANGATE_SCAN_FAILED' },
  { fault: 'no-host-alive', target: HANDBOOK, exit: 'inconclusive', code: 'SCANGATE_SCAN_NOTHING_REACHED' },
  { fault: 'no-web-service', target: HANDBOOK, exit: 'inconclusive', code: 'SCANGATE_SCAN_NOTHING_REACHED' },
  { fault: 'time-limit', target: HANDBOOK, exit: 'inconclusive', code: 'SCANGATE_SCAN_INCOMPLETE' },
  { fault: 'cancelled', target: HANDBOOK, exit: 'inconclusive', code: 'SCANGATE_SCAN_CANCELLED' },
  { fault: 'auth-failed', target: MEMBERS, exit: 'inconclusive', code: 'SCANGATE_SCAN_AUTH_FAILED' },
  { fault: 'stuck-running', target: IMPATIENT, exit: 'timeout', code: 'SCANGATE_SCAN_TIMEOUT' },
  { fault: 'processing-late=seconds:1800', target: HANDBOOK, exit: 'undisturbed' },
  { fault: 'kb-missing-qid', target: SHOP, policy: ANY_PCI, exit: 'inconclusive', code: 'SCANGATE_RULE_MISSING_FIELD' },
  { fault: 'single-object-list', target: SHOP, exit: 'undisturbed' },
  { fault: 'bad-base64', target: SHOP, exit: 'undisturbed' },
  { fault: 'counter-mismatch', target: HANDBOOK, exit: 'inconclusive', code: 'SCANGATE_SCAN_COUNT_MISMATCH' },
  { fault: 'unknown-status', target: HANDBOOK, exit: 'inconclusive', code: 'SCANGATE_SCAN_UNKNOWN_STATE' },
  {
    fault: 'unknown-severity',
    target: SHOP,
    policy: MANY_CRITICAL,
    exit: 'inconclusive',
    code: 'SCANGATE_RULE_MISSING_FIELD',
  },
];

const runWith = (
  { fault, target, policy, seed = 'demo', signIn }: Pick<FaultCase, 'fault' | 'target' | 'policy' | 'seed' | 'signIn'>,
  look: (seen: { folder: string; simulator: Simulator; result: Awaited<ReturnType<typeof runFast>> }) => Promise<void>,
): Promise<void> =>
  inTemporaryFolder((folder) =>
    withSimulator({ faults: fault === '' ? [] : [fault], seed }, async (simulator) => {
      writeConfig(folder, { shop: target }, policy);
      const env = signIn === 'client' ? simulator.clientEnv : simulator.env;
      await look({ folder, simulator, result: await runFast(simulator, ['run'], folder, env) });
    }),
  );

const undisturbed = new Map<string, { judged: unknown; exit: unknown }>();

beforeAll(async () => {
  for (const target of [SHOP, HANDBOOK]) {
    await runWith({ fault: '', target }, async ({ folder, result }) => {
      undisturbed.set(target, { judged: judgedIn(folder), exit: result.exit });
    });
  }
});

describe('a fault of the platform', () => {
  it('is none: one application fails and one passes', () => {
    expect([...undisturbed.values()].map(({ exit }) => exit)).toEqual(['fail', 'pass']);
  });

  /** Faults that web applications cannot have: iac.test.ts tries them. */
  const ELSEWHERE = new Set(['empty-result']);

  it('is in the table, whatever its name', async () => {
    const names = new Set(CASES.map(({ fault }) => fault.split('=')[0]));
    await withSimulator({ faults: [...names] as string[] }, async (simulator) => {
      const said = await fetch(`${simulator.said.api}/__simulator/faults`, { method: 'POST', body: '["?"]' });
      const { error } = (await said.json()) as { error: string };
      const known = /Known faults: (.*)\.$/.exec(error)?.[1]?.split(', ') ?? [];
      expect(known.filter((name) => !ELSEWHERE.has(name)).toSorted()).toEqual([...names].toSorted());
    });
  });

  it.concurrent.each(CASES)('$fault: $exit', async (one) => {
    await runWith(one, async ({ folder, simulator, result }) => {
      const state = await simulator.state();
      expect({
        missing: missingReports(folder),
        launches: Object.values(state.launchesByName),
        running: state.running,
      }).toEqual({ missing: [], launches: Array.from({ length: one.launches ?? 1 }, () => 1), running: [] });
      if (one.exit === 'undisturbed') {
        const { judged, exit } = undisturbed.get(one.target) ?? {};
        expect([result.exit, judgedIn(folder)], result.stderr).toEqual([exit, judged]);
        return;
      }
      expect(result.exit, result.stdout).toBe(one.exit);
      const lines = result.stderr.split('\n').filter(Boolean);
      expect(lines[0]).toMatch(new RegExp(`^scangate: inconclusive: .+ \\(${one.code}\\); mend: .+`));
    });
  });
});
