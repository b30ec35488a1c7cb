import { excerpt, ScangateError } from '../../../errors.js';
import { askVersion, requireProgram } from '../../program.js';
import type { ScanServices } from '../../scanner.js';
import type { QScannerSettings } from './settings.js';

/** Releases whose flags, files and exit codes are those of the reference: 4.6 and 5.0 (read 2026-11-23). */
const KNOWN_MAJORS: readonly string[] = ['4', '5'];
const KNOWN = `${KNOWN_MAJORS.join('.x or ')}.x`;

/** A program that can be executed, and the version that it gives itself. */
export interface Program {
  path: string;
  version: string;
}

/**
 * Finds or downloads the program and asks for its version. Throws `SCANGATE_PROGRAM_MISSING`, `_UNVERIFIED` and
 * `_VERSION`; what is not verified is never executed.
 */
export async function obtainProgram(settings: QScannerSettings, services: ScanServices): Promise<Program> {
  const path = await locate(settings, services);
  const version = await askVersion(
    { title: 'QScanner', path, args: ['--version'], read: versionIn, isKnown, known: KNOWN },
    services,
  );
  return { path, version };
}

async function locate(
  { program = 'qscanner', download }: QScannerSettings,
  { machine }: ScanServices,
): Promise<string> {
  if (download) return await machine.download({ url: download.url, sha256: download.sha256.toLowerCase() });
  const mend =
    'install QScanner and put it in PATH, name its path in qscanner.program, or pin it with qscanner.download';
  return await requireProgram(machine, [program], mend);
}

const versionIn = (text: string): string | undefined => /(?<![\d.])\d+\.\d+(?:\.\d+)*(?:-\d+)?/.exec(text)?.[0];

const majorOf = (version: string): string => /^\s*v?(\d+)(?:\.|$)/.exec(version)?.[1] ?? '';

const isKnown = (version: string): boolean => KNOWN_MAJORS.includes(majorOf(version));

/** Throws `SCANGATE_PROGRAM_VERSION` for the result of a release whose words may mean something else. */
export function checkResultVersion(written: string, version: string): void {
  if (!isKnown(written)) {
    const message = `the result is of QScanner "${excerpt(written, 30)}"; known is ${KNOWN}`;
    throw new ScangateError('SCANGATE_PROGRAM_VERSION', message);
  }
  if (majorOf(written) !== majorOf(version)) {
    const message = `the result is of QScanner ${excerpt(written, 30)}, and the program that was run is ${version}`;
    const mend = 'look what else writes into the folder of the scan, and scan again';
    throw new ScangateError('SCANGATE_PROGRAM_VERSION', message, { mend });
  }
}
