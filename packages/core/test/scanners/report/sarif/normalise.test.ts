import { describe, expect, it } from 'vitest';
import { sarif } from '../../../../src/scanners/report/sarif/index.js';
import { readAll } from '../../../../src/testing/describe-reader.js';
import { first, type Json, read } from './logs.js';

describe('rules of a SARIF result', () => {
  const rules = [
    { id: 'A', name: 'rule A' },
    { id: 'B', name: 'rule B' },
  ];
  const extensions = [
    {
      name: 'pack',
      guid: 'g-1',
      rules: [
        { id: 'A', name: 'pack A' },
        { id: 'C', name: 'pack C' },
      ],
    },
  ];
  const titleOf = async (result: Json): Promise<string | undefined> =>
    (await read([result], {}, { rules }, { extensions }))[0]?.vulnerability.title;

  it('finds them by index, by id, by component and by the parent of a nested id', async () => {
    expect(await titleOf({ ruleIndex: 1 })).toBe('rule B');
    expect(await titleOf({ ruleId: 'B' })).toBe('rule B');
    expect(await titleOf({ rule: { id: 'A', index: 0, toolComponent: { index: 0 } } })).toBe('pack A');
    expect(await titleOf({ rule: { id: 'A', toolComponent: { name: 'pack' } } })).toBe('pack A');
    expect(await titleOf({ rule: { id: 'A', toolComponent: { guid: 'g-1' } } })).toBe('pack A');
    expect(await titleOf({ ruleId: 'C' })).toBe('pack C');
    expect(await titleOf({ ruleId: 'B/deep/er', ruleIndex: 1 })).toBe('rule B');
    expect(await titleOf({ ruleId: 'C/1' })).toBe('pack C');
  });

  it('trusts the id where the index contradicts it or points nowhere', async () => {
    expect(await titleOf({ ruleId: 'B', ruleIndex: 0 })).toBe('rule B');
    expect(await titleOf({ ruleId: 'B', ruleIndex: 99 })).toBe('rule B');
    expect(await titleOf({ ruleId: 'B', ruleIndex: -1 })).toBe('rule B');
    expect(await titleOf({ ruleId: 'constructor' })).toBe('m');
    expect(await titleOf({ ruleId: '__proto__' })).toBe('m');
  });

  it('takes texts by their id from the rule and from the tool', async () => {
    const texts = {
      rules: [{ id: 'r', messageStrings: { own: { text: 'own {0} {1} {7}' } } }],
      globalMessageStrings: { shared: { text: 'shared' } },
    };
    expect((await first({ message: { id: 'own', arguments: ['a', '{1}'] } }, {}, texts)).evidence).toBe(
      'own a {1} {7}',
    );
    expect((await first({ message: { id: 'shared' } }, {}, texts)).evidence).toBe('shared');
    expect((await first({ message: { id: 'constructor' } }, {}, texts)).evidence).toBeUndefined();
    expect((await first({ message: { markdown: '**x**' } }, {}, texts)).evidence).toBe('**x**');
    expect((await first({ message: { text: 'a {0} [b](1) [c](http://x)' } })).evidence).toBe('a {0} b [c](http://x)');
  });
});

describe('state of a SARIF result', () => {
  it('is set aside when every suppression is accepted', async () => {
    const reasonOf = async (...suppressions: Json[]) => (await first({ suppressions })).ignored?.reason;
    expect(await reasonOf({ kind: 'external', status: 'accepted', justification: 'not reachable' })).toBe(
      'not reachable',
    );
    expect(await reasonOf({ kind: 'inSource' })).toBe('suppressed in the source code, without a reason');
    expect(await reasonOf({ kind: 'external' }, { kind: 'inSource', justification: 'b' })).toBe(
      'suppressed in the tool, without a reason; b',
    );
    expect(await reasonOf({ kind: 'external', status: 'underReview', justification: 'a' })).toBeUndefined();
    expect(
      await reasonOf({ kind: 'external', status: 'accepted' }, { kind: 'external', status: 'rejected' }),
    ).toBeUndefined();
    expect(await reasonOf({ kind: 'external', status: 'perhaps' })).toBeUndefined();
    expect(await reasonOf()).toBeUndefined();
  });

  it('follows the baseline', async () => {
    const states = ['new', 'unchanged', 'updated', 'existing', 'absent'];
    expect(
      (await read(states.map((baselineState) => ({ ruleId: 'r', baselineState })))).map(({ status }) => status),
    ).toEqual(['new', 'active', 'active', 'active', 'fixed']);
  });

  it('takes only stable ids as identity', async () => {
    const identityOf = async (result: Json) => (await first(result)).identity;
    const guid = '6F9619FF-8B86-4D01-B42D-00CF4FC964FF';
    expect(await identityOf({ correlationGuid: guid, fingerprints: { 'a/v1': '0123456789abcdef0' } })).toBe(
      guid.toLowerCase(),
    );
    expect(await identityOf({ fingerprints: { 'a/v1': 'x', 'a/v2': '0123456789abcdef0' } })).toBe(
      '["a/v2","0123456789abcdef0"]',
    );
    expect(await identityOf({ fingerprints: { 'matchBasedId/v1': 'requires login' } })).toBeUndefined();
    expect(await identityOf({ fingerprints: { primaryLocationLineHash: '0123456789abcdef0' } })).toBeUndefined();
    expect(await identityOf({ partialFingerprints: { a: '0123456789abcdef0' }, guid })).toBeUndefined();
    expect(await identityOf({ correlationGuid: 'same for all' })).toBeUndefined();
  });
});

describe('kind and names of a SARIF result', () => {
  const kindOf = async (tool: string, ruleId: string, tags: string[] = []) =>
    (await first({ ruleId, properties: { tags } }, {}, { name: tool })).kind;

  it('follows the tags and the id of the rule, then the name of the tool', async () => {
    expect(await kindOf('Trivy', 'AVD-1', ['misconfiguration', 'HIGH'])).toBe('misconfiguration');
    expect(await kindOf('Trivy', 'aws-key', ['secret'])).toBe('secret');
    expect(await kindOf('Trivy', 'GPL', ['License'])).toBe('control');
    expect(await kindOf('Trivy', 'CVE-2099-0001', ['vulnerability'])).toBe('confirmed');
    expect(await kindOf('checkov', 'CKV_AWS_1')).toBe('misconfiguration');
    expect(await kindOf('checkov', 'CKV_SECRET_6')).toBe('secret');
    expect(await kindOf('gitleaks', 'generic')).toBe('secret');
    expect(await kindOf('Demo', 'x', ['constructor', '__proto__'])).toBe('confirmed');
  });

  it('never carries the text of a secret', async () => {
    const token = 'AKIAIOSFODNN7EXAMPLE';
    const [named, nameless] = await read(
      [
        { ruleId: 'aws', message: { text: `found ${token}` }, properties: { offender: token } },
        { message: { text: `found ${token}` } },
      ],
      {},
      { name: 'secretlint' },
    );
    expect(JSON.stringify([named, nameless])).not.toContain(token);
    expect(named).toMatchObject({ kind: 'secret', vulnerability: { id: 'aws', title: 'aws', aliases: [] } });
    expect(nameless?.vulnerability.id).toBe('found AKIA****');
  });

  it('carries no secret of a result that is only to be looked at', async () => {
    const finding = await first(
      { kind: 'review', message: { text: 'found hunter2' } },
      {},
      { name: 'secretlint', rules: [{ id: 'r', name: 'password' }] },
    );
    expect(finding).toMatchObject({ kind: 'potential', vulnerability: { title: 'password' } });
    expect(finding.evidence).toBeUndefined();
  });

  it('finds CVE names in ids, properties and tags, and says nothing where a tool may know more', async () => {
    const aliasesOf = async (tool: string, result: Json) =>
      (await first(result, {}, { name: tool })).vulnerability.aliases;
    expect(await aliasesOf('Grype', { ruleId: 'CVE-2099-0001-libdemo' })).toEqual(['CVE-2099-0001']);
    expect(await aliasesOf('Grype', { ruleId: 'CVE-2099-0001' })).toEqual([]);
    expect(await aliasesOf('Demo', { properties: { cves: ['cve-2099-0002'], tags: ['CVE-2099-0003'] } })).toEqual([
      'CVE-2099-0002',
      'CVE-2099-0003',
    ]);
    expect(await aliasesOf('Grype', { ruleId: 'GHSA-1' })).toBeUndefined();
    expect(await aliasesOf('CodeQL', {})).toEqual([]);
  });

  it('finds CWE numbers in tags, properties, taxa and relationships', async () => {
    const cwe = { name: 'CWE' };
    const finding = await first(
      {
        taxa: [
          { id: '22', toolComponent: cwe },
          { id: '5', toolComponent: { name: 'Other' } },
        ],
        properties: { cwe: ['CWE-89'], tags: ['CWE-78: OS command', '2021', 'a/cwe-79'] },
      },
      {},
      {
        rules: [
          { id: 'r', relationships: [{ target: { id: 'CWE-94' } }, { target: { id: '918', toolComponent: cwe } }] },
        ],
      },
    );
    expect(finding.vulnerability.cwe).toEqual([78, 79, 89, 22, 94, 918]);
  });

  it('carries proposed fixes', async () => {
    const finding = await first(
      { fixes: [{ description: { text: 'Use a parameter.' } }] },
      {},
      { rules: [{ id: 'r', help: { text: 'Help.' } }] },
    );
    expect(finding).toMatchObject({ fix: { available: true }, remediation: 'Use a parameter.\n\nHelp.' });
  });
});

describe('statement of a SARIF log', () => {
  it('names tools, times, repository and run', async () => {
    const run = (name: string, more: Json): Json => ({
      tool: { driver: { name, version: '1' } },
      results: [],
      ...more,
    });
    const log = {
      version: '2.1.0',
      runs: [
        run('Two', {
          automationDetails: { guid: 'g' },
          versionControlProvenance: [{ repositoryUri: 'https://git.example/shop' }],
          invocations: [
            { executionSuccessful: true, startTimeUtc: '2026-01-01T10:00:00Z', endTimeUtc: '2026-01-01T10:05:00.000Z' },
          ],
        }),
        run('One', { invocations: [{ executionSuccessful: true, startTimeUtc: '2026-01-01T09:00:00Z' }] }),
      ],
    };
    expect((await readAll(sarif, JSON.stringify(log))).statement).toEqual({
      tool: { name: 'One, Two', version: '1' },
      subject: 'https://git.example/shop',
      reference: 'g',
      startedAt: '2026-01-01T09:00:00Z',
      finishedAt: '2026-01-01T10:05:00Z',
      evidence: '2 runs of One, Two with a list of results (0 results)',
      problems: [],
    });
  });
});
