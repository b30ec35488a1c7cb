import { describe, expect, it } from 'vitest';
import { ScangateError } from '../../../src/errors.js';
import type { ProgramSpec } from '../../../src/scanners/machine.js';
import type { WebTarget } from '../../../src/scanners/web-program.js';
import { zap } from '../../../src/scanners/zap/index.js';
import { buildMachine, buildStage, collectAll, type FakeProgram } from '../../../src/testing/index.js';
import { planIn, ZAP_VERSION_TEXT, zapReport } from './support.js';

const SKETCH = { madeAtMs: Date.UTC(2031, 1, 3, 4, 5, 7), isForeign: false, hasUnknownSeverity: false };

async function scan(target: Partial<WebTarget> = {}, more: FakeProgram = {}, names = ['zap.sh']) {
  const program = ({ args, files }: ProgramSpec): FakeProgram => {
    if (args.includes('-version')) return { stdout: ZAP_VERSION_TEXT };
    return { files: { 'zap.json': zapReport(files ?? {}, SKETCH) }, ...more };
  };
  const machine = buildMachine({
    program,
    isThere: (command) => names.includes(command),
    reach: () => ({ answers: true, status: 200 }),
  });
  const { services } = buildStage(() => undefined, machine);
  const whole = { url: 'http://127.0.0.1:8080/shop/index.html', ...target };
  const plan = await zap.plan(whole, { targetName: 'shop', runId: 'run-1' }, services);
  const handle = await zap.launch(plan, services);
  const spec = machine.ran.at(-1);
  return { plan, spec, made: planIn(spec?.files ?? {}), collect: () => collectAll(zap.findings(handle, services)) };
}

const codesAfter = async (more: FakeProgram, target?: Partial<WebTarget>) => {
  const { collect } = await scan(target, more);
  return (await collect()).statement.problems.map(({ code }) => code);
};

describe('the call of ZAP', () => {
  it('is a plan with a home and a report of its own, which ends at the first error', async () => {
    const folder = '/state/programs/scangate shop run-1';
    const { spec, made } = await scan();
    expect(spec?.args).toEqual(['-cmd', '-silent', '-dir', `${folder}/home`, '-autorun', `${folder}/zap-plan.yaml`]);
    expect(made.env.parameters).toMatchObject({ failOnError: true, continueOnFailure: false });
    expect(made.jobs.map(({ type }) => type)).toEqual([
      ...['spider', 'passiveScan-wait', 'activeScan', 'passiveScan-wait', 'report'],
    ]);
    expect(made.jobs.at(-1)?.parameters).toMatchObject({
      template: 'traditional-json',
      reportDir: folder,
      reportFile: 'zap',
    });
  });

  it.each([
    [undefined, ['http://127.0.0.1:8080/shop/', 'http://127.0.0.1:8080/shop/a?b=c'], ['http://127.0.0.1:8080/admin']],
    [
      'domain',
      ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/admin'],
      ['http://127.0.0.1:8080.evil.example/', 'http://127x0.0.1:8080/'],
    ],
  ] as const)('keeps to the scope %s', async (scope, inside, outside) => {
    const [{ includePaths: [path = ''] = [] } = {}] = (await scan({ scope })).made.env.contexts;
    const pattern = new RegExp(`^(?:${path})$`);
    expect([...inside, ...outside].map((url) => pattern.test(url))).toEqual([
      ...inside.map(() => true),
      ...outside.map(() => false),
    ]);
  });

  it('knows the names that packages give it', async () => {
    for (const name of ['zap.sh', 'zaproxy', 'zap']) {
      expect((await scan({}, {}, [name])).spec?.command).toBe(`/usr/bin/${name}`);
    }
    expect((await scan({ program: 'my-zap' }, {}, ['my-zap', 'zap.sh'])).spec?.command).toBe('/usr/bin/my-zap');
  });

  it('limits the active scan in whole minutes', async () => {
    const { made } = await scan({ maxScanTime: '90s' });
    expect(made.jobs[2]?.parameters).toMatchObject({ maxScanDurationInMins: 2 });
  });
});

describe('what ZAP says', () => {
  it('warnings of the plan make the scan incomplete', async () => {
    const stdout = 'Automation plan warnings:\n\tJob spider could not use the add-on\n';
    expect(await codesAfter({ status: 2, stdout })).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });

  it('a target that the spider did not reach is named, although the plan failed', async () => {
    const stdout = 'Automation plan failures:\n\tJob spider failed to access URL http://127.0.0.1:8080 : refused\n';
    const { collect } = await scan({}, { status: 1, stdout, files: {} });
    const error: unknown = await collect().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ScangateError);
    expect(error).toMatchObject({ code: 'SCANGATE_SCAN_NOTHING_REACHED', message: expect.stringContaining('refused') });
    expect(await codesAfter({ stdout })).toEqual(['SCANGATE_SCAN_NOTHING_REACHED']);
  });

  it.each([
    ['00:02:00', ['SCANGATE_SCAN_INCOMPLETE']],
    ['00:01:59', []],
    ['01:00:00', ['SCANGATE_SCAN_INCOMPLETE']],
    [undefined, ['SCANGATE_SCAN_INCOMPLETE']],
  ])('an active scan that took %s of two minutes', async (taken, codes) => {
    const stdout = taken === undefined ? '' : `Job activeScan finished, time taken: ${taken}\n`;
    expect(await codesAfter({ stdout }, { maxScanTime: '90s' })).toEqual(codes);
  });
});
