import type { Wanted } from '../qualys-resolve.js';

/** A `qualys-was` target as the configuration has it, validated there. */
export interface WasTarget {
  scanner: 'qualys-was';
  webApp?: Wanted | undefined;
  webApps?: Wanted[] | undefined;
  webAppTags?: { include: Wanted[]; exclude?: Wanted[] | undefined } | undefined;
  url?: string | undefined;
  create?: { name?: string | undefined; tags?: Wanted[] | undefined } | undefined;
  optionProfile?: Wanted | undefined;
  authRecord?: Wanted | undefined;
  scannerAppliance?: string | undefined;
  scannerTags?: Wanted[] | undefined;
  dnsOverride?: Wanted | undefined;
  type?: 'vulnerability' | 'discovery' | undefined;
  progressive?: boolean | undefined;
  cancelAfter?: string | undefined;
  name?: string | undefined;
}

/** `2h` and `1d` in hours. */
export function hoursOf(duration: string): number {
  const hours = Number.parseInt(duration, 10);
  return duration.endsWith('d') ? hours * 24 : hours;
}
