import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JudgedFinding, RawFinding } from '@scangate/core/model';
import type { Reporter } from '@scangate/core/reporters';
import {
  type BuiltDelivery,
  buildJudgement,
  buildRawFinding,
  type JudgementSketch,
  toDelivery,
} from '@scangate/core/testing';
import Ajv from 'ajv';
import { gitlab } from '../src/index.js';

const SCHEMAS = join(process.env.SCANGATE_SCHEMAS ?? join(import.meta.dirname, '../../../../shared/schemas'), 'gitlab');
export const hasSchemas = existsSync(SCHEMAS);
export const NO_SCHEMAS = 'no schemas there: name their folder in SCANGATE_SCHEMAS';

const SCHEMA_FILES: Record<string, string> = {
  'gl-code-quality-report.json': 'codequality.tightened.json',
  'gl-container-scanning-report.json': 'container-scanning-report-format-15.2.0.json',
  'gl-dast-report.json': 'dast-report-format-15.2.1.composed.json',
  'gl-dependency-scanning-report.json': 'dependency-scanning-report-format-15.1.5.json',
  'gl-sast-report.json': 'sast-report-format-15.2.1.composed.json',
  '.gitlab-ci.yml': 'gitlab-ci.json',
};

/** What the schema of a file finds wrong with a value. */
export function schemaErrors(fileName: string, value: unknown): unknown[] {
  const ajv = new Ajv.default({ strict: false, logger: false });
  const schema = JSON.parse(readFileSync(join(SCHEMAS, SCHEMA_FILES[fileName] ?? ''), 'utf8')) as object;
  const validate = ajv.compile(schema);
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

export const JSON_REPORTS: readonly Reporter[] = (gitlab.reports ?? []).filter(({ fileName }) =>
  fileName.endsWith('.json'),
);

export const render = (reporter: Reporter, { ruleNames, findings, input }: BuiltDelivery): string =>
  textOf(reporter.create({ toolVersion: '0.1.0', ruleNames }), findings, input);

export const textOf = (
  writer: ReturnType<Reporter['create']>,
  findings: Iterable<JudgedFinding>,
  input: BuiltDelivery['input'],
): string => {
  const pieces: string[] = [];
  for (const judged of findings) pieces.push(writer.add?.(judged) ?? '');
  return [...pieces, ...writer.end(input)].join('');
};

/** The reporter of this file. */
export function reporterOfFile(fileName: string): Reporter {
  const found = (gitlab.reports ?? []).find((reporter) => reporter.fileName === fileName);
  if (!found) throw new Error(`no reporter writes ${fileName}`);
  return found;
}

export interface SeenVulnerability {
  id: string;
  name: string;
  description: string;
  severity: string;
  solution?: string;
  identifiers: { type: string; name: string; value: string; url?: string }[];
  location: Record<string, unknown>;
  [key: string]: unknown;
}

export interface SeenReport {
  version: string;
  scan: {
    type: string;
    status: string;
    start_time: string;
    end_time: string;
    messages: { level: string; value: string }[];
    scanned_resources?: unknown[];
  };
  vulnerabilities: SeenVulnerability[];
}

export interface SeenEntry {
  description: string;
  check_name: string;
  fingerprint: string;
  severity: string;
  location: { path: string; lines: { begin: number } };
}

const POLICY = { rules: [{ name: 'nothing critical', select: { severity: 'critical' }, max: 0 }] };

/** One target with these findings, judged. */
export const judged = async (
  findings: readonly Partial<RawFinding>[],
  sketch: Partial<JudgementSketch> & { statement?: NonNullable<JudgementSketch['targets'][number]['statement']> } = {},
): Promise<BuiltDelivery> => {
  const { statement, ...rest } = sketch;
  return toDelivery(
    await buildJudgement({
      policy: POLICY,
      targets: [{ name: 'shop', findings: findings.map(buildRawFinding), ...(statement ? { statement } : {}) }],
      ...rest,
    }),
  );
};

export const securityReport = (type: string, built: BuiltDelivery): SeenReport =>
  JSON.parse(render(reporterOfFile(`gl-${type}-report.json`), built)) as SeenReport;

export const codeQualityReport = (built: BuiltDelivery): SeenEntry[] =>
  JSON.parse(render(reporterOfFile('gl-code-quality-report.json'), built)) as SeenEntry[];
