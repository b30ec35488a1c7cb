import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/index.js';
import { ScangateError } from '../../../src/errors.js';
import { qualysAgent } from '../../../src/scanners/qualys-agent/index.js';
import { maxAgeOf } from '../../../src/scanners/qualys-agent/target.js';
import { MISHAPS } from '../../../src/testing/index.js';
import { errorOf } from '../../support/local-server.js';
import { agentBench, codesOf, collected, planFor, staged } from './support.js';

const BUILD = { host: 'build-17.example.test', onDemand: true } as const;

describe('a scan on demand', () => {
  it('is asked for once, awaited until its detections are there, and then judged', async () => {
    const bench = await agentBench();
    const { services } = bench;
    const plan = await planFor(BUILD, services);
    expect(await qualysAgent.find(plan, services)).toBeUndefined();
    const handle = await qualysAgent.launch(plan, services);
    const seen: unknown[] = [];
    for (const seconds of [10, 80, 280, 120]) {
      await bench.advance(seconds);
      seen.push((await qualysAgent.progress([handle], services)).get(plan.scanName));
    }
    expect(seen).toEqual([
      { phase: 'queued', state: expect.stringMatching(/^waiting for the agent, last seen .*Z$/) },
      { phase: 'running', state: 'the agent was asked' },
      { phase: 'processing', state: 'scanned, results to come' },
      { phase: 'ended', state: 'scanned' },
    ]);
    const { findings, statement } = await collected(handle, bench);
    expect([findings.map(({ vulnerability }) => vulnerability.id), statement.problems]).toEqual([
      ['38173', '45038', '105484'],
      [],
    ]);
    expect((await bench.door()).agentRequests).toMatchObject([{ assetId: 88101, scan: 'Vulnerability_Scan' }]);
  });

  it('is found after a crash by its result, and by nothing before', async () => {
    const bench = await agentBench('launch-lost-answer=route:ods/ca');
    const plan = await planFor(BUILD, bench.services);
    await expect(qualysAgent.launch(plan, bench.services)).rejects.toThrow();
    expect(await qualysAgent.find(plan, bench.services)).toBeUndefined();
    await bench.advance(600);
    const found = await qualysAgent.find(plan, bench.services);
    expect(found?.scanId).toBe('88101');
    if (!found) throw new Error('the scan is not found');
    const progress = await qualysAgent.progress([found], bench.services);
    expect(progress.get(plan.scanName)).toEqual({ phase: 'ended', state: 'scanned' });
    expect(codesOf(await collected(found, bench))).toEqual([]);
    expect((await bench.door()).agentRequests).toHaveLength(1);
  });

  it('that is asked for twice does no harm', async () => {
    const bench = await agentBench();
    const plan = await planFor(BUILD, bench.services);
    const first = await qualysAgent.launch(plan, bench.services);
    await bench.advance(100);
    await qualysAgent.launch(plan, bench.services);
    await bench.advance(500);
    expect((await qualysAgent.progress([first], bench.services)).get(plan.scanName)?.phase).toBe('ended');
    expect((await collected(first, bench)).findings).toHaveLength(3);
  });

  it('of many machines is followed with one call, and another one for results that are about to come', async () => {
    const bench = await agentBench();
    const handles = await Promise.all(
      ['build-17', 'golden-18', 'stale-19'].map(async (name) => {
        const plan = await planFor({ host: `${name}.example.test`, onDemand: true }, bench.services, name);
        return qualysAgent.launch(plan, bench.services);
      }),
    );
    const look = async () => {
      const before = (await bench.door()).callsTotal;
      const progress = await qualysAgent.progress(handles, bench.services);
      return [[...progress.values()].map(({ phase }) => phase), (await bench.door()).callsTotal - before];
    };
    expect(await look()).toEqual([['queued', 'queued', 'queued'], 1]);
    await bench.advance(600);
    expect(await look()).toEqual([['ended', 'ended', 'ended'], 2]);
  });

  it.each([
    ['stuck-running', 7_200, 'queued'],
    ['processing-late', 1_200, 'processing'],
  ])('never ends under %s, and what is collected then is incomplete', async (fault, seconds, phase) => {
    const bench = await agentBench(fault);
    const plan = await planFor(BUILD, bench.services);
    const handle = await qualysAgent.launch(plan, bench.services);
    await bench.advance(seconds);
    expect((await qualysAgent.progress([handle], bench.services)).get(plan.scanName)?.phase).toBe(phase);
    expect(codesOf(await collected(handle, bench))).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });

  it.each([
    [{}, 'scan=Vulnerability_Scan&overrideConfigCpu=false'],
    [{ overrideCpuLimit: true }, 'scan=Vulnerability_Scan&overrideConfigCpu=true'],
  ])('with %j asks for %s', async (more, query) => {
    const { launch, platform } = staged();
    await launch({ ...BUILD, ...more });
    expect(platform.requested).toEqual([`17?${query}`]);
  });

  it('counts from before the request, by the clock of the platform, or after it where that is not known yet', async () => {
    const { plan, stage } = staged();
    const made = await plan(BUILD);
    const { services } = stage;
    const asked = async (skewMs: number | undefined) => {
      const client = services.qualys();
      let skew = skewMs;
      const qps: typeof client.qps = async (call) => {
        const answer = await client.qps(call);
        skew = 7_200_000;
        return answer;
      };
      const handle = await qualysAgent.launch(made, {
        ...services,
        qualys: () => ({ ...client, qps, clockSkewMs: () => skew }),
      });
      return (handle.launchedAtMs ?? 0) - services.now();
    };
    expect([await asked(-3_600_000), await asked(undefined)]).toEqual([-3_600_000, 7_200_000]);
  });

  it('is absent of a machine that is gone', async () => {
    const { launch, stage, platform } = staged();
    const handle = await launch(BUILD);
    platform.parts.assets = [];
    expect(await qualysAgent.progress([handle], stage.services)).toEqual(new Map());
  });

  // Limits say that nothing was done, and that the same call may come again; the suite of the contract counts those.
  it.each(Object.keys(MISHAPS).filter((name) => name !== 'status 429'))('is sent once under %s', async (name) => {
    const { plan, stage } = staged();
    const made = await plan(BUILD);
    const before = stage.requests.length;
    stage.mishap = MISHAPS[name];
    expect(await errorOf(qualysAgent.launch(made, stage.services))).toBeInstanceOf(ScangateError);
    expect(stage.requests.length - before).toBe(1);
  });

  it('cannot be cancelled, which is said and no error; without a wish nothing is asked for', async () => {
    const { launch, stage, platform } = staged();
    const handle = await launch({ ip: '192.0.2.17' });
    const log: string[] = [];
    await qualysAgent.cancel(handle, { ...stage.services, log: (line) => log.push(line) });
    expect(log).toEqual([
      'the platform cannot stop a scan of an agent: Cloud Agent on build-17.example.test scans all the same',
    ]);
    expect(platform.launches).toBe(0);
    expect(await qualysAgent.findReusable(handle.plan, { kind: 'running' }, stage.services)).toBeUndefined();
  });
});

const mistakeOf = (target: string): string => {
  try {
    parseConfig(`version: 1\ntargets:\n  a: { scanner: qualys-agent, ${target} }\n`, 'scangate.yml', {});
    return 'none';
  } catch (error) {
    if (error instanceof ScangateError) return error.message;
    throw error;
  }
};

describe('a target in the configuration', () => {
  it.each([
    'host: x',
    'ip: 192.0.2.1, maxAge: 7d',
    'instanceId: i-1, requireAgent: true',
    'agentId: a, onDemand: vulnerability, overrideCpuLimit: true, wait: 3h',
  ])('may be %s', (target) => {
    expect(mistakeOf(target)).toBe('none');
  });

  it.each([
    ['maxAge: 1h', 'give exactly one of host, ip, instanceId and agentId'],
    ['host: x, ip: 192.0.2.1', 'give exactly one of host, ip, instanceId and agentId'],
    ['host: x, maxAge: 24', 'maxAge'],
    ['host: x, onDemand: inventory', 'onDemand'],
    ['host: x, overrideCpuLimit: true', 'set onDemand: true with it'],
    ['host: x, reuse: running', 'reuse'],
    ['host: x, onAbort: cancel', 'onAbort'],
    ['hostname: x', 'hostname'],
  ])('may not be %s', (target, words) => {
    expect(mistakeOf(target)).toContain(words);
  });

  it.each([
    [undefined, 86_400_000],
    ['90s', 90_000],
    ['7d', 604_800_000],
  ])('has with maxAge %s a limit of %i ms', (maxAge, expected) => {
    expect(maxAgeOf({ scanner: 'qualys-agent', maxAge })).toBe(expected);
  });
});
