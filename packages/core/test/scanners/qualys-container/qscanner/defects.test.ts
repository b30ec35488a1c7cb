import { describe, expect, it } from 'vitest';
import { QScannerSettings } from '../../../../src/config/targets/qualys-container-qscanner.js';
import { qscannerWay } from '../../../../src/scanners/qualys-container/qscanner/index.js';
import {
  courseOf,
  type Flaw,
  files,
  gate,
  launched,
  performed,
  planOf,
  refusalOf,
  result,
  type Scene,
  sarif,
  TOKEN,
} from './support.js';

/*
 * Every defect of the vendor's wrappers around QScanner that the reference names (sections 8.3 to 8.6), as the situation
 * in which it shows.
 */

const NOTHING_KNOWN = '<KNOWLEDGE_BASE_VULN_LIST_OUTPUT><RESPONSE></RESPONSE></KNOWLEDGE_BASE_VULN_LIST_OUTPUT>';

const flaw = (id: number, severity: unknown): Flaw => ({ id, properties: { severity, customerSeverity: severity } });
const found = (...flaws: Flaw[]): Scene => ({
  runs: [{ files: files(result(), sarif(flaws)) }],
  answer: ({ path }) => (path.includes('knowledge_base') ? NOTHING_KNOWN : undefined),
});

const bySeverity = (...words: string[]) => ({
  rules: words.map((severity) => ({ name: severity, select: { severity }, max: 100 })),
});

describe('defects of the wrappers', () => {
  it('Q-1: severity 4 is high and severity 5 is critical, each counted for itself', async () => {
    const scene = found(flaw(1, 4), flaw(2, 4), flaw(3, 5));
    expect((await gate(scene, bySeverity('critical', 'high'))).observed).toEqual({ critical: 1, high: 2 });
  });

  it('Q-2: findings that cannot be read are never a count of zero, with a policy of the platform neither', async () => {
    for (const mode of ['get-report', 'evaluate-policy'] as const) {
      const broken = { settings: { mode }, runs: [{ files: files(result(), '{"runs":') }] };
      expect(await gate(broken)).toMatchObject({ exit: 'inconclusive', codes: ['SCANGATE_REPORT_TRUNCATED'] });
      const unknown = { settings: { mode }, runs: [{ status: 44, files: files() }] };
      expect(await gate(unknown)).toMatchObject({ exit: 'inconclusive', codes: ['SCANGATE_PROGRAM_FAILED'] });
    }
  });

  it('Q-3: a list under a name that is not known is no empty list', async () => {
    const other = sarif([], { results: undefined, vulns: [{ qid: 1, severity: 5 }] });
    expect(await gate({ runs: [{ files: files(result(), other) }] })).toMatchObject({
      exit: 'inconclusive',
      codes: ['SCANGATE_SCAN_NO_EVIDENCE'],
    });
  });

  it('Q-4: settings that are left out have defaults, and a finished scan is judged', async () => {
    expect(await gate({ settings: {} })).toMatchObject({ exit: 'pass', codes: [] });
  });

  it('Q-5: a refused sign-in ends the run at once, without a loop', async () => {
    const course = courseOf();
    const client = course.services.qualys();
    let calls = 0;
    const refusing = {
      ...client,
      accessToken: () => {
        calls++;
        return Promise.reject(new Error('401'));
      },
    };
    const services = { ...course.services, qualys: () => refusing };
    await expect(planOf({ ...course, services })).rejects.toThrow('401');
    expect(calls).toBe(1);
  });

  it("Q-6: the token is the platform's own, from the one sign-in that all products share", async () => {
    const course = courseOf();
    await launched(course);
    expect(course.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /auth']);
    expect(course.scans()[0]?.env).toEqual({ QUALYS_ACCESS_TOKEN: TOKEN });
  });

  it('Q-7: a scanner that is not there is no warning', async () => {
    expect(await gate({ isMissing: true })).toMatchObject({
      exit: 'inconclusive',
      codes: ['SCANGATE_PROGRAM_MISSING'],
    });
  });

  it('Q-8: a download without a checksum is refused, and one with another checksum is not executed', async () => {
    const url = 'https://downloads.example/qscanner';
    expect(QScannerSettings.safeParse({ download: { url } }).success).toBe(false);
    const plain = { url: url.replace('https', 'http'), sha256: 'a'.repeat(64) };
    expect(QScannerSettings.safeParse({ download: plain }).success).toBe(false);
    const changed = { settings: { download: { url, sha256: 'a'.repeat(64) } }, downloads: { [url]: 'b'.repeat(64) } };
    expect(await gate(changed)).toMatchObject({ exit: 'inconclusive', codes: ['SCANGATE_PROGRAM_UNVERIFIED'] });
  });

  it('Q-9: the program is looked for and downloaded by the machine that runs it', async () => {
    const course = courseOf({ settings: { program: 'qscanner-arm' } });
    await launched(course);
    const path = '/usr/bin/qscanner-arm';
    expect(course.machine.ran.map(({ command }) => command)).toEqual([path, path]);
  });

  it('Q-10: the program is given the gateway of the run, never a platform by default', async () => {
    const course = courseOf();
    await launched(course);
    const [spec] = course.scans();
    expect(spec?.args[spec.args.indexOf('--pod') + 1]).toBe('https://platform.example.test');
  });

  it.each([
    ['Q-11', {}],
    ['Q-17', { 'image-Report.sarif.txt': 'x' }],
  ])('%s: exit 0 without a report is not clean', async (_, written) => {
    expect(await gate({ runs: [{ files: written }] })).toMatchObject({
      exit: 'inconclusive',
      codes: ['SCANGATE_PROGRAM_NO_REPORT'],
    });
  });

  it('Q-12: no setting turns a technical error into a success', async () => {
    for (const onIncomplete of ['inconclusive', 'fail', 'warn']) {
      const policy = { rules: [{ name: 'none', max: 0 }], onIncomplete };
      const { exit } = await gate({ runs: [{ status: 6 }] }, policy);
      expect(exit).toBe(onIncomplete === 'fail' ? 'fail' : 'inconclusive');
    }
  });

  it('Q-13: a floor of 1 counts findings of level 1', async () => {
    const rules = [{ name: 'anything', select: { severity: { atLeast: 1 } }, max: 0 }];
    expect(await gate(found(flaw(1, 1)), { rules })).toMatchObject({ exit: 'fail', observed: { anything: 1 } });
  });

  it('Q-14: a severity that is missing is unknown, never guessed from the level', async () => {
    const { exit, observed, codes } = await gate(found(flaw(1, undefined)));
    expect([exit, observed, codes]).toEqual([
      'inconclusive',
      { 'nothing critical': 0 },
      ['SCANGATE_RULE_MISSING_FIELD'],
    ]);
  });

  it('Q-15: a program that lies there already is verified like a new one', async () => {
    const url = 'https://downloads.example/qscanner';
    const course = courseOf({ settings: { download: { url, sha256: 'a'.repeat(64) } } });
    const asked: string[] = [];
    const machine = {
      ...course.machine,
      download: async ({ sha256 }: { sha256: string }) => {
        asked.push(sha256);
        return '/cache/program';
      },
    };
    await planOf({ ...course, services: { ...course.services, machine } });
    await planOf({ ...course, services: { ...course.services, machine } });
    expect(asked).toEqual(['a'.repeat(64), 'a'.repeat(64)]);
  });

  it('Q-16: the platform of the image and the proxy of the program are settings', () => {
    const settings = { platform: 'linux/arm64', proxy: 'http://proxy.example:3128' };
    expect(QScannerSettings.parse(settings)).toEqual(settings);
    expect(QScannerSettings.safeParse({ proxy: 'http://me:secret@proxy.example' }).success).toBe(false);
  });

  it('Q-18: AUDIT has a setting, and without it says why it is inconclusive and what to do', async () => {
    const { exit, verdict } = await gate({
      settings: { mode: 'evaluate-policy' },
      runs: [{ status: 43, files: files() }],
    });
    expect([exit, verdict.reasons]).toEqual([
      'inconclusive',
      [
        {
          outcome: 'inconclusive',
          code: 'SCANGATE_SCAN_UNDECIDED',
          message: 'shop: the policy of the platform gave no verdict (AUDIT): no policy matched, or it only observes',
          mend: 'bind a policy to the pipeline (qscanner.policyTags), or say what this means with qscanner.onAudit: pass, warn or fail',
          target: 'shop',
        },
      ],
    ]);
  });

  it('Q-19: without a policy of the platform the rules of the gate still hold', async () => {
    expect(await gate({ settings: { mode: 'get-report' }, ...found(flaw(1, 5)) })).toMatchObject({
      exit: 'fail',
      observed: { 'nothing critical': 1 },
    });
  });

  it('Q-20: no shell reads a name: a path is one argument, and an image is a reference or refused', async () => {
    const rootfs = 'root; touch /tmp/x $(id) `id` "';
    const course = courseOf({ settings: { rootfs } });
    await launched(course);
    expect(course.scans()[0]?.args.slice(0, 2)).toEqual(['rootfs', rootfs]);
    for (const image of ['shop:1.4; id', '--access-token', '$(id)']) {
      expect((await refusalOf(planOf(courseOf({ target: { image } })))).code).toBe('SCANGATE_CONFIG_INVALID');
    }
  });

  it('Q-21: SARIF is asked for as a report, and the inventory as data', async () => {
    const course = courseOf();
    await launched(course);
    const args = course.scans()[0]?.args ?? [];
    const valueAfter = (flag: string): string | undefined => args[args.indexOf(flag) + 1];
    expect([valueAfter('--format'), valueAfter('--report-format')]).toEqual(['json', 'sarif']);
  });

  it('Q-22: a scanner that failed is never green, with a policy of the platform or without', async () => {
    for (const mode of ['get-report', 'evaluate-policy'] as const) {
      for (const status of [1, 2, 5, 12, 20, 50, 126, 127, 137, 255]) {
        const scene = { settings: { mode }, runs: [{ status, files: files() }] };
        expect(await gate(scene)).toMatchObject({ exit: 'inconclusive', codes: ['SCANGATE_PROGRAM_FAILED'] });
      }
    }
  });

  it('Q-23: the token is on no command line and in no state file', async () => {
    const course = courseOf();
    const handle = await launched(course);
    const lines = course.machine.ran.map(({ command, args }) => [command, args]);
    expect(JSON.stringify([handle, lines])).not.toContain(TOKEN);
  });

  it('no wrapper reads ScansPerformed: a scan that failed or was partial is not complete', async () => {
    const of = (scan: object): Scene => ({
      runs: [{ files: files(result({ ScansPerformed: [performed('os'), performed('sca'), scan] })) }],
    });
    expect(await gate(of(performed('secret', 'FAILED')))).toMatchObject({
      exit: 'inconclusive',
      codes: ['SCANGATE_SCAN_FAILED'],
    });
    expect(await gate(of(performed('secret', 'SUCCESS', { skipped: 3 })))).toMatchObject({
      exit: 'inconclusive',
      codes: ['SCANGATE_SCAN_INCOMPLETE'],
    });
  });

  it('a report of an earlier run is never judged: every run has a folder of its own, and the times are compared', async () => {
    const folders: (string | undefined)[] = [];
    for (const runId of ['run-1', 'run-2']) {
      const course = courseOf();
      const plan = await qscannerWay.plan(course.target, { targetName: 'shop', runId }, course.services);
      await qscannerWay.launch(plan, course.services);
      folders.push(course.scans()[0]?.args.at(-1));
    }
    expect(new Set(folders).size).toBe(2);
    const old = result({ Metadata: { ScanStartTime: '2031-02-02T04:05:06Z' } });
    expect(await gate({ runs: [{ files: files(old) }] })).toMatchObject({
      exit: 'inconclusive',
      codes: ['SCANGATE_SCAN_STALE'],
    });
  });
});
