import { describeCiAdapter } from '@scangate/core/testing';
import { github } from '../src/index.js';

const run = {
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_REPOSITORY: 'shop/shop',
  GITHUB_RUN_ID: '70',
  GITHUB_RUN_NUMBER: '7',
  GITHUB_SHA: '8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e',
};
const context = {
  tool: 'github',
  name: 'GitHub Actions',
  buildUrl: 'https://github.example/shop/shop/actions/runs/70',
  buildNumber: '7',
  commit: run.GITHUB_SHA,
};

describeCiAdapter(github, {
  situations: [
    {
      name: 'push',
      env: { ...run, GITHUB_REF: 'refs/heads/main', GITHUB_REF_NAME: 'main', GITHUB_REF_TYPE: 'branch' },
      context: { ...context, branch: 'main' },
    },
    {
      name: 'pull request',
      env: { ...run, GITHUB_REF: 'refs/pull/12/merge', GITHUB_HEAD_REF: 'topic/login', GITHUB_BASE_REF: 'main' },
      context: { ...context, branch: 'topic/login', targetBranch: 'main', mergeRequest: '12' },
    },
    {
      name: 'tag',
      env: { ...run, GITHUB_REF: 'refs/tags/v1', GITHUB_REF_NAME: 'v1', GITHUB_REF_TYPE: 'tag' },
      context,
    },
  ],
});
