import type { CiAdapter, Environment } from '@scangate/core/ci';
import type { CiContext } from '@scangate/core/model';

const numberOfPullRequest = (url: string | undefined): string | undefined => /\/(\d+)\/?$/.exec(url ?? '')?.[1];

/** Variables: circleci.com/docs/reference/variables, read 2026-11-23. The target branch is not among them. */
function detect(env: Environment): CiContext | undefined {
  if (env.CIRCLECI !== 'true') return undefined;
  return {
    tool: 'circleci',
    name: 'CircleCI',
    buildUrl: env.CIRCLE_BUILD_URL || undefined,
    buildNumber: env.CIRCLE_BUILD_NUM || undefined,
    branch: env.CIRCLE_BRANCH || undefined,
    commit: env.CIRCLE_SHA1 || undefined,
    // CIRCLE_PR_NUMBER is set for forks only; the URL is set for every branch with an open pull request.
    mergeRequest: env.CIRCLE_PR_NUMBER || numberOfPullRequest(env.CIRCLE_PULL_REQUEST),
  };
}

/** CircleCI. Its log has no messages: `store_test_results` and `store_artifacts` pick up the report files. */
export const circleci: CiAdapter = {
  tool: 'circleci',
  name: 'CircleCI',
  detect,
  deliver: () => ({ stdout: '', files: [] }),
};
