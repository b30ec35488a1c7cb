import type { CiAdapter, Environment } from '@scangate/core/ci';
import type { CiContext } from '@scangate/core/model';
import { jenkinsIssues } from './issues.js';

const isJenkins = (env: Environment): boolean =>
  // JENKINS_URL is empty on a server whose root URL was never set; BUILD_TAG is always there.
  Boolean(env.JENKINS_URL) || (Boolean(env.BUILD_NUMBER) && env.BUILD_TAG?.startsWith('jenkins-') === true);

/** Variables: jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables and the git plugin, read 2026-11-23. */
function detect(env: Environment): CiContext | undefined {
  if (!isJenkins(env)) return undefined;
  // In a multibranch build of a tag BRANCH_NAME and GIT_BRANCH hold the tag, in one of a change BRANCH_NAME is `PR-12`.
  const branch = env.TAG_NAME
    ? undefined
    : env.CHANGE_BRANCH || (env.CHANGE_ID ? undefined : env.BRANCH_NAME || env.GIT_BRANCH);
  return {
    tool: 'jenkins',
    name: 'Jenkins',
    buildUrl: env.BUILD_URL || undefined,
    buildNumber: env.BUILD_NUMBER || undefined,
    branch: branch || undefined,
    commit: env.GIT_COMMIT || undefined,
    targetBranch: env.CHANGE_TARGET || undefined,
    mergeRequest: env.CHANGE_ID || undefined,
  };
}

/** Jenkins. Its log has no messages: the pipeline step hands the reports to the plugins that read them. */
export const jenkins: CiAdapter = {
  tool: 'jenkins',
  name: 'Jenkins',
  detect,
  reports: [jenkinsIssues],
  deliver: () => ({ stdout: '', files: [] }),
};
