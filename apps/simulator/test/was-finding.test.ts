import { describe, expect, test } from 'vitest';
import { boot, type Driver, type JsonRecord, launch, type ServiceJson } from './support/boot.js';
import { all, at, paths, textOf } from './support/xml.js';

const WAS = '/qps/rest/3.0';

type Rule = readonly [field: string, operator: string, value: string];

function search(driver: Driver, rules: readonly Rule[], preferences: object = {}): Promise<ServiceJson> {
  const Criteria = rules.map(([field, operator, value]) => ({ field, operator, value }));
  const request = { preferences: { limitResults: 1000, ...preferences }, filters: { Criteria } };
  return driver.json(`${WAS}/search/was/finding`, request, { headers: { 'Accept-Encoding': 'identity' } });
}

const SHOP: Rule = ['webApp.id', 'EQUALS', '1001'];

function findings(answer: ServiceJson): readonly JsonRecord[] {
  return (answer.data ?? []).map((entry) => entry.Finding as JsonRecord);
}

describe('searching findings', () => {
  test.each<[number, Rule]>([
    [18, ['type', 'EQUALS', 'VULNERABILITY']],
    [13, ['type', 'EQUALS', 'INFORMATION_GATHERED']],
    [2, ['type', 'IN', 'SENSITIVE_CONTENT']],
    [18, ['status', 'IN', 'NEW,ACTIVE']],
    [2, ['status', 'EQUALS', 'FIXED']],
    [1, ['status', 'EQUALS', 'NEW']],
    [6, ['severity', 'EQUALS', '5']],
    [10, ['severity', 'GREATER', '3']],
    [2, ['qid', 'IN', '150001']],
    [3, ['name', 'CONTAINS', 'cross-site scripting']],
    [1, ['url', 'EQUALS', 'https://shop-staging.example.test/cart']],
    [33, ['webApp.name', 'EQUALS', 'Shop (staging)']],
    [33, ['webApp.tags.id', 'EQUALS', '301']],
    [33, ['webApp.tags.name', 'EQUALS', 'staging']],
    [1, ['ignoredReason', 'EQUALS', 'FALSE_POSITIVE']],
    [2, ['ignoredDate', 'GREATER', '2026-10-01T00:00:00Z']],
    [4, ['group', 'EQUALS', 'XSS']],
    [7, ['owasp.name', 'EQUALS', 'Injection']],
    [7, ['owasp.code', 'EQUALS', '3']],
    [5, ['wasc.code', 'EQUALS', '8']],
    [5, ['wasc.name', 'CONTAINS', 'cross-site']],
    [5, ['cwe.id', 'EQUALS', '79']],
    [32, ['firstDetectedDate', 'LESSER', '2026-10-26T00:00:00Z']],
    [31, ['lastDetectedDate', 'GREATER', '2026-10-26T00:00:00Z']],
    [33, ['lastTestedDate', 'GREATER', '2026-10-26T00:00:00Z']],
    [2, ['fixedDate', 'GREATER', '2026-10-26T00:00:00Z']],
    [3, ['timesDetected', 'EQUALS', '1']],
    [0, ['patch', 'EQUALS', '7']],
    [33, ['externalRef', 'IS EMPTY', '']],
    [0, ['uniqueId', 'EQUALS', '00000000-0000-4000-8000-000000000000']],
    [28, ['id', 'GREATER', '1000005']],
  ])('%i by %j', async (count, rule) => {
    const driver = await boot();
    expect((await search(driver, [SHOP, rule])).count).toBe(count);
  });

  test('adds criteria up', async () => {
    const driver = await boot();
    const answer = await search(driver, [SHOP, ['type', 'EQUALS', 'VULNERABILITY'], ['severity', 'EQUALS', '5']]);
    expect(answer.count).toBe(6);
  });

  test('knows no criterion for a scan', async () => {
    const driver = await boot();
    expect((await search(driver, [['scan.id', 'EQUALS', '1']])).responseCode).toBe('INVALID_REQUEST');
  });

  test('goes through all pages by id, each finding once', async () => {
    const driver = await boot();
    const seen: unknown[] = [];
    let after = 0;
    let answer: ServiceJson;
    do {
      answer = await search(driver, [['id', 'GREATER', String(after)]], { limitResults: 60 });
      seen.push(...findings(answer).map(({ id }) => id));
      after = answer.lastId ?? 0;
    } while (answer.hasMoreRecords === 'true');
    const total = (await driver.json(`${WAS}/count/was/finding`)).count;
    expect([seen.length, new Set(seen).size]).toEqual([total, total]);
  });

  test('says true and false, and severities, as strings in JSON', async () => {
    const driver = await boot();
    const [finding] = findings(await search(driver, [SHOP, ['qid', 'EQUALS', '150003']]));
    expect(finding).toMatchObject({
      qid: 150003,
      severity: '5',
      potential: 'false',
      isIgnored: 'false',
      timesDetected: 2,
    });
  });
});

describe('a finding', () => {
  test('without verbose is short', async () => {
    const driver = await boot();
    const [finding] = findings(await search(driver, [SHOP, ['qid', 'EQUALS', '150003']]));
    expect(Object.keys(finding ?? {})).toEqual([
      'id',
      'uniqueId',
      'qid',
      'name',
      'type',
      'potential',
      'findingType',
      'severity',
      'url',
      'status',
      'firstDetectedDate',
      'lastDetectedDate',
      'lastTestedDate',
      'timesDetected',
      'webApp',
      'isIgnored',
      'param',
    ]);
  });

  test('of information has no place, status or count', async () => {
    const driver = await boot();
    const answer = await search(driver, [SHOP, ['type', 'EQUALS', 'INFORMATION_GATHERED']]);
    for (const finding of findings(answer)) {
      for (const name of ['url', 'status', 'timesDetected', 'isIgnored']) expect(finding).not.toHaveProperty(name);
    }
  });

  test('with verbose carries evidence, taxonomy and history', async () => {
    const driver = await boot();
    const body = `<ServiceRequest><preferences><verbose>true</verbose><limitHistories>1</limitHistories></preferences>
      <filters><Criteria field="id" operator="EQUALS">1000001</Criteria></filters></ServiceRequest>`;
    const { root } = await driver.xml(`${WAS}/search/was/finding/`, body);
    const finding = at(root, 'data', 'Finding');
    expect([...paths(finding ?? root)]).toEqual(
      expect.arrayContaining([
        'detectionScore',
        'group',
        'cwe/list/long',
        'owasp/list/OWASP/code',
        'wasc/list/WASC/name',
        'cvssV3/base',
        'resultList/list/Result/payloads/list/PayloadInstance/payloadResponce/offset',
        'resultList/list/Result/payloads/list/PayloadInstance/request/headers@base64',
        'history/set/WebAppFindingHistory/scanData/reference',
        'webApp/tags/list/Tag/name',
      ]),
    );
    expect(all(root, 'WebAppFindingHistory')).toHaveLength(1);
  });

  test('is got by id and by unique id', async () => {
    const driver = await boot();
    const byId = await driver.json(`${WAS}/get/was/finding/1000001`);
    const uniqueId = byId.data?.[0]?.Finding?.uniqueId;
    expect((await driver.json(`${WAS}/get/was/finding/${uniqueId}`)).data).toEqual(byId.data);
    for (const id of ['1', '00000000-0000-4000-8000-000000000000']) {
      expect((await driver.json(`${WAS}/get/was/finding/${id}`)).responseCode).toBe('NOT_FOUND');
    }
  });

  test('moves through its states from scan to scan', async () => {
    const driver = await boot();
    const states = async (): Promise<Readonly<Record<string, unknown>>> => {
      const found = findings(await search(driver, [SHOP, ['qid', 'IN', '150051,150158,150012,150013,150124']]));
      return Object.fromEntries(
        found.map(({ id, status, timesDetected }) => [String(id), `${status} ${timesDetected}`]),
      );
    };
    expect(await states()).toEqual({
      '1000005': 'NEW 1',
      '1000006': 'FIXED 1',
      '1000007': 'ACTIVE 2',
      '1000010': 'ACTIVE 2',
      '1000011': 'ACTIVE 2',
      '1000017': 'ACTIVE 2',
    });
    await launch(driver);
    driver.advance(3600);
    expect(await states()).toEqual({
      '1000005': 'ACTIVE 2',
      '1000006': 'REOPENED 2',
      '1000007': 'ACTIVE 3',
      '1000008': 'NEW 1',
      '1000010': 'ACTIVE 3',
      '1000011': 'ACTIVE 3',
      '1000012': 'NEW 1',
      '1000017': 'FIXED 2',
    });
  });

  test('names the scans that saw it', async () => {
    const driver = await boot();
    const id = await launch(driver);
    driver.advance(3600);
    const { root } = await driver.xml(`${WAS}/get/was/finding/1000001`);
    expect(all(root, 'scanData').map((node) => textOf(node, 'id'))).toEqual([String(id), '1001002', '1001001']);
  });

  test('is ignored and taken back, made milder and restored', async () => {
    const driver = await boot();
    const read = async (): Promise<JsonRecord | undefined> =>
      (await driver.json(`${WAS}/get/was/finding/1000001`)).data?.[0]?.Finding;
    const edit = (verb: string, Finding: object) =>
      driver.json(`${WAS}/${verb}/was/finding/1000001`, { data: { Finding } });
    await edit('ignore', { ignoredReason: 'NOT_APPLICABLE', ignoredComment: 'no' });
    expect(await read()).toMatchObject({ isIgnored: 'true', ignoredReason: 'NOT_APPLICABLE', ignoredComment: 'no' });
    await edit('activate', {});
    expect(await read()).toMatchObject({ isIgnored: 'false' });
    await edit('editSeverity', { severity: 2, severityComment: 'mild' });
    expect(await read()).toMatchObject({ severity: '2', severityComment: 'mild' });
    await edit('restoreSeverity', {});
    expect(await read()).toMatchObject({ severity: '5' });
    expect((await edit('ignore', { ignoredReason: 'BORING' })).responseCode).toBe('INVALID_REQUEST');
    expect((await edit('editSeverity', { severity: 6 })).responseCode).toBe('INVALID_REQUEST');
  });

  test('is ignored by a filter, together with others', async () => {
    const driver = await boot();
    const Criteria = [SHOP, ['qid', 'EQUALS', '150001']].map(([field, operator, value]) => ({
      field,
      operator,
      value,
    }));
    const answer = await driver.json(`${WAS}/ignore/was/finding`, {
      filters: { Criteria },
      data: { Finding: { ignoredReason: 'RISK_ACCEPTED' } },
    });
    expect(answer.count).toBe(2);
  });
});

describe('a big application', () => {
  test('serves 200,000 findings over 200 pages without holding them', async () => {
    const driver = await boot({ seed: 'demo,findings=200000' });
    const { store } = driver.simulator.world;
    await launch(driver, 1005);
    driver.advance(4 * 3600);
    const big: Rule = ['webApp.id', 'EQUALS', '1005'];
    const before = process.memoryUsage().heapUsed;
    let [pages, records, after] = [0, 0, 0];
    let answer: ServiceJson;
    do {
      answer = await search(driver, [big, ['id', 'GREATER', String(after)]]);
      pages += 1;
      records += answer.count ?? 0;
      after = answer.lastId ?? 0;
    } while (answer.hasMoreRecords === 'true');
    expect([pages, records]).toEqual([200, 200_000]);
    expect(store.overlays.size).toBe(0);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200e6);
  });
});
