import { excerpt, ScangateError } from '../errors.js';
import type { FindingKind, RawFinding } from '../model/finding.js';
import { severityOfLevel } from '../model/severity.js';
import type { JsonMembers } from '../wire/json.js';
import { asObject, flagIn, flagOf, numberIn, requiredTextIn, textIn, wordsIn } from '../wire/take.js';
import { cweNumbers, maskSecret } from './normalise.js';
import { elementsIn, sectionIn } from './qualys-was-members.js';
import {
  baseScore,
  evidenceOf,
  evidenceOfBase64,
  platformTime,
  qidOf,
  requiredKind,
  scoreList,
  statusOf,
  titleOfQid,
} from './qualys-words.js';

/** The lists of a scan result: their elements, the elements' instances, and the counter of the scan's statistics. */
export const LISTS: Readonly<
  Record<'vulns' | 'sensitiveContents' | 'igs', { kind: FindingKind; type: string; counter: string }>
> = {
  vulns: { kind: 'confirmed', type: 'WasScanVuln', counter: 'nbVulnsTotal' },
  sensitiveContents: { kind: 'sensitive-content', type: 'WasScanSensitiveContent', counter: 'nbScsTotal' },
  igs: { kind: 'information', type: 'WasScanIg', counter: 'nbIgsTotal' },
};
export type ListName = keyof typeof LISTS;
export const LIST_NAMES = Object.keys(LISTS) as ListName[];

const severityIn = (members: JsonMembers, at: string): Pick<RawFinding, 'severity' | 'vendorSeverity'> => {
  const level = wordsIn(members, 'severity', at);
  return { severity: severityOfLevel(level), vendorSeverity: level };
};

/** Text that may come as `{"value": "...", "base64": "true"}`, or as base64 without a mark; it is decoded. */
function contentIn(members: JsonMembers, key: string, at: string): string | undefined {
  const value = members[key];
  if (typeof value !== 'object' || value === null) {
    const text = textIn(members, key, at);
    return isBase64(text) ? evidenceOfBase64(text) : evidenceOf(text);
  }
  const content = asObject(value, `${at}.${key}`);
  const text = textIn(content, 'value', `${at}.${key}`);
  return flagOf(content.base64) === true ? evidenceOfBase64(text) : evidenceOf(text);
}

/** Whether a text that bears no mark is base64: of its alphabet alone, and text again when decoded. */
function isBase64(text: string | undefined): boolean {
  if (text === undefined || text.length < 16 || !/^[A-Za-z0-9+/\r\n]+={0,2}\s*$/.test(text)) return false;
  return /^[\t\n\r -~]+$/.test(Buffer.from(text.slice(0, 400), 'base64').toString('latin1'));
}

/** How often an element of a scan result was seen: its instances, and one where it names none. */
export const instanceCount = (members: JsonMembers, { type }: { type: string }, at: string): number =>
  Math.max(1, elementsIn(members, 'instances', `${type}Instance`, at).length);

/**
 * An element of a scan result. It has no severity and no mark of a potential one; both stand in the findings API and the
 * KnowledgeBase. So the severity is unknown, unless somebody added it, and the kind is the list's.
 */
export function scanFinding(value: unknown, list: ListName, webAppUrl: string | undefined): RawFinding {
  const { kind, type } = LISTS[list];
  const members = asObject(value, type);
  const qid = qidOf(textIn(members, 'qid', type), type);
  const at = `${type} ${qid}`;
  return {
    vulnerability: { source: 'qualys', id: qid, title: wordsIn(members, 'title', at) ?? titleOfQid(qid) },
    kind,
    ...severityIn(members, at),
    location: { kind: 'web', url: wordsIn(members, 'uri', at) ?? webAppUrl, parameter: wordsIn(members, 'param', at) },
    evidence:
      kind === 'sensitive-content'
        ? maskedContent(members, at)
        : (contentIn(members, 'data', at) ?? instanceEvidence(members, type, at)),
  };
}

/** Sensitive content is what must not leave the report: card numbers, social security numbers. */
function maskedContent(members: JsonMembers, at: string): string | undefined {
  const content = maskSecret(wordsIn(members, 'content', at));
  return content === undefined ? undefined : `content: ${content}`;
}

function instanceEvidence(members: JsonMembers, type: string, at: string): string | undefined {
  const instances = elementsIn(members, 'instances', `${type}Instance`, at).map((value) =>
    asObject(value, `${at}.instances`),
  );
  const [first] = instances;
  if (!first) return undefined;
  const payloads = elementsIn(first, 'payloads', `${type}Payload`, at).map((value) =>
    asObject(value, `${at}.payloads`),
  );
  const [payload] = payloads;
  const words = payload && wordsIn(payload, 'payload', at);
  const lines = [
    words === undefined || words === 'N/A' ? undefined : `payload: ${words}`,
    flagIn(first, 'authenticated', at) === undefined
      ? undefined
      : `authenticated: ${String(flagIn(first, 'authenticated', at))}`,
    instances.length > 1 ? `instances: ${instances.length}` : undefined,
    payload && contentIn(payload, 'result', at),
  ];
  return evidenceOf(lines.filter((line) => line !== undefined).join('\n'));
}

/** A record of the findings API. */
export function apiFinding(value: unknown): RawFinding {
  const members = asObject(value, 'Finding');
  const at = `Finding ${wordsIn(members, 'id', 'Finding') ?? '(no id)'}`;
  const listed = requiredKind(wordsIn(members, 'type', at), at);
  const kind = listed === 'confirmed' && flagIn(members, 'potential', at) === true ? 'potential' : listed;
  return {
    vulnerability: vulnerabilityOf(members, at),
    kind,
    ...severityIn(members, at),
    cvss: scoreList(baseScore(textIn(sectionIn(members, 'cvssV3', at) ?? {}, 'base', at), '3.1', `${at}.cvssV3`)),
    qds: detectionScore(members, at),
    ...statusOf(wordsIn(members, 'status', at)),
    ignored: ignoredOf(members, at),
    firstSeen: platformTime(textIn(members, 'firstDetectedDate', at)),
    lastSeen: platformTime(textIn(members, 'lastDetectedDate', at)),
    identity: wordsIn(members, 'uniqueId', at),
    ...placeOf(members, kind, at),
  };
}

/** Findings imported from other tools may have no QID; their name is their id. */
function vulnerabilityOf(members: JsonMembers, at: string): RawFinding['vulnerability'] {
  const origin = wordsIn(members, 'findingType', at) ?? 'QUALYS';
  const number = textIn(members, 'qid', at);
  const isImport = number === undefined && origin !== 'QUALYS';
  const id = isImport ? requiredTextIn(members, 'name', at) : qidOf(number, at);
  const cwe = cweNumbers(elementsIn(members, 'cwe', 'long', at).map(String));
  const owasp = elementsIn(members, 'owasp', 'OWASP', at).map((entry) => owaspCode(entry, at));
  return {
    source: isImport ? origin.toLowerCase() : 'qualys',
    id,
    title: wordsIn(members, 'name', at) ?? titleOfQid(id),
    cwe,
    owasp: owasp.length > 0 ? owasp : undefined,
  };
}

function owaspCode(value: unknown, at: string): string {
  const entry = asObject(value, `${at}.owasp`);
  return wordsIn(entry, 'code', `${at}.owasp`) ?? requiredTextIn(entry, 'name', `${at}.owasp`);
}

function detectionScore(members: JsonMembers, at: string): number | undefined {
  const score = numberIn(members, 'detectionScore', at);
  if (score === undefined || (score >= 0 && score <= 100)) return score;
  throw new ScangateError(
    'SCANGATE_REPORT_SHAPE',
    `${at}.detectionScore: expected a number from 0 to 100, got ${excerpt(String(score), 30)}`,
  );
}

function ignoredOf(members: JsonMembers, at: string): RawFinding['ignored'] {
  if (flagIn(members, 'isIgnored', at) !== true) return undefined;
  const parts = [
    'ignored in Qualys WAS',
    wordsIn(members, 'ignoredReason', at),
    wordsIn(members, 'ignoredComment', at),
  ];
  return { reason: parts.filter((part) => part !== undefined).join(': ') };
}

/** Where it was found, and what was sent. Headers may hold credentials, and bodies are base64: neither is carried. */
function placeOf(members: JsonMembers, kind: FindingKind, at: string): Pick<RawFinding, 'location' | 'evidence'> {
  const results = elementsIn(members, 'resultList', 'Result', at).map((value) => asObject(value, `${at}.resultList`));
  const payloads = results
    .flatMap((result) => elementsIn(result, 'payloads', 'PayloadInstance', at))
    .map((value) => asObject(value, `${at}.payloads`));
  const [payload] = payloads;
  const request = payload && sectionIn(payload, 'request', at);
  const method = request && wordsIn(request, 'method', at);
  const link = request && wordsIn(request, 'link', at);
  const words = payload && wordsIn(payload, 'payload', at);
  const lines = [
    link === undefined ? undefined : [method, link].filter((part) => part !== undefined).join(' '),
    words === undefined || words === 'N/A' ? undefined : `payload: ${words}`,
    payloads.length > 1 ? `payloads: ${payloads.length}` : undefined,
    tlsLine(members, at),
  ];
  return {
    location: {
      kind: 'web',
      url: wordsIn(members, 'url', at) ?? wordsIn(sectionIn(members, 'webApp', at) ?? {}, 'url', at),
      method,
      parameter: wordsIn(members, 'param', at),
    },
    evidence:
      kind === 'sensitive-content' ? undefined : evidenceOf(lines.filter((line) => line !== undefined).join('\n')),
  };
}

function tlsLine(members: JsonMembers, at: string): string | undefined {
  const data = sectionIn(members, 'sslData', at);
  if (!data) return undefined;
  const names = ['protocol', 'virtualhost', 'ip', 'port'].map((key) => wordsIn(data, key, `${at}.sslData`));
  return `TLS: ${names.filter((name) => name !== undefined).join(' ')}`;
}
