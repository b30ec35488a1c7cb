import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import Ajv4 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { CvssScore, RawFinding } from '../../src/model/finding.js';
import type { Severity } from '../../src/model/severity.js';
import { sarif, sarifWriter } from '../../src/reporters/sarif/index.js';
import { securitySeverity } from '../../src/reporters/sarif/severity.js';
import { relativeUri } from '../../src/reporters/sarif/uri.js';
import { type BuiltJudgement, buildJudgement, buildRawFinding, type TargetSketch } from '../../src/testing/builders.js';
import { renderReport } from '../../src/testing/describe-reporter.js';
import { SITUATIONS } from '../../src/testing/situations.js';

interface SeenResult {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: [
    {
      physicalLocation: { artifactLocation: { uri: string }; region: object };
      logicalLocations: [{ name: string; fullyQualifiedName: string }];
    },
  ];
  partialFingerprints: Record<string, string>;
  suppressions?: { kind: string; status: string; justification: string }[];
  properties: Record<string, unknown>;
}

interface SeenRun {
  tool: {
    driver: {
      rules: {
        id: string;
        shortDescription: { text: string };
        helpUri?: string;
        properties: { tags: string[]; 'security-severity'?: string };
      }[];
    };
  };
  invocations: [
    {
      executionSuccessful: boolean;
      toolExecutionNotifications: { descriptor: { id: string }; level: string; message: { text: string } }[];
    },
  ];
  results: SeenResult[];
  properties: { findings: Record<string, unknown> };
}

const POLICY = { rules: [{ name: 'nothing urgent', select: { severity: { atLeast: 'critical' } }, max: 0 }] };

const runOf = (text: string): SeenRun => (JSON.parse(text) as { runs: [SeenRun] }).runs[0];
const build = (targets: TargetSketch[], policySource?: string): Promise<BuiltJudgement> =>
  buildJudgement({ policy: POLICY, targets, ...(policySource === undefined ? {} : { policySource }) });
const read = async (...findings: RawFinding[]): Promise<SeenRun> =>
  runOf(renderReport(sarif, await build([{ name: 'shop', findings }])));

async function readLimited(
  limits: { maxResults: number; maxBytes: number },
  findings: RawFinding[],
): Promise<SeenRun & { size: number }> {
  const { ruleNames, findings: judged, judgement } = await build([{ name: 'shop', findings }]);
  const writer = sarifWriter({ toolVersion: '0.1.0', ruleNames }, limits);
  for (const finding of judged) writer.add(finding);
  const text = [...writer.end(judgement)].join('');
  return { ...runOf(text), size: Buffer.byteLength(text) };
}

const named = (id: string, severity: Severity): RawFinding =>
  buildRawFinding({ severity, vulnerability: { source: 'nvd', id, title: `title of ${id}` } });

describe('SARIF results', () => {
  it('anchor what has no file on the policy, and name the true subject', async () => {
    const findings = [buildRawFinding()];
    const uris = async (policySource: string) =>
      runOf(renderReport(sarif, await build([{ name: 'shop', findings }], policySource))).results.map(
        (result) => result.locations[0],
      );
    expect(await uris('ci/gate.yml')).toEqual([
      {
        physicalLocation: { artifactLocation: { uri: 'ci/gate.yml' }, region: { startLine: 1 } },
        logicalLocations: [
          { name: 'libexample 1.0 (debian)', fullyQualifiedName: 'shop: libexample 1.0 (debian)', kind: 'resource' },
        ],
      },
    ]);
    for (const source of ['--fail-on', '../gate.yml', 'https://a.example/gate.yml']) {
      expect((await uris(source))[0]?.physicalLocation.artifactLocation.uri).toBe('scangate.yml');
    }
  });

  it('point at the file and line where there is one', async () => {
    const { results } = await read(
      buildRawFinding({ location: { kind: 'file', path: './infra/main tf.tf', line: 3, endLine: 5 } }),
    );
    expect(results[0]?.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'infra/main%20tf.tf' },
      region: { startLine: 3, endLine: 5 },
    });
  });

  it('carry level, rule, fingerprint, and the fix in words', async () => {
    const { results, tool } = await read(
      named('A', 'critical'),
      named('A', 'low'),
      named('A', 'critical'),
      named('B', 'unknown'),
    );
    expect(results.map(({ level, ruleId, ruleIndex }) => [level, ruleId, ruleIndex])).toEqual([
      ['error', 'nvd/A/critical', 0],
      ['error', 'nvd/A/critical', 0],
      ['warning', 'nvd/B/unknown', 1],
      ['note', 'nvd/A/low', 2],
    ]);
    expect(tool.driver.rules.map(({ id, properties }) => [id, properties['security-severity']])).toEqual([
      ['nvd/A/critical', '9.5'],
      ['nvd/B/unknown', undefined],
      ['nvd/A/low', '2.0'],
    ]);
    expect(results[0]?.message.text).toBe(
      'title of A. critical, A. Where: shop: libexample 1.0 (debian). Fix: the source names no fix',
    );
    expect(results[0]?.partialFingerprints['scangateFinding/v1']).toMatch(/^[0-9a-f]{32}$/);
    expect(results[0]?.properties).toMatchObject({
      scanner: 'trivy',
      target: 'shop',
      kind: 'confirmed',
      rules: ['nothing urgent'],
    });
  });

  it('hold what counts and what was set aside, not what is left out for its kind', async () => {
    const { results, properties } = await read(
      buildRawFinding(),
      buildRawFinding({ ignored: { reason: 'not reachable' } }),
      buildRawFinding({ kind: 'information' }),
      buildRawFinding({ kind: 'potential' }),
      buildRawFinding({ status: 'fixed' }),
    );
    expect(results.map(({ suppressions }) => suppressions)).toEqual([
      undefined,
      [{ kind: 'external', status: 'accepted', justification: 'ignored in the source: not reachable' }],
    ]);
    expect(properties.findings).toEqual({ seen: 5, written: 2, notInPopulation: 3, unjudged: 0, droppedForSize: {} });
  });

  it('are not written of a report that could not be read to its end, and a note says so', async () => {
    const unreadable = { code: 'SCANGATE_REPORT_TRUNCATED', message: 'cut', mend: 'wait' };
    const built = await build([
      { name: 'shop', findings: [named('A', 'critical')] },
      { name: 'broken', findings: [named('B', 'critical'), named('C', 'low')], unreadable },
    ]);
    const { results, tool, invocations, properties } = runOf(renderReport(sarif, built));
    expect(results.map(({ ruleId }) => ruleId)).toEqual(['nvd/A/critical']);
    expect(tool.driver.rules).toHaveLength(1);
    expect(invocations[0].toolExecutionNotifications.map(({ descriptor }) => descriptor.id)).toEqual([
      'SCANGATE_SARIF_UNJUDGED',
      'SCANGATE_REPORT_TRUNCATED',
    ]);
    expect(properties.findings).toMatchObject({ seen: 3, written: 1, unjudged: 2 });
  });
});

describe('SARIF limits', () => {
  const mixed = (['low', 'critical', 'info', 'high', 'unknown', 'medium'] as const).flatMap((severity) =>
    Array.from({ length: 4 }, (_, index) => named(`${severity}-${index}`, severity)),
  );

  it('drop the least severe first, keep the rest in order, and say so', async () => {
    const { results, tool, invocations, properties } = await readLimited({ maxResults: 14, maxBytes: 1e9 }, mixed);
    expect(results.map(({ ruleId }) => ruleId.split('/')[1])).toEqual([
      ...['critical-0', 'critical-1', 'critical-2', 'critical-3'],
      ...['unknown-0', 'unknown-1', 'unknown-2', 'unknown-3'],
      ...['high-0', 'high-1', 'high-2', 'high-3'],
      ...['medium-0', 'medium-1'],
    ]);
    expect(tool.driver.rules).toHaveLength(14);
    expect(properties.findings).toEqual({
      seen: 24,
      written: 14,
      notInPopulation: 0,
      unjudged: 0,
      droppedForSize: { medium: 2, low: 4, info: 4 },
    });
    expect(invocations[0].toolExecutionNotifications.slice(0, 1)).toEqual([
      {
        descriptor: { id: 'SCANGATE_SARIF_LIMIT' },
        level: 'warning',
        message: {
          text: 'this file is limited to what code scanning takes; left out, least severe first: 2 medium, 4 low, 4 info. All findings are in findings.ndjson',
        },
      },
    ]);
  });

  it('drop what was set aside before anything that counts', async () => {
    const aside = { ...named('A', 'critical'), ignored: { reason: 'x' } };
    const { results } = await readLimited({ maxResults: 2, maxBytes: 1e9 }, [
      aside,
      named('B', 'info'),
      aside,
      named('C', 'info'),
    ]);
    expect(results.map(({ ruleId }) => ruleId)).toEqual(['nvd/B/info', 'nvd/C/info']);
  });

  it('hold for the bytes of the file too', async () => {
    const findings = Array.from({ length: 2000 }, (_, index) => ({
      ...named(`é${index}`, index % 2 ? 'high' : 'critical'),
      description: '\u{1f600}'.repeat(500),
      remediation: '|'.repeat(2000),
    }));
    const { results, size, properties } = await readLimited({ maxResults: 25_000, maxBytes: 1_000_000 }, findings);
    expect(size).toBeLessThan(1_005_000);
    expect(size).toBeGreaterThan(900_000);
    expect(new Set(results.map(({ level }) => level))).toEqual(new Set(['error']));
    expect(properties.findings).toMatchObject({
      seen: 2000,
      written: results.length,
      droppedForSize: { high: 1000, critical: 1000 - results.length },
    });
  });

  it('bound each text of a result and a rule', async () => {
    const long = 'x'.repeat(1_000_000);
    const { size, results } = await readLimited({ maxResults: 25_000, maxBytes: 9_500_000 }, [
      buildRawFinding({
        vulnerability: {
          source: long,
          id: long,
          title: long,
          aliases: Array.from({ length: 50 }, (_, index) => `${long}${index}`),
          links: [`https://a.example/${long}`],
        },
        description: long,
        impact: long,
        remediation: long,
        vendorSeverity: long,
        state: long,
        location: { kind: 'package', name: long, purl: long },
      }),
    ]);
    expect(results).toHaveLength(1);
    expect(size).toBeLessThan(40_000);
  });
});

describe('SARIF rules', () => {
  const rulesOf = async (...links: string[]) =>
    (await read(buildRawFinding({ vulnerability: { source: 'nvd', id: 'A', title: '\u0000 \u202e', links } }))).tool
      .driver.rules;

  it('link to a plain https address only', async () => {
    expect(
      (await rulesOf('http://a.example/', 'javascript:alert(1)', 'https://a.example:8443/x?y=%20#z'))[0]?.helpUri,
    ).toBe('https://a.example:8443/x?y=%20#z');
    for (const link of [
      'https://../etc',
      'https://__proto__',
      'https://a',
      'https://a.example/%zz',
      'https://a.example:99999/',
      'https://user@a.example/',
      'https://a.example/"',
    ]) {
      expect((await rulesOf(link))[0]).not.toHaveProperty('helpUri');
    }
  });

  it('have a text even where the source has none to show', async () => {
    expect((await rulesOf())[0]?.shortDescription.text).toBe('nvd/A/high');
  });

  it('carry at most 20 tags, weaknesses first', async () => {
    const aliases = Array.from({ length: 30 }, (_, index) => `CVE-2099-${index}`);
    const { tool } = await read(
      buildRawFinding({ vulnerability: { source: 'nvd', id: 'A', title: 'x', aliases, cwe: [79] } }),
    );
    expect(tool.driver.rules[0]?.properties.tags).toHaveLength(20);
    expect(tool.driver.rules[0]?.properties.tags.slice(0, 3)).toEqual([
      'security',
      'confirmed',
      'external/cwe/cwe-079',
    ]);
  });
});

describe('security-severity', () => {
  const scores = (...numbers: number[]): CvssScore[] => numbers.map((score) => ({ version: '3.1', score }));

  it.each<[Severity, number[], string | undefined]>([
    ['critical', [], '9.5'],
    ['high', [], '8.0'],
    ['medium', [], '5.5'],
    ['low', [], '2.0'],
    ['info', [], '0.0'],
    ['unknown', [], undefined],
    ['unknown', [5, 9.8], '9.8'],
    ['critical', [9.8, 7.5], '9.8'],
    ['critical', [9], '9.5'],
    ['high', [9.8, 7.5, 8.1], '8.1'],
    ['medium', [9.8], '5.5'],
  ])('of %s with scores %j is %s', (severity, numbers, expected) => {
    expect(securitySeverity(severity, scores(...numbers))).toBe(expected);
  });
});

describe('relativeUri', () => {
  it.each([
    ['Dockerfile', 'Dockerfile'],
    ['./a/./b.tf', 'a/b.tf'],
    ['/infra/main.tf', 'infra/main.tf'],
    ['infra\\main.tf', 'infra/main.tf'],
    ['C:\\work\\main.tf', 'work/main.tf'],
    ['a b/ü#?.tf', 'a%20b/%C3%BC%23%3F.tf'],
    ['\ud800', '%EF%BF%BD'],
    ['', undefined],
    ['..', undefined],
    ['a/../../b', undefined],
    ['https://a.example/x', undefined],
    ['javascript:alert(1)', undefined],
    ['x'.repeat(1001), undefined],
  ])('%j is %j', (path, uri) => {
    expect(relativeUri(path)).toBe(uri);
  });
});

describe('the published schemas', () => {
  const SCHEMAS = process.env.SCANGATE_SCHEMAS ?? join(import.meta.dirname, '../../../../../shared/schemas');
  const schema = (name: string): object => JSON.parse(readFileSync(join(SCHEMAS, 'sarif', name), 'utf8')) as object;

  it.for(SITUATIONS)('accept it: $name', async ({ build }, { skip }) => {
    skip(!existsSync(SCHEMAS), 'no schemas there: name their folder in SCANGATE_SCHEMAS');
    const log = JSON.parse(renderReport(sarif, await build())) as unknown;
    const options = { strict: false, allErrors: true };
    for (const [ajv, name] of [
      [new Ajv4.default(options), 'sarif-schema-2.1.0.json'],
      [new Ajv.default(options), 'schemastore-sarif-2.1.0.json'],
    ] as const) {
      addFormats.default(ajv);
      const validate = ajv.compile(schema(name));
      validate(log);
      expect(validate.errors).toBeNull();
    }
  });
});
