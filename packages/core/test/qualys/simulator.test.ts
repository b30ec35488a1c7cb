import { describe, expect, it } from 'vitest';
import { errorOf, httpClient, portOf, serveProxy } from '../support/local-server.js';
import {
  type Bench,
  benchFor,
  caTextsOf,
  collect,
  credentialsOf,
  type Simulator,
  startSimulator,
  urlsOf,
} from './support.js';

/*
 * Against the simulator as a process of its own: a second reading of the platform's documentation.
 */

const FINDINGS = {
  product: 'was',
  object: 'finding',
  criteria: [{ field: 'webApp.id', operator: 'EQUALS', value: 1001 }],
  pageSize: 3,
} as const;
const WEB_APPS = { product: 'was', object: 'webapp', pageSize: 2 } as const;

async function benchOf(simulator: Simulator, kind: 'password' | 'client' | 'token' = 'password') {
  return benchFor(urlsOf(simulator), { credentials: await credentialsOf(simulator, kind) });
}

const webAppIds = async (simulator: Simulator, kind?: 'client') => {
  const { client } = await benchOf(simulator, kind);
  return (await collect(client.qpsSearch(WEB_APPS))).map(({ value }) => value.id);
};

const ALL_WEB_APPS = [1001, 1002, 1003, 1004, 1005, 1006, 1007];

describe('without faults', () => {
  it.each(['password', 'client', 'token'] as const)('every family, signed in by %s', async (kind) => {
    const simulator = await startSimulator('--seed', 'demo,password=unicode');
    const { client, events } = await benchOf(simulator, kind);
    expect(await client.portalVersion()).toMatchObject({ 'WAS-VERSION': expect.any(String) });
    expect((await collect(client.qpsSearch(WEB_APPS))).map(({ value }) => value.id)).toEqual(ALL_WEB_APPS);
    const findings = await collect(client.qpsSearch({ ...FINDINGS, verbose: true }));
    expect(findings.length).toBeGreaterThan(3);
    const qids = findings.map(({ value }) => value.qid as number);
    const { entries, missing } = await client.knowledgeBase.lookUp([...qids, 999_999]);
    expect(missing).toEqual(['999999']);
    for (const entry of entries.values()) expect(entry).toMatchObject({ title: expect.any(String) });
    expect([...entries.values()].some(({ cves, cvss }) => cves.length > 0 && cvss.length > 0)).toBe(true);
    expect(events.every(({ error }) => error === undefined)).toBe(true);
    expect(client.budget.report()).toMatchObject({ inFlight: 0, calls: events.length });
  });

  it('over TLS, with the CA of the company', async () => {
    const simulator = await startSimulator('--tls');
    const credentials = await credentialsOf(simulator, 'password');
    const trusting = benchFor(urlsOf(simulator), { credentials, caTexts: caTextsOf(simulator) });
    expect(await trusting.client.portalVersion()).toMatchObject({ 'WAS-VERSION': expect.any(String) });
    const strict = benchFor(urlsOf(simulator), { credentials });
    expect(await errorOf(strict.client.portalVersion())).toMatchObject({ code: 'SCANGATE_HTTP_TLS' });
  });

  it('through a proxy', async () => {
    const simulator = await startSimulator('--tls');
    const proxy = await serveProxy(() => ({ port: portOf(simulator.api) }));
    const http = httpClient({ caTexts: caTextsOf(simulator), proxy: `http://127.0.0.1:${proxy.port}` });
    const { client } = benchFor(urlsOf(simulator), { http, credentials: await credentialsOf(simulator, 'password') });
    await client.portalVersion();
    expect(proxy.tunnels).toHaveLength(1);
  });

  it('a launch, its states, a cancellation and the download', async () => {
    const simulator = await startSimulator('--speed', '60');
    const { client } = await benchOf(simulator);
    const was = { product: 'was', object: 'wasscan' } as const;
    const WasScan = {
      name: 'made up 1',
      type: 'VULNERABILITY',
      profile: { id: 9001 },
      target: { webApp: { id: 1002 } },
    };
    const profiles = await collect(client.qpsSearch({ product: 'was', object: 'optionprofile' }));
    const profile = { id: profiles[0]?.value.id };
    const launched = await client.qps({
      ...was,
      verb: 'launch',
      request: { data: { WasScan: { ...WasScan, profile } } },
    });
    const id = launched.records[0]?.value.id as number;
    expect(launched.records).toMatchObject([{ type: 'WasScan', value: { id: expect.any(Number) } }]);
    const status = await client.qps({ ...was, verb: 'status', id });
    expect(status.records[0]?.value).toMatchObject({ id, status: expect.stringMatching(/SUBMITTED|RUNNING/) });
    await client.qps({ ...was, verb: 'cancel', id });
    expect((await client.qps({ ...was, verb: 'status', id })).records[0]?.value.status).toBe('CANCELED');
    for (const accept of ['json', 'xml'] as const) {
      const open = await client.qpsOpen({ ...was, verb: 'download', id: 1_001_001, accept });
      let bytes = 0;
      for await (const chunk of open.body) bytes += chunk.byteLength;
      expect([open.syntax, bytes > 1000]).toEqual([accept, true]);
    }
    expect(await errorOf(client.qpsOpen({ ...was, verb: 'download', id: 77, accept: 'xml' }))).toMatchObject({
      code: 'SCANGATE_QUALYS_REQUEST',
      platformCode: 'NOT_FOUND',
    });
  });

  it('what the platform does not accept says why', async () => {
    const { client } = await benchOf(await startSimulator());
    const search = client.qpsSearch({ ...WEB_APPS, criteria: [{ field: 'colour', operator: 'EQUALS', value: 'red' }] });
    expect(await errorOf(collect(search))).toMatchObject({
      code: 'SCANGATE_QUALYS_REQUEST',
      platformCode: 'INVALID_REQUEST',
      status: 200,
    });
  });

  it('a version that the platform does not have', async () => {
    const simulator = await startSimulator();
    const credentials = await credentialsOf(simulator, 'password');
    const { client } = benchFor(urlsOf(simulator), { credentials, versions: { was: '4.0' } });
    expect(await errorOf(collect(client.qpsSearch(WEB_APPS)))).toMatchObject({
      code: 'SCANGATE_QUALYS_REQUEST',
      message: expect.stringContaining('/qps/rest/4.0/search/was/webapp'),
    });
  });
});

/** All findings of one application, and what the KnowledgeBase says of them. */
async function findingsOf({ client }: Bench) {
  const findings = await collect(client.qpsSearch(FINDINGS));
  const { missing } = await client.knowledgeBase.lookUp(findings.map(({ value }) => value.qid as number));
  return { count: findings.length, missing };
}

describe('faults that pass', () => {
  it.each([
    ['maintenance-503=2', 'SCANGATE_QUALYS_UNAVAILABLE'],
    ['maintenance-503=times:2,route:knowledge_base', 'SCANGATE_QUALYS_UNAVAILABLE'],
    ['html-error=2', 'SCANGATE_QUALYS_UNAVAILABLE'],
    ['html-error=times:2,status:200', 'SCANGATE_QUALYS_UNAVAILABLE'],
    ['cut-socket=2', 'SCANGATE_HTTP_CUT'],
    ['cut-socket=times:2,route:knowledge_base', 'SCANGATE_HTTP_CUT'],
    ['truncated-page=2', 'SCANGATE_QUALYS_ANSWER'],
    ['truncated-page=times:2,route:knowledge_base', 'SCANGATE_QUALYS_ANSWER'],
    ['slow-body=times:1,seconds:2', 'SCANGATE_HTTP_TIMEOUT'],
    ['rate-limited=times:2,wait:3', 'SCANGATE_QUALYS_LIMITED'],
    ['concurrency=2', 'SCANGATE_QUALYS_LIMITED'],
  ])('%s', async (fault, code) => {
    const whole = await findingsOf(await benchOf(await startSimulator()));
    const bench = await benchOf(await startSimulator('--fault', fault));
    expect(await findingsOf(bench)).toEqual(whole);
    expect(bench.events.map(({ error }) => error)).toContain(code);
    expect(bench.client.budget.report().inFlight).toBe(0);
  });

  it('an expired token is renewed once', async () => {
    const simulator = await startSimulator('--fault', 'expired-token=1');
    expect(await webAppIds(simulator, 'client')).toEqual(ALL_WEB_APPS);
  });

  it('a list of one that is the element itself', async () => {
    const simulator = await startSimulator('--fault', 'single-object-list');
    const { client } = await benchOf(simulator);
    const one = client.qpsSearch({ ...WEB_APPS, criteria: [{ field: 'id', operator: 'EQUALS', value: 1002 }] });
    expect((await collect(one)).map(({ value }) => value.id)).toEqual([1002]);
  });

  it('a QID that the KnowledgeBase leaves out', async () => {
    const simulator = await startSimulator('--fault', 'kb-missing-qid');
    const { client } = await benchOf(simulator);
    const findings = await collect(client.qpsSearch(FINDINGS));
    const { entries, missing } = await client.knowledgeBase.lookUp(findings.map(({ value }) => value.qid as number));
    expect(missing).toHaveLength(1);
    expect(entries.size).toBeGreaterThan(0);
  });
});

describe('faults that stay', () => {
  it.each([
    ['maintenance-503=all', 'SCANGATE_QUALYS_UNAVAILABLE'],
    ['html-error=all', 'SCANGATE_QUALYS_UNAVAILABLE'],
    ['cut-socket=all', 'SCANGATE_HTTP_CUT'],
    ['truncated-page=all', 'SCANGATE_QUALYS_ANSWER'],
    ['repeated-page=all', 'SCANGATE_QUALYS_ANSWER'],
    ['missing-page=all', 'SCANGATE_QUALYS_ANSWER'],
    ['rate-limited=times:all,wait:7200', 'SCANGATE_QUALYS_LIMITED'],
    ['concurrency=all', 'SCANGATE_QUALYS_LIMITED'],
    ['wrong-password', 'SCANGATE_QUALYS_REFUSED'],
  ])('%s: %s', async (fault, code) => {
    const bench = await benchOf(await startSimulator('--fault', fault));
    expect(await errorOf(findingsOf(bench))).toMatchObject({ code });
    expect(bench.client.budget.report().inFlight).toBe(0);
  });

  it('an error with status 200, of QPS and of FO', async () => {
    const { client } = await benchOf(await startSimulator('--fault', 'error-in-200'));
    const expected = { name: 'ScangateError', status: 200, platformCode: expect.any(String) };
    expect(await errorOf(collect(client.qpsSearch(FINDINGS)))).toMatchObject(expected);
    expect(await errorOf(client.knowledgeBase.lookUp([150_001]))).toMatchObject(expected);
    const download = { product: 'was', verb: 'download', object: 'wasscan', id: 1_001_001 } as const;
    expect(await errorOf(client.qpsOpen({ ...download, accept: 'xml' }))).toMatchObject(expected);
    expect(await errorOf(client.qpsOpen({ ...download, accept: 'json' }))).toMatchObject(expected);
  });

  it.each(['password', 'client'] as const)('a wrong %s', async (kind) => {
    const simulator = await startSimulator('--fault', 'wrong-password');
    const { client, events } = await benchOf(simulator, kind);
    expect(await errorOf(client.portalVersion())).toMatchObject({ code: 'SCANGATE_QUALYS_REFUSED' });
    expect(events).toHaveLength(1);
  });

  it('tokens that expire again and again', async () => {
    const simulator = await startSimulator('--fault', 'expired-token=all');
    const { client, events } = await benchOf(simulator, 'client');
    expect(await errorOf(client.portalVersion())).toMatchObject({ code: 'SCANGATE_QUALYS_REFUSED' });
    expect(events.map(({ family }) => family)).toEqual(['auth', 'qps', 'auth', 'qps']);
  });

  it.each(['expired', 'inactive'])('an account that is %s', async (account) => {
    const simulator = await startSimulator('--seed', `demo,account=${account}`);
    const { client } = await benchOf(simulator);
    const about = client.fo({
      path: '/api/2.0/fo/knowledge_base/vuln/',
      fields: { action: 'list', ids: 1 },
      safe: true,
    });
    expect(await errorOf(about)).toMatchObject({ code: 'SCANGATE_QUALYS_REFUSED' });
  });

  it('a launch whose answer is lost is not repeated, and may have begun', async () => {
    const simulator = await startSimulator('--fault', 'launch-lost-answer');
    const { client } = await benchOf(simulator);
    const WasScan = { name: 'lost 1', type: 'VULNERABILITY', target: { webApp: { id: 1002 } } };
    const launch = { product: 'was', verb: 'launch', object: 'wasscan', request: { data: { WasScan } } } as const;
    expect(await errorOf(client.qps(launch))).toMatchObject({ delivery: 'maybe' });
    const byName = [{ field: 'name', operator: 'EQUALS', value: 'lost 1' }];
    expect(await collect(client.qpsSearch({ product: 'was', object: 'wasscan', criteria: byName }))).toHaveLength(1);
  });
});
