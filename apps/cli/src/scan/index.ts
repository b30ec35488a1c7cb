import { setMaxListeners } from 'node:events';
import { ScangateError, type ScanTarget } from '@scangate/core';
import type { Config } from '@scangate/core/config';
import type { HttpClient } from '@scangate/core/http';
import { mayHaveActed, type QualysClient } from '@scangate/core/qualys';
import { terminalText } from '@scangate/core/reporters';
import { runScans, type ScanJob, type ScanMode, type ScanRun } from '@scangate/core/scan';
import { readReportAs, type ScanHandle, type ScanServices } from '@scangate/core/scanners';
import { detectCi } from '../ci-adapters.js';
import type { Context } from '../context.js';
import type { Surroundings } from '../judge.js';
import { createMachine, type OpenMachine } from '../machine/index.js';
import type { ScanOptions } from '../options.js';
import type { LoadedConfig } from '../policy.js';
import { Secrets } from '../secrets.js';
import type { NamedTarget } from '../targets.js';
import { cacheFolder, createCacheFiles } from './cache-files.js';
import { jobOf, needsPlatform } from './jobs.js';
import { openNetwork, openPlatform } from './platform.js';
import { ProgressDisplay } from './progress.js';
import { createStateFiles } from './state-files.js';

/** Scans under way, and what their judging needs. */
export interface OpenScans extends Surroundings {
  target(name: string): ScanTarget;
  handle(name: string): Promise<ScanHandle>;
  beforeVerdict(): void;
  /** For a run that cannot go on: does with scans that are under way what a signal would do. */
  abandon(): void;
  close(): Promise<void>;
}

/**
 * Starts or takes up the scans of these targets; reports among them are passed over. Throws what is wrong with the
 * settings before anything is asked of the platform.
 */
export async function openScans(
  context: Context,
  options: ScanOptions & { ci: string },
  loaded: LoadedConfig,
  chosen: readonly NamedTarget[],
  mode: ScanMode,
): Promise<OpenScans> {
  const secrets = new Secrets(context.env);
  const log = (line: string): void => {
    if (options.verbose) context.process.stderr.write(`${terminalText(secrets.redact(line))}\n`);
  };
  const cachePath = cacheFolder(options.cache, context.env, context.disk);
  const cache = createCacheFiles(context, cachePath, log);
  const wanted = chosen.filter(({ settings }) => settings.scanner !== 'report');
  const http = openNetwork(context, loaded.config);
  const client = wanted.some(({ settings }) => needsPlatform(settings))
    ? await openPlatform(context, { config: loaded.config, http, secrets, cache, log })
    : undefined;
  const { redact } = secrets;
  const stop = stopOf(context);
  const { signal } = stop;
  const machine = createMachine(context, { http, state: options.state, cache: cachePath, signal, redact, log });
  const jobs = wanted.map(({ name, settings }) => jobOf(name, settings, client?.urls.api));
  const detected = detectCi(options.ci, context.env);
  const display = new ProgressDisplay(context, secrets, options.quiet, detected?.adapter);
  const ci = detected?.context;
  const run = runScans(jobs, {
    mode,
    now: () => context.now().getTime(),
    sleep: context.sleep,
    random: context.random,
    services: servicesOf(context, { client, machine, cache, log }),
    store: createStateFiles(context, options.state),
    runId: context.newId(),
    branch: ci?.branch,
    build: ci?.buildNumber,
    signal,
    mayHaveActed: (error) => !isOfThisMachine(error) && mayHaveActed(error),
    onEvent: (event) => display.show(event),
  });
  return opened({ run, jobs, chosen, config: loaded.config, secrets, display, client, http, machine, stop, log });
}

/** Aborted by a signal, and by whoever abandons the run. */
function stopOf({ interruption }: Context): AbortController {
  const stop = new AbortController();
  // Every call and every wait of every target listens: many are no leak.
  setMaxListeners(0, stop.signal);
  const signal = interruption.listen((name) => new ScangateError('SCANGATE_SCAN_INTERRUPTED', `${name} was received`));
  if (signal.aborted) stop.abort(signal.reason);
  else signal.addEventListener('abort', () => stop.abort(signal.reason), { once: true });
  return stop;
}

/** What went wrong before anything left this machine: nothing was started elsewhere. */
const isOfThisMachine = (error: unknown): boolean =>
  error instanceof ScangateError && /^SCANGATE_(?:PROGRAM|TARGET)_/.test(error.code);

type Given = Pick<ScanServices, 'machine' | 'cache' | 'log'> & { client: QualysClient | undefined };

const servicesOf =
  (context: Context, { client, ...given }: Given) =>
  (signal: AbortSignal): ScanServices => ({
    ...given,
    qualys: () => {
      if (!client) throw new Error('a scanner without an account speaks to the platform');
      return client;
    },
    now: () => context.now().getTime(),
    sleep: context.sleep,
    readReport: readReportAs,
    signal,
  });

interface Parts {
  run: ScanRun;
  jobs: readonly ScanJob[];
  chosen: readonly NamedTarget[];
  config: Config;
  secrets: Secrets;
  display: ProgressDisplay;
  client: QualysClient | undefined;
  http: HttpClient;
  machine: OpenMachine;
  stop: AbortController;
  log(line: string): void;
}

function opened({ run, jobs, chosen, config, secrets, display, client, http, machine, stop, log }: Parts): OpenScans {
  const tags = new Map(chosen.map(({ name, settings }) => [name, [settings.tags ?? []].flat()]));
  const scanners = new Map(jobs.map(({ name, scanner }) => [name, scanner.name]));
  return {
    secrets,
    config,
    target: (name) => ({
      name,
      scanner: scanners.get(name) ?? '',
      tags: tags.get(name),
      findings: () => run.findings(name),
    }),
    handle: (name) => run.handle(name),
    beforeVerdict: () => display.end(),
    afterFiles: () => run.settle(),
    abandon: () => stop.abort(new ScangateError('SCANGATE_SCAN_INTERRUPTED', 'the run could not go on')),
    close: async () => {
      await run.close();
      display.end();
      await machine.close();
      await http.close();
      if (client) log(budgetLine(client));
    },
  };
}

function budgetLine({ budget }: QualysClient): string {
  const { calls, waited, limit, remaining, byRoute } = budget.report();
  const routes = Object.entries(byRoute)
    .toSorted(([, a], [, b]) => b - a)
    .map(([route, count]) => `${count} ${route}`);
  const left = remaining === undefined ? '' : `, ${remaining} of ${limit ?? '?'} left`;
  return `calls to the platform: ${calls}${left}; ${waited} waited for a place; ${routes.join(', ')}`;
}
