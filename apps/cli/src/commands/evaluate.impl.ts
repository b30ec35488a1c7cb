import { ScangateError } from '@scangate/core';
import { runs } from '../command.js';
import { judgeTargets } from '../judge.js';
import { type CommonFlags, resolveOptions } from '../options.js';
import { loadConfig, loadPolicy } from '../policy.js';
import { Secrets } from '../secrets.js';
import { chooseTargets, reportTargets, targetsOfArguments } from '../targets.js';

export default runs<CommonFlags>(async (context, flags, args) => {
  const options = resolveOptions(flags, context.env);
  // A policy from the command line makes the file unnecessary, unless it was named or has the targets.
  const needsConfig =
    options.config !== undefined || args.length === 0 || (options.policy === undefined && options.failOn.length === 0);
  const loaded = needsConfig ? await loadConfig(context, options) : undefined;
  const policy = await loadPolicy(context, options, loaded);
  const targets =
    args.length > 0
      ? targetsOfArguments(context, args)
      : loaded
        ? reportTargets(context, loaded, chooseTargets(loaded, []))
        : [];
  if (targets.length === 0) {
    throw new ScangateError('SCANGATE_CLI_USAGE', 'no report is named', {
      mend: 'write scangate evaluate REPORT..., or add targets to scangate.yml',
    });
  }
  return judgeTargets(context, options, policy, targets, { secrets: new Secrets(context.env), config: loaded?.config });
});
