import { ScangateError } from '../errors.js';
import { PolicyInput } from '../policy/schema.js';
import type { ConfigMistake } from './mistake.js';
import { Config } from './schema.js';
import { readYaml, type Source } from './source.js';
import { pathText, validate } from './validate.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads scangate.yml. `${NAME}` in target fields is taken from `env`. Throws {@link ConfigError}. */
export function parseConfig(text: string, file: string, env: Environment): Config {
  const source = readYaml(text, file);
  const { value } = source;
  source.check(interpolateTargets(source, value, env));
  return validate(Config, value, source);
}

/** Reads a file that holds a policy alone, or a whole configuration whose policy is taken. Throws {@link ConfigError}. */
export function parsePolicy(text: string, file: string): PolicyInput {
  const source = readYaml(text, file);
  const { value } = source;
  const whole =
    typeof value === 'object' && value !== null && ('policy' in value || 'version' in value || 'targets' in value);
  if (!whole) return validate(PolicyInput, value, source);
  const { policy } = validate(Config, value, source);
  if (policy) return policy;
  throw new ScangateError('SCANGATE_POLICY_MISSING', `${file} has no policy`);
}

/** Replaces `${NAME}` in the text fields of targets, in place. An unset variable is a mistake. */
function interpolateTargets(source: Source, value: unknown, env: Environment): ConfigMistake[] {
  const mistakes: ConfigMistake[] = [];
  const targets = (value as { targets?: unknown } | null)?.targets;
  const walk = (node: unknown, path: PropertyKey[]): unknown => {
    if (typeof node === 'string') {
      return node.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
        const set = env[name];
        if (set !== undefined && set !== '') return set;
        mistakes.push({
          code: 'SCANGATE_CONFIG_INVALID',
          ...source.locate(path),
          path: pathText(path),
          message: `the environment variable ${name} is not set`,
          mend: `set ${name} in the build before this step`,
        });
        return whole;
      });
    }
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]));
    if (typeof node === 'object' && node !== null) {
      for (const [key, member] of Object.entries(node)) {
        (node as Record<string, unknown>)[key] = walk(member, [...path, key]);
      }
    }
    return node;
  };
  if (typeof targets === 'object' && targets !== null) walk(targets, ['targets']);
  return mistakes;
}
