import { describe, expect, test } from 'vitest';
import { boot, type Driver } from './support/boot.js';
import { all, at, textOf, type XmlNode } from './support/xml.js';

const SCAN = '/api/2.0/fo/scan/';
const TARGET = { ip: '192.0.2.10', option_id: '9101', scan_title: 'test scan' };

const post = (driver: Driver, action: string, fields: Record<string, string>) =>
  driver.fo(SCAN, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ action, ...fields }).toString(),
  });

const itemsOf = (root: XmlNode): Record<string, string | undefined> =>
  Object.fromEntries(all(root, 'ITEM').map((item) => [textOf(item, 'KEY') ?? '', textOf(item, 'VALUE')]));

async function launched(driver: Driver, fields: Record<string, string> = TARGET): Promise<string> {
  return itemsOf((await post(driver, 'launch', fields)).root).REFERENCE ?? '';
}

const stateOf = async (driver: Driver, ref: string): Promise<string> => {
  const { root } = await driver.fo(`${SCAN}?action=list&scan_ref=${ref}`);
  const [scan] = all(root, 'SCAN');
  if (!scan) return 'none';
  const words = [textOf(scan, 'STATUS', 'STATE'), textOf(scan, 'STATUS', 'SUB_STATE'), textOf(scan, 'PROCESSED')];
  return words.filter((word) => word !== undefined).join('/');
};

interface Row {
  readonly [name: string]: string | number | null;
}

async function rowsOf(driver: Driver, ref: string): Promise<readonly Row[]> {
  const path = `${SCAN}?action=fetch&scan_ref=${ref}&output_format=json_extended`;
  const reply = await driver.ask(path, { headers: { 'X-Requested-With': 'test' } });
  return JSON.parse(reply.text) as readonly Row[];
}

describe('a scan of machines', () => {
  test('goes through its states, and is processed after it has finished', async () => {
    const driver = await boot();
    const { root, declared } = await post(driver, 'launch', TARGET);
    expect([root.name, declared, textOf(root, 'RESPONSE', 'CODE')]).toEqual(['SIMPLE_RETURN', true, undefined]);
    expect(itemsOf(root)).toEqual({ ID: '3100001', REFERENCE: expect.stringMatching(/^scan\/\d+\.00001$/) });
    const ref = itemsOf(root).REFERENCE ?? '';
    const seen = [await stateOf(driver, ref)];
    for (const seconds of [20, 20, 480, 90]) {
      driver.advance(seconds);
      seen.push(await stateOf(driver, ref));
    }
    expect(seen).toEqual(['Queued/0', 'Loading/0', 'Running/0', 'Finished/0', 'Finished/1']);
  });

  test('is listed with its elements in the order of the documentation', async () => {
    const driver = await boot();
    const ref = await launched(driver, { ...TARGET, asset_group_ids: '7201', priority: '2' });
    const { root } = await driver.fo(`${SCAN}?action=list&scan_ref=${ref}&show_ags=1&show_op=1`);
    expect(root.name).toBe('SCAN_LIST_OUTPUT');
    const scan = at(root, 'RESPONSE', 'SCAN_LIST', 'SCAN');
    expect(scan?.children.map(({ name }) => name)).toEqual([
      'REF',
      'TYPE',
      'TITLE',
      'USER_LOGIN',
      'LAUNCH_DATETIME',
      'DURATION',
      'PROCESSING_PRIORITY',
      'PROCESSED',
      'STATUS',
      'TARGET',
      'ASSET_GROUP_TITLE_LIST',
      'OPTION_PROFILE',
    ]);
    expect([
      textOf(root, 'RESPONSE', 'SCAN_LIST', 'SCAN', 'TITLE'),
      textOf(root, 'RESPONSE', 'SCAN_LIST', 'SCAN', 'TYPE'),
    ]).toEqual(['test scan', 'API']);
  });

  test.each([
    ['', 3],
    ['&state=Queued', 1],
    ['&state=Finished,Error', 2],
    ['&processed=0', 1],
    ['&type=Scheduled', 2],
    ['&target=192.0.2.11', 1],
    ['&target=192.0.2.1-192.0.2.30', 3],
    ['&launched_after_datetime=2026-11-01', 1],
    ['&launched_before_datetime=2026-11-01', 2],
    ['&user_login=nobody', 0],
    ['&show_last=1', 1],
  ])('is selected by "%s"', async (query, count) => {
    const driver = await boot();
    await launched(driver);
    const { root } = await driver.fo(`${SCAN}?action=list${query}`);
    expect(all(root, 'SCAN')).toHaveLength(count);
    expect(at(root, 'RESPONSE', 'SCAN_LIST') === undefined).toBe(count === 0);
  });

  test('is left out of the list after 30 days, unless it is asked for', async () => {
    const driver = await boot();
    const ref = await launched(driver);
    driver.advance(31 * 86_400);
    expect(all((await driver.fo(`${SCAN}?action=list`)).root, 'SCAN')).toHaveLength(0);
    expect(await stateOf(driver, ref)).toBe('Finished/1');
  });

  test('has results in one list of rows', async () => {
    const driver = await boot();
    const ref = await launched(driver, {
      ...TARGET,
      ip: '192.0.2.10,192.0.2.13-192.0.2.16',
      exclude_ip_per_scan: '192.0.2.14',
    });
    driver.advance(700);
    const rows = await rowsOf(driver, ref);
    expect(rows[0]).toMatchObject({ scan_report_template_title: 'Scan Results' });
    expect(rows[1]).toMatchObject({ reference: ref, status: 'Finished', active_hosts: '3', total_hosts: '4' });
    expect(rows.slice(2, -1).map(({ ip, qid, type, severity }) => [ip, qid, type, severity])).toEqual([
      ['192.0.2.10', 38173, 'Vuln', '2'],
      ['192.0.2.10', 105484, 'Vuln', '5'],
      ['192.0.2.10', 45038, 'Ig', '1'],
      ['192.0.2.15', 38173, 'Vuln', '2'],
      ['192.0.2.15', 45038, 'Ig', '1'],
    ]);
    expect(rows.at(-1)).toEqual({
      target_distribution_across_scanner_appliances: 'External : 192.0.2.10, 192.0.2.13-192.0.2.16',
      hosts_not_scanned_host_not_alive_ip: '192.0.2.13',
      hosts_not_scanned_excluded_host_ip: '192.0.2.14',
      no_vulnerabilities_match_your_filters_for_these_hosts: '192.0.2.16',
    });
  });

  test('leaves its findings in the records of hosts, once it is processed', async () => {
    const driver = await boot();
    const detections = async () => {
      const { root } = await driver.fo('/api/5.0/fo/asset/host/vm/detection/?action=list&ips=192.0.2.12');
      return all(root, 'DETECTION').map((one) => `${textOf(one, 'QID')} ${textOf(one, 'STATUS')}`);
    };
    for (const expected of [
      [],
      ['38173 New', '38739 New', '316760 New'],
      ['38173 Active', '38739 Active', '316760 Active'],
    ]) {
      expect(await detections()).toEqual(expected);
      await launched(driver, { ...TARGET, ip: '192.0.2.12' });
      driver.advance(550);
      expect(await detections()).toEqual(expected);
      driver.advance(100);
    }
  });

  test('can be paused, resumed, cancelled and deleted', async () => {
    const driver = await boot();
    const ref = await launched(driver);
    driver.advance(100);
    const act = async (action: string): Promise<string> => {
      const { root } = await post(driver, action, { scan_ref: ref });
      return textOf(root, 'RESPONSE', 'CODE') ?? (await stateOf(driver, ref));
    };
    expect(await act('resume')).toBe('1920');
    expect(await act('delete')).toBe('1920');
    expect(await act('pause')).toBe('Paused/0');
    driver.advance(5000);
    expect(await stateOf(driver, ref)).toBe('Paused/0');
    expect(await act('resume')).toBe('Running/0');
    expect(await act('cancel')).toBe('Canceled/0');
    expect(await act('cancel')).toBe('1920');
    expect(await act('delete')).toBe('none');
  });

  test.each<[Record<string, string>, string]>([
    [{ option_id: '' }, '1905'],
    [{ option_id: '1' }, '1905'],
    [{ ip: '198.51.100.1' }, '1905'],
    [{ ip: 'somewhere' }, '1905'],
    [{ iscanner_name: 'nobody' }, '1905'],
    [{ iscanner_name: 'External', default_scanner: '1' }, '1904'],
    [{ target_from: 'tags' }, '1903'],
    [{ target_from: 'tags', tag_set_include: '1' }, '1905'],
    [{ connector_name: 'cloud account' }, '1903'],
    [{ connector_name: 'cloud account', ec2_endpoint: 'eu-west-1', ec2_instance_ids: 'i-00000000000008015' }, '1905'],
    [{ ip_network_id: '7' }, '1905'],
    [{ colour: 'red' }, '1901'],
  ])('is refused with %j', async (more, code) => {
    const driver = await boot();
    const { root } = await post(driver, 'launch', { ...TARGET, ...more });
    expect(textOf(root, 'RESPONSE', 'CODE')).toBe(code);
    expect(driver.simulator.world.store.launches).toEqual([]);
  });

  test('is not launched without a profile, a target or by GET', async () => {
    const driver = await boot();
    const codeOf = ({ root }: { root: XmlNode }) => textOf(root, 'RESPONSE', 'CODE');
    expect(codeOf(await post(driver, 'launch', { ip: '192.0.2.10' }))).toBe('1922');
    expect(codeOf(await post(driver, 'launch', { option_id: '9101' }))).toBe('1922');
    expect(codeOf(await driver.fo(`${SCAN}?action=launch&ip=192.0.2.10&option_id=9101`))).toBe('1908');
    expect(codeOf(await driver.fo(`${SCAN}?action=fetch&scan_ref=scan/1.2&output_format=json`))).toBe('1905');
    expect(codeOf(await driver.fo(`${SCAN}?action=list&scan_ref=many`))).toBe('1905');
  });
});

describe('what scans are launched with', () => {
  test.each([
    ['subscription/option_profile/vm/', 'GROUP_NAME', ['Initial Options', 'Quick look']],
    ['subscription/option_profile/pci/', 'GROUP_NAME', ['Payment Card Industry (PCI) Options']],
    [
      'asset/group/',
      'TITLE',
      ['Build hosts', 'Clean, and quiet', 'Nobody', 'Builders', 'Everything', 'Builders (old)'],
    ],
    ['network/', 'NAME', ['Global Default Network', 'Cellar']],
  ])('%s', async (path, name, expected) => {
    const driver = await boot();
    const { root } = await driver.fo(`/api/2.0/fo/${path}?action=list`);
    expect(all(root, name).map(({ text }) => text)).toEqual(expected);
  });

  test('an instance is known once its connector has run', async () => {
    const driver = await boot();
    const criteria = [{ field: 'instanceId', operator: 'EQUALS', value: 'i-00000000000008015' }];
    const known = async () =>
      (await driver.json('/qps/rest/2.0/search/am/hostasset', { filters: { Criteria: criteria } })).count;
    const state = async () =>
      (await driver.json('/qps/rest/2.0/get/am/assetdataconnector/7701')).data?.[0]?.AssetDataConnector?.connectorState;
    expect([await known(), await state()]).toEqual([0, 'FINISHED_SUCCESS']);
    await driver.json('/qps/rest/2.0/run/am/assetdataconnector/7701', {});
    expect([await known(), await state()]).toEqual([0, 'PENDING']);
    driver.advance(30);
    expect([await known(), await state()]).toEqual([0, 'RUNNING']);
    driver.advance(30);
    expect([await known(), await state()]).toEqual([1, 'FINISHED_SUCCESS']);
    expect((await driver.json('/qps/rest/2.0/get/am/assetdataconnector/1')).responseCode).toBe('NOT_FOUND');
  });
});
