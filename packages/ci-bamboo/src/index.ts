import {
  type CiAdapter,
  type Delivery,
  type DeliveryInput,
  type Environment,
  outcomeVariables,
} from '@scangate/core/ci';
import type { CiContext } from '@scangate/core/model';

/** Variables: confluence.atlassian.com "Bamboo variables" 10.1, read 2026-11-23. Dots arrive as underscores. */
function detect(env: Environment): CiContext | undefined {
  if (!env.bamboo_buildKey || !env.bamboo_agentId) return undefined;
  const mergeRequest = env.bamboo_repository_pr_key || undefined;
  const branch = mergeRequest
    ? env.bamboo_repository_pr_sourceBranch
    : env.bamboo_planRepository_branchName ||
      env.bamboo_planRepository_branch ||
      env.bamboo_planRepository_1_branchName;
  return {
    tool: 'bamboo',
    name: 'Bamboo',
    buildUrl: env.bamboo_buildResultsUrl || env.bamboo_resultsUrl || undefined,
    buildNumber: env.bamboo_buildNumber || undefined,
    branch: branch || undefined,
    commit: env.bamboo_planRepository_revision || env.bamboo_planRepository_1_revision || undefined,
    targetBranch: env.bamboo_repository_pr_targetBranch || undefined,
    mergeRequest,
  };
}

/** `inject-variables` reads `key=value` lines; the last assignment wins, and quotes would be part of the value. */
function deliver({ verdict }: DeliveryInput): Delivery {
  const lines = outcomeVariables(verdict).map(([name, value]) => `${name}=${value}\n`);
  return { stdout: '', files: [{ name: 'scangate.properties', content: lines.join('') }] };
}

/** Bamboo. Its log has no messages: tests, artifacts and injected variables carry the verdict. */
export const bamboo: CiAdapter = { tool: 'bamboo', name: 'Bamboo', detect, deliver };
