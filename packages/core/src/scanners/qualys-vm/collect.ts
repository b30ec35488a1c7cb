import { excerpt } from '../../errors.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../model/scan.js';
import { scanProblem } from '../problem.js';
import { Enricher } from '../qualys-enrich.js';
import { isRefusedRequest } from '../qualys-refusal.js';
import { readVmResult, type VmResult, vmStatement } from '../qualys-vm-result.js';
import { uniqueCodes, vmStateKey, vmStateProblem } from '../qualys-vm-state.js';
import type { ScanHandle, ScanServices } from '../scanner.js';
import { sizeOf, spansOf, without } from './addresses.js';
import { Coverage } from './coverage.js';
import { detailsOf, type VmDetails } from './details.js';
import { namesOf } from './ec2.js';
import { hostDetections, hostsSummary } from './host-detections.js';
import { phaseOf, shownState } from './progress.js';
import { enriching, readWhole } from './reading.js';
import { getScan, type ListedScan, launchedByRef, SCAN_PATH } from './scan-list.js';

/** Ends that can leave results, be they of a part of the target. */
const WITH_RESULTS = new Set(['finished', 'canceled', 'stopped', 'paused', 'interrupted']);

interface Read {
  evidence?: string | undefined;
  problems: ScanProblem[];
}

/** The findings of the scan, and what they are worth. */
export async function* collectFindings(
  handle: ScanHandle,
  services: ScanServices,
): AsyncGenerator<RawFinding[], ScanStatement, undefined> {
  const scan = await getScan(handle.scanId, services);
  if (!scan) {
    const gone = scanProblem('SCANGATE_SCAN_GONE', `the scan ${handle.scanId} is not on the platform any more`);
    return statementOf(handle, undefined, { problems: [gone] });
  }
  const problems = stateProblems(scan);
  if (!WITH_RESULTS.has(vmStateKey(scan.state))) return statementOf(handle, scan, { problems });
  const details = await wantedOf(detailsOf(handle.plan), services);
  try {
    const read = yield* readResults(scan, details, services);
    const own = read.problems.filter(({ code }) => !isState(code) || !problems.some((other) => other.code === code));
    return statementOf(handle, scan, { ...read, problems: [...problems, ...own] });
  } catch (error) {
    if (!isRefusedRequest(error)) throw error;
    const what = `the results of the scan ${scan.ref} cannot be fetched: ${error.message}`;
    const refused = scanProblem('SCANGATE_SCAN_INCOMPLETE', what, 'collect again later');
    return statementOf(handle, scan, { problems: [...problems, refused] });
  }
}

/** With the names of instances that the platform did not know when the plan was made. */
async function wantedOf(details: VmDetails, services: ScanServices): Promise<VmDetails> {
  if (!details.connector) return details;
  const found = await namesOf(details.connector, services);
  const others = details.names.filter(({ name }) => !found.some((one) => one.name === name));
  return { ...details, names: [...others, ...found] };
}

/** Codes that the list and the results give for the same reason. */
const isState = (code: string): boolean =>
  ['FAILED', 'CANCELLED', 'NOTHING_REACHED', 'UNKNOWN_STATE'].some((word) => code === `SCANGATE_SCAN_${word}`);

function stateProblems(scan: ListedScan): ScanProblem[] {
  const { state, subState, processed } = scan;
  const problems = [vmStateProblem(state, 'state')];
  if (subState !== undefined) problems.push(vmStateProblem(subState, 'sub-state'));
  const isFinished = vmStateKey(state) === 'finished';
  if (isFinished && processed === undefined) {
    problems.push(
      scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', 'the list of scans does not say whether it was processed'),
    );
  }
  if (phaseOf(scan) === 'processing') {
    problems.push(
      scanProblem('SCANGATE_SCAN_INCOMPLETE', 'the scan is finished and its results are not processed yet'),
    );
  }
  return uniqueCodes(problems.filter((problem) => problem !== undefined));
}

async function* readResults(
  scan: ListedScan,
  details: VmDetails,
  services: ScanServices,
): AsyncGenerator<RawFinding[], Read, undefined> {
  const enricher = new Enricher(services);
  const coverage = new Coverage();
  const reading = noting(readWhole(resultSource(scan.ref, services), services), coverage);
  const isHostMode = details.detections === 'host';
  const result = isHostMode ? await silent(reading) : yield* enriching(reading, enricher);
  const judged = withoutExcluded(result, details);
  const { evidence, problems } = vmStatement(judged);
  problems.push(...summaryProblems(result, scan), ...coverage.problems(judged, details));
  if (!isHostMode) return { evidence, problems };
  const sinceMs = scan.launchedMs ?? launchedByRef(scan.ref) ?? details.plannedAtMs;
  const question = { ...coverage.scanned(result), sinceMs, networkId: details.networkId };
  const answer = yield* hostDetections(question, enricher, services);
  problems.push(...answer.problems);
  return { evidence: evidence && `${evidence}; ${hostsSummary(answer)}`, problems };
}

function resultSource(ref: string, services: ScanServices) {
  const fields = { action: 'fetch', scan_ref: ref, output_format: 'json_extended' };
  const { signal } = services;
  return {
    what: `the results of the scan ${ref}`,
    // The content type is not always that of JSON; the first bytes are.
    syntax: 'json' as const,
    open: () => services.qualys().foOpen({ path: SCAN_PATH, fields, method: 'GET', safe: true, signal }),
    read: readVmResult,
  };
}

async function* noting<R>(
  reading: AsyncGenerator<RawFinding[], R, undefined>,
  coverage: Coverage,
): AsyncGenerator<RawFinding[], R, undefined> {
  for (;;) {
    const step = await reading.next();
    if (step.done) return step.value;
    coverage.note(step.value);
    yield step.value;
  }
}

/** Reads to the end for what stands beside the findings. */
async function silent<R>(reading: AsyncGenerator<RawFinding[], R, undefined>): Promise<R> {
  for (;;) {
    const step = await reading.next();
    if (step.done) return step.value;
  }
}

/** What the configuration leaves out is not missing; what somebody else excluded is. */
function withoutExcluded(result: VmResult, { excluded }: VmDetails): VmResult {
  const own = spansOf(excluded);
  const isOwn = (host: string): boolean => {
    const spans = spansOf([host]);
    return excluded.includes(host) || (spans.length > 0 && without(spans, own).length === 0);
  };
  const notScanned = result.notScanned.map((list) =>
    /excluded/.test(list.reason) ? { ...list, hosts: list.hosts.filter((host) => !isOwn(host)) } : list,
  );
  const hosts = (lists: VmResult['notScanned']): string[] => lists.flatMap((list) => list.hosts);
  const left = sizeOf(spansOf(hosts(result.notScanned))) - sizeOf(spansOf(hosts(notScanned)));
  return {
    ...result,
    notScanned: notScanned.filter((list) => list.hosts.length > 0),
    summaries: result.summaries.map((summary) => ({
      ...summary,
      totalHosts: summary.totalHosts && Math.max(summary.activeHosts ?? 0, summary.totalHosts - left),
    })),
  };
}

/** There is one summary, and it is that of this scan. */
function summaryProblems({ summaries }: VmResult, { ref }: ListedScan): ScanProblem[] {
  if (summaries.length > 1) {
    const what = `the results have ${summaries.length} summaries: something came twice`;
    return [scanProblem('SCANGATE_SCAN_COUNT_MISMATCH', what, 'collect again')];
  }
  const foreign = summaries.map(({ statement }) => statement.reference).find((one) => one !== undefined && one !== ref);
  if (foreign === undefined) return [];
  const what = `the results are of the scan ${excerpt(foreign)} instead of ${ref}`;
  return [scanProblem('SCANGATE_SCAN_FAILED', what, 'collect again')];
}

function statementOf(handle: ScanHandle, scan: ListedScan | undefined, { evidence, problems }: Read): ScanStatement {
  const time = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : new Date(ms).toISOString().replace('.000Z', 'Z');
  const { launchedMs, durationMs } = scan ?? {};
  return {
    tool: { name: 'Qualys VM' },
    subject: handle.plan.subject,
    reference: handle.scanId,
    link: handle.link,
    startedAt: time(launchedMs),
    finishedAt: launchedMs === undefined || durationMs === undefined ? undefined : time(launchedMs + durationMs),
    state: scan && shownState(scan),
    evidence,
    problems,
  };
}
