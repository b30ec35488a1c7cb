import {
  type CiAdapter,
  causesOf,
  type Delivery,
  type DeliveryInput,
  type Environment,
  findingsBehind,
  outcomeVariables,
  type WrittenReport,
} from '@scangate/core/ci';
import type { CiContext, Finding, Reason } from '@scangate/core/model';
import { findingLine } from '@scangate/core/reporters';
import { loggingCommand } from './escape.js';

const nameOf = (ref: string | undefined): string | undefined => /^refs\/heads\/(.+)$/s.exec(ref ?? '')?.[1];

/** Variables: learn.microsoft.com/azure/devops/pipelines/build/variables, read 2026-11-23. */
function detect(env: Environment): CiContext | undefined {
  if (env.TF_BUILD?.toLowerCase() !== 'true') return undefined;
  const { SYSTEM_COLLECTIONURI: collection, SYSTEM_TEAMPROJECT: project, BUILD_BUILDID: build } = env;
  const known = collection && project && build;
  return {
    tool: 'azure',
    name: 'Azure Pipelines',
    buildUrl: known
      ? `${collection}${encodeURIComponent(project)}/_build/results?buildId=${encodeURIComponent(build)}`
      : undefined,
    buildNumber: env.BUILD_BUILDNUMBER || undefined,
    // In a short form on some servers.
    branch: branchOf(env.SYSTEM_PULLREQUEST_SOURCEBRANCH) ?? nameOf(env.BUILD_SOURCEBRANCH),
    commit: env.BUILD_SOURCEVERSION || undefined,
    targetBranch: branchOf(env.SYSTEM_PULLREQUEST_TARGETBRANCH),
    mergeRequest: env.SYSTEM_PULLREQUEST_PULLREQUESTNUMBER || env.SYSTEM_PULLREQUEST_PULLREQUESTID || undefined,
  };
}

const branchOf = (ref: string | undefined): string | undefined =>
  nameOf(ref) ?? (ref && !ref.startsWith('refs/') ? ref : undefined);

/** Issues of one type that the page of a build shows; the log has the rest. */
const MAX_ISSUES = 10;
const SHOWN_FINDINGS = 5;
const MAX_FIX_CHARS = 300;

const typeOf = ({ outcome }: Pick<Reason, 'outcome'>): 'error' | 'warning' =>
  outcome === 'warn' ? 'warning' : 'error';

interface Issue {
  type: 'error' | 'warning';
  text: string;
}

function issueOf(reason: Reason, input: DeliveryInput): Issue {
  const mend = reason.mend === undefined ? [] : [`To do: ${reason.mend}`];
  const findings = findingsBehind(reason, input).slice(0, SHOWN_FINDINGS);
  const lines = [reason.message, ...mend, ...findings.map((finding) => findingLine(finding, MAX_FIX_CHARS))];
  const type = typeOf(reason);
  return { type, text: loggingCommand('task.logissue', { type, code: reason.code }, lines) };
}

function placeOf(finding: Finding, type: Issue['type']): Issue[] {
  const { location, vulnerability } = finding;
  if (location.kind !== 'file') return [];
  const properties = {
    type,
    sourcepath: location.path,
    linenumber: location.line?.toString(),
    code: vulnerability.id,
  };
  return [{ type, text: loggingCommand('task.logissue', properties, [findingLine(finding, MAX_FIX_CHARS)]) }];
}

function issuesOf(input: DeliveryInput): Issue[] {
  const named = causesOf(input.verdict);
  const places = new Map<string, Issue[]>();
  for (const reason of named) {
    for (const finding of findingsBehind(reason, input)) {
      if (!places.has(finding.fingerprint)) places.set(finding.fingerprint, placeOf(finding, typeOf(reason)));
    }
  }
  return [...named.map((reason) => issueOf(reason, input)), ...[...places.values()].flat()];
}

/** The first ones of each type; the last place says how many there is no room for. */
function fit(issues: readonly Issue[]): string[] {
  return (['error', 'warning'] as const).flatMap((type) => {
    const all = issues.filter((issue) => issue.type === type).map(({ text }) => text);
    if (all.length <= MAX_ISSUES) return all;
    const kept = all.slice(0, MAX_ISSUES - 1);
    const note = `${all.length - kept.length} more are not shown here; see the scangate summary and findings.ndjson`;
    return [...kept, loggingCommand('task.logissue', { type }, [note])];
  });
}

function reportCommands({ format, path, file = path }: WrittenReport): string[] {
  const upload = loggingCommand('artifact.upload', { containerfolder: 'scangate', artifactname: 'scangate' }, [file]);
  return format === 'markdown' ? [loggingCommand('task.uploadsummary', {}, [file]), upload] : [upload];
}

function deliver(input: DeliveryInput): Delivery {
  const { verdict, reports } = input;
  const messages = [
    ...fit(issuesOf(input)),
    ...reports.flatMap(reportCommands),
    ...outcomeVariables(verdict).map(([name, value]) =>
      loggingCommand('task.setvariable', { variable: `scangate_${name}`, isoutput: 'true' }, [value]),
    ),
    // Yellow. Whether the step fails is left to the exit status.
    ...(verdict.outcome === 'warn' && verdict.exitCode === 0
      ? [loggingCommand('task.complete', { result: 'SucceededWithIssues' }, ['scangate warns'])]
      : []),
  ];
  return { stdout: messages.join(''), files: [] };
}

/** Azure Pipelines: logging commands on standard output. */
export const azure: CiAdapter = { tool: 'azure', name: 'Azure Pipelines', detect, deliver };
