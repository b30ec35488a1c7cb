import { describe, expect, it } from 'vitest';
import { parseConfig, parsePolicy } from '../../../src/config/index.js';
import { ScangateError } from '../../../src/errors.js';
import { runGate, type ScanTarget } from '../../../src/gate.js';
import type { Judgement } from '../../../src/model/index.js';
import { compilePolicy } from '../../../src/policy/index.js';
import { qualysVm } from '../../../src/scanners/qualys-vm/index.js';
import type { ScanHandle, ScanServices } from '../../../src/scanners/scanner.js';
import { MISHAPS } from '../../../src/testing/index.js';
import { REF, row } from './platform.js';
import { launched, planOf, type Staged, staged, untilEnded, vmBench } from './support.js';

/*
 * The defects of the vendor's own plugin for hosts, one test each: the situation goes in, and what the plugin does not
 * do comes out.
 */

/** The verdict of a policy, as a user writes it, over a scan. */
async function judged(policy: string, handle: ScanHandle, services: ScanServices): Promise<Judgement> {
  const target: ScanTarget = {
    name: 'build-host',
    scanner: 'qualys-vm',
    findings: () => qualysVm.findings(handle, services),
  };
  return runGate({
    targets: [target],
    policy: await compilePolicy(parsePolicy(policy, 'policy.yml'), 'policy.yml'),
    toolVersion: '0.0.0',
    ci: null,
    exitOnWarn: false,
    now: () => new Date('2031-02-03T06:00:00Z'),
  });
}

const outcomeOf = async (policy: string, { handle, stage }: Staged): Promise<string> =>
  (await judged(policy, handle, stage.services)).verdict.outcome;

const mistakeOf = (text: string): string => {
  try {
    parseConfig(text, 'scangate.yml', {});
    return 'none';
  } catch (error) {
    if (error instanceof ScangateError) return error.message;
    throw error;
  }
};

const withPolicy = (policy: string): string =>
  `version: 1\ntargets:\n  a: { scanner: qualys-vm, host: 192.0.2.10 }\npolicy:\n  ${policy}\n`;

const NOTHING_URGENT = 'rules: [{ name: nothing urgent, select: { severity: { atLeast: critical } }, max: 0 }]';

describe('defects of the plugin for hosts', () => {
  it.each(Object.keys(MISHAPS))('V-1: after %s the last known state is never taken for the end', async (name) => {
    const { platform, stage, handle } = await staged();
    platform.situation = 'running';
    const before = await qualysVm.progress([handle], stage.services);
    expect(before.get(handle.plan.scanName)).toEqual({ phase: 'running', state: 'Running' });
    stage.mishap = MISHAPS[name];
    await expect(qualysVm.progress([handle], stage.services)).rejects.toBeInstanceOf(ScangateError);
  });

  it('V-2: an exclusion list with blanks excludes, and switches nothing else off', async () => {
    const policy = `exclude: { qid: "38173, 45038" }\n${NOTHING_URGENT}`;
    const rows = [row(38_173, { severity: '5' }), row(105_484, { severity: '5' })];
    const { verdict } = await judged(policy, ...(await handleOf({ rows })));
    expect([verdict.outcome, verdict.rules[0]?.observed]).toEqual(['fail', 1]);
    expect(verdict.targets[0]?.counts.leftOut).toEqual([{ reason: 'excluded by the policy', count: 1 }]);
  });

  it('V-3: CVE exclusions with blanks and in small letters match, and only when all CVEs are excluded', async () => {
    const policy = `exclude: { cve: "CVE-2031-0001, cve-2031-0002" }\n${NOTHING_URGENT}`;
    const rows = (cve: string) => ({ rows: [row(38_173, { severity: '5', cve_id: cve })] });
    expect(await outcomeOf(policy, await staged(rows('CVE-2031-0002, CVE-2031-0003')))).toBe('fail');
    const { verdict } = await judged(policy, ...(await handleOf(rows('CVE-2031-0002,CVE-2031-0001'))));
    expect([verdict.outcome, verdict.targets[0]?.counts.leftOut]).toEqual([
      'pass',
      [{ reason: 'excluded by the policy', count: 1 }],
    ]);
  });

  it.each(['0', '""'])('V-4: a CVSS floor of %s is refused', (floor) => {
    const rule = `rules: [{ name: scored, select: { cvss: { atLeast: ${floor} } }, max: 0 }]`;
    expect(mistakeOf(withPolicy(rule))).toContain('cvss');
  });

  it.each(['-', '', null, 'N/A'])('V-5: a score of %j is none, and the rest is judged', async (score) => {
    const policy = `${NOTHING_URGENT.replace(']', ', { name: scored, select: { cvss: { atLeast: 7 } }, max: 0, missing: ignore }]')}`;
    const rows = [row(38_173, { cvss_base: score, cvss3_base: score, severity: '5' })];
    const { verdict } = await judged(policy, ...(await handleOf({ rows })));
    expect(verdict.rules.map(({ name, observed }) => [name, observed])).toEqual([
      ['nothing urgent', 1],
      ['scored', 0],
    ]);
  });

  it('V-5: a score that is neither a number nor a dash is an error with words', async () => {
    const { verdict } = await judged(
      NOTHING_URGENT,
      ...(await handleOf({ rows: [row(38_173, { cvss_base: 'high (AV:N)' })] })),
    );
    expect([verdict.outcome, verdict.reasons[0]?.code]).toEqual(['inconclusive', 'SCANGATE_QUALYS_ANSWER']);
    expect(verdict.reasons[0]?.message).toContain('"high (AV:N)" is no CVSS score');
  });

  it('V-6: empty lists of QIDs and CVEs are refused', () => {
    for (const list of ['qid: []', 'qid: ""', 'cve: []', 'cve: ""']) {
      expect(mistakeOf(withPolicy(`rules: [{ name: banned, select: { ${list} }, max: 0 }]`))).toContain('select');
    }
  });

  it('V-7: a cancelled scan is no pass, whatever the policy', async () => {
    const one = await staged();
    one.platform.situation = 'cancelled';
    const { verdict } = await judged(NOTHING_URGENT, one.handle, one.stage.services);
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.reasons.map(({ code }) => code)).toEqual(['SCANGATE_SCAN_CANCELLED']);
  });

  it('V-8: a rule that holds gives no reason', async () => {
    const { verdict } = await judged(NOTHING_URGENT, ...(await handleOf({})));
    expect([verdict.outcome, verdict.reasons]).toEqual(['pass', []]);
  });

  it('V-9: a wait in seconds is a wait in seconds', async () => {
    const bench = await vmBench({ faults: ['rate-limited=times:1,wait:2,route:action=list'] });
    await planOf({ host: '192.0.2.10' }, bench);
    expect(bench.sleeps).toHaveLength(1);
    expect(bench.sleeps[0]).toBeGreaterThanOrEqual(2_000);
    expect(bench.sleeps[0]).toBeLessThan(5_000);
  });

  it('V-10: nothing of a launch stands in an address, and nothing that is kept holds a credential', async () => {
    const { stage, handle, collect } = await staged();
    const launch = stage.requests.find(({ body }) => body.includes('action=launch'));
    expect([launch?.method, [...(launch?.query ?? [])]]).toEqual(['POST', []]);
    const kept = JSON.stringify([handle, await collect(), stage.requests]);
    for (const secret of ['a password of the contract', 'a+password']) {
      expect(kept).not.toContain(secret);
      expect(kept).not.toContain(Buffer.from(`somebody:${secret}`).toString('base64').slice(0, 20));
    }
  });

  it('V-11: a finding that is scored in one version only is seen, whichever it is', async () => {
    const policy = 'rules: [{ name: scored, select: { cvss: { atLeast: 7 } }, max: 0 }]';
    const only = (key: string) => ({ rows: [row(38_173, { cvss_base: null, cvss3_base: null, [key]: '7.5' })] });
    expect(await outcomeOf(policy, await staged(only('cvss_base')))).toBe('fail');
    expect(await outcomeOf(policy, await staged(only('cvss3_base')))).toBe('fail');
    expect(await outcomeOf(policy, await staged(only('title')))).toBe('inconclusive');
  });

  it.each([
    'hosts_not_scanned_host_not_alive_ip',
    'hosts_not_scanned_host_not_alive_dns',
    'hosts_not_scanned_host_not_alive_netbios',
    'hosts_not_scanned_excluded_host_ip',
    'hosts_not_scanned_hostname_not_found_ip',
    'hosts_not_scanned_hostname_not_found_netbios',
    'hosts_not_scanned_scan_discontinued_ip',
    'hosts_not_scanned_scan_discontinued_netbios_dns',
    'hosts_not_scanned_ip_could_not_be_resolved',
    'hosts_not_scanned_for_a_reason_of_tomorrow',
    'host_not_scanned,_scan_canceled_by_user_ip_',
    'a_list_that_nobody_knows',
  ])('V-12: hosts in %s make the scan incomplete', async (list) => {
    const one = await staged({ tail: [{ [list]: '192.0.2.99' }] }, { host: '192.0.2.10' });
    const { verdict } = await judged(NOTHING_URGENT, one.handle, one.stage.services);
    expect([verdict.outcome, verdict.targets[0]?.state]).toEqual(['inconclusive', 'incomplete']);
  });

  it('V-12: a host that was asked for and is nowhere in the results makes it incomplete', async () => {
    const { collect } = await staged({}, { hosts: ['192.0.2.10', '192.0.2.11'] });
    expect((await collect()).statement.problems.map(({ code, message }) => [code, message])).toEqual([
      ['SCANGATE_SCAN_INCOMPLETE', 'the results say nothing of 1 host that should have been scanned: 192.0.2.11'],
    ]);
  });

  it('PROCESSED is looked at: a scan that is finished and not processed has not ended', async () => {
    const bench = await vmBench();
    const handle = await launched(bench);
    const { states } = await untilEnded(handle, bench, 60);
    expect(states.filter((state) => state === 'Finished, not processed').length).toBeGreaterThan(0);
    expect(states.at(-1)).toBe('Finished');
  });

  it('results of another scan are not judged as those of this one', async () => {
    const { collect } = await staged({ summary: { reference: 'scan/1.2' } });
    expect((await collect()).statement.problems.map(({ message }) => message)).toEqual([
      `the results are of the scan scan/1.2 instead of ${REF}`,
    ]);
  });
});

async function handleOf(parts: Parameters<typeof staged>[0]): Promise<[ScanHandle, ScanServices]> {
  const { handle, stage } = await staged(parts);
  return [handle, stage.services];
}
