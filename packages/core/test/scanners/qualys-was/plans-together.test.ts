import { describe, expect, it } from 'vitest';
import { ScangateError } from '../../../src/errors.js';
import { qualysWas } from '../../../src/scanners/qualys-was/index.js';
import type { WasTarget } from '../../../src/scanners/qualys-was/target.js';
import type { ScanPlan } from '../../../src/scanners/scanner.js';
import { buildStage } from '../../../src/testing/index.js';
import { WasPlatform } from './platform.js';
import { planOf, type WasBench, wasBench } from './support.js';

const NAMES = ['Shop (staging)', 'Handbook', 'Portal API', 'Portal API (new)', 'Never scanned', 'Members area'];

const all = (bench: WasBench, targets: readonly Partial<WasTarget>[]): Promise<ScanPlan>[] =>
  targets.map((target) => planOf(target, bench));

const rename = async ({ client }: WasBench, id: number, name: string): Promise<void> => {
  await client.qps({ product: 'was', verb: 'update', object: 'webapp', id, request: { data: { WebApp: { name } } } });
};

describe('plans that are asked for in one go', () => {
  it('are those that each would be alone, with one call for each kind of question', async () => {
    const targets: Partial<WasTarget>[] = [
      ...NAMES.map((webApp, index) => ({ webApp, optionProfile: index % 2 === 0 ? 'Quick look' : 9001 })),
      { webApp: 1005, authRecord: 'Shop tester' },
      { webApp: '1001', authRecord: 7001, type: 'discovery' },
      { webApps: [1002, 'Handbook', 'Portal API'], optionProfile: 'Everything' },
    ];
    const alone: ScanPlan[] = [];
    for (const target of targets) alone.push(await planOf(target, await wasBench()));
    const bench = await wasBench();
    expect(await Promise.all(all(bench, targets))).toEqual(alone);
    expect((await bench.door()).calls).toEqual({
      // The names of all, and then the records of those that are wanted.
      'POST /qps/rest/3.0/search/was/webapp': 2,
      // 9001 in one, and the two names each by itself: too few for a list.
      'POST /qps/rest/3.0/search/was/optionprofile': 3,
      'POST /qps/rest/3.0/search/was/webappauthrecord': 2,
      // Of vulnerability scans and of the discovery scan; one more for the plan that has a record and no profile to look up.
      'POST /qps/rest/3.0/search/was/wasscan': 3,
    });
  });

  it('of the same web application and profile ask for each once', async () => {
    const bench = await wasBench();
    const targets = Array.from({ length: 20 }, () => ({ webApp: 'Handbook', optionProfile: 'Quick look' }));
    const plans = await Promise.all(all(bench, targets));
    expect(new Set(plans.map(({ subject }) => subject))).toEqual(new Set(['web application Handbook']));
    expect((await bench.door()).callsTotal).toBe(3);
  });

  it('fail alone, with what there is', async () => {
    const bench = await wasBench();
    const webApps = [...NAMES, 'Portal', 'handbook', 4711];
    const outcomes = await Promise.allSettled(
      all(
        bench,
        webApps.map((webApp) => ({ webApp })),
      ),
    );
    const shown = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.subject : (outcome.reason as ScangateError).message,
    );
    expect(shown).toEqual([
      ...NAMES.map((name) => `web application ${name}`),
      'there is no web application with the id or name "Portal"; there is "Portal API" (1003), "Portal API (new)" (1004)',
      'there is no web application with the id or name "handbook" (did you mean "Handbook"?); there is "Handbook" (1002)',
      expect.stringContaining('there is no web application with the id or name "4711"'),
    ]);
  });

  it('refuse a name that two have, among many names too', async () => {
    const bench = await wasBench();
    await rename(bench, 1003, 'Handbook');
    const names = NAMES.filter((name) => name !== 'Portal API');
    const outcomes = await Promise.allSettled(
      all(
        bench,
        names.map((webApp) => ({ webApp })),
      ),
    );
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'found' : (outcome.reason as Error).message)),
    ).toEqual([
      'found',
      '2 times there is a web application named "Handbook": ids 1002, 1003',
      'found',
      'found',
      'found',
    ]);
  });

  it('are asked for one by one where the platform takes no list of ids', async () => {
    const platform = new WasPlatform();
    const refused = JSON.stringify({ ServiceResponse: { responseCode: 'INVALID_REQUEST' } });
    const stage = buildStage((request) =>
      request.body.includes('"operator":"IN"') ? refused : platform.answer(request),
    );
    const targets: WasTarget[] = [501, 'Shop', '501'].map((webApp) => ({ scanner: 'qualys-was', webApp }));
    const context = { targetName: 'shop', runId: 'run-1' };
    const plans = await Promise.all(targets.map((target) => qualysWas.plan(target, context, stage.services)));
    expect(plans.map(({ subject }) => subject)).toEqual(targets.map(() => 'web application Shop'));
  });

  it('keep no failure, and nothing beyond the last of them', async () => {
    const bench = await wasBench({ faults: ['error-in-200=times:1,route:search/was/optionprofile'] });
    const targets = [1001, 1002].map((webApp) => ({ webApp, optionProfile: 'Quick look' }));
    const failed = await Promise.allSettled(all(bench, targets));
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await Promise.all(all(bench, targets))).map(({ subject }) => subject)).toEqual([
      'web application Shop (staging)',
      'web application Handbook',
    ]);
    await rename(bench, 1002, 'Manual');
    expect((await Promise.all(all(bench, targets))).map(({ subject }) => subject)).toEqual([
      'web application Shop (staging)',
      'web application Manual',
    ]);
  });

  it('of another run are not ended with it', async () => {
    const bench = await wasBench();
    const stop = new AbortController();
    const stopped = planOf({ webApp: 1001 }, { services: { ...bench.services, signal: stop.signal } });
    const going = planOf({ webApp: 1001 }, bench);
    stop.abort(new ScangateError('SCANGATE_SCAN_INTERRUPTED', 'SIGTERM was received'));
    await expect(stopped).rejects.toThrow('SIGTERM');
    expect((await going).subject).toBe('web application Shop (staging)');
  });
});
