import { ScangateError } from '@scangate/core';
import { runs } from '../command.js';
import { judgeTargets } from '../judge.js';
import { type CommonFlags, resolveOptions } from '../options.js';
import { loadConfig, loadPolicy } from '../policy.js';
import { targetsOfConfig } from '../targets.js';

export default runs<CommonFlags>(async (context, flags, names) => {
  const options = resolveOptions(flags, context.env);
  const loaded = await loadConfig(context, options);
  if (!loaded) throw new ScangateError('SCANGATE_CONFIG_MISSING', 'scangate.yml does not exist');
  const policy = await loadPolicy(context, options, loaded);
  const targets = targetsOfConfig(context, loaded, names);
  if (targets.length === 0)
    throw new ScangateError('SCANGATE_CLI_USAGE', `${loaded.path} has no targets`, { mend: 'add targets' });
  return judgeTargets(context, options, policy, targets);
});
