import { buildDeliveryInput, describeCiAdapter } from '@scangate/core/testing';
import { describe, expect, it } from 'vitest';
import { circleci } from '../src/index.js';

const job = {
  CI: 'true',
  CIRCLECI: 'true',
  CIRCLE_BUILD_NUM: '7',
  CIRCLE_BUILD_URL: 'https://circleci.example/gh/shop/shop/7',
  CIRCLE_JOB: 'gate',
  CIRCLE_SHA1: '8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e',
};

const context = {
  tool: 'circleci',
  name: 'CircleCI',
  buildUrl: job.CIRCLE_BUILD_URL,
  buildNumber: '7',
  commit: job.CIRCLE_SHA1,
};

describeCiAdapter(circleci, {
  situations: [
    { name: 'push', env: { ...job, CIRCLE_BRANCH: 'main' }, context: { ...context, branch: 'main' } },
    {
      name: 'push to a branch with an open pull request',
      env: { ...job, CIRCLE_BRANCH: 'topic/login', CIRCLE_PULL_REQUEST: 'https://git.example/shop/shop/pull/12' },
      context: { ...context, branch: 'topic/login', mergeRequest: '12' },
    },
    {
      name: 'pull request from a fork',
      env: { ...job, CIRCLE_BRANCH: 'pull/12', CIRCLE_PR_NUMBER: '12', CIRCLE_PR_USERNAME: 'someone' },
      context: { ...context, branch: 'pull/12', mergeRequest: '12' },
    },
    { name: 'tag', env: { ...job, CIRCLE_TAG: 'v1.4.0' }, context },
    {
      name: 'a pull request whose URL ends in no number',
      env: { ...job, CIRCLE_BRANCH: 'main', CIRCLE_PULL_REQUEST: 'https://git.example/shop/shop/pull/new' },
      context: { ...context, branch: 'main' },
    },
  ],
});

describe('circleci', () => {
  it('leaves the verdict to the steps that store the report files', async () => {
    expect(circleci.deliver(await buildDeliveryInput())).toEqual({ stdout: '', files: [] });
  });
});
