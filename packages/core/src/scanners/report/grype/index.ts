import { ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, type JsonRecord, walkJson } from '../../../wire/json.js';
import { asObject, flagIn, listIn, objectIn, streamedIn, textIn, wordsIn } from '../../../wire/take.js';
import { loadCalculators } from '../../cvss.js';
import { isoTime } from '../../normalise.js';
import { counted, scanProblem } from '../../problem.js';
import type { ReportReader } from '../reader.js';
import { ignoredReason, matchFinding } from './normalise.js';

const RECORDS = ['matches[]', 'ignoredMatches[]', 'alertsByPackage[]'] as const;

/**
 * Grype JSON (`grype -o json`), from 0.7 on: https://oss.anchore.com/docs/reference/grype/json/ and
 * https://github.com/anchore/grype, `grype/presenter/models` (read 2026-11-23).
 *
 * The descriptor names the tool that ran, the source what it looked at; both together are the evidence of a scan.
 */
export const grype: ReportReader = {
  format: 'grype',
  title: 'Grype JSON',
  recognise: ({ paths }) =>
    paths.has('matches') &&
    (paths.get('descriptor.name') === 'grype' ||
      paths.has('matches[].vulnerability.id') ||
      paths.has('matches[].artifact.name') ||
      (paths.has('source.type') && paths.has('source.target'))),
  async *read({ chunks }) {
    await loadCalculators();
    const state: ReadState = { alerts: new Map(), saysNotExploited: false, root: undefined };
    for await (const batch of walkJson(chunks, { records: RECORDS })) {
      const findings: RawFinding[] = [];
      for (const record of batch) take(record, state, findings);
      yield findings;
    }
    return statement(state);
  },
};

interface ReadState {
  /** Type of alert to its first message and the number of packages. */
  alerts: Map<string, { message: string; packages: number }>;
  saysNotExploited: boolean;
  root: JsonMembers | undefined;
}

function take({ at, value }: JsonRecord, state: ReadState, findings: RawFinding[]): void {
  if (at === 'matches[]' || at === 'ignoredMatches[]') {
    const match = asObject(value, at);
    const finding = matchFinding(match, at, at === 'matches[]' ? undefined : { reason: ignoredReason(match, at) });
    if (finding.knownExploited === false) state.saysNotExploited = true;
    findings.push(finding);
  } else if (at === 'alertsByPackage[]') takeAlerts(asObject(value, at), at, state);
  else if (at === '') {
    const root = asObject(value, 'report');
    for (const list of ['matches', 'ignoredMatches', 'alertsByPackage']) streamedIn(root, list, '');
    if (!('matches' in root)) throw new ScangateError('SCANGATE_REPORT_SHAPE', 'report.matches is missing');
    state.root = root;
  }
}

function takeAlerts(group: JsonMembers, at: string, { alerts }: ReadState): void {
  const name = wordsIn(objectIn(group, 'package', at) ?? {}, 'name', at) ?? 'a package';
  for (const value of listIn(group, 'alerts', at)) {
    const alert = asObject(value, `${at}.alerts[]`);
    const type = wordsIn(alert, 'type', at) ?? 'alert';
    const known = alerts.get(type);
    if (known) known.packages++;
    else alerts.set(type, { message: `${name}: ${wordsIn(alert, 'message', at) ?? type}`, packages: 1 });
  }
}

function statement(state: ReadState): ScanStatement {
  const root = state.root ?? {};
  const descriptor = objectIn(root, 'descriptor', 'report') ?? {};
  const name = wordsIn(descriptor, 'name', 'descriptor');
  const version = wordsIn(descriptor, 'version', 'descriptor');
  const subject = subjectOf(root);
  return {
    tool: { name: name === undefined || name === 'grype' ? 'Grype' : name, version },
    subject: subject?.name,
    finishedAt: isoTime(wordsIn(descriptor, 'timestamp', 'descriptor')),
    evidence:
      name === undefined || version === undefined || subject === undefined
        ? undefined
        : `${name} ${version} reports on the ${subject.type} ${subject.name}`,
    problems: [...databaseProblems(descriptor, state), ...alertProblems(state)],
  };
}

/** What was scanned. Grype writes `unknown` for input that does not say, such as an SBOM on standard input. */
function subjectOf(root: JsonMembers): { type: string; name: string } | undefined {
  const source = objectIn(root, 'source', 'report');
  const type = source && wordsIn(source, 'type', 'source');
  if (!source || type === undefined || type === 'unknown') return undefined;
  const target = source.target;
  if (typeof target !== 'object') {
    const name = textIn(source, 'target', 'source');
    return name === undefined || name === '' ? undefined : { type, name };
  }
  const image = objectIn(source, 'target', 'source') ?? {};
  const name = wordsIn(image, 'userInput', 'source.target') ?? wordsIn(image, 'imageID', 'source.target');
  return name === undefined ? undefined : { type, name };
}

const UPDATE = 'run `grype db update` and scan again';

function databaseProblems(descriptor: JsonMembers, { saysNotExploited }: ReadState): ScanProblem[] {
  const database = objectIn(descriptor, 'db', 'descriptor') ?? {};
  const status = objectIn(database, 'status', 'descriptor.db') ?? database;
  const problems: ScanProblem[] = [];
  const error = wordsIn(status, 'error', 'descriptor.db');
  if (error !== undefined || flagIn(status, 'valid', 'descriptor.db') === false) {
    const message = `the vulnerability database of Grype was not valid${error === undefined ? '' : `: ${error}`}`;
    problems.push(scanProblem('SCANGATE_SCAN_INCOMPLETE', message, UPDATE));
  }
  const providers = objectIn(database, 'providers', 'descriptor.db');
  if (saysNotExploited && (!providers || !Object.hasOwn(providers, 'kev'))) {
    const message =
      'the report does not show that the database of Grype had the catalogue of known exploited vulnerabilities (kev)';
    problems.push(scanProblem('SCANGATE_SCAN_INCOMPLETE', message, UPDATE));
  }
  return problems;
}

/** Packages that Grype had no data for: past the end of their distribution, or of one that it does not match at all. */
const alertProblems = ({ alerts }: ReadState): ScanProblem[] =>
  [...alerts].map(([type, { message, packages }]) =>
    scanProblem(
      'SCANGATE_SCAN_INCOMPLETE',
      `Grype warns about ${counted(packages, 'package')} (${type}): ${message}`,
      'move to a supported distribution, or set policy.onIncomplete when a partial view is good enough',
    ),
  );
