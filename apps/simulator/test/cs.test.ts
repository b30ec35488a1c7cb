import { describe, expect, test } from 'vitest';
import { readFilter } from '../src/qql.js';
import { boot, type JsonRecord } from './support/boot.js';
import { csOf } from './support/cs.js';

const SHOP = { filter: 'repo.repository:"shop/api" and repo.tag:"1.4"' };

async function shop() {
  const driver = await boot();
  const cs = await csOf(driver);
  const sha = String((await cs.get('images', SHOP)).data[0]?.sha);
  return { driver, cs, sha };
}

describe('filters', () => {
  const fields = { name: ({ name }: { name: string }) => [name], at: ({ at }: { at: number }) => [at] } as const;
  const record = { name: 'shop/api', at: 5_000 };
  test.each([
    ['name:shop/api', true],
    ['name:shop', false],
    ['name:"shop"', true],
    ['name:`shop`', false],
    ['name:`shop/api`', true],
    ['name:x or name:"api" and at:[now-2s ... now]', true],
    ['(name:x or name:"api") and at:[now-1s ... now]', true],
    ['name:"api" and at: [now-9s ... now-6s]', false],
  ])('%s: %s', (text, expected) => {
    expect(readFilter<{ name: string; at: number }>(text, fields, 6_000)(record)).toBe(expected);
  });

  test.each(['nothing:x', 'name:x and', '(name:x', 'name:x name:y', 'name', 'at:[x ... y]'])(
    '%s is refused',
    (text) => {
      expect(() => readFilter<{ name: string; at: number }>(text, fields, 6_000)).toThrow();
    },
  );
});

describe('images', () => {
  test('need a token', async () => {
    const driver = await boot();
    expect((await driver.ask('/csapi/v1.3/images', { host: 'gateway', anonymous: true })).status).toBe(401);
    expect((await driver.ask('/csapi/v1.3/images')).status).toBe(404);
  });

  test('are listed page by page, with the count of all', async () => {
    const { cs } = await shop();
    const first = await cs.get('images', { pageNumber: '1', pageSize: '4' });
    const second = await cs.get('images', { pageNumber: '2', pageSize: '4' });
    expect([first.value.count, first.data.length, second.data.length]).toEqual([7, 4, 3]);
    const shas = [...first.data, ...second.data].map(({ sha }) => sha);
    expect(new Set(shas).size).toBe(7);
  });

  test('that do not match are a 204, and a wrong question is an error', async () => {
    const { cs } = await shop();
    expect((await cs.get('images', { filter: 'sha:ab12' })).status).toBe(204);
    const wrong = await cs.get('images', { filter: 'color:red' });
    expect([wrong.status, wrong.value.errorCode]).toEqual([400, '400 BAD_REQUEST']);
    expect((await cs.get('images', { pageNumber: '0' })).status).toBe(400);
    expect((await cs.get('images', { pageSize: '1001' })).status).toBe(400);
    expect((await cs.get(`images/${'0'.repeat(64)}`)).value.errorCode).toBe('404 NOT_FOUND');
  });

  test('have details, vulnerabilities and counters that agree', async () => {
    const { cs, sha } = await shop();
    const { value } = await cs.get(`images/${sha}`, { scanDetails: 'malware,secrets' });
    const vulnerabilities = value.vulnerabilities as readonly JsonRecord[];
    expect(vulnerabilities.map(({ qid, severity }) => [qid, severity])).toEqual([
      [990001, 5],
      [990002, 4],
      [990003, 3],
      [990004, 4],
      [990005, 3],
    ]);
    expect([value.secrets, value.malware]).toEqual([
      [{ title: 'Cloud access key', severity: 'HIGH', filePath: '/app/.env', startLine: 1 }],
      [],
    ]);
    expect((await cs.get(`images/${sha}`)).value.secrets).toBeUndefined();
    expect((await cs.get(`images/${sha.slice(0, 12)}/vuln/count`)).value).toEqual({
      severity1Count: 0,
      severity2Count: 0,
      severity3Count: 2,
      severity4Count: 2,
      severity5Count: 1,
    });
    expect((await cs.get(`images/${sha}/vuln`)).value.details).toHaveLength(4);
    expect((await cs.get(`images/${sha}/vuln`, { applyException: 'false' })).value.details).toHaveLength(5);
    expect((await cs.get(`images/${sha}/vuln`, { type: 'SUMMARY' })).value.details).toBeUndefined();
  });

  test('without vulnerabilities have an empty list, or keep null', async () => {
    const { cs } = await shop();
    const listOf = async (repository: string) => {
      const [image] = (await cs.get('images', { filter: `repo.repository:"${repository}"` })).data;
      const { details } = (await cs.get(`images/${image?.sha}/vuln`)).value;
      return [(await cs.get(`images/${image?.sha}`)).value.vulnerabilities, details];
    };
    expect(await listOf('shop/handbook')).toEqual([[], []]);
    expect(await listOf('shop/scratch')).toEqual([null, []]);
  });

  test('that are tagged for the sensor become known, scanned and processed', async () => {
    const { driver, cs } = await shop();
    const state = JSON.parse((await driver.ask('/__simulator/state')).text) as {
      images: { sha: string; names: string[] }[];
    };
    const sha = state.images.find(({ names }) => names.includes('shop/api:1.5'))?.sha;
    expect((await cs.get('images', { filter: `sha:${sha}` })).status).toBe(204);
    expect((await driver.ask(`/__simulator/sensor?sha=${sha}`, { method: 'POST' })).status).toBe(200);
    driver.advance(61);
    const scanned = (await cs.get(`images/${sha}`)).value;
    expect([scanned.scanStatus, scanned.vulnerabilities]).toEqual(['SUCCESS', null]);
    driver.advance(90);
    expect((await cs.get(`images/${sha}`)).value.vulnerabilities).toHaveLength(3);
    expect((await driver.ask('/__simulator/sensor?sha=12', { method: 'POST' })).status).toBe(404);
  });
});

describe('containers', () => {
  test('are found by their image, and tell what drifted', async () => {
    const { cs, sha } = await shop();
    const { data } = await cs.get('containers', { filter: `imageSha:${sha}` });
    expect(data.map(({ name, state, isDrift }) => [name, state, isDrift])).toEqual([
      ['shop-api-1', 'RUNNING', false],
      ['shop-api-2', 'RUNNING', true],
      ['shop-api-3', 'STOPPED', false],
    ]);
    const { value } = await cs.get(`containers/${data[1]?.sha}`);
    const drift = value.drift as unknown as { vulnerability: JsonRecord[] };
    expect(drift.vulnerability.map(({ qid }) => qid)).toEqual([990010]);
    expect((await cs.get(`containers/${data[0]?.sha}`)).value.drift).toBeNull();
    expect((await cs.get('containers/none')).status).toBe(404);
  });
});

describe('scans of registries', () => {
  const body = (registry: JsonRecord, more: object = {}) => ({
    name: 'test scan',
    registryType: registry.registryType,
    onDemand: true,
    filters: [{ repoTags: [{ repo: 'shop/api', tag: '1.5' }], days: null }],
    ...more,
  });

  test('queue, run and finish, and leave their mark on the image', async () => {
    const { driver, cs } = await shop();
    const [registry = {}] = (await cs.get('registry')).data;
    const path = `registry/${registry.registryUuid}/schedule`;
    expect((await cs.get(path)).status).toBe(204);
    expect((await cs.post(path, body(registry))).value.scheduleId).toMatch(/^[0-9a-f-]{36}$/);
    const statuses: unknown[] = [];
    for (const seconds of [0, 70, 240]) {
      driver.advance(seconds);
      statuses.push((await cs.get(path)).data[0]?.status);
    }
    expect(statuses).toEqual(['Queued', 'Running', 'Finished']);
    driver.advance(90);
    const { data } = await cs.get('images', { filter: 'repo.tag:1.5' });
    expect(data[0]?.vulnerabilities).toMatchObject({ severity3Count: 2 });
  });

  test('can be cancelled while they run', async () => {
    const { driver, cs } = await shop();
    const [registry = {}] = (await cs.get('registry')).data;
    const path = `registry/${registry.registryUuid}/schedule`;
    const { scheduleId } = (await cs.post(path, body(registry))).value;
    expect((await cs.post(`${path}/${scheduleId}/cancel`)).status).toBe(200);
    expect((await cs.get(path)).data[0]?.status).toBe('Canceled');
    driver.advance(9);
    expect((await cs.post(`${path}/${scheduleId}/cancel`)).status).toBe(400);
    expect((await cs.post(`${path}/none/cancel`)).status).toBe(404);
  });

  test.each([
    ['a name', { name: '' }],
    ['the type of the registry', { registryType: 'AWS' }],
    ['filters', { filters: [] }],
    ['days that are allowed', { filters: [{ repoTags: [{ repo: 'a', tag: 'b' }], days: 9 }] }],
    ['onDemand', { onDemand: false }],
  ])('need %s', async (_, more) => {
    const { cs } = await shop();
    const [registry = {}] = (await cs.get('registry')).data;
    expect((await cs.post(`registry/${registry.registryUuid}/schedule`, body(registry, more))).status).toBe(400);
  });
});

test('central policies carry the settings of a rule as a text', async () => {
  const { cs } = await shop();
  const { data } = await cs.get('centralizedPolicy');
  expect(data.map(({ policyName, policyMode }) => [policyName, policyMode])).toEqual([
    ['Production', 'ACTIVE'],
    ['Pipelines', 'ACTIVE'],
  ]);
  const { value } = await cs.get(`centralizedPolicy/${data[0]?.uuid}`);
  const [rule] = value.centralizedPolicyRules as readonly JsonRecord[];
  expect(JSON.parse(String(rule?.metaData))).toEqual({ operator: 'GREATER_THAN', severityLevel: 5, threshold: 0 });
  expect((await cs.get('centralizedPolicy/none')).status).toBe(404);
});

describe('faults', () => {
  test.each([
    ['repeated-page=route:csapi', 'again'],
    ['missing-page=route:csapi', 'empty'],
  ])('%s', async (fault, what) => {
    const driver = await boot({ faults: [fault] });
    const cs = await csOf(driver);
    const first = await cs.get('images', { pageNumber: '1' });
    const second = await cs.get('images', { pageNumber: '2' });
    expect([first.data.length, first.value.count]).toEqual([1, 7]);
    expect(second.data).toEqual(what === 'again' ? first.data : []);
  });

  test('an error inside a success has the form of the gateway', async () => {
    const driver = await boot({ faults: ['error-in-200=route:csapi'] });
    const cs = await csOf(driver);
    expect(await cs.get('images')).toMatchObject({
      status: 200,
      value: { status: 500, error: 'Internal Server Error' },
    });
  });

  test('counters, severities and states can be wrong', async () => {
    const { driver, cs, sha } = await shop();
    driver.simulator.world.faults.replace(['counter-mismatch', 'unknown-severity', 'unknown-status']);
    expect((await cs.get(`images/${sha}/vuln/count`)).value.severity5Count).toBe(4);
    const { value } = await cs.get(`images/${sha}`);
    expect([value.scanStatus, (value.vulnerabilities as JsonRecord[])[0]?.severity]).toEqual(['HIBERNATED', '6']);
  });
});
