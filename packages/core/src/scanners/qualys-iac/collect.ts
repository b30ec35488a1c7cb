import { excerpt, ScangateError } from '../../errors.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../model/scan.js';
import { isoTime } from '../normalise.js';
import { scanProblem } from '../problem.js';
import type { ScanHandle, ScanServices } from '../scanner.js';
import { type Contents, readTemplates } from './archive.js';
import { detailsOf, type IacDetails } from './details.js';
import { Places } from './places.js';
import { readResult } from './result.js';
import { type ListedScan, listedScan } from './scan-list.js';

/** The findings of the scan, each at its place in the repository, and what the scan is worth. */
export async function* collectFindings(
  handle: ScanHandle,
  services: ScanServices,
): AsyncGenerator<RawFinding[], ScanStatement, undefined> {
  const details = detailsOf(handle.plan);
  const scan = await listedScan(handle.scanId, services);
  const base: ScanStatement = {
    tool: { name: 'Qualys IaC' },
    subject: handle.plan.subject,
    reference: handle.scanId,
    startedAt: isoTime(scan?.startedMs ?? handle.launchedAtMs),
    state: scan?.status,
    problems: [stateProblem(handle.scanId, scan)].filter((problem) => problem !== undefined),
  };
  if (scan?.status !== 'FINISHED') return base;
  const current = await templatesNow(details, services);
  const isSame = current?.sha256 === (scan.sha256 ?? details.sha256);
  const { findings, statement } = await readResult(handle.scanId, services);
  const places = new Places(details.path, isSame ? current : undefined);
  for (const batch of findings.batches()) yield batch.map((finding) => places.place(finding));
  const changed = current !== undefined && !isSame ? [changedProblem(details)] : [];
  return {
    ...base,
    state: statement.state ?? scan.status,
    evidence: statement.evidence,
    problems: [...statement.problems, ...nothingEvaluated(statement), ...changed],
  };
}

function stateProblem(id: string, scan: ListedScan | undefined): ScanProblem | undefined {
  if (!scan) return scanProblem('SCANGATE_SCAN_GONE', `the platform does not list the scan ${id}`);
  const { status } = scan;
  if (status === 'FINISHED') return undefined;
  if (status === 'ERROR') {
    return scanProblem(
      'SCANGATE_SCAN_FAILED',
      'the status of the scan is ERROR: the platform evaluated no template',
      'look at the scan in the portal, take out what it cannot read, and scan again',
    );
  }
  if (/^CANCELL?ED$/.test(status)) return scanProblem('SCANGATE_SCAN_CANCELLED', `the status of the scan is ${status}`);
  if (status === 'SUBMITTED' || status === 'PROCESSING') {
    return scanProblem('SCANGATE_SCAN_INCOMPLETE', `the status of the scan is still ${status}`, 'collect again later');
  }
  const shown = excerpt(status);
  return scanProblem('SCANGATE_SCAN_UNKNOWN_STATE', `the status of the scan is "${shown}", which is not known`);
}

/** A scan that finished over templates none of which it knows has an empty result. */
function nothingEvaluated({ evidence, problems }: ScanStatement): ScanProblem[] {
  if (evidence !== undefined || problems.length > 0) return [];
  return [
    scanProblem(
      'SCANGATE_SCAN_NO_EVIDENCE',
      'the scan is finished and its result is empty: no control was evaluated',
      'check that the path holds templates of Terraform or CloudFormation',
    ),
  ];
}

/** The templates as they lie there now; undefined on a machine that has none, such as that of a later job. */
async function templatesNow(details: IacDetails, services: ScanServices): Promise<Contents | undefined> {
  try {
    return await readTemplates(details, services.machine);
  } catch (error) {
    if (!(error instanceof ScangateError) || error.code !== 'SCANGATE_TARGET_FILES') throw error;
    services.log(`findings have no lines, since the templates are not here: ${error.message}`);
    return undefined;
  }
}

/** The verdict would be about other templates than those that lie there. */
const changedProblem = ({ path }: IacDetails): ScanProblem =>
  scanProblem(
    'SCANGATE_SCAN_STALE',
    `the templates in ${excerpt(path, 200)} are not those that were scanned: they have changed since`,
    'run scangate again: it starts a new scan',
  );
