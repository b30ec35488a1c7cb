import type { DeliveryInput } from '@scangate/core/ci';
import { buildDeliveryInput, buildJudgement, buildRawFinding, describeCiAdapter } from '@scangate/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeData, escapeProperty } from '../src/escape.js';
import { github } from '../src/index.js';
import { parseCommand } from './command-parser.js';

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

const isMessage = (line: string): boolean => {
  try {
    return parseCommand(line).name !== '';
  } catch {
    return false;
  }
};

describeCiAdapter(github, {
  isMessage,
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

const messagesOf = (input: DeliveryInput) => github.deliver(input).stdout.split('\n').slice(0, -1).map(parseCommand);

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
            location: { kind: 'file', path: `infra/${index}/Dockerfile`, line: 3, endLine: 4 },
            remediation: 'Add a USER.',
          }),
        ),
      },
    ],
  });
  return { ...judgement, context: { tool: 'github', name: 'GitHub Actions' }, reports: [] };
}

describe('github', () => {
  it('annotates the build with its causes, and the files with their findings', async () => {
    expect(messagesOf(await withFiles(1))).toEqual([
      {
        name: 'error',
        properties: { title: 'scangate: no high' },
        data: 'rule "no high": at most 0, observed 1\nHIGH DS0 root user; where: templates: infra/0/Dockerfile:3; fix: Add a USER.',
      },
      {
        name: 'error',
        properties: { file: 'infra/0/Dockerfile', line: '3', endLine: '4', title: 'DS0' },
        data: 'HIGH DS0 root user; where: templates: infra/0/Dockerfile:3; fix: Add a USER.',
      },
    ]);
  });

  it('says nothing of a green build', async () => {
    expect(messagesOf(await buildDeliveryInput({ outcome: 'pass' }))).toEqual([]);
  });

  it('warns of a warning', async () => {
    const names = messagesOf(await buildDeliveryInput({ outcome: 'warn' })).map(({ name }) => name);
    expect(names).toEqual(['warning']);
  });

  it('keeps to the ten annotations that are shown, and says what it leaves out', async () => {
    const messages = messagesOf(await withFiles(40));
    expect(messages).toHaveLength(10);
    expect(messages.at(-1)?.data).toBe('32 more are not shown here; see the summary of this job and findings.ndjson');
  });

  it('writes the summary of the job and the outputs of the step where the runner wants them', async () => {
    const input = await buildDeliveryInput();
    const markdown = { format: 'markdown', path: 'scangate-out/summary.md' };
    const written: unknown[] = [];
    const server = {
      env: { GITHUB_STEP_SUMMARY: '/runner/summary', GITHUB_OUTPUT: '/runner/output' },
      request: () => Promise.reject(new Error('nobody is asked')),
      append: (path: string, content: unknown) => void written.push([path, content]),
    };
    const line = await github.publish?.({ ...input, reports: [...input.reports, markdown] }, server);
    expect(line).toBe('wrote the summary of the job and the outputs of the step');
    expect(written).toEqual([
      ['/runner/summary', markdown],
      [
        '/runner/output',
        'outcome=fail\nexit_code=1\nfindings_critical=2\nfindings_high=0\nfindings_medium=0\nfindings_low=0\nfindings_info=0\nfindings_unknown=0\n',
      ],
    ]);
    expect(await github.publish?.(input, { ...server, env: {} })).toBeUndefined();
  });

  it('escapes so that a reader gets the same text back', () => {
    const plain = fc.string({ unit: fc.constantFrom('a', '%', ':', ',', ';', '=', ']', '2', '5', 'A', ' .') });
    fc.assert(
      fc.property(plain, plain, (value, data) => {
        fc.pre(value.trim() !== '' && !value.includes('::') && !data.startsWith('::'));
        const line = `::error title=${escapeProperty(value)}::${escapeData([data, 'next'])}`;
        expect(parseCommand(line)).toMatchObject({ properties: { title: value }, data: `${data}\nnext` });
      }),
    );
  });

  it('shortens what is too long, with a note', async () => {
    const long = 'x'.repeat(10_000);
    const messages = messagesOf(await buildDeliveryInput({ text: long }));
    expect(Math.max(...messages.map(({ data }) => data.length))).toBe(4000);
    expect(messages[0]?.data).toContain('... (cut, ');
  });
});
