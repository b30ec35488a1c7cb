import { describe, expect, it } from 'vitest';
import { ScangateError } from '../../../src/errors.js';
import { qualysVm } from '../../../src/scanners/qualys-vm/index.js';
import { plainTitle, type VmTarget } from '../../../src/scanners/qualys-vm/target.js';
import { codesOf, collected, launched, planOf, untilEnded, type VmBench, vmBench } from './support.js';

const detailsOf = async (bench: VmBench, target: Partial<VmTarget>) =>
  (await planOf(target, bench)).details as { request: Record<string, string>; addresses: string[]; names: unknown };

const requestOf = async (bench: VmBench, target: Partial<VmTarget>) => {
  const { scan_title: _, option_id: __, iscanner_name: ___, ...request } = (await detailsOf(bench, target)).request;
  return request;
};

const refusal = async (bench: VmBench, target: Partial<VmTarget>): Promise<[code: string, message: string]> => {
  try {
    await planOf(target, bench);
    return ['none', ''];
  } catch (error) {
    if (error instanceof ScangateError) return [error.code, error.message];
    throw error;
  }
};

const KNOWN = 'i-00000000000008002';
const HIDDEN = 'i-00000000000008015';
const EC2 = { connector: 'cloud account', instances: [KNOWN] };

describe('the plan', () => {
  it('resolves the defaults by two calls, and changes nothing', async () => {
    const bench = await vmBench();
    const plan = await planOf({ host: '192.0.2.10', name: 'Gate {target} {runId}' }, bench);
    expect(plan).toEqual({
      target: 'build-host',
      scanner: 'qualys-vm',
      subject: 'host 192.0.2.10',
      scanName: 'Gate build-host run-1',
      details: {
        request: {
          scan_title: 'Gate build-host run-1',
          option_id: '9101',
          ip: '192.0.2.10',
          iscanner_name: 'External',
        },
        plannedAtMs: expect.any(Number),
        addresses: ['192.0.2.10'],
        names: [],
        excluded: [],
        assetGroups: [],
        profile: 'Initial Options',
        detections: 'scan',
      },
      historyMs: [480_000],
    });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    const { callsTotal, launchesByName } = await bench.door();
    expect([callsTotal, launchesByName]).toEqual([2, {}]);
    expect(bench.log.join()).toContain("from outside, with the platform's External scanners");
  });

  it('takes every way to name hosts', async () => {
    const bench = await vmBench();
    expect(await requestOf(bench, { hosts: ['192.0.2.11', '192.0.2.10', 'Build-14.example.test.'] })).toEqual({
      ip: '192.0.2.10-192.0.2.11',
      fqdn: 'build-14.example.test',
    });
    expect(
      await requestOf(bench, { ranges: ['192.0.2.8/30', '192.0.2.20-192.0.2.21'], exclude: ['192.0.2.9'] }),
    ).toEqual({
      ip: '192.0.2.8-192.0.2.11,192.0.2.20-192.0.2.21',
      exclude_ip_per_scan: '192.0.2.9',
    });
    expect(await requestOf(bench, { assetGroups: ['Builders', 7202], network: 'Cellar', priority: 3 })).toEqual({
      asset_group_ids: '7201,7202',
      ip_network_id: '5001',
      priority: '3',
    });
    expect(
      await requestOf(bench, {
        assetTags: { include: ['staging', 302], exclude: ['public'], includeMatch: 'all' },
      }),
    ).toEqual({
      target_from: 'tags',
      tag_set_by: 'id',
      tag_set_include: '301,302',
      tag_include_selector: 'all',
      tag_set_exclude: '303',
      tag_exclude_selector: 'any',
    });
    expect(await requestOf(bench, { ec2: EC2, scannerAppliance: 'office-scanner' })).toEqual({
      connector_name: 'cloud account',
      ec2_endpoint: 'eu-west-1',
      ec2_instance_ids: KNOWN,
      iscanner_id: '601',
    });
    expect(
      await requestOf(bench, {
        ec2: { connector: 7701, endpoint: 'vpc-1' },
        assetTags: { include: [301] },
        scannerAppliances: [601, 'cellar-scanner'],
      }),
    ).toMatchObject({ connector_name: 'cloud account', ec2_endpoint: 'vpc-1', iscanner_id: '601,602' });
    expect((await bench.door()).launchesByName).toEqual({});
  });

  it('knows what has to be seen', async () => {
    const bench = await vmBench();
    expect(await detailsOf(bench, { assetGroups: ['Everything'], exclude: ['192.0.2.13'] })).toMatchObject({
      addresses: ['192.0.2.10-192.0.2.12'],
      names: [{ name: 'build-14.example.test', known: ['build-14.example.test'] }],
      assetGroups: ['Everything'],
    });
    expect(await detailsOf(bench, { ec2: EC2, scannerAppliance: 601 })).toMatchObject({
      addresses: [],
      names: [
        { name: KNOWN, known: [KNOWN, '192.0.2.11', '203.0.113.10', 'build-11.example.test', expect.any(String)] },
      ],
    });
  });

  it.each<[name: string, target: Partial<VmTarget>, request: Record<string, string>]>([
    ['External', { scannerAppliance: 'external' }, { iscanner_name: 'External' }],
    ['a name', { scannerAppliance: 'office-scanner' }, { iscanner_id: '601' }],
    ['an id', { scannerAppliance: 602 }, { iscanner_id: '602' }],
    ['several', { scannerAppliances: ['office-scanner', 602] }, { iscanner_id: '601,602' }],
    ['both sides', { scannerAppliances: ['External', 'office-scanner'] }, { iscanner_name: 'External,office-scanner' }],
    ['the default of the groups', { scannerAppliance: 'default' }, { default_scanner: '1' }],
    ['those of the groups', { scannersOf: 'assetGroups' }, { scanners_in_ag: '1' }],
    ['those of the network', { scannersOf: 'network', network: 5001 }, { scanners_in_network: '1' }],
  ])('looks from %s', async (_, target, request) => {
    const bench = await vmBench();
    const plan = await planOf({ assetGroups: ['Builders'], ...target }, bench);
    expect((plan.details as { request: object }).request).toMatchObject(request);
    await qualysVm.launch(plan, bench.services);
    expect((await bench.door()).running).toHaveLength(1);
  });

  it('takes an option profile by id and by exact title, also one of PCI', async () => {
    const bench = await vmBench();
    const profile = async (optionProfile: string | number) =>
      (await detailsOf(bench, { host: '192.0.2.10', optionProfile })).request.option_id;
    expect(await profile('Quick look')).toBe('9102');
    expect(await profile(9102)).toBe('9102');
    expect(await profile('default')).toBe('9101');
    expect(await profile('Payment Card Industry (PCI) Options')).toBe('9103');
  });

  it('compares names exactly, and says what there is', async () => {
    const bench = await vmBench();
    const host = '192.0.2.10';
    expect(await refusal(bench, { host, optionProfile: 'quick look' })).toEqual([
      'SCANGATE_QUALYS_NOT_FOUND',
      'there is no option profile with the id or name "quick look" (did you mean "Quick look"?); there is "Initial Options" (9101), "Quick look" (9102), "Payment Card Industry (PCI) Options" (9103)',
    ]);
    expect((await refusal(bench, { host, scannerAppliance: 'office' }))[1]).toContain('no scanner appliance');
    expect((await refusal(bench, { assetGroups: ['Builder'] }))[1]).toContain('did you mean "Builders"?');
    expect((await refusal(bench, { host, network: 'Attic' }))[1]).toContain('no network');
    expect((await refusal(bench, { assetTags: { include: ['nowhere'] } }))[1]).toContain('no tag');
    expect((await refusal(bench, { ec2: { ...EC2, connector: 'other' } }))[1]).toContain('no AWS connector');
    expect((await refusal(bench, { host, exclude: [host] }))[1]).toContain('no address is left');
    expect((await bench.door()).launchesByName).toEqual({});
  });

  it('tells that an appliance is not there', async () => {
    const bench = await vmBench();
    await planOf({ host: '192.0.2.10', scannerAppliance: 'cellar-scanner' }, bench);
    expect(bench.log).toEqual(['the scanner appliance cellar-scanner is Offline: the scan waits for it']);
  });

  it('passes a title on when profiles cannot be listed', async () => {
    const bench = await vmBench();
    const denied = { ...bench.services };
    const client = bench.client;
    const title = async (optionProfile: string) => {
      const spoiled = {
        ...client,
        fo: (call: Parameters<typeof client.fo>[0]) =>
          client.fo(call.path.includes('option_profile') ? { ...call, fields: { action: 'none' } } : call),
      };
      const services = { ...denied, qualys: () => spoiled };
      return (await detailsOf({ ...bench, services }, { host: '192.0.2.10', optionProfile })).request.option_title;
    };
    expect(await title('Quick look')).toBe('Quick look');
    await expect(title('default')).rejects.toMatchObject({ code: 'SCANGATE_QUALYS_REQUEST' });
  });
});

it('a title is written in the characters that the platform takes', () => {
  expect(plainTitle('Prüfung <a> & "b" 検 😀 r-1')).toBe('Prufung _a_ _ _b_ _ _ r-1');
});

describe('EC2 instances', () => {
  it('are scanned through their connector', async () => {
    const bench = await vmBench();
    const handle = await launched(bench, { ec2: EC2, scannerAppliance: 'office-scanner' });
    await untilEnded(handle, bench);
    const { findings, statement } = await collected(handle, bench);
    expect([statement.subject, statement.problems, findings.length]).toEqual([`EC2 instance ${KNOWN}`, [], 1]);
  });

  it('that the platform does not know are refused, and nothing is run', async () => {
    const bench = await vmBench();
    const target = { ec2: { ...EC2, instances: [HIDDEN] }, scannerAppliance: 'office-scanner' };
    const [code, message] = await refusal(bench, target);
    expect([code, message]).toEqual([
      'SCANGATE_SCAN_UNKNOWN_TARGET',
      `the platform does not know the instance ${HIDDEN}, which the connector "cloud account" should bring in`,
    ]);
    expect((await bench.door()).connectorRuns).toEqual([]);
  });

  it('come in by a run of the connector where the configuration says so, at the launch and not before', async () => {
    const bench = await vmBench();
    const ec2 = { ...EC2, instances: [HIDDEN], runConnector: true };
    const plan = await planOf({ ec2, scannerAppliance: 'office-scanner' }, bench);
    expect((await bench.door()).connectorRuns).toEqual([]);
    const handle = await qualysVm.launch(JSON.parse(JSON.stringify(plan)), bench.services);
    expect((await bench.door()).connectorRuns).toEqual([7701]);
    await untilEnded(handle, bench);
    const { findings, statement } = await collected(handle, bench);
    expect([codesOf({ statement }), findings.length]).toEqual([[], 2]);
  });

  it('do not run the connector when they are known', async () => {
    const bench = await vmBench();
    await launched(bench, { ec2: { ...EC2, runConnector: true }, scannerAppliance: 'office-scanner' });
    expect((await bench.door()).connectorRuns).toEqual([]);
  });

  it('are not waited for where nobody may wait', async () => {
    const bench = await vmBench();
    const ec2 = { ...EC2, instances: [HIDDEN], runConnector: true };
    const plan = await planOf({ ec2, scannerAppliance: 'office-scanner' }, bench);
    const { sleep: _, ...services } = bench.services;
    await expect(qualysVm.launch(plan, services)).rejects.toThrow('waiting is possible');
    expect((await bench.door()).connectorRuns).toEqual([]);
  });
});
