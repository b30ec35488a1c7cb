import type { CiAdapter, Delivery, DeliveryInput, Environment } from '@scangate/core/ci';
import type { CiContext } from '@scangate/core/model';
import { codeQuality } from './code-quality.js';
import { dotenv } from './dotenv.js';
import { publishNote } from './note.js';
import { findingSections } from './sections.js';
import { securityReports } from './security/reports.js';

/** Variables: docs.gitlab.com/ci/variables/predefined_variables, read 2026-11-23. */
function detect(env: Environment): CiContext | undefined {
  if (env.GITLAB_CI !== 'true') return undefined;
  return {
    tool: 'gitlab',
    name: 'GitLab CI/CD',
    // The job, not the pipeline: its page holds the log, the tests and the artifacts of the gate.
    buildUrl: env.CI_JOB_URL || undefined,
    buildNumber: env.CI_JOB_ID || undefined,
    // CI_COMMIT_REF_NAME would hold the tag in a pipeline of a tag.
    branch: env.CI_MERGE_REQUEST_SOURCE_BRANCH_NAME || env.CI_COMMIT_BRANCH || undefined,
    commit: env.CI_COMMIT_SHA || undefined,
    targetBranch: env.CI_MERGE_REQUEST_TARGET_BRANCH_NAME || undefined,
    mergeRequest: env.CI_MERGE_REQUEST_IID || undefined,
  };
}

const deliver = (input: DeliveryInput): Delivery => ({ stdout: findingSections(input), files: [] });

/** GitLab CI/CD. */
export const gitlab: CiAdapter = {
  tool: 'gitlab',
  name: 'GitLab CI/CD',
  detect,
  deliver,
  reports: [codeQuality, ...securityReports, dotenv],
  publish: publishNote,
};
