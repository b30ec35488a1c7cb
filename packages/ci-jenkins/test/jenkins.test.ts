import { buildDeliveryInput, describeCiAdapter } from '@scangate/core/testing';
import { describe, expect, it } from 'vitest';
import { jenkins } from '../src/index.js';

const job = {
  JENKINS_URL: 'https://jenkins.example/',
  BUILD_URL: 'https://jenkins.example/job/shop/job/main/7/',
  BUILD_NUMBER: '7',
  BUILD_TAG: 'jenkins-shop-main-7',
  JOB_NAME: 'shop/main',
  GIT_COMMIT: '8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e',
};

const context = {
  tool: 'jenkins',
  name: 'Jenkins',
  buildUrl: job.BUILD_URL,
  buildNumber: '7',
  commit: job.GIT_COMMIT,
};

describeCiAdapter(jenkins, {
  situations: [
    {
      name: 'push, multibranch',
      env: { ...job, BRANCH_NAME: 'main', GIT_BRANCH: 'main' },
      context: { ...context, branch: 'main' },
    },
    {
      name: 'push, one branch',
      env: { ...job, GIT_BRANCH: 'origin/main' },
      context: { ...context, branch: 'origin/main' },
    },
    {
      name: 'merge request, multibranch',
      env: {
        ...job,
        BRANCH_NAME: 'PR-12',
        GIT_BRANCH: 'PR-12',
        CHANGE_ID: '12',
        CHANGE_URL: 'https://git.example/shop/pull/12',
        CHANGE_BRANCH: 'topic/login',
        CHANGE_TARGET: 'main',
      },
      context: { ...context, branch: 'topic/login', targetBranch: 'main', mergeRequest: '12' },
    },
    {
      name: 'merge request of a source that does not tell its branch',
      env: { ...job, BRANCH_NAME: 'PR-12', CHANGE_ID: '12', CHANGE_TARGET: 'main' },
      context: { ...context, targetBranch: 'main', mergeRequest: '12' },
    },
    {
      name: 'tag, multibranch',
      env: { ...job, BRANCH_NAME: 'v1.4.0', GIT_BRANCH: 'v1.4.0', TAG_NAME: 'v1.4.0' },
      context,
    },
    {
      name: 'a server without a root URL',
      env: { JENKINS_URL: '', BUILD_URL: '', BUILD_NUMBER: '7', BUILD_TAG: 'jenkins-shop-7' },
      context: { tool: 'jenkins', name: 'Jenkins', buildNumber: '7' },
    },
  ],
});

describe('jenkins', () => {
  it('leaves the verdict to the plugins that read the report files', async () => {
    expect(jenkins.deliver(await buildDeliveryInput())).toEqual({ stdout: '', files: [] });
  });
});
