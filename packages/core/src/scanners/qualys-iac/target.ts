import { nameWords, uniqueName } from '../qualys-scan-name.js';
import type { PlanContext, ScanServices } from '../scanner.js';

/** A `qualys-iac` target as the configuration has it, validated there. */
export interface IacTarget {
  scanner: 'qualys-iac';
  /** A folder, or one template. */
  path: string;
  /** Globs below the path. Default: everything that is not hidden. */
  include?: string[] | undefined;
  exclude?: string[] | undefined;
  /** Whether what Git ignores is left out. Default true. */
  gitignore?: boolean | undefined;
  name?: string | undefined;
}

/**
 * A name that only this run has, in the characters that the vendor's own plugin takes: letters, digits, dash, underscore
 * and blank. What is too long is cut before the id of the run.
 */
export function scanNameOf({ name }: IacTarget, context: PlanContext, services: Pick<ScanServices, 'now'>): string {
  return uniqueName(name, nameWords(context, services))
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9_ -]/g, '_');
}
