import { describe, expect, it } from 'vitest';
import type { Location } from '../../src/model/finding.js';
import type { VerdictTarget } from '../../src/model/verdict.js';
import {
  acceptedSentence,
  countsSentence,
  findingLine,
  fixOf,
  headline,
  identifiersOf,
  missingSentence,
  moreSentence,
  placeOf,
  ruleSentence,
  scannerOf,
  severityOf,
} from '../../src/reporters/describe.js';
import { buildFinding, buildJudgement, buildRawFinding } from '../../src/testing/builders.js';

const at = (location: Location): string => placeOf(buildFinding({ location }));
const fixFor = (overrides: Parameters<typeof buildFinding>[0]): string => fixOf(buildFinding(overrides), 100);

const URGENT = { name: 'nothing urgent', select: { severity: { atLeast: 'critical' } }, max: 0 };
const verdictOf = async (policy: object, ...findings: ReturnType<typeof buildRawFinding>[]) =>
  (await buildJudgement({ policy, targets: [{ name: 'shop', findings }] })).judgement.verdict;

describe('a finding', () => {
  it.each<[Location, string]>([
    [{ kind: 'web', url: 'https://a.example/', method: 'GET', parameter: 'q' }, 'GET https://a.example/, parameter q'],
    [
      { kind: 'package', name: 'lib', version: '1', ecosystem: 'npm', path: 'a/lock', artifact: 'shop:1' },
      'lib 1 (npm), a/lock, in shop:1',
    ],
    [{ kind: 'package', name: 'lib' }, 'lib'],
    [
      { kind: 'host', host: 'a.example', ip: '192.0.2.1', port: 443, protocol: 'tcp', service: 'https' },
      'a.example (192.0.2.1), port 443/tcp, https',
    ],
    [{ kind: 'host', ip: '192.0.2.1' }, '192.0.2.1'],
    [{ kind: 'file', path: 'main.tf', line: 3, resource: 'aws_s3' }, 'main.tf:3, aws_s3'],
    [{ kind: 'control', control: '1044', subject: 'sshd', instance: 'a' }, 'control 1044, on sshd, a'],
    [{ kind: 'none' }, ''],
  ])('at %j stands at "%s"', (location, words) => {
    expect(at(location)).toBe(words);
  });

  it('is named by its id and its CVEs', () => {
    const aliases = [
      'CVE-2099-0001',
      'CVE-2099-0002',
      'CVE-2099-0003',
      'CVE-2099-0004',
      'CVE-2099-0005',
      'CVE-2099-0006',
      'DSA-1',
    ];
    expect(identifiersOf(buildFinding({ vulnerability: { source: 'qualys', id: '38173', title: 'x', aliases } }))).toBe(
      'QID 38173 (CVE-2099-0001, CVE-2099-0002, CVE-2099-0003, CVE-2099-0004, CVE-2099-0005, 1 more)',
    );
    expect(identifiersOf(buildFinding({ vulnerability: { source: 'npm', id: 'GHSA-1', title: 'x' } }))).toBe('GHSA-1');
  });

  it.each([
    [{ remediation: 'Encode\n the output.' }, 'Encode the output.'],
    [{ remediation: 'Update.', fix: { available: true, version: '1.1' } }, 'Update. (fixed in 1.1)'],
    [{ remediation: 'Update to 1.1.', fix: { available: true, version: '1.1' } }, 'Update to 1.1.'],
    [{ fix: { available: true, version: '1.1' } }, 'update libexample to 1.1'],
    [{ fix: { available: true, version: '1.1' }, location: { kind: 'none' as const } }, 'fixed in 1.1'],
    [{ fix: { available: true } }, 'a fix is available, the source does not name it'],
    [{ fix: { available: false } }, 'no fix is available yet'],
    [{}, 'the source names no fix'],
  ])('%j is mended: "%s"', (overrides, words) => {
    expect(fixFor(overrides)).toBe(words);
  });

  it('keeps the word of the source where the severity is unknown', () => {
    expect(severityOf(buildFinding({ severity: 'unknown', vendorSeverity: 'SHOUTING' }))).toBe(
      'unknown (the source says "SHOUTING")',
    );
    expect(severityOf(buildFinding({ severity: 'unknown' }))).toBe('unknown');
    expect(severityOf(buildFinding({ severity: 'low', vendorSeverity: '2' }))).toBe('low');
  });

  it('fits one line, however long and broken its texts are', () => {
    const text = 'long\n'.repeat(100_000);
    const line = findingLine(
      buildFinding({ remediation: text, vulnerability: { source: text, id: text, title: text } }),
      1000,
    );
    expect(line).not.toContain('\n');
    expect(line.length).toBeLessThan(2000);
  });
});

describe('a rule', () => {
  it('names operator, limit and observed count', async () => {
    const { rules } = await verdictOf({ rules: [URGENT] }, buildRawFinding({ severity: 'critical' }));
    expect(rules.map(ruleSentence)).toEqual(['rule "nothing urgent": at most 0, observed 1']);
    expect(rules.map(missingSentence)).toEqual([undefined]);
  });

  it.each([
    ['inconclusive', '2 findings lack cvss; the rule cannot decide on them'],
    ['ignore', '2 findings lack cvss; the rule leaves them out'],
    ['fail', '2 findings lack cvss; the rule counts them'],
  ])('says what it does with missing fields: %s', async (missing, sentence) => {
    const rule = { name: 'scored', select: { cvss: { atLeast: 7 } }, max: 0, missing };
    const { rules } = await verdictOf({ rules: [rule] }, buildRawFinding(), buildRawFinding());
    expect(rules.map(missingSentence)).toEqual([sentence]);
  });

  it('says how many findings are not shown', () => {
    expect(moreSentence(30, 20)).toBe('and 10 more; all are in findings.ndjson');
    expect(moreSentence(20, 20)).toBeUndefined();
  });
});

describe('the verdict in one sentence', () => {
  const warn = { ...URGENT, name: 'warned', action: 'warn' };
  const scored = { name: 'scored', select: { cvss: { atLeast: 7 } }, max: 0 };
  const critical = buildRawFinding({ severity: 'critical' });

  it.each<[string, object, ReturnType<typeof buildRawFinding>[]]>([
    ['the rule holds', { rules: [URGENT] }, []],
    ['all 2 rules hold', { rules: [URGENT, warn] }, []],
    ['1 of 2 rules warns', { rules: [warn, { ...URGENT, max: 1 }] }, [critical]],
    ['1 of 1 rule is violated', { rules: [URGENT] }, [critical]],
    ['no verdict can be given, for 1 reason', { rules: [scored] }, [critical]],
    ['1 of 2 rules is violated, and not everything could be judged', { rules: [scored, URGENT] }, [critical]],
  ])('%s', async (sentence, policy, findings) => {
    expect(headline(await verdictOf(policy, ...findings))).toBe(sentence);
  });

  it.each([
    ['fail', 'a scan is not complete'],
    ['warn', 'every rule holds, but a scan is not complete'],
    ['inconclusive', 'no verdict can be given, for 1 reason'],
  ])('says what an incomplete scan counts as: %s', async (onIncomplete, sentence) => {
    const problem = { code: 'SCANGATE_SCAN_INCOMPLETE', message: 'half', mend: 'again' };
    const targets = [{ name: 'shop', statement: { problems: [problem] } }];
    const { judgement } = await buildJudgement({ policy: { onIncomplete, rules: [URGENT] }, targets });
    expect(headline(judgement.verdict)).toBe(sentence);
  });
});

describe('a target', () => {
  const information = buildRawFinding({ kind: 'information', severity: 'info' });
  const targetOf = async (...findings: ReturnType<typeof buildRawFinding>[]): Promise<VerdictTarget> =>
    (await verdictOf({ rules: [URGENT] }, ...findings)).targets[0] as VerdictTarget;

  it('is never silent about what is not counted', async () => {
    expect(countsSentence(await targetOf(information, information))).toBe('0 counted, 2 left out (information)');
    expect(countsSentence(await targetOf(information, buildRawFinding(), buildRawFinding({ kind: 'potential' })))).toBe(
      '1 counted (1 high), 2 left out (1 information, 1 potential)',
    );
    expect(countsSentence(await targetOf())).toBe('0 counted');
  });

  it('says that nothing of an unreadable report is judged', async () => {
    const target = await targetOf(buildRawFinding());
    expect(countsSentence({ ...target, state: 'unreadable' })).toBe(
      'nothing is judged, 1 finding read before the error',
    );
  });

  it('says where exclusions keep a finding', async () => {
    const target = await targetOf(buildRawFinding());
    expect(countsSentence({ ...target, counts: { ...target.counts, partlyExcluded: 1 } })).toBe(
      '1 counted (1 high), 1 counted although the policy excludes some of their CVEs',
    );
  });

  it('names the scanner once', async () => {
    const target = await targetOf();
    expect(scannerOf(target)).toBe('trivy (Trivy 0.69.1)');
    expect(scannerOf({ ...target, tool: { name: 'Trivy' } })).toBe('trivy');
  });
});

describe('what was accepted', () => {
  it('is told only where there is something', async () => {
    const verdict = await verdictOf({ rules: [URGENT] });
    expect(acceptedSentence(verdict)).toBeUndefined();
    expect(
      acceptedSentence({
        ...verdict,
        waivers: { used: [{ id: 'W-1', count: 2 }], expired: [], unused: [] },
        baseline: { source: 'base.json', digest: '0', count: 3 },
      }),
    ).toBe('1 waiver used, 0 expired, 0 unused; baseline base.json with 3 findings');
  });
});
