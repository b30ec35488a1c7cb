import { describe, expect, test } from 'vitest';
import { boot, launch, status } from './support/boot.js';
import { textOf } from './support/xml.js';

const WAS = '/qps/rest/3.0';

describe('the life of a scan', () => {
  test('goes from the queue to its results', async () => {
    const driver = await boot();
    const id = await launch(driver, 1001, {
      target: { webApp: { id: '1001' }, webAppAuthRecord: { isDefault: 'true' } },
    });
    expect(await status(driver, id)).toBe('SUBMITTED/SUBMITTED/NONE');
    driver.advance(31);
    expect(await status(driver, id)).toBe('RUNNING/RUNNING/NONE');
    driver.advance(100);
    expect(await status(driver, id)).toBe('RUNNING/RUNNING/SUCCESSFUL');
    driver.advance(500);
    expect(await status(driver, id)).toBe('FINISHED/TO_BE_PROCESSED/SUCCESSFUL');
    driver.advance(30);
    expect(await status(driver, id)).toBe('FINISHED/PROCESSING/SUCCESSFUL');
    driver.advance(60);
    expect(await status(driver, id)).toBe('FINISHED/SUCCESSFUL/SUCCESSFUL');
  });

  test('ends well in the other good word, too', async () => {
    const driver = await boot();
    const id = await launch(driver, 1002);
    driver.advance(3600);
    expect(await status(driver, id)).toBe('FINISHED/FINISHED/NONE');
  });

  test('shows how many links were crawled', async () => {
    const driver = await boot();
    const id = await launch(driver);
    const links = async (): Promise<string | undefined> => {
      const { root } = await driver.xml(`${WAS}/get/was/wasscan/${id}`);
      return textOf(root, 'data', 'WasScan', 'summary', 'linksCrawled');
    };
    expect(await links()).toBeUndefined();
    driver.advance(90);
    expect(await links()).toBe('37');
    driver.advance(600);
    expect(await links()).toBe('148');
  });

  test('changes the findings only once its results are there', async () => {
    const driver = await boot();
    const fresh = { filters: { Criteria: [{ field: 'webApp.id', operator: 'EQUALS', value: '1006' }] } };
    expect((await driver.json(`${WAS}/count/was/finding`, fresh)).count).toBe(0);
    await launch(driver, 1006, { profile: { id: 9001 } });
    driver.advance(30 + 300);
    expect((await driver.json(`${WAS}/count/was/finding`, fresh)).count).toBe(0);
    driver.advance(90);
    expect((await driver.json(`${WAS}/count/was/finding`, fresh)).count).toBe(8);
  });

  test('of a discovery gathers information only', async () => {
    const driver = await boot();
    const id = await launch(driver, 1006, { type: 'DISCOVERY', profile: { id: 9001 } });
    driver.advance(3600);
    const { root } = await driver.xml(`${WAS}/download/was/wasscan/${id}`);
    expect([textOf(root, 'vulns', 'count'), textOf(root, 'igs', 'count')]).toEqual(['0', '4']);
  });
});

describe('launching', () => {
  test.each([
    ['XML', '<target><webApp><id>1001</id></webApp></target>'],
    [
      'XML with a profile by name',
      '<target><webApp><id>1006</id></webApp></target><profile><name>Quick look</name></profile>',
    ],
  ])('in %s', async (_, inner) => {
    const driver = await boot();
    const body = `<ServiceRequest><data><WasScan><name><![CDATA[a & b]]></name><type>VULNERABILITY</type>${inner}
      </WasScan></data></ServiceRequest>`;
    const { root } = await driver.xml(`${WAS}/launch/was/wasscan`, body);
    expect(textOf(root, 'data', 'WasScan', 'id')).toMatch(/^\d+$/);
    expect([...driver.simulator.world.store.scans.values()].at(-1)?.name).toBe('a & b');
  });

  test('several applications at once', async () => {
    const driver = await boot();
    const webApps = { set: { WebApp: [{ id: 1001 }, { id: 1002 }] } };
    const answer = await driver.json(`${WAS}/launch/was/wasscan`, {
      data: { WasScan: { name: 'many', type: 'VULNERABILITY', target: { webApps, authRecordOption: 'DEFAULT' } } },
    });
    expect([answer.count, answer.data?.length]).toEqual([2, 2]);
    const scans = [...driver.simulator.world.store.scans.values()].filter(({ name }) => name === 'many');
    expect(scans.map(({ multi, authRecordId }) => [multi, authRecordId])).toEqual([
      [true, 7001],
      [true, undefined],
    ]);
  });

  test.each([
    ['ANY', [301, 302], [303], [1002, 1003, 1004]],
    ['ALL', [301, 303], [], [1001]],
    ['ALL', [301, 302], [], []],
  ])('by tags: %s of %j without %j', async (option, included, excluded, webAppIds) => {
    const driver = await boot();
    const list = (ids: readonly number[]) => ({ option: 'ANY', tagList: { set: { Tag: ids.map((id) => ({ id })) } } });
    const tags = {
      included: { ...list(included), option },
      ...(excluded.length > 0 ? { excluded: list(excluded) } : {}),
    };
    const answer = await driver.json(`${WAS}/launch/was/wasscan`, {
      data: { WasScan: { name: 'tagged', type: 'VULNERABILITY', target: { tags } } },
    });
    expect([answer.responseCode, answer.count]).toEqual(['SUCCESS', webAppIds.length]);
    const scans = [...driver.simulator.world.store.scans.values()].filter(({ name }) => name === 'tagged');
    expect(scans.map(({ webAppId }) => webAppId)).toEqual(webAppIds);
  });

  test.each([
    ['no name', { name: '' }],
    ['a wrong type', { type: 'EVERYTHING' }],
    ['no target', { target: {} }],
    ['an unknown application', { target: { webApp: { id: 1 } } }],
    ['an id that is none', { target: { webApp: { id: 'abc' } } }],
    ['no default profile', { target: { webApp: { id: 1006 } } }],
    ['an unknown profile', { profile: { id: 1 } }],
    ['an unknown profile name', { profile: { name: 'x' } }],
    ['an unknown record', { target: { webApp: { id: 1001 }, webAppAuthRecord: { id: 1 } } }],
    ['an unknown option', { target: { webApp: { id: 1001 }, authRecordOption: 'PERHAPS' } }],
    ['an unknown scanner type', { target: { webApp: { id: 1001 }, scannerAppliance: { type: 'MOON' } } }],
    [
      'an unknown appliance',
      { target: { webApp: { id: 1001 }, scannerAppliance: { type: 'INTERNAL', friendlyName: 'x' } } },
    ],
    ['an unknown scanner tag', { target: { webApp: { id: 1001 }, scannerTags: { set: { Tag: { id: 1 } } } } }],
    ['an unknown DNS override', { dnsOverride: { id: 1 } }],
    ['an unknown proxy', { proxy: { id: 1 } }],
    ['hours that are none', { cancelAfterNHours: 'soon' }],
    ['an unknown member', { speed: 'fast' }],
    ['an unknown member of the target', { target: { webApp: { id: 1001 }, colour: 'red' } }],
    ['an unknown tag', { target: { tags: { included: { option: 'ANY', tagList: { set: { Tag: { id: 1 } } } } } } }],
    [
      'an unknown tag option',
      { target: { tags: { included: { option: 'SOME', tagList: { set: { Tag: { id: 301 } } } } } } },
    ],
  ])('is refused for %s, and starts nothing', async (_, more) => {
    const driver = await boot();
    const scan = { name: 'x', type: 'VULNERABILITY', target: { webApp: { id: 1001 } }, ...more };
    const answer = await driver.json(`${WAS}/launch/was/wasscan`, { data: { WasScan: scan } });
    expect(answer.responseCode).toBe('INVALID_REQUEST');
    expect(driver.simulator.world.store.launches).toEqual([]);
  });

  test('picks an appliance that is online by its tag, and fails with one that is not', async () => {
    const driver = await boot();
    const tagged = await launch(driver, 1001, {
      target: { webApp: { id: 1001 }, scannerTags: { set: { Tag: [{ id: 310 }] } }, dnsOverride: { id: 6501 } },
    });
    expect(driver.simulator.world.store.scans.get(tagged)?.scanner).toEqual({
      type: 'scannerTags',
      name: 'office-scanner',
    });
    const appliance = { type: 'INTERNAL', friendlyName: 'cellar-scanner' };
    const offline = await launch(driver, 1002, { target: { webApp: { id: 1002 }, scannerAppliance: appliance } });
    driver.advance(3600);
    expect(await status(driver, offline)).toBe('ERROR/SCANNER_NOT_AVAILABLE/NONE');
  });

  test('a second scan of an application is refused while the first runs', async () => {
    const driver = await boot();
    const first = await launch(driver);
    const scan = { name: 'again', type: 'VULNERABILITY', target: { webApp: { id: 1001 } } };
    const again = await driver.json(`${WAS}/launch/was/wasscan`, { data: { WasScan: scan } });
    expect(again.responseErrorDetails?.errorMessage).toContain('already in progress');
    await driver.json(`${WAS}/cancel/was/wasscan/${first}`, {});
    expect(Number.isInteger(await launch(driver))).toBe(true);
  });

  test('a second scan waits in the queue when the subscription lets it', async () => {
    const driver = await boot({ seed: 'demo,busy=queue' });
    await launch(driver);
    const second = await launch(driver);
    driver.advance(630);
    expect(await status(driver, second)).toBe('SUBMITTED/SUBMITTED/NONE');
    driver.advance(31);
    expect(await status(driver, second)).toBe('RUNNING/RUNNING/NONE');
  });

  test('repeats an older scan', async () => {
    const driver = await boot();
    const answer = await driver.json(`${WAS}/scanagain/was/scan/1001001`, {});
    expect(await status(driver, Number(answer.data?.[0]?.WasScan?.id))).toBe('SUBMITTED/SUBMITTED/NONE');
    expect((await driver.json(`${WAS}/scanagain/was/scan/1`, {})).responseCode).toBe('NOT_FOUND');
  });
});

describe('ending a scan early', () => {
  test('leaves nothing when nothing is asked for', async () => {
    const driver = await boot();
    const id = await launch(driver);
    driver.advance(330);
    expect((await driver.json(`${WAS}/cancel/was/wasscan/${id}`, {})).responseCode).toBe('SUCCESS');
    expect(await status(driver, id)).toBe('CANCELED/CANCELING/NONE');
    driver.advance(20);
    expect(await status(driver, id)).toBe('CANCELED/CANCELED/NONE');
    expect((await driver.json(`${WAS}/cancel/was/wasscan/${id}`, {})).responseCode).toBe('INVALID_REQUEST');
  });

  test('keeps what was tested when that is asked for', async () => {
    const driver = await boot();
    const id = await launch(driver);
    driver.advance(330);
    await driver.json(`${WAS}/cancel/was/wasscan/${id}`, { data: { WasScan: { cancelWithResults: 'true' } } });
    driver.advance(30);
    expect(await status(driver, id)).toBe('CANCELED/PROCESSING/NONE');
    driver.advance(90);
    expect(await status(driver, id)).toBe('CANCELED/CANCELED_WITH_RESULTS/NONE');
    const { root } = await driver.xml(`${WAS}/download/was/wasscan/${id}`);
    expect([textOf(root, 'vulns', 'count'), textOf(root, 'igs', 'count')]).toEqual(['16', '0']);
  });

  test('in the queue', async () => {
    const driver = await boot();
    const id = await launch(driver);
    await driver.json(`${WAS}/cancel/was/wasscan/${id}`, {});
    driver.advance(60);
    expect(await status(driver, id)).toBe('CANCELED/CANCELED/NONE');
  });

  test('by the limit of hours that the launch set', async () => {
    const driver = await boot({ seed: 'demo,minutes=150' });
    const id = await launch(driver, 1001, { cancelAfterNHours: '2' });
    driver.advance(2 * 3600 + 29);
    expect(await status(driver, id)).toBe('RUNNING/RUNNING/NONE');
    driver.advance(120);
    expect(await status(driver, id)).toBe('CANCELED/CANCELED_WITH_RESULTS/NONE');
  });
});

describe('records of scans', () => {
  test('are found by name, and all running ones with one search', async () => {
    const driver = await boot();
    const ids = [await launch(driver, 1001, { name: 'run 1' }), await launch(driver, 1002, { name: 'run 2' })];
    const search = (field: string, operator: string, value: string) =>
      driver.json(`${WAS}/search/was/wasscan`, { filters: { Criteria: [{ field, operator, value }] } });
    expect((await search('name', 'EQUALS', 'run 1')).data?.[0]?.WasScan?.id).toBe(ids[0]);
    const both = await search('id', 'IN', ids.join(','));
    expect(both.data?.map((entry) => entry.WasScan?.status)).toEqual(['SUBMITTED', 'SUBMITTED']);
    expect((await search('status', 'IN', 'SUBMITTED,RUNNING')).count).toBe(2);
    expect((await search('mode', 'EQUALS', 'SCHEDULED')).count).toBe(7);
    expect((await search('type', 'EQUALS', 'DISCOVERY')).count).toBe(0);
    expect((await search('webApp.id', 'EQUALS', '1001')).count).toBe(3);
    expect((await search('webApp.name', 'EQUALS', 'Handbook')).count).toBe(2);
    expect((await search('webApp.tags', 'NONE', '')).count).toBe(0);
    expect((await search('webApp.tags.id', 'EQUALS', '301')).count).toBe(4);
    expect((await search('authStatus', 'EQUALS', 'SUCCESSFUL')).count).toBe(3);
    expect((await search('resultsStatus', 'EQUALS', 'SUBMITTED')).count).toBe(2);
    expect((await search('launchedDate', 'GREATER', '2026-11-02T08:59:59Z')).count).toBe(2);
    expect((await search('reference', 'CONTAINS', 'was/')).count).toBe(9);
    expect((await driver.json(`${WAS}/count/was/wasscan`)).count).toBe(9);
  });

  test('are deleted, but not while running', async () => {
    const driver = await boot();
    const id = await launch(driver);
    expect((await driver.json(`${WAS}/delete/was/wasscan/${id}`, {})).responseCode).toBe('INVALID_REQUEST');
    driver.advance(3600);
    expect((await driver.json(`${WAS}/delete/was/wasscan/${id}`, {})).responseCode).toBe('SUCCESS');
    expect((await driver.json(`${WAS}/status/was/wasscan/${id}`)).responseCode).toBe('NOT_FOUND');
    const filters = { Criteria: { field: 'mode', operator: 'EQUALS', value: 'SCHEDULED' } };
    expect((await driver.json(`${WAS}/delete/was/wasscan`, { filters })).count).toBe(7);
  });
});
