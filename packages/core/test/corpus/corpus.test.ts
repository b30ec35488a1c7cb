import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { peekHead, recogniseReport } from '../../src/scanners/report/index.js';
import { inChunks, readAll } from '../../src/testing/describe-reader.js';

/*
 * Real reports of real scanners, kept outside the project (SCANGATE_CORPUS, default ../shared/corpus). `dd` is the number
 * that DefectDojo's own reader makes of the file; each difference is explained: one finding for each occurrence.
 */
const CORPUS = process.env.SCANGATE_CORPUS ?? fileURLToPath(new URL('../../../../../shared/corpus', import.meta.url));
const REPORTS = join(CORPUS, 'reports');

interface Expected {
  format: string;
  count: number;
  /** Undefined: the corpus gives none. */
  dd?: number;
  why?: string;
  hasEvidence?: boolean;
  problems?: string[];
}

const EXPECTED: Record<string, Expected> = {
  'anchore_grype/fix_available.json': { format: 'grype', count: 1, dd: 1 },
  'anchore_grype/issue_9618.json': { format: 'grype', count: 35, dd: 35 },
  'anchore_grype/many_vulns_with_epss_values.json': { format: 'grype', count: 15, dd: 15 },
  'anchore_grype/no_vuln.json': { format: 'grype', count: 0, dd: 0 },
  'burp/one_finding.xml': {
    format: 'burp',
    count: 3,
    dd: 1,
    why: 'DefectDojo merges issues of one type; the file has three <issue> elements',
  },
  'checkov/checkov-report-0-vuln.json': {
    format: 'checkov',
    count: 0,
    dd: 0,
    hasEvidence: false,
    why: 'nothing was checked, so nothing shows that a scan took place',
  },
  'checkov/checkov-report-multiple-check_type.json': { format: 'checkov', count: 13, dd: 13 },
  'cyclonedx/issue_9277.json': {
    format: 'cyclonedx',
    count: 14,
    dd: 14,
    why: '10 vulnerabilities affect 14 components; each affected component is an occurrence',
  },
  'cyclonedx/log4j.json': { format: 'cyclonedx', count: 8, dd: 8 },
  'cyclonedx/no-severity.json': {
    format: 'cyclonedx',
    count: 1,
    dd: 1,
    hasEvidence: false,
    why: 'the document names no tool, so it alone is no evidence; it has a finding all the same',
  },
  'cyclonedx/spec1.xml': { format: 'cyclonedx', count: 1, dd: 1, hasEvidence: false, why: 'as above' },
  'gitlab_container_scan/gl-container-scanning-report-5-vuln_v15.json': { format: 'gitlab', count: 5, dd: 5 },
  'gitlab_dast/gitlab_dast_one_vul_v15.json': {
    format: 'gitlab',
    count: 1,
    dd: 1,
    hasEvidence: false,
    why: 'a cut of a report without its scan section',
  },
  'gitlab_dast/gitlab_dast_zero_vul.json': {
    format: 'gitlab',
    count: 0,
    dd: 0,
    hasEvidence: false,
    why: 'a cut of a report without its scan section: nothing shows that a scan took place',
  },
  'gitlab_sast/gl-sast-report-confidence_v15.json': {
    format: 'gitlab',
    count: 8,
    why: 'the corpus gives no number of DefectDojo',
  },
  'lynis/lynis_one_vuln.dat': {
    format: 'lynis',
    count: 1,
    dd: 1,
    problems: ['SCANGATE_SCAN_INCOMPLETE'],
    why: 'the report says itself that a test of the scanner broke (exception_event)',
  },
  'openscap/no_vuln_rhsa.xml': { format: 'xccdf', count: 0, dd: 0 },
  'openscap/one_vuln_rhsa.xml': { format: 'xccdf', count: 1, dd: 1 },
  'qualys/Qualys_Sample_Report.xml': {
    format: 'qualys-asset-data',
    count: 301,
    dd: 301,
    problems: ['SCANGATE_SCAN_INCOMPLETE'],
  },
  'qualys/empty.xml': {
    format: 'qualys-asset-data',
    count: 0,
    dd: 0,
    hasEvidence: false,
    problems: ['SCANGATE_SCAN_INCOMPLETE'],
  },
  'qualys_infrascan_webgui/qualys_infrascan_webgui_0.xml': { format: 'qualys-scan', count: 0, dd: 0 },
  'qualys_infrascan_webgui/qualys_infrascan_webgui_1.xml': { format: 'qualys-scan', count: 1, dd: 1 },
  'qualys_webapp/qualys_webapp_no_vuln.xml': {
    format: 'qualys-was-report',
    count: 17,
    dd: 17,
    problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    why: 'the summary counts 3 vulnerabilities and the list has none: the difference is real, the list was emptied',
  },
  'qualys_webapp/qualys_webapp_one_vuln.xml': {
    format: 'qualys-was-report',
    count: 14,
    dd: 14,
    problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    why: 'the summary counts 2 vulnerabilities and the list has one',
  },
  'sarif/appendix_k.sarif': {
    format: 'sarif',
    count: 1,
    dd: 1,
    problems: ['SCANGATE_SCAN_INCOMPLETE'],
    why: 'the tool reports an error of its own in a notification',
  },
  'sarif/dependency_check.sarif': { format: 'sarif', count: 13, dd: 13 },
  'sarif/gitleaks_7.5.0.sarif': { format: 'sarif', count: 8, dd: 8 },
  'sarif/no_runs.sarif': { format: 'sarif', count: 0, dd: 0, hasEvidence: false },
  'sarif/suppression_test.sarif': { format: 'sarif', count: 5, dd: 5 },
  'tenable/nessus/nessus_many_vuln.xml': {
    format: 'nessus',
    count: 7,
    why: 'the corpus gives no number of DefectDojo; the file has 7 ReportItem elements',
  },
  'trivy/all_statuses.json': { format: 'trivy', count: 8, dd: 8 },
  'trivy/cvssv4_severity_source.json': { format: 'trivy', count: 3, dd: 3 },
  'trivy/kubernetes.json': { format: 'trivy', count: 20, dd: 20 },
  'trivy/misconfigurations_and_secrets.json': { format: 'trivy', count: 5, dd: 5 },
  'trivy/scheme_2_no_vuln.json': { format: 'trivy', count: 0, dd: 0 },
  'wapiti/example.xml': { format: 'wapiti', count: 5, dd: 5 },
  'zap/empty_2.9.0.xml': { format: 'zap', count: 0, dd: 0 },
  'zap/some_2.9.0.xml': {
    format: 'zap',
    count: 17,
    dd: 7,
    why: 'DefectDojo counts alerts; each of their instances is a finding',
  },
  'zap/zap-results-first-scan.xml': {
    format: 'zap',
    count: 130,
    dd: 15,
    why: 'DefectDojo counts alerts; each of their instances is a finding',
  },
};

describe('corpus of real reports', () => {
  if (!existsSync(REPORTS)) {
    it('is not here: the reports of the corpus were not read', () => {
      console.warn(
        `The corpus is not at ${REPORTS}; set SCANGATE_CORPUS to read it. Its ${Object.keys(EXPECTED).length} reports were not read.`,
      );
      expect(existsSync(REPORTS)).toBe(false);
    });
    return;
  }
  it.each(Object.entries(EXPECTED))('%s', async (path, { format, count, hasEvidence = true, problems = [] }) => {
    const bytes = readFileSync(join(REPORTS, path));
    const reader = recogniseReport((await peekHead(inChunks(bytes))).head);
    const { findings, statement } = await readAll(reader, bytes);
    expect({
      format: reader.format,
      count: findings.length,
      hasEvidence: statement.evidence !== undefined,
      problems: statement.problems.map(({ code }) => code),
    }).toEqual({ format, count, hasEvidence, problems });
  });

  it('every report of the corpus is expected here', () => {
    const files = readdirSync(REPORTS, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('LICENSE'))
      .map((entry) => relative(REPORTS, join(entry.parentPath, entry.name)));
    expect(files.sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it('every difference from the number of DefectDojo is explained', () => {
    for (const [path, { count, dd, why }] of Object.entries(EXPECTED)) if (count !== dd) expect(why, path).toBeTruthy();
  });
});
