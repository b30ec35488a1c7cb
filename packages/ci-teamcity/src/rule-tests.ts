import { findingsBehind } from '@scangate/core/ci';
import type { Judgement, Outcome, Reason, VerdictTarget } from '@scangate/core/model';
import { findingLine, shorten, terminalText } from '@scangate/core/reporters';
import { serviceMessage } from './escape.js';

/*
 * The rules of the policy as tests, and whether each target was seen as another: their names stay the same from build
 * to build, so TeamCity can tell a new failure from an old one and keep a mute.
 */

const NOT_SEEN = 'Not everything was seen, so nobody can say that this holds.';
const SHOWN_FINDINGS = 50;
const MAX_FIX_CHARS = 300;
const MAX_NAME_CHARS = 200;

/** TeamCity takes dots for packages and a colon and blank for the end of a suite. */
const plainName = (text: string): string =>
  shorten(
    terminalText(text)
      .replaceAll('.', '\u00b7')
      .replace(/:(?=\s)/g, ''),
    MAX_NAME_CHARS,
  ) || 'without a name';

/** Two tests of one name would be one with two results. */
function uniqueNames(): (text: string) => string {
  const seen = new Map<string, number>();
  return (text) => {
    const name = plainName(text);
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? name : `${name} (${before + 1})`;
  };
}

interface RuleTest {
  name: string;
  outcome: Outcome;
  message: string;
  details: readonly string[];
}

function messagesOf({ name, outcome, message, details }: RuleTest): string[] {
  // A warning must not turn a build red: it is an ignored test that says why.
  if (outcome === 'warn') return [serviceMessage('testIgnored', { name, message: terminalText(message) })];
  const failed = serviceMessage('testFailed', {
    name,
    message: terminalText(message),
    details: details.map(terminalText).join('\n'),
  });
  const result = outcome === 'pass' ? [] : [failed];
  return [serviceMessage('testStarted', { name }), ...result, serviceMessage('testFinished', { name })];
}

const suite = (name: string, tests: readonly RuleTest[]): string[] =>
  tests.length === 0
    ? []
    : [
        serviceMessage('testSuiteStarted', { name }),
        ...tests.flatMap(messagesOf),
        serviceMessage('testSuiteFinished', { name }),
      ];

const WORST_FIRST: readonly Outcome[] = ['fail', 'inconclusive', 'warn'];

function testOf(name: string, outcome: Outcome, reasons: readonly Reason[], judgement: Judgement): RuleTest {
  const worst = WORST_FIRST.find((one) => one === outcome || reasons.some((reason) => reason.outcome === one));
  const details = reasons.flatMap((reason) => [
    ...(reason.mend === undefined ? [] : [`To do: ${reason.mend}`]),
    ...findingsBehind(reason, judgement)
      .slice(0, SHOWN_FINDINGS)
      .map((finding) => findingLine(finding, MAX_FIX_CHARS)),
  ]);
  const message = reasons.map((reason) => reason.message).join('\n') || NOT_SEEN;
  return { name, outcome: worst ?? 'pass', message, details };
}

const outcomeOf = ({ state }: VerdictTarget): Outcome => (state === 'complete' ? 'pass' : 'inconclusive');

/** Service messages for every rule and every target. */
export function ruleTests(judgement: Judgement): string[] {
  const { rules, targets, reasons, policy } = judgement.verdict;
  const ruleName = uniqueNames();
  const targetName = uniqueNames();
  const ofRules = rules.map((rule) =>
    testOf(
      ruleName(rule.name),
      rule.outcome,
      reasons.filter((reason) => reason.rule === rule.name),
      judgement,
    ),
  );
  const ofTargets = targets.map((target) => {
    const own = reasons.filter((reason) => reason.target === target.name && reason.rule === undefined);
    // An incomplete scan that the policy lets pass with a warning is no failure.
    const outcome = policy.onIncomplete === 'warn' && target.state === 'incomplete' ? 'warn' : outcomeOf(target);
    return testOf(`${targetName(target.name)} was seen whole`, outcome, own, judgement);
  });
  return [...suite('scangate policy', ofRules), ...suite('scangate targets', ofTargets)];
}
