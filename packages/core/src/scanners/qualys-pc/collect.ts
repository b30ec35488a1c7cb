import { excerpt, ScangateError } from '../../errors.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../model/scan.js';
import { counted, listNames, scanProblem } from '../problem.js';
import type { FindingStream, ScanHandle, ScanServices } from '../scanner.js';
import { detailsOf, type PcDetails } from './details.js';
import { findHosts, type KnownHost } from './hosts.js';
import { posturePages } from './posture.js';
import { nameOf, PolicyReading, type SeenHost } from './reading.js';
import { resultProblems } from './results.js';
import {
  getScan,
  hasResults,
  platformDate,
  platformNow,
  type ScanRecord,
  shownState,
  stateProblems,
} from './scan-record.js';

/** Ids of hosts in one call; they stand in its body. */
const HOSTS_PER_CALL = 500;
/** The two dates come from different parts of the platform. */
const CLOCK_MARGIN_MS = 60_000;

/** The results of all policies on all hosts, and what they are worth. */
export async function* collectFindings(handle: ScanHandle, services: ScanServices): FindingStream {
  const details = detailsOf(handle.plan);
  if (!details.scan) return yield* judged(handle, details, undefined, services);
  const scan = await getScan(handle.scanId, services);
  if (!scan) {
    const what = `the scan ${handle.scanId} is not on the platform any more`;
    return statement(handle, undefined, [scanProblem('SCANGATE_SCAN_FAILED', what)]);
  }
  // Without results of its own the posture would be that of an earlier scan.
  if (!hasResults(scan)) return statement(handle, scan, stateProblems(scan));
  return yield* judged(handle, details, scan, services);
}

async function* judged(
  handle: ScanHandle,
  details: PcDetails,
  scan: ScanRecord | undefined,
  services: ScanServices,
): FindingStream {
  const problems = scan ? [...stateProblems(scan), ...(await resultProblems(scan.reference, services))] : [];
  const { hosts, unknown } = await findHosts(details.hosts, services);
  problems.push(...hostProblems(hosts, unknown));
  const seen = new Controls(details.include);
  const nowMs = platformNow(services);
  const question = {
    hosts: new Map(hosts.map((host) => [host.id, host])),
    include: new Set(details.include),
    excluded: new Set(details.exclude),
    nowMs,
    saw: seen.add,
  };
  const readings: PolicyReading[] = [];
  for (const policy of hosts.length === 0 ? [] : details.policies) {
    const reading = new PolicyReading(policy, question);
    readings.push(reading);
    if (details.inactive.includes(policy.id)) problems.push(inactivePolicy(nameOf(policy)));
    yield* readPolicy(policy.id, hosts, reading, services);
  }
  problems.push(...readings.flatMap((reading) => reading.problems()), ...seen.problems(hosts));
  const dates = readings.flatMap((reading) => [...reading.seen.values()]);
  problems.push(...(scan ? notRenewed(dates, scan) : tooOld(dates, nowMs, details.maxAgeMs ?? 0)));
  return statement(handle, scan, problems, readings, dates);
}

async function* readPolicy(
  policyId: string,
  hosts: readonly KnownHost[],
  reading: PolicyReading,
  services: ScanServices,
): AsyncGenerator<RawFinding[], void, undefined> {
  try {
    for (let start = 0; start < hosts.length; start += HOSTS_PER_CALL) {
      const ids = hosts.slice(start, start + HOSTS_PER_CALL).map(({ id }) => id);
      yield* reading.read(posturePages(policyId, ids, services));
    }
  } catch (error) {
    // The walkers speak of reports; here it is an answer of the platform.
    if (!(error instanceof ScangateError) || !error.code.startsWith('SCANGATE_REPORT_')) throw error;
    const what = `the posture of policy ${policyId} cannot be read: ${error.message}`;
    throw new ScangateError('SCANGATE_QUALYS_ANSWER', what);
  }
}

function hostProblems(hosts: readonly KnownHost[], unknown: readonly string[]): ScanProblem[] {
  if (unknown.length > 0) {
    const names = listNames(unknown.map((host) => excerpt(host)));
    return [
      scanProblem(
        'SCANGATE_SCAN_UNKNOWN_TARGET',
        `the platform does not know ${counted(unknown.length, 'host')}: ${names}`,
        'let a compliance scan or an agent look at the host first, and check that the user may see it',
      ),
    ];
  }
  if (hosts.length > 0) return [];
  return [
    scanProblem(
      'SCANGATE_SCAN_UNKNOWN_TARGET',
      'no host that is enabled for compliance is in the asset groups, or has the tags, of the target',
      'add hosts to them, and enable the hosts for policy compliance',
    ),
  ];
}

const inactivePolicy = (name: string): ScanProblem =>
  scanProblem(
    'SCANGATE_SCAN_INCOMPLETE',
    `${name} is not active: the platform does not evaluate it`,
    'activate the policy',
  );

/** The controls that the target names, by host. */
class Controls {
  private readonly seen = new Set<string>();

  constructor(private readonly wanted: readonly string[]) {}

  readonly add = (controlId: string, hostId: string): void => {
    if (this.wanted.length > 0) this.seen.add(`${controlId} ${hostId}`);
  };

  problems(hosts: readonly KnownHost[]): ScanProblem[] {
    const missing = this.wanted.flatMap((controlId) => {
      const without = hosts.filter(({ id }) => !this.seen.has(`${controlId} ${id}`));
      return without.map(({ name }) => `${controlId} on ${excerpt(name)}`);
    });
    if (missing.length === 0) return [];
    return [
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `without a result, of controls.include: ${listNames(missing)}`,
        'add the control to one of the policies, or take it out of controls.include',
      ),
    ];
  }
}

const dated = (text: string, ms: number | undefined): string =>
  `${text} (${ms === undefined ? 'no date' : platformDate(ms)})`;

/** How far back what is known of a host reaches: its last scan, or the last time that its results were worked out. */
const knownSince = ({ scannedMs, evaluatedMs }: SeenHost): number | undefined =>
  scannedMs === undefined ? undefined : Math.min(scannedMs, evaluatedMs ?? scannedMs);

/** Each host once, with its oldest date. */
function oldestByHost(dates: readonly SeenHost[]): [name: string, sinceMs: number | undefined][] {
  const oldest = new Map<string, number | undefined>();
  for (const host of dates) {
    const since = knownSince(host);
    const before = oldest.has(host.name) ? oldest.get(host.name) : Number.POSITIVE_INFINITY;
    oldest.set(host.name, since === undefined || before === undefined ? undefined : Math.min(since, before));
  }
  return [...oldest];
}

function tooOld(dates: readonly SeenHost[], nowMs: number, maxAgeMs: number): ScanProblem[] {
  const old = oldestByHost(dates).filter(([, since]) => since === undefined || since < nowMs - maxAgeMs);
  if (old.length === 0) return [];
  const names = listNames(old.map(([name, since]) => dated(excerpt(name), since)));
  return [scanProblem('SCANGATE_SCAN_STALE', `the posture of ${counted(old.length, 'host')} is too old: ${names}`)];
}

function notRenewed(dates: readonly SeenHost[], { reference, launchedMs }: ScanRecord): ScanProblem[] {
  const since = (launchedMs ?? Number.POSITIVE_INFINITY) - CLOCK_MARGIN_MS;
  const old = oldestByHost(dates).filter(([, known]) => known === undefined || known < since);
  if (old.length === 0) return [];
  const names = listNames(old.map(([name, known]) => dated(excerpt(name), known)));
  return [
    scanProblem(
      'SCANGATE_SCAN_INCOMPLETE',
      `the posture of ${counted(old.length, 'host')} is older than the scan ${reference}: ${names}`,
      'look whether the scan reached the host, and collect again later',
    ),
  ];
}

function statement(
  handle: ScanHandle,
  scan: ScanRecord | undefined,
  problems: ScanProblem[],
  readings: readonly PolicyReading[] = [],
  dates: readonly SeenHost[] = [],
): ScanStatement {
  const evidence = readings.map((reading) => reading.evidence);
  const isWhole = evidence.length > 0 && evidence.every((text) => text !== undefined);
  const launchedMs = scan?.launchedMs;
  const lastMs = Math.max(0, ...dates.map(({ scannedMs }) => scannedMs ?? 0));
  return {
    tool: { name: 'Qualys PC' },
    subject: handle.plan.subject,
    reference: handle.reference,
    startedAt: launchedMs === undefined ? undefined : platformDate(launchedMs),
    finishedAt: lastMs === 0 ? undefined : platformDate(lastMs),
    state: scan ? shownState(scan) : handle.reference === undefined ? 'current posture' : undefined,
    evidence: isWhole ? `The platform evaluated ${evidence.join('; ')}` : undefined,
    problems,
  };
}
