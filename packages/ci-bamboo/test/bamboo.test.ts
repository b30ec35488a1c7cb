import { buildDeliveryInput, describeCiAdapter } from '@scangate/core/testing';
import { describe, expect, it } from 'vitest';
import { bamboo } from '../src/index.js';

const job = {
  bamboo_agentId: '131073',
  bamboo_buildKey: 'SEC-GATE-SCAN',
  bamboo_buildNumber: '7',
  bamboo_buildResultsUrl: 'https://bamboo.example/browse/SEC-GATE-SCAN-7',
  bamboo_planRepository_revision: '8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e',
};

const context = {
  tool: 'bamboo',
  name: 'Bamboo',
  buildUrl: job.bamboo_buildResultsUrl,
  buildNumber: '7',
  commit: job.bamboo_planRepository_revision,
};

describeCiAdapter(bamboo, {
  situations: [
    {
      name: 'push',
      env: { ...job, bamboo_planRepository_branch: 'main', bamboo_planRepository_branchName: 'main' },
      context: { ...context, branch: 'main' },
    },
    {
      name: 'pull request',
      env: {
        ...job,
        bamboo_planRepository_branchName: 'topic/login',
        bamboo_repository_pr_key: '12',
        bamboo_repository_pr_sourceBranch: 'topic/login',
        bamboo_repository_pr_targetBranch: 'main',
      },
      context: { ...context, branch: 'topic/login', targetBranch: 'main', mergeRequest: '12' },
    },
    {
      name: 'push, variables of the first repository only',
      env: {
        bamboo_agentId: '131073',
        bamboo_buildKey: 'SEC-GATE-SCAN',
        bamboo_planRepository_1_branchName: 'main',
        bamboo_planRepository_1_revision: job.bamboo_planRepository_revision,
      },
      context: { tool: 'bamboo', name: 'Bamboo', branch: 'main', commit: context.commit },
    },
  ],
});

describe('bamboo', () => {
  it('hands outcome and counts to later stages as variables', async () => {
    expect(bamboo.deliver(await buildDeliveryInput())).toEqual({
      stdout: '',
      files: [
        {
          name: 'scangate.properties',
          content: `outcome=fail
exit_code=1
findings_critical=2
findings_high=0
findings_medium=0
findings_low=0
findings_info=0
findings_unknown=0
`,
        },
      ],
    });
  });

  it('writes single-line values without quotes under names of letters, digits and underscores', async () => {
    for (const outcome of ['pass', 'warn', 'fail', 'inconclusive'] as const) {
      const content = bamboo.deliver(await buildDeliveryInput({ outcome })).files[0]?.content ?? '';
      for (const line of content.trimEnd().split('\n')) expect(line).toMatch(/^[A-Za-z0-9_]+=[a-z0-9]+$/);
    }
  });
});
