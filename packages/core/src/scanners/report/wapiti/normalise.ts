import { ScangateError } from '../../../errors.js';
import type { FindingKind, RawFinding } from '../../../model/finding.js';
import type { Severity } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { wordsIn } from '../../../wire/take.js';
import { cveNames, cweNumbers, plainText, shorten } from '../../normalise.js';

/** Wapiti's `level`, from `INFO_LEVEL` to `CRITICAL_LEVEL` in its source (3.0.4 to 3.2; read 2026-11-23). */
const LEVELS: Readonly<Record<string, Severity>> = {
  '0': 'info',
  '1': 'low',
  '2': 'medium',
  '3': 'high',
  '4': 'critical',
};

/**
 * The three lists of a report. An anomaly is an error or a time-out that an attack provoked: Wapiti says that it "may be
 * the sign of a vulnerability". An additional is a fact about the target, such as a technology in use.
 */
export const LISTS = {
  vulnerabilities: 'confirmed',
  anomalies: 'potential',
  additionals: 'information',
} as const satisfies Record<string, FindingKind>;

export type ListName = keyof typeof LISTS;

/** What Wapiti says of a category. */
export interface Classification {
  description: string | undefined;
  solution: string | undefined;
  /** Titles and addresses. */
  references: [title: string, url: string][];
  /** Codes of the OWASP Web Security Testing Guide. */
  wstg: string[];
}

export function entryFinding(
  entry: JsonMembers,
  list: ListName,
  category: string,
  about: Classification | undefined,
  at: string,
): RawFinding {
  const path = wordsIn(entry, 'path', at);
  const method = wordsIn(entry, 'method', at);
  if (path === undefined && method === undefined)
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at} has neither a path nor a method`);
  const level = wordsIn(entry, 'level', at);
  const info = wordsIn(entry, 'info', at);
  const parameter = wordsIn(entry, 'parameter', at);
  const url = `${originOf(wordsIn(entry, 'curl_command', at)) ?? ''}${path ?? ''}`;
  const references = about?.references ?? [];
  return {
    vulnerability: {
      source: 'wapiti',
      id: category,
      title: info === undefined ? category : `${category}: ${shorten(info, 200)}`,
      aliases: cveNames(info),
      cwe: cweNumbers(references.map(([title]) => title).filter((title) => /^\s*CWE-\d/i.test(title))),
      owasp: about && about.wstg.length > 0 ? about.wstg : undefined,
      links: references.length > 0 ? references.map(([, address]) => address) : undefined,
    },
    kind: LISTS[list],
    severity: level !== undefined && Object.hasOwn(LEVELS, level) ? (LEVELS[level] as Severity) : 'unknown',
    vendorSeverity: level,
    // Without a parameter only the text tells the four missing headers of one address apart.
    identity: parameter === undefined ? JSON.stringify([method, url, info]) : undefined,
    location: { kind: 'web', url: url === '' ? undefined : url, method, parameter },
    description: plainText(about?.description),
    remediation: plainText(about?.solution),
    evidence: evidenceOf(info, wordsIn(entry, 'http_request', at)),
  };
}

/** Scheme and host: an entry has them only in its curl command. */
const originOf = (curl: string | undefined): string | undefined => /https?:\/\/[^/"'\s?#\\]+/i.exec(curl ?? '')?.[0];

/** The text, and of the request only its first line: the rest may hold cookies. */
function evidenceOf(info: string | undefined, request: string | undefined): string | undefined {
  const lines = [shorten(info), shorten(request?.split(/\r?\n/, 1)[0], 500)].filter(
    (line) => line !== undefined && line !== '',
  );
  return lines.length > 0 ? lines.join('\n') : undefined;
}
