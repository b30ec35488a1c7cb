import { describe, expect, it } from 'vitest';
import { sarif } from '../../../src/scanners/report/sarif/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';
import { type Json, qualys } from './sarif/logs.js';

const rule = {
  id: 'js/xss',
  name: 'js/xss',
  shortDescription: { text: 'Cross-site scripting' },
  fullDescription: { text: 'Writing user input to a page.' },
  help: { text: 'Escape it.', markdown: '# Escape it' },
  helpUri: 'https://rules.example/xss',
  defaultConfiguration: { level: 'error' },
  messageStrings: { found: { text: '"{0}" reaches [the page](1) as {{html}}.' } },
  properties: { tags: ['security', 'external/cwe/cwe-079', 'OWASP-A03:2021 - Injection'], 'security-severity': '7.8' },
};
const place = (uri: string, startLine?: number): Json => ({
  physicalLocation: { artifactLocation: { uri }, region: { startLine } },
});
const result = {
  ruleId: 'js/xss',
  ruleIndex: 0,
  message: { id: 'found', arguments: ['name'] },
  locations: [place('src/a%20b.js', 3), place('src/c.js', 9)],
};
const log = (results: unknown, more: Json = {}, driver: Json = {}): Json => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    { tool: { driver: { name: 'CodeQL', semanticVersion: '2.20.1', rules: [rule], ...driver } }, ...more, results },
  ],
});
const text = (results: unknown, more?: Json, driver?: Json): string => JSON.stringify(log(results, more, driver));

describeReader(sarif, {
  samples: [
    {
      name: 'one result of a static analyser',
      report: text([result]),
      count: 1,
      findings: [
        {
          vulnerability: {
            source: 'CodeQL',
            id: 'js/xss',
            title: 'Cross-site scripting',
            aliases: [],
            cwe: [79],
            owasp: ['A03:2021'],
            links: ['https://rules.example/xss'],
          },
          kind: 'confirmed',
          severity: 'high',
          vendorSeverity: '7.8',
          location: { kind: 'file', path: 'src/a b.js', line: 3 },
          description: 'Writing user input to a page.',
          remediation: 'Escape it.',
          evidence: '"name" reaches the page as {html}.\nAlso at src/c.js:9.',
        },
      ],
    },
    {
      name: 'the tool after the results, and lists that results number',
      report: JSON.stringify({
        runs: [
          {
            results: [
              {
                rule: { index: 0, toolComponent: { index: 0 } },
                message: { text: 'm' },
                locations: [{ physicalLocation: { artifactLocation: { index: 1 } } }],
              },
              { ruleId: 'pack/one', message: { text: 'm' }, locations: [{ logicalLocations: [{ index: 0 }] }] },
            ],
            artifacts: [{ location: { uri: 'no.c' } }, { location: { uri: 'yes.c' } }],
            logicalLocations: [{ fullyQualifiedName: 'a.b.c' }],
            tool: {
              driver: { name: 'Demo' },
              extensions: [{ name: 'pack', rules: [{ id: 'pack/one', defaultConfiguration: { level: 'note' } }] }],
            },
          },
        ],
        version: '2.1.0',
      }),
      count: 2,
    },
    { name: 'QScanner', report: JSON.stringify(qualys), count: 3 },
    { name: 'a clean run', report: text([]), count: 0 },
    {
      name: 'several runs, one of which computed nothing',
      report: JSON.stringify({
        ...log([result]),
        runs: [...(log([result]).runs as Json[]), { tool: { driver: { name: 'Other' } } }],
      }),
      count: 1,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    { name: 'no results computed', report: text(null), count: 0, hasEvidence: false },
    { name: 'no list of results', report: text(undefined), count: 0, hasEvidence: false },
    { name: 'no run', report: JSON.stringify({ ...log([]), runs: [] }), count: 0, hasEvidence: false },
    { name: 'runs that are null', report: JSON.stringify({ ...log([]), runs: null }), count: 0, hasEvidence: false },
    {
      name: 'a tool that failed',
      report: text([], { invocations: [{ executionSuccessful: false, exitCode: 3 }] }),
      count: 0,
      problems: ['SCANGATE_SCAN_FAILED'],
    },
    {
      name: 'a tool that did not start',
      report: text([], { invocations: [{ executionSuccessful: true, processStartFailureMessage: 'no such file' }] }),
      count: 0,
      problems: ['SCANGATE_SCAN_FAILED'],
    },
    {
      name: 'errors of the tool itself',
      report: text([], {
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [
              { level: 'error', message: { text: 'cannot parse a.js' } },
              { message: { text: 'slow' } },
            ],
            toolConfigurationNotifications: [{ level: 'error', message: { text: 'no such rule' } }],
          },
        ],
      }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'results in another file',
      report: text([], { externalPropertyFileReferences: { results: [{ location: { uri: 'r.json' } }] } }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'rules in another file',
      report: text([], { externalPropertyFileReferences: { driver: { location: { uri: 'd.json' } } } }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'results at another place of the log',
      report: JSON.stringify({ ...log([]), inlineExternalProperties: [{ results: [result] }, { results: [] }] }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
  ],
  unknownSeverity: text([result]).replace('"7.8"', '"shouting"'),
  wrongTypes: [
    { name: 'another version', report: text([result]).replace('"2.1.0"', '"2.0.0"') },
    { name: 'another version at the end', report: JSON.stringify({ runs: log([result]).runs, version: '1.0.0' }) },
    { name: 'no version', report: JSON.stringify({ runs: log([]).runs }) },
    { name: 'runs is an object', report: JSON.stringify({ ...log([]), runs: { a: 1 } }) },
    { name: 'runs is missing', report: JSON.stringify({ ...log([]), runs: undefined }) },
    { name: 'a run is a list', report: JSON.stringify({ ...log([]), runs: [[]] }) },
    { name: 'no tool', report: JSON.stringify({ ...log([]), runs: [{ results: [result] }] }) },
    { name: 'a tool without a name', report: text([], {}, { name: undefined }) },
    { name: 'rules is an object', report: text([result], {}, { rules: { a: rule } }) },
    { name: 'results is an object', report: text({ 0: result }) },
    { name: 'results is text', report: text('none') },
    { name: 'a result is text', report: text(['x']) },
    { name: 'a result of another kind', report: text([{ ...result, kind: 'maybe' }]) },
    { name: 'a level that is an object', report: text([{ ruleId: 'x', level: { a: 1 }, message: { text: 'm' } }]) },
    { name: 'locations is an object', report: text([{ ...result, locations: {} }]) },
    { name: 'a line that is a text', report: text([{ ...result, locations: [place('a', 'x' as unknown as number)] }]) },
    { name: 'half a line', report: text([{ ...result, locations: [place('a', 1.5)] }]) },
    { name: 'a result without rule and message', report: text([{ message: {} }]) },
    { name: 'suppressions is text', report: text([{ ...result, suppressions: 'all' }]) },
    { name: 'a baseline state nobody knows', report: text([{ ...result, baselineState: 'perhaps' }]) },
    { name: 'invocations is an object', report: text([], { invocations: {} }) },
    { name: 'executionSuccessful is a word', report: text([], { invocations: [{ executionSuccessful: 'perhaps' }] }) },
    {
      name: 'vulnerableSoftware is an object',
      report: JSON.stringify(qualys)
        .replace(/"vulnerableSoftware":\[/, '"vulnerableSoftware":{"a":[')
        .replace('"fixedVersion":""}]', '"fixedVersion":""}]}'),
    },
    { name: 'a QDS of 101', report: JSON.stringify(qualys).replace('"qds":71', '"qds":101') },
    { name: 'a QDS that is a word', report: JSON.stringify(qualys).replace('"qds":71', '"qds":"much"') },
  ],
});

describe('sarif of Trivy', () => {
  const trivyRun = (rules: unknown[], results: unknown[]): string =>
    JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'Trivy', rules } }, results }] });
  const lowRule = { id: 'N/A', defaultConfiguration: { level: 'note' }, properties: { 'security-severity': '2.0' } };

  it('a result whose level speaks against the score of its rule is judged by the worse of the two', async () => {
    const results = ['error', 'note', 'warning'].map((level) => ({
      ruleId: 'N/A',
      level,
      message: { text: 'a check' },
    }));
    const { findings } = await readAll(sarif, trivyRun([lowRule], results));
    expect(findings.map(({ severity }) => severity)).toEqual(['high', 'low', 'medium']);
  });

  it('an empty list without rules is no evidence: Trivy writes it for a folder with nothing in it', async () => {
    expect((await readAll(sarif, trivyRun([], []))).statement.evidence).toBeUndefined();
    expect((await readAll(sarif, trivyRun([lowRule], []))).statement.evidence).toBeDefined();
  });
});
