import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import { severityOfWord } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { objectIn, requiredTextIn, wordsIn } from '../../../wire/take.js';
import { plainText } from '../../normalise.js';

/** Checks the result of a check against the list that it stands in. Throws `SCANGATE_REPORT_SHAPE` when they disagree. */
export function checkResult(members: JsonMembers, expected: 'PASSED' | 'FAILED', at: string): void {
  const result = wordsIn(objectIn(members, 'checkResult', at) ?? {}, 'result', `${at}.checkResult`);
  if (result !== undefined && result !== expected) {
    throw new ScangateError(
      'SCANGATE_REPORT_SHAPE',
      `${at}.checkResult.result: "${excerpt(result)}" where ${expected} is expected`,
    );
  }
}

/** A control that a resource of the template breaks. */
export function failedCheck(members: JsonMembers, at: string): RawFinding {
  checkResult(members, 'FAILED', at);
  const id = requiredTextIn(members, 'checkId', at);
  const criticality = wordsIn(members, 'criticality', at);
  return {
    vulnerability: {
      source: 'qualys-iac',
      id,
      title: wordsIn(members, 'checkName', at) ?? `control ${id}`,
      aliases: [],
    },
    kind: 'misconfiguration',
    severity: severityOfWord(criticality),
    vendorSeverity: criticality,
    location: {
      kind: 'file',
      path: requiredTextIn(members, 'filePath', at),
      resource: wordsIn(members, 'resource', at),
    },
    remediation: plainText(wordsIn(members, 'remediation', at)),
  };
}
