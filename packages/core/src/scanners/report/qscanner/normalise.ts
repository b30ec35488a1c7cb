import type { RawFinding } from '../../../model/finding.js';
import { severityOfLevel, severityOfWord } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { numberIn, requiredTextIn, wordsIn } from '../../../wire/take.js';

/** A secret in a file. `Match` may hold the secret itself and is not carried. */
export function secretFinding(members: JsonMembers, path: string, at: string): RawFinding {
  const id = requiredTextIn(members, 'RuleID', at);
  const word = wordsIn(members, 'Severity', at);
  const level = severityOfLevel(word);
  return {
    vulnerability: { source: 'qscanner', id, title: wordsIn(members, 'Title', at) ?? id, aliases: [] },
    kind: 'secret',
    severity: level === 'unknown' ? severityOfWord(word) : level,
    vendorSeverity: word,
    location: {
      kind: 'file',
      path,
      line: numberIn(members, 'StartLine', at) || undefined,
      endLine: numberIn(members, 'EndLine', at) || undefined,
    },
    description: wordsIn(members, 'Category', at),
    remediation: 'Revoke the secret, then remove it from the file, its history and every image layer.',
  };
}
