/** The result of a scan of machines in JSON: one flat list of rows of several kinds. */
import type { Flaw, Machine, VmScan, Vulnerability } from './model.js';
import { vmState } from './vm-state.js';
import type { World } from './world.js';

type Row = Readonly<Record<string, string | number | null>>;

const TYPES = { Confirmed: 'Vuln', Potential: 'Practice', Info: 'Ig' } as const;
const LOGIN_FAILED: Flaw = { qid: 105053, type: 'Info', severity: 1, results: 'User Name: scanner' };

/** `11/02/2026 09:30:00`: the dates of this answer have a form of their own, without a zone. */
function dateText(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year} ${time.slice(0, 8)}`;
}

const clockText = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

function headerRow({ store, clock }: World): Row {
  const { username, person } = store.seed.account;
  return {
    scan_report_template_title: 'Scan Results',
    result_date: dateText(clock.now()),
    company: 'Simulated',
    add1: '1 Invented Way',
    add2: null,
    city: 'Nowhere',
    state: 'None',
    country: 'Utopia',
    zip: '00000',
    name: `${person.firstName} ${person.lastName}`,
    username,
    role: 'Manager',
  };
}

function summaryRow(scan: VmScan, alive: readonly Machine[], world: World): Row {
  const { state, duration } = vmState(scan, world.clock.now());
  const extra = world.faults.isActive('counter-mismatch')
    ? Number(world.faults.setting('counter-mismatch', 'extra'))
    : 0;
  const total = scan.machines.length + scan.silent.length + scan.unresolved.length;
  return {
    launch_date: dateText(scan.launched),
    active_hosts: String(alive.length + extra),
    total_hosts: String(total + extra),
    type: scan.type,
    status: state,
    reference: scan.reference,
    scanner_appliance: `${scan.appliance} (Scanner 14.9.36-1, Vulnerability Signatures 2.6.461-3)`,
    duration: clockText(duration ?? 0),
    scan_title: scan.title,
    asset_groups: scan.assetGroups.map(({ title }) => title).join(', ') || null,
    ips: scan.target,
    excluded_ips: scan.excluded.join(', '),
    option_profile: scan.profile.title,
    network: scan.network,
  };
}

function scored(score: { readonly base: string; readonly vector: string } | undefined): string | null {
  if (score === undefined) return null;
  return `${score.base} (${score.vector.replace(/^CVSS:[\d.]+\//, '')})`;
}

function knowledgeOf(vulnerability: Vulnerability | undefined): Row {
  const { title, category, cves, diagnosis, consequence, solution, pci, exploit, cvss2, cvss3 } = vulnerability ?? {};
  return {
    title: title ?? 'Unknown',
    cve_id: cves?.join(',') ?? null,
    vendor_reference: vulnerability?.vendorReference?.id ?? null,
    bugtraq_id: null,
    cvss_base: scored(cvss2),
    cvss_temporal: cvss2?.temporal ?? null,
    cvss3_base: scored(cvss3),
    cvss3_temporal: cvss3?.temporal ?? null,
    threat: diagnosis ?? 'N/A',
    impact: consequence ?? 'N/A',
    solution: solution ?? 'N/A',
    exploitability: exploit ?? null,
    associated_malware: null,
    pci_vuln: pci ? 'yes' : 'no',
    instance: null,
    category: category ?? null,
  };
}

function flawRow({ ip, name, os }: Machine, flaw: Flaw, severity: string, world: World): Row {
  const { title, ...knowledge } = knowledgeOf(world.store.vulnerabilities.get(flaw.qid));
  return {
    ip,
    dns: name,
    netbios: null,
    os,
    ip_status: 'host scanned, found vuln',
    qid: flaw.qid,
    title: title ?? null,
    type: TYPES[flaw.type],
    severity,
    port: flaw.port === undefined ? null : String(flaw.port),
    protocol: flaw.port === undefined ? null : 'tcp',
    fqdn: '',
    ssl: 'no',
    ...knowledge,
    results: flaw.results,
  };
}

/** The rows after the detections: which hosts went where, and which were not scanned. */
function tailRow(scan: VmScan, alive: readonly Machine[], dead: readonly string[]): Row {
  const quiet = alive.filter(({ flaws }) => flaws.length === 0 && !scan.loginFails).map(({ ip }) => ip);
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['hosts_not_scanned_host_not_alive_ip', dead],
    ['hosts_not_scanned_excluded_host_ip', scan.excluded],
    ['hosts_not_scanned_hostname_not_found_ip', scan.unresolved],
    ['hosts_not_scanned_scan_discontinued_ip', scan.discontinued],
    ['no_vulnerabilities_match_your_filters_for_these_hosts', quiet],
  ];
  const filled = lists.filter(([, hosts]) => hosts.length > 0).map(([name, hosts]) => [name, hosts.join(', ')]);
  return {
    target_distribution_across_scanner_appliances: `${scan.appliance} : ${scan.target}`,
    ...Object.fromEntries(filled),
  };
}

/** The whole answer, row by row: nothing that could be read at once. */
export function* resultRows(scan: VmScan, world: World): Iterable<Row> {
  const { faults } = world;
  const reached = scan.outcome.kind === 'nothing-tested' ? [] : scan.machines.filter(({ alive }) => alive);
  const dead = scan.machines.filter((machine) => !reached.includes(machine)).map(({ ip }) => ip);
  const alive = reached.filter(({ ip }) => !scan.discontinued.includes(ip));
  yield headerRow(world);
  yield summaryRow(scan, alive, world);
  let isOddDue = faults.isActive('unknown-severity');
  for (const machine of alive) {
    for (const flaw of [...machine.flaws, ...(scan.loginFails ? [LOGIN_FAILED] : [])]) {
      const isOdd = isOddDue && flaw.type === 'Confirmed';
      if (isOdd) isOddDue = false;
      yield flawRow(machine, flaw, isOdd ? faults.setting('unknown-severity', 'word') : String(flaw.severity), world);
    }
  }
  yield tailRow(scan, alive, [...dead, ...scan.silent]);
}
