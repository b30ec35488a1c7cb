import type { DeliveryInput } from '@scangate/core/ci';
import type { Outcome, Reason } from '@scangate/core/model';
import { buildDeliveryInput, buildJudgement, buildRawFinding, describeCiAdapter } from '@scangate/core/testing';
import { describe, expect, it } from 'vitest';
import { teamcity } from '../src/index.js';
import { parseServiceMessage, type ServiceMessage } from './service-message-parser.js';

const job = {
  TEAMCITY_VERSION: '2024.12 (build 174331)',
  TEAMCITY_PROJECT_NAME: 'Shop',
  TEAMCITY_BUILDCONF_NAME: 'Gate',
  BUILD_NUMBER: '7',
  BUILD_URL: 'https://teamcity.example/build/7',
  BUILD_VCS_NUMBER: '8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e',
};

const context = {
  tool: 'teamcity',
  name: 'TeamCity',
  buildUrl: job.BUILD_URL,
  buildNumber: '7',
  commit: job.BUILD_VCS_NUMBER,
};

const isMessage = (line: string): boolean => {
  try {
    return parseServiceMessage(line).name !== '';
  } catch {
    return false;
  }
};

describeCiAdapter(teamcity, {
  isMessage,
  situations: [
    { name: 'push, nothing handed over', env: job, context },
    {
      name: 'push, branch handed over',
      env: { ...job, TEAMCITY_BUILD_BRANCH: 'topic/login' },
      context: { ...context, branch: 'topic/login' },
    },
    { name: 'push to the default branch', env: { ...job, TEAMCITY_BUILD_BRANCH: '<default>' }, context },
    {
      name: 'pull request, parameters handed over',
      env: {
        ...job,
        TEAMCITY_BUILD_BRANCH: 'pull/12',
        TEAMCITY_PULLREQUEST_NUMBER: '12',
        TEAMCITY_PULLREQUEST_SOURCE_BRANCH: 'topic/login',
        TEAMCITY_PULLREQUEST_TARGET_BRANCH: 'main',
      },
      context: { ...context, branch: 'topic/login', targetBranch: 'main', mergeRequest: '12' },
    },
  ],
});

const messagesOf = (input: DeliveryInput): ServiceMessage[] => {
  const { stdout, files } = teamcity.deliver(input);
  expect(files).toEqual([]);
  return stdout.split('\n').slice(0, -1).map(parseServiceMessage);
};

const problemsOf = (input: DeliveryInput): Record<string, string>[] =>
  messagesOf(input).flatMap(({ name, attributes }) => (name === 'buildProblem' && attributes ? [attributes] : []));

const withReasons = async (reasons: Reason[], outcome: Outcome = 'fail'): Promise<DeliveryInput> => {
  const input = await buildDeliveryInput({ outcome });
  return { ...input, verdict: { ...input.verdict, reasons } };
};

const CRITICAL = ['CVE-2099-0001', 'CVE-2099-0002'].map(
  (id) => `CRITICAL ${id} heap overflow; where: shop-image: libexample 1.0 (debian); fix: update to 1.1`,
);

/** Stable: a new id would be a new inspection in every build. */
const typeId = (id: string): string =>
  ({
    'CVE-2099-0001': 'scangate.e85517a2ec6888cc0345f8925801aaff',
    'CVE-2099-0002': 'scangate.731953d4ca24c699dbfbc12b4a4db240',
  })[id] ?? '';

const named = async (sketch: Parameters<typeof buildDeliveryInput>[0], name: string): Promise<ServiceMessage[]> =>
  messagesOf(await buildDeliveryInput(sketch)).filter((message) => message.name === name);

describe('teamcity', () => {
  it('says the verdict in service messages', async () => {
    const statistic = (severity: string, value: string): ServiceMessage => ({
      name: 'buildStatisticValue',
      attributes: { key: `scangate.findings.${severity}`, value },
    });
    expect(messagesOf(await buildDeliveryInput())).toEqual([
      { name: 'blockOpened', attributes: { name: 'scangate', description: 'the verdict: fail' } },
      { name: 'publishArtifacts', value: 'scangate-out/junit.xml => scangate' },
      { name: 'publishArtifacts', value: 'scangate-out/report/index.html => scangate/report' },
      { name: 'publishArtifacts', value: 'scangate-out/scangate.sarif => scangate' },
      statistic('critical', '2'),
      statistic('high', '0'),
      statistic('medium', '0'),
      statistic('low', '0'),
      statistic('info', '0'),
      statistic('unknown', '0'),
      { name: 'testSuiteStarted', attributes: { name: 'scangate policy' } },
      { name: 'testStarted', attributes: { name: 'nothing critical' } },
      {
        name: 'testFailed',
        attributes: {
          name: 'nothing critical',
          message: 'rule "nothing critical": at most 0, observed 2',
          details: CRITICAL.join('\n'),
        },
      },
      { name: 'testFinished', attributes: { name: 'nothing critical' } },
      { name: 'testStarted', attributes: { name: 'few highs' } },
      {
        name: 'testFailed',
        attributes: {
          name: 'few highs',
          message: 'Not everything was seen, so nobody can say that this holds.',
          details: '',
        },
      },
      { name: 'testFinished', attributes: { name: 'few highs' } },
      { name: 'testSuiteFinished', attributes: { name: 'scangate policy' } },
      { name: 'testSuiteStarted', attributes: { name: 'scangate targets' } },
      { name: 'testStarted', attributes: { name: 'shop-image was seen whole' } },
      {
        name: 'testFailed',
        attributes: {
          name: 'shop-image was seen whole',
          message: 'shop-image: not seen whole',
          details: 'To do: scan again',
        },
      },
      { name: 'testFinished', attributes: { name: 'shop-image was seen whole' } },
      { name: 'testSuiteFinished', attributes: { name: 'scangate targets' } },
      ...['CVE-2099-0001', 'CVE-2099-0002'].map((id) => ({
        name: 'inspectionType',
        attributes: {
          id: typeId(id),
          name: `${id} heap overflow`,
          description: 'update to 1.1',
          category: 'scangate: confirmed',
        },
      })),
      ...['CVE-2099-0001', 'CVE-2099-0002'].map((id, index) => ({
        name: 'inspection',
        attributes: { typeId: typeId(id), message: CRITICAL[index], file: 'libexample', SEVERITY: 'ERROR' },
      })),
      { name: 'addBuildTag', value: 'scangate-fail' },
      { name: 'blockClosed', attributes: { name: 'scangate' } },
      {
        name: 'buildProblem',
        attributes: {
          identity: expect.stringMatching(/^scangate_[0-9a-f]{32}$/),
          description: `rule "nothing critical": at most 0, observed 2
CRITICAL CVE-2099-0001 heap overflow; where: shop-image: libexample 1.0 (debian); fix: update to 1.1
CRITICAL CVE-2099-0002 heap overflow; where: shop-image: libexample 1.0 (debian); fix: update to 1.1`,
        },
      },
      {
        name: 'buildProblem',
        attributes: {
          identity: expect.stringMatching(/^scangate_[0-9a-f]{32}$/),
          description: 'shop-image: not seen whole\nTo do: scan again',
        },
      },
      { name: 'buildStatus', attributes: { text: '{build.status.text}; scangate: fail (2 critical)' } },
    ]);
  });

  it('gives one problem an identity that counts and texts do not change', async () => {
    const reason = (message: string): Reason => ({
      outcome: 'fail',
      code: 'SCANGATE_RULE_VIOLATED',
      rule: 'few highs',
      message,
    });
    const [seven] = problemsOf(await withReasons([reason('7 found, at most 3')]));
    const [eight] = problemsOf(await withReasons([reason('8 found, at most 3')]));
    expect(seven?.identity).toBe(eight?.identity);
    expect(seven?.description).not.toBe(eight?.description);
    expect(seven?.identity).toMatch(/^[A-Za-z_][A-Za-z0-9_]{0,59}$/);
  });

  it('tells apart a broken rule, a rule that cannot be decided, and two targets', async () => {
    const base = { code: 'SCANGATE_RULE_VIOLATED', message: 'x' };
    const identities = problemsOf(
      await withReasons([
        { ...base, outcome: 'fail', rule: 'a' },
        { ...base, outcome: 'inconclusive', rule: 'a' },
        { ...base, outcome: 'inconclusive', rule: 'b' },
        { ...base, outcome: 'inconclusive', target: 'a' },
        { ...base, outcome: 'inconclusive', target: 'b' },
      ]),
    ).map(({ identity }) => identity);
    expect(new Set(identities).size).toBe(5);
  });

  it('puts reasons of the same cause into one problem', async () => {
    const reason: Reason = {
      outcome: 'inconclusive',
      code: 'SCANGATE_SCAN_INCOMPLETE',
      target: 'shop',
      message: 'first',
    };
    const problems = problemsOf(await withReasons([reason, { ...reason, message: 'second' }]));
    expect(problems.map(({ description }) => description)).toEqual(['first\nsecond']);
  });

  it.each(['pass', 'warn'] as const)('has no build problem, which would fail the build, on %s', async (outcome) => {
    const undecided: Reason = { outcome: 'inconclusive', code: 'SCANGATE_RULE_MISSING_FIELD', message: 'x' };
    expect(problemsOf(await withReasons([undecided], outcome))).toEqual([]);
  });

  it('is red even where the verdict names no reason', async () => {
    expect(problemsOf(await withReasons([]))).toHaveLength(1);
  });

  it('warns of a report that artifact rules cannot name', async () => {
    const reports = [{ format: 'sarif', path: 'out,a => b/*.sarif' }];
    const messages = messagesOf({ ...(await buildDeliveryInput({ outcome: 'pass' })), reports });
    expect(messages.filter(({ name }) => name === 'publishArtifacts')).toEqual([]);
    expect(messages[1]).toEqual({
      name: 'message',
      attributes: {
        text: 'scangate cannot publish out,a => b/*.sarif: its name has a meaning in artifact rules',
        status: 'WARNING',
      },
    });
  });

  it('keeps texts from reports free of terminal sequences and commands', async () => {
    const [first] = problemsOf(await buildDeliveryInput({ text: '\u001b[31m##teamcity[buildStop]\u0000' }));
    expect(first?.description).not.toMatch(/\p{Cc}(?<!\n)|##teamcity\[/u);
  });

  it('keeps a description within 4,000 characters', async () => {
    const message = 'x'.repeat(5000);
    const [first] = problemsOf(await withReasons([{ outcome: 'fail', code: 'SCANGATE_SCAN_FAILED', message }]));
    expect(first?.description?.length).toBe(4000);
  });

  it.each(['\u6f22', '|', '[x]', 'a\n', '\ud83d\ude00'])(
    'keeps every limit of every message, for %j without end',
    async (unit) => {
      for (const outcome of ['fail', 'inconclusive', 'warn', 'pass'] as const) {
        const messages = messagesOf(await buildDeliveryInput({ outcome, text: unit.repeat(9000) }));
        for (const { name, value = '', attributes = {} } of messages) {
          const longest = Math.max(value.length, ...Object.values(attributes).map(({ length }) => length));
          expect(longest, name).toBeLessThanOrEqual(4000);
          if (name === 'buildProblem') expect(attributes.identity).toMatch(/^[A-Za-z_$][A-Za-z0-9_$]{0,59}$/);
          if (name === 'buildStatisticValue') expect(attributes.value).toMatch(/^\d{1,13}$/);
        }
      }
    },
  );

  it('shows a warning as an ignored test, a tag and inspections, and never as a failure', async () => {
    expect(await named({ outcome: 'warn' }, 'testFailed')).toEqual([]);
    expect(await named({ outcome: 'warn' }, 'testIgnored')).toEqual([
      {
        name: 'testIgnored',
        attributes: { name: 'nothing critical', message: 'rule "nothing critical": at most 0, observed 2' },
      },
    ]);
    expect(await named({ outcome: 'warn' }, 'addBuildTag')).toEqual([{ name: 'addBuildTag', value: 'scangate-warn' }]);
    expect(await named({ outcome: 'warn' }, 'inspection')).toHaveLength(2);
  });

  it('shows a green build with tests that pass and no inspection', async () => {
    expect(await named({ outcome: 'pass' }, 'inspection')).toEqual([]);
    expect(await named({ outcome: 'pass' }, 'testFailed')).toEqual([]);
    expect((await named({ outcome: 'pass' }, 'testStarted')).map(({ attributes }) => attributes?.name)).toEqual([
      'nothing critical',
      'few highs',
      'shop-image was seen whole',
    ]);
  });

  it('names tests without what TeamCity takes for packages and suites', async () => {
    const names = (await named({ text: ' 7.0: x' }, 'testStarted')).map(({ attributes }) => attributes?.name ?? '');
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(name).not.toMatch(/\.|:\s/);
  });

  it('keeps the limits of inspections, and says when there are more findings than it shows', async () => {
    const { judgement } = await buildJudgement({
      policy: { rules: [{ name: 'no high', select: { severity: 'high' }, max: 0 }] },
      targets: [
        {
          name: 'templates',
          findings: Array.from({ length: 300 }, (_, index) =>
            buildRawFinding({
              vulnerability: { source: 'trivy', id: `DS${index}`, title: `<b>${'x'.repeat(9000)}`, aliases: [] },
              kind: 'misconfiguration',
              severity: 'high',
              location: { kind: 'file', path: `infra/${'y'.repeat(9000)}`, line: 3 },
              remediation: `<img src=x>${'z'.repeat(9000)}`,
            }),
          ),
        },
      ],
    });
    const messages = messagesOf({ ...judgement, context: { tool: 'teamcity', name: 'TeamCity' }, reports: [] });
    const attributesOf = (name: string) =>
      messages.flatMap((message) => (message.name === name && message.attributes ? [message.attributes] : []));
    const types = attributesOf('inspectionType');
    expect([types.length, attributesOf('inspection').length]).toEqual([100, 100]);
    for (const { id = '', name = '', category = '', description = '' } of types) {
      expect(Math.max(id.length, name.length, category.length)).toBeLessThanOrEqual(255);
      expect(description.length).toBeLessThanOrEqual(4000);
      expect(description).toMatch(/^&lt;img src=x&gt;z/);
    }
    for (const { message = '', file = '', line, SEVERITY } of attributesOf('inspection')) {
      expect(Math.max(message.length, file.length)).toBeLessThanOrEqual(4000);
      expect([line, SEVERITY]).toEqual(['3', 'ERROR']);
    }
    expect(attributesOf('message')).toEqual([
      { text: 'scangate: the Code Inspection tab shows 100 findings; findings.ndjson has all', status: 'NORMAL' },
    ]);
  });

  it('reports progress where the build page shows it', () => {
    expect(parseServiceMessage(teamcity.progress?.("shop: RUNNING\n##teamcity[x 'y']").trimEnd() ?? '')).toEqual({
      name: 'progressMessage',
      value: "shop: RUNNING # #teamcity[x 'y']",
    });
  });
});
