import { type ExitName, ScangateError } from '@scangate/core';
import type { Context } from './context.js';
import { judgeTargets } from './judge.js';
import { type CommonFlags, resolveOptions, resolveScanOptions, type ScanFlags } from './options.js';
import { type LoadedConfig, loadConfig, loadPolicy } from './policy.js';
import { chooseTargets, reportTarget, reportTargets } from './targets.js';

/** `run` and `collect`: every target of the configuration, or those named, into one verdict. */
export async function runTargets(
  context: Context,
  flags: CommonFlags & ScanFlags,
  names: readonly string[],
  mode: 'run' | 'collect',
): Promise<ExitName> {
  const options = resolveOptions(flags, context.env);
  const loaded = await requireConfig(context, options);
  const policy = await loadPolicy(context, options, loaded);
  const chosen = chooseTargets(loaded, names);
  if (chosen.every(({ settings }) => settings.scanner === 'report')) {
    return judgeTargets(context, options, policy, reportTargets(context, loaded, chosen));
  }
  // What speaks to a platform is loaded for those who need it alone.
  const { openScans } = await import('./scan/index.js');
  const { ci } = options;
  const scans = await openScans(context, { ...resolveScanOptions(flags, context.env), ci }, loaded, chosen, mode);
  try {
    const targets = chosen.map(({ name, settings }) =>
      settings.scanner === 'report' ? reportTarget(context, loaded, name, settings) : scans.target(name),
    );
    return await judgeTargets(context, options, policy, targets, scans);
  } catch (error) {
    scans.abandon();
    throw error;
  } finally {
    await scans.close();
  }
}

export async function requireConfig(context: Context, options: { config: string | undefined }): Promise<LoadedConfig> {
  const loaded = await loadConfig(context, options);
  if (loaded) return loaded;
  throw new ScangateError('SCANGATE_CONFIG_MISSING', 'scangate.yml does not exist');
}
