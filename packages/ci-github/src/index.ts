import {
  type CiAdapter,
  type CiServer,
  causesOf,
  type Delivery,
  type DeliveryInput,
  type Environment,
  findingsBehind,
  outcomeVariables,
} from '@scangate/core/ci';
import type { CiContext, Finding } from '@scangate/core/model';
import { findingLine } from '@scangate/core/reporters';
import { annotation, type Level } from './escape.js';

const numberOfPullRequest = (ref: string | undefined): string | undefined =>
  /^refs\/pull\/(\d+)\//.exec(ref ?? '')?.[1];

/** Variables: docs.github.com/en/actions/reference/variables-reference, read 2026-11-23. */
function detect(env: Environment): CiContext | undefined {
  if (env.GITHUB_ACTIONS !== 'true') return undefined;
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return {
    tool: 'github',
    name: 'GitHub Actions',
    buildUrl: server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined,
    buildNumber: env.GITHUB_RUN_NUMBER || undefined,
    branch: env.GITHUB_HEAD_REF || (env.GITHUB_REF_TYPE === 'branch' ? env.GITHUB_REF_NAME : undefined) || undefined,
    commit: env.GITHUB_SHA || undefined,
    targetBranch: env.GITHUB_BASE_REF || undefined,
    mergeRequest: numberOfPullRequest(env.GITHUB_REF),
  };
}

/** Annotations of one level that are shown for a step; the rest would be dropped without a word. */
const MAX_ANNOTATIONS = 10;
/** Findings named under a rule; the report files have the rest. */
const SHOWN_FINDINGS = 5;
const MAX_FIX_CHARS = 300;
const LEVELS = { fail: 'error', inconclusive: 'error', warn: 'warning', pass: 'notice' } as const;

interface Annotation {
  level: Level;
  text: string;
}

const fileOf = ({ location }: Finding): Record<string, string | undefined> =>
  location.kind === 'file'
    ? { file: location.path, line: location.line?.toString(), endLine: location.endLine?.toString() }
    : {};

/** What is wrong with the build as a whole, and after it the places in its files. */
function annotationsOf(input: DeliveryInput): Annotation[] {
  const named = causesOf(input.verdict);
  const forReasons = named.map((reason) => {
    const level = LEVELS[reason.outcome];
    const mend = reason.mend === undefined ? [] : [`To do: ${reason.mend}`];
    const lines = findingsBehind(reason, input).slice(0, SHOWN_FINDINGS);
    const text = [reason.message, ...mend, ...lines.map((finding) => findingLine(finding, MAX_FIX_CHARS))];
    return { level, text: annotation(level, text, { title: `scangate: ${reason.rule ?? reason.code}` }) };
  });
  const seen = new Set<string>();
  const forFiles = named.flatMap((reason) =>
    findingsBehind(reason, input)
      .filter(({ location, fingerprint }) => location.kind === 'file' && !seen.has(fingerprint))
      .map((finding) => {
        seen.add(finding.fingerprint);
        const level = LEVELS[reason.outcome];
        const title = finding.vulnerability.id;
        const text = annotation(level, [findingLine(finding, MAX_FIX_CHARS)], { ...fileOf(finding), title });
        return { level, text };
      }),
  );
  return [...forReasons, ...forFiles];
}

/** The first ones of each level; the last place says how many there is no room for. */
function fit(annotations: readonly Annotation[]): string[] {
  return (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const all = annotations.filter((one) => one.level === level).map(({ text }) => text);
    if (all.length <= MAX_ANNOTATIONS) return all;
    const kept = all.slice(0, MAX_ANNOTATIONS - 1);
    const note = `${all.length - kept.length} more are not shown here; see the summary of this job and findings.ndjson`;
    return [...kept, annotation(level, [note], { title: 'scangate' })];
  });
}

const deliver = (input: DeliveryInput): Delivery => ({ stdout: fit(annotationsOf(input)).join(''), files: [] });

/**
 * The summary of the job, and outputs for later steps, in the files that the runner names. A step may leave 1 MiB of
 * summary; the Markdown report is far below it.
 */
async function publish({ verdict, reports }: DeliveryInput, { env, append }: CiServer): Promise<string | undefined> {
  const told: string[] = [];
  const summary = reports.find(({ format }) => format === 'markdown');
  if (env.GITHUB_STEP_SUMMARY && summary) {
    append(env.GITHUB_STEP_SUMMARY, summary);
    told.push('the summary of the job');
  }
  if (env.GITHUB_OUTPUT) {
    const lines = outcomeVariables(verdict).map(([name, value]) => `${name}=${value}\n`);
    append(env.GITHUB_OUTPUT, lines.join(''));
    told.push('the outputs of the step');
  }
  return told.length === 0 ? undefined : `wrote ${told.join(' and ')}`;
}

/** GitHub Actions: annotations in the log, a summary on the page of the job. */
export const github: CiAdapter = { tool: 'github', name: 'GitHub Actions', detect, deliver, publish };
