import type { CiAdapter, Environment } from '@scangate/core/ci';
import type { CiContext } from '@scangate/core/model';

const nameOf = (ref: string | undefined): string | undefined => /^refs\/heads\/(.+)$/s.exec(ref ?? '')?.[1];

/** Variables: learn.microsoft.com/azure/devops/pipelines/build/variables, read 2026-11-23. */
function detect(env: Environment): CiContext | undefined {
  if (env.TF_BUILD?.toLowerCase() !== 'true') return undefined;
  const { SYSTEM_COLLECTIONURI: collection, SYSTEM_TEAMPROJECT: project, BUILD_BUILDID: build } = env;
  const known = collection && project && build;
  return {
    tool: 'azure',
    name: 'Azure Pipelines',
    buildUrl: known
      ? `${collection}${encodeURIComponent(project)}/_build/results?buildId=${encodeURIComponent(build)}`
      : undefined,
    buildNumber: env.BUILD_BUILDNUMBER || undefined,
    branch: nameOf(env.SYSTEM_PULLREQUEST_SOURCEBRANCH) ?? nameOf(env.BUILD_SOURCEBRANCH),
    commit: env.BUILD_SOURCEVERSION || undefined,
    targetBranch: nameOf(env.SYSTEM_PULLREQUEST_TARGETBRANCH),
    mergeRequest: env.SYSTEM_PULLREQUEST_PULLREQUESTNUMBER || env.SYSTEM_PULLREQUEST_PULLREQUESTID || undefined,
  };
}

/** Azure Pipelines. */
export const azure: CiAdapter = {
  tool: 'azure',
  name: 'Azure Pipelines',
  detect,
  deliver: () => ({ stdout: '', files: [] }),
};
