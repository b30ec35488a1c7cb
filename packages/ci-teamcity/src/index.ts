import { createHash } from 'node:crypto';
import {
  type CiAdapter,
  causesOf,
  type Delivery,
  type DeliveryInput,
  type Environment,
  findingsBehind,
  type WrittenReport,
} from '@scangate/core/ci';
import { type CiContext, countBySeverity, type Reason } from '@scangate/core/model';
import { findingLine, terminalText } from '@scangate/core/reporters';
import { serviceMessage } from './escape.js';
import { inspections } from './inspections.js';
import { ruleTests } from './rule-tests.js';

/**
 * Variables: jetbrains.com/help/teamcity/predefined-build-parameters.html, read 2026-11-23. Configuration parameters
 * reach a process only when the build hands them over, as `env.TEAMCITY_BUILD_BRANCH = %teamcity.build.branch%` and so
 * on, dots as underscores.
 */
function detect(env: Environment): CiContext | undefined {
  if (!env.TEAMCITY_VERSION) return undefined;
  const branch = env.TEAMCITY_PULLREQUEST_SOURCE_BRANCH || env.TEAMCITY_BUILD_BRANCH;
  return {
    tool: 'teamcity',
    name: 'TeamCity',
    buildUrl: env.BUILD_URL || undefined,
    buildNumber: env.BUILD_NUMBER || undefined,
    // `<default>` stands for the default branch without naming it.
    branch: branch && branch !== '<default>' ? branch : undefined,
    commit: env.BUILD_VCS_NUMBER || undefined,
    targetBranch: env.TEAMCITY_PULLREQUEST_TARGET_BRANCH || undefined,
    mergeRequest: env.TEAMCITY_PULLREQUEST_NUMBER || undefined,
  };
}

/** Findings named in a build problem; the report files have the rest. */
const SHOWN_FINDINGS = 5;
const MAX_FIX_CHARS = 300;

/**
 * Equal for the same cause in every build, so that TeamCity can tell new problems from old ones and keep a mute. A
 * Java identifier of 41 characters, made of names alone: a count in it would make a new problem in every build.
 */
const identityOf = ({ outcome, code, rule, target }: Pick<Reason, 'outcome' | 'code' | 'rule' | 'target'>): string =>
  `scangate_${createHash('sha256')
    .update(JSON.stringify([outcome, code, rule ?? null, target ?? null]))
    .digest('hex')
    .slice(0, 32)}`;

function describeReason(reason: Reason, input: DeliveryInput): string {
  const mend = reason.mend === undefined ? [] : [`To do: ${reason.mend}`];
  const lines = findingsBehind(reason, input)
    .slice(0, SHOWN_FINDINGS)
    .map((finding) => findingLine(finding, MAX_FIX_CHARS));
  return [reason.message, ...mend, ...lines].map(terminalText).join('\n');
}

/** A build problem fails the build, so there is one only where the verdict is red. */
function buildProblems(input: DeliveryInput): string[] {
  const { outcome } = input.verdict;
  if (outcome === 'pass' || outcome === 'warn') return [];
  const causes = causesOf(input.verdict).filter((reason) => reason.outcome !== 'warn');
  const descriptions = new Map<string, string>();
  for (const reason of causes) {
    const identity = identityOf(reason);
    const earlier = descriptions.get(identity);
    const description = describeReason(reason, input);
    descriptions.set(identity, earlier === undefined ? description : `${earlier}\n${description}`);
  }
  return [...descriptions].map(([identity, description]) => serviceMessage('buildProblem', { identity, description }));
}

/** Artifact rules give a meaning to commas, line breaks, wildcards, arrows and a leading sign, and have no escape. */
const isPlainPath = (path: string): boolean => !/[,\r\n*?]|=>|^[+-]:/.test(path);

function reportMessages({ format, path }: WrittenReport): string[] {
  if (!isPlainPath(path)) {
    return [
      serviceMessage('message', {
        text: `scangate cannot publish ${path}: its name has a meaning in artifact rules`,
        status: 'WARNING',
      }),
    ];
  }
  return [serviceMessage('publishArtifacts', `${path} => ${format === 'html' ? 'scangate/report' : 'scangate'}`)];
}

function deliver(input: DeliveryInput): Delivery {
  const { outcome } = input.verdict;
  const counts = Object.entries(countBySeverity(input.verdict));
  const shown = counts.filter(([, count]) => count > 0).map(([severity, count]) => `${count} ${severity}`);
  const messages = [
    serviceMessage('blockOpened', { name: 'scangate', description: `the verdict: ${outcome}` }),
    ...input.reports.flatMap(reportMessages),
    ...counts.map(([severity, count]) =>
      serviceMessage('buildStatisticValue', { key: `scangate.findings.${severity}`, value: String(count) }),
    ),
    ...ruleTests(input),
    ...inspections(input),
    serviceMessage('addBuildTag', `scangate-${outcome}`),
    serviceMessage('blockClosed', { name: 'scangate' }),
    ...buildProblems(input),
    serviceMessage('buildStatus', {
      text: `{build.status.text}; scangate: ${outcome} (${shown.join(', ') || 'no findings counted'})`,
    }),
  ];
  return { stdout: messages.join(''), files: [] };
}

const progress = (text: string): string => serviceMessage('progressMessage', terminalText(text));

/** TeamCity. Its log is the channel: service messages on standard output. */
export const teamcity: CiAdapter = { tool: 'teamcity', name: 'TeamCity', detect, deliver, progress };
