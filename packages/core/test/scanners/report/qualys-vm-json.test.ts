import { describe, expect, it } from 'vitest';
import { qualysVmJson } from '../../../src/scanners/report/qualys-vm-json/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const header = { scan_report: 'Scan Results', user_name: 'jo' };
const summary = {
  launch_date: '2026-11-02T09:30:00Z',
  active_hosts: '1',
  total_hosts: '1',
  type: 'API',
  status: 'Finished',
  reference: 'scan/1793600000.10001',
  scanner_appliance: 'External',
  duration: '00:12:03',
  scan_title: 'demo',
  ips: '192.0.2.10',
  option_profile: 'Initial Options',
};
const detection = {
  ip: '192.0.2.10',
  dns: 'web-1.example',
  netbios: '-',
  os: 'Linux',
  qid: 90001,
  title: 'Demo Server Overflow',
  type: 'Vuln',
  severity: '5',
  port: '443',
  protocol: 'tcp',
  fqdn: '',
  ssl: 'yes',
  cve_id: 'CVE-2099-0001, CVE-2099-0002',
  vendor_reference: 'DSA-1-1',
  bugtraq_id: '-',
  threat: '<P>An overflow.<BR>Bad.',
  impact: 'All of it.',
  solution: 'Upgrade to 2.0.',
  exploitability: 'Source: Demo',
  associated_malware: '-',
  results: 'Installed 1.0',
  pci_vuln: 'yes',
  instance: '-',
  category: 'Web server',
  cvss_base: '7.5 (AV:N/AC:L/Au:N/C:P/I:P/A:P)',
  cvss3_base: '9.8 (AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H)',
};
const notAlive = {
  target_distribution_across_scanner_appliances: 'External: 2',
  hosts_not_scanned_host_not_alive_ip: '192.0.2.11, 192.0.2.12',
};
const report = (...rows: unknown[]): string => JSON.stringify([header, ...rows]);
const withStatus = (status: string, more = {}): string => report({ ...summary, status, ...more });
const first = report(summary, detection);

describeReader(qualysVmJson, {
  samples: [
    {
      name: 'a host with a flaw',
      report: first,
      count: 1,
      findings: [
        {
          vulnerability: {
            source: 'qualys',
            id: '90001',
            title: 'Demo Server Overflow',
            aliases: ['CVE-2099-0001', 'CVE-2099-0002', 'DSA-1-1'],
          },
          kind: 'confirmed',
          severity: 'critical',
          vendorSeverity: '5',
          cvss: [
            { version: '3.1', score: 9.8, vector: 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
            { version: '2.0', score: 7.5, vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' },
          ],
          pci: true,
          location: { kind: 'host', host: 'web-1.example', ip: '192.0.2.10', port: 443, protocol: 'tcp' },
          description: 'An overflow.\nBad.',
          impact: 'All of it.\nKnown exploits: Source: Demo',
          remediation: 'Upgrade to 2.0.',
          evidence: 'Installed 1.0',
        },
      ],
    },
    {
      name: 'the three kinds',
      report: report(summary, detection, { ...detection, type: 'Practice' }, { ...detection, type: 'Ig', severity: 1 }),
      count: 3,
    },
    {
      name: "the artifact of the vendor's plugin",
      report: JSON.stringify({ evaluationResult: {}, data: [header, summary, detection] }),
      count: 1,
    },
    { name: 'a clean host', report: report(summary), count: 0 },
    { name: 'a clean host by sub-state', report: withStatus('Finished', { sub_state: 'No_Vuln' }), count: 0 },
    {
      name: 'lists of hosts that are empty',
      report: report(summary, { hosts_not_scanned_host_not_alive_ip: '', hosts_not_scanned_excluded_host_ip: '-' }),
      count: 0,
    },
    {
      name: 'hosts that were not alive',
      report: report(summary, detection, notAlive),
      count: 1,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'hosts known to be dead by the counts alone',
      report: withStatus('Finished', { total_hosts: 3 }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'hosts left out when the scan was cancelled',
      report: report(summary, { 'host_not_scanned,_scan_canceled_by_user_ip_': '192.0.2.11' }),
      count: 0,
      problems: ['SCANGATE_SCAN_CANCELLED'],
    },
    {
      name: 'no host alive',
      report: withStatus('Finished', { active_hosts: 0 }),
      count: 0,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    {
      name: 'no host alive by sub-state',
      report: withStatus('Finished', { sub_state: 'No_Host' }),
      count: 0,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    { name: 'a cancelled scan', report: withStatus('Canceled'), count: 0, problems: ['SCANGATE_SCAN_CANCELLED'] },
    { name: 'a failed scan', report: withStatus('Error'), count: 0, problems: ['SCANGATE_SCAN_FAILED'] },
    {
      name: 'a scan that is still running',
      report: withStatus('Running'),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    { name: 'a paused scan', report: withStatus('Paused'), count: 0, problems: ['SCANGATE_SCAN_INCOMPLETE'] },
    {
      name: 'a state nobody knows',
      report: withStatus('Hovering'),
      count: 0,
      problems: ['SCANGATE_SCAN_UNKNOWN_STATE'],
    },
    {
      name: 'a summary without a state',
      report: report({ ...summary, status: undefined }),
      count: 0,
      problems: ['SCANGATE_SCAN_UNKNOWN_STATE'],
    },
    {
      name: 'detections without a summary',
      report: report(detection),
      count: 1,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'a login that failed',
      report: report(summary, { ...detection, type: 'Ig', qid: '105053', title: 'Unix Authentication Failed' }),
      count: 1,
      problems: ['SCANGATE_SCAN_AUTH_FAILED'],
    },
  ],
  unknownSeverity: first.replace('"severity":"5"', '"severity":"9"'),
  wrongTypes: [
    { name: 'a type nobody knows', report: first.replace('"Vuln"', '"Hunch"') },
    { name: 'a detection without type', report: report(summary, { ...detection, type: undefined }) },
    { name: 'a detection without QID', report: report(summary, { ...detection, qid: undefined }) },
    { name: 'a row that is a list', report: report(summary, []) },
    { name: 'a score that is none', report: first.replace('7.5 (AV', 'high (AV') },
    { name: 'a score of 11', report: first.replace('9.8 (AV', '11 (AV') },
    { name: 'a port in words', report: first.replace('"443"', '"https"') },
    { name: 'a PCI flag in other words', report: first.replace('"pci_vuln":"yes"', '"pci_vuln":"maybe"') },
    { name: 'a title that is a list', report: first.replace('"title":"Demo Server Overflow"', '"title":[]') },
    { name: 'data that is an object', report: JSON.stringify({ data: { launch_date: 'x', reference: 'y' } }) },
    { name: 'a host count in words', report: withStatus('Finished', { active_hosts: 'many' }) },
  ],
});

describe('qualys-vm-json', () => {
  const findingOf = async (change: object): Promise<unknown> =>
    (await readAll(qualysVmJson, report(summary, { ...detection, ...change }))).findings[0];

  it('says what was examined, with what and when', async () => {
    expect((await readAll(qualysVmJson, first)).statement).toEqual({
      tool: { name: 'Qualys VM' },
      subject: '192.0.2.10',
      reference: 'scan/1793600000.10001',
      startedAt: '2026-11-02T09:30:00Z',
      state: 'Finished',
      evidence: 'the summary of the scan launched 2026-11-02T09:30:00Z: Finished, 1 of 1 hosts active',
      problems: [],
    });
  });

  it('takes confirmed, potential and information apart', async () => {
    const rows = ['Vuln', 'Practice', 'Ig'].map((type) => ({ ...detection, type }));
    const { findings } = await readAll(qualysVmJson, report(summary, ...rows));
    expect(findings.map(({ kind }) => kind)).toEqual(['confirmed', 'potential', 'information']);
  });

  it('takes a dash or nothing as absent, in scores and flags too (V-5)', async () => {
    const empty = { cvss_base: '-', cvss3_base: '', pci_vuln: '-', dns: '-', port: '-', results: '-', protocol: '' };
    expect(await findingOf(empty)).toMatchObject({
      cvss: undefined,
      pci: undefined,
      location: { kind: 'host', ip: '192.0.2.10', host: undefined, port: undefined },
      evidence: undefined,
    });
  });

  it('says that there is no CVE only where there is a column for it', async () => {
    expect(await findingOf({ cve_id: '-', vendor_reference: '-' })).toMatchObject({ vulnerability: { aliases: [] } });
    const brief = { ...detection, cve_id: undefined };
    const { findings } = await readAll(qualysVmJson, report(summary, brief));
    expect(findings[0]?.vulnerability.aliases).toBeUndefined();
  });

  it('takes a PCI flag that is not there as unknown', async () => {
    expect(await findingOf({ pci_vuln: undefined })).toMatchObject({ pci: undefined });
    expect(await findingOf({ pci_vuln: 'no' })).toMatchObject({ pci: false });
  });

  it('names the hosts that were not scanned, and why (V-12)', async () => {
    const { statement } = await readAll(
      qualysVmJson,
      report(summary, notAlive, { hosts_not_scanned_excluded_host_ip: ['192.0.2.13'] }),
    );
    expect(statement.problems.map(({ code, message }) => [code, message])).toEqual([
      ['SCANGATE_SCAN_INCOMPLETE', '2 entries of the target not scanned (host not alive ip): 192.0.2.11, 192.0.2.12'],
      ['SCANGATE_SCAN_INCOMPLETE', '1 entry of the target not scanned (excluded host ip): 192.0.2.13'],
    ]);
  });
});
