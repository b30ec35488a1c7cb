import { describe, expect, test } from 'vitest';
import { boot, launch } from './support/boot.js';
import { all, textOf } from './support/xml.js';

const WAS = '/qps/rest/3.0';

function names(data: readonly Readonly<Record<string, unknown>>[] | undefined): readonly unknown[] {
  return (data ?? []).map((entry) => (entry.WebApp as { readonly name: string }).name);
}

const criteria = (field: string, operator: string, value: string) => ({
  filters: { Criteria: [{ field, operator, value }] },
});

describe('counting web applications', () => {
  test.each([
    ['GET', '', undefined],
    ['GET', '/', undefined],
    ['POST', '', ''],
    ['POST', '/', ''],
    ['POST', '', '<ServiceRequest/>'],
  ])('%s %s', async (method, slash, body) => {
    const driver = await boot();
    const asking = { method, headers: { 'Content-Type': 'text/xml' }, ...(body === undefined ? {} : { body }) };
    const { root, reply } = await driver.xml(`${WAS}/count/was/webapp${slash}`, undefined, asking);
    expect([reply.status, root.children.map(({ name }) => name), textOf(root, 'count')]).toEqual([
      200,
      ['responseCode', 'count'],
      '7',
    ]);
  });

  test('in JSON', async () => {
    const driver = await boot();
    expect(await driver.json(`${WAS}/count/was/webapp`)).toEqual({ count: 7, responseCode: 'SUCCESS' });
  });
});

describe('searching web applications', () => {
  test.each([
    ['id', 'EQUALS', '1001', ['Shop (staging)']],
    ['id', 'IN', '1001, 1002', ['Shop (staging)', 'Handbook']],
    ['id', 'LESSER', '1002', ['Shop (staging)']],
    ['name', 'EQUALS', 'Portal API', ['Portal API']],
    ['name', 'EQUALS', 'portal api', ['Portal API']],
    ['name', 'CONTAINS', 'Portal API', ['Portal API', 'Portal API (new)']],
    ['url', 'CONTAINS', 'handbook', ['Handbook']],
    ['tags.id', 'EQUALS', '301', ['Shop (staging)', 'Portal API (new)']],
    ['tags.name', 'EQUALS', 'public', ['Shop (staging)', 'Big catalogue', 'Members area']],
    ['isScanned', 'EQUALS', 'false', ['Never scanned']],
    ['isScheduled', 'EQUALS', 'true', []],
    ['createdDate', 'GREATER', '2026-11-01', []],
    ['lastScan.status', 'EQUALS', 'RUNNING', []],
  ])('%s %s %s', async (field, operator, value, expected) => {
    const driver = await boot();
    const answer = await driver.json(`${WAS}/search/was/webapp`, criteria(field, operator, value));
    expect(answer.responseCode).toBe('SUCCESS');
    expect(names(answer.data)).toEqual(expected);
  });

  test.each([
    ['colour', 'EQUALS', 'red', "Criteria: Unknown criteria 'colour'."],
    ['id', 'CONTAINS', '1', "Criteria: Invalid operator 'CONTAINS' for criteria 'id'."],
    ['id', 'EQUALS', 'x', "Criteria: Invalid value format for criteria 'id' (x)."],
    ['isScanned', 'EQUALS', 'yes', "Criteria: Invalid value format for criteria 'isScanned' (yes)."],
    ['createdDate', 'GREATER', 'yesterday', "Criteria: Invalid value format for criteria 'createdDate' (yesterday)."],
    ['lastScan.status', 'EQUALS', 'GOOD', "Criteria: Invalid value format for criteria 'lastScan.status' (GOOD)."],
  ])('refuses %s %s %s inside status 200', async (field, operator, value, message) => {
    const driver = await boot();
    const answer = await driver.json(`${WAS}/search/was/webapp`, criteria(field, operator, value));
    expect([answer.responseCode, answer.responseErrorDetails?.errorMessage]).toEqual(['INVALID_REQUEST', message]);
  });

  test.each([
    ['text/xml', '<ServiceRequest><filters>'],
    ['text/xml', '<Other/>'],
    ['text/xml', '<ServiceRequest><colour/></ServiceRequest>'],
    ['text/xml', '<ServiceRequest><preferences><limitResults>0</limitResults></preferences></ServiceRequest>'],
    ['text/xml', '<ServiceRequest><preferences><limitResults>1001</limitResults></preferences></ServiceRequest>'],
    ['text/xml', '<ServiceRequest><preferences><verbose>1</verbose></preferences></ServiceRequest>'],
    ['text/xml', '<ServiceRequest><filters><Criteria field="id">1</Criteria></filters></ServiceRequest>'],
    ['application/json', '{'],
    ['application/json', '[]'],
    ['text/plain', '<ServiceRequest/>'],
  ])('refuses the %s body %s', async (type, body) => {
    const driver = await boot();
    const asking = { headers: { 'Content-Type': type } };
    const { root } = await driver.xml(`${WAS}/search/was/webapp`, body, asking);
    expect(textOf(root, 'responseCode')).toBe('INVALID_REQUEST');
  });

  test('goes from page to page by id', async () => {
    const driver = await boot();
    const seen: unknown[] = [];
    let after = 0;
    for (let page = 0; page < 4; page += 1) {
      const answer = await driver.json(`${WAS}/search/was/webapp`, {
        preferences: { limitResults: 2 },
        ...criteria('id', 'GREATER', String(after)),
      });
      seen.push(...names(answer.data));
      expect(answer.hasMoreRecords).toBe(page < 3 ? 'true' : 'false');
      after = answer.lastId ?? 0;
    }
    expect(seen).toHaveLength(7);
  });

  test('names the last id of a full last page in JSON, but not in XML', async () => {
    const driver = await boot();
    const last = { preferences: { limitResults: 1, startFromOffset: 7 } };
    expect(await driver.json(`${WAS}/search/was/webapp`, last)).toMatchObject({
      lastId: 1007,
      hasMoreRecords: 'false',
    });
    const body = `<ServiceRequest><preferences><limitResults>1</limitResults><startFromOffset>7</startFromOffset>
      </preferences></ServiceRequest>`;
    const { root } = await driver.xml(`${WAS}/search/was/webapp/`, body);
    expect(root.children.map(({ name }) => name)).toEqual(['responseCode', 'count', 'hasMoreRecords', 'data']);
  });
});

describe('one web application', () => {
  test('in full', async () => {
    const driver = await boot();
    const { root } = await driver.xml(`${WAS}/get/was/webapp/1007`);
    expect(textOf(root, 'data', 'WebApp', 'defaultScanner', 'friendlyName')).toBe('office-scanner');
    expect(all(root, 'WebAppAuthRecord').map((node) => textOf(node, 'name'))).toEqual([
      'Shop tester',
      'Members tester',
    ]);
    expect(textOf(root, 'data', 'WebApp', 'lastScan', 'summary', 'resultsStatus')).toBe('SUCCESSFUL');
  });

  test.each(['1', 'x'])('is not found under %s', async (id) => {
    const driver = await boot();
    const answer = await driver.json(`${WAS}/get/was/webapp/${id}`);
    expect(answer.responseCode).toBe(id === 'x' ? 'INVALID_REQUEST' : 'NOT_FOUND');
  });

  test('is created, changed, scanned and removed', async () => {
    const driver = await boot();
    const created = await driver.json(`${WAS}/create/was/webapp`, {
      data: {
        WebApp: { name: 'Review 7', url: 'https://review-7.example.test/', tags: { set: { Tag: { id: 301 } } } },
      },
    });
    const id = Number(created.data?.[0]?.WebApp?.id);
    expect(created.responseCode).toBe('SUCCESS');
    const body = `<ServiceRequest><data><WebApp><name><![CDATA[Review 7 & more]]></name>
      <defaultProfile><id>9002</id></defaultProfile></WebApp></data></ServiceRequest>`;
    const { root } = await driver.xml(`${WAS}/update/was/webapp/${id}`, body);
    expect(textOf(root, 'data', 'WebApp', 'id')).toBe(String(id));
    await launch(driver, id);
    driver.advance(3600);
    const found = await driver.json(`${WAS}/search/was/finding`, criteria('webApp.id', 'EQUALS', String(id)));
    expect(found.count).toBe(6);
    expect((await driver.json(`${WAS}/delete/was/webapp/${id}`, {})).count).toBe(1);
    expect((await driver.json(`${WAS}/get/was/webapp/${id}`)).responseCode).toBe('NOT_FOUND');
    expect((await driver.json(`${WAS}/search/was/finding`, criteria('webApp.id', 'EQUALS', String(id)))).count).toBe(0);
  });

  test.each([
    [{}],
    [{ name: 'x' }],
    [{ name: 'x', url: 'ftp://x' }],
    [{ name: 'x', url: 'https://' }],
    [{ name: 'Handbook', url: 'https://x.example.test/' }],
    [{ name: 'x', url: 'https://x.example.test/', colour: 'red' }],
    [{ name: 'x', url: 'https://x.example.test/', defaultProfile: { id: 1 } }],
    [{ name: 'x', url: 'https://x.example.test/', defaultScanner: { type: 'MOON' } }],
  ])('is not created from %j', async (webApp) => {
    const driver = await boot();
    const answer = await driver.json(`${WAS}/create/was/webapp`, { data: { WebApp: webApp } });
    expect(answer.responseCode).toBe('INVALID_REQUEST');
    expect((await driver.json(`${WAS}/count/was/webapp`)).count).toBe(7);
  });

  test('is removed by a filter, but never without one', async () => {
    const driver = await boot();
    expect((await driver.json(`${WAS}/delete/was/webapp`, {})).responseCode).toBe('INVALID_REQUEST');
    const answer = await driver.json(`${WAS}/delete/was/webapp`, criteria('name', 'CONTAINS', 'Portal'));
    expect(answer.count).toBe(2);
  });
});

describe('settings of scans', () => {
  test.each([
    ['was/optionprofile', 3, 'OptionProfile'],
    ['was/webappauthrecord', 2, 'WebAppAuthRecord'],
    ['was/dnsoverride', 1, 'DnsOverride'],
    ['am/tag', 4, 'Tag'],
  ])('%s', async (object, total, name) => {
    const driver = await boot();
    const base = object.startsWith('am') ? '/qps/rest/2.0' : WAS;
    expect((await driver.json(`${base}/count/${object}`)).count).toBe(total);
    const found = await driver.json(`${base}/search/${object}`, {});
    expect(found.data).toHaveLength(total);
    const id = found.data?.[0]?.[name]?.id;
    expect((await driver.json(`${base}/get/${object}/${id}`)).data?.[0]?.[name]?.id).toBe(id);
    expect((await driver.json(`${base}/get/${object}/1`)).responseCode).toBe('NOT_FOUND');
  });

  test.each([
    ['was/optionprofile', 'isDefault', 'EQUALS', 'true', 1],
    ['was/optionprofile', 'usedByWebApps', 'EQUALS', 'true', 2],
    ['was/optionprofile', 'name', 'EQUALS', 'Initial WAS Options', 1],
    ['was/webappauthrecord', 'contents', 'EQUALS', 'SERVER_BASIC', 1],
    ['was/webappauthrecord', 'isUsed', 'EQUALS', 'true', 2],
    ['was/webappauthrecord', 'lastScan.authStatus', 'EQUALS', 'SUCCESSFUL', 1],
    ['was/webappauthrecord', 'tags.name', 'EQUALS', 'staging', 1],
    ['was/dnsoverride', 'name', 'CONTAINS', 'Review', 1],
  ])('%s by %s %s %s', async (object, field, operator, value, count) => {
    const driver = await boot();
    expect((await driver.json(`${WAS}/search/${object}`, criteria(field, operator, value))).count).toBe(count);
  });
});
