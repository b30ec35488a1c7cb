import { describe, expect, it } from 'vitest';
import { ScangateError } from '../../../src/errors.js';
import type { WasTarget } from '../../../src/scanners/qualys-was/target.js';
import { planOf, SHOP, type WasBench, wasBench } from './support.js';

const requestOf = async (bench: WasBench, target: Partial<WasTarget>) =>
  ((await planOf(target, bench)).details as { request: unknown }).request;

const refusal = async (bench: WasBench, target: Partial<WasTarget>): Promise<[code: string, message: string]> => {
  try {
    await planOf(target, bench);
    return ['none', ''];
  } catch (error) {
    if (error instanceof ScangateError) return [error.code, error.message];
    throw error;
  }
};

describe('the plan', () => {
  it('resolves names, and costs two calls at the defaults', async () => {
    const bench = await wasBench();
    const plan = await planOf({ ...SHOP, name: 'Gate {target} of {date}' }, bench);
    const date = new Date().toISOString().slice(0, 10);
    expect(plan).toEqual({
      target: 'shop-web',
      scanner: 'qualys-was',
      subject: 'web application Shop (staging)',
      scanName: `Gate shop-web of ${date} run-1`,
      details: {
        webApps: [{ id: '1001', name: 'Shop (staging)', url: 'https://shop-staging.example.test/' }],
        needsLogin: true,
        type: 'VULNERABILITY',
        request: {
          name: `Gate shop-web of ${date} run-1`,
          type: 'VULNERABILITY',
          target: { webApp: { id: '1001' }, webAppAuthRecord: { isDefault: 'true' } },
        },
      },
      historyMs: [630_000, 630_000],
    });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect((await bench.door()).callsTotal).toBe(2);
  });

  it('resolves every name, by four calls where profile and record are named too', async () => {
    const bench = await wasBench();
    expect(
      await requestOf(bench, {
        webApp: 1007,
        optionProfile: 'Quick look',
        authRecord: 'Members tester',
        scannerAppliance: 'office-scanner',
        cancelAfter: '2d',
        progressive: true,
        type: 'discovery',
      }),
    ).toEqual({
      name: 'scangate shop-web run-1',
      type: 'DISCOVERY',
      target: {
        webApp: { id: '1007' },
        webAppAuthRecord: { id: '7002' },
        scannerAppliance: { type: 'INTERNAL', friendlyName: 'office-scanner' },
      },
      profile: { id: '9002' },
      cancelAfterNHours: '48',
      progressiveScanning: 'ENABLED',
    });
    expect((await bench.door()).callsTotal).toBe(4);
  });

  it('takes ids, tags of scanners and a DNS override', async () => {
    const bench = await wasBench();
    expect(
      await requestOf(bench, {
        webApp: '1003',
        optionProfile: '9003',
        authRecord: 'none',
        scannerTags: ['scanner: office'],
        dnsOverride: 'Review environments',
      }),
    ).toMatchObject({
      target: { webApp: { id: '1003' }, scannerTags: { set: { Tag: [{ id: '310' }] } } },
      profile: { id: '9003' },
      dnsOverride: { id: '6501' },
    });
    expect(await requestOf(bench, { webApp: 1003, scannerAppliance: 'External' })).toMatchObject({
      target: { scannerAppliance: { type: 'EXTERNAL' } },
    });
  });

  it('takes several web applications and tags as one scan', async () => {
    const bench = await wasBench();
    const plan = await planOf(
      { webApps: ['Handbook'], webAppTags: { include: ['staging', 303], exclude: [302] } },
      bench,
    );
    expect(plan.subject).toBe('4 web applications: Handbook, Shop (staging), Portal API (new), Members area');
    expect(await requestOf(bench, { webApps: [1001, 1002, 1001], authRecord: 'none' })).toEqual({
      name: 'scangate shop-web run-1',
      type: 'VULNERABILITY',
      target: {
        webApps: { set: { WebApp: [{ id: '1001' }, { id: '1002' }] } },
        authRecordOption: 'NONE',
        profileOption: 'DEFAULT',
        scannerOption: 'DEFAULT',
      },
    });
  });

  it('compares names exactly, and says what there is', async () => {
    const bench = await wasBench();
    expect((await planOf({ webApp: 'Portal API' }, bench)).subject).toBe('web application Portal API');
    expect(await refusal(bench, { webApp: 'shop (staging)' })).toEqual([
      'SCANGATE_QUALYS_NOT_FOUND',
      'there is no web application with the id or name "shop (staging)" (did you mean "Shop (staging)"?); there is "Shop (staging)" (1001)',
    ]);
    const [code, message] = await refusal(bench, { webApp: 'Portal' });
    expect(code).toBe('SCANGATE_QUALYS_NOT_FOUND');
    expect(message).toContain('there is "Portal API" (1003), "Portal API (new)" (1004)');
    expect((await refusal(bench, { webApp: 4711 }))[1]).toContain('"4711"');
    expect((await refusal(bench, { webApp: 1001, optionProfile: 'Everythin' }))[1]).toContain(
      'did you mean "Everything"?',
    );
    expect((await refusal(bench, { webApp: 1001, authRecord: 'nobody' }))[1]).toContain('authentication record');
    expect((await refusal(bench, { webApp: 1001, dnsOverride: 'x' }))[1]).toContain('DNS override');
    expect((await refusal(bench, { webAppTags: { include: ['nowhere'] } }))[1]).toContain('has the tag nowhere');
    expect((await refusal(bench, { webAppTags: { include: [302], exclude: [302] } }))[1]).toContain('is left');
    expect((await bench.door()).launches).toEqual([]);
  });

  it('refuses the default record of a web application that has none', async () => {
    const bench = await wasBench();
    const [code, message] = await refusal(bench, { webApp: 'Handbook', authRecord: 'default' });
    expect(code).toBe('SCANGATE_QUALYS_NOT_FOUND');
    expect(message).toContain('"Handbook" (1002) has no authentication record');
  });

  it('knows no history of a web application that was never scanned', async () => {
    expect((await planOf({ webApp: 1006 }, await wasBench())).historyMs).toEqual([]);
  });

  it('tells from where the scan will look', async () => {
    const bench = await wasBench();
    await planOf({ webApp: 1007 }, bench);
    expect(bench.log).toEqual([
      "Members area: the scan uses the web application's default scanner: INTERNAL office-scanner",
    ]);
  });
});
