import type { Outcome } from '@scangate/core/model';
import { buildDeliveryInput, describeCiAdapter } from '@scangate/core/testing';
import { describe, expect, it } from 'vitest';
import { gitlab } from '../src/index.js';
import { isLogPiece } from './log-parser.js';
import { judged, render, reporterOfFile, textOf } from './support.js';

const job = {
  CI: 'true',
  GITLAB_CI: 'true',
  CI_JOB_ID: '4711',
  CI_JOB_URL: 'https://gitlab.example/shop/shop/-/jobs/4711',
  CI_PIPELINE_ID: '815',
  CI_COMMIT_SHA: '8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e',
};

const context = {
  tool: 'gitlab',
  name: 'GitLab CI/CD',
  buildUrl: job.CI_JOB_URL,
  buildNumber: '4711',
  commit: job.CI_COMMIT_SHA,
};

describeCiAdapter(gitlab, {
  isMessage: isLogPiece,
  situations: [
    {
      name: 'push',
      env: { ...job, CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main', CI_COMMIT_REF_NAME: 'main' },
      context: { ...context, branch: 'main' },
    },
    {
      name: 'merge request',
      env: {
        ...job,
        CI_PIPELINE_SOURCE: 'merge_request_event',
        CI_COMMIT_REF_NAME: 'topic/login',
        CI_MERGE_REQUEST_IID: '12',
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'topic/login',
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      },
      context: { ...context, branch: 'topic/login', targetBranch: 'main', mergeRequest: '12' },
    },
    {
      name: 'tag',
      env: { ...job, CI_PIPELINE_SOURCE: 'push', CI_COMMIT_TAG: 'v1.4.0', CI_COMMIT_REF_NAME: 'v1.4.0' },
      context,
    },
  ],
});

describe('gitlab', () => {
  it('takes only the documented value of its mark', () => {
    expect(gitlab.detect({ ...job, GITLAB_CI: 'false' })).toBeUndefined();
  });

  const dotenvOf = async (outcome: Outcome): Promise<string> => {
    const input = await buildDeliveryInput({ outcome });
    return textOf(reporterOfFile('scangate.env').create({ toolVersion: '1', ruleNames: [] }), [], input);
  };

  it('hands outcome and counts to later jobs as a dotenv report', async () => {
    expect(await dotenvOf('inconclusive')).toBe(`SCANGATE_OUTCOME=inconclusive
SCANGATE_EXIT_CODE=4
SCANGATE_FINDINGS_CRITICAL=2
SCANGATE_FINDINGS_HIGH=0
SCANGATE_FINDINGS_MEDIUM=0
SCANGATE_FINDINGS_LOW=0
SCANGATE_FINDINGS_INFO=0
SCANGATE_FINDINGS_UNKNOWN=0
`);
  });

  it('keeps the rules of dotenv reports: plain names and values, no empty line, 5 KB and 20 variables at most', async () => {
    const content = await dotenvOf('fail');
    const lines = content.replace(/\n$/, '').split('\n');
    for (const line of lines) expect(line).toMatch(/^[A-Za-z0-9_]+=[^\s'"#]+$/);
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(5 * 1024);
  });

  it('writes every file in every run: a report that GitLab is told of is never missing or empty', async () => {
    const built = await judged([]);
    const texts = (gitlab.reports ?? []).map((reporter) => [reporter.fileName, render(reporter, built).length > 0]);
    expect(texts).toEqual([
      ['gl-code-quality-report.json', true],
      ['gl-container-scanning-report.json', true],
      ['gl-dast-report.json', true],
      ['gl-dependency-scanning-report.json', true],
      ['gl-sast-report.json', true],
      ['scangate.env', true],
    ]);
  });
});
