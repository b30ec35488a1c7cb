/*
 * Builds as the CI tools describe them, put together from the pages that the adapters name. What env-ci and ci-info make
 * of the same variables is compared in ci-detection.test.ts.
 */

export interface CiBuild {
  tool: string;
  name: string;
  env: Record<string, string>;
  /** What both the adapter and env-ci must say of it. */
  commit: string;
  pullRequest?: string;
  /** The branch that the change comes from, or that was built. */
  branch?: string;
  targetBranch?: string;
  /** What the file says that GitHub's runner names in GITHUB_EVENT_PATH. */
  event?: object;
}

const COMMIT = '8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e';

const jenkins = {
  JENKINS_URL: 'https://jenkins.example/',
  BUILD_ID: '7',
  BUILD_NUMBER: '7',
  BUILD_TAG: 'jenkins-shop-7',
  BUILD_URL: 'https://jenkins.example/job/shop/7/',
  JOB_NAME: 'shop',
  WORKSPACE: '/workspace/shop',
  GIT_COMMIT: COMMIT,
};
const teamcity = {
  TEAMCITY_VERSION: '2024.12',
  BUILD_NUMBER: '7',
  BUILD_URL: 'https://teamcity.example/build/7',
  BUILD_VCS_NUMBER: COMMIT,
};
const bamboo = {
  bamboo_agentId: '131073',
  bamboo_planKey: 'SEC-GATE',
  bamboo_buildKey: 'SEC-GATE-SCAN',
  bamboo_buildNumber: '7',
  bamboo_buildResultsUrl: 'https://bamboo.example/browse/SEC-GATE-SCAN-7',
  bamboo_planRepository_1_revision: COMMIT,
  bamboo_planRepository_revision: COMMIT,
};
const circleci = {
  CI: 'true',
  CIRCLECI: 'true',
  CIRCLE_BUILD_NUM: '7',
  CIRCLE_BUILD_URL: 'https://circleci.example/gh/shop/shop/7',
  CIRCLE_SHA1: COMMIT,
};
const gitlab = {
  CI: 'true',
  GITLAB_CI: 'true',
  CI_JOB_ID: '70',
  CI_JOB_URL: 'https://gitlab.example/shop/shop/-/jobs/70',
  CI_PIPELINE_ID: '7',
  CI_PROJECT_URL: 'https://gitlab.example/shop/shop',
  CI_COMMIT_SHA: COMMIT,
};
const github = {
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_REPOSITORY: 'shop/shop',
  GITHUB_RUN_ID: '70',
  GITHUB_RUN_NUMBER: '7',
  GITHUB_SHA: COMMIT,
};
const azure = {
  TF_BUILD: 'True',
  BUILD_BUILDURI: 'vstfs:///Build/Build/70',
  BUILD_BUILDID: '70',
  BUILD_BUILDNUMBER: '20310203.1',
  BUILD_SOURCEVERSION: COMMIT,
  SYSTEM_COLLECTIONURI: 'https://dev.azure.example/shop/',
  SYSTEM_TEAMPROJECT: 'shop',
};
/** Number and page of the build, the same in all builds of a tool above. */
export const BUILD_FACTS: Readonly<Record<string, { buildNumber: string; buildUrl: string }>> = {
  azure: { buildNumber: '20310203.1', buildUrl: 'https://dev.azure.example/shop/shop/_build/results?buildId=70' },
  bamboo: { buildNumber: '7', buildUrl: 'https://bamboo.example/browse/SEC-GATE-SCAN-7' },
  circleci: { buildNumber: '7', buildUrl: 'https://circleci.example/gh/shop/shop/7' },
  github: { buildNumber: '7', buildUrl: 'https://github.example/shop/shop/actions/runs/70' },
  gitlab: { buildNumber: '70', buildUrl: 'https://gitlab.example/shop/shop/-/jobs/70' },
  jenkins: { buildNumber: '7', buildUrl: 'https://jenkins.example/job/shop/7/' },
  teamcity: { buildNumber: '7', buildUrl: 'https://teamcity.example/build/7' },
};

const topic = { commit: COMMIT, branch: 'topic/login', pullRequest: '12' } as const;

export const CI_BUILDS: readonly CiBuild[] = [
  {
    tool: 'jenkins',
    name: 'push',
    env: { ...jenkins, GIT_BRANCH: 'main', BRANCH_NAME: 'main' },
    commit: COMMIT,
    branch: 'main',
  },
  {
    tool: 'jenkins',
    name: 'change request',
    env: {
      ...jenkins,
      BRANCH_NAME: 'PR-12',
      CHANGE_ID: '12',
      CHANGE_BRANCH: 'topic/login',
      CHANGE_TARGET: 'main',
      BUILD_TAG: 'jenkins-shop-PR-12-7',
    },
    ...topic,
    targetBranch: 'main',
  },
  {
    tool: 'teamcity',
    name: 'push',
    env: { ...teamcity, TEAMCITY_BUILD_BRANCH: 'main' },
    commit: COMMIT,
    branch: 'main',
  },
  {
    tool: 'bamboo',
    name: 'push',
    env: { ...bamboo, bamboo_planRepository_1_branchName: 'main', bamboo_planRepository_branchName: 'main' },
    commit: COMMIT,
    branch: 'main',
  },
  { tool: 'circleci', name: 'push', env: { ...circleci, CIRCLE_BRANCH: 'main' }, commit: COMMIT, branch: 'main' },
  {
    tool: 'circleci',
    name: 'pull request',
    env: { ...circleci, CIRCLE_BRANCH: 'topic/login', CIRCLE_PULL_REQUEST: 'https://github.example/shop/shop/pull/12' },
    ...topic,
  },
  {
    tool: 'gitlab',
    name: 'push',
    env: { ...gitlab, CI_COMMIT_BRANCH: 'main', CI_COMMIT_REF_NAME: 'main' },
    commit: COMMIT,
    branch: 'main',
  },
  {
    tool: 'gitlab',
    name: 'merge request',
    env: {
      ...gitlab,
      CI_COMMIT_REF_NAME: 'topic/login',
      CI_MERGE_REQUEST_ID: '12',
      CI_MERGE_REQUEST_IID: '12',
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'topic/login',
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
    },
    ...topic,
    targetBranch: 'main',
  },
  {
    tool: 'github',
    name: 'push',
    env: {
      ...github,
      GITHUB_EVENT_NAME: 'push',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_REF_NAME: 'main',
      GITHUB_REF_TYPE: 'branch',
    },
    commit: COMMIT,
    branch: 'main',
  },
  {
    tool: 'github',
    name: 'pull request',
    env: {
      ...github,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_REF: 'refs/pull/12/merge',
      GITHUB_REF_NAME: '12/merge',
      GITHUB_REF_TYPE: 'branch',
      GITHUB_HEAD_REF: 'topic/login',
      GITHUB_BASE_REF: 'main',
    },
    ...topic,
    targetBranch: 'main',
    event: { pull_request: { number: 12, head: { ref: 'topic/login' }, base: { ref: 'main' } } },
  },
  {
    tool: 'azure',
    name: 'push',
    env: { ...azure, BUILD_SOURCEBRANCH: 'refs/heads/main' },
    commit: COMMIT,
    branch: 'main',
  },
  {
    tool: 'azure',
    name: 'pull request',
    env: {
      ...azure,
      BUILD_REASON: 'PullRequest',
      BUILD_SOURCEBRANCH: 'refs/pull/12/merge',
      SYSTEM_PULLREQUEST_PULLREQUESTID: '12',
      SYSTEM_PULLREQUEST_SOURCEBRANCH: 'refs/heads/topic/login',
      SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main',
    },
    ...topic,
    targetBranch: 'main',
  },
];
