import { describe, expect, it } from 'vitest';
import { checkov } from '../../../src/scanners/report/checkov/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const failed = {
  check_id: 'CKV_DEMO_1',
  bc_check_id: 'BC_DEMO_1',
  check_name: 'Ensure the bucket is private',
  check_result: { result: 'FAILED', evaluated_keys: ['acl'] },
  code_block: [[1, 'password = "hunter2"\n']],
  file_path: '/aws/bucket.tf',
  file_abs_path: '/src/aws/bucket.tf',
  file_line_range: [1, 7],
  resource: 'aws_s3_bucket.demo',
  check_class: 'checkov.terraform.checks.resource.aws.Demo',
  severity: 'HIGH',
  guideline: 'https://guide.example/demo-1',
};
const passed = { ...failed, check_id: 'CKV_DEMO_2', check_result: { result: 'PASSED' } };
const skipped = {
  ...failed,
  severity: null,
  guideline: null,
  check_result: { result: 'SKIPPED', suppress_comment: 'public on purpose' },
};
const summaryOf = (results: Record<string, unknown[]>): object => ({
  passed: results.passed_checks?.length ?? 0,
  failed: results.failed_checks?.length ?? 0,
  skipped: results.skipped_checks?.length ?? 0,
  parsing_errors: results.parsing_errors?.length ?? 0,
  resource_count: 1,
  checkov_version: '3.2.0',
});
const reportOf = (lists: Record<string, unknown[]>, checkType = 'terraform'): Record<string, unknown> => {
  const results = { passed_checks: [], failed_checks: [], skipped_checks: [], parsing_errors: [], ...lists };
  return { check_type: checkType, results, summary: summaryOf(results), url: '' };
};
const report = reportOf({ passed_checks: [passed], failed_checks: [failed], skipped_checks: [skipped] });
const docker = reportOf(
  { failed_checks: [{ ...failed, file_path: '/Dockerfile', file_line_range: [0, 0], severity: null }] },
  'dockerfile',
);
const quiet = {
  check_type: 'terraform',
  results: { failed_checks: [] },
  summary: { passed: 14, failed: 0, skipped: 2, parsing_errors: 0, checkov_version: '3.2.0' },
};
const short = { passed: 0, failed: 0, skipped: 0, parsing_errors: 0, resource_count: 0, checkov_version: '3.2.0' };
const broken = reportOf({
  passed_checks: [passed],
  parsing_errors: ['/a.tf', '/b.tf', '/c.tf', '/d.tf', '/e.tf', '/f.tf'],
});

const secret = {
  ...failed,
  check_id: 'CKV_SECRET_6',
  check_name: 'Base64 High Entropy String',
  resource: '5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8',
  check_class: 'checkov.secrets.runner.Runner',
};
const packaged = {
  ...failed,
  check_id: 'CKV_CVE_2099_1',
  check_name: 'SCA package scan',
  file_path: '/requirements.txt',
  short_description: 'CVE-2099-10001 - demo: 1.0',
  vulnerability_details: {
    id: 'CVE-2099-10001',
    status: 'fixed in 1.1',
    severity: 'critical',
    package_name: 'demo',
    package_version: '1.0',
    package_type: 'python',
    link: 'https://cve.example/CVE-2099-10001',
    cvss: 9.8,
    vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    description: 'A hole.',
    lowest_fixed_version: '1.1',
  },
};
const licensed = {
  ...failed,
  check_id: 'BC_LIC_1',
  check_name: 'SCA license',
  short_description: 'License GPL-3.0 - demo: 1.0',
  vulnerability_details: {
    package_name: 'demo',
    package_version: '1.0',
    license: 'GPL-3.0',
    policy: 'BC_LIC_1',
    status: 'FAILED',
  },
};

describeReader(checkov, {
  samples: [
    {
      name: 'one framework',
      report: JSON.stringify(report),
      count: 2,
      findings: [
        {
          vulnerability: {
            source: 'checkov',
            id: 'CKV_DEMO_1',
            title: 'Ensure the bucket is private',
            aliases: ['BC_DEMO_1'],
            links: ['https://guide.example/demo-1'],
          },
          kind: 'misconfiguration',
          severity: 'high',
          vendorSeverity: 'HIGH',
          location: { kind: 'file', path: 'aws/bucket.tf', line: 1, endLine: 7, resource: 'aws_s3_bucket.demo' },
          remediation: 'Follow the guideline: https://guide.example/demo-1',
          evidence: 'checkov.terraform.checks.resource.aws.Demo; evaluated keys: acl',
        },
        {
          vulnerability: {
            source: 'checkov',
            id: 'CKV_DEMO_1',
            title: 'Ensure the bucket is private',
            aliases: ['BC_DEMO_1'],
          },
          kind: 'misconfiguration',
          severity: 'unknown',
          ignored: { reason: 'public on purpose' },
          location: { kind: 'file', path: 'aws/bucket.tf', line: 1, endLine: 7, resource: 'aws_s3_bucket.demo' },
          evidence: 'checkov.terraform.checks.resource.aws.Demo',
        },
      ],
    },
    { name: 'a list with one report for each framework', report: JSON.stringify([report, docker]), count: 3 },
    { name: 'all passed', report: JSON.stringify(reportOf({ passed_checks: [passed] })), count: 0 },
    { name: 'all passed, written with --quiet', report: JSON.stringify(quiet), count: 0 },
    { name: 'no check at all', report: JSON.stringify(reportOf({})), count: 0, hasEvidence: false },
    { name: 'the bare summary of nothing to check', report: JSON.stringify(short), count: 0, hasEvidence: false },
    {
      name: 'files that could not be parsed',
      report: JSON.stringify(broken),
      count: 0,
      problems: ['SCANGATE_SCAN_PARSING_ERRORS'],
    },
    {
      name: 'nothing but files that could not be parsed',
      report: JSON.stringify(reportOf({ parsing_errors: ['/a.tf'] })),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_PARSING_ERRORS'],
    },
    {
      name: 'a failed check taken out by hand',
      report: JSON.stringify({ ...report, results: { ...(report.results as object), failed_checks: [] } }),
      count: 1,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    {
      name: 'failed checks counted without a list',
      report: JSON.stringify({ ...short, failed: 3 }),
      count: 0,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    {
      name: 'the summary before the results',
      report: JSON.stringify({ summary: report.summary, check_type: 'terraform', results: report.results }),
      count: 2,
    },
  ],
  unknownSeverity: JSON.stringify(report).replace('"HIGH"', '"SHOUTING"'),
  wrongTypes: [
    {
      name: 'failed_checks is an object',
      report: JSON.stringify(report).replace(/"failed_checks":\[.*?\],"skipped/, '"failed_checks":{},"skipped'),
    },
    { name: 'a check is text', report: JSON.stringify(reportOf({ failed_checks: ['x'] })) },
    { name: 'a check without an id', report: JSON.stringify(report).replaceAll('"check_id"', '"id"') },
    { name: 'a check without a file', report: JSON.stringify(report).replaceAll('"file_path"', '"file"') },
    { name: 'a parsing error is an object', report: JSON.stringify(reportOf({ parsing_errors: [{}] })) },
    {
      name: 'no results',
      report: JSON.stringify({ ...report, results: undefined }).replace(
        '{',
        '{"passed":0,"failed":0,"parsing_errors":0,',
      ),
    },
    { name: 'results without failed checks', report: JSON.stringify({ ...report, results: {} }) },
    { name: 'a type after the results', report: JSON.stringify({ results: report.results, check_type: 'terraform' }) },
    { name: 'a type that is a list', report: JSON.stringify({ ...report, check_type: [] }) },
    { name: 'a list that holds text', report: JSON.stringify([report, 'x']) },
    { name: 'a line that is text', report: JSON.stringify(report).replaceAll('[1,7]', '["one",7]') },
  ],
});

const readChecks = async (check: object, checkType: string) =>
  (await readAll(checkov, JSON.stringify(reportOf({ failed_checks: [check] }, checkType)))).findings;

describe('checkov', () => {
  it('never carries a line of the source or the hash of a secret', async () => {
    const findings = [...(await readChecks(secret, 'secrets')), ...(await readChecks(failed, 'terraform'))];
    expect(JSON.stringify(findings)).not.toMatch(/hunter2|5baa61e4c9/);
    expect(findings[0]).toMatchObject({ kind: 'secret', location: { resource: '5baa****' } });
    expect(findings[0]?.remediation).toMatch(/^Revoke/);
  });

  it('reads a vulnerable package as a vulnerability of the package', async () => {
    expect(await readChecks(packaged, 'sca_package')).toEqual([
      {
        vulnerability: {
          source: 'checkov',
          id: 'CVE-2099-10001',
          title: 'CVE-2099-10001 - demo: 1.0',
          aliases: [],
          links: ['https://cve.example/CVE-2099-10001'],
        },
        kind: 'confirmed',
        severity: 'high',
        vendorSeverity: 'HIGH',
        cvss: [{ version: '3.1', score: 9.8, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
        fix: { available: true, version: '1.1' },
        state: 'fixed in 1.1',
        location: { kind: 'package', name: 'demo', version: '1.0', ecosystem: 'python', path: 'requirements.txt' },
        description: 'A hole.',
        remediation: 'Update demo to 1.1.',
      },
    ]);
  });

  it('knows a package without a fix, and one of which nothing is said', async () => {
    const details = packaged.vulnerability_details;
    const [open] = await readChecks(
      { ...packaged, vulnerability_details: { ...details, lowest_fixed_version: 'N/A' } },
      'sca_image',
    );
    const [silent] = await readChecks(
      { ...packaged, vulnerability_details: { ...details, lowest_fixed_version: null, id: 'GHSA-1' } },
      'sca_image',
    );
    expect([open?.fix, silent?.fix]).toEqual([{ available: false }, undefined]);
    expect([open?.vulnerability.aliases, silent?.vulnerability.aliases]).toEqual([[], undefined]);
  });

  it('reads a licence as a control, and a weakness in code as confirmed', async () => {
    const [licence] = await readChecks(licensed, 'sca_package');
    expect(licence).toMatchObject({
      kind: 'control',
      vulnerability: { title: 'License GPL-3.0 - demo: 1.0' },
      location: { kind: 'package', name: 'demo' },
    });
    const [weakness] = await readChecks(failed, 'sast_python');
    expect(weakness?.kind).toBe('confirmed');
  });

  it('names a few of the files that could not be parsed, and how many there are', async () => {
    const { statement } = await readAll(checkov, JSON.stringify(broken));
    expect(statement.problems[0]?.message).toBe(
      'Checkov could not parse 6 files: /a.tf, /b.tf, /c.tf, /d.tf, /e.tf and 1 more',
    );
  });

  it('counts what was evaluated, from the summary where the lists are left out', async () => {
    const { statement } = await readAll(checkov, JSON.stringify([report, quiet]));
    expect(statement.evidence).toBe('Checkov evaluated 19 checks in terraform: 15 passed, 1 failed, 3 skipped');
    expect(statement.tool).toEqual({ name: 'Checkov', version: '3.2.0' });
  });

  it('takes an empty list of reports for no evidence', async () => {
    expect(await readAll(checkov, '[]')).toEqual({
      findings: [],
      statement: { tool: { name: 'Checkov' }, problems: [] },
    });
  });
});
