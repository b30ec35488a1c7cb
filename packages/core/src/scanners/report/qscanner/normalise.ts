import { ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import { severityOfLevel, severityOfWord } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, listIn, numberIn, requiredTextIn, wordsIn } from '../../../wire/take.js';

/** A secret in a file. `Match` may hold the secret itself and is not carried. */
export function secretFinding(members: JsonMembers, path: string, at: string): RawFinding {
  const id = requiredTextIn(members, 'RuleID', at);
  return {
    vulnerability: { source: 'qscanner', id, title: wordsIn(members, 'Title', at) ?? id, aliases: [] },
    kind: 'secret',
    ...ratingOf(members, at),
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

/*
 * The form of malware results is not documented. Those that look like the secrets beside them are read: a file, and
 * what was found in it as a list or by itself. All others are refused, so that none goes unseen.
 */
const MALWARE_NAMES = ['RuleID', 'MalwareName', 'ThreatName', 'Signature', 'Name', 'Title'];
const MALWARE_PATHS = ['Target', 'FilePath', 'Path', 'File', 'FileName'];
const MALWARE_LIST = /^(?:malwares?|detections|findings|threats|matches)$/i;

/** What one element of `MalwareResults` found: nothing where its list is empty. Throws `SCANGATE_REPORT_SHAPE`. */
export function malwareFindings(members: JsonMembers, at: string): RawFinding[] {
  const list = Object.keys(members).find((name) => MALWARE_LIST.test(name) && typeof members[name] === 'object');
  if (list === undefined) return [malwareFinding(members, undefined, at)];
  const path = firstOf(members, MALWARE_PATHS, at);
  return listIn(members, list, at).map((value) => malwareFinding(asObject(value, `${at}.${list}[]`), path, at));
}

function malwareFinding(members: JsonMembers, target: string | undefined, at: string): RawFinding {
  const id = firstOf(members, MALWARE_NAMES, at);
  if (id === undefined) throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at} names no malware`);
  const path = firstOf(members, MALWARE_PATHS, at) ?? target;
  return {
    vulnerability: { source: 'qscanner', id, title: `malware: ${wordsIn(members, 'Title', at) ?? id}`, aliases: [] },
    kind: 'confirmed',
    ...ratingOf(members, at),
    location: path === undefined ? { kind: 'none' } : { kind: 'file', path },
    description: wordsIn(members, 'Category', at),
    remediation: 'Remove the file, and find out which layer and which source brought it.',
  };
}

const firstOf = (members: JsonMembers, names: readonly string[], at: string): string | undefined =>
  names.map((name) => wordsIn(members, name, at)).find((text) => text !== undefined);

/** A level 1-5 or a word. */
function ratingOf(members: JsonMembers, at: string): Pick<RawFinding, 'severity' | 'vendorSeverity'> {
  const word = wordsIn(members, 'Severity', at);
  const level = severityOfLevel(word);
  return { severity: level === 'unknown' ? severityOfWord(word) : level, vendorSeverity: word };
}
