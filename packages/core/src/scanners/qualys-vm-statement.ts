import type { ScanProblem, ScanStatement } from '../model/scan.js';
import type { JsonMembers } from '../wire/json.js';
import { numberIn, textsIn } from '../wire/take.js';
import { zonedTime } from './normalise.js';
import { counted, listNames, scanProblem } from './problem.js';
import { saidIn } from './qualys-vm-row.js';
import { uniqueCodes, vmStateProblem } from './qualys-vm-state.js';

/** Hosts of one reason for not being scanned, such as `host not alive ip`. */
export interface NotScanned {
  reason: string;
  hosts: string[];
}

/** Key of a list of hosts that were not scanned: `hosts_not_scanned_host_not_alive_ip`, `host_not_scanned,_scan_canceled_by_user_ip_`. */
const NOT_SCANNED = /^hosts?_not_scanned|_not_alive_|_hostname_not_found_|_scan_discontinued_|_could_not_be_resolved/;

export const isNotScannedKey = (key: string): boolean => NOT_SCANNED.test(key);

/** The hosts that a row says were not scanned, by reason; a reason without hosts is none. */
export function notScannedIn(row: JsonMembers, at: string): NotScanned[] {
  return Object.keys(row)
    .filter(isNotScannedKey)
    .map((key) => ({
      reason: key
        .replace(/^hosts?_not_scanned,?_?/, '')
        .replaceAll('_', ' ')
        .trim(),
      hosts: (Array.isArray(row[key]) ? textsIn(row, key, at) : (saidIn(row, key, at)?.split(',') ?? []))
        .map((host) => host.trim())
        .filter((host) => host !== '' && host !== '-'),
    }))
    .filter(({ hosts }) => hosts.length > 0);
}

/** What the summary row says of the scan. */
export interface Summary {
  statement: Omit<ScanStatement, 'problems' | 'tool'>;
  activeHosts: number | undefined;
  totalHosts: number | undefined;
  /** Addresses and ranges that the platform made of the target. */
  ips: string[];
  excludedIps: string[];
  problems: ScanProblem[];
}

const listIn = (row: JsonMembers, key: string, at: string): string[] =>
  (saidIn(row, key, at)?.split(',') ?? []).map((part) => part.trim()).filter((part) => part !== '');

export function summaryOf(row: JsonMembers, at: string): Summary {
  const status = saidIn(row, 'status', at);
  const subState = saidIn(row, 'sub_state', at) ?? saidIn(row, 'substate', at);
  const launched = saidIn(row, 'launch_date', at);
  const activeHosts = numberIn(row, 'active_hosts', at);
  const totalHosts = numberIn(row, 'total_hosts', at);
  const problems = [
    vmStateProblem(status, 'status'),
    subState === undefined ? undefined : vmStateProblem(subState, 'sub-state'),
  ];
  if (activeHosts === 0)
    problems.push(scanProblem('SCANGATE_SCAN_NOTHING_REACHED', 'no host was active during the scan'));
  const of = totalHosts === undefined ? '' : ` of ${totalHosts}`;
  const hosts = activeHosts === undefined ? '' : `, ${activeHosts}${of} hosts active`;
  return {
    statement: {
      subject: saidIn(row, 'ips', at) ?? saidIn(row, 'scan_title', at),
      reference: saidIn(row, 'reference', at),
      startedAt: zonedTime(launched),
      state: status,
      evidence:
        launched === undefined
          ? undefined
          : `the summary of the scan launched ${launched}: ${status ?? 'no status'}${hosts}`,
    },
    activeHosts,
    totalHosts,
    ips: listIn(row, 'ips', at),
    excludedIps: listIn(row, 'excluded_ips', at),
    problems: uniqueCodes(problems.filter((problem) => problem !== undefined)),
  };
}

/** Hosts that were to be scanned and were not. */
export function hostProblems(summaries: readonly Summary[], notScanned: readonly NotScanned[]): ScanProblem[] {
  const problems = notScanned.map(({ reason, hosts }) =>
    scanProblem(
      /cancell?ed/.test(reason) ? 'SCANGATE_SCAN_CANCELLED' : 'SCANGATE_SCAN_INCOMPLETE',
      `${counted(hosts.length, 'entry', 'entries')} of the target not scanned (${reason}): ${listNames(hosts)}`,
      'check that these hosts are up, known and reachable from the scanner appliance, or take them out of the target',
    ),
  );
  if (problems.length > 0) return problems;
  // The lists are missing in brief output: then the counts are all there is.
  return summaries.flatMap(({ activeHosts, totalHosts }) =>
    activeHosts !== undefined && activeHosts > 0 && totalHosts !== undefined && activeHosts < totalHosts
      ? [
          scanProblem(
            'SCANGATE_SCAN_INCOMPLETE',
            `${totalHosts - activeHosts} of ${totalHosts} hosts were not active during the scan`,
          ),
        ]
      : [],
  );
}
