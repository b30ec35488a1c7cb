import { compilePolicy, didYouMean, type Policy, ScangateError } from '@scangate/core';
import type { Config, PolicyInput } from '@scangate/core/config';
import { type KnownSeverity, SEVERITIES } from '@scangate/core/severity';
import type { Context } from './context.js';
import type { Options } from './options.js';

const DEFAULT_CONFIG = 'scangate.yml';

export interface LoadedConfig {
  path: string;
  config: Config;
}

/** The configuration, where there is one. A file that was named must exist; the default one may be missing. */
export async function loadConfig(
  { disk, env }: Context,
  options: Pick<Options, 'config'>,
): Promise<LoadedConfig | undefined> {
  const path = options.config ?? DEFAULT_CONFIG;
  const text = disk.readText(path);
  if (text !== undefined) {
    const { parseConfig } = await import('@scangate/core/config');
    return { path, config: parseConfig(text, path, env) };
  }
  if (options.config === undefined) return undefined;
  throw new ScangateError('SCANGATE_CONFIG_MISSING', `${path} does not exist`);
}

/** `--policy` or `--fail-on`, else the policy of the configuration. No rule at all is an error, never a pass. */
export async function loadPolicy(
  context: Context,
  options: Options,
  loaded: LoadedConfig | undefined,
): Promise<Policy> {
  if (options.policy !== undefined && options.failOn.length > 0) {
    throw new ScangateError('SCANGATE_CLI_USAGE', 'both --policy and --fail-on are given', {
      mend: 'choose one of them',
    });
  }
  if (options.policy !== undefined) {
    const text = context.disk.readText(options.policy);
    if (text === undefined) throw new ScangateError('SCANGATE_CONFIG_MISSING', `${options.policy} does not exist`);
    const { parsePolicy } = await import('@scangate/core/config');
    return compilePolicy(parsePolicy(text, options.policy), options.policy);
  }
  if (options.failOn.length > 0) return compilePolicy(failOnPolicy(options.failOn), '--fail-on');
  if (loaded?.config.policy) return compilePolicy(loaded.config.policy, loaded.path);
  const where = loaded
    ? `${loaded.path} has no policy`
    : 'there is no policy: no --policy, no --fail-on and no scangate.yml';
  throw new ScangateError('SCANGATE_POLICY_MISSING', where);
}

/** `high`, `4` or `high=3`: a rule over everything of that severity and above. */
function failOnPolicy(values: readonly string[]): PolicyInput {
  const rules = values.map((value) => {
    const [, word = '', max = '0'] = /^([^=]*)(?:=(.*))?$/s.exec(value.trim()) ?? [];
    const name = word.trim().toLowerCase();
    const severity = /^[1-5]$/.test(name) ? SEVERITIES[Number(name) - 1] : SEVERITIES.find((known) => known === name);
    if (severity === undefined) {
      throw new ScangateError(
        'SCANGATE_CLI_USAGE',
        `--fail-on ${value}: no such severity${didYouMean(name, SEVERITIES)}`,
        {
          mend: `severities: ${SEVERITIES.join(', ')}, or Qualys levels 1 to 5`,
        },
      );
    }
    if (!/^\d{1,9}$/.test(max.trim())) {
      throw new ScangateError('SCANGATE_CLI_USAGE', `--fail-on ${value}: the allowed number must be a whole number`, {
        mend: 'write --fail-on high=3',
      });
    }
    return failOnRule(severity, Number(max));
  });
  const names = rules.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ScangateError('SCANGATE_CLI_USAGE', `--fail-on names "${twice}" twice`, {
      mend: 'give each severity once',
    });
  return { include: ['default'], rules, onIncomplete: 'inconclusive' };
}

const failOnRule = (severity: KnownSeverity, max: number): PolicyInput['rules'][number] => ({
  name: severity === 'critical' ? 'critical' : `${severity} or above`,
  select: { severity: { atLeast: severity } },
  max,
  action: 'fail',
  missing: 'inconclusive',
});
