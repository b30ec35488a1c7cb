import type { DeliveryInput } from '@scangate/core/ci';
import { buildDeliveryInput, buildJudgement, buildRawFinding, describeCiAdapter } from '@scangate/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeData, escapeProperty } from '../src/escape.js';
import { azure } from '../src/index.js';
import { parseCommand } from './command-parser.js';

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

const isMessage = (line: string): boolean => {
  try {
    return parseCommand(line).name !== '';
  } catch {
    return false;
  }
};

describeCiAdapter(azure, {
  isMessage,
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

const messagesOf = (input: DeliveryInput) => azure.deliver(input).stdout.split('\n').slice(0, -1).map(parseCommand);

const issuesOf = (input: DeliveryInput) => messagesOf(input).filter(({ name }) => name === 'task.logissue');

/** A verdict that more than one place of a repository breaks. */
async function withFiles(count: number): Promise<DeliveryInput> {
  const { judgement } = await buildJudgement({
    policy: { rules: [{ name: 'no high', select: { severity: 'high' }, max: 0 }] },
    targets: [
      {
        name: 'templates',
        findings: Array.from({ length: count }, (_, index) =>
          buildRawFinding({
            vulnerability: { source: 'trivy', id: `DS${index}`, title: 'root user', aliases: [] },
            kind: 'misconfiguration',
            severity: 'high',
            location: { kind: 'file', path: `infra/${index}/Dockerfile`, line: 3 },
            remediation: 'Add a USER.',
          }),
        ),
      },
    ],
  });
  return { ...judgement, context: { tool: 'azure', name: 'Azure Pipelines' }, reports: [] };
}

describe('azure', () => {
  it('logs the causes as issues of the build, and the files with their findings', async () => {
    expect(issuesOf(await withFiles(1))).toEqual([
      {
        name: 'task.logissue',
        properties: { type: 'error', code: 'SCANGATE_RULE_VIOLATED' },
        data: 'rule "no high": at most 0, observed 1\nHIGH DS0 root user; where: templates: infra/0/Dockerfile:3; fix: Add a USER.',
      },
      {
        name: 'task.logissue',
        properties: { type: 'error', sourcepath: 'infra/0/Dockerfile', linenumber: '3', code: 'DS0' },
        data: 'HIGH DS0 root user; where: templates: infra/0/Dockerfile:3; fix: Add a USER.',
      },
    ]);
  });

  it('uploads the summary and every report, and sets variables for later steps', async () => {
    const input = await buildDeliveryInput({ outcome: 'pass' });
    const markdown = {
      format: 'markdown',
      path: 'scangate-out/summary.md',
      file: '/agent/1/s/scangate-out/summary.md',
    };
    const variable = (name: string, data: string) => ({
      name: 'task.setvariable',
      properties: { variable: `scangate_${name}`, isoutput: 'true' },
      data,
    });
    const upload = { containerfolder: 'scangate', artifactname: 'scangate' };
    expect(messagesOf({ ...input, reports: [markdown] })).toEqual([
      { name: 'task.uploadsummary', properties: {}, data: markdown.file },
      { name: 'artifact.upload', properties: upload, data: markdown.file },
      variable('outcome', 'pass'),
      variable('exit_code', '0'),
      variable('findings_critical', '2'),
      ...['high', 'medium', 'low', 'info', 'unknown'].map((severity) => variable(`findings_${severity}`, '0')),
    ]);
  });

  it('turns the step yellow for a warning that does not fail it, and for nothing else', async () => {
    const completes = async (outcome: 'pass' | 'warn' | 'fail' | 'inconclusive') =>
      messagesOf(await buildDeliveryInput({ outcome })).filter(({ name }) => name === 'task.complete');
    expect(await completes('warn')).toEqual([
      { name: 'task.complete', properties: { result: 'SucceededWithIssues' }, data: 'scangate warns' },
    ]);
    for (const outcome of ['pass', 'fail', 'inconclusive'] as const) expect(await completes(outcome)).toEqual([]);
    const warned = await buildDeliveryInput({ outcome: 'warn' });
    const failing = { ...warned, verdict: { ...warned.verdict, exitCode: 3 } };
    expect(messagesOf(failing).filter(({ name }) => name === 'task.complete')).toEqual([]);
  });

  it('keeps to ten issues of a type, and says what it leaves out', async () => {
    const issues = issuesOf(await withFiles(40));
    expect(issues).toHaveLength(10);
    expect(issues.at(-1)?.data).toBe('32 more are not shown here; see the scangate summary and findings.ndjson');
  });

  it('escapes so that a reader gets the same text back', () => {
    const plain = fc.string({ unit: fc.constantFrom('a', '%', ':', ',', ';', '=', ']', '2', '5', 'AZP25', ' .') });
    fc.assert(
      fc.property(plain, plain, (value, data) => {
        fc.pre(value.trim() !== '' && !value.includes('::') && !data.includes('::'));
        const line = `##vso[task.logissue code=${escapeProperty(value)};]${escapeData([data, 'next'])}`;
        expect(parseCommand(line)).toMatchObject({ properties: { code: value }, data: `${data}\nnext` });
      }),
    );
  });

  it('shortens what is too long, with a note', async () => {
    const issues = issuesOf(await buildDeliveryInput({ text: 'x'.repeat(10_000) }));
    expect(Math.max(...issues.map(({ data }) => data.length))).toBe(4000);
    expect(issues[0]?.data).toContain('... (cut, ');
  });
});
