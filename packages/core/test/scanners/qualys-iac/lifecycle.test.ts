import { describe, expect, it } from 'vitest';
import { qualysIac } from '../../../src/scanners/qualys-iac/index.js';
import { buildStage } from '../../../src/testing/index.js';
import { errorOf } from '../../support/local-server.js';
import { check, checked, IacPlatform, infra, MAIN_TF, machineWith, STARTED } from './platform.js';
import { codesOf, collected, iacBench, planFor, scanned, staged, TARGET } from './support.js';

const FILES = {
  'infra/net/main.tf': '# first line\nresource "aws_s3_bucket" "logs" {\n  acl = "public-read"\n}\n',
};

describe('a scan', () => {
  it.each(['password', 'client'] as const)(
    'is uploaded, watched and collected, signed in by %s',
    async (credentials) => {
      const bench = await iacBench({ files: FILES, credentials });
      const { services } = bench;
      const plan = await qualysIac.plan(TARGET, { targetName: 'templates', runId: 'run-1', branch: 'main' }, services);
      expect(await qualysIac.find(plan, services)).toBeUndefined();
      const handle = await qualysIac.launch(plan, services);
      const seen: unknown[] = [];
      for (const seconds of [0, 30, 55, 15]) {
        await bench.advance(seconds);
        seen.push((await qualysIac.progress([handle], services)).get(plan.scanName));
      }
      expect(seen).toEqual([
        { phase: 'queued', state: 'SUBMITTED' },
        { phase: 'running', state: 'PROCESSING' },
        { phase: 'processing', state: 'FINISHED, result PROCESSING' },
        { phase: 'ended', state: 'FINISHED' },
      ]);
      const { findings, statement } = await collected(handle, bench);
      expect(findings[0]).toEqual({
        vulnerability: {
          source: 'qualys-iac',
          id: '9101',
          title: 'Simulated control: buckets are not public',
          aliases: [],
        },
        kind: 'misconfiguration',
        severity: 'high',
        vendorSeverity: 'HIGH',
        location: { kind: 'file', path: 'infra/net/main.tf', line: 2, resource: 'aws_s3_bucket.logs' },
        remediation: 'Set the access control list to private.',
      });
      expect(statement).toEqual({
        tool: { name: 'Qualys IaC' },
        subject: '1 template in infra',
        reference: handle.scanId,
        startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        state: 'FINISHED',
        evidence: 'Qualys evaluated Terraform: 0 passed, 2 failed, 0 skipped',
        problems: [],
      });
      const [scan] = (await bench.door()).iacScans;
      expect(scan).toMatchObject({
        name: 'scangate templates main run-1',
        files: ['net/main.tf'],
        tags: [{ BRANCH_NAME: 'main' }, { SCANGATE_TEMPLATES: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      });
    },
  );

  it('is found by its name when the answer to its upload was lost, and was uploaded once', async () => {
    const bench = await iacBench({ files: FILES, faults: ['launch-lost-answer=route:iac/scan'] });
    const plan = await qualysIac.plan(TARGET, { targetName: 'templates', runId: 'run-1' }, bench.services);
    await expect(qualysIac.launch(plan, bench.services)).rejects.toThrow();
    const found = await qualysIac.find(plan, bench.services);
    const { iacScans } = await bench.door();
    expect(iacScans.map(({ id }) => id)).toEqual([found?.scanId]);
    expect(await qualysIac.find({ ...plan, scanName: 'another' }, bench.services)).toBeUndefined();
  });

  it('cannot be cancelled, which is said and no error', async () => {
    const { stage, handle } = await staged();
    const log: string[] = [];
    await qualysIac.cancel(handle, { ...stage.services, log: (line) => log.push(line) });
    expect(log).toEqual(['the platform cannot stop an IaC scan: scangate templates run-1 ends by itself']);
  });

  it('is absent while the list does not show it', async () => {
    const { stage, handle, platform } = await staged();
    platform.launches = 0;
    expect(await qualysIac.progress([handle], stage.services)).toEqual(new Map());
    expect(codesOf(await collected(handle, stage))).toEqual(['SCANGATE_SCAN_GONE']);
  });

  it.each([
    ['ERROR', 'SCANGATE_SCAN_FAILED'],
    ['SUBMITTED', 'SCANGATE_SCAN_INCOMPLETE'],
    ['PROCESSING', 'SCANGATE_SCAN_INCOMPLETE'],
    ['CANCELLED', 'SCANGATE_SCAN_CANCELLED'],
    ['HIBERNATED', 'SCANGATE_SCAN_UNKNOWN_STATE'],
  ])('that is %s is judged by nothing', async (status, code) => {
    const { findings, statement } = await (await staged({ status })).collect();
    expect([findings, codesOf({ statement }), statement.evidence]).toEqual([[], [code], undefined]);
  });

  it('is incomplete when only its list says that it has finished', async () => {
    const { collect } = await staged({ resultStatus: 'PROCESSING', result: [] });
    expect(codesOf(await collect())).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });

  it('keeps a criticality that nobody knows as unknown', async () => {
    const { findings, statement } = await scanned({ files: FILES, faults: ['unknown-severity=word:DIRE'] });
    expect(findings.map(({ severity, vendorSeverity }) => [severity, vendorSeverity])).toEqual([
      ['unknown', 'DIRE'],
      ['unknown', 'DIRE'],
    ]);
    expect(statement.problems).toEqual([]);
  });

  it('counts against its lists', async () => {
    const { statement } = await scanned({ files: FILES, faults: ['counter-mismatch'] });
    expect(codesOf({ statement })).toEqual(['SCANGATE_SCAN_COUNT_MISMATCH', 'SCANGATE_SCAN_COUNT_MISMATCH']);
  });
});

describe('templates that change', () => {
  const machine = () => machineWith({ 'infra/main.tf': MAIN_TF });

  it('after the scan: the verdict would be about others, so it is none', async () => {
    const { handle, stage } = await staged({}, { machine: machine() });
    const services = { ...stage.services, machine: machineWith({ 'infra/main.tf': `${MAIN_TF}# more\n` }) };
    const { findings, statement } = await collected(handle, { services });
    expect(statement.problems).toEqual([
      {
        code: 'SCANGATE_SCAN_STALE',
        message: 'the templates in infra are not those that were scanned: they have changed since',
        mend: 'run scangate again: it starts a new scan',
      },
    ]);
    // Lines of other templates would point anywhere.
    expect(findings.map(({ location }) => location)).toEqual([
      { kind: 'file', path: 'infra/main.tf', resource: 'aws_s3_bucket.logs' },
      { kind: 'file', path: 'infra/main.tf', resource: 'aws_s3_bucket.data' },
    ]);
  });

  it('between the plan and the upload: what was uploaded counts', async () => {
    const platform = new IacPlatform();
    const stage = buildStage((request) => platform.answer(request), machineWith({ 'infra/main.tf': `${MAIN_TF}\n` }));
    const handle = await qualysIac.launch(await planFor({}, machine()), stage.services);
    platform.situation = 'done';
    expect(codesOf(await collected(handle, stage))).toEqual([]);
  });

  it('that are not here cannot be compared, and the scan is judged', async () => {
    const { handle, stage } = await staged({}, { machine: machine() });
    const log: string[] = [];
    const services = { ...stage.services, machine: machineWith({}), log: (line: string) => log.push(line) };
    const { findings, statement } = await collected(handle, { services });
    expect([findings.length, statement.problems]).toEqual([2, []]);
    expect(log).toEqual(['findings have no lines, since the templates are not here: infra does not exist']);
  });
});

describe('a scan of the very same templates', () => {
  const reuseOf = async (others: Record<string, unknown>[], kind: 'running' | 'finished') => {
    const platform = new IacPlatform({ others });
    const stage = buildStage((request) => platform.answer(request), infra());
    const plan = await qualysIac.plan(TARGET, { targetName: 'templates', runId: 'run-2' }, stage.services);
    const reuse = kind === 'running' ? { kind } : { kind, maxAgeMs: 3_600_000 };
    return (await qualysIac.findReusable(plan, reuse, stage.services))?.scanId;
  };
  const digest = async () => ((await planFor({}, infra())).details as { sha256: string }).sha256;
  const scan = async (scanUuid: string, status: string, more: object = {}) => ({
    scanUuid,
    status,
    name: scanUuid,
    scanDate: STARTED,
    tags: [{ SCANGATE_TEMPLATES: await digest() }],
    ...more,
  });

  it('is reused when it runs or has finished lately', async () => {
    const all = [await scan('one', 'FINISHED'), await scan('two', 'PROCESSING')];
    expect([await reuseOf(all, 'running'), await reuseOf(all, 'finished')]).toEqual(['two', 'one']);
  });

  it.each([
    ['of other templates', { tags: [{ SCANGATE_TEMPLATES: 'other' }] }],
    ['without a digest', { tags: [] }],
    ['that is older', { scanDate: '2031-02-03T01:00:00Z' }],
    ['without a date', { scanDate: 'long ago' }],
    ['that failed', { status: 'ERROR' }],
  ])('is not one %s', async (_, more) => {
    expect(await reuseOf([await scan('one', 'FINISHED', more)], 'finished')).toBeUndefined();
  });
});

describe('the list of scans', () => {
  const entries = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ scanUuid: `u${index}`, name: `n${index}`, status: 'FINISHED' }));

  it('is read to its end', async () => {
    const { stage, handle } = await staged({ others: entries(250) });
    expect((await qualysIac.find(handle.plan, stage.services))?.scanId).toBe(handle.scanId);
  });

  it('is an error when its pages are not the whole of it', async () => {
    const { stage, handle } = await staged({ others: entries(150) });
    stage.mishap = { kind: 'change', change: (body) => body.replace('"totalElements":151', '"totalElements":400') };
    expect(await errorOf(qualysIac.find(handle.plan, stage.services))).toMatchObject({
      code: 'SCANGATE_QUALYS_ANSWER',
      message: 'the list of scans cannot be used: the list counts 400 scans, and its pages hold 151',
    });
  });
});

describe('the subject', () => {
  it('names the links that are not followed', async () => {
    const files = { 'infra/main.tf': MAIN_TF, 'infra/shared': '' };
    expect((await planFor({}, machineWith(files, ['infra/shared']))).subject).toBe(
      '1 template in infra; 1 link is not followed: shared',
    );
  });
});

describe('the name of a scan', () => {
  it.each([
    [undefined, 'scangate templates feature_x 17 run-1'],
    ['IaC {branch}: {date} <b>', 'IaC feature_x_ 2031-02-03 _b_ run-1'],
    ['Prüfung {runId} €', 'Prufung run-1 _'],
  ])('%s is %s', async (name, expected) => {
    const plan = await planFor({ name }, infra(), { branch: 'feature/x', build: '17' });
    expect(plan.scanName).toBe(expected);
  });
});

describe('a result', () => {
  it('of several kinds of templates is one list', async () => {
    const types = [checked([check('1')]), checked([check('2')], { checkType: 'CloudFormation' })];
    const { findings, statement } = await (await staged({ result: types })).collect();
    expect(findings.map(({ vulnerability }) => vulnerability.id)).toEqual(['1', '2']);
    expect(statement.evidence).toBe('Qualys evaluated CloudFormation, Terraform: 10 passed, 2 failed, 0 skipped');
  });
});
