import { describe, expect, it } from 'vitest';
import { qualysAgent } from '../../../src/scanners/qualys-agent/index.js';
import { errorOf } from '../../support/local-server.js';
import { AGENT, asset, BEFORE } from './platform.js';
import { agentBench, codesOf, collected, current, staged } from './support.js';

const EC2 = { name: 'i-0017', sourceInfo: { list: [{ Ec2AssetSourceSimple: { instanceId: 'i-0017' } }] } };
const BARE = { trackingMethod: 'IP', agentInfo: undefined };

const assetOf = (plan: { details: unknown }): unknown => (plan.details as { asset?: unknown }).asset;

describe('which machine is meant', () => {
  it.each([
    [{ host: 'BUILD-17.Example.test' }, ['dnsHostName']],
    [{ host: 'build-17' }, ['dnsHostName', 'name']],
    [{ host: 'BUILD17' }, ['dnsHostName', 'name', 'netbiosName']],
    [{ ip: '192.0.2.17' }, ['address']],
    [{ agentId: AGENT.toUpperCase() }, ['agentUuid']],
  ])('is found by %j', async (target, asked) => {
    const other = asset(18, { address: '192.0.2.18', agentInfo: { agentId: 'other' } });
    const { plan, stage } = staged({ assets: [asset(17, { netbiosName: 'BUILD17' }), other] });
    expect(assetOf(await plan(target))).toEqual({ id: '17', name: 'build-17.example.test' });
    const fields = stage.requests.map(({ body }) => JSON.parse(body).ServiceRequest.filters.Criteria[0].field);
    expect(fields).toEqual(asked);
  });

  it('is found by the id of its instance, and by its name where that criterion is not known', async () => {
    const assets = [asset(17, EC2)];
    expect(assetOf(await staged({ assets }).plan({ instanceId: 'i-0017' }))).toMatchObject({ id: '17' });
    const older = staged({ assets, unknownCriteria: ['instanceId'] });
    expect(assetOf(await older.plan({ instanceId: 'i-0017' }))).toMatchObject({ id: '17' });
  });

  it.each([
    ['every criterion', ['agentUuid'], { agentId: AGENT }],
    ['the one that would have found it', ['instanceId'], { instanceId: 'i-0018' }],
  ])('is not known to be nobody where the platform refuses %s', async (_, unknownCriteria, target) => {
    const { plan } = staged({ assets: [asset(17)], unknownCriteria });
    expect(await errorOf(plan({ ...target, requireAgent: true }))).toMatchObject({ code: 'SCANGATE_QUALYS_REQUEST' });
  });

  it('is the one with the agent, of several records of one machine', async () => {
    const assets = [asset(17), asset(18, { ...BARE, dnsHostName: 'build-17.example.test' })];
    expect(assetOf(await staged({ assets }).plan({ host: 'build-17.example.test' }))).toMatchObject({ id: '17' });
  });

  it('is never chosen among several with an agent', async () => {
    const twin = { dnsHostName: 'twin.example.test' };
    const { plan } = staged({ assets: [asset(17, twin), asset(18, { ...twin, agentInfo: { agentId: 'b' } })] });
    expect(await errorOf(plan({ host: 'twin.example.test' }))).toMatchObject({
      code: 'SCANGATE_QUALYS_AMBIGUOUS',
      message:
        '2 machines with an agent are called host twin.example.test: ' +
        `twin.example.test (asset 17, agent ${AGENT}, 192.0.2.17, last seen ${BEFORE}), ` +
        'twin.example.test (asset 18, agent b, 192.0.2.17)',
      mend: 'name the agent in agentId, or remove machines that are gone from the inventory',
    });
  });

  it('is no other one when the platform takes no notice of the criterion', async () => {
    const { platform, plan } = staged();
    const answer = platform.answer.bind(platform);
    const loose = (body: string): string =>
      body.replace(/"field":"[^"]*"/, '"field":"address"').replace(/"value":"[^"]*"/, '"value":"192.0.2.17"');
    platform.answer = (request) =>
      request.path.endsWith('/hostasset') ? answer({ ...request, body: loose(request.body) }) : answer(request);
    expect(await errorOf(plan({ host: 'other.example.test' }))).toMatchObject({ code: 'SCANGATE_SCAN_UNKNOWN_TARGET' });
  });
});

const MISSING = [
  ['unknown.example.test', 'the inventory knows no such machine'],
  ['bare-20.example.test', 'the inventory knows it without one (asset 88104)'],
] as const;

describe('a machine without an agent', () => {
  it.each(MISSING)('that is %s is unknown where none is required', async (host, why) => {
    expect(await errorOf(current({ host }, await agentBench()))).toMatchObject({
      code: 'SCANGATE_SCAN_UNKNOWN_TARGET',
      message: `no Cloud Agent on host ${host}: ${why}`,
      mend: 'install the agent there, or correct the target; with requireAgent: true this fails the build',
    });
  });

  it.each(MISSING)('that is %s is a failed control where one is required', async (host, why) => {
    const bench = await agentBench();
    const { findings, statement } = await current({ host, requireAgent: true, onDemand: true }, bench);
    expect(findings).toEqual([
      {
        vulnerability: {
          source: 'scangate',
          id: 'agent-required',
          title: `No Cloud Agent on host ${host}`,
          aliases: [],
        },
        kind: 'control',
        severity: 'critical',
        state: 'fail',
        location: { kind: 'control', control: 'agent-required', subject: `host ${host}` },
        description: `The target requires an agent (requireAgent), and there is no Cloud Agent on host ${host}: ${why}.`,
        remediation: 'Install the Cloud Agent in the image, with an activation key of this subscription.',
      },
    ]);
    expect(statement).toEqual({
      tool: { name: 'Qualys Cloud Agent' },
      subject: `Cloud Agent on host ${host}`,
      state: 'no agent',
      evidence: `The asset inventory was searched for host ${host} and has no agent there`,
      problems: [],
    });
    expect((await bench.door()).agentRequests).toEqual([]);
  });

  it('ends at once: there is nothing to wait for', async () => {
    const { launch, stage, platform } = staged({ assets: [] });
    const handle = await launch({ host: 'x.example.test', requireAgent: true, onDemand: true });
    const progress = await qualysAgent.progress([handle], stage.services);
    expect([...progress.values()]).toEqual([{ phase: 'ended', state: 'as last scanned' }]);
    expect([platform.launches, await qualysAgent.find(handle.plan, stage.services)]).toEqual([0, undefined]);
  });

  it('that got its agent meanwhile is judged by its detections', async () => {
    const { launch, stage, platform } = staged({ assets: [] });
    const handle = await launch({ host: 'build-17.example.test', requireAgent: true });
    platform.parts.assets = [asset(17)];
    const { findings, statement } = await collected(handle, stage);
    expect([findings.length, statement.problems]).toEqual([2, []]);
  });

  it.each([
    ['lost it', [asset(17, BARE)], 'no Cloud Agent on build-17.example.test: its agent is gone'],
    ['is gone', [], 'no Cloud Agent on build-17.example.test: the asset 17 is not in the inventory any more'],
  ])('since it %s, is a failed control, or unknown', async (_, assets, why) => {
    for (const requireAgent of [true, false]) {
      const { launch, stage, platform } = staged();
      const handle = await launch({ host: 'build-17.example.test', requireAgent });
      platform.parts.assets = assets;
      const { findings, statement } = await collected(handle, stage);
      expect(findings.map(({ state }) => state)).toEqual(requireAgent ? ['fail'] : []);
      expect(statement.problems.map(({ message }) => message)).toEqual(requireAgent ? [] : [why]);
      expect(statement.evidence === undefined).toBe(!requireAgent);
    }
  });
});

describe('how recent it has to be', () => {
  it('is judged with the detections as they are, and the date of the last scan', async () => {
    const { findings, statement } = await current({ host: 'build-17.example.test' }, await agentBench());
    expect(findings.map(({ vulnerability: { id }, kind, severity }) => [id, kind, severity])).toEqual([
      ['38173', 'confirmed', 'low'],
      ['45038', 'information', 'info'],
    ]);
    expect(findings[0]?.vulnerability.title).not.toBe('QID 38173');
    expect(statement).toEqual({
      tool: { name: 'Qualys Cloud Agent' },
      subject: 'Cloud Agent on build-17.example.test',
      reference: 'asset 88101',
      state: 'scanned',
      finishedAt: expect.stringMatching(/Z$/),
      evidence: expect.stringMatching(/^The platform lists 2 detections of build-17\.example\.test, last scanned .*Z$/),
      problems: [],
    });
  });

  it('is clean when there is nothing but information', async () => {
    const target = { host: 'golden-18.example.test', requireAgent: true };
    const { findings, statement } = await current(target, await agentBench());
    expect([findings.map(({ kind }) => kind), statement.problems]).toEqual([['information'], []]);
    expect(statement.evidence).toMatch(/^The platform lists 1 detection of golden-18/);
  });

  it('is stale beyond the limit, and its findings are given all the same', async () => {
    const bench = await agentBench();
    const { findings, statement } = await current({ host: 'stale-19.example.test' }, bench);
    expect(findings).toHaveLength(2);
    expect(statement.problems).toEqual([
      {
        code: 'SCANGATE_SCAN_STALE',
        message: expect.stringMatching(
          /^stale-19\.example\.test was last scanned .*Z, 120 h ago, and at most 24 h are allowed$/,
        ),
        mend: 'look whether the agent is running, ask for a scan with onDemand: true, or allow a greater maxAge',
      },
    ]);
    expect(codesOf(await current({ host: 'stale-19.example.test', maxAge: '7d' }, bench))).toEqual([]);
  });

  it.each([-48, 48])('counts by the clock of the platform, when ours is %i hours off', async (ahead) => {
    const { launch, stage } = staged();
    const { services } = stage;
    const handle = await launch({ ip: '192.0.2.17' });
    const client = services.qualys();
    const skewed = {
      ...services,
      now: () => services.now() + ahead * 3_600_000,
      qualys: () => ({ ...client, clockSkewMs: () => -ahead * 3_600_000 }),
    };
    expect(codesOf(await collected(handle, { services: skewed }))).toEqual([]);
  });

  it('is not known of an agent that has never scanned', async () => {
    const { findings, statement } = await current({ host: 'new-21.example.test' }, await agentBench());
    expect([findings, statement.evidence]).toEqual([[], undefined]);
    expect(statement.problems).toEqual([
      {
        code: 'SCANGATE_SCAN_STALE',
        message: 'the agent on new-21.example.test has not scanned for vulnerabilities yet',
        mend: 'wait for its first scan, or ask for one with onDemand: true',
      },
    ]);
  });

  it('is not known of a host that the list leaves out', async () => {
    const { launch, stage } = staged({ scanned: 'none' });
    const { findings, statement } = await collected(await launch({ ip: '192.0.2.17' }), stage);
    expect([findings, statement.evidence]).toEqual([[], undefined]);
    expect(codesOf({ statement })).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });

  it('is not taken from a date that lies ahead', async () => {
    const { launch, stage } = staged({ scanned: '2031-02-05T04:05:06Z' });
    const { statement } = await collected(await launch({ ip: '192.0.2.17' }), stage);
    expect(statement.problems.map(({ message }) => message)).toEqual([
      "build-17.example.test was last scanned 2031-02-05T04:05:06Z, which is 48 h ahead of the platform's clock",
    ]);
  });

  it('says what the platform warns of', async () => {
    const response = '<HOST_LIST/><WARNING><CODE>1234</CODE><TEXT>something is left out</TEXT></WARNING>';
    const { launch, stage } = staged({ response });
    const { statement } = await collected(await launch({ ip: '192.0.2.17' }), stage);
    expect(statement.problems[0]?.message).toBe('the platform warns (1234): something is left out');
  });

  it('is an error where one host is listed twice', async () => {
    const { launch, stage, platform } = staged();
    const handle = await launch({ ip: '192.0.2.17' });
    platform.situation = 'repeated page';
    expect(await errorOf(collected(handle, stage))).toMatchObject({
      code: 'SCANGATE_QUALYS_ANSWER',
      message: 'the list of detections is not what was asked for: it holds the host 1017 twice',
    });
  });
});
