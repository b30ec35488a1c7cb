import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../src/fingerprint.js';
import { qualysPc } from '../../../src/scanners/qualys-pc/index.js';
import { type InfoParts, PcPlatform } from './platform.js';
import { codesOf, collected, controlsOf, judged, POSTURE, refusal, SCAN, staged } from './support.js';

/*
 * The defects of the vendor's own plugin for policy compliance, one test each: the situation goes in, and what it does
 * not do comes out.
 */

const failed = (...controls: string[]): InfoParts[] =>
  controls.map((control, at) => ({ id: at + 1, control, status: 'Failed' }));

describe('defects of the plugin for policy compliance', () => {
  it('P-1: leaving out control 11410 leaves 1141, 114 and 410 in', async () => {
    const infos = failed('11410', '1141', '114', '410');
    const { findings } = await judged({ infos }, { ...POSTURE, controls: { exclude: ['11410'] } });
    expect(findings.map(({ vulnerability, ignored }) => [vulnerability.id, ignored?.reason])).toEqual([
      ['11410', 'left out by controls.exclude of the target'],
      ['1141', undefined],
      ['114', undefined],
      ['410', undefined],
    ]);
    const included = await judged({ infos }, { ...POSTURE, controls: { include: [114] } });
    expect(controlsOf(included)).toEqual(['114']);
  });

  it('P-2: a policy whose posture cannot be read ends the target, whichever policy it is', async () => {
    const policies = [
      { id: '991', title: 'CIS Debian 12' },
      { id: '992', title: 'House rules' },
    ];
    for (const broken of ['991', '992']) {
      const platform = new PcPlatform({ policies });
      const answer = platform.answer.bind(platform);
      platform.answer = (request) =>
        request.body.includes(`policy_id=${broken}`) ? '<POSTURE_INFO_LIST_OUTPUT><RESPONSE>' : answer(request);
      const { collect } = await staged({}, { ...POSTURE, policies: ['CIS Debian 12', 'House rules'] }, platform);
      expect(await refusal(collect())).toBe('SCANGATE_QUALYS_ANSWER');
    }
  });

  it('P-2: a policy without any result for the host is told by its name', async () => {
    const { statement, findings } = await judged({ infos: [] });
    expect([findings, statement.evidence]).toEqual([[], undefined]);
    expect(statement.problems.map(({ code, message }) => [code, message])).toEqual([
      ['SCANGATE_SCAN_INCOMPLETE', 'policy CIS Debian 12 (991) has no result for 1 host: build-10.example.test'],
    ]);
  });

  it('P-3: instances, technologies, hosts and policies of one control are kept apart, in the fingerprint too', async () => {
    const one: InfoParts = { id: 1, control: '2181', technology: '31', instance: 'db:5432', status: 'Failed' };
    const infos: InfoParts[] = [
      one,
      { ...one, id: 2, instance: 'db:5433' },
      { ...one, id: 3, technology: '12' },
      { ...one, id: 4, host: '502' },
      { ...one, id: 5, instance: 'db:5434', status: 'Passed' },
    ];
    const hosts = [
      { id: '501', ip: '192.0.2.10' },
      { id: '502', ip: '192.0.2.11' },
    ];
    const policies = [
      { id: '991', title: 'CIS Debian 12' },
      { id: '992', title: 'House rules' },
    ];
    const target = { ...POSTURE, policies: ['991', '992'], host: undefined, hosts: ['192.0.2.10', '192.0.2.11'] };
    const { findings } = await judged({ infos, hosts, policies }, target);
    expect(findings).toHaveLength(8);
    expect(new Set(findings.map((finding) => fingerprintOf(finding, 'qualys-pc', 'hardening'))).size).toBe(8);
    expect(findings[0]?.location).toEqual({
      kind: 'control',
      control: '2181',
      subject: '192.0.2.10',
      instance: 'technology 31, db:5432',
    });
  });

  it('P-4: an exception is read from its own block, not from the status', async () => {
    const exception = (status: string, end = 'Never'): string =>
      `<EXCEPTION><ASSIGNEE>anna</ASSIGNEE><STATUS>${status}</STATUS><END_DATE>${end}</END_DATE></EXCEPTION>`;
    const infos: InfoParts[] = [
      { id: 1, control: '1', status: 'Failed', more: exception('Approved') },
      { id: 2, control: '2', status: 'Failed', more: exception('Pending') },
      { id: 3, control: '3', status: 'Failed', more: exception('Approved', '2031-02-01T00:00:00Z') },
      { id: 4, control: '4', status: 'Failed', more: exception('Rejected') },
      { id: 5, control: '5', status: 'Failed', more: exception('Expired') },
      { id: 6, control: '6', status: 'Passed', more: exception('Approved', '03/01/2031') },
      { id: 7, control: '7', status: 'Passed', more: exception('Expired') },
      { id: 8, control: '8', status: 'PassedE' },
    ];
    const result = await judged({ infos });
    expect(result.findings.map(({ vulnerability, ignored }) => [vulnerability.id, ignored?.reason])).toEqual([
      ['1', 'exception approved by anna, without an end'],
      ['2', undefined],
      ['3', undefined],
      ['4', undefined],
      ['5', undefined],
      ['6', 'exception approved by anna, until 03/01/2031'],
      ['8', 'an exception (PassedE)'],
    ]);
    expect(codesOf(result)).toEqual([]);
  });

  it.each([
    [{ state: 'Canceled' }, 'SCANGATE_SCAN_CANCELLED'],
    [{ state: 'Error' }, 'SCANGATE_SCAN_FAILED'],
    [{ subState: 'No_Host' }, 'SCANGATE_SCAN_NOTHING_REACHED'],
    [{ state: 'Hibernated' }, 'SCANGATE_SCAN_UNKNOWN_STATE'],
  ])('P-5: a scan that is %j is no pass, and nothing of an earlier posture is judged', async (scan, code) => {
    const result = await judged({ scan }, SCAN);
    expect([codesOf(result), result.findings, result.statement.evidence]).toEqual([[code], [], undefined]);
  });

  it('P-5: a posture without a single result is no evidence', async () => {
    const result = await judged({ infos: [] }, SCAN);
    expect([result.statement.evidence, codesOf(result)]).toEqual([undefined, ['SCANGATE_SCAN_INCOMPLETE']]);
  });

  it('P-6: no parameter of a call that does something stands in an address, and no credential anywhere', async () => {
    const { stage, collect } = await staged({}, { ...SCAN, changes: { addHosts: true } });
    await collect();
    const posts = stage.requests.filter(({ method }) => method === 'POST');
    expect(posts.filter(({ query }) => query.size > 0)).toEqual([]);
    expect(posts.length).toBeGreaterThan(4);
    const all = JSON.stringify(stage.requests.map(({ query, body }) => [query.toString(), body]));
    expect(all).not.toMatch(/password|username/);
  });

  it('P-7: nothing is changed but by the launch, and by what the configuration names', async () => {
    const actions = async (target: typeof SCAN) => {
      const { platform, collect } = await staged({}, target);
      await collect();
      return platform.changes.map((body) => Object.fromEntries(new URLSearchParams(body)));
    };
    expect(await actions(POSTURE)).toEqual([]);
    const launch = {
      action: 'launch',
      scan_title: 'scangate hardening run-1',
      option_id: '41',
      ip: '192.0.2.10',
      iscanner_name: 'External',
    };
    expect(await actions(SCAN)).toEqual([launch]);
    expect(await actions({ ...SCAN, changes: { addHosts: false } })).toEqual([launch]);
    expect(await actions({ ...SCAN, changes: { addHosts: true } })).toEqual([
      { action: 'add', enable_pc: '1', ips: '192.0.2.10' },
      launch,
    ]);
    const { host: _, ...rest } = SCAN;
    const groups = { ...rest, assetGroups: ['Build hosts'], changes: { assignAssetGroups: true } };
    expect((await actions(groups)).map(({ action, id, asset_group_ids }) => [action, id, asset_group_ids])).toEqual([
      ['add_asset_group_ids', '991', '71'],
      ['launch', undefined, '71'],
    ]);
  });

  it('P-7: no plan and no reading changes anything', async () => {
    const { platform, stage, handle } = await staged({}, SCAN);
    const before = platform.changes.length;
    await qualysPc.progress([handle], stage.services);
    await qualysPc.find(handle.plan, stage.services);
    await collected(handle, stage);
    expect(platform.changes).toHaveLength(before);
  });

  it('P-8: names of any characters arrive whole', async () => {
    const { platform, stage, handle } = await staged({}, { ...SCAN, name: 'job/a,b & c=d % Ελ 😀' });
    expect(platform.title).toBe('job/a,b & c=d % Ελ 😀 run-1');
    expect((await qualysPc.find(handle.plan, stage.services))?.scanId).toBe(handle.scanId);
    const { host: _, ...rest } = SCAN;
    const groups = [
      { id: '71', title: 'Build, and test' },
      { id: '72', title: 'Build' },
    ];
    const odd = await staged({ groups }, { ...rest, assetGroups: ['Build, and test'] });
    const launch = odd.platform.changes.at(-1) ?? '';
    expect(new URLSearchParams(launch).get('asset_group_ids')).toBe('71');
  });

  it('P-9: a failing look at the scan is never its end', async () => {
    const { platform, stage, handle } = await staged({}, SCAN);
    platform.situation = 'running';
    expect((await qualysPc.progress([handle], stage.services)).get(handle.plan.scanName)?.phase).toBe('running');
    stage.mishap = { kind: 'status', status: 503 };
    expect(await refusal(qualysPc.progress([handle], stage.services))).toBe('SCANGATE_QUALYS_UNAVAILABLE');
    stage.mishap = undefined;
    expect((await qualysPc.progress([handle], stage.services)).get(handle.plan.scanName)?.phase).toBe('running');
  });

  it('P-10: a scan has not ended before the posture was worked out after it', async () => {
    const policies = (evaluated: string) => [{ id: '991', title: 'CIS Debian 12', evaluated }];
    const phase = async (evaluated: string) => {
      const { stage, handle } = await staged({ policies: policies(evaluated) }, SCAN);
      return (await qualysPc.progress([handle], stage.services)).get(handle.plan.scanName);
    };
    const waiting = 'Finished, posture not evaluated yet (policy 991)';
    expect(await phase('2031-02-03T04:00:00Z')).toEqual({ phase: 'processing', state: waiting });
    expect(await phase('2031-02-03T04:10:00Z')).toEqual({ phase: 'processing', state: waiting });
    expect(await phase('')).toEqual({ phase: 'processing', state: waiting });
    expect(await phase('2031-02-03T04:20:00Z')).toEqual({ phase: 'ended', state: 'Finished' });
  });

  it.each([
    ['the scan did not reach', '2031-02-02T04:00:00Z'],
    ['no scan is known of', ''],
  ])('P-10: a posture of a host that %s is a problem', async (_, scanned) => {
    const hosts = [{ id: '501', ip: '192.0.2.10', scanned }];
    expect(codesOf(await judged({ hosts }, SCAN))).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
    const infos: InfoParts[] = [{ id: 1, control: '1', status: 'Passed', evaluated: '2031-02-01T00:00:00Z' }];
    expect(codesOf(await judged({ infos }, SCAN))).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });
});
