import { azure } from '@scangate/ci-azure';
import { bamboo } from '@scangate/ci-bamboo';
import { circleci } from '@scangate/ci-circleci';
import { github } from '@scangate/ci-github';
import { gitlab } from '@scangate/ci-gitlab';
import { jenkins } from '@scangate/ci-jenkins';
import { teamcity } from '@scangate/ci-teamcity';
import { didYouMean, ScangateError } from '@scangate/core';
import type { CiAdapter, Environment } from '@scangate/core/ci';
import type { CiContext } from '@scangate/core/model';

/** Every adapter. A test compares this list with the folders `packages/ci-*`. */
export const CI_ADAPTERS: readonly CiAdapter[] = [azure, bamboo, circleci, github, gitlab, jenkins, teamcity];

export interface DetectedCi {
  adapter: CiAdapter;
  context: CiContext;
}

/** The tools whose build this environment describes, when there are several: one runs inside the other. */
export function rivalsIn(env: Environment): string[] {
  const seen = CI_ADAPTERS.filter((adapter) => adapter.detect(env)).map(({ tool }) => tool);
  return seen.length > 1 ? seen : [];
}

/**
 * `auto` looks at the environment, `none` at nothing; a named tool is taken at its word. Where the environment is of
 * several tools nobody is spoken to: a message of one in the log of another would be noise, or an order.
 */
export function detectCi(choice: string, env: Environment): DetectedCi | undefined {
  if (choice === 'none') return undefined;
  if (choice === 'auto') {
    if (rivalsIn(env).length > 0) return undefined;
    for (const adapter of CI_ADAPTERS) {
      const context = adapter.detect(env);
      if (context) return { adapter, context };
    }
    return undefined;
  }
  const adapter = CI_ADAPTERS.find(({ tool }) => tool === choice);
  const known = ['auto', 'none', ...CI_ADAPTERS.map(({ tool }) => tool)];
  if (!adapter) {
    throw new ScangateError('SCANGATE_CLI_USAGE', `--ci ${choice}: no such tool${didYouMean(choice, known)}`, {
      mend: `write one of ${known.join(', ')}`,
    });
  }
  return { adapter, context: adapter.detect(env) ?? { tool: adapter.tool, name: adapter.name } };
}
