import { isRefusedRequest } from '../qualys-refusal.js';
import type { ScanHandle, ScanServices } from '../scanner.js';
import { phaseOf } from './progress.js';
import { getScan, SCAN_PATH } from './scan-list.js';

/** Stops the scan. One that has ended, or is gone, is no error. */
export async function cancelScan({ scanId }: ScanHandle, services: ScanServices): Promise<void> {
  const fields = { action: 'cancel', scan_ref: scanId };
  try {
    await services.qualys().fo({ path: SCAN_PATH, fields, safe: false, signal: services.signal });
  } catch (error) {
    if (!isRefusedRequest(error)) throw error;
    const scan = await getScan(scanId, services);
    if (scan && !['processing', 'ended'].includes(phaseOf(scan))) throw error;
  }
}
