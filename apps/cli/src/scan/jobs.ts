import { createHash } from 'node:crypto';
import { ScangateError } from '@scangate/core';
import type { Config, Target } from '@scangate/core/config';
import { readDuration, type ScanJob, type WaitLimits } from '@scangate/core/scan';
import { scannerOf } from '@scangate/core/scanners';

const HOUR_MS = 3_600_000;
/** Where the configuration says nothing. The platform itself ends a scan after a day. */
const DEFAULT_LIMITS: WaitLimits = { queueMs: 2 * HOUR_MS, runMs: 24 * HOUR_MS, resultsMs: 2 * HOUR_MS };

/** Programs of this machine: nobody else ends them. */
const PROGRAM_LIMITS: WaitLimits = { totalMs: HOUR_MS };

/** What a target says about waiting, and not about what is scanned. */
const CONTROL_KEYS: ReadonlySet<string> = new Set(['tags', 'wait', 'reuse', 'onAbort', 'onTimeout']);

/** Whether its scanner has to sign in to the platform. */
export const needsPlatform = ({ scanner }: Target): boolean => scannerOf(scanner)?.needsPlatform ?? false;

/** The job of a target. Throws `SCANGATE_CLI_USAGE` for scanners that cannot be started yet. */
export function jobOf(name: string, target: Target, apiUrl: string | undefined): ScanJob {
  const scanner = scannerOf(target.scanner);
  if (!scanner) throw cannotStart(name, target.scanner);
  const { wait, onAbort, onTimeout, reuse } = controlOf(target);
  return {
    name,
    scanner,
    target,
    digest: digestOf(target, apiUrl),
    limits: limitsOf(wait, scanner.needsPlatform ? DEFAULT_LIMITS : PROGRAM_LIMITS),
    onAbort: onAbort ?? 'cancel',
    onTimeout: onTimeout ?? 'cancel',
    reuse: reuseOf(reuse),
  };
}

const cannotStart = (name: string, scanner: string): ScangateError =>
  new ScangateError('SCANGATE_CLI_USAGE', `target "${name}": this version cannot start ${scanner} scans`, {
    mend: 'run the scanner in a step of its own and judge its report: scanner: report, path: FILE',
  });

type Control = Pick<
  Extract<NonNullable<Config['targets']>[string], { scanner: 'qualys-was' }>,
  'wait' | 'onAbort' | 'onTimeout' | 'reuse'
>;

/** The only place that knows how waiting is configured. */
function controlOf(target: Target): Control {
  return 'onAbort' in target || 'onTimeout' in target || 'reuse' in target || 'wait' in target
    ? (target as Control)
    : ({} as Control);
}

const duration = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : readDuration(text);

function limitsOf(wait: Control['wait'], defaults: WaitLimits): WaitLimits {
  if (wait === undefined) return defaults;
  if (typeof wait === 'string') return { totalMs: readDuration(wait) };
  return {
    queueMs: duration(wait.queue) ?? defaults.queueMs,
    runMs: duration(wait.run) ?? defaults.runMs,
    resultsMs: duration(wait.results) ?? defaults.resultsMs,
  };
}

function reuseOf(reuse: Control['reuse']): ScanJob['reuse'] {
  if (reuse === undefined) return undefined;
  const maxAgeMs = readDuration(reuse);
  return maxAgeMs === undefined ? { kind: 'running' } : { kind: 'finished', maxAgeMs };
}

/** Changes when something else would be scanned, or on another platform. */
function digestOf(target: Target, apiUrl: string | undefined): string {
  const scanned = Object.entries(target).filter(([key, value]) => !CONTROL_KEYS.has(key) && value !== undefined);
  const text = JSON.stringify([
    scannerOf(target.scanner)?.needsPlatform ? (apiUrl ?? null) : null,
    sortedKeys(Object.fromEntries(scanned)),
  ]);
  return createHash('sha256').update(text).digest('hex');
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortedKeys(member)]));
}
