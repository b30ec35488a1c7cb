import { EXIT_CODES, EXIT_MEANINGS, type ExitName, ScangateError } from '@scangate/core';
import { runs } from '../command.js';
import { judgeTargets } from '../judge.js';
import { resolveOptions } from '../options.js';
import { loadConfig, loadPolicy } from '../policy.js';
import { targetsOfConfig } from '../targets.js';

/** Judges the samples that real scanners made. Ends with 0 unless the demo itself broke; the verdict is part of the show. */
export default runs<{ out?: string }, []>(async (context, flags): Promise<ExitName> => {
  const config = context.disk.resolve(context.demoFolder, 'scangate.yml');
  const options = { ...resolveOptions({ out: flags.out ?? 'scangate-out/demo' }, {}), config };
  const loaded = await loadConfig(context, options);
  if (!loaded) throw new ScangateError('SCANGATE_CONFIG_MISSING', `${config} does not exist`);
  const policy = await loadPolicy(context, options, loaded);
  const targets = targetsOfConfig(context, loaded, []);
  const names = targets.map(({ source }) => source).join(' ');
  context.process.stdout.write(`$ scangate evaluate --config scangate.yml   (${names})\n\n`);
  const exit = await judgeTargets(context, options, policy, targets);
  context.process.stdout.write(`\nA pipeline would have got exit code ${EXIT_CODES[exit]}: ${EXIT_MEANINGS[exit]}.\n`);
  return 'pass';
});
