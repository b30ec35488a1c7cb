import { describe, expect, it } from 'vitest';
import { qualysIac } from '../../../src/scanners/report/qualys-iac/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const failed = {
  checkId: '9001',
  checkName: 'Bucket is public',
  criticality: 'HIGH',
  checkResult: { result: 'FAILED' },
  filePath: '/main.tf',
  resource: 'aws_s3_bucket.demo',
  remediation: 'Set <b>acl</b> to private.',
};
const passed = { ...failed, checkId: '9002', checkResult: { result: 'PASSED' } };
const summary = { passed: 3, failed: 1, failedStats: { high: 1, medium: 0, low: 0 }, skipped: 2, parsingErrors: 0 };
const terraform = {
  checkType: 'Terraform',
  results: { failedChecks: [failed], passedChecks: [], parsingErrors: [] },
  summary,
};
const report = (type: object = terraform, more: object = {}): string =>
  JSON.stringify({ scanUuid: '00000000-0000-4000-8000-000000000001', status: 'FINISHED', result: [type], ...more });
const withResults = (change: object, counts: object = {}): string =>
  report({ ...terraform, results: { ...terraform.results, ...change }, summary: { ...summary, ...counts } });
const none = { failed: 0, failedStats: { high: 0, medium: 0, low: 0 } };
const state = (status: unknown): string => report(terraform, { status });

describeReader(qualysIac, {
  samples: [
    {
      name: 'a control that failed',
      report: report(),
      count: 1,
      findings: [
        {
          vulnerability: { source: 'qualys-iac', id: '9001', title: 'Bucket is public', aliases: [] },
          kind: 'misconfiguration',
          severity: 'high',
          vendorSeverity: 'HIGH',
          location: { kind: 'file', path: '/main.tf', resource: 'aws_s3_bucket.demo' },
          remediation: 'Set acl to private.',
        },
      ],
    },
    {
      name: 'two kinds of templates',
      report: report(terraform, { result: [terraform, { ...terraform, checkType: 'CloudFormation' }] }),
      count: 2,
    },
    { name: 'passed checks listed', report: withResults({ passedChecks: [passed, passed, passed] }), count: 1 },
    {
      name: 'nothing failed, lists null',
      report: withResults({ failedChecks: null, passedChecks: null, parsingErrors: null }, none),
      count: 0,
    },
    {
      name: 'no results, only a summary',
      report: report({ ...terraform, results: null, summary: { ...summary, ...none } }),
      count: 0,
    },
    {
      name: 'a finished scan with an empty result',
      report: report(terraform, { result: [] }),
      count: 0,
      hasEvidence: false,
    },
    {
      name: 'a finished scan with a null result',
      report: report(terraform, { result: null }),
      count: 0,
      hasEvidence: false,
    },
    {
      name: 'a kind of template without any check',
      report: withResults({ failedChecks: [] }, { ...none, passed: 0 }),
      count: 0,
      hasEvidence: false,
    },
    {
      name: 'templates that could not be parsed (I-2)',
      report: withResults({ parsingErrors: ['/broken.tf'] }, { parsingErrors: 1 }),
      count: 1,
      problems: ['SCANGATE_SCAN_PARSING_ERRORS'],
    },
    {
      name: 'parsing errors that are only counted',
      report: withResults({}, { parsingErrors: 2 }),
      count: 1,
      problems: ['SCANGATE_SCAN_PARSING_ERRORS'],
    },
    {
      name: 'a counter above the list',
      report: withResults({ failedChecks: null }),
      count: 0,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH', 'SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    {
      name: 'criticalities that do not add up',
      report: withResults({}, { failedStats: { high: 1, medium: 4, low: 0 } }),
      count: 1,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    {
      name: 'a list of passed checks that is short',
      report: withResults({ passedChecks: [passed] }),
      count: 1,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    { name: 'a failed scan', report: state('ERROR'), count: 1, problems: ['SCANGATE_SCAN_FAILED'] },
    {
      name: 'a scan that is not finished',
      report: state('PROCESSING'),
      count: 1,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    { name: 'a state nobody knows', report: state('HOVERING'), count: 1, problems: ['SCANGATE_SCAN_UNKNOWN_STATE'] },
    { name: 'no state', report: state(null), count: 1, problems: ['SCANGATE_SCAN_UNKNOWN_STATE'] },
  ],
  unknownSeverity: report().replace('"HIGH"', '"SHOUTING"'),
  wrongTypes: [
    { name: 'a result of a check nobody knows', report: report().replace('"FAILED"', '"PERHAPS"') },
    { name: 'a passed check among the failed', report: report().replace('"FAILED"', '"PASSED"') },
    { name: 'a failed check among the passed', report: withResults({ passedChecks: [failed] }) },
    { name: 'a check that is text', report: withResults({ failedChecks: ['x'] }) },
    { name: 'a check without id', report: report().replace('"checkId"', '"id"') },
    { name: 'a check without file', report: report().replace('"filePath"', '"where"') },
    { name: 'checks that are an object', report: withResults({ failedChecks: { a: failed } }) },
    { name: 'a result that is an object', report: report(terraform, { result: { a: terraform } }) },
    { name: 'a result that is text', report: report(terraform, { result: ['x'] }) },
    { name: 'results that are a list', report: report({ ...terraform, results: [terraform.results] }) },
    { name: 'a parsing error that names no file', report: withResults({ parsingErrors: [{}] }) },
    { name: 'a counter in words', report: withResults({}, { failed: 'one' }) },
  ],
});

describe('qualys-iac', () => {
  it('says what was evaluated', async () => {
    const two = report(terraform, { result: [terraform, { ...terraform, checkType: 'CloudFormation' }] });
    expect((await readAll(qualysIac, two)).statement).toEqual({
      tool: { name: 'Qualys IaC' },
      reference: '00000000-0000-4000-8000-000000000001',
      state: 'FINISHED',
      evidence: 'Qualys evaluated CloudFormation, Terraform: 6 passed, 2 failed, 4 skipped',
      problems: [],
    });
  });

  it('names the files that could not be parsed, and counts the rest', async () => {
    const { statement } = await readAll(
      qualysIac,
      withResults({ parsingErrors: ['/a.tf', { filePath: '/b.tf' }] }, { parsingErrors: 4 }),
    );
    expect(statement.problems.map(({ message }) => message)).toEqual([
      'Terraform: 4 files could not be parsed: /a.tf, /b.tf and 2 more',
    ]);
  });

  it('takes the place of a check in its list where the check has no result of its own', async () => {
    const { findings } = await readAll(qualysIac, withResults({ failedChecks: [{ ...failed, checkResult: null }] }));
    expect(findings).toHaveLength(1);
  });

  it('counts each kind of template by itself', async () => {
    const short = {
      ...terraform,
      checkType: 'CloudFormation',
      results: { failedChecks: [], passedChecks: null, parsingErrors: null },
    };
    const { statement } = await readAll(qualysIac, report(terraform, { result: [terraform, short] }));
    expect(statement.problems.map(({ message }) => message)).toEqual([
      'CloudFormation: the summary counts 1 failed checks, the list has 0',
      'CloudFormation: the summary counts 1 failed checks by criticality, the list has 0',
    ]);
  });
});
