/*
 * Words that the exports of the Qualys platform share: VM, WAS, files and API answers.
 */
import { excerpt, ScangateError } from '../errors.js';
import type { CvssScore, FindingKind, RawFinding } from '../model/finding.js';
import { detach } from '../wire/shelf.js';
import { checkedScore } from './cvss.js';
import { cvssVersion, isoTime, plainText } from './normalise.js';

/** Evidence beyond this is cut, in characters: result texts and response bodies run to megabytes. */
const EVIDENCE_MAX_CHARS = 1000;

const key = (word: string): string =>
  word
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');

/** A QID. Throws `SCANGATE_REPORT_SHAPE` for anything but a number. */
export function qidOf(text: string | undefined, at: string): string {
  const digits = /^\s*0*(\d{1,10})\s*$/.exec(text ?? '')?.[1];
  if (digits !== undefined) return digits;
  const got = text === undefined ? 'is missing' : `is not a number: "${excerpt(text, 30)}"`;
  throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}: the QID ${got}`);
}

/** An element where the reader knows none: what it holds would not be counted. */
export const unknownElement = (element: { name: string }, parent: { name: string }): ScangateError =>
  new ScangateError('SCANGATE_REPORT_SHAPE', `<${excerpt(element.name)}> in <${excerpt(parent.name)}> is not known`);

/** What a finding is called where the report has no catalogue. */
export const titleOfQid = (qid: string): string => `QID ${qid}`;

/**
 * Kinds of detections: `Vuln`, `Practice`, `Ig` of scan results, `Confirmed`, `Potential`, `Info` of host detections,
 * the long names of the KnowledgeBase and the WAS constants.
 */
const KINDS = new Map<string, FindingKind>([
  ['vuln', 'confirmed'],
  ['vulnerability', 'confirmed'],
  ['confirmed', 'confirmed'],
  ['Confirmed', 'confirmed'],
  ['confirmed vulnerability', 'confirmed'],
  ['practice', 'potential'],
  ['potential', 'potential'],
  ['Potential', 'potential'],
  ['potential vulnerability', 'potential'],
  ['ig', 'information'],
  ['info', 'information'],
  ['Info', 'information'],
  ['information', 'information'],
  ['information gathered', 'information'],
  ['sensitive content', 'sensitive-content'],
]);

export const kindOfWord = (word: string | undefined): FindingKind | undefined =>
  // The words of host detections as they are written: there are millions in a large answer.
  word === undefined ? undefined : (KINDS.get(word) ?? KINDS.get(key(word)));

/** {@link kindOfWord}, where a word that is not known would make a vulnerability invisible. Throws `SCANGATE_REPORT_SHAPE`. */
export function requiredKind(word: string | undefined, at: string): FindingKind {
  const kind = kindOfWord(word);
  if (kind) return kind;
  const got = word === undefined ? 'is missing' : `"${excerpt(word, 30)}" is not known`;
  throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}: the type of the detection ${got}`);
}

const STATUSES = new Map<string, RawFinding['status']>([
  ['new', 'new'],
  ['New', 'new'],
  ['active', 'active'],
  ['Active', 'active'],
  ['Re-Opened', 'reopened'],
  ['Fixed', 'fixed'],
  ['re opened', 'reopened'],
  ['reopened', 'reopened'],
  ['fixed', 'fixed'],
]);

/**
 * Status of a finding. A word that is not known stays as `state`, without a status, so that the finding counts.
 * `PROTECTED` is a finding that a firewall rule covers: the flaw is still there.
 */
export function statusOf(word: string | undefined): Pick<RawFinding, 'status' | 'state'> {
  if (word === undefined) return {};
  const status = STATUSES.get(word) ?? STATUSES.get(key(word));
  if (status) return { status };
  return key(word) === 'protected' ? { status: 'active', state: word } : { state: word };
}

/**
 * A base score as the platform writes it: `7.5`, `7.5 (AV:N/...)`, `-` for none. It writes 0.0 for a vulnerability that
 * was never scored, so 0 without a vector is no score. Its version 3 vectors do not say whether they are of 3.0 or 3.1;
 * the base score is the same in both, and `version` stands.
 */
export function baseScore(text: string | undefined, version: CvssScore['version'], at: string): CvssScore | undefined {
  const words = text?.trim() ?? '';
  if (words === '' || words === '-' || key(words) === 'n/a') return undefined;
  const [, digits, bracketed] = /^(\d{1,2}(?:\.\d+)?)\s*(?:\(([^()]*)\))?$/.exec(words) ?? [];
  if (digits === undefined)
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}: "${excerpt(words, 30)}" is no CVSS score`);
  const vector = bracketed === undefined || bracketed.trim() === '' ? undefined : bracketed.trim();
  const score = Number(digits);
  if (score === 0 && vector === undefined) return undefined;
  return checkedScore({ version: cvssVersion(vector) ?? version, score, vector }, at);
}

/** The scores there are; undefined for none. */
export function scoreList(...scores: (CvssScore | undefined)[]): CvssScore[] | undefined {
  const list = scores.filter((score) => score !== undefined);
  return list.length > 0 ? list : undefined;
}

/** Text of the vendor's catalogue without markup; `N/A` and `Not applicable.` say nothing. */
export function catalogueText(html: string | undefined): string | undefined {
  const text = plainText(html);
  return text === undefined || /^(?:n\/a|not\s+applicable)\.?$/i.test(text) ? undefined : text;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const REPORT_TIME = /^(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d{1,2}):(\d{2}) ?([AP])M GMT(?:([+-])(\d{2}):?(\d{2}))?$/i;

const ISO_UTC = /^(?:19[789]|2\d\d)\d-(?:0[1-9]|1[012])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/**
 * A reader of times as WAS reports write them, `12 Mar 2020 04:42PM GMT-0400`, or in ISO 8601 with their zone; it gives
 * undefined for anything else. The results of a scan share a few times, and reading one takes as long as the rest of a
 * result, so those of this report are remembered.
 */
export function timeReader(): (text: string | undefined) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (text) => {
    if (text === undefined) return undefined;
    const before = known.get(text);
    if (before !== undefined) return before;
    const time = platformTime(text);
    if (known.size < MAX_REMEMBERED) known.set(detach(text), time === undefined ? undefined : detach(time));
    return time;
  };
}

const MAX_REMEMBERED = 100;

/** One time; see {@link timeReader}. */
export function platformTime(text: string | undefined): string | undefined {
  const words = text?.trim() ?? '';
  // Nearly every time is of this form already, and there are millions in a large answer.
  if (ISO_UTC.test(words)) return words;
  const [, day, monthName = '', year, hour, minute, half, sign, zoneHours = 0, zoneMinutes = 0] =
    REPORT_TIME.exec(words) ?? [];
  if (day === undefined)
    return /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/.test(words) ? isoTime(words) : undefined;
  const month = MONTHS.indexOf(monthName.toLowerCase());
  if (month < 0 || Number(hour) > 12) return undefined;
  const hour24 = (Number(hour) % 12) + (half?.toUpperCase() === 'P' ? 12 : 0);
  const ahead = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -1 : 1);
  return isoTime(Date.UTC(Number(year), month, Number(day), hour24, Number(minute) - ahead));
}

/** Evidence cut to a length that a person reads, with a note of what was left out. */
export function evidenceOf(text: string | undefined, wholeChars = text?.length ?? 0): string | undefined {
  const trimmed = text?.trim();
  if (trimmed === undefined || trimmed === '') return undefined;
  if (wholeChars <= EVIDENCE_MAX_CHARS) return trimmed;
  return `${trimmed.slice(0, EVIDENCE_MAX_CHARS)}\n(cut here; the report has ${wholeChars} characters)`;
}

/**
 * Evidence out of base64. The platform pads it wrongly at times and breaks it into lines, so nothing but the alphabet
 * is looked at; only as much as is shown is decoded.
 */
export function evidenceOfBase64(base64: string | undefined): string | undefined {
  if (base64 === undefined) return undefined;
  const shownChars = EVIDENCE_MAX_CHARS * 2;
  const bytes = Buffer.from(base64.slice(0, shownChars).replace(/[^A-Za-z0-9+/]/g, ''), 'base64');
  // A character that the cut splits is left out.
  const text = new TextDecoder().decode(bytes, { stream: base64.length > shownChars });
  return evidenceOf(text, base64.length > shownChars ? Math.floor((base64.length * 3) / 4) : text.length);
}
