import { excerpt, ScangateError } from '../../../errors.js';
import type { CvssScore, FindingKind, Location, RawFinding } from '../../../model/finding.js';
import { severityOfLevel, severityOfWord } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, flagIn, listIn, numberIn, objectIn, requiredTextIn, textsIn, wordsIn } from '../../../wire/take.js';
import { aliasList, cvssVersion, zonedTime } from '../../normalise.js';

export type SeveritySource = 'vendor' | 'customer';

const KINDS: Record<string, FindingKind> = { CONFIRMED: 'confirmed', POTENTIAL: 'potential' };
const STATUSES = ['new', 'active', 'reopened', 'fixed'] as const;

/** A vulnerability of an image: one finding for each piece of software it is in, one without a place where none is named. */
export function vulnerabilityFindings(members: JsonMembers, source: SeveritySource, at: string): RawFinding[] {
  const common = commonOf(members, source, at);
  const layer = layerOf(members, at);
  const patch = flagIn(members, 'patchAvailable', at);
  const software = listIn(members, 'software', at).map((value) => asObject(value, `${at}.software[]`));
  if (software.length === 0) {
    return [{ ...common, fix: patch === undefined ? undefined : { available: patch }, location: { kind: 'none' } }];
  }
  return software.map((piece) => {
    const where = `${at}.software[]`;
    const name = requiredTextIn(piece, 'name', where);
    const version = wordsIn(piece, 'fixVersion', where);
    const location: Location = {
      kind: 'package',
      name,
      version: wordsIn(piece, 'version', where),
      path: wordsIn(piece, 'packagePath', where),
      layer: layerOf(piece, where) ?? layer,
    };
    return {
      ...common,
      fix:
        version === undefined && patch === undefined
          ? undefined
          : { available: version !== undefined || patch === true, version },
      location,
      remediation: version === undefined ? undefined : `Update ${name} to ${version}.`,
    };
  });
}

function kindOf(members: JsonMembers, at: string): FindingKind {
  const word = requiredTextIn(members, 'typeDetected', at).toUpperCase();
  const kind = Object.hasOwn(KINDS, word) ? KINDS[word] : undefined;
  if (kind === undefined)
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.typeDetected: "${excerpt(word)}" is not known`);
  return kind;
}

function commonOf(members: JsonMembers, source: SeveritySource, at: string): Omit<RawFinding, 'location'> {
  const qid = requiredTextIn(members, 'qid', at);
  const vendor = wordsIn(members, 'severity', at);
  // Where the subscription did not re-rate a QID, the vendor's level is the customer's too.
  const level = source === 'customer' ? (wordsIn(members, 'customerSeverity', at) ?? vendor) : vendor;
  const status = wordsIn(members, 'status', at);
  return {
    vulnerability: {
      source: 'qualys',
      id: qid,
      title: wordsIn(members, 'title', at) ?? `QID ${qid}`,
      // A list that is null says nothing; only an empty one says that there are none.
      aliases:
        members.cveids === undefined || members.cveids === null
          ? undefined
          : aliasList(qid, textsIn(members, 'cveids', at)),
    },
    kind: kindOf(members, at),
    severity: severityOfLevel(level),
    vendorSeverity: vendor,
    cvss: scoresOf(members, at),
    qds: numberIn(members, 'qdsScore', at) ?? numberIn(members, 'qds', at),
    knownExploited: isKnownExploited(members, at),
    status: STATUSES.find((known) => known === status?.toLowerCase()),
    ignored: flagIn(members, 'isExempted', at) === true ? { reason: reasonOf(members, at) } : undefined,
    firstSeen: zonedTime(wordsIn(members, 'firstFound', at)),
    lastSeen: zonedTime(wordsIn(members, 'lastFound', at)),
    state: status,
    evidence: wordsIn(members, 'result', at),
  };
}

const reasonOf = (members: JsonMembers, at: string): string => {
  const reason = typeof members.reason === 'string' ? wordsIn(members, 'reason', at) : undefined;
  return reason === undefined ? 'exempted in Qualys' : `exempted in Qualys: ${reason}`;
};

/** Flags that are not raised come as null; only a raised one says something. */
function isKnownExploited(members: JsonMembers, at: string): true | undefined {
  const intelligence = objectIn(members, 'threatIntel', at) ?? {};
  const key = Object.keys(intelligence).find((name) => /^cisaKnownExploited/i.test(name));
  return key !== undefined && intelligence[key] === true ? true : undefined;
}

/** Layers of an entry: a text, or a list of them. */
function layerOf(members: JsonMembers, at: string): string | undefined {
  if (typeof members.layerSha === 'string') return wordsIn(members, 'layerSha', at);
  const layers = textsIn(members, 'layerSha', at).filter((sha) => sha !== '');
  return layers.length > 0 ? layers.join(', ') : undefined;
}

/** Scores come as text, often empty. Version 3 scores are 3.1 and have no vector here. */
function scoresOf(members: JsonMembers, at: string): CvssScore[] | undefined {
  const scores: CvssScore[] = [];
  const add = (key: string, fallback: CvssScore['version']): void => {
    const info = objectIn(members, key, at);
    const text = info && wordsIn(info, 'baseScore', `${at}.${key}`);
    if (info === undefined || text === undefined || text === '-') return;
    const score = Number(text);
    if (!(score >= 0 && score <= 10)) {
      throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.${key}.baseScore: "${excerpt(text)}" is no CVSS score`);
    }
    const accessVector = wordsIn(info, 'vector', at) ?? wordsIn(info, 'accessVector', at);
    const vector = accessVector?.includes('AV:') ? accessVector : undefined;
    scores.push({ version: cvssVersion(vector) ?? fallback, score, vector });
  };
  add('cvss3Info', '3.1');
  add('cvssInfo', '2.0');
  return scores.length > 0 ? scores : undefined;
}

function firstOf(members: JsonMembers, keys: readonly string[], at: string): string | undefined {
  for (const key of keys) {
    const words = wordsIn(members, key, at);
    if (words !== undefined) return words;
  }
  return undefined;
}

const PATHS = ['filePath', 'path', 'fileName', 'file', 'target'];
const RULES = ['ruleId', 'ruleID', 'secretType', 'type', 'rule', 'name', 'title'];
const TITLES = ['title', 'name', 'secretType', 'type', 'category'];
const LINES = ['startLine', 'line', 'lineNumber'];

const severityIn = (members: JsonMembers, at: string): Pick<RawFinding, 'severity' | 'vendorSeverity'> => {
  const word = wordsIn(members, 'severity', at);
  const byLevel = severityOfLevel(word);
  return { severity: byLevel === 'unknown' ? severityOfWord(word) : byLevel, vendorSeverity: word };
};

function fileOf(members: JsonMembers, at: string): Location {
  const path = firstOf(members, PATHS, at);
  if (path === undefined) return { kind: 'none' };
  const key = LINES.find((name) => members[name] !== undefined);
  return { kind: 'file', path, line: key === undefined ? undefined : numberIn(members, key, at) || undefined };
}

/** A secret in the image. Member names differ between releases; the secret itself is never carried. */
export function secretFinding(members: JsonMembers, at: string): RawFinding {
  const id = firstOf(members, RULES, at) ?? 'secret';
  return {
    vulnerability: { source: 'qualys-secret', id, title: firstOf(members, TITLES, at) ?? id, aliases: [] },
    kind: 'secret',
    ...severityIn(members, at),
    location: fileOf(members, at),
    description: wordsIn(members, 'category', at),
    remediation: 'Revoke the secret, then build the image without it in any layer.',
  };
}

/** Malware in the image: a problem in itself, whatever the source rates it. */
export function malwareFinding(members: JsonMembers, at: string): RawFinding {
  const id = firstOf(members, ['malwareName', 'threatName', 'name', 'signature', 'title'], at) ?? 'malware';
  return {
    vulnerability: { source: 'qualys-malware', id, title: `malware ${id === 'malware' ? 'found' : id}`, aliases: [] },
    kind: 'confirmed',
    ...severityIn(members, at),
    location: fileOf(members, at),
    remediation: 'Remove the file, and find out which layer and which source brought it.',
  };
}
