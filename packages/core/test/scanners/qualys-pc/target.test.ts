import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/index.js';
import { ScangateError } from '../../../src/errors.js';
import { qualysPc } from '../../../src/scanners/qualys-pc/index.js';
import { durationMs, uniqueTitle } from '../../../src/scanners/qualys-pc/target.js';
import { codesOf, judged, POSTURE, refusal, SCAN, staged } from './support.js';

const mistakeOf = (target: string): string => {
  try {
    parseConfig(`version: 1\ntargets:\n  a: { scanner: qualys-pc, ${target} }\n`, 'scangate.yml', {});
    return 'none';
  } catch (error) {
    if (error instanceof ScangateError) return error.message;
    throw error;
  }
};

describe('a target in the configuration', () => {
  it.each([
    'policies: [991], host: 192.0.2.10',
    'policies: ["CIS Debian 12", 992], hosts: [192.0.2.10, build-11.example.test], maxAge: 24h',
    'policies: [991], assetGroups: [7101, "Build, and test"], controls: { include: [1045], exclude: ["1048"] }',
    'policies: [991], hostTags: { include: [staging], exclude: [old] }',
    'policies: [991], host: 192.0.2.10, mode: scan, optionProfile: 41, scannerAppliance: External, wait: 2h, reuse: 6h',
    'policies: [991], host: 192.0.2.10, mode: scan, optionProfile: x, changes: { addHosts: true }',
    'policies: [991], assetGroups: [7101], mode: scan, optionProfile: x, changes: { assignAssetGroups: true }',
  ])('may be %s', (target) => {
    expect(mistakeOf(target)).toBe('none');
  });

  it.each([
    ['policies: [], host: 192.0.2.10', 'the list is empty'],
    ['host: 192.0.2.10', 'policies'],
    ['policies: [991]', 'give one of host, hosts, assetGroups or hostTags'],
    ['policies: [991], host: 192.0.2.10, assetGroups: [1]', 'give one of host, hosts, assetGroups or hostTags'],
    ['policies: [991], host: a, optionProfile: x', 'optionProfile belongs to mode: scan'],
    ['policies: [991], host: a, changes: { addHosts: true }', 'changes belongs to mode: scan'],
    ['policies: [991], host: a, reuse: 6h', 'reuse belongs to mode: scan'],
    ['policies: [991], host: 192.0.2.10, mode: scan', 'mode: scan needs an optionProfile'],
    ['policies: [991], host: web-1, mode: scan, optionProfile: x', 'mode: scan takes hosts by IP address'],
    ['policies: [991], host: 192.0.2.1, mode: scan, optionProfile: x, maxAge: 1h', 'maxAge belongs to mode: posture'],
    ['policies: [991], hostTags: { include: [1, b] }', 'all by id or all by name'],
    ['policies: [991], hostTags: { include: ["a,b"] }', 'a comma cannot be sent'],
    ['policies: [991], host: a, controls: {}', 'controls is empty'],
    ['policies: [991], host: a, controls: { exclude: ["1141 "] }', 'expected the number of a control'],
    ['policies: [991], host: a, controls: { exclude: ["11*"] }', 'expected the number of a control'],
    ['policies: [991], host: a, maxAge: "24"', 'expected a duration'],
    ['policies: [991], host: a, polices: [1]', 'did you mean "policies"'],
    [
      'policies: [991], hostTags: { include: [a] }, mode: scan, optionProfile: x, changes: { addHosts: true }',
      'changes.addHosts adds the addresses of host or hosts',
    ],
    [
      'policies: [991], host: 192.0.2.1, mode: scan, optionProfile: x, changes: { assignAssetGroups: true }',
      'changes.assignAssetGroups assigns the groups of assetGroups',
    ],
  ])('cannot be %s', (target, mistake) => {
    expect(mistakeOf(target)).toContain(mistake);
  });
});

describe('names', () => {
  it('of policies are ids first, then exact titles', async () => {
    const policies = [
      { id: '991', title: 'CIS Debian 12' },
      { id: '992', title: '991' },
      { id: '993', title: 'Twins' },
      { id: '994', title: 'Twins' },
    ];
    const subject = async (wanted: string | number) => {
      const { handle } = await staged({ policies }, { ...POSTURE, policies: [wanted] });
      return handle.plan.subject;
    };
    expect(await subject(991)).toBe('policy CIS Debian 12 on 192.0.2.10');
    expect(await subject('991')).toBe('policy CIS Debian 12 on 192.0.2.10');
    expect(await refusal(subject('CIS Debian'))).toBe('SCANGATE_QUALYS_NOT_FOUND');
    expect(await refusal(subject('cis debian 12'))).toBe('SCANGATE_QUALYS_NOT_FOUND');
    expect(await refusal(subject('Twins'))).toBe('SCANGATE_QUALYS_AMBIGUOUS');
  });

  it('of asset groups and option profiles have to be there', async () => {
    const { host: _, ...rest } = POSTURE;
    expect(await refusal(judged({}, { ...rest, assetGroups: ['Nobody'] }))).toBe('SCANGATE_QUALYS_NOT_FOUND');
    expect(await refusal(judged({}, { ...SCAN, optionProfile: 'Initial' }))).toBe('SCANGATE_QUALYS_NOT_FOUND');
  });

  it('of scans end with the id of the run, and never in half a character', () => {
    const words = { target: 'hardening', runId: 'run-1', branch: 'main', date: '2031-02-03' };
    expect(uniqueTitle(undefined, words)).toBe('scangate hardening main run-1');
    expect(uniqueTitle('{runId} of {date}', words)).toBe('run-1 of 2031-02-03');
    expect(uniqueTitle('a\n\u202eb', words)).toBe('a b run-1');
    const long = uniqueTitle('😀'.repeat(200), words);
    expect([long.length <= 256, long.isWellFormed(), long.endsWith(' run-1')]).toEqual([true, true, true]);
  });

  it('durations are read with their unit', () => {
    expect(['90s', '15m', '2h', '7d', '5ms'].map(durationMs)).toEqual([90_000, 900_000, 7_200_000, 604_800_000, 5]);
  });
});

describe('a scan that exists already', () => {
  const reusable = async (parts: Parameters<typeof staged>[0], maxAgeMs = 3_600_000) => {
    const { handle, stage } = await staged(parts, SCAN);
    return qualysPc.findReusable(handle.plan, { kind: 'finished', maxAgeMs }, stage.services);
  };

  it('serves when it looked at the same host with the same profile and ended well', async () => {
    expect((await reusable({}))?.scanId).toBe('compliance/1927853106.77001');
  });

  it.each([
    ['another host', { target: '192.0.2.11' }],
    ['more hosts', { target: '192.0.2.10, 192.0.2.11' }],
    ['another end', { subState: 'No_Host' }],
    ['an error', { state: 'Error' }],
  ])('does not with %s', async (_, scan) => {
    expect(await reusable({ scan })).toBeUndefined();
  });

  it('does not where the posture is judged as it is', async () => {
    const { handle, stage } = await staged({}, POSTURE);
    const reuse = { kind: 'finished', maxAgeMs: 1 } as const;
    expect(await qualysPc.findReusable(handle.plan, reuse, stage.services)).toBeUndefined();
    expect(await qualysPc.find(handle.plan, stage.services)).toBeUndefined();
    await qualysPc.cancel(handle, stage.services);
    expect(await qualysPc.progress([handle], stage.services)).toEqual(
      new Map([['scangate hardening run-1', { phase: 'ended', state: 'current posture' }]]),
    );
  });

  it('that is gone is told, and never judged by an old posture', async () => {
    const { platform, collect, handle, stage } = await staged({}, SCAN);
    platform.launches = 0;
    expect((await qualysPc.progress([handle], stage.services)).get(handle.plan.scanName)).toEqual({
      phase: 'ended',
      state: 'DELETED',
    });
    const result = await collect();
    expect([result.findings, codesOf(result)]).toEqual([[], ['SCANGATE_SCAN_FAILED']]);
  });
});
