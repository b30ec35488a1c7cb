import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, type JsonRecord, walkJson } from '../../../wire/json.js';
import { asObject, listIn, objectIn, streamedIn, wordsIn } from '../../../wire/take.js';
import { isoTime } from '../../normalise.js';
import type { ReportReader } from '../reader.js';
import { resultFindings } from './normalise.js';
import { type Artifact, artifactOf, waitsForLists } from './places.js';
import { elsewhere, externalProblems, invocationProblems, plural } from './problems.js';
import { RuleIndex } from './rules.js';
import { invocationIndexOf } from './severity.js';

const RESULT = 'runs[].results[]';
const ARTIFACT = 'runs[].artifacts[]';

/** Lists that can be long and are not needed are streamed too, so that they are dropped element by element. */
const records = [RESULT, ARTIFACT, 'runs[].graphs[]', 'runs[].threadFlowLocations[]', 'runs[].webResponses[]'];
const needs = { [RESULT]: ['tool'] };

/**
 * SARIF 2.1.0 of any tool, with what QScanner adds.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html (read 2026-11-23).
 *
 * A run that has a list of results, an empty one included, is the evidence of a scan; a run whose list is absent or null
 * says that nothing was computed. Bases (`originalUriBaseIds`) are applied where they stand before the results, as
 * producers write them; results that refer by number to lists that stand after them wait for the end of their run.
 */
export const sarif: ReportReader = {
  format: 'sarif',
  title: 'SARIF 2.1.0',
  recognise: ({ syntax, paths }) =>
    syntax === 'json' &&
    (/sarif/i.test(String(paths.get('$schema') ?? '')) ||
      (paths.has('runs') &&
        (paths.has('version') || paths.has('runs[].tool.driver.name') || paths.has('runs[].results')))),
  async *read({ head, chunks, severitySource = 'vendor' }) {
    const version = head.paths.get('version');
    if (typeof version === 'string') checkVersion(version);
    const log: LogState = { severitySource, runs: new Map(), closed: [], problems: [] };
    for await (const batch of walkJson(chunks, { records, needs })) {
      yield batch.flatMap((record) => take(record, log));
    }
    return statement(log);
  },
};

/** A run while it is read. */
interface RunState {
  artifacts: Artifact[];
  rules: RuleIndex | undefined;
  held: JsonMembers[];
}

interface ClosedRun {
  tool: string;
  version: string | undefined;
  results: number | undefined;
  rules: number;
  members: Pick<JsonMembers, 'automationDetails' | 'invocations' | 'versionControlProvenance' | 'properties'>;
}

interface LogState {
  severitySource: 'vendor' | 'customer';
  runs: Map<string | number, RunState>;
  closed: ClosedRun[];
  problems: ScanProblem[];
}

function checkVersion(version: unknown): void {
  if (version !== '2.1.0') {
    throw new ScangateError(
      'SCANGATE_REPORT_VERSION',
      `SARIF version "${excerpt(String(version))}" is not known; 2.1.0 is`,
    );
  }
}

function take({ at, value, keys, scope }: JsonRecord, log: LogState): RawFinding[] {
  if (at === '') {
    finishLog(asObject(value, 'report'), log);
    return [];
  }
  const index = keys[1] ?? 0;
  const state = log.runs.get(index) ?? { artifacts: [], rules: undefined, held: [] };
  log.runs.set(index, state);
  if (at === ARTIFACT) state.artifacts.push(artifactOf(value));
  else if (at === RESULT) return takeResult(asObject(value, at), scope[1] ?? {}, state, log);
  else if (at === 'runs[]') {
    const run = asObject(value, at);
    const held = state.held.flatMap((result) => findingsOf(result, run, state, log));
    finishRun(run, state.rules ?? new RuleIndex(toolOf(run)), log);
    log.runs.delete(index);
    return held;
  }
  return [];
}

function takeResult(result: JsonMembers, run: JsonMembers, state: RunState, log: LogState): RawFinding[] {
  const waits = waitsForLists(result, run) || (invocationIndexOf(result) >= 0 && !Object.hasOwn(run, 'invocations'));
  if (!waits) return findingsOf(result, run, state, log);
  state.held.push(result);
  return [];
}

function findingsOf(
  result: JsonMembers,
  run: JsonMembers,
  state: RunState,
  { severitySource }: LogState,
): RawFinding[] {
  state.rules ??= new RuleIndex(toolOf(run));
  return resultFindings(result, { run, rules: state.rules, artifacts: state.artifacts, severitySource }, RESULT);
}

const toolOf = (run: JsonMembers): JsonMembers => asObject(run.tool, 'runs[].tool');

function finishRun(run: JsonMembers, rules: RuleIndex, log: LogState): void {
  const { driver } = rules;
  const tool = wordsIn(driver, 'name', 'tool.driver') ?? '';
  for (const value of listIn(run, 'invocations', 'run')) {
    log.problems.push(...invocationProblems(asObject(value, 'invocations[]'), tool));
  }
  log.problems.push(...externalProblems(objectIn(run, 'externalPropertyFileReferences', 'run'), tool));
  const { automationDetails, invocations, versionControlProvenance, properties } = run;
  log.closed.push({
    tool,
    version: wordsIn(driver, 'semanticVersion', 'tool.driver') ?? wordsIn(driver, 'version', 'tool.driver'),
    results: streamedIn(run, 'results', 'runs[]'),
    rules: rules.count,
    members: { automationDetails, invocations, versionControlProvenance, properties },
  });
}

function finishLog(root: JsonMembers, log: LogState): void {
  checkVersion(root.version);
  if (root.runs === undefined) throw new ScangateError('SCANGATE_REPORT_SHAPE', 'runs is missing');
  streamedIn(root, 'runs', '');
  for (const value of listIn(root, 'inlineExternalProperties', 'report')) {
    const external = asObject(value, 'inlineExternalProperties[]');
    if (listIn(external, 'results', 'inlineExternalProperties[]').length > 0)
      log.problems.push(elsewhere('SARIF', ['results']));
  }
  const without = log.closed.filter((run) => !hasResults(run));
  if (without.length > 0 && without.length < log.closed.length) {
    log.problems.push({
      code: 'SCANGATE_SCAN_INCOMPLETE',
      message: `${plural(without.length, 'run')} of ${log.closed.length} computed no results (${toolNames(without)})`,
      mend: 'let every run of the tool finish, and write only finished runs into the log',
    });
  }
}

/**
 * An empty list says that the tool ran and found nothing. Not so with Trivy: it writes one for a folder in which there
 * was nothing to look at. Only rules show that it looked.
 */
const hasResults = ({ results, tool, rules }: ClosedRun): boolean =>
  results !== undefined && (results > 0 || rules > 0 || !/^trivy$/i.test(tool));

const toolNames = (runs: readonly ClosedRun[]): string => [...new Set(runs.map(({ tool }) => tool))].sort().join(', ');

function statement({ closed, problems }: LogState): ScanStatement {
  const withResults = closed.filter(hasResults);
  const total = withResults.reduce((sum, { results = 0 }) => sum + results, 0);
  const [first] = closed;
  const versions = new Set(closed.map(({ version }) => version));
  const invocations = closed
    .flatMap(({ members }) => listIn(members, 'invocations', 'run'))
    .map((value) => asObject(value, 'invocations[]'));
  const times = (key: string): string[] =>
    invocations.flatMap((invocation) => isoTime(wordsIn(invocation, key, 'invocations[]')) ?? []).sort();
  return {
    tool: {
      name: first === undefined ? 'SARIF' : toolNames(closed),
      version: versions.size === 1 ? first?.version : undefined,
    },
    subject: first && subjectOf(first),
    reference: first && wordsIn(objectIn(first.members, 'automationDetails', 'run') ?? {}, 'guid', 'automationDetails'),
    startedAt: times('startTimeUtc')[0],
    finishedAt: times('endTimeUtc').at(-1),
    evidence:
      withResults.length > 0
        ? `${plural(withResults.length, 'run')} of ${toolNames(withResults)} with a list of results (${plural(total, 'result')})`
        : undefined,
    problems,
  };
}

/** The repository that was scanned, or the image in QScanner's reports. */
function subjectOf({ members }: ClosedRun): string | undefined {
  const [provenance] = listIn(members, 'versionControlProvenance', 'run');
  const properties = objectIn(members, 'properties', 'run') ?? {};
  return (
    (provenance === undefined
      ? undefined
      : wordsIn(asObject(provenance, 'versionControlProvenance[]'), 'repositoryUri', 'run')) ??
    [properties.imageDigest, properties.imageID].find((name) => typeof name === 'string')
  );
}
