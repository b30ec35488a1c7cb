import { excerpt } from '../../../errors.js';
import type { ScanProblem } from '../../../model/scan.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, flagIn, listIn, numberIn, objectIn, wordsIn } from '../../../wire/take.js';
import { messageText } from './rules.js';

/* What a run says of itself that makes it less than complete. */

/** Parts of a run that change what its results are, when they stand in files of their own. */
const EXTERNAL_PARTS = ['results', 'driver', 'extensions', 'invocations', 'artifacts', 'logicalLocations'] as const;

export function externalProblems(references: JsonMembers | undefined, tool: string): ScanProblem[] {
  const parts = EXTERNAL_PARTS.filter((part) => {
    const value = references?.[part];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
  });
  return parts.length > 0 ? [elsewhere(tool, parts)] : [];
}

/** Results, or what they depend on, are in another file or at another place of this one. */
export const elsewhere = (tool: string, parts: readonly string[]): ScanProblem => ({
  code: 'SCANGATE_SCAN_INCOMPLETE',
  message: `${tool}: ${parts.join(', ')} of the run stand elsewhere (external properties), where they are not read`,
  mend: 'let the tool write one whole SARIF file, without external properties',
});

const MAX_SHOWN = 3;

export function invocationProblems(invocation: JsonMembers, tool: string): ScanProblem[] {
  const at = 'invocations[]';
  const problems: ScanProblem[] = [];
  const cause =
    wordsIn(invocation, 'processStartFailureMessage', at) ??
    wordsIn(invocation, 'exitSignalName', at) ??
    wordsIn(invocation, 'exitCodeDescription', at) ??
    (numberIn(invocation, 'exitCode', at) === undefined
      ? undefined
      : `exit code ${numberIn(invocation, 'exitCode', at)}`);
  const hasNoEnd = invocation.processStartFailureMessage !== undefined || invocation.exitSignalName !== undefined;
  if (flagIn(invocation, 'executionSuccessful', at) === false || hasNoEnd) {
    problems.push({
      code: 'SCANGATE_SCAN_FAILED',
      message: `${tool} says that it did not run successfully${cause === undefined ? '' : `: ${excerpt(cause, 200)}`}`,
      mend: 'read the log of the tool and scan again',
    });
  }
  const errors = ['toolExecutionNotifications', 'toolConfigurationNotifications']
    .flatMap((key) => listIn(invocation, key, at))
    .map((value) => asObject(value, `${at}.notification`))
    .filter((notification) => wordsIn(notification, 'level', at) === 'error');
  if (errors.length > 0) {
    const shown = errors.slice(0, MAX_SHOWN).map((error) => notificationText(error));
    problems.push({
      code: 'SCANGATE_SCAN_INCOMPLETE',
      message: `${tool} reports ${plural(errors.length, 'error')} of its own: ${shown.join('; ')}${errors.length > MAX_SHOWN ? '; ...' : ''}`,
      mend: 'mend what the tool complains about and scan again, or set policy.onIncomplete when a partial view is good enough',
    });
  }
  return problems;
}

function notificationText(notification: JsonMembers): string {
  const at = 'notification';
  const text = messageText(objectIn(notification, 'message', at), undefined, at);
  return excerpt(text ?? wordsIn(objectIn(notification, 'descriptor', at) ?? {}, 'id', at) ?? 'without a text', 200);
}

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
