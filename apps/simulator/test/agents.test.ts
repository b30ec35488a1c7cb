import { describe, expect, test } from 'vitest';
import { boot, type Driver, type JsonRecord } from './support/boot.js';
import { all, textOf } from './support/xml.js';

const SEED = 'demo,agents=on';
const ODS = '/qps/rest/1.0/ods/ca/agentasset';

async function assets(driver: Driver, field: string, value: string): Promise<readonly JsonRecord[]> {
  const answer = await driver.json('/qps/rest/2.0/search/am/hostasset', {
    filters: { Criteria: [{ field, operator: 'EQUALS', value }] },
  });
  expect(answer.responseCode).toBe('SUCCESS');
  return (answer.data ?? []).map((record) => record.HostAsset as JsonRecord);
}

async function detected(driver: Driver, id: number): Promise<{ scanned: string | undefined; qids: string[] }> {
  const { root } = await driver.fo(`/api/5.0/fo/asset/host/vm/detection/?action=list&show_igs=1&ids=${id}`);
  return {
    scanned: textOf(root, 'RESPONSE', 'HOST_LIST', 'HOST', 'LAST_VM_SCANNED_DATE'),
    qids: all(root, 'QID').map(({ text }) => text),
  };
}

const ask = (driver: Driver, id: number, scan = 'Vulnerability_Scan') =>
  driver.xml(`${ODS}/${id}?scan=${scan}&overrideConfigCpu=false`, '<ServiceRequest></ServiceRequest>');

describe('machines with agents', () => {
  test('are part of the subscription on request only', async () => {
    expect(await assets(await boot(), 'dnsHostName', 'build-17.example.test')).toEqual([]);
    expect(await assets(await boot({ seed: SEED }), 'dnsHostName', 'build-17.example.test')).toHaveLength(1);
  });

  test.each([
    ['dnsHostName', 'BUILD-17.example.test', [88101]],
    ['address', '192.0.2.103', [88103]],
    ['instanceId', 'i-00000000000008108', [88108]],
    ['dnsHostName', 'twin.example.test', [88105, 88106]],
    ['dnsHostName', 'both-22.example.test', [88108, 88109]],
    ['agentUuid', 'unknown', []],
  ])('are found by %s %s', async (field, value, ids) => {
    const driver = await boot({ seed: SEED });
    expect((await assets(driver, field, value)).map(({ id }) => id)).toEqual(ids);
  });

  test('are found by their agent, and say when it was seen', async () => {
    const driver = await boot({ seed: SEED });
    const [found] = await assets(driver, 'dnsHostName', 'golden-18.example.test');
    const agent = found?.agentInfo as JsonRecord | undefined;
    expect(agent).toEqual({
      agentVersion: '6.1.0.28',
      agentId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 'STATUS_ACTIVE',
      lastCheckedIn: '2026-11-02T08:00:00Z',
      connectedFrom: '192.0.2.102',
      chirpStatus: 'Inventory Scan Complete',
      platform: 'Linux',
      activatedModule: 'AGENT_VM',
    });
    expect((await assets(driver, 'agentUuid', String(agent?.agentId))).map(({ id }) => id)).toEqual([88102]);
  });

  test('without an agent, or without a scan, have no such members', async () => {
    const driver = await boot({ seed: SEED });
    const [bare] = await assets(driver, 'dnsHostName', 'bare-20.example.test');
    const [fresh] = await assets(driver, 'dnsHostName', 'new-21.example.test');
    expect([bare?.agentInfo, bare?.qwebHostId]).toEqual([undefined, 8104]);
    expect([fresh?.qwebHostId, fresh?.lastVulnScan]).toEqual([undefined, undefined]);
    expect(await detected(driver, 8107)).toEqual({ scanned: undefined, qids: [] });
  });
});

describe('a scan on demand', () => {
  test('shows in the inventory first, and then in the detections', async () => {
    const driver = await boot({ seed: SEED });
    expect((await ask(driver, 88101)).root.name).toBe('ServiceResponse');
    const seen: unknown[] = [];
    for (const seconds of [0, 90, 280, 120]) {
      driver.advance(seconds);
      const [asset] = await assets(driver, 'id', '88101');
      const agent = asset?.agentInfo as JsonRecord | undefined;
      seen.push([agent?.lastCheckedIn, asset?.lastVulnScan, (await detected(driver, 8101)).qids]);
    }
    expect(seen).toEqual([
      ['2026-11-02T07:00:00Z', '2026-11-02T07:00:00Z', ['38173', '45038']],
      ['2026-11-02T09:01:00Z', '2026-11-02T07:00:00Z', ['38173', '45038']],
      ['2026-11-02T09:01:00Z', '2026-11-02T09:06:00Z', ['38173', '45038']],
      ['2026-11-02T09:01:00Z', '2026-11-02T09:06:00Z', ['38173', '45038', '105484']],
    ]);
  });

  test('that is asked for twice is done once', async () => {
    const driver = await boot({ seed: SEED });
    await ask(driver, 88101);
    driver.advance(120);
    await ask(driver, 88101);
    driver.advance(600);
    expect((await detected(driver, 8101)).scanned).toBe('2026-11-02T09:06:00Z');
    const state = JSON.parse((await driver.ask('/__simulator/state', { anonymous: true })).text);
    expect(state.agentRequests).toEqual([
      { assetId: 88101, scan: 'Vulnerability_Scan', at: '2026-11-02T09:00:00Z' },
      { assetId: 88101, scan: 'Vulnerability_Scan (again)', at: '2026-11-02T09:02:00Z' },
    ]);
  });

  test('of another kind changes no detections', async () => {
    const driver = await boot({ seed: SEED });
    await ask(driver, 88101, 'Inventory_Scan');
    driver.advance(3600);
    expect((await detected(driver, 8101)).qids).toEqual(['38173', '45038']);
  });

  test.each([
    ['stuck-running', 3600],
    ['processing-late', 1800],
  ])('is not in the detections under %s', async (fault, seconds) => {
    const driver = await boot({ seed: SEED, faults: [fault] });
    await ask(driver, 88101);
    driver.advance(seconds);
    expect((await detected(driver, 8101)).qids).toEqual(['38173', '45038']);
  });

  test.each([
    [88104, 'Vulnerability_Scan', 'NOT_FOUND'],
    [99999, 'Vulnerability_Scan', 'NOT_FOUND'],
    [88101, 'Deep_Scan', 'INVALID_REQUEST'],
  ])('of %i with %s is refused as %s', async (id, scan, code) => {
    const driver = await boot({ seed: SEED });
    expect(textOf((await ask(driver, id, scan)).root, 'responseCode')).toBe(code);
    expect(driver.simulator.world.agents.requests).toEqual([]);
  });
});
