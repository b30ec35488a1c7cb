import { isoTime } from '../normalise.js';
import type { ScanHandle, ScanProgress, ScanServices } from '../scanner.js';
import { type Asset, assetsById } from './assets.js';
import { requestedMsOf } from './details.js';
import { readHosts } from './detections.js';

interface Awaited {
  handle: ScanHandle;
  requestedMs: number;
}

interface Known extends Awaited {
  asset: Asset;
}

/** How far the scans are: one call for all agents, and another one for those whose results are about to come. */
export async function progressOf(
  handles: readonly ScanHandle[],
  services: ScanServices,
): Promise<Map<string, ScanProgress>> {
  const found = new Map<string, ScanProgress>();
  const awaited: Awaited[] = [];
  for (const handle of handles) {
    const requestedMs = requestedMsOf(handle);
    if (requestedMs === undefined) found.set(handle.plan.scanName, { phase: 'ended', state: 'as last scanned' });
    else awaited.push({ handle, requestedMs });
  }
  if (awaited.length === 0) return found;
  const assets = await assetsById([...new Set(awaited.map(({ handle }) => handle.scanId))], services);
  const known = awaited.flatMap((one): Known[] => {
    const asset = assets.get(one.handle.scanId);
    return asset ? [{ ...one, asset }] : [];
  });
  const ended = await processed(known.filter(isScanned), services);
  for (const one of known) {
    const isEnded = ended.has(one);
    found.set(one.handle.plan.scanName, isEnded ? { phase: 'ended', state: 'scanned' } : waitingFor(one));
  }
  return found;
}

const isScanned = ({ asset, requestedMs }: Known): boolean =>
  asset.scannedMs !== undefined && asset.scannedMs > requestedMs;

/** The inventory learns of a scan before its detections are there. */
async function processed(scanned: readonly Known[], services: ScanServices): Promise<Set<Known>> {
  const hostIds = scanned.map(({ asset }) => asset.hostId).filter((id) => id !== undefined);
  if (hostIds.length === 0) return new Set();
  const { scannedMs } = await readHosts([...new Set(hostIds)], services);
  return new Set(scanned.filter(({ asset, requestedMs }) => (scannedMs.get(asset.hostId ?? '') ?? 0) > requestedMs));
}

function waitingFor(one: Known): ScanProgress {
  const { asset, requestedMs } = one;
  if (isScanned(one)) return { phase: 'processing', state: 'scanned, results to come' };
  const { checkedInMs } = asset;
  if (checkedInMs !== undefined && checkedInMs > requestedMs) return { phase: 'running', state: 'the agent was asked' };
  const seen = checkedInMs === undefined ? 'which was never seen' : `last seen ${isoTime(checkedInMs)}`;
  return { phase: 'queued', state: `waiting for the agent, ${seen}` };
}
