import { ScangateError } from '../../../errors.js';
import type { ProgramEnd } from '../../machine.js';
import { howItEnded } from '../../program.js';

/** What the program says by its end: the platform's policy allowed, refused, or gave no verdict. */
export type Answer = 'ALLOW' | 'DENY' | 'AUDIT';

const ANSWERS: ReadonlyMap<number, Answer> = new Map([
  [0, 'ALLOW'],
  [42, 'DENY'],
  [43, 'AUDIT'],
]);

/**
 * What every other exit status means. Two of the vendor's integrations agree on this table; a third has another one
 * from 10 on, which is why a status that is not here is never more than an error (both read 2026-11-23).
 */
const FAILURES: ReadonlyMap<number, string> = new Map([
  [1, 'a general error'],
  [2, 'a parameter that is not valid'],
  [3, 'its log could not be opened'],
  [5, 'the file system could not be read'],
  [6, 'the image could not be read'],
  [7, 'the image archive could not be read'],
  [8, 'the image could not be read by the storage driver'],
  [9, 'the container could not be read'],
  [10, 'what is to be scanned could not be read'],
  [11, 'the scan of the metadata failed'],
  [12, 'the scan of the operating system failed'],
  [13, 'the scan of the dependencies failed'],
  [14, 'the scan for secrets failed'],
  [15, 'no operating system was found'],
  [16, 'the scan for malware failed'],
  [17, 'the operating system is not supported'],
  [18, 'the scan for file insights failed'],
  [19, 'the compliance scan failed'],
  [20, 'the scan of the manifest failed'],
  [21, 'the scan of the Windows registry failed'],
  [30, 'the result could not be written as JSON'],
  [31, 'the list of changes could not be made'],
  [32, 'the list of changes could not be compressed'],
  [33, 'the list of changes could not be uploaded'],
  [34, 'the result could not be written as SPDX'],
  [35, 'the result could not be written as CycloneDX'],
  [36, 'the bill of materials could not be compressed'],
  [37, 'the bill of materials could not be uploaded'],
  [38, 'the result on secrets could not be made'],
  [39, 'the result on secrets could not be uploaded'],
  [40, 'the vulnerability report could not be fetched from the platform'],
  [41, "the policy's verdict could not be fetched from the platform"],
]);

/** The platform was not ready, or the network not there: another run may succeed. */
const PASSING: ReadonlySet<number> = new Set([31, 32, 33, 40, 41]);

const MENDS: readonly [from: number, to: number, mend: string][] = [
  [2, 2, 'compare the settings under qscanner with the flags of the installed version'],
  [
    5,
    10,
    'check that it is there on this machine, that the user of the build may read it, and storageDriver and platform',
  ],
  [15, 15, 'scan for what the artefact holds: without an operating system leave os and pkg out of scanTypes'],
  [17, 17, "look for the operating system in the vendor's list; without it leave os and pkg out of scanTypes"],
  [31, 41, 'check that this machine reaches the gateway of the platform, and run the step again'],
];

export const isPassing = ({ status }: ProgramEnd): boolean => status !== undefined && PASSING.has(status);

/** What the program ended with. Throws for every end that says nothing of the target. */
export function answerOf(end: ProgramEnd, runs: number): Answer {
  if (end.stopped === 'cancelled') throw new ScangateError('SCANGATE_SCAN_CANCELLED', 'QScanner was cancelled');
  if (end.stopped === 'time') {
    throw new ScangateError('SCANGATE_SCAN_TIMEOUT', 'QScanner did not end within its time and was ended', {
      mend: 'allow more time with qscanner.timeout, or leave folders out with qscanner.excludeDirs',
    });
  }
  const answer = end.status === undefined || end.signal !== undefined ? undefined : ANSWERS.get(end.status);
  if (answer !== undefined) return answer;
  const times = runs > 1 ? ` in the last of ${runs} runs` : '';
  const message = `QScanner failed${times}${reasonOf(end)}: it ended with ${howItEnded(end)}`;
  throw new ScangateError('SCANGATE_PROGRAM_FAILED', message, mendOf(end));
}

/** `, the image could not be read` */
export function reasonOf({ status, signal }: ProgramEnd): string {
  if (status === undefined || signal !== undefined) return '';
  return `, ${FAILURES.get(status) ?? 'with a status that is not known'}`;
}

function mendOf({ status }: ProgramEnd): { mend?: string } {
  if (status === undefined) return {};
  const [, , mend] = MENDS.find(([from, to]) => status >= from && status <= to) ?? [];
  return mend === undefined ? {} : { mend };
}
