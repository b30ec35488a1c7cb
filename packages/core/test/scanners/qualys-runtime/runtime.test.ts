import { describe, expect, it } from 'vitest';
import { qualysRuntime } from '../../../src/scanners/qualys-runtime/index.js';
import type { RuntimeTarget } from '../../../src/scanners/qualys-runtime/target.js';
import { buildStage } from '../../../src/testing/index.js';
import {
  type CsParts,
  CsPlatform,
  container,
  image,
  NOW_MS,
  OTHER_SHA,
  SHA,
  vulnerability,
} from '../qualys-container/platform.js';
import { type Collected, codesOf, collectedBy } from '../qualys-container/support.js';

const REPOSITORY = 'registry.example.test/shop/api';

async function collected(
  parts: CsParts = {},
  more: Partial<RuntimeTarget> = {},
): Promise<Collected & { calls: string[] }> {
  const platform = new CsPlatform(parts);
  const stage = buildStage((request) => platform.answer(request));
  const target: RuntimeTarget = { scanner: 'qualys-runtime', image: REPOSITORY, ...more };
  const plan = await qualysRuntime.plan(target, { targetName: 'running', runId: 'run-1' }, stage.services);
  const handle = await qualysRuntime.launch(plan, stage.services);
  const calls = stage.requests.filter(({ path }) => path.startsWith('/csapi')).map(({ method }) => method);
  return { ...(await collectedBy(qualysRuntime, handle, stage.services)), calls };
}

describe('what runs', () => {
  it('of a repository is every image of it that has a running container', async () => {
    const images = [image(), image({ sha: OTHER_SHA, imageId: OTHER_SHA.slice(0, 12), uuid: 'older' })];
    const containers = [container(1), container(2, { state: 'EXITED' })];
    const { findings, statement, calls } = await collected({ images, containers });
    expect(findings.map(({ location }) => location)).toEqual([
      expect.objectContaining({ artifact: 'registry.example.test/shop/api:1.4' }),
      expect.objectContaining({ artifact: 'registry.example.test/shop/api:1.4' }),
    ]);
    expect(statement).toEqual({
      tool: { name: 'Qualys Container Security' },
      subject: REPOSITORY,
      reference: REPOSITORY,
      state: '1 RUNNING, 1 EXITED',
      evidence: 'The platform knows 2 images of this name; 1 container runs, of 2 containers in all',
      problems: [],
    });
    expect(new Set(calls)).toEqual(new Set(['GET']));
  });

  it('is nothing when no container runs, and that is said', async () => {
    const { findings, statement } = await collected({ containers: [] });
    expect(findings).toEqual([]);
    expect([statement.state, statement.evidence, statement.problems]).toEqual([
      'no containers',
      'The platform knows 1 image of this name; 0 containers run, of 0 containers in all',
      [],
    ]);
  });

  it('cannot be known of an image that the platform does not know', async () => {
    await expect(collected({ images: [] })).rejects.toMatchObject({ code: 'SCANGATE_SCAN_UNKNOWN_TARGET' });
  });

  it('counts a state that nobody knows as running, and says so', async () => {
    const { findings, statement } = await collected({ containers: [container(1, { state: 'HIBERNATED' })] });
    expect(findings).toHaveLength(2);
    expect(codesOf({ statement })).toEqual(['SCANGATE_SCAN_UNKNOWN_STATE']);
  });

  it.each([
    ['PAUSED', 2],
    ['RESTARTING', 2],
    ['STOPPED', 0],
    ['DELETED', 0],
  ])('%s: %d findings', async (state, count) => {
    expect((await collected({ containers: [container(1, { state })] })).findings).toHaveLength(count);
  });

  it('must have been seen lately', async () => {
    const long = String(NOW_MS - 2 * 86_400_000);
    const lost = container(1, { updated: long, lastScanned: long, host: { hostname: 'node-1', lastUpdated: long } });
    expect(codesOf(await collected({ containers: [lost] }))).toEqual(['SCANGATE_SCAN_STALE']);
    expect(codesOf(await collected({ containers: [lost] }, { maxAge: '3d' }))).toEqual([]);
    expect(codesOf(await collected({ containers: [{ ...lost, state: 'STOPPED' }] }))).toEqual([]);
    const unseen = container(1, { updated: null, lastScanned: null, host: null });
    expect(codesOf(await collected({ containers: [unseen] }))).toEqual(['SCANGATE_SCAN_STALE']);
  });

  it('of an image that was never scanned is no clean image', async () => {
    const never = { lastScanned: null, scanStatus: null };
    const parts = { images: [image(never)], details: never, vulnerabilities: null };
    expect(codesOf(await collected(parts))).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });

  it('is found by the first digits of the image id too', async () => {
    const { findings } = await collected({ containers: [container(1, { imageSha: null })] });
    expect(findings).toHaveLength(2);
  });
});

describe('drift', () => {
  const software = [{ name: 'netcat', version: '1', fixVersion: null }];
  const drift = {
    category: ['New Software'],
    reason: ['NEW'],
    software: [],
    vulnerability: [vulnerability(770_001, { severity: 5, software })],
  };

  it('is a control, and its vulnerabilities are findings of the container', async () => {
    const containers = [container(1, { isDrift: true, drift })];
    const { findings, statement } = await collected({ containers, vulnerabilities: [] });
    expect(findings).toEqual([
      {
        vulnerability: {
          source: 'qualys-runtime',
          id: 'drift',
          title: 'container differs from its image',
          aliases: [],
        },
        kind: 'control',
        severity: 'unknown',
        state: 'drift',
        location: { kind: 'control', control: 'drift', subject: 'shop-1', instance: 'node-1.example.test' },
        description: 'What runs is not what was scanned (New Software, NEW); 1 vulnerability came with it.',
        remediation: 'Replace the container by one of its image, and build the change into the image.',
      },
      expect.objectContaining({
        severity: 'critical',
        vulnerability: expect.objectContaining({ id: '770001' }),
        location: { kind: 'package', name: 'netcat', version: '1', layer: 'sha256:01', artifact: 'shop-1' },
      }),
    ]);
    expect(statement.problems).toEqual([]);
  });

  it('is looked for in the details where the list does not tell', async () => {
    const silent = container(1, { isDrift: undefined, drift });
    expect((await collected({ containers: [silent], vulnerabilities: [] })).findings).toHaveLength(2);
    const none = container(1, { isDrift: undefined, drift: { category: [], reason: null, vulnerability: [] } });
    expect((await collected({ containers: [none], vulnerabilities: [] })).findings).toEqual([]);
  });

  it('of a form that is not known is an error', async () => {
    const broken = container(1, { isDrift: true, drift: { vulnerability: [{ severity: 5 }] } });
    await expect(collected({ containers: [broken] })).rejects.toMatchObject({ code: 'SCANGATE_QUALYS_ANSWER' });
  });
});

describe('central policies', () => {
  const rule = (more: object = {}) => ({
    name: 'no urgent ones',
    type: 'IMAGESCAN_VULN_SEVERITYCOUNT',
    action: 'DENY',
    isEnabled: true,
    metaData: '{"operator":"GREATER_THAN","severityLevel":4,"threshold":0}',
    ...more,
  });
  const policy = (rules: object[], more: object = {}) => ({
    uuid: 'policy-1',
    policyName: 'Production',
    policyMode: 'ACTIVE',
    centralizedPolicyRules: rules,
    ...more,
  });
  const judged = (rules: object[], more: object = {}, wanted = 'Production') =>
    collected({ policies: [policy(rules, more)] }, { policies: [wanted] });
  const blockedIn = ({ findings }: Collected) =>
    findings.filter(({ vulnerability: { source } }) => source === 'qualys-central-policy');

  it('that deny an image that runs are controls that failed', async () => {
    const result = await judged([rule()]);
    expect(blockedIn(result)).toEqual([
      {
        vulnerability: {
          source: 'qualys-central-policy',
          id: 'policy-1',
          title: 'central policy Production: no urgent ones',
          aliases: [],
        },
        kind: 'control',
        severity: 'unknown',
        state: 'DENY',
        location: {
          kind: 'control',
          control: 'no urgent ones',
          subject: 'registry.example.test/shop/api:1.4',
          instance: SHA.slice(0, 12),
        },
        description: 'The rule says DENY for an image with 1 vulnerability of level 4 or above.',
        remediation: 'Replace the running image by one that the policy allows.',
      },
    ]);
    expect(result.statement.problems).toEqual([]);
  });

  it.each([
    ['more than', '{"operator":"GREATER_THAN","severityLevel":4,"threshold":1}', 0],
    ['at least', '{"operator":"GREATER_THAN_OR_EQUAL","severityLevel":4,"threshold":1}', 1],
    ['a lower level', '{"operator":"GREATER_THAN","severityLevel":3,"threshold":1}', 1],
    ['numbers as texts', '{"operator":"GREATER_THAN","severityLevel":"3","threshold":"1"}', 1],
  ])('count by %s', async (_, metaData, count) => {
    expect(blockedIn(await judged([rule({ metaData })]))).toHaveLength(count);
  });

  it.each([
    ['of another kind', rule({ type: 'IMAGESCAN_VULN_RESTRICTED_CIDS' })],
    ['with another operator', rule({ metaData: '{"operator":"ABOUT","severityLevel":4,"threshold":0}' })],
    ['without settings', rule({ metaData: null })],
    ['with broken settings', rule({ metaData: '{' })],
    ['with settings that are a list', rule({ metaData: '[]' })],
  ])('with a rule %s cannot be judged, and that is a problem', async (_, strange) => {
    const result = await judged([strange]);
    expect([blockedIn(result), codesOf(result)]).toEqual([[], ['SCANGATE_SCAN_INCOMPLETE']]);
  });

  it.each([
    ['not active', [rule()], { policyMode: 'INACTIVE' }],
    ['without rules', [], {}],
    ['with rules that are off', [rule({ isEnabled: false })], {}],
  ])('that are %s decide nothing, and that is a problem', async (_, rules, more) => {
    expect(codesOf(await judged(rules, more))).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });

  it('are named exactly', async () => {
    expect(blockedIn(await judged([rule()], {}, 'policy-1'))).toHaveLength(1);
    await expect(judged([rule()], {}, 'production')).rejects.toMatchObject({
      code: 'SCANGATE_QUALYS_NOT_FOUND',
      message: 'there is no central policy with the name or id "production"; there is "Production"',
    });
  });
});
