import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildDeliveryInput,
  buildJudgement,
  buildRawFinding,
  describeCiAdapter,
  type JudgementSketch,
  SITUATIONS,
} from '@scangate/core/testing';
import Ajv from 'ajv';
import { describe, expect, it } from 'vitest';
import { jenkins } from '../src/index.js';
import { issuesWriter } from '../src/issues.js';

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

const SCHEMAS = process.env.SCANGATE_SCHEMAS ?? join(import.meta.dirname, '../../../../shared/schemas');
const schemaFile = join(SCHEMAS, 'jenkins/warnings-ng-native.own.json');

interface Issue {
  fileName: string;
  lineStart?: number;
  lineEnd?: number;
  severity: string;
  message: string;
  description?: string;
  category: string;
  type: string;
  moduleName?: string;
  fingerprint: string;
}

async function issuesOf(sketch: JudgementSketch, limits?: { maxEntries: number; maxBytes: number }): Promise<Issue[]> {
  const { judgement, findings } = await buildJudgement(sketch);
  const writer = issuesWriter(limits);
  for (const judged of findings) writer.add(judged);
  const { size, issues } = JSON.parse([...writer.end(judgement)].join('')) as { size: number; issues: Issue[] };
  expect(size).toBe(issues.length);
  return issues;
}

const NO_HIGH = { rules: [{ name: 'no high', select: { severity: 'high' }, max: 0 }] };
const ROOT_USER = buildRawFinding({
  vulnerability: { source: 'trivy', id: 'DS002', title: 'root user', aliases: [] },
  kind: 'misconfiguration',
  severity: 'high',
  location: { kind: 'file', path: 'docker/Dockerfile', line: 3, endLine: 4 },
  description: 'It runs as <root>.',
  remediation: 'Add a USER.',
});

describe('jenkins-issues.json', () => {
  it('has an issue for each finding that counts, with its fix', async () => {
    const information = buildRawFinding({ kind: 'information', severity: 'info' });
    expect(
      await issuesOf({ policy: NO_HIGH, targets: [{ name: 'shop', findings: [ROOT_USER, information] }] }),
    ).toEqual([
      {
        fileName: 'docker/Dockerfile',
        lineStart: 3,
        lineEnd: 4,
        severity: 'HIGH',
        message: 'HIGH DS002 root user; where: shop: docker/Dockerfile:3; fix: Add a USER.',
        description: '<p><b>To do</b><br>Add a USER.</p><p><b>What it is</b><br>It runs as &lt;root&gt;.</p>',
        category: 'misconfiguration',
        type: 'DS002',
        moduleName: 'shop',
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ]);
  });

  it('never looks clean where there is no verdict', async () => {
    const problems = [{ code: 'SCANGATE_SCAN_INCOMPLETE' as const, message: 'half was seen', mend: 'scan again' }];
    const issues = await issuesOf({ policy: NO_HIGH, targets: [{ name: 'shop', statement: { problems } }] });
    expect(issues).toEqual([
      {
        fileName: 'shop',
        severity: 'HIGH',
        message: 'SCANGATE_SCAN_INCOMPLETE: shop: half was seen',
        category: 'scangate',
        type: 'SCANGATE_SCAN_INCOMPLETE',
        fingerprint: 'scangate SCANGATE_SCAN_INCOMPLETE shop',
      },
    ]);
  });

  it('keeps the most severe within its limits, and says how many it leaves out', async () => {
    const findings = Array.from({ length: 50 }, (_, index) =>
      buildRawFinding({
        severity: index === 49 ? 'critical' : 'high',
        vulnerability: { source: 'nvd', id: `CVE-2099-${1000 + index}`, title: 'x' },
      }),
    );
    const issues = await issuesOf(
      { policy: NO_HIGH, targets: [{ name: 'shop', findings }] },
      { maxEntries: 10, maxBytes: 1_000_000 },
    );
    expect(issues).toHaveLength(11);
    expect(issues[0]?.message).toBe('40 findings of lower severity are not shown here; all are in findings.ndjson');
    expect(issues[1]).toMatchObject({ severity: 'ERROR', type: 'CVE-2099-1049' });
  });

  it.skipIf(!existsSync(schemaFile)).each(SITUATIONS)('fits the schema: $name', async ({ build }) => {
    const { judgement, findings } = await build();
    const writer = issuesWriter();
    for (const judged of findings) writer.add(judged);
    const validate = new Ajv.default({ strict: false }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));
    validate(JSON.parse([...writer.end(judgement)].join('')));
    expect(validate.errors ?? []).toEqual([]);
  });
});

describe('jenkins', () => {
  it('leaves the verdict to the plugins that read the report files', async () => {
    expect(jenkins.deliver(await buildDeliveryInput())).toEqual({ stdout: '', files: [] });
  });
});
