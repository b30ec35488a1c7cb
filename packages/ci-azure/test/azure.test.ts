import { describeCiAdapter } from '@scangate/core/testing';
import { azure } from '../src/index.js';

const build = {
  TF_BUILD: 'True',
  SYSTEM_COLLECTIONURI: 'https://dev.azure.example/shop/',
  SYSTEM_TEAMPROJECT: 'web shop',
  BUILD_BUILDID: '70',
  BUILD_BUILDNUMBER: '20310203.1',
  BUILD_SOURCEVERSION: '8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e',
};
const context = {
  tool: 'azure',
  name: 'Azure Pipelines',
  buildUrl: 'https://dev.azure.example/shop/web%20shop/_build/results?buildId=70',
  buildNumber: '20310203.1',
  commit: build.BUILD_SOURCEVERSION,
};

describeCiAdapter(azure, {
  situations: [
    { name: 'push', env: { ...build, BUILD_SOURCEBRANCH: 'refs/heads/main' }, context: { ...context, branch: 'main' } },
    {
      name: 'pull request',
      env: {
        ...build,
        BUILD_SOURCEBRANCH: 'refs/pull/12/merge',
        SYSTEM_PULLREQUEST_SOURCEBRANCH: 'refs/heads/topic/login',
        SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main',
        SYSTEM_PULLREQUEST_PULLREQUESTID: '12',
      },
      context: { ...context, branch: 'topic/login', targetBranch: 'main', mergeRequest: '12' },
    },
    { name: 'tag', env: { ...build, BUILD_SOURCEBRANCH: 'refs/tags/v1' }, context },
  ],
});
