import type { ScanServices } from './scanner.js';

/** Now, by the platform's clock. */
export const platformNow = (services: ScanServices): number => services.now() + (services.qualys().clockSkewMs() ?? 0);

/** As criteria take it. */
export const platformDate = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
