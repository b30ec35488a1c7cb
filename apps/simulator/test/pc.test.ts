import { describe, expect, test } from 'vitest';
import { boot, type Driver } from './support/boot.js';
import { all, at, textOf, type XmlNode } from './support/xml.js';

const SCANS = '/api/2.0/fo/scan/compliance/';
const POLICIES = '/api/2.0/fo/compliance/policy/';
const POSTURE = '/api/2.0/fo/compliance/posture/info/?action=list&policy_id=';

const post = (driver: Driver, path: string, fields: Record<string, string>) =>
  driver.fo(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });

async function launch(driver: Driver, more: Record<string, string> = {}): Promise<string> {
  const fields = { action: 'launch', scan_title: 'a, b & c', option_id: '41', ip: '192.0.2.10', ...more };
  const { root } = await post(driver, SCANS, fields);
  const item = all(root, 'ITEM').find((node) => textOf(node, 'KEY') === 'REFERENCE');
  return textOf(item as XmlNode, 'VALUE') ?? '';
}

async function state(driver: Driver, reference: string): Promise<string> {
  const { root } = await driver.fo(`${SCANS}?action=list&scan_ref=${encodeURIComponent(reference)}`);
  const [scan] = all(root, 'SCAN');
  if (!scan) return 'none';
  return [textOf(scan, 'STATUS', 'STATE'), textOf(scan, 'STATUS', 'SUB_STATE'), textOf(scan, 'PROCESSED')].join('/');
}

describe('compliance scans', () => {
  test('go from the queue to the posture', async () => {
    const driver = await boot();
    const reference = await launch(driver);
    expect(reference).toMatch(/^compliance\/\d+\.\d+$/);
    const states = [await state(driver, reference)];
    for (const seconds of [40, 420, 100]) {
      driver.advance(seconds);
      states.push(await state(driver, reference));
    }
    expect(states).toEqual(['Queued//0', 'Running//0', 'Finished//0', 'Finished//1']);
    const status = async () => {
      const { root } = await driver.fo(`${POSTURE}991&host_ids=8001&control_ids=1050`);
      const policy = (await driver.fo(`${POLICIES}?action=list&ids=991`)).root;
      return [
        textOf(root, 'RESPONSE', 'INFO_LIST', 'INFO', 'STATUS'),
        all(policy, 'LAST_EVALUATED')[0]?.children[0]?.text,
      ];
    };
    expect(await status()).toEqual(['Failed', '2026-10-31T09:00:00Z']);
    driver.advance(60);
    expect((await status())[0]).toBe('Passed');
    expect((await status())[1]).toMatch(/^2026-11-02T09:/);
  });

  test.each([
    ['scan-error', 'Error//0'],
    ['cancelled', 'Canceled//0'],
    ['no-host-alive', 'Finished/No_Host/1'],
    ['unknown-status', 'HIBERNATED//0'],
    ['stuck-running', 'Running//0'],
    ['processing-late=seconds:5000', 'Finished//0'],
  ])('end under %s', async (fault, expected) => {
    const driver = await boot({ faults: [fault] });
    const reference = await launch(driver);
    driver.advance(3600);
    expect(await state(driver, reference)).toBe(expected);
  });

  test('are cancelled while they run, and not afterwards', async () => {
    const driver = await boot();
    const reference = await launch(driver);
    expect((await post(driver, SCANS, { action: 'cancel', scan_ref: reference })).reply.status).toBe(200);
    expect(await state(driver, reference)).toBe('Canceled//0');
    expect((await post(driver, SCANS, { action: 'cancel', scan_ref: reference })).reply.status).toBe(400);
  });

  test('have results that name failed logins, and hosts that were down', async () => {
    const login = await boot({ faults: ['auth-failed'] });
    const reference = await launch(login);
    expect((await post(login, SCANS, { action: 'fetch', scan_ref: reference })).reply.status).toBe(400);
    login.advance(3600);
    const { root } = await post(login, SCANS, { action: 'fetch', scan_ref: reference });
    const [authentication] = all(root, 'AUTHENTICATION');
    expect(textOf(authentication as XmlNode, 'AUTH', 'FAILED', 'IP')).toBe('192.0.2.10');
    const down = await boot();
    const nobody = await launch(down, { ip: '192.0.2.99' });
    down.advance(3600);
    const results = (await post(down, SCANS, { action: 'fetch', scan_ref: nobody })).root;
    expect(all(results, 'HOSTS_NOT_ALIVE').map(({ text }) => text)).toEqual(['192.0.2.99']);
  });

  test('are listed with their groups and profile, by date', async () => {
    const driver = await boot();
    await launch(driver, { asset_group_ids: '7102', ip: '' });
    const list = async (query: string) => (await driver.fo(`${SCANS}?action=list&show_op=1&show_ags=1${query}`)).root;
    const [scan] = all(await list(''), 'SCAN');
    expect(scan && [textOf(scan, 'TITLE'), textOf(scan, 'OPTION_PROFILE', 'TITLE'), textOf(scan, 'DURATION')]).toEqual([
      'a, b & c',
      'Compliance profile',
      'Pending',
    ]);
    expect(all(await list(''), 'ASSET_GROUP_TITLE').map(({ text }) => text)).toEqual(['Clean, and quiet']);
    expect(all(await list('&launched_after_datetime=2026-12-01'), 'SCAN')).toEqual([]);
    expect(all(await list('&state=Finished'), 'SCAN')).toEqual([]);
  });

  test.each([
    [{ option_id: '99' }, '1905'],
    [{ ip: '' }, '1922'],
    [{ asset_group_ids: '1', ip: '' }, '1922'],
    [{ nonsense: '1' }, '1901'],
  ])('are refused with %j', async (more, code) => {
    const driver = await boot();
    const fields = { action: 'launch', scan_title: 'x', option_id: '41', ip: '192.0.2.10', ...more };
    const { root, reply } = await post(driver, SCANS, fields as Record<string, string>);
    expect([reply.status, textOf(root, 'RESPONSE', 'CODE')]).toEqual([400, code]);
  });
});

describe('the posture', () => {
  test('comes in pages by the ids of its records', async () => {
    const driver = await boot();
    const ids: string[] = [];
    let next: string | undefined = `${POSTURE}991&truncation_limit=8`;
    let pages = 0;
    while (next !== undefined) {
      const { root } = await driver.fo(next);
      ids.push(...all(root, 'INFO').map((node) => textOf(node, 'ID') ?? ''));
      const url: string | undefined = textOf(root, 'RESPONSE', 'WARNING', 'URL');
      next = url && new URL(url).pathname + new URL(url).search;
      pages += 1;
    }
    expect([ids.length, new Set(ids).size, pages]).toEqual([20, 20, 3]);
  });

  test.each([
    ['991&status=Failed', 8],
    ['991&host_ids=8002', 9],
    ['991&ips=192.0.2.10', 11],
    ['991&asset_group_ids=7102', 9],
    ['991&control_ids=2181', 2],
    ['993', 0],
    ['995&status=Error', 1],
  ])('of policy %s', async (query, count) => {
    const driver = await boot();
    expect(all((await driver.fo(`${POSTURE}${query}`)).root, 'INFO')).toHaveLength(count);
  });

  test('says as much as it is asked for', async () => {
    const driver = await boot();
    const names = async (details: string) => {
      const { root } = await driver.fo(`${POSTURE}991&details=${details}&cause_of_failure=1&show_remediation_info=1`);
      const response = at(root, 'RESPONSE');
      return [
        response?.children.map(({ name }) => name).slice(1),
        all(root, 'V').length > 0,
        all(root, 'TP').length > 0,
      ];
    };
    expect(await names('None')).toEqual([['INFO_LIST'], true, false]);
    expect(await names('Basic')).toEqual([['INFO_LIST', 'SUMMARY', 'GLOSSARY'], true, false]);
    expect(await names('All')).toEqual([['INFO_LIST', 'SUMMARY', 'GLOSSARY'], true, true]);
  });

  test.each([
    ['', '1905'],
    ['77', '1905'],
    ['991&details=Much', '1905'],
    ['991&color=blue', '1901'],
  ])('is refused for "%s"', async (query, code) => {
    const driver = await boot();
    expect(textOf((await driver.fo(`${POSTURE}${query}`)).root, 'RESPONSE', 'CODE')).toBe(code);
  });

  test('counts and rates wrongly when it is told to', async () => {
    const driver = await boot({ faults: ['counter-mismatch', 'unknown-severity'] });
    const { root } = await driver.fo(`${POSTURE}992&details=All`);
    expect(textOf(root, 'RESPONSE', 'SUMMARY', 'CONTROL_INSTANCES', 'TOTAL')).toBe('9');
    expect(all(root, 'LABEL')[0]?.text).toBe('6');
  });
});

describe('what callers change', () => {
  test('is remembered, and nothing else changes', async () => {
    const driver = await boot();
    const changes = async () => {
      const { text } = await driver.ask('/__simulator/state');
      return (JSON.parse(text) as { complianceChanges: string[] }).complianceChanges;
    };
    await driver.fo(`${POSTURE}991`);
    expect(await changes()).toEqual([]);
    const group = { action: 'add_asset_group_ids', id: '993', asset_group_ids: '7102' };
    expect((await post(driver, POLICIES, group)).reply.status).toBe(200);
    expect((await post(driver, POLICIES, { ...group, id: '1' })).reply.status).toBe(400);
    const ip = { action: 'add', ips: '192.0.2.10', enable_pc: '1' };
    expect((await post(driver, '/api/2.0/fo/asset/ip/', ip)).reply.status).toBe(200);
    expect(await changes()).toEqual(['policy 993: asset groups 7102 added', 'addresses 192.0.2.10 added']);
    const policy = (await driver.fo(`${POLICIES}?action=list&ids=993`)).root;
    expect(all(policy, 'ASSET_GROUP_IDS')[0]?.text).toBe('7102');
  });

  test('is what the lists of settings show', async () => {
    const driver = await boot();
    const titles = async (path: string, name: string) =>
      all((await driver.fo(path)).root, name).map(({ text }) => text);
    expect(await titles('/api/2.0/fo/subscription/option_profile/pc/?action=list', 'GROUP_NAME')).toEqual([
      'Compliance profile',
      'Compliance profile, quick',
    ]);
    expect(await titles('/api/2.0/fo/asset/group/?action=list&truncation_limit=2', 'TITLE')).toEqual([
      'Build hosts',
      'Clean, and quiet',
    ]);
    expect(await titles('/api/2.0/fo/asset/host/?action=list&ag_ids=7102&compliance_enabled=1', 'ID')).toEqual([
      '8002',
    ]);
    const tagged = '&use_tags=1&tag_set_by=name&tag_set_include=staging,production&tag_set_exclude=staging';
    expect(await titles(`/api/2.0/fo/asset/host/?action=list${tagged}`, 'ID')).toEqual(['8002']);
  });
});
