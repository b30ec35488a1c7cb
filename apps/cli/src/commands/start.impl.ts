import { type ExitName, ScangateError, soleExit } from '@scangate/core';
import type { ScanHandle } from '@scangate/core/scanners';
import { runs } from '../command.js';
import type { Context } from '../context.js';
import { errorLines } from '../messages.js';
import { resolveOptions, resolveScanOptions, type StartFlags } from '../options.js';
import { requireConfig } from '../run-targets.js';
import type { OpenScans } from '../scan/index.js';
import { chooseTargets } from '../targets.js';

/** What a scan is found by later. */
interface Started {
  target: string;
  handle: ScanHandle;
}

export default runs<StartFlags>(async (context, flags, names) => {
  const { config, ci } = resolveOptions({ ...flags, report: ['json'] }, context.env);
  const options = resolveScanOptions(flags, context.env);
  const loaded = await requireConfig(context, { config });
  const chosen = chooseTargets(loaded, names).filter(({ settings }) => settings.scanner !== 'report');
  if (chosen.length === 0) {
    throw new ScangateError('SCANGATE_CLI_USAGE', 'there is no scan to start: every target is a report', {
      mend: 'judge reports with scangate evaluate or scangate run',
    });
  }
  const { openScans } = await import('../scan/index.js');
  const isJson = flags.json === true;
  const scans = await openScans(context, { ...options, ci, quiet: options.quiet || isJson }, loaded, chosen, 'start');
  try {
    const { started, failed } = await settleAll(
      scans,
      chosen.map(({ name }) => name),
    );
    scans.beforeVerdict();
    const print = (text: string): void => context.process.stdout.write(scans.secrets.redact(text));
    if (isJson) print(`${JSON.stringify(jsonOf(started, failed, options.state), null, 2)}\n`);
    else for (const one of started) print(linesOf(one, options.state));
    for (const { error } of failed) context.process.stderr.write(scans.secrets.redact(errorLines(error)));
    return exitOf(context, failed);
  } catch (error) {
    scans.abandon();
    throw error;
  } finally {
    await scans.close();
  }
});

interface Failed {
  target: string;
  error: ScangateError;
}

async function settleAll(
  scans: OpenScans,
  names: readonly string[],
): Promise<{ started: Started[]; failed: Failed[] }> {
  const started: Started[] = [];
  const failed: Failed[] = [];
  for (const target of names) {
    try {
      started.push({ target, handle: await scans.handle(target) });
    } catch (error) {
      if (!(error instanceof ScangateError)) throw error;
      failed.push({ target, error });
    }
  }
  return { started, failed };
}

function exitOf({ interruption }: Context, failed: readonly Failed[]): ExitName {
  const exit = interruption.exit();
  if (exit !== undefined) return exit;
  return failed.length === 0 ? 'pass' : soleExit(failed.map(({ error }) => error.code));
}

function linesOf({ target, handle }: Started, state: string): string {
  const { plan, scanId, link } = handle;
  return [
    `${target}: ${plan.scanName} (id ${scanId})`,
    ...(link === undefined ? [] : [`  page:    ${link}`]),
    `  collect: scangate collect ${target} --state ${state}`,
    '',
  ].join('\n');
}

const jsonOf = (started: readonly Started[], failed: readonly Failed[], state: string) => ({
  schema: 'scangate.started/1',
  state,
  scans: started.map(({ target, handle: { plan, scanId, reference, link } }) => ({
    target,
    scanner: plan.scanner,
    subject: plan.subject,
    scanName: plan.scanName,
    scanId,
    reference,
    link,
    collect: ['scangate', 'collect', target, '--state', state],
  })),
  failed: failed.map(({ target, error: { code, message, mend } }) => ({ target, code, message, mend })),
});
