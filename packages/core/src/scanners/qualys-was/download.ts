import { ScangateError } from '../../errors.js';
import { isPassingFault } from '../../http/index.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanStatement } from '../../model/scan.js';
import { Shelf } from '../../wire/shelf.js';
import { readWasAnswer } from '../qualys-was-answer.js';
import type { ScanServices } from '../scanner.js';
import type { Tally } from './tally.js';

export interface Results {
  /** What the download says of the scan, its counters against its lists included. */
  statement: ScanStatement;
  /** Elements of its lists that the search for findings has nothing of. */
  lacking: Shelf<RawFinding>;
}

/** A download breaks off at times, and only the reader of its body notices. */
const TRIES = 3;

const BROKEN = new Set(['SCANGATE_REPORT_TRUNCATED', 'SCANGATE_REPORT_EMPTY']);

/** Reads the results of a scan beside the findings that the search has found. */
export async function readResults(id: string, tally: Tally, services: ScanServices): Promise<Results> {
  for (let attempt = 1; ; attempt++) {
    try {
      tally.forgetListed();
      return await readOnce(id, tally, services);
    } catch (error) {
      const isBroken = isPassingFault(error) || (error instanceof ScangateError && BROKEN.has(error.code));
      if (!isBroken || attempt === TRIES) throw asAnswer(error, id);
      services.log(`the download of the results of scan ${id} broke off, and is repeated`);
    }
  }
}

async function readOnce(id: string, tally: Tally, services: ScanServices): Promise<Results> {
  const call = { product: 'was', verb: 'download', object: 'wasscan', id, accept: 'json' } as const;
  const answer = await services.qualys().qpsOpen({ ...call, signal: services.signal });
  const lacking = new Shelf<RawFinding>();
  try {
    // JSON is asked for; the platform is known to answer in XML all the same.
    const reading = readWasAnswer(answer.syntax === 'xml' ? 'xml' : 'json', answer.body);
    for (;;) {
      const step = await reading.next();
      if (step.done) return { statement: step.value, lacking };
      for (const finding of step.value) {
        if (tally.knows(finding)) tally.addListed(finding);
        else lacking.append(finding);
      }
    }
  } finally {
    answer.close();
  }
}

/** The reader speaks of reports; here it is an answer of the platform. */
export function asAnswer(error: unknown, id: string): unknown {
  if (!(error instanceof ScangateError) || !error.code.startsWith('SCANGATE_REPORT_')) return error;
  return new ScangateError('SCANGATE_QUALYS_ANSWER', `the results of the scan ${id} cannot be read: ${error.message}`);
}
