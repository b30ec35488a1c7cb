import { excerpt, ScangateError } from '../../errors.js';
import { isPassingFault } from '../../http/index.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanProblem } from '../../model/scan.js';
import { Shelf } from '../../wire/shelf.js';
import { DETECTIONS_ROOT, detectionProblems, readDetections } from '../qualys-vm-detections.js';
import type { ScanServices } from '../scanner.js';

/** The version that is current (read 2026-11-23). */
const DETECTIONS = '/api/5.0/fo/asset/host/vm/detection/';

/** An answer breaks off at times, and only the reader of its body notices. */
const TRIES = 3;

const BROKEN = new Set(['SCANGATE_REPORT_TRUNCATED', 'SCANGATE_REPORT_EMPTY']);

/** The detections of some hosts as they are now. */
export interface Detections {
  findings: Shelf<RawFinding>;
  /** When each host that is listed was scanned last, by its id; milliseconds. A host without a date is absent. */
  scannedMs: Map<string, number>;
  /** Ids of the hosts that are listed. */
  listed: Set<string>;
  problems: ScanProblem[];
}

/**
 * Reads the current detections of hosts. Information is asked for as well: a host without any detection is left out of
 * the answer, and every host that was scanned has information, so that one that is not listed was not looked at.
 */
export async function readHosts(hostIds: readonly string[], services: ScanServices): Promise<Detections> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(hostIds, services);
    } catch (error) {
      const isBroken = isPassingFault(error) || (error instanceof ScangateError && BROKEN.has(error.code));
      if (!isBroken || attempt === TRIES) throw asAnswer(error);
      services.log('the list of detections broke off, and is asked for again');
    }
  }
}

async function readOnce(hostIds: readonly string[], services: ScanServices): Promise<Detections> {
  const answer = await services.qualys().foOpen({
    path: DETECTIONS,
    fields: {
      action: 'list',
      ids: hostIds.join(','),
      truncation_limit: 0,
      show_igs: true,
      show_qds: true,
      show_qds_factors: true,
      include_ignored: true,
      include_disabled: true,
    },
    safe: true,
    signal: services.signal,
  });
  const found: Detections = { findings: new Shelf(), scannedMs: new Map(), listed: new Set(), problems: [] };
  try {
    const reading = readDetections(answer.body, ({ id, scannedAt }) => {
      if (id === undefined || !hostIds.includes(id)) throw badList(`it holds the host ${excerpt(id ?? '(no id)')}`);
      if (found.listed.has(id)) throw badList(`it holds the host ${id} twice`);
      found.listed.add(id);
      if (scannedAt !== undefined) found.scannedMs.set(id, Date.parse(scannedAt));
    });
    for (;;) {
      const step = await reading.next();
      if (!step.done) {
        for (const finding of step.value) found.findings.append(finding);
        continue;
      }
      if (step.value.root !== DETECTIONS_ROOT) throw badList(`it is <${excerpt(step.value.root ?? '')}>`);
      return { ...found, problems: detectionProblems(step.value) };
    }
  } finally {
    answer.close();
  }
}

const badList = (why: string): ScangateError =>
  new ScangateError('SCANGATE_QUALYS_ANSWER', `the list of detections is not what was asked for: ${why}`);

/** The reader speaks of reports; here it is an answer of the platform. */
function asAnswer(error: unknown): unknown {
  if (!(error instanceof ScangateError) || !error.code.startsWith('SCANGATE_REPORT_')) return error;
  return new ScangateError('SCANGATE_QUALYS_ANSWER', `the list of detections cannot be read: ${error.message}`);
}
