import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { missingReports, startFast, textsUnder, verdictIn, withSimulator, writeConfig } from '../scan/support.js';
import { inTemporaryFolder } from '../support/cli.js';

/* Containers by QScanner, as a pipeline runs it: the built program, the simulator, and a stand-in for the scanner. */

const FAKE = fileURLToPath(new URL('./fake-qscanner.mjs', import.meta.url));
/** Fast enough for the pauses between runs, slow enough for the time that a process has. */
const SPEED = 20;

interface FakeRun {
  exit?: number;
  write?: string[];
  delayMs?: number;
  flaws?: [qid: number, level: number, customer: number][];
  secrets?: number;
  result?: object;
  says?: string;
}

interface Recorded {
  args: string[];
  token: string;
  folder: string;
  pid: number;
}

interface Stage {
  folder: string;
  run(...args: string[]): ReturnType<typeof startFast>;
  /** Every run of the scanner, in order. */
  recorded(): Recorded[];
  codes(): string[];
}

interface Choice {
  settings?: string;
  runs?: FakeRun[];
  version?: string;
  policy?: string;
}

function onStage(
  { settings = '', runs = [{}], version = '5.0.0', policy }: Choice,
  work: (stage: Stage) => Promise<void>,
) {
  return inTemporaryFolder((folder) =>
    withSimulator({ speed: SPEED }, async (simulator) => {
      const record = join(folder, 'record.ndjson');
      const program = settings.includes('program:') ? '' : `program: "${FAKE}", `;
      const target = `{ scanner: qualys-container, image: "shop:1.4", qscanner: { ${program}${settings} } }`;
      writeConfig(folder, { shop: target }, policy);
      const env = {
        ...simulator.env,
        FAKE_QSCANNER_RECORD: record,
        FAKE_QSCANNER_VERSION: version,
        FAKE_QSCANNER_RUNS: JSON.stringify(runs),
      };
      await work({
        folder,
        run: (...args) => startFast(simulator, args.length === 0 ? ['run'] : args, folder, env),
        // A line is there as a whole, or not yet.
        recorded: () =>
          (existsSync(record) ? readFileSync(record, 'utf8') : '')
            .split('\n')
            .slice(0, -1)
            .map((line) => JSON.parse(line) as Recorded),
        codes: () => verdictIn(folder).reasons.map(({ code }) => code),
      });
    }),
  );
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe.concurrent('scangate run with QScanner', () => {
  it('scans, joins both files, judges and reports', async () => {
    await onStage({ runs: [{ flaws: [[150003, 5, 3]], secrets: 1 }] }, async ({ folder, run, recorded, codes }) => {
      const { exit, stderr } = await run().done;
      expect([exit, stderr, missingReports(folder), codes()]).toEqual(['fail', '', [], ['SCANGATE_RULE_VIOLATED']]);
      const [target] = verdictIn(folder).targets;
      expect(target).toMatchObject({
        scanner: 'qualys-container',
        state: 'complete',
        tool: { name: 'QScanner', version: '5.0.0' },
        subject: 'shop:1.4',
        scan: { state: 'exit 0' },
        counts: { total: 2, byKind: { confirmed: 1, secret: 1 } },
      });
      const findings = readFileSync(join(folder, 'scangate-out/findings.ndjson'), 'utf8');
      expect(findings).toContain('"layer":"sha256:aaaa');
      // What the KnowledgeBase of the platform says of the QID.
      expect(findings).toContain('Threats: Exploit Public, High Data Loss.');
      expect(findings).not.toContain('not-for-reports');
      expect(recorded().map(({ args }) => args.slice(0, 2))).toEqual([['image', 'shop:1.4']]);
    });
  });

  it('passes what is clean', async () => {
    await onStage({}, async ({ folder, run, codes }) => {
      expect([(await run().done).exit, codes(), missingReports(folder)]).toEqual(['pass', [], []]);
    });
  });

  it('hands a token of the gateway over by the environment, and leaves it nowhere', async () => {
    await onStage({ runs: [{ flaws: [[150003, 5, 5]] }] }, async ({ folder, run, recorded }) => {
      const { stdout, stderr } = await run('run', '--verbose').done;
      const [{ token, args } = { token: '', args: [''] }] = recorded();
      expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(args.join(' ')).not.toContain(token);
      const texts = new Map([...textsUnder(folder), ['stdout', stdout], ['stderr', stderr]]);
      texts.delete('record.ndjson');
      expect([...texts].filter(([, text]) => text.includes(token)).map(([name]) => name)).toEqual([]);
    });
  });

  it('takes the severity of the subscription when it is told to', async () => {
    const runs: FakeRun[] = [{ flaws: [[150003, 5, 3]] }];
    await onStage({ settings: 'severitySource: customer', runs }, async ({ run }) => {
      expect((await run().done).exit).toBe('pass');
    });
  });

  it.each<[string, string, FakeRun, string, string[]]>([
    ['denies', 'mode: evaluate-policy', { exit: 42 }, 'fail', ['SCANGATE_RULE_VIOLATED', 'SCANGATE_SCAN_DENIED']],
    ['gives no verdict', 'mode: evaluate-policy', { exit: 43 }, 'inconclusive', ['SCANGATE_SCAN_UNDECIDED']],
    ['gives none, which is allowed', 'mode: evaluate-policy, onAudit: pass', { exit: 43 }, 'pass', []],
    [
      'gives none, which is a warning',
      'mode: evaluate-policy, onAudit: warn',
      { exit: 43 },
      'pass',
      ['SCANGATE_SCAN_AUDITED'],
    ],
    [
      'gives none, which is a failure',
      'mode: evaluate-policy, onAudit: fail',
      { exit: 43 },
      'fail',
      ['SCANGATE_RULE_VIOLATED', 'SCANGATE_SCAN_DENIED'],
    ],
  ])('asks the policy of the platform, which %s', async (_, settings, fake, exit, reasons) => {
    await onStage({ settings, runs: [fake] }, async ({ run, codes }) => {
      expect([(await run().done).exit, codes()]).toEqual([exit, reasons]);
    });
  });

  it('fails when the platform denies, whatever the rules count', async () => {
    const policy = 'rules: [{ name: one CVE, select: { cve: CVE-2099-0001 }, max: 0 }]';
    await onStage({ settings: 'mode: evaluate-policy', runs: [{ exit: 42 }], policy }, async ({ run, codes }) => {
      expect([(await run().done).exit, codes()]).toEqual(['fail', ['SCANGATE_SCAN_DENIED']]);
    });
  });

  it.each<[string, Choice, string]>([
    ['there is no program', { settings: 'program: ./not-there' }, 'SCANGATE_PROGRAM_MISSING'],
    ['the program has another version', { version: '9.1.0' }, 'SCANGATE_PROGRAM_VERSION'],
    ['it writes no report', { runs: [{ write: [] }] }, 'SCANGATE_PROGRAM_NO_REPORT'],
    ['it writes no findings', { runs: [{ write: ['result'] }] }, 'SCANGATE_PROGRAM_NO_REPORT'],
    ['it fails', { runs: [{ exit: 6 }] }, 'SCANGATE_PROGRAM_FAILED'],
    [
      'it ends with a status that nobody knows',
      { runs: [{ exit: 50, write: ['result', 'sarif'] }] },
      'SCANGATE_PROGRAM_FAILED',
    ],
    ['it did not do what was asked for', { runs: [{ result: { ScansPerformed: [] } }] }, 'SCANGATE_SCAN_INCOMPLETE'],
    [
      'it writes a result of an earlier run',
      { runs: [{ result: { Metadata: { ScanStartTime: '2020-01-01T00:00:00Z' } } }] },
      'SCANGATE_SCAN_STALE',
    ],
  ])('is inconclusive, with a mend, when %s', async (_, choice, code) => {
    await onStage(choice, async ({ folder, run, codes }) => {
      const { exit, stderr } = await run().done;
      expect([exit, codes(), missingReports(folder)]).toEqual(['inconclusive', [code], []]);
      expect(stderr).toMatch(/^scangate: inconclusive: shop: .+; mend: .+/m);
    });
  });

  it('never finds the report of the run before', async () => {
    await onStage({ runs: [{}, { write: [] }] }, async ({ run, recorded, codes }) => {
      expect((await run().done).exit).toBe('pass');
      expect([(await run().done).exit, codes()]).toEqual(['inconclusive', ['SCANGATE_PROGRAM_NO_REPORT']]);
      expect(new Set(recorded().map(({ folder }) => folder)).size).toBe(2);
    });
  });

  it('tries again when the platform is not ready', async () => {
    await onStage({ runs: [{ exit: 40, says: 'not ready' }, { exit: 33 }, {}] }, async ({ run, recorded }) => {
      const { exit, stdout } = await run().done;
      expect([exit, new Set(recorded().map(({ folder }) => folder)).size]).toEqual(['pass', 3]);
      expect(stdout).toMatch(/^shop: waiting for run 2 of 3 after exit 40/m);
    });
  });

  it('ends the program when the pipeline is aborted', async () => {
    await onStage({ runs: [{ delayMs: 60_000 }] }, async ({ folder, run, recorded }) => {
      const started = run();
      await started.says('shop: started');
      while (recorded().length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      started.child.kill('SIGTERM');
      expect([(await started.done).exit, missingReports(folder)]).toEqual(['terminated', []]);
      expect(recorded().map(({ pid }) => isAlive(pid))).toEqual([false]);
    });
  });

  it('is judged by a later step of the same pipeline', async () => {
    await onStage({ runs: [{ flaws: [[150003, 5, 5]] }] }, async ({ run, recorded }) => {
      expect((await run('start').done).exit).toBe('pass');
      expect((await run('collect').done).exit).toBe('fail');
      expect(recorded()).toHaveLength(1);
    });
  });
});
