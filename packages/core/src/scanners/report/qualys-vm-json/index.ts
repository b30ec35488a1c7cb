import { readVmResult, vmStatement } from '../../qualys-vm-result.js';
import type { ReportReader } from '../reader.js';

/**
 * Result of one VM scan as the platform's `scan/?action=fetch` gives it in `json` or `json_extended`, and as the
 * vendor's CI plugin keeps it. https://docs.qualys.com/en/vm/qweb-all-api/ (read 2026-11-23).
 *
 * The summary row, with the date of launch, is the evidence. Hosts that were not scanned stand in rows of their own.
 */
export const qualysVmJson: ReportReader = {
  format: 'qualys-vm-json',
  title: 'Qualys VM scan result (JSON)',
  recognise: ({ paths }) =>
    ['[]', 'data[]'].some(
      (row) =>
        (paths.has(`${row}.launch_date`) && (paths.has(`${row}.reference`) || paths.has(`${row}.active_hosts`))) ||
        (paths.has(`${row}.qid`) && paths.has(`${row}.ip`) && paths.has(`${row}.type`)),
    ),
  read: async function* ({ chunks }) {
    return vmStatement(yield* readVmResult(chunks));
  },
};
