import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { boot, type Driver } from './support/boot.js';
import { BUCKET, IAC, upload, uploaded, zipOf } from './support/templates.js';

async function get(driver: Driver, path: string): Promise<unknown> {
  return JSON.parse((await driver.ask(`${IAC}/${path}`, { host: 'portal' })).text);
}

async function stateOf(driver: Driver, uuid: string): Promise<string[]> {
  const list = (await get(driver, `getScanList?filter=scanUuid:${uuid}`)) as { content: { status: string }[] };
  const result = (await get(driver, `scanResult?scanUuid=${uuid}`)) as { status: string };
  return [...list.content.map(({ status }) => status), result.status];
}

async function resultIn(driver: Driver, files: Readonly<Record<string, string>>, onlyFailed = 'false') {
  const uuid = await uploaded(driver, files, { onlyFailed });
  driver.advance(300);
  return get(driver, `scanResult?scanUuid=${uuid}`);
}

const check = (id: string, criticality: string, resource: string, file = '/main.tf') => ({
  checkId: id,
  checkName: expect.stringContaining('Simulated control'),
  criticality,
  checkResult: { result: 'FAILED' },
  filePath: file,
  resource,
  remediation: expect.any(String),
});

describe('a scan of templates', () => {
  test('waits, runs, ends, and then has its result', async () => {
    const driver = await boot();
    const uuid = await uploaded(driver, { 'main.tf': BUCKET });
    const states = [await stateOf(driver, uuid)];
    for (const seconds of [30, 55, 20]) {
      driver.advance(seconds);
      states.push(await stateOf(driver, uuid));
    }
    expect(states).toEqual([
      ['SUBMITTED', 'SUBMITTED'],
      ['PROCESSING', 'PROCESSING'],
      ['FINISHED', 'PROCESSING'],
      ['FINISHED', 'FINISHED'],
    ]);
  });

  test('evaluates what was uploaded', async () => {
    const driver = await boot();
    const { remediation: _, ...kept } = check('9101', 'HIGH', 'aws_s3_bucket.data');
    const passed = { ...kept, checkResult: { result: 'PASSED' } };
    expect(await resultIn(driver, { 'main.tf': BUCKET, 'README.md': 'nothing' })).toEqual({
      scanUuid: expect.any(String),
      name: 'nightly',
      status: 'FINISHED',
      result: [
        {
          checkType: 'Terraform',
          results: {
            failedChecks: [check('9101', 'HIGH', 'aws_s3_bucket.logs'), check('9102', 'MEDIUM', 'aws_s3_bucket.logs')],
            passedChecks: [passed, { ...passed, checkId: '9102', criticality: 'MEDIUM' }],
            parsingErrors: [],
          },
          summary: {
            passed: 2,
            failed: 2,
            failedStats: { high: 1, medium: 1, low: 0 },
            skipped: 0,
            parsingErrors: 0,
          },
        },
      ],
    });
  });

  test('names what it cannot parse, in either kind of template', async () => {
    const files = {
      'a/broken.tf': 'resource "x" "y" {',
      'b.json': '{ "Resources": ',
      'c.yaml': 'Resources:\n\tLogs:\n',
      'good.yaml': 'Resources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: { Encrypted: false }\n',
      'values.yaml': 'replicas: 2\n',
    };
    expect(await resultIn(await boot(), files)).toMatchObject({
      result: [
        { checkType: 'Terraform', results: { failedChecks: [], parsingErrors: ['/a/broken.tf'] } },
        {
          checkType: 'CloudFormation',
          results: {
            failedChecks: [check('9103', 'LOW', 'AWS::EC2::Volume.Disk', '/good.yaml')],
            parsingErrors: ['/b.json', '/c.yaml'],
          },
          summary: { parsingErrors: 2, failedStats: { high: 0, medium: 0, low: 1 } },
        },
      ],
    });
  });

  test('has an empty result when there is nothing it knows', async () => {
    const driver = await boot();
    expect(await resultIn(driver, { 'values.yaml': 'replicas: 2\n' })).toMatchObject({
      status: 'FINISHED',
      result: [],
    });
  });

  test('leaves passed controls out of the list on request, and counts them', async () => {
    expect(await resultIn(await boot(), { 'main.tf': BUCKET }, 'true')).toMatchObject({
      result: [{ results: { passedChecks: [] }, summary: { passed: 2 } }],
    });
  });

  test('is listed page by page, newest first, with its tags', async () => {
    const driver = await boot();
    for (const name of ['one', 'two', 'three']) {
      await uploaded(driver, { 'main.tf': BUCKET }, { name, tags: '[{"BRANCH_NAME":"main"}]' });
    }
    const pages = await Promise.all([0, 1, 2].map((page) => get(driver, `getScanList?pageNo=${page}&pageSize=2`)));
    const listed = pages as { content: { name: string; tags: unknown }[]; last: boolean }[];
    expect(listed.map(({ content, last }) => [content.map(({ name }) => name), last])).toEqual([
      [['three', 'two'], false],
      [['one'], true],
      [[], true],
    ]);
    expect(listed[1]?.content[0]?.tags).toEqual([{ BRANCH_NAME: 'main' }]);
    expect(pages[0]).toMatchObject({ totalElements: 3, totalPages: 2, number: 0, size: 2 });
  });

  test('is refused without a sign-in, and takes a token on the gateway', async () => {
    const driver = await boot();
    const list = `${IAC}/getScanList`;
    expect((await driver.ask(list, { host: 'portal', anonymous: true })).status).toBe(401);
    expect((await driver.ask(list, { host: 'gateway' })).status).toBe(401);
    const { clientId, clientSecret } = driver.simulator.announcement;
    const signIn = { host: 'gateway', method: 'POST', anonymous: true, headers: { clientId, clientSecret } } as const;
    const token = (await driver.ask('/auth/oidc', signIn)).text;
    const call = { host: 'gateway', anonymous: true, headers: { Authorization: `Bearer ${token}` } } as const;
    expect(JSON.parse((await driver.ask(list, call)).text)).toMatchObject({ content: [], totalElements: 0 });
  });

  test.each([
    ['no archive', { file: new Uint8Array(Buffer.from('no zip at all, and long enough to hold one')) }, 'zip'],
    ['an archive that is cut', { file: new Uint8Array(zipOf({ 'main.tf': BUCKET }).subarray(0, -8)) }, 'zip'],
    ['an archive without templates', { file: new Uint8Array(zipOf({ 'README.md': 'x' })) }, 'supported'],
    ['a large archive', { file: new Uint8Array(randomBytes(10_485_760)) }, 'larger'],
    ['no name', { name: ' ' }, 'name'],
    ['tags that are no list', { tags: '{"a":1}' }, 'tags'],
    ['another word', { onlyFailed: 'perhaps' }, 'showOnlyFailedControls'],
  ])('is refused with %s', async (_, more, words) => {
    const driver = await boot();
    const reply = await upload(driver, { 'main.tf': BUCKET }, more);
    expect([reply.status, JSON.parse(reply.text).message]).toEqual([400, expect.stringContaining(words)]);
    expect(driver.simulator.world.iacScans.size).toBe(0);
  });

  test.each([
    ['GET', 'getScanList?filter=name:nightly', 400],
    ['GET', 'getScanList?pageNo=first', 400],
    ['GET', 'scanResult?scanUuid=unknown', 404],
    ['DELETE', 'getScanList', 405],
    ['POST', 'scan', 400],
  ])('%s %s is refused with %i', async (method, path, status) => {
    const driver = await boot();
    expect((await driver.ask(`${IAC}/${path}`, { host: 'portal', method })).status).toBe(status);
  });

  test.each([
    ['scan-error', ['ERROR', 'ERROR']],
    ['stuck-running', ['PROCESSING', 'PROCESSING']],
    ['unknown-status', ['HIBERNATED', 'HIBERNATED']],
    ['processing-late', ['FINISHED', 'PROCESSING']],
  ])('ends as the fault %s says', async (fault, states) => {
    const driver = await boot({ faults: [fault] });
    const uuid = await uploaded(driver, { 'main.tf': BUCKET });
    driver.advance(1000);
    expect(await stateOf(driver, uuid)).toEqual(states);
  });

  test('counts more than it lists, and has unknown words, under the faults for that', async () => {
    const driver = await boot({ faults: ['counter-mismatch', 'unknown-severity=word:DIRE'] });
    expect(await resultIn(driver, { 'main.tf': BUCKET })).toMatchObject({
      result: [
        { results: { failedChecks: [{ criticality: 'DIRE' }, { criticality: 'DIRE' }] }, summary: { failed: 5 } },
      ],
    });
  });

  test('stands behind the inspection door', async () => {
    const driver = await boot();
    await uploaded(driver, { 'main.tf': BUCKET, 'b.json': '{}' });
    const state = JSON.parse((await driver.ask('/__simulator/state', { anonymous: true })).text);
    expect(state.iacScans).toEqual([
      { id: expect.any(String), name: 'nightly', status: 'SUBMITTED', tags: [], files: ['main.tf', 'b.json'] },
    ]);
  });
});
