import { excerpt } from '../../errors.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../model/scan.js';
import { isoTime } from '../normalise.js';
import { counted, scanProblem } from '../problem.js';
import { platformNow } from '../qualys-clock.js';
import { Enricher } from '../qualys-enrich.js';
import type { ScanHandle, ScanServices } from '../scanner.js';
import { type Asset, assetsById, type Lookup, lookUp } from './assets.js';
import { type AgentDetails, detailsOf, requestedMsOf } from './details.js';
import { type Detections, readHosts } from './detections.js';
import { soughtWords } from './target.js';

const HOUR_MS = 3_600_000;
/** How far a date may lie ahead: clocks of agents differ. */
const AHEAD_MS = HOUR_MS;

/** The detections of the machine as they are now, and whether that is recent enough. */
export async function* collectFindings(
  handle: ScanHandle,
  services: ScanServices,
): AsyncGenerator<RawFinding[], ScanStatement, undefined> {
  const details = detailsOf(handle.plan);
  const found = await machineOf(details, services);
  const base = { tool: { name: 'Qualys Cloud Agent' }, subject: handle.plan.subject };
  if (found.kind === 'none') {
    if (details.requireAgent) yield [missingAgent(details, found.why)];
    return { ...base, ...(details.requireAgent ? failed(details) : unknown(found.why)) };
  }
  const { asset } = found;
  const statement: ScanStatement = { ...base, reference: `asset ${asset.id}`, problems: [] };
  if (asset.hostId === undefined) return { ...statement, problems: [neverScanned(asset)] };
  const detections = await readHosts([asset.hostId], services);
  const enricher = new Enricher(services);
  for (const batch of detections.findings.batches()) yield await enricher.enrich(batch);
  return { ...statement, ...worthOf(handle, asset, asset.hostId, detections, services) };
}

async function machineOf({ asset, sought }: AgentDetails, services: ScanServices): Promise<Lookup> {
  if (!asset) return lookUp(sought, services);
  const known = (await assetsById([asset.id], services)).get(asset.id);
  if (known?.hasAgent) return { kind: 'found', asset: known };
  const name = excerpt(asset.name);
  const why = known ? 'its agent is gone' : `the asset ${asset.id} is not in the inventory any more`;
  return { kind: 'none', why: `no Cloud Agent on ${name}: ${why}` };
}

/** A control of our own: the gate fails by it as by any other. */
function missingAgent({ sought }: AgentDetails, why: string): RawFinding {
  const subject = soughtWords(sought);
  return {
    vulnerability: { source: 'scangate', id: 'agent-required', title: `No Cloud Agent on ${subject}`, aliases: [] },
    kind: 'control',
    severity: 'critical',
    state: 'fail',
    location: { kind: 'control', control: 'agent-required', subject },
    description: `The target requires an agent (requireAgent), and there is ${why}.`,
    remediation: 'Install the Cloud Agent in the image, with an activation key of this subscription.',
  };
}

const failed = ({ sought }: AgentDetails): Pick<ScanStatement, 'state' | 'evidence' | 'problems'> => ({
  state: 'no agent',
  evidence: `The asset inventory was searched for ${excerpt(soughtWords(sought))} and has no agent there`,
  problems: [],
});

const unknown = (why: string): Pick<ScanStatement, 'state' | 'problems'> => ({
  state: 'no agent',
  problems: [scanProblem('SCANGATE_SCAN_UNKNOWN_TARGET', why)],
});

const neverScanned = ({ name }: Asset): ScanProblem =>
  scanProblem(
    'SCANGATE_SCAN_STALE',
    `the agent on ${excerpt(name)} has not scanned for vulnerabilities yet`,
    'wait for its first scan, or ask for one with onDemand: true',
  );

/** How recent and how whole the detections are. */
function worthOf(
  handle: ScanHandle,
  asset: Asset,
  hostId: string,
  { listed, scannedMs, findings, problems }: Detections,
  services: ScanServices,
): Pick<ScanStatement, 'state' | 'finishedAt' | 'evidence' | 'problems'> {
  const name = excerpt(asset.name);
  const scanned = scannedMs.get(hostId);
  const finishedAt = isoTime(scanned);
  if (!listed.has(hostId) || finishedAt === undefined || scanned === undefined) {
    const what = `the list of detections has nothing of ${name}, not even information about it`;
    return {
      state: 'not listed',
      problems: [...problems, scanProblem('SCANGATE_SCAN_INCOMPLETE', what, 'collect again later')],
    };
  }
  return {
    state: 'scanned',
    finishedAt,
    evidence: `The platform lists ${counted(findings.count, 'detection')} of ${name}, last scanned ${finishedAt}`,
    problems: [...problems, ...ageProblems(handle, name, scanned, services)],
  };
}

function ageProblems(handle: ScanHandle, name: string, scannedMs: number, services: ScanServices): ScanProblem[] {
  const { maxAgeMs } = detailsOf(handle.plan);
  const requestedMs = requestedMsOf(handle);
  const nowMs = platformNow(services);
  const scanned = `${name} was last scanned ${isoTime(scannedMs)}`;
  const problems: ScanProblem[] = [];
  if (requestedMs !== undefined && scannedMs <= requestedMs) {
    const what = `${scanned}, before the scan that was asked for ${isoTime(requestedMs)}`;
    problems.push(scanProblem('SCANGATE_SCAN_INCOMPLETE', what, 'collect again later'));
  }
  if (nowMs - scannedMs > maxAgeMs) {
    const what = `${scanned}, ${hours(nowMs - scannedMs)} ago, and at most ${hours(maxAgeMs)} are allowed`;
    const mend = 'look whether the agent is running, ask for a scan with onDemand: true, or allow a greater maxAge';
    problems.push(scanProblem('SCANGATE_SCAN_STALE', what, mend));
  }
  if (scannedMs - nowMs > AHEAD_MS) {
    const what = `${scanned}, which is ${hours(scannedMs - nowMs)} ahead of the platform's clock`;
    problems.push(scanProblem('SCANGATE_SCAN_STALE', what, 'set the clock of the machine'));
  }
  return problems;
}

const hours = (ms: number): string => `${Math.round((ms / HOUR_MS) * 10) / 10} h`;
