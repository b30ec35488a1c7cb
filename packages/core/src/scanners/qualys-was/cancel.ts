import { isNotFound, isRefusedRequest } from '../qualys-refusal.js';
import { stateOf } from '../qualys-was-statement.js';
import type { ScanHandle, ScanServices } from '../scanner.js';
import { phaseOf } from './progress.js';
import { idsOf, scansOf } from './scan-record.js';

/**
 * Stops the scan, and keeps what it has found where the platform can. A scan that has ended, or is gone, is no error.
 * https://docs.qualys.com/en/was/api/scans/scan_status.htm, and the notification of WAS 3.3 (read 2026-11-23).
 */
export async function cancelScan(handle: ScanHandle, services: ScanServices): Promise<void> {
  for (const id of idsOf(handle)) await cancelOne(id, services);
}

async function cancelOne(id: string, services: ScanServices): Promise<void> {
  const call = { product: 'was', verb: 'cancel', object: 'wasscan', id, signal: services.signal } as const;
  try {
    await services.qualys().qps({ ...call, request: { data: { WasScan: { cancelWithResults: 'true' } } } });
  } catch (error) {
    if (!isRefusedRequest(error)) throw error;
    // Either it has ended, or this version does not know how to keep the results.
    if (await isOver(id, services)) return;
    await services.qualys().qps(call);
  }
}

async function isOver(id: string, services: ScanServices): Promise<boolean> {
  try {
    const { signal } = services;
    const { records } = await services.qualys().qps({ product: 'was', verb: 'status', object: 'wasscan', id, signal });
    const [scan] = scansOf(records);
    if (!scan) return false;
    const { status, resultsStatus } = stateOf(scan);
    return ['processing', 'ended'].includes(phaseOf(status, resultsStatus));
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  }
}
