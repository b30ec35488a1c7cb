import type { CiAdapter, Environment } from '@scangate/core/ci';
import type { CiContext } from '@scangate/core/model';

const numberOfPullRequest = (ref: string | undefined): string | undefined =>
  /^refs\/pull\/(\d+)\//.exec(ref ?? '')?.[1];

/** Variables: docs.github.com/en/actions/reference/variables-reference, read 2026-11-23. */
function detect(env: Environment): CiContext | undefined {
  if (env.GITHUB_ACTIONS !== 'true') return undefined;
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return {
    tool: 'github',
    name: 'GitHub Actions',
    buildUrl: server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined,
    buildNumber: env.GITHUB_RUN_NUMBER || undefined,
    branch: env.GITHUB_HEAD_REF || (env.GITHUB_REF_TYPE === 'branch' ? env.GITHUB_REF_NAME : undefined) || undefined,
    commit: env.GITHUB_SHA || undefined,
    targetBranch: env.GITHUB_BASE_REF || undefined,
    mergeRequest: numberOfPullRequest(env.GITHUB_REF),
  };
}

/** GitHub Actions. */
export const github: CiAdapter = {
  tool: 'github',
  name: 'GitHub Actions',
  detect,
  deliver: () => ({ stdout: '', files: [] }),
};
