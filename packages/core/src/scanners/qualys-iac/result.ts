import { ScangateError } from '../../errors.js';
import { isPassingFault } from '../../http/index.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanStatement } from '../../model/scan.js';
import { Shelf } from '../../wire/shelf.js';
import type { ScanServices } from '../scanner.js';
import { answerError } from './scan-list.js';

const RESULT = '/cloudview-api/rest/v1/iac/scanResult';

interface Result {
  findings: Shelf<RawFinding>;
  statement: ScanStatement;
}

/** An answer breaks off at times, and only the reader of its body notices. */
const TRIES = 3;

const BROKEN = new Set(['SCANGATE_REPORT_TRUNCATED', 'SCANGATE_REPORT_EMPTY']);

/** Reads the result of a scan, whatever its state. */
export async function readResult(id: string, services: ScanServices): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(id, services);
    } catch (error) {
      const isBroken = isPassingFault(error) || (error instanceof ScangateError && BROKEN.has(error.code));
      if (!isBroken || attempt === TRIES) throw answerError(`the result of the scan ${id}`, error);
      services.log(`the result of the scan ${id} broke off, and is asked for again`);
    }
  }
}

async function readOnce(id: string, services: ScanServices): Promise<Result> {
  const { signal } = services;
  const answer = await services
    .qualys()
    .gatewayOpen({ method: 'GET', path: RESULT, query: { scanUuid: id }, safe: true, signal });
  const findings = new Shelf<RawFinding>();
  try {
    const reading = services.readReport('qualys-iac', answer.body);
    for (;;) {
      const step = await reading.next();
      if (step.done) return { findings, statement: step.value };
      for (const finding of step.value) findings.append(finding);
    }
  } finally {
    answer.close();
  }
}
