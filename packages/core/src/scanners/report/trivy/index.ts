import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, type JsonRecord, Streamed, walkJson } from '../../../wire/json.js';
import { asObject, numberIn, objectIn, streamedIn, textIn, wordsIn } from '../../../wire/take.js';
import { isoTime } from '../../normalise.js';
import type { ReportReader } from '../reader.js';
import {
  licenceFinding,
  misconfigurationFinding,
  modifiedFinding,
  type ResultContext,
  secretFinding,
  vulnerabilityFinding,
} from './normalise.js';

/** The lists of one result, and what turns an element into a finding. */
const LISTS = {
  Vulnerabilities: vulnerabilityFinding,
  Misconfigurations: misconfigurationFinding,
  Secrets: secretFinding,
  Licenses: licenceFinding,
  ExperimentalModifiedFindings: modifiedFinding,
} as const;

/** What else a result holds in lists: the inventory, and what modules of the user's own add. */
const OTHER_LISTS = ['Packages', 'CustomResources'];

/** Where results stand: schema 2, the list of before 0.20, and the Kubernetes report old and new. */
const RESULTS = [
  'Results[]',
  '[]',
  'Resources[].Results[]',
  'Findings[].Results[]',
  'Vulnerabilities[].Results[]',
  'Misconfigurations[].Results[]',
];

const records: string[] = RESULTS.flatMap((result) => Object.keys(LISTS).map((list) => `${result}.${list}[]`));
const needs = Object.fromEntries(records.map((record) => [record, ['Target']]));

/**
 * Trivy JSON: schema version 2, the bare list of older versions, and `trivy k8s --report all`.
 * https://trivy.dev/docs/latest/configuration/reporting/ (read 2026-11-23).
 *
 * Trivy writes a result for each thing it looked at, so at least one result is the evidence of a scan.
 */
export const trivy: ReportReader = {
  format: 'trivy',
  title: 'Trivy JSON',
  recognise: ({ paths }) =>
    (paths.has('SchemaVersion') && (paths.has('ArtifactName') || paths.has('Results'))) ||
    (paths.has('ClusterName') && RESULTS.some((result) => paths.has(result.replace(/\[\].*/, '')))) ||
    (paths.has('[].Target') && !paths.has('[].Packages[].Name') && !paths.has('[].check_type')),
  async *read({ chunks }) {
    const state: ReadState = { results: 0, classes: new Set(), problems: [], root: undefined };
    for await (const batch of walkJson(chunks, { records, needs })) {
      const findings: RawFinding[] = [];
      for (const record of batch) take(record, state, findings);
      yield findings;
    }
    return statement(state);
  },
};

interface ReadState {
  results: number;
  classes: Set<string>;
  problems: ScanProblem[];
  root: JsonMembers | undefined;
}

function take(record: JsonRecord, state: ReadState, findings: RawFinding[]): void {
  const { at, value } = record;
  const list = at.slice(at.lastIndexOf('.') + 1, -2) as keyof typeof LISTS;
  if (at.endsWith('[]') && Object.hasOwn(LISTS, list) && records.includes(at)) {
    const finding = LISTS[list](asObject(value, at), contextOf(record), at);
    if (finding) findings.push(finding);
  } else if (RESULTS.includes(at)) takeResult(asObject(value, at), at, state);
  else if (at === 'Resources[]' || at === 'Findings[]') takeResource(asObject(value, at), at, state);
  else if (at === '') takeRoot(value, state);
}

function contextOf({ scope }: JsonRecord): ResultContext {
  const result = scope.at(-1) ?? {};
  const resource = scope.length > 2 ? scope.at(-2) : undefined;
  return {
    target: textIn(result, 'Target', 'result') ?? '',
    type: wordsIn(result, 'Type', 'result'),
    class: wordsIn(result, 'Class', 'result'),
    resource:
      resource &&
      [resource.Namespace, resource.Kind, resource.Name].filter((part) => typeof part === 'string').join('/'),
  };
}

function takeResult(result: JsonMembers, at: string, state: ReadState): void {
  if (textIn(result, 'Target', at) === undefined) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.Target is missing`);
  }
  for (const list of Object.keys(LISTS)) streamedIn(result, list, at);
  const unknown = Object.keys(result).find(
    (key) => !Object.hasOwn(LISTS, key) && !OTHER_LISTS.includes(key) && listLength(result[key]) > 0,
  );
  if (unknown !== undefined) {
    throw new ScangateError(
      'SCANGATE_REPORT_SHAPE',
      `${at}.${excerpt(unknown)} is a list that is not known; it may hold findings`,
    );
  }
  state.results++;
  state.classes.add(wordsIn(result, 'Class', at) ?? wordsIn(result, 'Type', at) ?? 'unnamed');
}

const listLength = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

function takeResource(resource: JsonMembers, at: string, state: ReadState): void {
  streamedIn(resource, 'Results', at);
  const error = wordsIn(resource, 'Error', at);
  if (error === undefined) return;
  state.problems.push({
    code: 'SCANGATE_SCAN_INCOMPLETE',
    message: `Trivy could not scan ${wordsIn(resource, 'Kind', at) ?? 'a resource'} ${wordsIn(resource, 'Name', at) ?? ''}: ${error}`,
    mend: 'give the scanner access to the resource and its image, and scan again',
  });
}

function takeRoot(value: unknown, state: ReadState): void {
  if (value instanceof Streamed) return;
  const root = asObject(value, 'report');
  const version = 'SchemaVersion' in root ? numberIn(root, 'SchemaVersion', 'report') : 2;
  if (version !== 2) {
    throw new ScangateError('SCANGATE_REPORT_VERSION', `Trivy schema version ${String(version)} is not known; 2 is`);
  }
  for (const list of ['Results', 'Resources', 'Findings', 'Vulnerabilities', 'Misconfigurations'])
    streamedIn(root, list, '');
  state.root = root;
}

function statement({ root = {}, results, classes, problems }: ReadState): ScanStatement {
  const metadata = objectIn(root, 'Metadata', 'report');
  const os = metadata && objectIn(metadata, 'OS', 'Metadata');
  if (os?.EOSL === true) {
    problems.push({
      code: 'SCANGATE_SCAN_INCOMPLETE',
      message: `${wordsIn(os, 'Family', 'OS') ?? 'the distribution'} ${wordsIn(os, 'Name', 'OS') ?? ''} is past its end of support: Trivy no longer learns of its vulnerabilities`,
      mend: 'move to a supported base image, or set policy.onIncomplete when a partial view is good enough',
    });
  }
  return {
    tool: { name: 'Trivy', version: wordsIn(objectIn(root, 'Trivy', 'report') ?? {}, 'Version', 'Trivy') },
    subject: wordsIn(root, 'ArtifactName', 'report') ?? wordsIn(root, 'ClusterName', 'report'),
    reference: wordsIn(root, 'ReportID', 'report'),
    finishedAt: isoTime(wordsIn(root, 'CreatedAt', 'report')),
    evidence:
      results > 0
        ? `Trivy reports on ${results} ${results === 1 ? 'result' : 'results'} (${[...classes].sort().join(', ')})`
        : undefined,
    problems,
  };
}
