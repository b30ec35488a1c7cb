import { describe, expect, test } from 'vitest';
import { boot, launch } from './support/boot.js';
import { all, at, textOf } from './support/xml.js';

const HOSTS = '/api/2.0/fo/asset/host/?action=list';
const DETECTIONS = '/api/5.0/fo/asset/host/vm/detection/?action=list';

describe('hosts', () => {
  test('are listed, page by page, with the address of the next page', async () => {
    const driver = await boot();
    const first = await driver.fo(`${HOSTS}&details=Basic&truncation_limit=1`);
    expect(all(first.root, 'HOST').map((node) => textOf(node, 'ID'))).toEqual(['8001']);
    expect(textOf(first.root, 'RESPONSE', 'WARNING', 'CODE')).toBe('1980');
    const next = new URL(textOf(first.root, 'RESPONSE', 'WARNING', 'URL') ?? '');
    expect(next.origin).toBe(driver.simulator.announcement.api);
    const second = await driver.fo(`${next.pathname}${next.search}`);
    expect(all(second.root, 'HOST').map((node) => textOf(node, 'ID'))).toEqual(['8002']);
    expect(at(second.root, 'RESPONSE', 'WARNING')).toBeUndefined();
  });

  test.each([
    ['ids=8001', 1],
    ['ips=192.0.2.11', 1],
    ['id_min=8002', 1],
    ['id_max=8001', 1],
    ['vm_processed_after=2026-11-01', 0],
    ['vm_processed_before=2026-11-01', 2],
    ['vm_scan_since=2020-01-01', 2],
  ])('are selected by %s', async (query, count) => {
    const driver = await boot();
    expect(all((await driver.fo(`${HOSTS}&${query}`)).root, 'HOST')).toHaveLength(count);
  });

  test.each(['2.0', '3.0', '4.0', '5.0'])('have detections in version %s', async (version) => {
    const driver = await boot();
    const { root } = await driver.fo(DETECTIONS.replace('5.0', version));
    expect(all(root, 'HOST').map((node) => textOf(node, 'ID'))).toEqual(['8001']);
    expect(all(root, 'QID').map(({ text }) => text)).toEqual(['38173', '105484']);
    expect(all(root, 'QDS')).toHaveLength(version === '5.0' ? 2 : 0);
  });

  test.each([
    ['show_igs=1', 3],
    ['status=Fixed', 1],
    ['severities=5', 1],
    ['qids=38173&show_results=0&show_tags=1&show_asset_id=1', 1],
    ['include_vuln_type=potential', 0],
  ])('have detections by %s', async (query, count) => {
    const driver = await boot();
    expect(all((await driver.fo(`${DETECTIONS}&${query}`)).root, 'DETECTION')).toHaveLength(count);
  });

  test('are found by the asset search', async () => {
    const driver = await boot();
    const search = (field: string, operator: string, value: string) =>
      driver.json('/qps/rest/2.0/search/am/hostasset', { filters: { Criteria: [{ field, operator, value }] } });
    expect((await search('trackingMethod', 'EQUALS', 'INSTANCE_ID')).count).toBe(1);
    expect((await search('name', 'CONTAINS', 'build-10')).count).toBe(1);
    expect((await search('id', 'EQUALS', '88002')).data?.[0]?.HostAsset?.qwebHostId).toBe(8002);
    expect((await driver.json('/qps/rest/2.0/count/am/hostasset')).count).toBe(2);
  });
});

describe('supporting lists', () => {
  test.each([
    ['', ['office-scanner', 'cellar-scanner']],
    ['&ids=602', ['cellar-scanner']],
    ['&name=office&output_mode=full', ['office-scanner']],
  ])('appliances%s', async (query, expected) => {
    const driver = await boot();
    const { root } = await driver.fo(`/api/2.0/fo/appliance/?action=list${query}`);
    expect(all(root, 'NAME').map(({ text }) => text)).toEqual(expected);
  });

  test('the activity log in CSV', async () => {
    const driver = await boot();
    await launch(driver);
    const headers = { 'X-Requested-With': 'test' };
    const reply = await driver.ask('/api/2.0/fo/activity_log/?action=list&truncation_limit=1', { headers });
    expect(reply.headers.get('content-type')).toContain('text/csv');
    expect(reply.text.split('\n')[2]).toContain('"launch","was","test scan"');
    const other = await driver.ask('/api/2.0/fo/activity_log/?action=list&username=nobody', { headers });
    expect(other.text).not.toContain('test scan');
  });
});
